/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * A fuzz target for libFuzzer: maps, unmaps and looks up as the input says, and
 * compares each result with an array. Four bytes are one call: what to do, the
 * first page, how many pages, and the frame that the first page goes to.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "hvpt/hvpt.h"

#define PAGES 1024u
#define UNMAPPED UINT64_MAX

struct state {
	struct hvpt_pagetable pt;
	uint64_t gpa[PAGES]; /* what each page is mapped to */
};

struct call {
	unsigned what;
	unsigned first;
	unsigned count;
	uint64_t gpa;
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes);

static void *alloc_page(void *ctx)
{
	void *page = aligned_alloc(4096, 4096);

	(void)ctx;
	return page ? memset(page, 0, 4096) : NULL;
}

static void free_page(void *ctx, void *page)
{
	(void)ctx;
	free(page);
}

static const struct hvpt_page_ops ops = {
	.alloc_page = alloc_page,
	.free_page = free_page,
};

static void must(int is_so)
{
	if (!is_so)
		abort();
}

/* Large counts and aligned frames are common: they make large leaves. */
static struct call decode(const uint8_t bytes[4])
{
	struct call call = {
		.what = bytes[0] & 3u,
		.first = (bytes[0] & 4u ? 512u : 2u) * (bytes[1] & 1u) +
			 (bytes[0] & 8u ? bytes[1] : 0u),
		.count = bytes[0] & 16u ? 512u : 1u + bytes[2],
		.gpa = (bytes[0] & 32u ? 1u << 21 : 1u << 12) *
		       (uint64_t)bytes[3],
	};

	if (call.first + call.count > PAGES)
		call.count = PAGES - call.first;
	return call;
}

static unsigned mapped_pages(const struct state *state, const struct call *call)
{
	unsigned found = 0;
	unsigned at;

	for (at = 0; at < call->count; at++)
		found += state->gpa[call->first + at] != UNMAPPED;
	return found;
}

static void map(struct state *state, const struct call *call)
{
	enum hvpt_status wanted = mapped_pages(state, call) ? HVPT_ERR_OVERLAP :
							      HVPT_OK;
	unsigned at;

	must(hvpt_pt_map(&state->pt, hvpt_iova(call->first * 4096ull),
			 hvpt_gpa(call->gpa), call->count * 4096ull,
			 HVPT_PROT_READ, NULL) == wanted);
	for (at = 0; wanted == HVPT_OK && at < call->count; at++)
		state->gpa[call->first + at] = call->gpa + at * 4096ull;
}

static void unmap(struct state *state, const struct call *call)
{
	uint64_t bytes = mapped_pages(state, call) * 4096ull;
	struct hvpt_gather gather;
	uint64_t unmapped;
	unsigned at;

	hvpt_gather_init(&gather);
	must(hvpt_pt_unmap(&state->pt, hvpt_iova(call->first * 4096ull),
			   call->count * 4096ull, &gather,
			   &unmapped) == HVPT_OK);
	must(unmapped == bytes);
	hvpt_pt_release(&state->pt, &gather);
	for (at = 0; at < call->count; at++)
		state->gpa[call->first + at] = UNMAPPED;
}

static void look_up(const struct state *state, unsigned page)
{
	struct hvpt_mapping seen;
	enum hvpt_status status = hvpt_pt_lookup(
		&state->pt, hvpt_iova(page * 4096ull), &seen);

	if (state->gpa[page] == UNMAPPED)
		must(status == HVPT_ERR_NOT_MAPPED);
	else
		must(status == HVPT_OK && seen.gpa.value == state->gpa[page]);
}

static void run(struct state *state, const struct call *call)
{
	if (call->what == 0)
		map(state, call);
	else if (call->what == 1)
		unmap(state, call);
	else
		look_up(state, call->first);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
	const struct hvpt_pt_config config = {
		.ops = &ops,
		.page_sizes = HVPT_PAGE_SIZE_4K | HVPT_PAGE_SIZE_2M,
		.width = 48,
	};
	struct state state;
	unsigned page;

	memset(state.gpa, 0xff, sizeof(state.gpa));
	must(hvpt_pt_init(&state.pt, &config) == HVPT_OK);
	for (; bytes >= 4; data += 4, bytes -= 4) {
		struct call call = decode(data);

		run(&state, &call);
	}
	for (page = 0; page < PAGES; page++)
		look_up(&state, page);
	hvpt_pt_destroy(&state.pt);
	return 0;
}
