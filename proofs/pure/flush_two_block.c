/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * flush_two_block.c - a step of the plan of a list of ranges by TWO_BLOCK. The
 * next block of a range is emitted; or it is left out, because another range,
 * at most HVPT_FLUSH_NEAR places away, has a block that holds all of it and is
 * larger, or as large and of an earlier range.
 *
 * So by induction each block lies in one that is emitted: the block that holds
 * it is emitted, or lies in one that is larger or earlier still. The blocks of
 * a range hold all of it, as flush_blocks proves.
 *
 * The run "covers" proves of one range when a block is in one of its blocks.
 * With that, and with blocks that are any, the run "list" proves which are
 * emitted.
 *
 * Functions: hvpt_flush_plan_next
 * Bounds: any ranges of any alignment; TWO_BLOCK; any step of a plan of up to
 *	17 ranges; the run "list" leaves out up to 1 block at a time
 * Run: covers long -DPROOF_CALL=prove_covers --unwind 2 --unwindset
 *	hvpt_flush_bits.0:7,hvpt_flush_range_covers.0:2
 * Run: list -DPROOF_CALL=prove_list --unwind 18 --unwindset
 *	hvpt_flush_plan_next.0:2
 */
#include "proofs/proof.h"

#include "hvpt/flush.h"

struct hvpt_flush_block;
static bool any_covers(unsigned policy, const struct hvpt_iova_range *range,
		       bool same, const struct hvpt_flush_block *block);
static void any_step(struct hvpt_flush_plan *plan,
		     struct hvpt_flush_block *block);

/*
 * The planner of a list asks these two for the next block of a range, and
 * whether another range has one that holds it. The first word between the
 * parentheses tells such a call from the definition, which stays as it is.
 */
/* clang-format off */
#define hvpt_flush_range_covers(a, b, c, d) COVERS_##a, b, c, d)
#define COVERS_enum hvpt_flush_range_covers(enum
#define COVERS_plan any_covers(plan
#define hvpt_flush_step(a, b) STEP_##a, b)
#define STEP_struct hvpt_flush_step(struct
#define STEP_self any_step(self
/* clang-format on */

#include "src/domain/plan.c"

#undef hvpt_flush_range_covers
#undef hvpt_flush_step

/* One more than are compared, on either side of the one in the middle. */
#define RANGES (2 * HVPT_FLUSH_NEAR + 3)
#define POLICY HVPT_FLUSH_TWO_BLOCK

/* ---- one range ---------------------------------------------------------- */

/* Does @large hold all of @block? @same: also when they are equal. */
static bool holds(const struct hvpt_flush_block *large, bool same,
		  const struct hvpt_flush_block *block)
{
	return (block->first ^ large->first) >> large->order == 0 &&
	       (large->order > block->order ||
		(same && large->order == block->order));
}

/* A block is covered if one that the plan of the range has holds it. */
static void prove_covers(void)
{
	struct hvpt_iova_range range = { { nondet_u64() }, { nondet_u64() } };
	struct hvpt_flush_block block, own[2];
	struct hvpt_flush_plan one;
	bool same = nondet_bool(), wanted;

	block.first = nondet_u64();
	block.order = nondet_u32();
	ASSUME(block.first >> 52 == 0 && block.order <= 52);
	ASSUME(hvpt_flush_plan_init(&one, &range, 1, POLICY) == HVPT_OK);
	one.policy = POLICY; /* the same, as constants */
	one.count = 1;
	ASSERT(hvpt_flush_next_range(&one));
	hvpt_flush_step(&one, &own[0]);
	wanted = holds(&own[0], same, &block);
	if (one.busy) {
		hvpt_flush_step(&one, &own[1]);
		if (!wanted && holds(&own[1], same, &block)) {
			REACHED("in the second");
			wanted = true;
		}
	}
	ASSERT(!one.busy);
	if (wanted)
		REACHED("covered");
	ASSERT(hvpt_flush_range_covers(POLICY, &range, same, &block) == wanted);
}

/* ---- a list ------------------------------------------------------------- */

