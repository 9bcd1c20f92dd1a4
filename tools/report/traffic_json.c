/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include "traffic_json.h"

#include "lists_json.h"
#include "reading.h"
#include "series_json.h"
#include "tools/json_writer.h"

/* ---- figures --------------------------------------------------------- */

static void write_lines(struct json_writer *json, const struct reading *reading)
{
	json_number(json, "lines", reading->lines);
	json_number(json, "malformed", reading->malformed);
	json_number(json, "other_lines", reading->others);
	json_number(json, "lost", reading->lost);
	json_number(json, "lost_unknown", reading->lost_unknown);
}

static void write_events(struct json_writer *json,
			 const struct traffic *traffic)
{
	json_number(json, "events", traffic->events);
	json_number(json, "maps", traffic->maps);
	json_number(json, "unmaps", traffic->unmaps);
	json_number(json, "other_events", traffic->others);
	json_number(json, "named", traffic->named);
	json_number(json, "backwards", traffic->backwards);
	json_number(json, "refused", traffic->refused);
	json_number(json, "domains", traffic->domains.count);
	json_number(json, "duration_ns", traffic->timed ? traffic->now : 0);
}

static void write_mapped(struct json_writer *json,
			 const struct traffic *traffic)
{
	json_number(json, "map_bytes", traffic->map_bytes);
	json_number(json, "unmap_bytes", traffic->unmap_bytes);
	json_number(json, "peak_mapped_bytes", traffic->peak_bytes);
	json_number(json, "left_mapped_bytes", traffic->live_bytes);
	json_number(json, "peak_mappings", traffic->peak_mappings);
	json_number(json, "left_mappings", traffic->mappings.live);
	json_number(json, "left_areas", traffic->areas);
	json_number(json, "partial_unmaps", traffic->partial);
	json_number(json, "table_pages_peak", traffic_table_peak(traffic));
	json_number(json, "table_pages_final", traffic_table_pages(traffic));
}

static void write_suspicions(struct json_writer *json,
			     const struct suspects *suspects)
{
	json_number(json, "double_maps", suspects->count[SUSPECT_DOUBLE_MAP]);
	json_number(json, "unknown_unmaps",
		    suspects->count[SUSPECT_UNKNOWN_UNMAP]);
	json_number(json, "early_reuses", suspects->count[SUSPECT_EARLY_REUSE]);
	json_number(json, "never_unmapped", suspects->count[SUSPECT_LEFT]);
}

static void write_leaves(struct json_writer *json, const struct shape *shape)
{
	static const char *const kinds[LEAVES_KINDS] = { "obtained", "aligned",
							 "merged" };
	static const char *const sizes[HVPT_LEAF_LEVELS] = { "4k", "2m", "1g" };
	char key[32];
	unsigned kind, level;

	for (kind = 0; kind < LEAVES_KINDS; kind++) {
		for (level = 0; level < HVPT_LEAF_LEVELS; level++) {
			snprintf(key, sizeof(key), "leaves_%s_%s", kinds[kind],
				 sizes[level]);
			json_number(json, key, shape->leaves[kind][level]);
		}
	}
	json_number(json, "scatter_lists", shape->lists);
}

static void write_reuse(struct json_writer *json, const struct reuse *reuse)
{
	json_number(json, "reuse_first_use", reuse->fresh);
	json_number(json, "reuse_forgotten", reuse->forgotten);
}

/* flush_MODE_POLICY_WHAT */
static void write_cost(struct json_writer *json, const char *mode,
		       const char *policy, const struct flush_cost *cost)
{
	const struct {
		const char *name;
		uint64_t value;
	} figures[] = { { "calls", cost->calls },
			{ "descriptors", cost->descriptors },
			{ "over_flushed_pages", cost->over },
			{ "full", cost->full } };
	char key[64];
	size_t i;

	for (i = 0; i < sizeof(figures) / sizeof(figures[0]); i++) {
		snprintf(key, sizeof(key), "flush_%s_%s_%s", mode, policy,
			 figures[i].name);
		json_number(json, key, figures[i].value);
	}
}

static void write_flushing(struct json_writer *json,
			   const struct flushing *flushing)
{
	static const char *const modes[FLUSH_MODES] = { "strict", "lazy" };
	static const char *const policies[FLUSH_POLICIES] = {
		[HVPT_FLUSH_TWO_BLOCK] = "two_block",
		[HVPT_FLUSH_COVER] = "cover",
		[HVPT_FLUSH_EXACT] = "exact",
	};
	char key[64];
	unsigned mode, policy;

	json_number(json, "flush_lazy_unmaps", flushing->lazy[FLUSH_LAZY]);
	for (mode = 0; mode < FLUSH_MODES; mode++) {
		snprintf(key, sizeof(key), "flush_%s_syncs", modes[mode]);
		json_number(json, key, flushing->syncs[mode]);
		snprintf(key, sizeof(key), "flush_%s_forced", modes[mode]);
		json_number(json, key, flushing->forced[mode]);
		snprintf(key, sizeof(key), "flush_%s_pages_asked", modes[mode]);
		json_number(json, key, flushing->asked[mode]);
		for (policy = 0; policy < FLUSH_POLICIES; policy++)
			write_cost(json, modes[mode], policies[policy],
				   &flushing->cost[mode][policy]);
	}
}

static void write_figures(struct json_writer *json,
			  const struct traffic *traffic,
			  const struct reading *reading)
{
	json_enter(json, "figures", '{');
	write_lines(json, reading);
	write_events(json, traffic);
	write_mapped(json, traffic);
	write_suspicions(json, &traffic->suspects);
	write_leaves(json, &traffic->shape);
	write_reuse(json, &traffic->reuse);
	write_flushing(json, &traffic->flushing);
	json_leave(json, '}');
}

/* ---- all ------------------------------------------------------------- */

void traffic_json(FILE *out, const struct traffic *traffic,
		  const struct reading *reading)
{
	struct json_writer json = { .out = out };

	json_enter(&json, NULL, '{');
	json_number(&json, "hvpt_report", 1);
	json_words(&json, "file", reading->file);
	json_flag(&json, "complete", reading->error[0] == '\0');
	json_words(&json, "ended", reading->error);
	json_words(&json, "unit", traffic->timed ? "ns" : "events");
	write_figures(&json, traffic, reading);
	series_json(&json, traffic);
	lists_json(&json, traffic);
	json_leave(&json, '}');
	fputc('\n', out);
}
