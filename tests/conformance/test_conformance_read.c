/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Reports that are read: what was written comes back, and what is no report is
 * refused.
 */
#define _GNU_SOURCE
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "oracle/random.h"
#include "tools/conformance/conformance_report.h"
#include "tools/conformance/model_host.h"

#define ANSWER                                                                 \
	"{\"id\": \"caps.width\", \"verdict\": \"open\", \"fits\": false,"     \
	" \"status\": 0, \"value\": 48, \"note\": \"a \\\"note\\\"\"}"

static struct conformance_record written, record;
static char path[] = "/tmp/hvpt-report-XXXXXX";

static int make_file(void **state)
{
	int fd = mkstemp(path);

	(void)state;
	return fd < 0 || close(fd) != 0;
}

static int remove_file(void **state)
{
	(void)state;
	return unlink(path);
}

/* A new file: some file systems write to the disk when an old one is cut. */
static FILE *open_file(void)
{
	FILE *file;

	assert_int_equal(unlink(path), 0);
	file = fopen(path, "wx");
	assert_non_null(file);
	return file;
}

/* Is it a report? */
static bool read_bytes(const char *text, size_t length)
{
	FILE *file = open_file();

	assert_int_equal(fwrite(text, 1, length, file), length);
	assert_int_equal(fclose(file), 0);
	return conformance_record_read(&record, path);
}

static bool read_text(const char *text)
{
	return read_bytes(text, strlen(text));
}

static void same_finding(const struct conformance_finding *a,
			 const struct conformance_finding *b)
{
	assert_int_equal(a->verdict, b->verdict);
	assert_int_equal(a->fits, b->fits);
	assert_int_equal(a->status, b->status);
	assert_int_equal(a->value, b->value);
	assert_string_equal(a->note ? a->note : "", b->note ? b->note : "");
}

static void write_report(void)
{
	const struct hypervisor_config config = model_host_config();
	struct model_host model;
	FILE *file = open_file();

	assert_true(model_host_open(&model, &config));
	strcpy(written.host, "a host");
	conformance_record_run(&written, &model.host);
	model_host_close(&model);
	conformance_json(file, &written);
	assert_int_equal(fclose(file), 0);
}

static void test_round_trip(void **state)
{
	size_t i;

	(void)state;
	write_report();
	assert_true(conformance_record_read(&record, path));
	assert_string_equal(record.host, "a host");
	assert_int_equal(record.count, written.count);
	assert_memory_equal(&record.counts, &written.counts,
			    sizeof(record.counts));
	for (i = 0; i < record.count; i++) {
		assert_ptr_equal(record.entries[i].question,
				 written.entries[i].question);
		same_finding(&record.entries[i].finding,
			     &written.entries[i].finding);
	}
}

/* From another suite: more keys, other questions. */
static void test_foreign(void **state)
{
	(void)state;
	assert_true(read_text(
		"{\"new\": [{\"a\": [1.5e3, null, \"]\"]}, -2, {}],"
		" \"findings\": [{\"id\": \"new.question\","
		" \"more\": {\"x\": []}, \"verdict\": \"open\"}, " ANSWER
		"], \"host\": \"h\\u00e9\", \"device_astray\": true,"
		" \"domains_left\": 3, \"conformance\": 1}\n"));
	assert_string_equal(record.host, "h?");
	assert_int_equal(record.count, 1);
	assert_string_equal(record.entries[0].question->id, "caps.width");
	assert_string_equal(record.entries[0].finding.note, "a \"note\"");
	assert_int_equal(record.entries[0].finding.value, 48);
	assert_int_equal(record.counts.verdicts[CONFORMANCE_OPEN], 1);
	assert_int_equal(record.counts.unfit, 1);
	assert_int_equal(record.counts.domains_left, 3);
	assert_true(record.counts.device_astray);
}

#define REPORT(findings)                                                       \
	"{\"conformance\": 1, \"host\": \"x\", \"findings\": [" findings "]}"
#define FINDING(rest) REPORT("{\"id\": \"caps.width\", " rest "}")

