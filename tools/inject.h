/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * inject.h - injected failures: the --inject option.
 *
 *	KIND:N:STATUS[:TIMES]	the N-th hypercall of a kind fails
 *	flush-list:N:rep=K[:STATUS]	it stops after K descriptors
 *	alloc:N			there is no page for the N-th table
 */
#ifndef TOOLS_INJECT_H
#define TOOLS_INJECT_H

#include "oracle/hypervisor.h"

/* As many as the model hypervisor accepts. */
#define INJECT_MAX 16u

/* How often a necessary call is tried when a failure never ends. */
#define INJECT_TRIES_MAX 1000u

/**
 * struct inject - the failures that were asked for
 * @count: number of hypercalls that fail
 * @call: which calls, and how they fail
 * @alloc: number of the page allocation that fails; 0: none
 */
struct inject {
	size_t count;
	struct hypervisor_injection call[INJECT_MAX];
	uint64_t alloc;
};

/** Adds @spec. Return: false after printing an error. */
bool inject_parse(const char *spec, struct inject *inject);

/** The most tries until no injected failure is left. */
uint64_t inject_tries(const struct inject *inject);

#endif /* TOOLS_INJECT_H */