static struct hvpt_iova_range list[RANGES];
static struct hvpt_flush_plan plan;
/* Of each step of the call: its range, and the block. */
static uint32_t at[2];
static struct hvpt_flush_block taken[2];
static unsigned steps;
/* Of each range: it has a block that holds the first of these. */
static bool covers[RANGES];
static uint64_t rest; /* where the second block begins */

static uint64_t first_of(uint32_t i)
{
	return list[i].first.value >> 12;
}

static uint64_t last_of(uint32_t i)
{
	return list[i].last.value >> 12;
}

/* Takes any pages: all that are left, or the first block of two. */
static void any_step(struct hvpt_flush_plan *of, struct hvpt_flush_block *block)
{
	uint64_t until = nondet_u64();

	ASSERT(of == &plan && steps < 2 && plan.at < plan.count);
	ASSERT(plan.next == (plan.busy ? rest : first_of(plan.at)));
	ASSERT(plan.last == last_of(plan.at));
	ASSUME(plan.next <= until && until <= plan.last);
	ASSUME(!plan.busy || until == plan.last);
	block->first = plan.next;
	block->order = nondet_u32();
	ASSUME(block->order <= 52);
	plan.busy = until != plan.last;
	plan.next = rest = until + 1;
	at[steps] = plan.at;
	taken[steps++] = *block;
}

/* The block of a second step is not covered. */
static bool any_covers(unsigned policy, const struct hvpt_iova_range *range,
		       bool same, const struct hvpt_flush_block *block)
{
	uint32_t i = range - list, step = steps - 1;

	ASSERT(policy == POLICY && i < plan.count && i != at[step]);
	ASSERT(same == (i < at[step]));
	ASSERT(block->first == taken[step].first);
	ASSERT(block->order == taken[step].order);
	return step == 0 && covers[i];
}

/* Any list and any step of it: a range begins, or is in the middle. */
static void any_plan(void)
{
	uint32_t count = nondet_u32(), i;

	for (i = 0; i < RANGES; i++) {
		list[i].first.value = nondet_u64();
		list[i].last.value = nondet_u64();
		covers[i] = nondet_bool();
	}
	ASSUME(count <= RANGES);
	ASSUME(hvpt_flush_plan_init(&plan, list, count, POLICY) == HVPT_OK);
	ASSERT(plan.at == 0 && !plan.busy && plan.count == count);
	plan.at = nondet_u32();
	ASSUME(plan.at <= count);
	if (plan.at == count || nondet_bool())
		return;
	plan.busy = 1;
	plan.next = rest = nondet_u64();
	plan.last = last_of(plan.at);
	ASSUME(first_of(plan.at) < rest && rest <= plan.last);
}

/* Does a range that is near cover the block of range @from? */
static bool near_covers(uint32_t from)
{
	bool some = false;
	uint32_t i;

	for (i = 0; i < plan.count; i++)
		if (i != from && i + HVPT_FLUSH_NEAR >= from &&
		    i <= from + HVPT_FLUSH_NEAR)
			some |= covers[i];
	return some;
}

static void check_emitted(uint64_t entry)
{
	const struct hvpt_flush_block *block = &taken[steps - 1];

	ASSERT(entry % 64 == block->order);
	ASSERT(entry >> 12 == block->first >> block->order << block->order);
	ASSERT(plan.at == at[steps - 1] + !plan.busy);
	ASSERT(plan.emitted == 1);
}

static void prove_list(void)
{
	uint32_t from;
	uint64_t entry;
	bool left_out, more;

	any_plan();
	from = plan.at;
	left_out = from < plan.count && near_covers(from);
	more = hvpt_flush_plan_next(&plan, &entry);
	if (from == plan.count) {
		REACHED("the end");
		ASSERT(!more && steps == 0 && plan.at == from);
		return;
	}
	ASSERT(at[0] == from);
	if (!left_out) {
		ASSERT(more && steps == 1);
		check_emitted(entry);
		return;
	}
	/* the next step is made at once, if there is one */
	ASSERT(more == (steps == 2));
	if (!more) {
		REACHED("the last block is left out");
		ASSERT(plan.at == plan.count && !plan.busy);
		return;
	}
	REACHED("a block is left out");
	ASSERT(at[1] == from || at[1] == from + 1);
	check_emitted(entry);
}

void proof(void)
{
	PROOF_CALL();
}
