/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * combine_step.c - a flush while the calls of others are in flight, and while
 * others ask. Each caller gets what the one call said that was made for it.
 *
 * The others run while the caller waits or makes its call: one may have asked
 * before it, and one may ask after it. They use the same code. The
 * request before it is overwritten as soon as its caller is told.
 *
 * Parts: hvpt_request_flush
 * Contract: wait.h: When the call returns, the newest of them makes one call
 *	for all of them. So each caller returns after a call that began after it
 *	asked, and waits for at most two calls: the one in flight and its own.
 * Contract: wait.h: A platform that cannot wait has no hooks: each caller makes
 *	a call of its own.
 * Contract: wait.h: false when this caller cannot wait. It makes a call of its
 *	own, and @end is not called.
 * Contract: wait.h: May return earlier; then it is called again.
 * Contract: wait.h: may be gone already: only its address may be used
 * Bounds: one caller; one that waits already or none, one that asks later or
 *	none; hooks with a wake or without; any answers; in one thread
 * Run: alone -DPROOF_CALL=prove_alone -DPROOF_BUSY=0 -DPROOF_TOLD=0
 *	--unwind 4 --unwindset
 *	hvpt_request_enter.0:1,hvpt_request_pass.0:1
 * Run: lead -DPROOF_CALL=prove_combined -DPROOF_BUSY=0 -DPROOF_TOLD=0
 *	--unwind 4 --unwindset
 *	hvpt_request_enter.0:1,hvpt_request_pass.0:1
 * Run: wait -DPROOF_CALL=prove_combined -DPROOF_BUSY=1 -DPROOF_TOLD=0
 *	--unwind 4 --unwindset
 *	hvpt_request_enter.0:1,hvpt_request_pass.0:1
 * Run: told -DPROOF_CALL=prove_combined -DPROOF_BUSY=1 -DPROOF_TOLD=1
 *	--unwind 4 --unwindset
 *	hvpt_request_enter.0:1,hvpt_request_pass.0:1
 */
#include "proofs/proof.h"

#include "src/domain/combine.c"

#define OLDER 0u
#define SELF 1u
#define NEWER 2u
#define CALLERS 3u

static struct hvpt_iommu iommu;
static struct hvpt_domain domain;
static struct hvpt_wait_ops ops;
static struct hvpt_flush_request older, self, newer;
/* of each caller: it asked, a call was made for it, it was woken */
static bool asked[CALLERS], served[CALLERS], woken[CALLERS];
static enum hvpt_status said[CALLERS]; /* by that call */
static bool can_wait, was_early, ended;
static uint64_t cookie, combined;
static unsigned calls;

static struct hvpt_flush_request *request_of(unsigned i)
{
	return i == OLDER ? &older : i == SELF ? &self : &newer;
}

static void ask(unsigned i)
{
	request_of(i)->waiter.word = HVPT_REQUEST_WAITS;
	asked[i] = true;
	/* there is a call in flight */
	ASSERT(!hvpt_request_enter(&domain, request_of(i)));
}

/* ---- the call ----------------------------------------------------------- */

/* Notes what the call said to those that it was made for. Return: how many. */
static unsigned serve(const struct hvpt_flush_request *first,
		      enum hvpt_status status)
{
	unsigned many = 0, i;

	for (; first; first = first->next, many++)
		for (i = 0; i < CALLERS; i++)
			if (first == request_of(i)) {
				ASSERT(asked[i] && !served[i]);
				served[i] = true;
				said[i] = status;
			}
	return many;
}

enum hvpt_status hvpt_batch_flush(struct hvpt_domain *flushed,
				  struct hvpt_flush_request *first)
{
	enum hvpt_status status = (enum hvpt_status)nondet_u8();
	unsigned many = serve(first, status);

	ASSERT(flushed == &domain);
	calls++;
	if (status == HVPT_OK)
		combined += many - 1;
	if (can_wait && !asked[NEWER] && nondet_bool())
		ask(NEWER);
	return status;
}

/* ---- the hooks ---------------------------------------------------------- */

static bool begin(void *ctx, struct hvpt_waiter *waiter)
{
	ASSERT(ctx == &ops && waiter == &self.waiter && !calls);
	waiter->cookie = cookie;
	return can_wait;
}

