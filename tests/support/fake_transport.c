/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* A transport that records what it gets; see the header. */
#include <stdalign.h>
#include <string.h>

#include "fake_transport.h"

static alignas(FAKE_PAGE) uint8_t call_page[FAKE_PAGE];

static bool borrow(void *ctx, struct hvpt_call_page *page)
{
	struct fake *fake = ctx;

	assert_false(fake->lent);
	/* what a hook does not set is not left over from another call */
	assert_null(page->va);
	assert_int_equal(page->gpa.value, 0);
	assert_int_equal(page->cookie, 0);
	fake->borrows++;
	if (fake->refuse)
		return false;
	fake->lent = true;
	memset(fake->page, FAKE_FILL, FAKE_PAGE);
	if (fake->forget)
		return true;
	page->va = fake->va;
	page->gpa = hvpt_gpa(fake->gpa);
	page->cookie = FAKE_COOKIE;
	return true;
}

static void write_output(struct fake *fake)
{
	uint64_t at = fake->output_gpa - fake->gpa;

	if (fake->output_gpa == 0)
		return;
	/* After the input, aligned, in the same page. */
	assert_int_in_range(at, 8, FAKE_PAGE - 8);
	assert_int_equal(at % 8, 0);
	memcpy(fake->page + at, fake->output, fake->output_bytes);
}

static uint64_t issue(void *ctx, uint64_t control, hvpt_gpa_t input,
		      hvpt_gpa_t output)
{
	struct fake *fake = ctx;

	assert_true(fake->lent);
	assert_int_equal(input.value, fake->gpa);
	assert_int_in_range(fake->issues, 0, FAKE_ROUNDS - 1);
	fake->control[fake->issues++] = control;
	fake->input = input.value;
	fake->output_gpa = output.value;
	memcpy(fake->seen, fake->page, FAKE_PAGE);
	write_output(fake);
	return fake->answer ? fake->answer(fake, control) : fake->result;
}

static void give_back(void *ctx, struct hvpt_call_page *page)
{
	struct fake *fake = ctx;

	assert_true(fake->lent);
	if (!fake->forget) {
		assert_ptr_equal(page->va, fake->va);
		assert_int_equal(page->gpa.value, fake->gpa);
		assert_int_equal(page->cookie, FAKE_COOKIE);
	}
	fake->lent = false;
	fake->give_backs++;
	memset(fake->page, 0x55, FAKE_PAGE);
}

void fake_init(struct fake *fake)
{
	static const struct hvpt_transport_ops ops = {
		.borrow = borrow,
		.issue = issue,
		.give_back = give_back,
	};

	memset(fake, 0, sizeof(*fake));
	fake->transport.ops = &ops;
	fake->transport.ctx = fake;
	fake->page = call_page;
	fake->va = call_page;
	fake->gpa = FAKE_GPA;
	fake->output_bytes = sizeof(fake->output);
}

void fake_forget(struct fake *fake)
{
	assert_false(fake->lent);
	fake->borrows = 0;
	fake->give_backs = 0;
	fake->issues = 0;
	fake->input = 0;
	fake->output_gpa = 0;
}

void fake_made(const struct fake *fake, unsigned borrows, unsigned issues)
{
	assert_false(fake->lent);
	assert_int_equal(fake->borrows, borrows);
	assert_int_equal(fake->give_backs, fake->refuse ? 0 : borrows);
	assert_int_equal(fake->issues, issues);
}

void fake_sent(const struct fake *fake, const uint8_t *bytes, size_t count)
{
	size_t i;

	assert_memory_equal(fake->seen, bytes, count);
	for (i = count; i < FAKE_PAGE; i++)
		assert_int_equal(fake->seen[i], FAKE_FILL);
}
