/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * capture_json.h - what was recorded, for programs.
 */
#ifndef TOOLS_CAPTURE_CAPTURE_JSON_H
#define TOOLS_CAPTURE_CAPTURE_JSON_H

#include <stdint.h>
#include <stdio.h>

/**
 * struct capture_figures - what was recorded
 * @ended: by what, as a word
 * @maps, @unmaps: in the file
 * @lost: events that the tracer reports as lost; @lost_unknown: how often it
 *	did not report how many
 * @milliseconds: how long
 * @missing: enum tracing_lack
 */
struct capture_figures {
	const char *ended;
	uint64_t maps;
	uint64_t unmaps;
	uint64_t lost;
	uint64_t lost_unknown;
	uint64_t milliseconds;
	unsigned missing;
};

/** @file: the recording; NULL: there is none */
void capture_json(FILE *out, const char *file,
		  const struct capture_figures *figures);

#endif /* TOOLS_CAPTURE_CAPTURE_JSON_H */
