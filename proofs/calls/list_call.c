/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * list_call.c - a flush list has the descriptors of its source, in their
 * order, as many as the control word says, and never one that breaks the
 * format.
 *
 * Functions: hvpt_hvcall_flush_list
 * Bounds: any arguments and answers; up to 3 descriptors
 * Contract: hvcall.h: HVPT_ERR_FLUSH_ENTRY for a descriptor with
 *	reserved bits, a shift above 52 or a page number that is not a
 *	multiple of its size (then nothing is flushed)
 * Run: all --unwind 10 --unwindset hvpt_hv_status_find.0:70
 */
#include "proofs/proof.h"

#include "src/hvcall/call.c"
#include "src/hvcall/flush_list.c"
#include "src/hvcall/hv_status.c"

#define MOST 3u
#define HEAD 4u /* words before the descriptors */

static uint64_t words[HEAD + MOST + 1];
static uint64_t behind; /* what is after the descriptors stays */
static uint64_t entry[MOST];
static unsigned count, given, issued, borrowed, given_back;
static uint32_t domain_id;

static bool all_ok(void)
{
	unsigned i;

	for (i = 0; i < MOST; i++)
		if (i < count && !hvpt_hv_flush_entry_ok(entry[i]))
			return false;
	return true;
}

static bool borrow(void *ctx, struct hvpt_call_page *page)
{
	(void)ctx;
	borrowed++;
	page->va = words;
	page->gpa = hvpt_gpa(0x5000);
	return nondet_bool();
}

static uint64_t issue(void *ctx, uint64_t control, hvpt_gpa_t in, hvpt_gpa_t to)
{
	unsigned i;

	(void)ctx;
	ASSERT(in.value == 0x5000 && to.value == 0 && given_back == 0);
	ASSERT((control & 0xffff) == 0xd1 && (control >> 32 & 0xfff) == count);
	ASSERT(words[0] == ~(uint64_t)0 && words[1] == 0);
	ASSERT(words[2] == ((uint64_t)domain_id << 32 | 1) && words[3] == 1);
	for (i = 0; i < MOST; i++)
		if (i < count)
			ASSERT(words[HEAD + i] == entry[i]);
	ASSERT(words[HEAD + count] == behind);
	issued++;
	return nondet_u64();
}

static void give_back(void *ctx, struct hvpt_call_page *page)
{
	(void)ctx;
	ASSERT(page->va == words);
	given_back++;
}

static bool source(void *ctx, uint64_t *out)
{
	ASSERT(ctx == entry && given <= count);
	if (given == count)
		return false;
	*out = entry[given++];
	return true;
}

static const struct hvpt_transport_ops ops = { borrow, issue, give_back };

void proof(void)
{
	const struct hvpt_transport transport = { &ops, NULL };
	struct hvpt_answer answer;
	enum hvpt_status status;
	unsigned i;

	ASSUME(((uintptr_t)words & 4095) == 0);
	domain_id = nondet_u32();
	count = nondet_u8() % (MOST + 1);
	for (i = 0; i < MOST; i++)
		entry[i] = nondet_u64();
	behind = nondet_u64();
	words[HEAD + count] = behind;
	status = hvpt_hvcall_flush_list(&transport, domain_id, source, entry,
					&answer);
	ASSERT(answer.code == 0xd1 && answer.trips == issued);
	ASSERT(answer.reps <= count && issued <= count);
	if (domain_id == 0 || domain_id == 0xffffffff) {
		ASSERT(status == HVPT_ERR_DOMAIN_ID && borrowed == 0);
		return;
	}
	ASSERT(borrowed == 1);
	if (status == HVPT_ERR_CALL_PAGE) {
		ASSERT(given_back == 0 && issued == 0 && given == 0);
		return;
	}
	ASSERT(given_back == 1);
	/* an empty list, or one with a wrong descriptor, is not flushed */
	ASSERT((issued > 0) == (count > 0 && all_ok()));
	ASSERT((status == HVPT_ERR_EMPTY) == (count == 0));
	ASSERT((status == HVPT_ERR_FLUSH_ENTRY) == (count > 0 && !all_ok()));
	ASSERT(status != HVPT_OK || answer.reps == count);
	if (status == HVPT_OK && issued == MOST)
		REACHED("three calls");
	if (status == HVPT_ERR_FLUSH_ENTRY)
		REACHED("a wrong descriptor");
}
