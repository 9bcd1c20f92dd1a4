/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * hvpt/addr.h - the two kinds of address, and sizes.
 *
 * An iova is the address that a device puts on the bus, the input of stage 1.
 * A gpa is a guest-physical address, the output of stage 1 and the input of the
 * hypervisor's stage 2. They are distinct types: code that passes one for the
 * other does not compile.
 *
 * In names, `_lg2` is a base-2 logarithm, `_bytes` and `_pages` count bytes and
 * 4 KiB pages, `last` is inclusive, `end` is exclusive. A table of level 0 has
 * entries that span 4 KiB; of level 1: 2 MiB; 2: 1 GiB; 3 (PML4): 512 GiB; 4
 * (PML5): 256 TiB. A leaf is an entry that maps memory, not a table.
 */
#ifndef HVPT_ADDR_H
#define HVPT_ADDR_H

#include "hvpt/port.h"

/** The input of stage 1: a device's address. Any 64-bit value can be held. */
typedef struct {
	uint64_t value;
} hvpt_iova_t;

/** The output of stage 1: a guest-physical address. */
typedef struct {
	uint64_t value;
} hvpt_gpa_t;

HVPT_STATIC_ASSERT(sizeof(hvpt_iova_t) == 8, "an iova is one register");
HVPT_STATIC_ASSERT(sizeof(hvpt_gpa_t) == 8, "a gpa is one register");

/** A range of IOVAs. Both ends belong to it, so it can hold the last byte. */
struct hvpt_iova_range {
	hvpt_iova_t first;
	hvpt_iova_t last;
};

/* 4 KiB pages. SDM vol. 3A 4.2, VT-d 3.6, APM vol. 2 5.3. */
#define HVPT_PAGE_LG2 12u
#define HVPT_PAGE_BYTES ((uint64_t)1 << HVPT_PAGE_LG2)

/* Output addresses have at most 52 bits. SDM vol. 3A 4.1.4, VT-d 9.7. */
#define HVPT_GPA_LG2 52u

/*
 * Index bits of one level: 9 in the format (SDM vol. 3A 4.5). Exhaustive
 * tests and proofs build the same source with tiny tables.
 */
#ifndef HVPT_INDEX_BITS
#define HVPT_INDEX_BITS 9u
#endif
/* Entries of one table: 512 in the format. */
#define HVPT_TABLE_ENTRIES (1u << HVPT_INDEX_BITS)

/* Levels of a tree. SDM vol. 3A 4.5, VT-d 3.6. */
#define HVPT_MIN_LEVELS 4u
#define HVPT_MAX_LEVELS 5u

/* Leaves exist at levels 0, 1 and 2: 4 KiB, 2 MiB, 1 GiB. */
#define HVPT_LEAF_LEVELS 3u

/* log2 of the bytes that an entry of @level spans: 12, 21, 30, 39, 48 */
#define HVPT_LEVEL_LG2(level) (HVPT_PAGE_LG2 + HVPT_INDEX_BITS * (level))
#define HVPT_LEVEL_BYTES(level) ((uint64_t)1 << HVPT_LEVEL_LG2(level))

/* The page-size bitmap has bit n set when leaves of 2^n bytes are allowed. */
#define HVPT_PAGE_SIZE_4K HVPT_LEVEL_BYTES(0u)
#define HVPT_PAGE_SIZE_2M HVPT_LEVEL_BYTES(1u)
#define HVPT_PAGE_SIZE_1G HVPT_LEVEL_BYTES(2u)

/** hvpt_iova() - the IOVA of a number. */
HVPT_INLINE hvpt_iova_t hvpt_iova(uint64_t value)
{
	hvpt_iova_t iova;

	iova.value = value;
	return iova;
}

/** hvpt_gpa() - the guest-physical address of a number. */
HVPT_INLINE hvpt_gpa_t hvpt_gpa(uint64_t value)
{
	hvpt_gpa_t gpa;

	gpa.value = value;
	return gpa;
}

#endif /* HVPT_ADDR_H */
