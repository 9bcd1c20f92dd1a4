/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include "conformance_report.h"

#include <inttypes.h>

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
