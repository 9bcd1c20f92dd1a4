/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include "hv_binding.h"

static bool binding_borrow(void *ctx, struct hvpt_call_page *page)
{
	uint64_t gpa;

	hypervisor_borrow(ctx, &page->va, &gpa);
	page->gpa = hvpt_gpa(gpa);
	page->cookie = gpa;
	return true;
}

static uint64_t binding_issue(void *ctx, uint64_t control, hvpt_gpa_t input,
			      hvpt_gpa_t output)
{
	return hypervisor_call(ctx, control, input.value, output.value);
}

/* By the cookie: it comes back as it was, whatever became of the rest. */
static void binding_give_back(void *ctx, struct hvpt_call_page *page)
{
	hypervisor_give_back(ctx, page->cookie);
}

const struct hvpt_transport_ops hvpt_hypervisor_transport = {
	.borrow = binding_borrow,
	.issue = binding_issue,
	.give_back = binding_give_back,
};

static void *binding_alloc_page(void *ctx)
{
	const struct hvpt_hypervisor_pages *pages = ctx;

	return hvpt_arena_ops.alloc_page(pages->arena);
}

static void binding_free_page(void *ctx, void *page)
{
	const struct hvpt_hypervisor_pages *pages = ctx;

	hypervisor_page_freed(pages->hv,
			      (uint64_t)(uintptr_t)page -
				      hvpt_arena_offset(pages->arena));
	hvpt_arena_ops.free_page(pages->arena, page);
}

const struct hvpt_page_ops hvpt_hypervisor_page_ops = {
	.alloc_page = binding_alloc_page,
	.free_page = binding_free_page,
	.write_back = NULL,
};
