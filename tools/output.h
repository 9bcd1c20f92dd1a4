/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * output.h - standard output, and files which are written.
 */
#ifndef TOOLS_OUTPUT_H
#define TOOLS_OUTPUT_H

#include <stdbool.h>
#include <stdio.h>

/**
 * output_guard() - make descriptors 0, 1 and 2 safe to have been closed
 *
 * A file opened later would take the place of a closed one, and messages would
 * be written into it. A closed one is opened the wrong way round instead, so
 * that using it fails as it should. Return: false with errno.
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
 * output_streams_differ() - is a trace what standard output or error goes to?
 * @whose: for messages
 * @inputs: files which are read, "-" for standard input
 * @count: how many
 *
 * To be called before anything is written, for that would change the trace.
 *
 * Return: false when one is, with a message on the other one of the two.
 */
bool output_streams_differ(const char *whose, const char *const *inputs,
			   int count);

/**
 * output_conflict() - may a file be written?
 * @path: it, which need not exist
 * @inputs: files which are read, "-" for standard input
 * @count: how many
 *
 * Return: why not: it is also read, or standard output or standard error goes
 * there; NULL when it may be.
 */
const char *output_conflict(const char *path, const char *const *inputs,
			    int count);

/**
 * output_open() - begin to write a file
 * @whose: for messages: command and option
 * @path: "-": standard output
 * @inputs: files which are read, "-" for standard input
 * @count: how many
 *
 * What has an output_conflict() is refused untouched.
 *
 * Return: NULL with a message.
 */
FILE *output_open(const char *whose, const char *path,
		  const char *const *inputs, int count);

/** Closes @file, which may be standard output: see output_end() for that. */
bool output_close(const char *whose, const char *path, FILE *file);

#endif /* TOOLS_OUTPUT_H */
