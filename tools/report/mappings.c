/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include "mappings.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

static bool grow(struct mappings *mappings)
{
	unsigned room = mappings->room ? 2 * mappings->room : 256;
	struct mapping *list;

	if (mappings->room > UINT_MAX / 4)
		return false;
	list = realloc(mappings->list, room * sizeof(*list));
	if (!list)
		return false;
	mappings->list = list;
	mappings->room = room;
	return true;
}

bool mappings_add(struct mappings *mappings, const struct mapping *mapping,
		  unsigned *number)
{
	if (mappings->first_free) {
		*number = mappings->first_free - 1;
		mappings->first_free = mappings->list[*number].next;
	} else {
		if (mappings->count == mappings->room && !grow(mappings))
			return false;
		*number = mappings->count++;
	}
	mappings->list[*number] = *mapping;
	mappings->live++;
	return true;
}

bool mappings_shrink(struct mappings *mappings, unsigned number, uint64_t bytes)
{
	struct mapping *mapping = &mappings->list[number];

	mapping->left -= bytes;
	if (mapping->left != 0)
		return false;
	mapping->next = mappings->first_free;
	mappings->first_free = number + 1;
	mappings->live--;
	return true;
}

void mappings_free(struct mappings *mappings)
{
	free(mappings->list);
	memset(mappings, 0, sizeof(*mappings));
}

/* ---- the largest ----------------------------------------------------- */

/* Of equals the first stays. */
void largest_add(struct largest *largest, const struct mapping *mapping)
{
	struct largest_mapping *list = largest->list;
	unsigned at = largest->count;

	while (at > 0 && list[at - 1].mapping.size < mapping->size)
		at--;
	if (at == LARGEST_MAX)
		return;
	if (largest->count < LARGEST_MAX)
		largest->count++;
	memmove(&list[at + 1], &list[at],
		(largest->count - 1 - at) * sizeof(*list));
	list[at].mapping = *mapping;
	list[at].ended = false;
	list[at].until = 0;
}

void largest_end(struct largest *largest, const struct mapping *mapping,
		 uint64_t until)
{
	unsigned i;

	for (i = 0; i < largest->count; i++) {
		if (largest->list[i].mapping.event != mapping->event)
			continue;
		largest->list[i].ended = true;
		largest->list[i].until = until;
	}
}
