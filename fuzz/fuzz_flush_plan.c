/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * fuzz_flush_plan.c - the flush planner: nothing asked for is left out,
 * descriptors are well-formed, and each policy keeps its promise.
 *
 * Pages are numbers below 2^52 here, ends exclusive, so nothing wraps.
 */
#include "fuzz.h"
#include "hvpt/flush.h"
#include "oracle/source.h"

#define RANGES 8u
#define MOST_EXACT 102u
#define ALL_PAGES (UINT64_C(1) << 52)

struct pages {
	uint64_t first;
	uint64_t end;
};

/* Mostly near a power of two. */
static uint64_t pick_address(struct source *source)
{
	uint64_t near = UINT64_C(1) << source_below(source, 64);
	int8_t offset = (int8_t)source_byte(source);

	switch (source_below(source, 4)) {
	case 0:
		return near + (uint64_t)(int64_t)offset * 4096;
	case 1:
		return UINT64_MAX - (uint64_t)(uint8_t)offset * 4096;
	case 2:
		return near + (uint64_t)(int64_t)offset;
	default:
		return source_number(source, 8);
	}
}

static struct pages decode(uint64_t entry)
{
	unsigned shift = entry & 63;
	struct pages block;

	FUZZ_CHECK((entry >> 6 & 63) == 0, "reserved bits of a descriptor");
	FUZZ_CHECK(shift <= 52, "a shift above 52");
	block.first = entry >> 12;
	FUZZ_CHECK(block.first % (UINT64_C(1) << shift) == 0,
		   "a block that is not aligned");
	block.end = block.first + (UINT64_C(1) << shift);
	FUZZ_CHECK(block.end <= ALL_PAGES, "a block beyond all pages");
	return block;
}

static void check_policy(enum hvpt_flush_policy policy, struct pages asked,
			 unsigned blocks, uint64_t covered)
{
	uint64_t pages = asked.end - asked.first;

	switch (policy) {
	case HVPT_FLUSH_EXACT:
		FUZZ_CHECK(covered == pages, "exact, and too much");
		FUZZ_CHECK(blocks <= MOST_EXACT, "too many blocks");
		break;
	case HVPT_FLUSH_COVER:
		FUZZ_CHECK(blocks == 1, "more than one covering block");
		break;
	case HVPT_FLUSH_TWO_BLOCK:
	default:
		FUZZ_CHECK(blocks <= 2, "more than two blocks");
		FUZZ_CHECK(blocks == 1 ? covered <= 2 * pages :
					 covered < 2 * pages,
			   "two-block flushes too much");
		break;
	}
}

/* One after the other: the descriptors of a range by itself. */
static unsigned plan_alone(const struct hvpt_iova_range *range,
			   enum hvpt_flush_policy policy, struct pages *block)
{
	struct pages asked = { range->first.value >> 12,
			       (range->last.value >> 12) + 1 };
	uint64_t next = asked.first, covered = 0, entry = 0;
	struct hvpt_flush_plan plan;
	unsigned blocks = 0;

	FUZZ_CHECK(hvpt_flush_plan_init(&plan, range, 1, policy) == HVPT_OK,
		   "a range of a list is refused");
	while (next < asked.end) {
		FUZZ_CHECK(hvpt_flush_plan_next(&plan, &entry),
			   "a range is not covered");
		*block = decode(entry);
		FUZZ_CHECK(block->first <= next && block->end > next,
			   "a gap between blocks, or a useless one");
		next = block->end;
		covered += block->end - block->first;
		blocks++;
		block++;
	}
	FUZZ_CHECK(!hvpt_flush_plan_next(&plan, &entry),
		   "more than was asked for");
	check_policy(policy, asked, blocks, covered);
	return blocks;
}

static bool is_in(const struct pages *block, const struct pages *list,
		  unsigned count)
{
	unsigned i;

	for (i = 0; i < count; i++)
		if (list[i].first <= block->first && list[i].end >= block->end)
			return true;
	return false;
}

/*
 * A list gives blocks that its ranges give by themselves; what is left out of
 * those is in others, whole, and nothing is flushed twice.
 */
static void check_list(const struct hvpt_iova_range *range, uint32_t count,
		       enum hvpt_flush_policy policy,
		       struct hvpt_flush_plan *plan)
{
	static struct pages alone[RANGES * MOST_EXACT];
	static struct pages got[RANGES * MOST_EXACT];
	unsigned blocks = 0, kept = 0, i;
	uint64_t total = 0, entry = 0;

	for (i = 0; i < count; i++)
		blocks += plan_alone(&range[i], policy, &alone[blocks]);
	for (i = 0; i < blocks && hvpt_flush_plan_next(plan, &entry); i++) {
		struct pages block = decode(entry);

		FUZZ_CHECK(policy == HVPT_FLUSH_EXACT ||
				   !is_in(&block, got, kept),
			   "a block is flushed twice");
		got[kept++] = block;
		total += block.end - block.first;
	}
	FUZZ_CHECK(!hvpt_flush_plan_next(plan, &entry),
		   "more than was asked for");
	for (i = 0; i < blocks; i++)
		FUZZ_CHECK(is_in(&alone[i], got, kept),
			   "a block is not flushed whole");
	for (i = 0; i < kept; i++)
		FUZZ_CHECK(is_in(&got[i], alone, blocks),
			   "a block nobody asked for");
	FUZZ_CHECK(policy != HVPT_FLUSH_EXACT || kept == blocks,
		   "exact, and not all");
	FUZZ_CHECK(plan->emitted == kept && plan->pages == total,
		   "the plan counts wrongly");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct hvpt_iova_range range[RANGES];
	enum hvpt_flush_policy policy;
	struct hvpt_flush_plan plan;
	enum hvpt_status status, want = HVPT_OK;
	struct source source = source_of_bytes(data, size);
	uint32_t count, i;

	policy = (enum hvpt_flush_policy)source_below(&source, 4);
	count = source_below(&source, RANGES + 1);
	for (i = 0; i < count; i++) {
		range[i].first = hvpt_iova(pick_address(&source));
		range[i].last = hvpt_iova(pick_address(&source));
		if (range[i].first.value > range[i].last.value) {
			struct hvpt_iova_range swapped = { range[i].last,
							   range[i].first };

			if (source_byte(&source) < 240)
				range[i] = swapped;
			else
				want = HVPT_ERR_WRAP;
		}
	}
	if (policy > HVPT_FLUSH_EXACT)
		want = HVPT_ERR_POLICY;
	status = hvpt_flush_plan_init(&plan, range, count, policy);
	FUZZ_CHECK(status == want, hvpt_status_name(status));
	if (status != HVPT_OK)
		return 0;
	check_list(range, count, policy, &plan);
	return 0;
}