static void wait(void *ctx, struct hvpt_waiter *waiter)
{
	enum hvpt_status ignored;

	ASSERT(ctx == &ops && waiter == &self.waiter);
	ASSERT(PROOF_BUSY && !served[SELF]);
	if (!was_early) {
		was_early = true;
		if (PROOF_TOLD)
			ask(NEWER);
		return;
	}
	/* the call in flight is over, and the newest makes the next */
	hvpt_request_pass(&domain);
	ASSERT((newer.waiter.word == HVPT_REQUEST_LEADS) == PROOF_TOLD);
	if (PROOF_TOLD) {
		ignored = hvpt_request_lead(&domain, &newer);
		(void)ignored;
	}
}

static void wake(void *ctx, struct hvpt_waiter *waiter)
{
	unsigned i;

	ASSERT(ctx == &ops);
	for (i = 0; i < CALLERS; i++) {
		if (waiter != &request_of(i)->waiter)
			continue;
		ASSERT(waiter->word != HVPT_REQUEST_WAITS && !woken[i]);
		woken[i] = true;
		/* it may be gone, so nothing of it must be used */
		if (i == OLDER)
			older.next = &newer;
	}
}

static void end(void *ctx, struct hvpt_waiter *waiter)
{
	ASSERT(ctx == &ops && waiter == &self.waiter);
	ASSERT(served[SELF] && !ended);
	ASSERT(waiter->cookie == cookie);
	ended = true;
}

/* ---- the proof ---------------------------------------------------------- */

static void any_state(void)
{
	ops.begin = begin;
	ops.wait = wait;
	if (nondet_bool())
		ops.wake = wake;
	ops.end = end;
	domain.iommu = &iommu;
	domain.wait_ctx = &ops;
	cookie = nondet_u64();
}

/* It did not wait, and changed nothing of those that do. */
static void check_alone(uint64_t flushing)
{
	ASSERT(calls == 1 && domain.flushing == flushing && !ended);
	ASSERT(!served[OLDER] && !served[NEWER]);
}

/* Those that wait get the next call; without them none is in flight. */
static void check_passed(void)
{
	bool waits = asked[NEWER] && !served[NEWER];

	ASSERT(ended && calls == 1);
	ASSERT(domain.flushing == (waits ? HVPT_NO_WAITER : 0));
	ASSERT(IMPLIES(waits, newer.waiter.word == HVPT_REQUEST_LEADS));
	ASSERT(IMPLIES(waits && ops.wake, woken[NEWER]));
}

/* All that asked before it have an answer, and are told. */
static void check_told(void)
{
	if (!asked[OLDER])
		return;
	ASSERT(served[OLDER] && older.status == said[OLDER]);
	ASSERT(older.waiter.word == HVPT_REQUEST_DONE);
	ASSERT(IMPLIES(ops.wake, woken[OLDER]));
}

static void check(enum hvpt_status status)
{
	ASSERT(served[SELF] && status == said[SELF]);
	ASSERT(iommu.stats.combined == combined);
}

/* It cannot wait, and does not: whatever is in flight. */
static void check_alone_with(const struct hvpt_wait_ops *hooks)
{
	uint64_t flushing = nondet_u64();

	domain.wait_ops = hooks;
	domain.flushing = flushing;
	check(hvpt_request_flush(&domain, &self));
	check_alone(flushing);
	REACHED("alone");
}

static void prove_alone(void)
{
	if (nondet_bool())
		check_alone_with(NULL);
	else
		check_alone_with(&ops);
}

static void prove_combined(void)
{
	enum hvpt_status status;

	can_wait = true;
	domain.wait_ops = &ops;
	domain.flushing = PROOF_BUSY ? HVPT_NO_WAITER : 0;
	if (PROOF_BUSY)
		ask(OLDER);
	status = hvpt_request_flush(&domain, &self);
	check(status);
	check_passed();
	check_told();
	if (asked[NEWER] && status == HVPT_OK)
		REACHED("with one that asks later");
	if (!ops.wake)
		REACHED("nobody is woken");
}

void proof(void)
{
	any_state();
	asked[SELF] = true;
	PROOF_CALL();
}
