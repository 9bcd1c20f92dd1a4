/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * page.h - the figures of a trace as one HTML page, which needs no other file.
 */
#ifndef TOOLS_REPORT_PAGE_H
#define TOOLS_REPORT_PAGE_H

#include <stdbool.h>
#include <stdio.h>

struct reading;
struct traffic;

/** @library: see vega.h. Return: false with a message. */
bool page_write(FILE *out, const struct traffic *traffic,
		const struct reading *reading, const char *library);

#endif /* TOOLS_REPORT_PAGE_H */
