/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * model_host.h - the model hypervisor as a host for the conformance suite.
 */
#ifndef TOOLS_CONFORMANCE_MODEL_HOST_H
#define TOOLS_CONFORMANCE_MODEL_HOST_H

#include "adapters/host/arena.h"
#include "conformance/conformance.h"
#include "oracle/hypervisor.h"

#define MODEL_HOST_DEVICE 0x10u
#define MODEL_HOST_HOME 1u

/**
 * struct model_host - a model hypervisor with a device
 * @hv: it has domain MODEL_HOST_HOME, which is blocked, and in it the device
 *	MODEL_HOST_DEVICE
 * @pages: memory for tables and DMA
 * @driver: makes DMA of the device. Of its possible outcomes it takes one that
 *	is cached, if there is one: the worst that the model allows
 * @cpuid: announces what the model has
 * @host: what the suite may use; a test may change its transport
 */
struct model_host {
	struct hypervisor *hv;
	struct hvpt_arena *arena;
	void *root;
	struct conformance_page pages[CONFORMANCE_PAGES];
	struct conformance_driver driver;
	struct hvpt_cpuid_leaves cpuid;
	struct hvpt_transport transport;
	struct conformance_host host;
};

/** The configuration that is used by default, to be changed. */
struct hypervisor_config model_host_config(void);

/**
 * model_host_dma() - one DMA of the device, as its driver makes it
 *
 * Return: where it goes; NULL: it is refused, or there is no memory.
 */
uint32_t *model_host_dma(struct model_host *model, uint64_t iova, bool write);

/** Return: false, with nothing to close, when the host cannot be made. */
bool model_host_open(struct model_host *model,
		     const struct hypervisor_config *config);

void model_host_close(struct model_host *model);

#endif /* TOOLS_CONFORMANCE_MODEL_HOST_H */
