/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include "series_json.h"

#include <stddef.h>
#include <string.h>

/* ---- the timeline ---------------------------------------------------- */

static void write_column(struct json_writer *json, const char *key,
			 const struct time_bucket *bucket, unsigned count,
			 size_t member)
{
	unsigned i;

	json_enter(json, key, '[');
	for (i = 0; i < count; i++) {
		uint64_t value;

		memcpy(&value, (const char *)&bucket[i] + member,
		       sizeof(value));
		json_number(json, NULL, value);
	}
	json_leave(json, ']');
}

/* A bucket without events is as the one before it ended. */
static void fill_gaps(struct time_bucket *bucket, unsigned count)
{
	unsigned i;

	for (i = 1; i < count; i++) {
		if (!bucket[i].used) {
			bucket[i] = bucket[i - 1];
			bucket[i].maps = 0;
			bucket[i].unmaps = 0;
			bucket[i].map_bytes = 0;
			bucket[i].unmap_bytes = 0;
			bucket[i].peak_bytes = bucket[i].live_bytes;
		}
	}
}

#define COLUMN(name)                                                           \
	{                                                                      \
#name, offsetof(struct time_bucket, name)                      \
	}

static void write_timeline(struct json_writer *json,
			   const struct timeline *timeline)
{
	static const struct {
		const char *key;
		size_t member;
	} columns[] = { COLUMN(maps),	    COLUMN(unmaps),
			COLUMN(map_bytes),  COLUMN(unmap_bytes),
			COLUMN(peak_bytes), COLUMN(live_bytes),
			COLUMN(mappings),   COLUMN(table_pages),
			COLUMN(areas) };
	struct time_bucket bucket[TIME_BUCKETS];
	size_t i;

	memcpy(bucket, timeline->bucket, sizeof(bucket));
	fill_gaps(bucket, timeline->count);
	json_enter(json, "timeline", '{');
	json_number(json, "width", timeline->width);
	for (i = 0; i < sizeof(columns) / sizeof(columns[0]); i++)
		write_column(json, columns[i].key, bucket, timeline->count,
			     columns[i].member);
	json_leave(json, '}');
}

/* ---- histograms ------------------------------------------------------ */

static void write_sizes(struct json_writer *json, const struct shape *shape)
{
	unsigned i;

	json_enter(json, "sizes", '[');
	for (i = 0; i < SHAPE_LOG2; i++) {
		if (shape->maps[i] == 0)
			continue;
		json_enter(json, NULL, '{');
		json_number(json, "log2", i);
		json_number(json, "maps", shape->maps[i]);
		json_number(json, "bytes", shape->bytes[i]);
		json_leave(json, '}');
	}
	json_leave(json, ']');
}

static void write_alignment(struct json_writer *json, const struct shape *shape)
{
	unsigned i;

	json_enter(json, "alignment", '[');
	for (i = 0; i < SHAPE_LOG2; i++) {
		if (shape->iova[i] == 0 && shape->memory[i] == 0)
			continue;
		json_enter(json, NULL, '{');
		json_number(json, "log2", i);
		json_number(json, "iova", shape->iova[i]);
		json_number(json, "memory", shape->memory[i]);
		json_leave(json, '}');
	}
	json_leave(json, ']');
}

static void write_entry(struct json_writer *json, unsigned log2, uint64_t count)
{
	if (count == 0)
		return;
	json_enter(json, NULL, '{');
	json_number(json, "log2", log2);
	json_number(json, "count", count);
	json_leave(json, '}');
}

static void write_histogram(struct json_writer *json, const char *key,
			    const uint64_t *count)
{
	unsigned i;

	json_enter(json, key, '[');
	for (i = 0; i < SHAPE_LOG2; i++)
		write_entry(json, i, count[i]);
	json_leave(json, ']');
}

/* ---- heat ------------------------------------------------------------ */

static void write_heat(struct json_writer *json,
		       const struct timeline *timeline)
{
	const struct heat *heat = &timeline->heat;
	unsigned row, column;

	json_enter(json, "heat", '{');
	json_number(json, "block_bytes", UINT64_C(1) << heat->shift);
	json_enter(json, "rows", '[');
	for (row = 0; row < heat->rows; row++) {
		json_enter(json, NULL, '{');
		json_hex(json, "iova", heat->block[row] << heat->shift);
		json_enter(json, "pages", '[');
		for (column = 0; column < timeline->count; column++)
			json_number(json, NULL, heat->pages[row][column]);
		json_leave(json, ']');
		json_leave(json, '}');
	}
	json_leave(json, ']');
	json_leave(json, '}');
}

void series_json(struct json_writer *json, const struct traffic *traffic)
{
	write_timeline(json, &traffic->timeline);
	write_heat(json, &traffic->timeline);
	write_sizes(json, &traffic->shape);
	write_alignment(json, &traffic->shape);
	write_histogram(json, "lifetimes", traffic->lifetime);
	json_number(json, "reuse_at_once", traffic->reuse.soon);
	write_histogram(json, "reuse", traffic->reuse.again);
}
