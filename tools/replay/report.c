/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include "report.h"

#include <inttypes.h>

static const char *const size_names[HVPT_LEAF_LEVELS] = { "4K", "2M", "1G" };

bool report_size_allowed(const struct replay_options *options, unsigned level)
{
	return (options->page_sizes & HVPT_LEVEL_BYTES(level)) != 0;
}

const char *report_size_name(unsigned level)
{
	return size_names[level];
}

uint64_t report_flush_ratio(const struct replay_result *result)
{
	if (result->unmaps == 0)
		return 0;
	return (result->flush_calls * 1000 + result->unmaps / 2) /
	       result->unmaps;
}

/* ---- text ------------------------------------------------------------ */

static void print_count(FILE *out, const char *name, uint64_t value)
{
	fprintf(out, "  %-16s%" PRIu64 "\n", name, value);
}

static void print_bytes(FILE *out, const char *name, uint64_t value)
{
	fprintf(out, "  %-16s%" PRIu64 " (%" PRIu64 ".%" PRIu64 " MiB)\n", name,
		value, value >> 20, (value & 0xfffff) * 10 >> 20);
}

void report_tables(FILE *out, const struct replay_options *options)
{
	const char *comma = "";
	unsigned level;

	fprintf(out, "  %-16s%u levels, width %u, %s, ", "tables",
		options->levels, options->width,
		options_form_name(options->form));
	for (level = 0; level < HVPT_LEAF_LEVELS; level++) {
		if (!report_size_allowed(options, level))
			continue;
		fprintf(out, "%s%s", comma, size_names[level]);
		comma = ",";
	}
	fprintf(out, " leaves, seed %" PRIu64 "\n", options->seed);
	fprintf(out, "  %-16s%s, a sync every %" PRIu64 " unmaps\n", "flushing",
		options_policy_name(options->policy), options->lazy);
}

static void print_events(FILE *out, const struct replay_result *result)
{
	fprintf(out, "  %-16s%" PRIu64 " (%" PRIu64 " maps, %" PRIu64 " unmaps",
		"events", result->events, result->maps, result->unmaps);
	if (result->events != result->maps + result->unmaps)
		fprintf(out,
			", %" PRIu64 " protects, %" PRIu64 " reclaims, "
			"%" PRIu64 " syncs",
			result->protects, result->reclaims,
			result->asked_syncs);
	fputs(")\n", out);
}

/* These are usually zero, so only other values are printed. */
static void print_oddities(FILE *out, const struct replay_result *result)
{
	if (result->other_lines)
		print_count(out, "other lines", result->other_lines);
	if (result->lost_unknown)
		fprintf(out,
			"  %-16s%" PRIu64 ", and %" PRIu64
			" times an unknown number\n",
			"lost by tracer", result->lost, result->lost_unknown);
	else if (result->lost)
		print_count(out, "lost by tracer", result->lost);
	if (result->refused)
		print_count(out, "refused", result->refused);
	if (result->failed_syncs)
		print_count(out, "failed syncs", result->failed_syncs);
	if (result->failed_calls)
		print_count(out, "failed calls", result->failed_calls);
	if (result->error[0])
		fprintf(out, "  %-16s%s\n", "ended early", result->error);
}

static void print_flushes(FILE *out, const struct replay_result *result)
{
	uint64_t ratio = report_flush_ratio(result);

	fprintf(out, "  %-16s%" PRIu64 " (%" PRIu64 " forced early)\n", "syncs",
		result->syncs, result->forced_syncs);
	fprintf(out,
		"  %-16s%" PRIu64 " (%" PRIu64 ".%03" PRIu64
		" per unmap), %" PRIu64 " descriptors\n",
		"flush calls", result->flush_calls, ratio / 1000, ratio % 1000,
		result->descriptors);
	fprintf(out,
		"  %-16s%" PRIu64 " asked, %" PRIu64 " flushed, %" PRIu64
		" too many\n",
		"flushed pages", result->pages_asked, result->pages_flushed,
		result->over_flushed_pages);
	print_count(out, "full flushes", result->full_flushes);
}

static void print_calls(FILE *out, const struct replay_result *result)
{
	size_t i;

	print_count(out, "hypercalls", result->hypercalls);
	for (i = 0; i < REPORT_CALLS_MAX && result->calls[i].name; i++) {
		if (result->calls[i].count != 0)
			fprintf(out, "  %16s%" PRIu64 " %s\n", "",
				result->calls[i].count, result->calls[i].name);
	}
}

static void print_dma(FILE *out, const struct replay_result *result)
{
	fprintf(out,
		"  %-16s%" PRIu64 " (%" PRIu64 " stale before a sync, %" PRIu64
		" after)\n",
		"DMA", result->dmas, result->stale_before, result->stale_after);
}

static void print_leaves(FILE *out, const struct replay_result *result)
{
	fprintf(out, "  %-16s%" PRIu64 " 4K, %" PRIu64 " 2M, %" PRIu64 " 1G\n",
		"leaves made", result->leaves[0], result->leaves[1],
		result->leaves[2]);
}

static void print_walker(FILE *out, const struct replay_result *result,
			 const struct replay_options *options)
{
	fprintf(out,
		"  %-16sQEMU's %s%s, %" PRIu64 " checks, %" PRIu64
		" stale before a sync\n",
		"walker", options->walker == WALKER_VTD ? "VT-d" : "processor",
		options->drop_flushes ? " with flushes dropped" : "",
		result->walker_checks, result->walker_stale);
}

void report_text(FILE *out, const struct replay_result *result,
		 const struct replay_options *options)
{
	fprintf(out, "%s\n", result->file);
	report_tables(out, options);
	print_events(out, result);
	print_bytes(out, "mapped", result->map_bytes);
	print_bytes(out, "unmapped", result->unmap_bytes);
	print_bytes(out, "peak mapped", result->peak_mapped_bytes);
	print_bytes(out, "left mapped", result->left_mapped_bytes);
	print_leaves(out, result);
	fprintf(out, "  %-16s%" PRIu64 " now, %" PRIu64 " at the peak\n",
		"table pages", result->table_pages_final,
		result->table_pages_peak);
	print_count(out, "domains", result->domains);
	print_count(out, "unknown unmaps", result->unknown_unmaps);
	print_count(out, "conflicts", result->conflicts);
	print_count(out, "malformed", result->malformed);
	print_oddities(out, result);
	print_flushes(out, result);
	print_calls(out, result);
	print_dma(out, result);
	print_count(out, "audits", result->audits);
	if (options->walker != WALKER_MODEL)
		print_walker(out, result, options);
	print_count(out, "checks", result->checks);
	print_count(out, "mismatches", result->mismatches);
}
