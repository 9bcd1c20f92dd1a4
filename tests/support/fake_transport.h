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
 * struct fake - a transport: its answers and its record
 * @transport: what the test passes to the core
 * @refuse: borrow has no page
 * @forget: borrow says yes and writes nothing
 * @va: what borrow lends; the page itself at first
 * @gpa: the gpa that borrow lends; FAKE_GPA at first
 * @result: what issue returns, unless there is @answer
 * @answer: decides what issue returns, by @control; may look into @page
 * @test_data: for @answer
 * @output: written behind @output_at of the page by each issue
 * @output_bytes: the length of @output that is written
 * @page: the call page
 * @lent: borrowed now
 * @borrows: how often a page was borrowed; likewise the next two
 * @seen: the page as at the last issue, before the output was written
 * @control: the control word of each issue
 * @input: the input gpa of the last issue
 * @output_gpa: the output gpa of the last issue
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

/** Makes a transport whose calls succeed, with an output of zero bytes. */
void fake_init(struct fake *fake);

/** Clears what was recorded; keeps what the transport answers. */
void fake_forget(struct fake *fake);

/** Checks that no page is lent, and the number of borrows and issues. */
void fake_made(const struct fake *fake, unsigned borrows, unsigned issues);

/**
 * fake_sent() - checks that the input of the last issue was exactly @bytes
 *
 * Also checks that the core wrote nothing else to the page.
 */
void fake_sent(const struct fake *fake, const uint8_t *bytes, size_t count);

#endif /* HVPT_TEST_FAKE_TRANSPORT_H */
