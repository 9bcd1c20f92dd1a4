/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * vtd.h - the emulated VT-d, driven as firmware or a kernel would.
 *
 * Written from the VT-d specification: scalable mode, one PASID (the one for
 * requests without) for each device, first-stage translation, queued
 * invalidation. Section numbers are those of revision 4.1.
 */
#ifndef ORACLE_QEMU_VTD_H
#define ORACLE_QEMU_VTD_H

/*
 * How memory and registers are reached: guest_ram_load(), _store() and _at(),
 * qtest_read32() and so on, walker_die(). A guest's kernel brings its own.
 */
#ifdef VTD_ACCESS_HEADER
#include VTD_ACCESS_HEADER
#else
#include "qemu.h"
#endif

/* PCI device numbers, function 0, on bus 0: edu and two test devices. */
#define VTD_DEVICE_EDU 4u
#define VTD_DEVICE_TEST 5u
#define VTD_DEVICE_TEST_2 6u
#ifndef VTD_DEVICE_END
#define VTD_DEVICE_END 7u
#endif

/* What the unit's structures take; devices up to the 15th have a context. */
#define VTD_MEMORY_BYTES (0x10000u + VTD_DEVICE_END * 0x2000u)

/* What a fault record says: 7.1.2, table 26. */
enum vtd_reason {
	VTD_REASON_PASID_NOT_PRESENT = 0x58,
	VTD_REASON_PASID_RESERVED = 0x5b,
	VTD_REASON_TABLE_ACCESS = 0x70,
	VTD_REASON_NOT_PRESENT = 0x71,
	VTD_REASON_RESERVED = 0x72,
	VTD_REASON_NOT_CANONICAL = 0x80,
	VTD_REASON_SUPERVISOR = 0x81,
	VTD_REASON_WRITE = 0x85,
	VTD_REASON_INTERRUPT_OUTPUT = 0x87,
};

/* The interrupt window; DMA there is not translated: 3.14. */
#define VTD_INTERRUPT_FIRST UINT64_C(0xfee00000)
#define VTD_INTERRUPT_LAST UINT64_C(0xfeefffff)

/* Largest block of a page-selective invalidation used here: 2^18 pages. */
#define VTD_ORDER_MAX 18u

enum vtd_translation {
	VTD_BLOCKED = 0,
	VTD_PASS_THROUGH = 1,
	VTD_FIRST_STAGE = 2,
};

/**
 * struct vtd - the unit
 * @memory: gpa of the unit's structures
 * @tail: of the invalidation queue, in descriptors
 * @flushes: invalidations of translations so far
 */
struct vtd {
	struct qemu *qemu;
	const struct guest_ram *ram;
	uint64_t memory;
	unsigned tail;
	uint64_t flushes;
};

/**
 * vtd_open() - turn it on, with every device blocked
 * @memory: gpa of VTD_MEMORY_BYTES for its structures, page aligned
 */
void vtd_open(struct vtd *vtd, struct qemu *qemu, const struct guest_ram *ram,
	      uint64_t memory);

/**
 * vtd_resume() - go on with a unit that somebody else turned on
 * @memory: gpa of its structures, as vtd_open() made them
 *
 * The other one may have ended at any point, even between two descriptors: the
 * unit itself says where its queue ends.
 */
void vtd_resume(struct vtd *vtd, struct qemu *qemu, const struct guest_ram *ram,
		uint64_t memory);

/** Turns it off: DMA is no longer translated. */
void vtd_close(struct vtd *vtd);

/**
 * vtd_set_context() - what a device's requests go through from now on
 * @domain: the tag of cached translations
 * @root: with VTD_FIRST_STAGE: gpa of a table of 4 levels
 *
 * What was cached of the old context goes too: all of the old tag.
 */
void vtd_set_context(struct vtd *vtd, unsigned device,
		     enum vtd_translation translation, uint16_t domain,
		     uint64_t root);

/** Invalidates everything cached under a tag. */
void vtd_flush_domain(struct vtd *vtd, uint16_t domain);

/**
 * struct vtd_block - 2^order pages, to be invalidated
 * @iova: a multiple of their size
 * @order: above VTD_ORDER_MAX: everything of the tag
 */
struct vtd_block {
	uint64_t iova;
	unsigned order;
};

/** Invalidates these blocks of a tag. */
void vtd_flush_blocks(struct vtd *vtd, uint16_t domain,
		      const struct vtd_block *blocks, size_t count);

/**
 * struct vtd_fault - one fault record
 * @address: page
 * @device: PCI device number
 */
struct vtd_fault {
	uint64_t address;
	unsigned device;
	unsigned reason;
	bool write;
};

/** Takes a fault record, if there is one; records of others are dropped. */
bool vtd_take_fault(struct vtd *vtd, struct vtd_fault *fault);

#endif /* ORACLE_QEMU_VTD_H */
