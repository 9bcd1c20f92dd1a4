/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * fake_transport.h - a transport that records what it is given.
 *
 * What it gives: struct fake, a transport that answers what the test says, and
 * the input of each hypercall. It knows no hypercall. Its one call page is full
 * of 0xaa when it is borrowed, so a byte that the core does not write is seen.
 * What breaks the rules of a transport (a second borrow, a page that is not
 * lent, a lost cookie) fails the test at once.
 */
#ifndef HVPT_TEST_FAKE_TRANSPORT_H
#define HVPT_TEST_FAKE_TRANSPORT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "hvpt/hvcall.h"

#define FAKE_PAGE 4096u
#define FAKE_FILL 0xaa
#define FAKE_GPA 0x000fedcba9876000ull
#define FAKE_COOKIE 0x0123456789abcdefull
#define FAKE_ROUNDS 600u

#define FAKE_COUNT(array) (sizeof(array) / sizeof((array)[0]))

/**
 * struct fake - the transport, what it does and what it saw
 * @transport: to be handed to the calls
 * @refuse: borrow has no page
 * @forget: borrow says yes and writes nothing
 * @va: what borrow lends; the page itself at first
 * @gpa: the same; FAKE_GPA at first
 * @result: what issue returns, unless there is @answer
 * @answer: decides what issue returns, by @control; may look into @page
 * @test_data: for @answer
 * @output: written behind @output_at of the page by each issue
 * @output_bytes: how much of it
 * @page: the call page
 * @lent: borrowed now
 * @borrows: and the others: so often
 * @seen: the page as at the last issue, before the output was written
 * @control: of each issue
 * @input: of the last
 * @output_gpa: of the last
 */
struct fake {
	struct hvpt_transport transport;
	bool refuse;
	bool forget;
	void *va;
	uint64_t gpa;
	uint64_t result;
	uint64_t (*answer)(struct fake *fake, uint64_t control);
	void *test_data;
	uint8_t output[64];
	size_t output_bytes;
	uint8_t *page;
	bool lent;
	unsigned borrows;
	unsigned give_backs;
	unsigned issues;
	uint8_t seen[FAKE_PAGE];
	uint64_t control[FAKE_ROUNDS];
	uint64_t input;
	uint64_t output_gpa;
};

/** Everything answers success, and a page of zero output bytes. */
void fake_init(struct fake *fake);

/** What was written down is forgotten; what it does stays. */
void fake_forget(struct fake *fake);

/** Nothing is lent, and so often was something borrowed, and issued. */
void fake_made(const struct fake *fake, unsigned borrows, unsigned issues);

/**
 * fake_sent() - the last issue's input was exactly this
 *
 * And nothing else of the page was written to.
 */
void fake_sent(const struct fake *fake, const uint8_t *bytes, size_t count);

#endif /* HVPT_TEST_FAKE_TRANSPORT_H */
