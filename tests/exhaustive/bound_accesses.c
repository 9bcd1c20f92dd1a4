/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * bound_accesses.c - counts the accesses to entries, and compares them with the
 * bounds that docs/API-CONVENTIONS.md states.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bound.h"
#include "port_hooks.h"

/* Accesses for each entry and each table of the range; and besides. */
struct bound {
	char call[24];
	uint64_t entry[2]; /* 4 KiB leaves, larger leaves */
	uint64_t table;
	uint64_t besides;
};

static struct bound bounds[16];
static unsigned bound_count;
static const char *doing;
static unsigned wrong;

/* "| 7,000 |": @at goes to the bar behind it. */
static uint64_t next_cell(char **at)
{
	uint64_t number = 0;

	BOUND_CHECK(**at == '|' && strchr(*at + 1, '|'));
	for (++*at; **at != '|'; ++*at)
		if (**at >= '0' && **at <= '9')
			number = 10 * number + (uint64_t)(**at - '0');
	return number;
}

/* "map()` | 3 | 3 | 16 | 64 | ..." */
static void read_row(char *row)
{
	struct bound *bound = &bounds[bound_count++];
	char *end = strchr(row, '(');

	BOUND_CHECK(end && end - row < 24 && bound_count < 16);
	memcpy(bound->call, row, (size_t)(end - row));
	end = strchr(end, '|');
	BOUND_CHECK(end);
	bound->entry[0] = next_cell(&end);
	bound->entry[1] = next_cell(&end);
	bound->table = next_cell(&end);
	bound->besides = next_cell(&end);
}

void bound_read(const char *document)
{
	static const char head[] = "| `hvpt_pt_";
	FILE *file = fopen(document, "r");
	char line[256];

	BOUND_CHECK(file);
	while (fgets(line, sizeof(line), file))
		if (strncmp(line, head, sizeof(head) - 1) == 0)
			read_row(line + sizeof(head) - 1);
	fclose(file);
}

static const struct bound *bound_of(const char *call)
{
	unsigned i = 0;

	while (i < bound_count && strcmp(bounds[i].call, call) != 0)
		i++;
	BOUND_CHECK(i < bound_count);
	return &bounds[i];
}

static void count_on(void *ctx, enum port_access access, uint64_t *slot)
{
	(void)ctx;
	(void)access;
	(void)slot;
}

void bound_start(const char *call)
{
	doing = call;
	port_hooks.count = 0;
	port_hooks.before = count_on;
}

void bound_stop(const struct bound_size *size)
{
	const struct bound *bound = bound_of(doing);
	uint64_t most = bound->entry[size->large] * size->entries +
			bound->table * size->tables + bound->besides;

	port_hooks.before = NULL;
	printf("%-10s %-22s %9llu entries %6llu tables: %10llu accesses, at"
	       " most %llu\n",
	       doing, size->text, (unsigned long long)size->entries,
	       (unsigned long long)size->tables,
	       (unsigned long long)port_hooks.count, (unsigned long long)most);
	wrong += port_hooks.count > most;
}

void bound_exact(uint64_t accesses)
{
	BOUND_CHECK(port_hooks.count == accesses);
}

unsigned bound_wrong(void)
{
	return wrong;
}
