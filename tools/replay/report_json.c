/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include "report.h"

#include <inttypes.h>

#include "tools/json_writer.h"

static void json_text(FILE *out, const char *key, const char *text)
{
	fprintf(out, "  \"%s\": ", key);
	json_string(out, text);
	fputs(",\n", out);
}

static void json_count(FILE *out, const char *key, uint64_t value)
{
	fprintf(out, "  \"%s\": %" PRIu64 ",\n", key, value);
}

static void json_figures(FILE *out, const struct replay_result *result)
{
	json_count(out, "events", result->events);
	json_count(out, "maps", result->maps);
	json_count(out, "unmaps", result->unmaps);
	json_count(out, "protects", result->protects);
	json_count(out, "reclaims", result->reclaims);
	json_count(out, "asked_syncs", result->asked_syncs);
	json_count(out, "map_bytes", result->map_bytes);
	json_count(out, "unmap_bytes", result->unmap_bytes);
	json_count(out, "peak_mapped_bytes", result->peak_mapped_bytes);
	json_count(out, "left_mapped_bytes", result->left_mapped_bytes);
	json_count(out, "unknown_unmaps", result->unknown_unmaps);
	json_count(out, "conflicts", result->conflicts);
	json_count(out, "refused", result->refused);
	json_count(out, "malformed", result->malformed);
	json_count(out, "named", result->named);
	json_count(out, "lost", result->lost);
	json_count(out, "lost_unknown", result->lost_unknown);
	json_count(out, "lines", result->lines);
	json_count(out, "other_lines", result->other_lines);
	json_count(out, "domains", result->domains);
	json_count(out, "audits", result->audits);
	json_count(out, "checks", result->checks);
	json_count(out, "mismatches", result->mismatches);
	json_count(out, "table_pages_peak", result->table_pages_peak);
	json_count(out, "table_pages_final", result->table_pages_final);
}

static void json_flushes(FILE *out, const struct replay_result *result)
{
	uint64_t ratio = report_flush_ratio(result);

	json_count(out, "syncs", result->syncs);
	json_count(out, "forced_syncs", result->forced_syncs);
	json_count(out, "failed_syncs", result->failed_syncs);
	json_count(out, "failed_calls", result->failed_calls);
	json_count(out, "flush_calls", result->flush_calls);
	fprintf(out,
		"  \"flush_calls_per_unmap\": %" PRIu64 ".%03" PRIu64 ",\n",
		ratio / 1000, ratio % 1000);
	json_count(out, "descriptors", result->descriptors);
	json_count(out, "pages_asked", result->pages_asked);
	json_count(out, "pages_flushed", result->pages_flushed);
	json_count(out, "over_flushed_pages", result->over_flushed_pages);
	json_count(out, "full_flushes", result->full_flushes);
	json_count(out, "stale_hits_before_sync", result->stale_before);
	json_count(out, "stale_hits_after_sync", result->stale_after);
	json_count(out, "dmas", result->dmas);
	json_count(out, "walker_checks", result->walker_checks);
	json_count(out, "walker_stale", result->walker_stale);
}

static void json_calls(FILE *out, const struct replay_result *result)
{
	const char *comma = "";
	size_t i;

	json_count(out, "hypercalls_total", result->hypercalls);
	fputs("  \"hypercalls\": {", out);
	for (i = 0; i < REPORT_CALLS_MAX && result->calls[i].name; i++) {
		fprintf(out, "%s\"%s\": %" PRIu64, comma, result->calls[i].name,
			result->calls[i].count);
		comma = ", ";
	}
	fputs("},\n", out);
}

static void json_options(FILE *out, const struct replay_options *options)
{
	const char *comma = "";
	unsigned level;

	json_count(out, "levels", options->levels);
	json_count(out, "width", options->width);
	json_text(out, "iova_form", options_form_name(options->form));
	json_count(out, "seed", options->seed);
	json_text(out, "walker", options_walker_name(options->walker));
	json_text(out, "policy", options_policy_name(options->policy));
	json_count(out, "lazy", options->lazy);
	fputs("  \"page_sizes\": [", out);
	for (level = 0; level < HVPT_LEAF_LEVELS; level++) {
		if (!report_size_allowed(options, level))
			continue;
		fprintf(out, "%s\"%s\"", comma, report_size_name(level));
		comma = ", ";
	}
	fputs("],\n", out);
}

static void json_object(FILE *out, const struct replay_result *result,
			const struct replay_options *options)
{
	fputs("{\n", out);
	json_text(out, "file", result->file);
	if (result->error[0])
		json_text(out, "error", result->error);
	fprintf(out, "  \"opened\": %s",
		result->opened ? "true,\n" : "false\n}");
	if (!result->opened)
		return;
	json_figures(out, result);
	json_flushes(out, result);
	json_calls(out, result);
	json_options(out, options);
	fprintf(out,
		"  \"leaves\": { \"4K\": %" PRIu64 ", \"2M\": %" PRIu64
		", \"1G\": %" PRIu64 " }\n}",
		result->leaves[0], result->leaves[1], result->leaves[2]);
}

void report_json(FILE *out, const struct replay_result *results, int count,
		 const struct replay_options *options)
{
	int i;

	if (count != 1)
		fputs("[\n", out);
	for (i = 0; i < count; i++) {
		json_object(out, &results[i], options);
		fputs(i + 1 < count ? ",\n" : "\n", out);
	}
	if (count != 1)
		fputs("]\n", out);
}
