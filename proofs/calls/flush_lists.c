/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * flush_lists.c - lists are flushed until the source is empty: each descriptor
 * is in one list, in order, and success means that all were done.
 *
 * Functions: hvpt_hvcall_flush_lists
 * Bounds: any answers; up to 5 descriptors, 2 in a page
 * Contract: hvcall.h: HVPT_ERR_EMPTY only when @source has nothing at all.
 *	After a failure the descriptors of earlier calls are flushed.
 * Run: all --unwind 6 --unwindset hvpt_hv_status_find.0:70,
 *	hvpt_hvcall_flush_lists.0:4,hvpt_call_issue_reps.0:4
 */
#include "proofs/proof.h"

#include "src/hvcall/hvcall_internal.h"

/* A page has room for 508: no loop could be unrolled so often. */
#undef HVPT_HV_FLUSH_LIST_MAX
#define HVPT_HV_FLUSH_LIST_MAX 2u

#include "src/hvcall/call.c"
#include "src/hvcall/flush_list.c"
#include "src/hvcall/hv_status.c"

#define MOST 5u
#define HEAD 4u /* words before the descriptors */

static uint64_t words[HEAD + HVPT_HV_FLUSH_LIST_MAX];
static uint64_t entry[MOST];
static unsigned count, given, done;

static bool borrow(void *ctx, struct hvpt_call_page *page)
{
	(void)ctx;
	page->va = words;
	page->gpa = hvpt_gpa(0x5000);
	/* the list before this one was done */
	ASSERT(done == given);
	return nondet_bool();
}

/* What was done before the first that this call asks for stays done. */
static uint64_t issue(void *ctx, uint64_t control, hvpt_gpa_t in, hvpt_gpa_t to)
{
	unsigned reps = control >> 32 & 0xfff, first = control >> 48 & 0xfff;
	uint64_t answer = nondet_u64();
	unsigned i, now = answer >> 32 & 0xfff;

	(void)ctx;
	(void)in;
	(void)to;
	ASSERT(reps >= 1 && reps <= HVPT_HV_FLUSH_LIST_MAX && reps <= given);
	ASSERT(first == done - (given - reps));
	for (i = 0; i < reps; i++)
		ASSERT(words[HEAD + i] == entry[given - reps + i]);
	/* as an honest hypervisor counts; others are those of rep_loop */
	ASSUME(now >= first && now <= reps);
	ASSUME(IMPLIES((answer & 0xffff) == 0, now == reps));
	done = given - reps + now;
	return answer;
}

static void give_back(void *ctx, struct hvpt_call_page *page)
{
	(void)ctx;
	(void)page;
}

static bool source(void *ctx, uint64_t *out)
{
	(void)ctx;
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
	count = nondet_u8() % (MOST + 1);
	for (i = 0; i < MOST; i++)
		entry[i] = nondet_u64();
	status = hvpt_hvcall_flush_lists(&transport, nondet_u32(), source, NULL,
					 &answer);
	ASSERT(IMPLIES(status == HVPT_OK, done == count && count > 0));
	ASSERT(IMPLIES(status == HVPT_ERR_EMPTY, count == 0));
	ASSERT(answer.code == HVPT_HVCALL_FLUSH_DEVICE_DOMAIN_LIST);
	if (status == HVPT_OK && count == MOST)
		REACHED("three lists");
	if (status == HVPT_OK && count == 2 * HVPT_HV_FLUSH_LIST_MAX)
		REACHED("the last page is full");
	if (status != HVPT_OK && done > HVPT_HV_FLUSH_LIST_MAX)
		REACHED("the second list fails");
}
