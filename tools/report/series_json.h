/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * series_json.h - what charts show: timeline, histograms, heat.
 */
#ifndef TOOLS_REPORT_SERIES_JSON_H
#define TOOLS_REPORT_SERIES_JSON_H

#include "tools/json_writer.h"
#include "report_traffic.h"

void series_json(struct json_writer *json, const struct traffic *traffic);

#endif /* TOOLS_REPORT_SERIES_JSON_H */
