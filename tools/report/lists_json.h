/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * lists_json.h - what tables show: tasks, suspicious events, the largest.
 */
#ifndef TOOLS_REPORT_LISTS_JSON_H
#define TOOLS_REPORT_LISTS_JSON_H

#include "tools/json_writer.h"
#include "report_traffic.h"

void lists_json(struct json_writer *json, const struct traffic *traffic);

#endif /* TOOLS_REPORT_LISTS_JSON_H */
