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

/* Is it a report? */
static bool read_text(const char *text)
{
	FILE *file = fopen(path, "w");

	assert_non_null(file);
	assert_true(fputs(text, file) >= 0);
	assert_int_equal(fclose(file), 0);
	return conformance_record_read(&record, path);
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

static void test_round_trip(void **state)
{
	const struct hypervisor_config config = model_host_config();
	struct model_host model;
	FILE *file = fopen(path, "w");
	size_t i;

	(void)state;
	assert_non_null(file);
	assert_true(model_host_open(&model, &config));
	strcpy(written.host, "a host");
	conformance_record_run(&written, &model.host);
	model_host_close(&model);
	conformance_json(file, &written);
	assert_int_equal(fclose(file), 0);
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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_round_trip),
		cmocka_unit_test(test_foreign),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_files),
	};

	return cmocka_run_group_tests_name("conformance_read", tests, make_file,
					   remove_file);
}
