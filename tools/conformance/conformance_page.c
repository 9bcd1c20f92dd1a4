/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include "conformance_report.h"

#include <inttypes.h>

static void write_head(FILE *to, enum conformance_group group)
{
	fprintf(to,
		"\n### %s\n\nWhat the group does:\n%s.\n\n"
		"| question | the source | relied on | model |\n"
		"|---|---|---|---|\n",
		conformance_groups[group].name, conformance_groups[group].does);
}

static void write_row(FILE *to, const struct conformance_record_entry *entry)
{
	const struct conformance_question *question = entry->question;
	const struct conformance_finding *finding = &entry->finding;

	fprintf(to, "| `%s` %s | %s (%s) | %s | %s: ", question->id,
		question->asks, question->says ? question->says : "**open**",
		question->source, question->relied,
		conformance_verdict_name(finding->verdict));
	if (finding->verdict != CONFORMANCE_NOT_ASKED)
		fputs(hvpt_hv_status_name(finding->status), to);
	if (finding->value)
		fprintf(to, ", %#" PRIx64, finding->value);
	if (finding->note)
		fprintf(to, ", %s", finding->note);
	fputs(" |\n", to);
}

void conformance_page(FILE *to, const struct conformance_record *record)
{
	const struct conformance_question *question;
	size_t i;

	for (i = 0; i < record->count; i++) {
		question = record->entries[i].question;
		if (i == 0 ||
		    question->group != record->entries[i - 1].question->group)
			write_head(to, question->group);
		write_row(to, &record->entries[i]);
	}
}
