/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The model is made to answer as a host that is itself a model with other
 * properties: it must find them, or others that no question tells from them.
 */
#define _POSIX_C_SOURCE 200809L

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "oracle/hypervisor_text.h"
#include "wrong_hosts.h"
#include "tools/conformance/model_fit.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static struct conformance_record seen, fitted;

static void ask(const struct hypervisor_config *config)
{
	struct model_host model;

	assert_true(model_host_open(&model, config));
	conformance_record_run(&seen, &model.host);
	model_host_close(&model);
}

static void check_same(const char *what)
{
	size_t i;

	assert_int_equal(seen.count, fitted.count);
	for (i = 0; i < seen.count; i++)
		if (!model_fit_is_same(&seen.entries[i].finding,
				       &fitted.entries[i].finding))
			fail_msg("%s: %s: another answer", what,
				 seen.entries[i].question->id);
}

static void fit_to(const struct hypervisor_config *host, const char *what)
{
	struct hypervisor_config config;

	ask(host);
	assert_true(model_fit(&seen, &config, &fitted));
	check_same(what);
}

/* Properties that answers show, each by itself. */
static const struct {
	const char *name;
	uint64_t value;
} properties[] = {
	{ "caps", 5 },
	{ "caps", 0x2d },
	{ "page_sizes", 0x1000 },
	{ "iova_width", 39 },
	{ "max_domains", 20 },
	{ "canonical", 1 },
	{ "no_iommu", 1 },
	{ "no_list", 1 },
	{ "iotlb", HYPERVISOR_IOTLB_PIECES },
	{ "reconfigure", 8 },
	{ "create", 5 },
	{ "take_over", 1 },
	{ "unknown", 5 },
	{ "unknown", 8 },
	{ "detach", 8 },
	{ "detach_delay", 100000 },
	{ "reps", HYPERVISOR_REPS_MORE },
	{ "reps", HYPERVISOR_REPS_FEWER },
	{ "reps", HYPERVISOR_REPS_NONE },
	{ "gone", 0x10 },
};

static void test_each_property(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(properties); i++) {
		struct hypervisor_config config = model_host_config();

		hypervisor_property_set(
			hypervisor_property_find(properties[i].name), &config,
			properties[i].value);
		fit_to(&config, properties[i].name);
	}
}

static bool is_in_table(const char *name)
{
	size_t i;

	for (i = 0; i < COUNT(properties); i++)
		if (strcmp(properties[i].name, name) == 0)
			return true;
	/* test_refused_lists() */
	return strncmp(name, "list", strlen("list")) == 0;
}

/* A property is in the tests around this one, or no answer shows it. */
static void test_unshown(void **state)
{
	const struct hypervisor_config config = model_host_config();
	uint64_t unshown;
	size_t i;

	(void)state;
	fit_to(&config, "no change");
	assert_true(model_fit_unshown(&config, &fitted, &unshown));
	for (i = 0; i < hypervisor_property_count; i++)
		if (is_in_table(hypervisor_properties[i].name) ==
		    (bool)(unshown >> i & 1))
			fail_msg("%s", hypervisor_properties[i].name);
}

static void test_refused_lists(void **state)
{
	static const uint64_t times[] = { 1, UINT64_MAX };
	struct hypervisor_config config = model_host_config();
	size_t i;

	(void)state;
	config.list = 8;
	for (i = 0; i < COUNT(times); i++) {
		config.list_times = times[i];
		fit_to(&config, "list");
	}
}

static void test_several(void **state)
{
	struct hypervisor_config config = model_host_config();

	(void)state;
	config.caps = 0x2d;
	config.iova_width = 57;
	config.page_sizes = 0x201000;
	config.create = 5;
	config.detach = 0x10;
	config.reps = HYPERVISOR_REPS_FEWER;
	config.iotlb = HYPERVISOR_IOTLB_PIECES;
	fit_to(&config, "several");
}

/* Those that are nothing but a model with other properties. */
static void test_wrong_hosts(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < wrong_host_count; i++) {
		const struct wrong_host *wrong = &wrong_hosts[i];
		struct hypervisor_config config = model_host_config();

		if (!wrong->change || wrong->issue || wrong->announce ||
		    wrong->dma)
			continue;
		wrong->change(&config);
		fit_to(&config, wrong->rule);
	}
}

