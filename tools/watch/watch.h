/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * watch.h - running figures of IOMMU traffic.
 */
#ifndef TOOLS_WATCH_WATCH_H
#define TOOLS_WATCH_WATCH_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "hvpt/flush.h"
#include "trace/event_domains.h"
#include "trace/trace.h"

#define WATCH_POLICIES 3u
#define WATCH_SIZES 4u

/** How it is shown. */
enum watch_form {
	WATCH_LINE = 0,
	WATCH_SCREEN = 1, /* redraws a terminal */
	WATCH_JSON = 2,	  /* an object on a line */
};

/** struct watch_counts - what happened in some time */
struct watch_counts {
	uint64_t maps;
	uint64_t unmaps;
	uint64_t mapped_bytes;
	uint64_t sizes[WATCH_SIZES];
	uint64_t descriptors[WATCH_POLICIES];
	uint64_t over_pages[WATCH_POLICIES];
};

/**
 * struct watch - the figures
 * @total: since the beginning; @shown: those when it was shown last
 * @conflicts: maps of what is mapped
 * @names: which domain an event belongs to
 * @models, @domain_count: the live mappings of each
 * @began, @last: nanoseconds, of the beginning and when it was shown last
 * @ended: what is shown is about all
 * @error: why it cannot go on; NULL: it can
 */
struct watch {
	struct watch_counts total;
	struct watch_counts shown;
	uint64_t conflicts;
	uint64_t began;
	uint64_t last;
	struct event_domains names;
	struct hvpt_model *models[EVENT_DOMAINS_MAX];
	size_t domain_count;
	bool ended;
	const char *error;
};

/** A pairing_fn: counts an event; @ctx is a struct watch *. */
bool watch_event(void *ctx, const struct trace_event *event);

/** Frees what the figures hold. */
void watch_free(struct watch *watch);

/**
 * watch_show() - the figures of now, and what a second since the last had
 * @time: now, in nanoseconds
 */
void watch_show(FILE *out, struct watch *watch, enum watch_form form,
		uint64_t time);

/** watch_end() - the same, and what a second had since the beginning */
void watch_end(FILE *out, struct watch *watch, enum watch_form form,
	       uint64_t time);

#endif /* TOOLS_WATCH_WATCH_H */
