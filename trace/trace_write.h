/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * trace_write.h - write events as a trace which trace_parse() understands.
 */
#ifndef TRACE_TRACE_WRITE_H
#define TRACE_TRACE_WRITE_H

#include <stdio.h>

#include "trace.h"

/* Longest line, with its newline and a NUL. */
#define TRACE_TEXT_MAX 256u

/**
 * trace_print() - one event as a kprobe line
 * @number: of the event, from 1: its time stamp
 *
 * An event without a domain is given 0, one without a permission both read
 * and write: that is what they are taken for. CPU and process are not kept.
 */
void trace_print(char out[TRACE_TEXT_MAX], const struct trace_event *event,
		 uint64_t number);

/** Writes @count events. Return: whether all is well with @out. */
bool trace_write(FILE *out, const struct trace_event *events, size_t count);

#endif /* TRACE_TRACE_WRITE_H */
