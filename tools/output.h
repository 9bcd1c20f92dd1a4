/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * output.h - standard output, and output files.
 */
#ifndef TOOLS_OUTPUT_H
#define TOOLS_OUTPUT_H

#include <stdbool.h>
#include <stdio.h>

/**
 * output_guard() - guards against closed descriptors 0, 1 and 2
 *
 * A file that is opened later would get the number of a closed descriptor, and
 * messages would be written into it. So a closed descriptor is opened in the
 * wrong direction, so that its use fails. Return: false with errno.
 */
bool output_guard(void);

/**
 * output_end() - is all of standard output written?
 * @code: an enum exit_code
 *
 * Return: @code, or EXIT_BAD_INPUT with a message instead of EXIT_ALL_WELL.
 */
int output_end(int code);

/**
 * output_streams_differ() - do output and error not go to a trace?
 * @whose: for messages
 * @inputs: files that are read, "-" for standard input
 * @count: how many
 *
 * Call it before anything is written, because that would change the trace.
 *
 * Return: false if one does, with a message on the other stream.
 */
bool output_streams_differ(const char *whose, const char *const *inputs,
			   int count);

/**
 * output_conflict() - may a file be written?
 * @path: the file, which need not exist
 * @inputs: files that are read, "-" for standard input
 * @count: how many
 *
 * Return: NULL if it may be; else why not: it is also read, or standard output
 * or standard error goes there.
 */
const char *output_conflict(const char *path, const char *const *inputs,
			    int count);

/**
 * output_open() - opens an output file
 * @whose: for messages: command and option
 * @path: "-": standard output
 * @inputs: files that are read, "-" for standard input
 * @count: how many
 *
 * A file with an output_conflict() is refused and not changed.
 *
 * Return: NULL after printing an error.
 */
FILE *output_open(const char *whose, const char *path,
		  const char *const *inputs, int count);

/** Closes @file, which may be standard output: see output_end() for that. */
bool output_close(const char *whose, const char *path, FILE *file);

#endif /* TOOLS_OUTPUT_H */
