/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * traffic_json.h - the figures of a trace as JSON.
 *
 * docs/report.schema.json has all names; docs/REPORT.md says what they mean.
 */
#ifndef TOOLS_REPORT_TRAFFIC_JSON_H
#define TOOLS_REPORT_TRAFFIC_JSON_H

#include <stdio.h>

struct reading;
struct traffic;

void traffic_json(FILE *out, const struct traffic *traffic,
		  const struct reading *reading);

#endif /* TOOLS_REPORT_TRAFFIC_JSON_H */
