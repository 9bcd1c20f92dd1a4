/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * inject.h - what is to go wrong: the --inject option.
 *
 *	KIND:N:STATUS[:TIMES]	the N-th hypercall of a kind fails
 *	flush-list:N:rep=K[:STATUS]	it stops after K descriptors
 *	alloc:N			there is no page for the N-th table
 */
#ifndef TOOLS_INJECT_H
#define TOOLS_INJECT_H

#include "oracle/hypervisor.h"

/* As many as the model hypervisor takes. */
#define INJECT_MAX 16u

/* Tries of something which has to be done, when a failure has no end. */
#define INJECT_TRIES_MAX 1000u

/**
 * struct inject - all that was asked for
 * @count: how many hypercalls are to go wrong
 * @call: which, and how
 * @alloc: the page allocation which is to fail; 0: none
 */
struct inject {
	size_t count;
	struct hypervisor_injection call[INJECT_MAX];
	uint64_t alloc;
};

/** Adds what @spec says. Return: false when the message is out already. */
bool inject_parse(const char *spec, struct inject *inject);

/** How often must one try, at most, until nothing can be in the way? */
uint64_t inject_tries(const struct inject *inject);

#endif /* TOOLS_INJECT_H */
