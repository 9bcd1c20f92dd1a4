/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * bridge.h - a hypervisor that carries our hypercalls out on the emulated
 * VT-d.
 *
 * It is the transport of the hypercall layer, so all of the library is in the
 * path: domains, flush plans, hypercalls, page tables; then real translation
 * caches and a walker of someone else's. It reads the bytes of a call by
 * itself, with offsets of its own (docs/SPEC.md), and refuses what is not as it
 * should be.
 *
 * Devices not attached to anything pass through. A 5-level domain is entered
 * at the PML4 of one PML5 entry, for the VT-d here has 4 levels.
 */
#ifndef ORACLE_QEMU_BRIDGE_H
#define ORACLE_QEMU_BRIDGE_H

#include "hvpt/hvcall.h"

#include "vtd.h"

#define BRIDGE_DOMAINS 64u

/* Entries one flush list can have. */
#define BRIDGE_LIST_MAX 508u

/* Call codes are below. */
#define BRIDGE_CODES 0x200u

struct bridge_domain {
	uint32_t id; /* 0: not in use */
	bool configured;
	bool five_levels;
	enum vtd_translation translation;
	uint64_t root;
};

struct bridge_device {
	uint64_t id;
	bool known;
	struct bridge_domain *domain; /* NULL: passes through */
};

/**
 * struct bridge - the state of the hypervisor
 * @call_page: gpa of the one call page
 * @five_levels: offer 5 levels and 57 bits
 * @slot: PML5 entry through which 5-level domains are seen
 * @drop_flushes: a hypervisor that lies: flushes succeed and do nothing
 * @calls: hypercalls so far, @flushes those that flush
 * @by_code: hypercalls by their code
 * @entries: flush descriptors so far
 * @blocks: a flush list, decoded
 * @refused: calls answered with an error, but "it is there already" and the
 *	FLUSH of a domain that is not there
 */
struct bridge {
	struct vtd *vtd;
	const struct guest_ram *ram;
	uint64_t call_page;
	bool lent;
	bool five_levels;
	unsigned slot;
	bool drop_flushes;
	uint64_t calls;
	uint64_t by_code[BRIDGE_CODES];
	uint64_t flushes;
	uint64_t entries;
	uint64_t refused;
	struct bridge_domain domain[BRIDGE_DOMAINS];
	struct bridge_device device[VTD_DEVICE_END];
	struct vtd_block blocks[BRIDGE_LIST_MAX];
};

/* The transport; its ctx is a struct bridge *. */
extern const struct hvpt_transport_ops bridge_ops;

/** @call_page: gpa of a page nobody else uses. */
void bridge_open(struct bridge *bridge, struct vtd *vtd,
		 const struct guest_ram *ram, uint64_t call_page);

/** Names a PCI device; from then on it passes through. */
void bridge_add_device(struct bridge *bridge, unsigned device, uint64_t id);

/** Looks at 5-level domains through the entry @iova is below. */
void bridge_enter(struct bridge *bridge, uint64_t iova);

#endif /* ORACLE_QEMU_BRIDGE_H */
