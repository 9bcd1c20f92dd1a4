/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * machine.h - the machine with the VT-d and a page table in its memory, for
 * tests. One machine serves all tests of a program, each table one test.
 */
#ifndef HVPT_TEST_ORACLE_QEMU_MACHINE_H
#define HVPT_TEST_ORACLE_QEMU_MACHINE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "hvpt/hvpt.h"

#include "oracle/qemu/dma.h"
#include "oracle/qemu/vtd.h"

#define KIB4 UINT64_C(0x1000)
#define MIB2 UINT64_C(0x200000)
#define GIB1 UINT64_C(0x40000000)

#define SIZES_ALL (KIB4 | MIB2 | GIB1)
#define RO HVPT_PROT_READ
#define RW (HVPT_PROT_READ | HVPT_PROT_WRITE)

/* Memory: tables, then 1 GiB for data, 1 GiB aligned. */
#define MACHINE_POOL UINT64_C(0x1000000)
#define MACHINE_POOL_PAGES ((size_t)0x8000)
#define MACHINE_DATA UINT64_C(0x40000000)
#define MACHINE_BYTES UINT64_C(0x90000000)

/* What ctest shows as skipped. */
#define EXIT_SKIP 77

struct machine {
	struct guest_ram ram;
	struct qemu *qemu;
	struct vtd vtd;
	struct dma dma;
};

/**
 * struct table - a page table that the test device goes through
 * @domain: its tag in the VT-d
 */
struct table {
	struct machine *machine;
	struct hvpt_pagetable pt;
	struct hvpt_gather gather;
	uint16_t domain;
};

/** Says so and returns false when there is no QEMU to be had. */
bool machine_open(struct machine *machine);
void machine_close(struct machine *machine);

/** An empty table; the first test device and edu go through it. */
void table_open(struct table *table, struct machine *machine, unsigned levels,
		unsigned width, enum hvpt_iova_form form, unsigned flags);

/** Takes the devices out, gives all back; no page may be missing. */
void table_close(struct table *table);

/** Calls of the library, which must succeed. */
void table_map(struct table *table, uint64_t iova, uint64_t gpa,
	       uint64_t length, unsigned prot);
void table_unmap(struct table *table, uint64_t iova, uint64_t length);
void table_protect(struct table *table, uint64_t iova, uint64_t length,
		   unsigned prot);

/** Flushes what is in the gather, by blocks of pages, and releases it. */
void table_flush(struct table *table);

/** Where the entry of @iova in its table of @level is, in memory. */
uint64_t table_slot(const struct table *table, uint64_t iova, unsigned level);

/** Does a write to @iova get to @gpa? */
void expect_hit_at(struct table *table, uint64_t iova, uint64_t gpa,
		   const char *file, int line);
#define expect_hit(table, iova, gpa)                                           \
	expect_hit_at(table, iova, gpa, __FILE__, __LINE__)

/** Is it refused, with a fault record that says so? */
void expect_fault_at(struct table *table, uint64_t iova, unsigned reason,
		     const char *file, int line);
#define expect_fault(table, iova, reason)                                      \
	expect_fault_at(table, iova, reason, __FILE__, __LINE__)

/** First, last and one page between of a range. */
void expect_range_at(struct table *table, uint64_t iova, uint64_t gpa,
		     uint64_t length, const char *file, int line);
#define expect_range(table, iova, gpa, length)                                 \
	expect_range_at(table, iova, gpa, length, __FILE__, __LINE__)

/** Blocks that cover a range just so. Return: how many; at most 2 * 52. */
size_t machine_blocks(uint64_t first, uint64_t last, struct vtd_block *blocks);
#define MACHINE_BLOCKS_MAX 104u

#endif /* HVPT_TEST_ORACLE_QEMU_MACHINE_H */
