/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * guest.h - hvpt on the model hypervisor, with every call recorded.
 */
#ifndef TESTS_GOLDEN_GUEST_H
#define TESTS_GOLDEN_GUEST_H

#include "adapters/host/hv_binding.h"
#include "hvpt/device.h"
#include "hvpt/hvpt.h"
#include "recording.h"

#define GUEST_DOMAINS 8u
#define GUEST_CALLS 16u

/** One call as it was issued: the input before the hypervisor read it. */
struct guest_call {
	uint64_t control;
	uint8_t input[4096];
	size_t bytes;
	uint16_t status;
	unsigned reps;
};

/**
 * struct guest - a pvIOMMU, its domains and devices
 * @domain: in order of appearance
 * @device: the same: @device[n] belongs to @domain[n]
 * @domains: created so far, including those that failed
 * @devices: the same
 * @status: of the last operation
 * @unmapped: bytes of the last unmap
 * @in_leaf: that unmap began inside a large leaf, not at its start
 * @call: calls of the last operation
 * @calls: how many
 * @page: the call page that is lent now
 */
struct guest {
	struct hypervisor *hv;
	struct hvpt_arena *arena;
	struct hvpt_hypervisor_pages pages;
	struct hvpt_iommu iommu;
	struct hvpt_domain domain[GUEST_DOMAINS];
	struct hvpt_gather gather[GUEST_DOMAINS];
	struct hvpt_device device[GUEST_DOMAINS];
	unsigned domains;
	unsigned devices;
	enum hvpt_status status;
	uint64_t unmapped;
	bool in_leaf;
	struct guest_call call[GUEST_CALLS];
	size_t calls;
	const void *page;
};

/** A model host as @host describes it; nothing is called yet. */
void guest_open(struct guest *guest, const struct recording_host *host);

/** Ends the guest without calls. Fails on a violation. */
void guest_close(struct guest *guest);

/**
 * guest_do() - carries out an `@` line
 *
 * Return: false when the line cannot be carried out.
 */
bool guest_do(struct guest *guest, const char *text);

/** The same; its calls follow those of the operation before. */
bool guest_add(struct guest *guest, const char *text);

/** guest_do() for a line that must succeed. */
void guest_must(struct guest *guest, const char *text);

/** Number of calls of @code in the last operation. */
unsigned guest_made(const struct guest *guest, uint16_t code);

/** Bytes of input for a control word, from docs/SPEC.md. */
size_t guest_input_bytes(uint64_t control);

#endif /* TESTS_GOLDEN_GUEST_H */
