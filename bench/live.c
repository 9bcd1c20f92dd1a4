/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include "live.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void *live_room(void *array, size_t count, size_t *room, size_t size)
{
	void *grown;

	if (count < *room)
		return array;
	*room = *room ? 2 * *room : 256;
	grown = realloc(array, *room * size);
	if (!grown) {
		fputs("hvpt-bench: out of memory\n", stderr);
		exit(EXIT_FAILURE);
	}
	return grown;
}

/* The first range that does not end before @iova. */
static size_t find(const struct live *live, uint64_t iova)
{
	size_t low = 0, high = live->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (live->range[middle].last < iova)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static void move_tail(struct live *live, size_t from, size_t to)
{
	memmove(live->range + to, live->range + from,
		(live->count - from) * sizeof(*live->range));
	live->count = live->count - from + to;
}

bool live_add(struct live *live, uint64_t first, uint64_t last)
{
	size_t at = find(live, first);

	if (at < live->count && live->range[at].first <= last)
		return false;
	live->range = live_room(live->range, live->count, &live->room,
				sizeof(*live->range));
	move_tail(live, at, at + 1);
	live->range[at].first = first;
	live->range[at].last = last;
	return true;
}

bool live_remove(struct live *live, uint64_t first, uint64_t last)
{
	size_t at = find(live, first);
	size_t end = at;

	while (end < live->count && live->range[end].first == first) {
		uint64_t to = live->range[end++].last;

		if (to == last) {
			move_tail(live, end, at);
			return true;
		}
		if (to > last)
			break;
		first = to + 1;
	}
	return false;
}

void live_free(struct live *live)
{
	free(live->range);
	memset(live, 0, sizeof(*live));
}
