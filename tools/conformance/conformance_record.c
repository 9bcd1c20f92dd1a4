/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include <stdlib.h>
#include <string.h>

#include "conformance_report.h"

static struct conformance_record_entry *
append(struct conformance_record *record,
       const struct conformance_question *question,
       const struct conformance_finding *finding)
{
	struct conformance_record_entry *entry;

	if (record->count == CONFORMANCE_RECORD_MAX)
		abort();
	entry = &record->entries[record->count++];
	entry->question = question;
	entry->finding = *finding;
	return entry;
}

/* ---- what was read --------------------------------------------------- */

void conformance_record_clear(struct conformance_record *record)
{
	memset(record->host, 0, sizeof(record->host));
	memset(&record->counts, 0, sizeof(record->counts));
	record->count = 0;
}

void conformance_record_add(struct conformance_record *record,
			    const struct conformance_question *question,
			    const struct conformance_finding *finding,
			    const char *note)
{
	char *copy = record->notes[record->count];
	struct conformance_record_entry *entry = append(record, question,
							finding);

	record->counts.verdicts[finding->verdict]++;
	record->counts.unfit += !finding->fits;
	snprintf(copy, CONFORMANCE_NOTE_BYTES, "%s", note);
	entry->finding.note = *note ? copy : NULL;
}

const struct conformance_finding *
conformance_record_find(const struct conformance_record *record,
			const struct conformance_question *question)
{
	size_t i;

	for (i = 0; i < record->count; i++)
		if (record->entries[i].question == question)
			return &record->entries[i].finding;
	return NULL;
}

/* ---- a run ----------------------------------------------------------- */

static void on_group(void *ctx, enum conformance_group group)
{
	const struct conformance_record *record = ctx;
	const struct conformance_writer text = conformance_to_file(
		record->text);

	if (record->text)
		conformance_text_group(&text, group);
}

static void on_finding(void *ctx, const struct conformance_question *question,
		       const struct conformance_finding *finding)
{
	struct conformance_record *record = ctx;
	const struct conformance_writer text = conformance_to_file(
		record->text);

	append(record, question, finding);
	if (record->text)
		conformance_text_finding(&text, question, finding);
}

void conformance_record_run(struct conformance_record *record,
			    const struct conformance_host *host)
{
	const struct conformance_sink sink = {
		.group = on_group,
		.finding = on_finding,
		.ctx = record,
	};
	const struct conformance_writer text = conformance_to_file(
		record->text);

	record->count = 0;
	if (record->text)
		conformance_text_begin(&text, record->heading, host->passive);
	conformance_run_all(host, &sink, &record->counts);
	if (record->text)
		conformance_text_end(&text, &record->counts);
}