static void test_refused(void **state)
{
	static const char *const texts[] = {
		"",
		"{",
		"{}",
		"[]",
		"{\"conformance\": 2}",
		"{\"conformance\": \"1\"}",
		"{\"conformance\": 1} x",
		"{\"conformance\": 1,}",
		"{\"conformance\" 1}",
		"{\"conformance\": 1, \"host\": 5}",
		"{\"conformance\": 1, \"host\": \"x}",
		"{\"conformance\": 1, \"host\": \"\\x\"}",
		"{\"conformance\": 1, \"host\": \"\\u12\"}",
		"{\"conformance\": 1, \"host\": \"a\nb\"}",
		"{\"conformance\": 1, \"findings\": {}}",
		"{\"conformance\": 1, \"more\": [1, 2}",
		"{\"conformance\": 1, \"more\": nul}",
		REPORT("5"),
		REPORT(ANSWER " " ANSWER),
		REPORT(ANSWER ", " ANSWER),
		REPORT(ANSWER ","),
		REPORT("{\"verdict\": \"open\"}"),
		REPORT("{\"id\": \"\", \"verdict\": \"open\"}"),
		FINDING("\"fits\": true"),
		FINDING("\"verdict\": \"perhaps\""),
		FINDING("\"verdict\": \"open\", \"fits\": 1"),
		FINDING("\"verdict\": \"open\", \"status\": 65536"),
		FINDING("\"verdict\": \"open\", \"value\": -1"),
		FINDING("\"verdict\": \"open\", \"value\": 1.5"),
		FINDING("\"verdict\": \"open\", \"value\": 01"),
		FINDING("\"verdict\": \"open\", \"value\": "
			"18446744073709551616"),
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		if (read_text(texts[i]))
			fail_msg("a report: %s", texts[i]);
	assert_true(read_text(REPORT(ANSWER)));
	assert_true(read_text(FINDING("\"verdict\": \"open\", \"value\": "
				      "18446744073709551615")));
	assert_int_equal(record.entries[0].finding.value, UINT64_MAX);
}

static void test_files(void **state)
{
	char *text = malloc((1u << 20) + 1);

	(void)state;
	assert_false(conformance_record_read(&record, "/no/such/report"));
	assert_false(conformance_record_read(&record, "/tmp"));
	assert_non_null(text);
	memset(text, ' ', 1u << 20);
	text[1u << 20] = '\0';
	assert_false(read_text(text));
	free(text);
}

/* ---- reports that strangers send ------------------------------------- */

/* What is printed of a report stays in its line. */
static void test_one_line(void **state)
{
	const char *at;

	(void)state;
	assert_true(read_text("{\"conformance\": 1, \"host\": \"a\\nb\\rc\","
			      " \"findings\": [{\"id\": \"caps.width\","
			      " \"verdict\": \"open\", \"note\":"
			      " \"\\b\\f\\n\\r\\t\\\"\\\\\\/\\u001b\"}]}"));
	assert_string_equal(record.host, "a?b?c");
	assert_string_equal(record.entries[0].finding.note, "?????\"\\/?");
	assert_true(read_text(FINDING("\"verdict\": \"open\", \"note\":"
				      " \"\x7f\"")));
	for (at = record.entries[0].finding.note; *at; at++)
		assert_true(*at >= ' ' && *at != 0x7f);
}

static char *load_report(size_t *length)
{
	FILE *file;
	char *text;

	write_report();
	file = fopen(path, "r");
	assert_non_null(file);
	assert_int_equal(fseek(file, 0, SEEK_END), 0);
	*length = (size_t)ftell(file);
	rewind(file);
	text = malloc(*length);
	assert_non_null(text);
	assert_int_equal(fread(text, 1, *length, file), *length);
	fclose(file);
	return text;
}

/* Without its last line break it is whole; shorter it is none. */
static void test_cut(void **state)
{
	size_t cut, length;
	char *text = load_report(&length);

	(void)state;
	assert_true(read_bytes(text, length - 1));
	for (cut = 0; cut < length - 1; cut += cut < 256 ? 1 : 127)
		if (read_bytes(text, cut))
			fail_msg("a report of %zu bytes", cut);
	assert_false(read_bytes(text, length - 2));
	assert_true(read_bytes(text, length));
	free(text);
}

/* What is behind a 0 byte is not left out in silence. */
static void test_zero_byte(void **state)
{
	static const char report[] = REPORT(ANSWER) "\0x";

	(void)state;
	assert_true(read_bytes(report, sizeof(report) - 3));
	assert_false(read_bytes(report, sizeof(report) - 2));
	assert_false(read_bytes(report, sizeof(report) - 1));
}

/* Refused, or a report with sound findings. */
static void check_record(void)
{
	size_t i, j;

	assert_true(record.count <= written.count);
	for (i = 0; i < record.count; i++) {
		const struct conformance_record_entry *entry =
			&record.entries[i];

		assert_true(entry->finding.verdict < CONFORMANCE_VERDICTS);
		for (j = 0; j < i; j++)
			assert_ptr_not_equal(entry->question,
					     record.entries[j].question);
	}
}

static void test_changed(void **state)
{
	unsigned round, accepted = 0, refused = 0;
	uint64_t random = 3;
	size_t length;
	char *text = load_report(&length);

	(void)state;
	for (round = 0; round < 400; round++) {
		size_t at = hvpt_random_below(&random, length);
		char before = text[at];

		text[at] = round % 2 ? (char)hvpt_random(&random) :
				       text[hvpt_random_below(&random, length)];
		if (read_bytes(text, length)) {
			check_record();
			accepted++;
		} else {
			refused++;
		}
		text[at] = before;
	}
	assert_true(accepted && refused);
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_round_trip),
		cmocka_unit_test(test_foreign),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_files),
		cmocka_unit_test(test_one_line),
		cmocka_unit_test(test_cut),
		cmocka_unit_test(test_zero_byte),
		cmocka_unit_test(test_changed),
	};

	return cmocka_run_group_tests_name("conformance_read", tests, make_file,
					   remove_file);
}
