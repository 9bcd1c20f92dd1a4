/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * trace_load.h - reads a whole trace into memory.
 */
#ifndef TRACE_TRACE_LOAD_H
#define TRACE_TRACE_LOAD_H

#include "trace.h"

/* Room for an error message. */
#define TRACE_LOAD_ERROR 256u

/** Events of a file; all zero is none. */
struct trace_list {
	struct trace_event *events;
	size_t count;
	size_t room;
};

/**
 * trace_load() - all events of a file
 * @error: out: a one-line message when false is returned
 *
 * A malformed line is an error. Free list->events in either case.
 */
bool trace_load(const char *path, struct trace_list *list,
		char error[TRACE_LOAD_ERROR]);

#endif /* TRACE_TRACE_LOAD_H */
