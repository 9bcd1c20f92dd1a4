/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * trace_write.h - writes events as a trace that trace_parse() reads.
 */
#ifndef TRACE_TRACE_WRITE_H
#define TRACE_TRACE_WRITE_H

#include <stdio.h>

#include "trace.h"

/* Longest line, with its newline and a NUL. */
#define TRACE_TEXT_MAX 256u

/**
 * trace_print() - writes an event as a kprobe line
 * @number: number of the event, from 1; becomes its time stamp
 *
 * An event without a domain gets 0, and one without a permission gets read and
 * write, as they are read. CPU and process are not written.
 */
void trace_print(char out[TRACE_TEXT_MAX], const struct trace_event *event,
		 uint64_t number);

/** Writes @count events. Return: whether @out has no error. */
bool trace_write(FILE *out, const struct trace_event *events, size_t count);

#endif /* TRACE_TRACE_WRITE_H */
