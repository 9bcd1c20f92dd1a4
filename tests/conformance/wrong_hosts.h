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

#define WRONG_CAUGHT_MAX 8u

struct wrong_front;

/** What a host sees of one hypercall: the page holds input and output. */
struct wrong_call {
	struct wrong_front *front;
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
 * @announce: says something else in CPUID, or NULL
 * @dma: where DMA goes (see model_host_dma()), or NULL
 * @caught: the questions that find it, all of them
 */
struct wrong_host {
	const char *rule;
	void (*change)(struct hypervisor_config *config);
	uint64_t (*issue)(const struct wrong_call *call);
	const char *caught[WRONG_CAUGHT_MAX];
	void (*announce)(struct hvpt_cpuid_leaves *cpuid);
	uint32_t *(*dma)(struct wrong_front *front, uint64_t iova, bool write);
};

extern const struct wrong_host wrong_hosts[];
extern const size_t wrong_host_count;

/**
 * struct wrong_front - what stands in front of a model
 * @number: of hypercalls
 * @iova, @page_of: a translation that the front caches; @cached: there is one
 */
struct wrong_front {
	const struct wrong_host *wrong;
	struct model_host *model;
	struct conformance_driver driver;
	struct hvpt_call_page page;
	uint64_t number;
	bool cached;
	uint64_t iova;
	uint32_t *page_of;
};

/** Puts @front in front of a model, for the suite. */
void wrong_front_open(struct wrong_front *front, const struct wrong_host *wrong,
		      struct model_host *host);

#endif /* HVPT_TEST_WRONG_HOSTS_H */
