/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * hypercall_words.c - the words of a hypercall have their fields in place.
 *
 * Functions: hvpt_hv_control, hvpt_hv_result_status, hvpt_hv_result_reps,
 *	hvpt_hv_domain_id, hvpt_hv_device_logical, hvpt_hv_flush_entry,
 *	hvpt_hv_flush_entry_ok
 * Bounds: any values
 */
#include "proofs/proof.h"

#include "hvpt/hv_abi.h"

/* TLFS, Hypercall Inputs: 15:0 code, 43:32 count, 59:48 start; rest 0. */
static void check_control(uint16_t code, unsigned count, unsigned start)
{
	uint64_t word = hvpt_hv_control(code, count, start);

	ASSERT(word % 65536 == code);
	ASSERT(word >> 32 << 52 >> 52 == count % 4096);
	ASSERT(word >> 48 << 52 >> 52 == start % 4096);
	ASSERT((word & 0xf000f000ffff0000u) == 0);
}

static void check_result(uint64_t word)
{
	ASSERT(hvpt_hv_result_status(word) == word % 65536);
	ASSERT(hvpt_hv_result_reps(word) == word >> 32 << 52 >> 52);
}

static void check_ids(unsigned type, uint32_t id, uint64_t device)
{
	uint64_t word = hvpt_hv_domain_id(type, id);

	ASSERT(word >> 32 == id);
	ASSERT((uint32_t)word == type % 16);
	ASSERT(hvpt_hv_device_logical(device) << 2 == device << 2);
	ASSERT(hvpt_hv_device_logical(device) >> 62 == 0);
}

static void check_entry(uint64_t page, unsigned shift)
{
	uint64_t word = hvpt_hv_flush_entry(page, shift);

	ASSUME(page >> 52 == 0 && shift < 64);
	ASSERT(word >> 12 == page && word % 64 == shift);
	ASSERT((word & 0xfc0) == 0);
	if (hvpt_hv_flush_entry_ok(word)) {
		REACHED("an entry that is right");
		ASSERT(shift <= 52 && page >> shift << shift == page);
	} else {
		REACHED("an entry that is wrong");
		ASSERT(shift > 52 || page >> shift << shift != page);
	}
}

void proof(void)
{
	uint64_t word = nondet_u64();

	check_control(nondet_u16(), nondet_u32(), nondet_u32());
	check_result(nondet_u64());
	check_ids(nondet_u32(), nondet_u32(), nondet_u64());
	if (hvpt_hv_flush_entry_ok(word))
		ASSERT((word & 0xfc0) == 0 && word % 64 <= 52);
	check_entry(nondet_u64(), nondet_u32());
}
