/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * conformance_report.h - a run of the conformance suite, kept and written.
 */
#ifndef TOOLS_CONFORMANCE_CONFORMANCE_REPORT_H
#define TOOLS_CONFORMANCE_CONFORMANCE_REPORT_H

#include <stdio.h>

#include "conformance/answers.h"

#define CONFORMANCE_RECORD_MAX 192u
#define CONFORMANCE_NOTE_BYTES 80u

/** One question, asked or not. */
struct conformance_record_entry {
	const struct conformance_question *question;
	struct conformance_finding finding;
};

/**
 * struct conformance_record - all findings of a run, made here or read
 * @host: who answered
 * @heading: who answers, for @text
 * @entries: in the order of the questions, or in that of the report
 * @count: of them
 * @notes: of @entries, when they were read
 * @counts: of @entries
 * @text: NULL, or where the text goes while the suite runs
 */
struct conformance_record {
	char host[64];
	char heading[256];
	struct conformance_record_entry entries[CONFORMANCE_RECORD_MAX];
	size_t count;
	char notes[CONFORMANCE_RECORD_MAX][CONFORMANCE_NOTE_BYTES];
	struct conformance_counts counts;
	FILE *text;
};

/**
 * Runs the suite. @record->host, ->heading and ->text are set; the rest is
 * written.
 */
void conformance_record_run(struct conformance_record *record,
			    const struct conformance_host *host);

/**
 * conformance_record_read() - reads what conformance_json() wrote
 *
 * All but @record->heading and ->text is written. A byte order mark of UTF-8 is
 * skipped. Questions that this suite does not have are left out, with a
 * message. Return: false, with a message, when it is no such report.
 */
bool conformance_record_read(struct conformance_record *record,
			     const char *path);

/** The finding for a question; NULL: there is none. */
const struct conformance_finding *
conformance_record_find(const struct conformance_record *record,
			const struct conformance_question *question);

/** For those who read: no finding yet; one more, with a copy of its note. */
void conformance_record_clear(struct conformance_record *record);
void conformance_record_add(struct conformance_record *record,
			    const struct conformance_question *question,
			    const struct conformance_finding *finding,
			    const char *note);

/** What conformance/answers.h writes goes to @to. */
struct conformance_writer conformance_to_file(FILE *to);

void conformance_json(FILE *to, const struct conformance_record *record);

/**
 * conformance_compare() - prints what two hosts answer differently
 *
 * Return: do they answer all the same?
 */
bool conformance_compare(FILE *to, const struct conformance_record *a,
			 const struct conformance_record *b);

/* Hosts of one page. */
#define CONFORMANCE_PAGE_MAX 16u

/** The tables of docs/CONFORMANCE.md, with a column for each record. */
void conformance_page(FILE *to, const struct conformance_record *const *records,
		      size_t count);

#endif /* TOOLS_CONFORMANCE_CONFORMANCE_REPORT_H */
