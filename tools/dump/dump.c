/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include "dump.h"

#include <stdlib.h>

#define ROOM_FIRST 16u

/* Room for one more element. Return: the array; NULL: no memory. */
static void *grow(void *array, size_t count, size_t *room, size_t size)
{
	size_t wanted = *room ? 2 * *room : ROOM_FIRST;

	if (count < *room)
		return array;
	array = realloc(array, wanted * size);
	if (array)
		*room = wanted;
	return array;
}

struct dump_domain *dump_add_domain(struct dump *dump, uint64_t last)
{
	struct dump_domain *domains = grow(dump->domains, dump->count,
					   &dump->room, sizeof(*domains));

	if (!domains)
		return NULL;
	dump->domains = domains;
	domains[dump->count] = (struct dump_domain){ .last = last };
	return &domains[dump->count++];
}

bool dump_add_leaf(struct dump_domain *domain, const struct dump_leaf *leaf)
{
	struct dump_leaf *leaves = grow(domain->leaves, domain->count,
					&domain->room, sizeof(*leaves));

	if (!leaves)
		return false;
	domain->leaves = leaves;
	leaves[domain->count++] = *leaf;
	return true;
}

void dump_free(struct dump *dump)
{
	size_t i;

	for (i = 0; i < dump->count; i++)
		free(dump->domains[i].leaves);
	free(dump->domains);
}
