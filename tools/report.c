/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include "report.h"

#include <inttypes.h>
#include <string.h>

static const char *const size_names[HVPT_LEAF_LEVELS] = { "4K", "2M", "1G" };

static bool size_allowed(const struct replay_options *options, unsigned level)
{
	return (options->page_sizes & HVPT_LEVEL_BYTES(level)) != 0;
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

static void print_tables(FILE *out, const struct replay_options *options)
{
	const char *comma = "";
	unsigned level;

	fprintf(out, "  %-16s%u levels, width %u, %s, ", "tables",
		options->levels, options->width,
		options_form_name(options->form));
	for (level = 0; level < HVPT_LEAF_LEVELS; level++) {
		if (!size_allowed(options, level))
			continue;
		fprintf(out, "%s%s", comma, size_names[level]);
		comma = ",";
	}
	fprintf(out, " leaves, seed %" PRIu64 "\n", options->seed);
}

/* Zero is the rule for these, so only the exception is worth a line. */
static void print_oddities(FILE *out, const struct replay_result *result)
{
	if (result->other_lines)
		print_count(out, "other lines", result->other_lines);
	if (result->lost)
		print_count(out, "lost by tracer", result->lost);
	if (result->refused)
		print_count(out, "refused", result->refused);
	if (result->error[0])
		fprintf(out, "  %-16s%s\n", "ended early", result->error);
}

void report_text(FILE *out, const struct replay_result *result,
		 const struct replay_options *options)
{
	fprintf(out, "%s\n", result->file);
	print_tables(out, options);
	fprintf(out,
		"  %-16s%" PRIu64 " (%" PRIu64 " maps, %" PRIu64 " unmaps)\n",
		"events", result->events, result->maps, result->unmaps);
	print_bytes(out, "mapped", result->map_bytes);
	print_bytes(out, "unmapped", result->unmap_bytes);
	print_bytes(out, "peak mapped", result->peak_mapped_bytes);
	print_bytes(out, "left mapped", result->left_mapped_bytes);
	fprintf(out, "  %-16s%" PRIu64 " 4K, %" PRIu64 " 2M, %" PRIu64 " 1G\n",
		"leaves made", result->leaves[0], result->leaves[1],
		result->leaves[2]);
	fprintf(out, "  %-16s%" PRIu64 " now, %" PRIu64 " at the peak\n",
		"table pages", result->table_pages_final,
		result->table_pages_peak);
	print_count(out, "domains", result->domains);
	print_count(out, "unknown unmaps", result->unknown_unmaps);
	print_count(out, "conflicts", result->conflicts);
	print_count(out, "malformed", result->malformed);
	print_oddities(out, result);
	print_count(out, "audits", result->audits);
	print_count(out, "checks", result->checks);
	print_count(out, "mismatches", result->mismatches);
}

/* ---- JSON ------------------------------------------------------------ */

/* Length of a well-formed UTF-8 sequence at @text; 0: it is none. */
static size_t utf8_length(const unsigned char *text)
{
	size_t length = 1;
	size_t i;

	if (text[0] < 0x80)
		return 1;
	if (text[0] >= 0xc2 && text[0] <= 0xdf)
		length = 2;
	else if ((text[0] & 0xf0) == 0xe0)
		length = 3;
	else if (text[0] >= 0xf0 && text[0] <= 0xf4)
		length = 4;
	else
		return 0;
	for (i = 1; i < length; i++) {
		if ((text[i] & 0xc0) != 0x80)
			return 0;
	}
	if ((text[0] == 0xe0 && text[1] < 0xa0) ||
	    (text[0] == 0xed && text[1] > 0x9f) ||
	    (text[0] == 0xf0 && text[1] < 0x90) ||
	    (text[0] == 0xf4 && text[1] > 0x8f))
		return 0;
	return length;
}

/* File names are bytes; those which are not UTF-8 become U+FFFD. */
static void json_string(FILE *out, const char *text)
{
	const unsigned char *p = (const unsigned char *)text;

	fputc('"', out);
	while (*p != '\0') {
		size_t length = utf8_length(p);

		if (length == 0)
			fputs("\\ufffd", out);
		else if (*p == '"' || *p == '\\')
			fprintf(out, "\\%c", *p);
		else if (*p < 0x20)
			fprintf(out, "\\u%04x", *p);
		else
			fwrite(p, 1, length, out);
		p += length ? length : 1;
	}
	fputc('"', out);
}

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
	json_count(out, "map_bytes", result->map_bytes);
	json_count(out, "unmap_bytes", result->unmap_bytes);
	json_count(out, "peak_mapped_bytes", result->peak_mapped_bytes);
	json_count(out, "left_mapped_bytes", result->left_mapped_bytes);
	json_count(out, "unknown_unmaps", result->unknown_unmaps);
	json_count(out, "conflicts", result->conflicts);
	json_count(out, "refused", result->refused);
	json_count(out, "malformed", result->malformed);
	json_count(out, "lost", result->lost);
	json_count(out, "lines", result->lines);
	json_count(out, "other_lines", result->other_lines);
	json_count(out, "domains", result->domains);
	json_count(out, "audits", result->audits);
	json_count(out, "checks", result->checks);
	json_count(out, "mismatches", result->mismatches);
	json_count(out, "table_pages_peak", result->table_pages_peak);
	json_count(out, "table_pages_final", result->table_pages_final);
}

static void json_options(FILE *out, const struct replay_options *options)
{
	const char *comma = "";
	unsigned level;

	json_count(out, "levels", options->levels);
	json_count(out, "width", options->width);
	json_text(out, "iova_form", options_form_name(options->form));
	json_count(out, "seed", options->seed);
	fputs("  \"page_sizes\": [", out);
	for (level = 0; level < HVPT_LEAF_LEVELS; level++) {
		if (!size_allowed(options, level))
			continue;
		fprintf(out, "%s\"%s\"", comma, size_names[level]);
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
	json_figures(out, result);
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
