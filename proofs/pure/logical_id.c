/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * logical_id.c - the id of a device comes from the right bytes of the GUID, and
 * no two functions of a bus share one.
 *
 * Functions: hvpt_logical_prefix, hvpt_logical_id
 * Bounds: any GUID, prefix and function
 * Contract: logical_id.h: HVPT_ERR_PREFIX when one of the low 3 bits of
 *	@prefix is set
 */
#include "proofs/proof.h"

#include "hvpt/logical_id.h"

void proof(void)
{
	uint8_t guid[16];
	uint32_t prefix = nondet_u32(), made;
	unsigned a = nondet_u32(), b = nondet_u32();
	uint64_t first, second, other = nondet_u64(), before = other;
	enum hvpt_status status;

	/* Data2 and Data3 are little-endian 16-bit fields */
	made = hvpt_logical_prefix(guid);
	ASSERT(made >> 16 == guid[4] + 256u * guid[5]);
	ASSERT(made % 65536 == ((guid[6] + 256u * guid[7]) & 0xfff8));
	ASSERT(hvpt_logical_id(made, 7, &first) == HVPT_OK);

	status = hvpt_logical_id(prefix, a, &other);
	ASSERT((status == HVPT_ERR_PREFIX) == (prefix % 8 != 0));
	ASSERT((status == HVPT_OK) == (prefix % 8 == 0 && a <= 7));
	ASSERT(status == HVPT_OK || status == HVPT_ERR_PREFIX ||
	       status == HVPT_ERR_FUNCTION);
	ASSERT(status == HVPT_OK || other == before);
	ASSUME(hvpt_logical_id(prefix, a, &first) == HVPT_OK);
	ASSUME(hvpt_logical_id(prefix, b, &second) == HVPT_OK);
	ASSERT(first >> 32 == 0 && first % 8 == a && first - a == prefix);
	ASSERT((first == second) == (a == b));
	REACHED("two functions of one bus");
}
