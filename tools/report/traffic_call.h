/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * traffic_call.h - one map or unmap.
 */
#ifndef TOOLS_REPORT_TRAFFIC_CALL_H
#define TOOLS_REPORT_TRAFFIC_CALL_H

#include "report_traffic.h"

/**
 * struct traffic_call - a call with a range that is good
 * @number: of the domain
 * @range: of IOVAs
 * @task: number of the task
 */
struct traffic_call {
	const struct trace_event *event;
	struct traffic_domain *domain;
	uint32_t number;
	struct hvpt_iova_range range;
	unsigned task;
};

/* Return: false when out of memory. */
bool traffic_map(struct traffic *traffic, const struct traffic_call *call);
bool traffic_unmap(struct traffic *traffic, const struct traffic_call *call);

#endif /* TOOLS_REPORT_TRAFFIC_CALL_H */
