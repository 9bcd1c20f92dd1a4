/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * live.h - which ranges are mapped: a sorted array.
 */
#ifndef BENCH_LIVE_H
#define BENCH_LIVE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct live_range {
	uint64_t first;
	uint64_t last;
};

/** Starts as all zero. */
struct live {
	struct live_range *range;
	size_t count;
	size_t room;
};

/** Adds first .. last if it is free. */
bool live_add(struct live *live, uint64_t first, uint64_t last);

/** Removes first .. last if whole ranges fill it without a hole. */
bool live_remove(struct live *live, uint64_t first, uint64_t last);

/** Empties it and frees its memory. */
void live_free(struct live *live);

/** Grows an array of @size-byte items for one more; ends the program if not. */
void *live_room(void *array, size_t count, size_t *room, size_t size);

#endif /* BENCH_LIVE_H */
