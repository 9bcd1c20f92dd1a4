/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * bound_instructions.c - marks where each call begins and ends, for valgrind.
 *
 * instructions.py runs the program and compares.
 */
#include <stdio.h>

#include "bound.h"

static const char *doing;

/* valgrind writes what it counted whenever this is called. */
static __attribute__((noinline)) void bound_mark(void)
{
	__asm__ volatile("" : : : "memory");
}

void bound_read(const char *document)
{
	(void)document;
}

void bound_start(const char *call)
{
	doing = call;
	bound_mark();
}

void bound_stop(const struct bound_size *size)
{
	bound_mark();
	printf("%s\t%s\t%llu\t%llu\t%d\n", doing, size->text,
	       (unsigned long long)size->entries,
	       (unsigned long long)size->tables, size->large);
}

void bound_exact(uint64_t accesses)
{
	(void)accesses;
}

unsigned bound_wrong(void)
{
	return 0;
}
