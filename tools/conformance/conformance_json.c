/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The texts of the questions have no characters that JSON escapes.
 */
#include "conformance_report.h"

#include <inttypes.h>

static void
write_finding(FILE *to, const struct conformance_record_entry *entry, bool last)
{
	const struct conformance_finding *finding = &entry->finding;

	fprintf(to,
		"    {\"id\": \"%s\", \"verdict\": \"%s\", \"fits\": %s,\n"
		"     \"status\": %u, \"status_name\": \"%s\","
		" \"value\": %" PRIu64,
		entry->question->id, conformance_verdict_name(finding->verdict),
		finding->fits ? "true" : "false", finding->status,
		hvpt_hv_status_name(finding->status), finding->value);
	if (finding->note)
		fprintf(to, ",\n     \"note\": \"%s\"", finding->note);
	fputs(last ? "}\n" : "},\n", to);
}

static void write_counts(FILE *to, const struct conformance_counts *counts)
{
	fprintf(to,
		"  \"as_stated\": %u, \"differs\": %u, \"open\": %u,\n"
		"  \"not_asked\": %u, \"unexpected\": %u,\n"
		"  \"domains_left\": %u, \"device_astray\": %s,\n",
		counts->verdicts[CONFORMANCE_AS_STATED],
		counts->verdicts[CONFORMANCE_DIFFERS],
		counts->verdicts[CONFORMANCE_OPEN],
		counts->verdicts[CONFORMANCE_NOT_ASKED], counts->unfit,
		counts->domains_left, counts->device_astray ? "true" : "false");
}

void conformance_json(FILE *to, const struct conformance_record *record)
{
	size_t i;

	fprintf(to, "{\n  \"conformance\": 1, \"host\": \"%s\",\n",
		record->host);
	write_counts(to, &record->counts);
	fputs("  \"findings\": [\n", to);
	for (i = 0; i < record->count; i++)
		write_finding(to, &record->entries[i], i + 1 == record->count);
	fputs("  ]\n}\n", to);
}
