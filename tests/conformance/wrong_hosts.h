/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * wrong_hosts.h - hosts that break one rule each.
 *
 * What it gives: wrong_hosts[], each a model hypervisor with other properties,
 * or with something in front of it that changes calls; and the questions of
 * the conformance suite that find it.
 */
#ifndef HVPT_TEST_WRONG_HOSTS_H
#define HVPT_TEST_WRONG_HOSTS_H

#include "tools/conformance/model_host.h"

#define WRONG_CAUGHT_MAX 5u

/** What a host sees of one hypercall: the page holds input and output. */
struct wrong_call {
	struct hypervisor *hv;
	uint8_t *page;
	uint64_t gpa;
	uint64_t control;
	uint64_t input;
	uint64_t output;
	uint64_t number;
};

/**
 * struct wrong_host - one rule is broken
 * @rule: which
 * @change: other properties, or NULL
 * @issue: answers a hypercall, or NULL: as the model does
 * @caught: the questions that find it, all of them
 */
struct wrong_host {
	const char *rule;
	void (*change)(struct hypervisor_config *config);
	uint64_t (*issue)(const struct wrong_call *call);
	const char *caught[WRONG_CAUGHT_MAX];
};

extern const struct wrong_host wrong_hosts[];
extern const size_t wrong_host_count;

/** What stands in front of a model. */
struct wrong_front {
	const struct wrong_host *wrong;
	struct hypervisor *hv;
	struct hvpt_call_page page;
	uint64_t number;
};

/** Transport hooks whose ctx is a struct wrong_front *. */
extern const struct hvpt_transport_ops wrong_transport;

#endif /* HVPT_TEST_WRONG_HOSTS_H */
