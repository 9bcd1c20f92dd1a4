/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What two hosts answer differently.
 */
#include <string.h>

#include "conformance_report.h"

struct comparison {
	FILE *to;
	const struct conformance_record *records[2];
	unsigned same;
	unsigned different;
	unsigned alone;
};

static bool is_text_same(const char *a, const char *b)
{
	return strcmp(a ? a : "", b ? b : "") == 0;
}

static bool is_same(const struct conformance_finding *a,
		    const struct conformance_finding *b)
{
	return a->verdict == b->verdict && a->fits == b->fits &&
	       a->status == b->status && a->value == b->value &&
	       is_text_same(a->note, b->note);
}

static void write_finding(struct comparison *comparison, unsigned n,
			  const struct conformance_question *question,
			  const struct conformance_finding *finding)
{
	const struct conformance_writer to = conformance_to_file(
		comparison->to);

	fprintf(comparison->to, "%c", n == 0 ? 'A' : 'B');
	if (finding)
		conformance_text_finding(&to, question, finding);
	else
		fprintf(comparison->to, "  %-30s no answer\n", question->id);
}

static void compare_question(struct comparison *comparison,
			     const struct conformance_question *question)
{
	const struct conformance_finding *finding[2];
	unsigned n;

	for (n = 0; n < 2; n++)
		finding[n] = conformance_record_find(comparison->records[n],
						     question);
	if (!finding[0] && !finding[1])
		return;
	if (finding[0] && finding[1] && is_same(finding[0], finding[1])) {
		comparison->same++;
		return;
	}
	if (finding[0] && finding[1])
		comparison->different++;
	else
		comparison->alone++;
	for (n = 0; n < 2; n++)
		write_finding(comparison, n, question, finding[n]);
}

static void compare_group(struct comparison *comparison,
			  enum conformance_group group)
{
	const struct conformance_question *questions;
	size_t i, count;

	questions = conformance_questions(group, &count);
	for (i = 0; i < count; i++)
		compare_question(comparison, &questions[i]);
}

bool conformance_compare(FILE *to, const struct conformance_record *a,
			 const struct conformance_record *b)
{
	struct comparison comparison = { .to = to, .records = { a, b } };
	unsigned group;

	fprintf(to, "A: %s\nB: %s\n", a->host, b->host);
	for (group = 0; group < CONFORMANCE_GROUPS; group++)
		compare_group(&comparison, (enum conformance_group)group);
	fprintf(to, "%u the same, %u different, %u with one answer\n",
		comparison.same, comparison.different, comparison.alone);
	return comparison.different == 0 && comparison.alone == 0;
}