/* What the model cannot do it leaves; the rest is still found. */
static void test_an_answer_of_its_own(void **state)
{
	struct hypervisor_config host = model_host_config();
	struct hypervisor_config config;
	unsigned different = 0;
	size_t i;

	(void)state;
	host.create = 5;
	ask(&host);
	assert_string_equal(seen.entries[0].question->id,
			    "control.unknown-code");
	seen.entries[0].finding.status = 0x99;
	assert_true(model_fit(&seen, &config, &fitted));
	assert_int_equal(config.create, 5);
	for (i = 0; i < seen.count; i++)
		different += !model_fit_is_same(&seen.entries[i].finding,
						&fitted.entries[i].finding);
	assert_int_equal(different, 1);
}

/* ---- the properties as text ------------------------------------------ */

struct text_file {
	char path[32];
	FILE *file;
};

static void open_text(struct text_file *text)
{
	strcpy(text->path, "/tmp/hvpt-host-XXXXXX");
	text->file = fdopen(mkstemp(text->path), "w");
	assert_non_null(text->file);
}

static const char *read_text(struct text_file *text,
			     struct hypervisor_config *config, unsigned *line)
{
	const char *problem;

	assert_int_equal(fclose(text->file), 0);
	problem = hypervisor_config_read(config, text->path, line);
	unlink(text->path);
	return problem;
}

static void is_same_host(const struct hypervisor_config *a,
			 const struct hypervisor_config *b)
{
	size_t i;

	for (i = 0; i < hypervisor_property_count; i++)
		assert_true(
			hypervisor_property_get(&hypervisor_properties[i], a) ==
			hypervisor_property_get(&hypervisor_properties[i], b));
}

/* Every member that is a choice survives. */
static void test_text_of_all(void **state)
{
	struct hypervisor_config written = { 0 }, config = { 0 };
	struct text_file text;
	unsigned line;
	size_t i;

	(void)state;
	for (i = 0; i < hypervisor_property_count; i++)
		hypervisor_property_set(&hypervisor_properties[i], &written,
					hypervisor_properties[i].last);
	open_text(&text);
	hypervisor_config_write(text.file, &written);
	assert_null(read_text(&text, &config, &line));
	is_same_host(&config, &written);
	assert_int_equal(config.list_times, UINT64_MAX);
	assert_int_equal(config.gone, UINT16_MAX);
	assert_true(config.frees_before_delete);
}

static void test_bad_text(void **state)
{
	static const char *const bad[][2] = {
		{ "caps\n", "not 'name=number'" },
		{ "read64=1\n", "no such property: read64" },
		{ "=1\n", "no such property: " },
		{ "caps=\n", "not a number" },
		{ "caps=12x\n", "not a number" },
		{ "caps=-1\n", "not a number" },
		{ "caps=0x10000000000000000\n", "not a number" },
		{ "gone=0x10000\n", "the number is too large" },
		{ "canonical=2\n", "the number is too large" },
	};
	struct hypervisor_config before = model_host_config(), config;
	struct text_file text;
	unsigned line;
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(bad); i++) {
		config = before;
		open_text(&text);
		fprintf(text.file, "# a host\n\niova_width=39\n%s", bad[i][0]);
		assert_string_equal(read_text(&text, &config, &line),
				    bad[i][1]);
		assert_int_equal(line, 4);
		is_same_host(&config, &before);
	}
	open_text(&text);
	fprintf(text.file, "%0200d\n", 0);
	assert_string_equal(read_text(&text, &config, &line),
			    "the line is too long");
	assert_non_null(hypervisor_config_read(&config, "/no/file", &line));
	assert_int_equal(line, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_each_property),
		cmocka_unit_test(test_unshown),
		cmocka_unit_test(test_refused_lists),
		cmocka_unit_test(test_several),
		cmocka_unit_test(test_wrong_hosts),
		cmocka_unit_test(test_an_answer_of_its_own),
		cmocka_unit_test(test_text_of_all),
		cmocka_unit_test(test_bad_text),
	};

	return cmocka_run_group_tests_name("model_fit", tests, NULL, NULL);
}
