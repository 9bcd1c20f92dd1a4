/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Memory that does not run out, and a sorted array of items.
 */
#include "hypervisor_state.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void hypervisor_die(const char *what)
{
	fprintf(stderr, "hypervisor: %s\n", what);
	abort();
}

void *hypervisor_alloc(size_t bytes)
{
	void *memory = calloc(1, bytes);

	if (!memory)
		hypervisor_die("out of memory");
	return memory;
}

void *hypervisor_grow(void *array, size_t *room, size_t element)
{
	size_t larger = *room ? *room * 2 : 16;
	void *memory = NULL;

	if (larger <= SIZE_MAX / element)
		memory = realloc(array, larger * element);
	if (!memory)
		hypervisor_die("out of memory");
	*room = larger;
	return memory;
}

/* The first slot whose key is not below @key. */
static size_t place_of(const struct hypervisor_map *map, uint64_t key)
{
	size_t low = 0, high = map->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (map->at[middle].key < key)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static bool is_at(const struct hypervisor_map *map, size_t place, uint64_t key)
{
	return place < map->count && map->at[place].key == key;
}

void *hypervisor_map_find(const struct hypervisor_map *map, uint64_t key)
{
	size_t place = place_of(map, key);

	return is_at(map, place, key) ? map->at[place].item : NULL;
}

void hypervisor_map_put(struct hypervisor_map *map, uint64_t key, void *item)
{
	size_t place = place_of(map, key);

	if (!is_at(map, place, key)) {
		if (map->count == map->room)
			map->at = hypervisor_grow(map->at, &map->room,
						  sizeof(*map->at));
		memmove(map->at + place + 1, map->at + place,
			(map->count - place) * sizeof(*map->at));
		map->at[place].key = key;
		map->count++;
	}
	map->at[place].item = item;
}

void *hypervisor_map_take(struct hypervisor_map *map, uint64_t key)
{
	size_t place = place_of(map, key);
	void *item;

	if (!is_at(map, place, key))
		return NULL;
	item = map->at[place].item;
	map->count--;
	memmove(map->at + place, map->at + place + 1,
		(map->count - place) * sizeof(*map->at));
	return item;
}
