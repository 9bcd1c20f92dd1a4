/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include "timeline.h"

#include <string.h>

void timeline_init(struct timeline *timeline, uint64_t width)
{
	memset(timeline, 0, sizeof(*timeline));
	timeline->width = width;
	heat_init(&timeline->heat);
}

static uint64_t larger(uint64_t a, uint64_t b)
{
	return a > b ? a : b;
}

/* Two neighbours as one: counts are added, and the later state is kept. */
static struct time_bucket join(const struct time_bucket *early,
			       const struct time_bucket *late)
{
	struct time_bucket both = late->used ? *late : *early;

	both.maps = early->maps + late->maps;
	both.unmaps = early->unmaps + late->unmaps;
	both.map_bytes = early->map_bytes + late->map_bytes;
	both.unmap_bytes = early->unmap_bytes + late->unmap_bytes;
	both.peak_bytes = larger(early->peak_bytes, late->peak_bytes);
	return both;
}

static void halve(struct timeline *timeline)
{
	struct time_bucket *bucket = timeline->bucket;
	const size_t half = TIME_BUCKETS / 2;
	size_t i;

	for (i = 0; i < half; i++)
		bucket[i] = join(&bucket[2 * i], &bucket[2 * i + 1]);
	memset(&bucket[half], 0, half * sizeof(*bucket));
	heat_halve(&timeline->heat);
	timeline->width *= 2;
	timeline->count = (timeline->count + 1) / 2;
}

unsigned timeline_at(struct timeline *timeline, uint64_t position)
{
	unsigned index;

	while (position / timeline->width >= TIME_BUCKETS)
		halve(timeline);
	index = (unsigned)(position / timeline->width);
	if (index >= timeline->count)
		timeline->count = index + 1;
	return index;
}
