/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Reads a report that conformance_json() wrote, here or on another host.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "conformance_report.h"
#include "tools/json_cursor.h"
#include "trace/say.h"

/* A report has about 30 KiB. */
#define REPORT_MAX ((size_t)1 << 20)
#define FORM 1u

struct reading {
	struct json_cursor json;
	struct conformance_record *record;
	uint64_t form;
	unsigned unknown;
	const char *problem;
};

static const struct conformance_question *find_question(const char *id)
{
	const struct conformance_question *questions;
	size_t i, count;
	unsigned group;

	for (group = 0; group < CONFORMANCE_GROUPS; group++) {
		questions = conformance_questions((enum conformance_group)group,
						  &count);
		for (i = 0; i < count; i++)
			if (strcmp(questions[i].id, id) == 0)
				return &questions[i];
	}
	return NULL;
}

static void problem(struct reading *reading, const char *what)
{
	if (!reading->problem)
		reading->problem = what;
	reading->json.bad = true;
}

static enum conformance_verdict read_verdict(struct reading *reading)
{
	char name[16];
	unsigned verdict;

	json_cursor_string(&reading->json, name, sizeof(name));
	for (verdict = 0; verdict < CONFORMANCE_VERDICTS; verdict++)
		if (strcmp(name, conformance_verdict_name(
					 (enum conformance_verdict)verdict)) ==
		    0)
			return (enum conformance_verdict)verdict;
	problem(reading, "no such verdict");
	return CONFORMANCE_NOT_ASKED;
}

static uint16_t read_status(struct reading *reading)
{
	uint64_t status;

	json_cursor_number(&reading->json, &status);
	if (status > UINT16_MAX)
		problem(reading, "no such status");
	return (uint16_t)status;
}

/* Has it an id and a verdict, and is it there once? */
static void keep(struct reading *reading, const char *id,
		 const struct conformance_finding *finding, bool has_verdict,
		 const char *note)
{
	struct conformance_record *record = reading->record;
	const struct conformance_question *question = find_question(id);

	if (!has_verdict || !*id)
		problem(reading, "a finding without id or verdict");
	else if (!question)
		reading->unknown++;
	else if (conformance_record_find(record, question))
		problem(reading, "a question that was there before");
	else
		conformance_record_add(record, question, finding, note);
}

static void read_finding(struct reading *reading)
{
	struct conformance_finding finding = { .fits = true };
	struct json_cursor *json = &reading->json;
	char key[16], id[64] = "", note[CONFORMANCE_NOTE_BYTES] = "";
	bool has_verdict = false;

	json_cursor_enter(json, '{');
	while (json_cursor_key(json, key, sizeof(key))) {
		if (strcmp(key, "id") == 0) {
			json_cursor_string(json, id, sizeof(id));
		} else if (strcmp(key, "verdict") == 0) {
			finding.verdict = read_verdict(reading);
			has_verdict = true;
		} else if (strcmp(key, "fits") == 0) {
			json_cursor_bool(json, &finding.fits);
		} else if (strcmp(key, "status") == 0) {
			finding.status = read_status(reading);
		} else if (strcmp(key, "value") == 0) {
			json_cursor_number(json, &finding.value);
		} else if (strcmp(key, "note") == 0) {
			json_cursor_string(json, note, sizeof(note));
		} else {
			json_cursor_skip(json);
		}
	}
	if (!json->bad)
		keep(reading, id, &finding, has_verdict, note);
}

static void read_report(struct reading *reading)
{
	struct conformance_record *record = reading->record;
	struct json_cursor *json = &reading->json;
	uint64_t left = 0;
	char key[16];

	json_cursor_enter(json, '{');
	while (json_cursor_key(json, key, sizeof(key))) {
		if (strcmp(key, "conformance") == 0) {
			json_cursor_number(json, &reading->form);
		} else if (strcmp(key, "host") == 0) {
			json_cursor_string(json, record->host,
					   sizeof(record->host));
		} else if (strcmp(key, "domains_left") == 0) {
			json_cursor_number(json, &left);
		} else if (strcmp(key, "device_astray") == 0) {
			json_cursor_bool(json, &record->counts.device_astray);
		} else if (strcmp(key, "findings") == 0) {
			json_cursor_enter(json, '[');
			while (json_cursor_item(json))
				read_finding(reading);
		} else {
			json_cursor_skip(json);
		}
	}
	json_cursor_end(json);
	record->counts.domains_left = (unsigned)left;
	if (!json->bad && reading->form != FORM)
		problem(reading, "not a report of this form");
}

/* The text of a report, made by a UEFI application, a module or the command. */
static bool is_text(const char *text)
{
	static const char *const begins[] = { "hvpt conformance", "CPUID, with",
					      "host: " };
	size_t i;

	for (i = 0; i < sizeof(begins) / sizeof(begins[0]); i++)
		if (strncmp(text, begins[i], strlen(begins[i])) == 0)
			return true;
	return false;
}

static const char *why_not(const struct reading *reading)
{
	const char *text = reading->json.text;

	if (is_text(text))
		return "this is the text; the report is the .json";
	if (strncmp(text, "\xff\xfe", 2) == 0 ||
	    strncmp(text, "\xfe\xff", 2) == 0)
		return "this is UTF-16; a report is ASCII";
	return reading->problem ? reading->problem : "not JSON of a report";
}

/* Some editors put a byte order mark before UTF-8. */
static const char *skip_mark(const char *text)
{
	static const char mark[] = "\xef\xbb\xbf";
	const size_t bytes = sizeof(mark) - 1;

	return strncmp(text, mark, bytes) == 0 ? text + bytes : text;
}

/* @length characters, and a 0 behind them, with which the text must end. */
static bool parse(struct conformance_record *record, const char *path,
		  const char *text, size_t length)
{
	struct reading reading = { .record = record };

	conformance_record_clear(record);
	json_cursor_open(&reading.json, skip_mark(text));
	read_report(&reading);
	if (!reading.json.bad && reading.json.at != text + length)
		problem(&reading, "a byte 0");
	if (reading.json.bad)
		say("hvpt conformance: %s: line %u: %s", path,
		    json_cursor_line(&reading.json), why_not(&reading));
	else if (reading.unknown)
		say("hvpt conformance: %s: %u questions that this suite does "
		    "not have",
		    path, reading.unknown);
	return !reading.json.bad;
}

/* Return: NULL, or what is wrong. @text has @length characters and a 0. */
static const char *load(const char *path, char *text, size_t *length)
{
	FILE *file = fopen(path, "rb");
	const char *why = NULL;

	if (!file)
		return strerror(errno);
	errno = 0;
	*length = fread(text, 1, REPORT_MAX, file);
	if (ferror(file))
		why = errno ? strerror(errno) : "cannot be read";
	else if (*length == REPORT_MAX)
		why = "is too large for a report: 1 MiB or more";
	else
		text[*length] = '\0';
	fclose(file);
	return why;
}

bool conformance_record_read(struct conformance_record *record,
			     const char *path)
{
	char *text = malloc(REPORT_MAX);
	size_t length = 0;
	const char *why = text ? load(path, text, &length) : "out of memory";
	bool whole = !why && parse(record, path, text, length);

	if (why)
		say("hvpt conformance: %s: %s", path, why);
	free(text);
	return whole;
}
