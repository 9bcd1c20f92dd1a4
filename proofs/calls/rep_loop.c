/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * rep_loop.c - whatever the hypervisor answers, a rep call ends, never asks
 * again for what is done, and never counts more than was asked for.
 *
 * Parts: hvpt_call_issue_reps
 * Bounds: any answers; lists of up to 6 elements
 * Run: all --unwind 8 --unwindset hvpt_hv_status_find.0:70
 */
#include "proofs/proof.h"

#include "src/hvcall/call.c"
#include "src/hvcall/hv_status.c"

#define MOST 6u

static unsigned asked; /* elements of the list */
static unsigned issued, start, reps;
static uint16_t status;

/* A host that answers anything, and notes where each call begins. */
static uint64_t issue(void *ctx, uint64_t control, hvpt_gpa_t input,
		      hvpt_gpa_t output)
{
	unsigned begins = control >> 48 & 0xfff;
	uint64_t result = nondet_u64();

	(void)ctx;
	ASSERT((control >> 32 & 0xfff) == asked);
	ASSERT(input.value == 0x5000 && output.value == 0);
	ASSERT(begins < asked);
	ASSERT(begins == (issued ? reps : 0));
	ASSERT(issued == 0 || begins > start);
	issued++;
	start = begins;
	reps = result >> 32 & 0xfff;
	status = (uint16_t)result;
	return result;
}

static bool borrow(void *ctx, struct hvpt_call_page *page)
{
	(void)ctx;
	(void)page;
	return false;
}

static void give_back(void *ctx, const struct hvpt_call_page *page)
{
	(void)ctx;
	(void)page;
}

static const struct hvpt_transport_ops ops = {
	.borrow = borrow,
	.issue = issue,
	.give_back = give_back,
};

void proof(void)
{
	const struct hvpt_transport transport = { .ops = &ops };
	struct hvpt_answer answer = { .code = nondet_u16() };
	struct hvpt_call call = {
		.transport = &transport,
		.answer = &answer,
		.page = { .gpa = { 0x5000 } },
	};
	enum hvpt_status got;

	asked = nondet_u32();
	ASSUME(asked >= 1 && asked <= MOST);
	got = hvpt_call_issue_reps(&call, asked);
	ASSERT(issued >= 1 && issued <= asked && answer.trips == issued);
	ASSERT(answer.reps <= asked);
	if (got == HVPT_OK) {
		ASSERT(answer.reps == asked && reps == asked);
		if (issued == MOST)
			REACHED("one element at a time");
		return;
	}
	/* the answer has what the hypervisor did, as far as that can be */
	ASSERT(answer.reps == reps || reps > asked || reps < start);
	if (got == HVPT_ERR_HV_PROGRESS)
		REACHED("no progress");
	if (status != 0 && status != HVPT_HV_STATUS_TIMEOUT) {
		REACHED("a refusal");
		ASSERT(got == hvpt_hv_status_map(status));
	} else {
		ASSERT(got == HVPT_ERR_HV_PROGRESS ||
		       got == HVPT_ERR_HV_TIMEOUT);
	}
}
