/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include "conformance_report.h"

#include <inttypes.h>

struct page {
	FILE *to;
	const struct conformance_record *const *records;
	size_t count;
};

/* Text of a report as text of a cell, whatever Markdown sees in it. */
static void write_cell(FILE *to, const char *text)
{
	for (; *text; text++) {
		if (*text == '<')
			fputs("&lt;", to);
		else if (*text == '|')
			fputs("\\|", to);
		else
			fputc(*text, to);
	}
}

/* A row of a table goes on for each host. */
static void write_hosts(const struct page *page)
{
	size_t i;

	for (i = 0; i < page->count; i++) {
		fputc(' ', page->to);
		write_cell(page->to, page->records[i]->host);
		fputs(" |", page->to);
	}
	fputs("\n|", page->to);
}

static void write_rule(const struct page *page, unsigned columns)
{
	size_t i;

	for (i = 0; i < columns + page->count; i++)
		fputs("---|", page->to);
	fputc('\n', page->to);
}

/* ---- counts ---------------------------------------------------------- */

static void write_count(const struct page *page, size_t host,
			enum conformance_group group)
{
	const struct conformance_record *record = page->records[host];
	unsigned verdicts[CONFORMANCE_VERDICTS] = { 0 };
	size_t i;

	for (i = 0; i < record->count; i++)
		if (record->entries[i].question->group == group)
			verdicts[record->entries[i].finding.verdict]++;
	fprintf(page->to, " %u, %u, %u, %u |", verdicts[0], verdicts[1],
		verdicts[2], verdicts[3]);
}

static void write_counts(const struct page *page)
{
	size_t i, count, all = 0;
	unsigned group;

	fputs("\n| group | questions |", page->to);
	write_hosts(page);
	write_rule(page, 2);
	for (group = 0; group < CONFORMANCE_GROUPS; group++) {
		conformance_questions((enum conformance_group)group, &count);
		all += count;
		fprintf(page->to, "| %s | %zu |",
			conformance_groups[group].name, count);
		for (i = 0; i < page->count; i++)
			write_count(page, i, (enum conformance_group)group);
		fputc('\n', page->to);
	}
	fprintf(page->to, "| all | %zu |", all);
	for (i = 0; i < page->count; i++) {
		const unsigned *verdicts = page->records[i]->counts.verdicts;

		fprintf(page->to, " %u, %u, %u, %u |", verdicts[0], verdicts[1],
			verdicts[2], verdicts[3]);
	}
	fputc('\n', page->to);
}

/* ---- questions ------------------------------------------------------- */

static void write_answer(FILE *to, const struct conformance_finding *finding)
{
	if (!finding) {
		fputs(" - |", to);
		return;
	}
	fprintf(to, " %s: ", conformance_verdict_name(finding->verdict));
	if (finding->verdict != CONFORMANCE_NOT_ASKED)
		fputs(hvpt_hv_status_name(finding->status), to);
	if (finding->value)
		fprintf(to, ", %#" PRIx64, finding->value);
	if (finding->note && finding->verdict != CONFORMANCE_NOT_ASKED)
		fputs(", ", to);
	if (finding->note)
		write_cell(to, finding->note);
	fputs(" |", to);
}

static void write_row(const struct page *page,
		      const struct conformance_question *question)
{
	size_t i;

	fprintf(page->to, "| `%s` %s | %s (%s) | %s |", question->id,
		question->asks, question->says ? question->says : "**open**",
		question->source, question->relied);
	for (i = 0; i < page->count; i++)
		write_answer(page->to, conformance_record_find(page->records[i],
							       question));
	fputc('\n', page->to);
}

static void write_group(const struct page *page, enum conformance_group group)
{
	const struct conformance_question *questions;
	size_t i, count;

	questions = conformance_questions(group, &count);
	fprintf(page->to, "\n### %s\n\nWhat the group does:\n%s.\n\n",
		conformance_groups[group].name, conformance_groups[group].does);
	fputs("| question | the source | relied on |", page->to);
	write_hosts(page);
	write_rule(page, 3);
	for (i = 0; i < count; i++)
		write_row(page, &questions[i]);
}

void conformance_page(FILE *to, const struct conformance_record *const *records,
		      size_t count)
{
	const struct page page = { to, records, count };
	unsigned group;

	write_counts(&page);
	for (group = 0; group < CONFORMANCE_GROUPS; group++)
		write_group(&page, (enum conformance_group)group);
}
