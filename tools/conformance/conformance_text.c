/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include "conformance_report.h"

#include <inttypes.h>
#include <stdlib.h>

void conformance_text_group(FILE *to, enum conformance_group group)
{
	fprintf(to, "\n%s: %s\n", conformance_groups[group].name,
		conformance_groups[group].does);
}

void conformance_text_finding(FILE *to,
			      const struct conformance_question *question,
			      const struct conformance_finding *finding)
{
	fprintf(to, "  %-30s %-9s", question->id,
		conformance_verdict_name(finding->verdict));
	if (finding->verdict != CONFORMANCE_NOT_ASKED)
		fprintf(to, "  %s", hvpt_hv_status_name(finding->status));
	if (finding->value)
		fprintf(to, "  %#" PRIx64, finding->value);
	if (finding->note)
		fprintf(to, "  (%s)", finding->note);
	fputs(finding->fits ? "\n" : "  UNEXPECTED by guests\n", to);
}

void conformance_text_end(FILE *to, const struct conformance_counts *counts)
{
	fprintf(to,
		"\n%u as stated, %u differ, %u open, %u not asked; "
		"%u unexpected by guests\n",
		counts->verdicts[CONFORMANCE_AS_STATED],
		counts->verdicts[CONFORMANCE_DIFFERS],
		counts->verdicts[CONFORMANCE_OPEN],
		counts->verdicts[CONFORMANCE_NOT_ASKED], counts->unfit);
	if (counts->domains_left)
		fprintf(to, "%u domains could not be deleted\n",
			counts->domains_left);
	if (counts->device_astray)
		fputs("the device could not be brought home; "
		      "the run ended there\n",
		      to);
}

/* ---- the record ------------------------------------------------------ */

static void on_group(void *ctx, enum conformance_group group)
{
	const struct conformance_record *record = ctx;

	if (record->text)
		conformance_text_group(record->text, group);
}

static void on_finding(void *ctx, const struct conformance_question *question,
		       const struct conformance_finding *finding)
{
	struct conformance_record *record = ctx;

	if (record->count == CONFORMANCE_RECORD_MAX)
		abort();
	record->entries[record->count].question = question;
	record->entries[record->count].finding = *finding;
	record->count++;
	if (record->text)
		conformance_text_finding(record->text, question, finding);
}

void conformance_record_run(struct conformance_record *record,
			    const struct conformance_host *host)
{
	const struct conformance_sink sink = {
		.group = on_group,
		.finding = on_finding,
		.ctx = record,
	};

	record->count = 0;
	conformance_run_all(host, &sink, &record->counts);
	if (record->text)
		conformance_text_end(record->text, &record->counts);
}
