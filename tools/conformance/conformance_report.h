/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * conformance_report.h - a run of the conformance suite, kept and written.
 */
#ifndef TOOLS_CONFORMANCE_CONFORMANCE_REPORT_H
#define TOOLS_CONFORMANCE_CONFORMANCE_REPORT_H

#include <stdio.h>

#include "conformance/conformance.h"

#define CONFORMANCE_RECORD_MAX 192u

/** One question that was asked. */
struct conformance_record_entry {
	const struct conformance_question *question;
	struct conformance_finding finding;
};

/**
 * struct conformance_record - all findings of a run
 * @entries: in the order of the questions
 * @count: of them
 * @counts: from conformance_run_all()
 * @text: NULL, or where the text goes while the suite runs
 */
struct conformance_record {
	struct conformance_record_entry entries[CONFORMANCE_RECORD_MAX];
	size_t count;
	struct conformance_counts counts;
	FILE *text;
};

/** Runs the suite. @record->text is set; the rest is written. */
void conformance_record_run(struct conformance_record *record,
			    const struct conformance_host *host);

/* Text, while the suite runs: a group, a finding, and the end. */
void conformance_text_group(FILE *to, enum conformance_group group);
void conformance_text_finding(FILE *to,
			      const struct conformance_question *question,
			      const struct conformance_finding *finding);
void conformance_text_end(FILE *to, const struct conformance_counts *counts);

void conformance_json(FILE *to, const struct conformance_record *record,
		      const char *host);

/** The tables of docs/CONFORMANCE.md. */
void conformance_page(FILE *to, const struct conformance_record *record);

#endif /* TOOLS_CONFORMANCE_CONFORMANCE_REPORT_H */
