/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * handover_table.c - reading firmware's table: no byte is read behind the
 * bytes that may be, whatever they are, and what is accepted is what
 * docs/SPEC.md says.
 *
 * Functions: hvpt_handover_read, hvpt_handover_read_device
 * Bounds: any table of up to 96 bytes, one entry
 * Contract: handover.h: HVPT_ERR_SETTINGS for a later version, which has
 *	another layout
 * Run: all --unwind 26 --unwindset proof.0:97
 */
#include "proofs/proof.h"

#include "src/domain/handover.c"

#define MOST 96u

static uint8_t table[MOST];

static uint32_t word(unsigned at)
{
	return (uint32_t)table[at] | (uint32_t)table[at + 1] << 8 |
	       (uint32_t)table[at + 2] << 16 | (uint32_t)table[at + 3] << 24;
}

static void check_head(const struct hvpt_handover *head, unsigned bytes)
{
	uint32_t sum = 0;
	unsigned i;

	ASSERT(bytes >= 64 && word(8) == 1);
	ASSERT(word(0) == 0x54505648 && word(4) == 0x444e4148);
	ASSERT(word(12) <= bytes && word(36) == 32);
	ASSERT(word(12) == 64 + 32 * word(32));
	for (i = 0; i < MOST; i += 4)
		if (i < word(12))
			sum += word(i);
	ASSERT(sum == 0);
	ASSERT(head->table == table && head->policy == word(20));
	ASSERT(head->identity_id == word(24) && head->blocked_id == word(28));
	ASSERT(head->devices == word(32));
}

static void check_entry(const struct hvpt_handover *head)
{
	struct hvpt_handover_device is;

	hvpt_handover_read_device(head, 0, &is);
	ASSERT(is.device_id == (word(64) | (uint64_t)word(68) << 32));
	ASSERT(is.domain_id == word(72) && is.levels == word(76));
	ASSERT(is.root == (word(80) | (uint64_t)word(84) << 32));
	ASSERT(is.width == word(88));
	REACHED("an entry");
}

void proof(void)
{
	unsigned bytes = nondet_u8() % (MOST + 1), i;
	struct hvpt_handover head = { 0 };
	enum hvpt_status status;

	for (i = 0; i < MOST; i++)
		table[i] = nondet_u8();
	/* the end of the object is the end of the bytes */
	status = hvpt_handover_read(table + (MOST - bytes), bytes, &head);
	if (bytes < MOST) {
		ASSERT(status == HVPT_OK || head.table == NULL);
		if (status == HVPT_OK)
			REACHED("a table without entries");
		return;
	}
	if (status == HVPT_OK) {
		check_head(&head, bytes);
		if (head.devices == 1)
			check_entry(&head);
		return;
	}
	ASSERT(head.table == NULL);
	if (status == HVPT_ERR_SETTINGS) {
		REACHED("a later version");
		ASSERT(word(8) != 1);
	} else {
		ASSERT(status == HVPT_ERR_CORRUPT);
	}
}
