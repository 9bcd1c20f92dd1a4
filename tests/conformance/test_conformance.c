/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The conformance suite on the model hypervisor: what it answers, that nothing
 * is left behind, and that hosts which break a rule are found.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "conformance/drive.h"
#include "tools/conformance/conformance_report.h"
#include "wrong_hosts.h"

static struct conformance_record right, record;

static void open_model(struct model_host *model,
		       const struct hypervisor_config *config)
{
	assert_true(model_host_open(model, config));
}

/* Domains and device are as model_host_open() left them. */
static void is_as_before(const struct model_host *model, size_t domains)
{
	uint32_t id = 0;

	assert_int_equal(hypervisor_domains(model->hv), domains);
	assert_true(hypervisor_has_domain(model->hv, MODEL_HOST_HOME));
	assert_true(
		hypervisor_device_domain(model->hv, MODEL_HOST_DEVICE, &id));
	assert_int_equal(id, MODEL_HOST_HOME);
	assert_string_equal(hypervisor_violation(model->hv), "");
	assert_int_equal(record.counts.domains_left, 0);
	assert_false(record.counts.device_astray);
}

static void run_config(const struct hypervisor_config *config)
{
	struct model_host model;

	open_model(&model, config);
	conformance_record_run(&record, &model.host);
	is_as_before(&model, 1);
	model_host_close(&model);
}

static const struct conformance_record_entry *entry_of(const char *id)
{
	size_t i;

	for (i = 0; i < record.count; i++)
		if (strcmp(record.entries[i].question->id, id) == 0)
			return &record.entries[i];
	fail_msg("no question %s", id);
	return NULL;
}

static const struct conformance_finding *finding_of(const char *id)
{
	return &entry_of(id)->finding;
}

static void verdict_is(const char *id, enum conformance_verdict verdict)
{
	assert_string_equal(conformance_verdict_name(finding_of(id)->verdict),
			    conformance_verdict_name(verdict));
}

static size_t questions_in(enum conformance_group group)
{
	size_t count;

	conformance_questions(group, &count);
	return count;
}

/* ---- the model ------------------------------------------------------- */

/* Of each question: s as stated, d differs, o open, - not asked. */
static void test_verdicts(void **state)
{
	static const char *const wanted[CONFORMANCE_GROUPS] = {
		"ssssssssssosos",		 /* control */
		"ssoooooooo",			 /* caps */
		"soooooooodosssssoooooooooosoo", /* domains */
		"sooooosssssooosoooo",		 /* devices */
		"soosoosooooooosssssss",	 /* flush */
		"ssoooossss-ssssooo",		 /* privileges */
		"ssssosssssosooooo-oooo",	 /* translation */
		"ssooososssssoossosooooo",	 /* caching */
	};
	const struct hypervisor_config config = model_host_config();
	size_t i, at = 0;

	(void)state;
	run_config(&config);
	for (i = 0; i < CONFORMANCE_GROUPS; i++) {
		const char *letter = wanted[i];

		assert_int_equal(strlen(letter),
				 questions_in((enum conformance_group)i));
		for (; *letter; letter++, at++) {
			enum conformance_verdict verdict =
				record.entries[at].finding.verdict;

			if ("sdo-"[verdict] != *letter)
				fail_msg("%s: %s",
					 record.entries[at].question->id,
					 conformance_verdict_name(verdict));
			assert_true(record.entries[at].finding.fits);
		}
	}
	assert_int_equal(at, record.count);
}

/* An id begins with its group, and is used once. */
static void test_ids(void **state)
{
	const struct hypervisor_config config = model_host_config();
	size_t i, j;

	(void)state;
	run_config(&config);
	for (i = 0; i < record.count; i++) {
		const struct conformance_question *question =
			record.entries[i].question;
		const char *group = conformance_groups[question->group].name;

		assert_memory_equal(question->id, group, strlen(group));
		assert_int_equal(question->id[strlen(group)], '.');
		for (j = 0; j < i; j++)
			assert_string_not_equal(question->id,
						record.entries[j].question->id);
	}
}

/* ---- what it touches ------------------------------------------------- */

/* A domain in the range of ids, of somebody else. */
static void test_neighbour(void **state)
{
	const struct hypervisor_config config = model_host_config();
	struct model_host model;
	struct hvpt_answer answer;
	uint32_t id;

	(void)state;
	open_model(&model, &config);
	id = model.host.first_id;
	assert_int_equal(hvpt_hvcall_create_domain(&model.transport, id,
						   &answer),
			 HVPT_OK);
	conformance_record_run(&record, &model.host);
	assert_true(hypervisor_has_domain(model.hv, id));
	is_as_before(&model, 2);
	/* Five levels, and the id of the partition. */
	assert_int_equal(record.counts.verdicts[CONFORMANCE_NOT_ASKED], 2);
	model_host_close(&model);
}

/* Then only calls that read are made: two, and six that are unknown. */
static void test_passive(void **state)
{
	const struct hypervisor_config config = model_host_config();
	struct hypervisor_stats before, after;
	struct model_host model;
	uint64_t reads = 0;
	static const uint16_t codes[] = {
		HVPT_HVCALL_GET_IOMMU_CAPABILITIES,
		HVPT_HVCALL_GET_LOGICAL_DEVICE_PROPERTY,
	};

	(void)state;
	open_model(&model, &config);
	model.host.passive = true;
	hypervisor_read_stats(model.hv, &before);
	conformance_record_run(&record, &model.host);
	hypervisor_read_stats(model.hv, &after);
	reads = hypervisor_calls(model.hv, codes[0]) +
		hypervisor_calls(model.hv, codes[1]);
	assert_int_equal(after.calls - before.calls, reads + 6);
	verdict_is("privileges.extended", CONFORMANCE_AS_STATED);
	verdict_is("control.unknown-code", CONFORMANCE_AS_STATED);
	verdict_is("devices.property", CONFORMANCE_AS_STATED);
	verdict_is("devices.attach", CONFORMANCE_NOT_ASKED);
	verdict_is("domains.create", CONFORMANCE_NOT_ASKED);
	verdict_is("flush.unknown", CONFORMANCE_NOT_ASKED);
	is_as_before(&model, 1);
	model_host_close(&model);
}

/* Without its home, the device is not moved; without a device, not asked. */
static void test_less_given(void **state)
{
	const struct hypervisor_config config = model_host_config();
	struct model_host model;
	uint64_t attached;

	(void)state;
	open_model(&model, &config);
	model.host.has_home = false;
	attached = hypervisor_calls(model.hv, HVPT_HVCALL_ATTACH_DEVICE_DOMAIN);
	conformance_record_run(&record, &model.host);
	verdict_is("devices.property", CONFORMANCE_AS_STATED);
	verdict_is("devices.attach-home", CONFORMANCE_NOT_ASKED);
	assert_int_equal(hypervisor_calls(model.hv,
					  HVPT_HVCALL_ATTACH_DEVICE_DOMAIN),
			 attached);
	model.host.has_device = false;
	conformance_record_run(&record, &model.host);
	verdict_is("devices.property", CONFORMANCE_NOT_ASKED);
	verdict_is("devices.property-absent", CONFORMANCE_OPEN);
	is_as_before(&model, 1);
	model_host_close(&model);
}

/* ---- the device that is driven --------------------------------------- */

/* Answers of a host that differs from the model's default. */
static void value_is(const char *id, uint64_t value)
{
	const struct conformance_finding *finding = finding_of(id);

	assert_int_not_equal(finding->verdict, CONFORMANCE_NOT_ASKED);
	assert_int_equal(finding->value, value);
	assert_true(finding->fits);
}

static void test_five_levels(void **state)
{
	struct hypervisor_config config = model_host_config();

	(void)state;
	config.caps |= HYPERVISOR_CAP_S1_5LVL;
	config.iova_width = 57;
	run_config(&config);
	value_is("translation.five-levels", CONF_FIRST);
	value_is("translation.top-bit", CONF_FIRST);
	value_is("translation.beyond-width", CONF_NOWHERE);
}

static void test_canonical(void **state)
{
	struct hypervisor_config config = model_host_config();

	(void)state;
	config.canonical = true;
	run_config(&config);
	value_is("translation.top-bit", CONF_NOWHERE);
	value_is("translation.sign-extended", CONF_FIRST);
}

/* A descriptor drops what it covers of larger entries, too. */
static void test_pieces(void **state)
{
	struct hypervisor_config config = model_host_config();

	(void)state;
	run_config(&config);
	value_is("caching.large-list-page", CONF_FIRST);
	value_is("caching.table-list-page", CONF_FIRST);
	config.iotlb = HYPERVISOR_IOTLB_PIECES;
	run_config(&config);
	value_is("caching.large-list-page", CONF_NOWHERE);
	value_is("caching.table-list-page", CONF_SECOND);
}

static void test_no_large(void **state)
{
	struct hypervisor_config config = model_host_config();

	(void)state;
	config.page_sizes = 0x1000;
	run_config(&config);
	verdict_is("translation.large", CONFORMANCE_NOT_ASKED);
	verdict_is("caching.large-list", CONFORMANCE_NOT_ASKED);
	verdict_is("caching.list", CONFORMANCE_AS_STATED);
}

static void run_driver(const struct conformance_driver *driver)
{
	const struct hypervisor_config config = model_host_config();
	struct model_host model;

	open_model(&model, &config);
	if (!driver)
		model.host.driver = NULL;
	else
		model.driver = *driver;
	model.driver.ctx = &model;
	conformance_record_run(&record, &model.host);
	is_as_before(&model, 1);
	model_host_close(&model);
}

static struct conformance_driver model_driver(void)
{
	const struct hypervisor_config config = model_host_config();
	struct conformance_driver driver;
	struct model_host model;

	open_model(&model, &config);
	driver = model.driver;
	model_host_close(&model);
	return driver;
}

static void test_less_driver(void **state)
{
	struct conformance_driver driver = model_driver();

	(void)state;
	run_driver(NULL);
	verdict_is("translation.write", CONFORMANCE_NOT_ASKED);
	verdict_is("caching.flush", CONFORMANCE_NOT_ASKED);
	driver.read = NULL;
	driver.address_bits = 40;
	run_driver(&driver);
	verdict_is("translation.read", CONFORMANCE_NOT_ASKED);
	verdict_is("translation.top-bit", CONFORMANCE_NOT_ASKED);
	verdict_is("translation.write", CONFORMANCE_AS_STATED);
	driver.address_bits = 16;
	run_driver(&driver);
	verdict_is("translation.write", CONFORMANCE_NOT_ASKED);
}

static unsigned stuck_writes;

static enum conformance_dma write_stuck(void *ctx, uint64_t iova)
{
	(void)ctx;
	(void)iova;
	stuck_writes++;
	return CONFORMANCE_DMA_STUCK;
}

/* Nothing is asked of it again, and it is brought home. */
static void test_stuck(void **state)
{
	struct conformance_driver driver = model_driver();

	(void)state;
	driver.write = write_stuck;
	stuck_writes = 0;
	run_driver(&driver);
	assert_int_equal(stuck_writes, 1);
	assert_int_equal(record.counts.verdicts[CONFORMANCE_NOT_ASKED],
			 questions_in(CONFORMANCE_TRANSLATION) +
				 questions_in(CONFORMANCE_CACHING) +
				 1 /* own id */);
	assert_int_equal(record.counts.unfit, 0);
}

/* ---- hosts with less ------------------------------------------------- */

static void test_no_pviommu(void **state)
{
	const struct hypervisor_config config = model_host_config();
	struct model_host model;

	(void)state;
	open_model(&model, &config);
	hypervisor_allow(model.hv, HVPT_HVCALL_GET_IOMMU_CAPABILITIES, false);
	conformance_record_run(&record, &model.host);
	verdict_is("control.unknown-code", CONFORMANCE_AS_STATED);
	verdict_is("caps.exists", CONFORMANCE_DIFFERS); /* ACCESS_DENIED */
	assert_int_equal(record.counts.verdicts[CONFORMANCE_NOT_ASKED],
			 record.count - 11);
	is_as_before(&model, 1);
	model_host_close(&model);
}

static void test_no_list(void **state)
{
	struct hypervisor_config config = model_host_config();

	(void)state;
	config.no_list = true;
	run_config(&config);
	verdict_is("flush.list", CONFORMANCE_AS_STATED);
	verdict_is("flush.reps", CONFORMANCE_NOT_ASKED);
	verdict_is("flush.domain", CONFORMANCE_AS_STATED);
	assert_int_equal(record.counts.unfit, 0);
}

/* With one domain, and with none, beside the home of the device. */
static void test_few_domains(void **state)
{
	struct hypervisor_config config = model_host_config();

	(void)state;
	config.max_domains = 2;
	run_config(&config);
	verdict_is("domains.paging", CONFORMANCE_AS_STATED);
	verdict_is("devices.attach", CONFORMANCE_NOT_ASKED);
	config.max_domains = 1;
	run_config(&config);
	verdict_is("domains.create", CONFORMANCE_DIFFERS);
	verdict_is("domains.paging", CONFORMANCE_NOT_ASKED);
}

/* One call is denied. */
static void test_denied(void **state)
{
	const struct hypervisor_config config = model_host_config();
	struct model_host model;
	size_t i, j, denied;
	uint16_t code;

	(void)state;
	for (i = 0; hypervisor_call_code(i); i++) {
		code = hypervisor_call_code(i);
		open_model(&model, &config);
		hypervisor_allow(model.hv, code, false);
		conformance_record_run(&record, &model.host);
		for (denied = 0, j = 0; j < record.count; j++)
			denied += record.entries[j].finding.status ==
				  HVPT_HV_STATUS_ACCESS_DENIED;
		assert_int_not_equal(denied, 0);
		assert_int_equal(hypervisor_domains(model.hv) - 1,
				 record.counts.domains_left);
		/* Then nobody knows which ids are unused. */
		if (code == HVPT_HVCALL_FLUSH_DEVICE_DOMAIN)
			assert_int_equal(
				hypervisor_calls(
					model.hv,
					HVPT_HVCALL_CREATE_DEVICE_DOMAIN),
				1);
		model_host_close(&model);
	}
}

/* The @nth call of @code fails, once. */
static void run_failing(uint16_t code, uint64_t nth, uint16_t status)
{
	const struct hypervisor_config config = model_host_config();
	const struct hypervisor_injection injection = {
		.code = code,
		.nth = nth,
		.fault = HYPERVISOR_FAIL,
		.status = status,
	};
	struct model_host model;
	struct hvpt_answer answer;
	uint32_t neighbour, id = 0;
	bool in;

	open_model(&model, &config);
	neighbour = model.host.first_id + 1;
	assert_int_equal(hvpt_hvcall_create_domain(&model.transport, neighbour,
						   &answer),
			 HVPT_OK);
	hypervisor_inject(model.hv, &injection);
	conformance_record_run(&record, &model.host);
	assert_true(hypervisor_has_domain(model.hv, neighbour));
	assert_int_equal(hypervisor_domains(model.hv) - 2,
			 record.counts.domains_left);
	in = hypervisor_device_domain(model.hv, MODEL_HOST_DEVICE, &id);
	assert_int_equal(!in || id != MODEL_HOST_HOME,
			 record.counts.device_astray);
	model_host_close(&model);
}

/* What could not be restored is said, and nobody else's domain is touched. */
static void test_failures(void **state)
{
	uint16_t code;
	uint64_t nth;
	size_t i;

	(void)state;
	for (i = 0; (code = hypervisor_call_code(i)) != 0; i++) {
		for (nth = 1; nth < 700; nth += 1 + nth / 2) {
			run_failing(code, nth, HVPT_HV_STATUS_ACCESS_DENIED);
			run_failing(code, nth, HVPT_HV_STATUS_TIMEOUT);
		}
	}
}

/* ---- each choice of the model ---------------------------------------- */

struct choice {
	const char *id;
	struct hypervisor_config with;
};

/* Does the question tell this host from the one that is asked by default? */
static bool is_told(const char *id, const struct hypervisor_config *with)
{
	struct hypervisor_config config = *with;
	const struct conformance_finding *a, *b;
	struct model_host model;
	bool told;

	open_model(&model, &config);
	conformance_record_run(&record, &model.host);
	a = finding_of(id);
	b = conformance_record_find(&right, entry_of(id)->question);
	told = a->verdict != b->verdict || a->status != b->status ||
	       a->value != b->value;
	model_host_close(&model);
	return told;
}

#define BASE                                                                   \
	.caps = HYPERVISOR_CAP_PRESENT | HYPERVISOR_CAP_S1 |                   \
		HYPERVISOR_CAP_ATS,                                            \
	.page_sizes = 0x40201000, .iova_width = 48

/*
 * All but read64, which is no choice, and what shows only when a device is
 * taken away, or in what a guest does: gone_stays, frees_before_delete.
 */
static void test_choices(void **state)
{
	static const struct choice choices[] = {
		{ "caps.bits",
		  { .caps = 5, .page_sizes = 0x40201000, .iova_width = 48 } },
		{ "caps.page-sizes",
		  { .caps = 0x25, .page_sizes = 0x1000, .iova_width = 48 } },
		{ "caps.width",
		  { .caps = 0x25,
		    .page_sizes = 0x40201000,
		    .iova_width = 39 } },
		{ "domains.limit", { BASE, .max_domains = 20 } },
		{ "translation.top-bit", { BASE, .canonical = true } },
		{ "caps.exists", { BASE, .no_iommu = true } },
		{ "flush.list", { BASE, .no_list = true } },
		{ "caching.large-list-page",
		  { BASE, .iotlb = HYPERVISOR_IOTLB_PIECES } },
		{ "domains.configure-again", { BASE, .reconfigure = 8 } },
		{ "domains.create-twice", { BASE, .create = 5 } },
		{ "domains.create-twice", { BASE, .take_over = true } },
		{ "devices.detach", { BASE, .detach = 8 } },
		{ "translation.detach", { BASE, .detach_delay = 100000 } },
		{ "flush.list", { BASE, .list = 8, .list_times = 1 } },
		{ "caching.list",
		  { BASE, .list = 8, .list_times = UINT64_MAX } },
		{ "flush.reps", { BASE, .reps = HYPERVISOR_REPS_MORE } },
		{ "flush.reps", { BASE, .reps = HYPERVISOR_REPS_FEWER } },
		{ "caching.list", { BASE, .reps = HYPERVISOR_REPS_NONE } },
		{ "devices.property-absent", { BASE, .gone = 0x10 } },
	};
	const struct hypervisor_config config = model_host_config();
	size_t i;

	(void)state;
	run_config(&config);
	right = record;
	for (i = 0; i < sizeof(choices) / sizeof(choices[0]); i++)
		if (!is_told(choices[i].id, &choices[i].with))
			fail_msg("choice %zu: not told by %s", i,
				 choices[i].id);
}

static void test_few_ids(void **state)
{
	const struct hypervisor_config config = model_host_config();
	struct model_host model;

	(void)state;
	open_model(&model, &config);
	model.host.ids = 3;
	conformance_record_run(&record, &model.host);
	verdict_is("domains.create", CONFORMANCE_AS_STATED);
	verdict_is("domains.create-twice", CONFORMANCE_NOT_ASKED);
	is_as_before(&model, 1);
	model_host_close(&model);
}

/* The device cannot be brought home: nothing more is asked. */
static void test_astray(void **state)
{
	const struct hypervisor_config config = model_host_config();
	struct model_host model;

	(void)state;
	open_model(&model, &config);
	model.host.home = 77;
	conformance_record_run(&record, &model.host);
	assert_true(record.counts.device_astray);
	assert_string_equal(record.entries[record.count - 1].question->id,
			    "devices.attach-home");
	assert_int_equal(hypervisor_domains(model.hv), 1);
	model_host_close(&model);
}

/* ---- wrong hosts ----------------------------------------------------- */

static bool is_caught(const struct conformance_finding *finding,
		      const struct conformance_finding *as_right)
{
	return (finding->verdict == CONFORMANCE_DIFFERS &&
		as_right->verdict != CONFORMANCE_DIFFERS) ||
	       !finding->fits;
}

static bool is_listed(const struct wrong_host *wrong, const char *id)
{
	size_t i;

	for (i = 0; i < WRONG_CAUGHT_MAX && wrong->caught[i]; i++)
		if (strcmp(wrong->caught[i], id) == 0)
			return true;
	return false;
}

static void run_wrong(const struct wrong_host *wrong)
{
	struct hypervisor_config config = model_host_config();
	struct wrong_front front;
	struct model_host model;

	if (wrong->change)
		wrong->change(&config);
	open_model(&model, &config);
	wrong_front_open(&front, wrong, &model);
	conformance_record_run(&record, &model.host);
	/* FLUSH tells nothing: no domain but the home was ever made. */
	if (!finding_of("flush.unknown")->fits)
		assert_int_equal(
			hypervisor_calls(model.hv,
					 HVPT_HVCALL_CREATE_DEVICE_DOMAIN),
			1);
	model_host_close(&model);
}

/* By exactly the questions that are about the rule. */
static void test_wrong_hosts(void **state)
{
	const struct hypervisor_config config = model_host_config();
	size_t i, j, errors = 0;

	(void)state;
	run_config(&config);
	right = record;
	for (i = 0; i < wrong_host_count; i++) {
		const struct wrong_host *wrong = &wrong_hosts[i];

		run_wrong(wrong);
		assert_non_null(wrong->caught[0]);
		assert_int_equal(record.count, right.count);
		for (j = 0; j < record.count; j++) {
			const char *id = record.entries[j].question->id;
			bool caught = is_caught(&record.entries[j].finding,
						&right.entries[j].finding);

			if (caught == is_listed(wrong, id))
				continue;
			print_error("not so: %s; %s by %s\n", wrong->rule,
				    caught ? "caught" : "not caught", id);
			errors++;
		}
	}
	assert_int_equal(errors, 0);
}

/* ---- CPUID in the text ----------------------------------------------- */

static uint32_t last_leaf;
static char text[2048];

static void read_leaf(uint32_t leaf, struct hvpt_cpuid *out)
{
	assert_true(leaf >= 0x40000000u && leaf <= 0x4000000cu);
	out->eax = leaf == 0x40000000u ? last_leaf : leaf & 0xfu;
	out->ebx = 0x7263694d;
	out->ecx = 0;
	out->edx = UINT32_MAX;
}

static void put_text(void *ctx, const char *from, size_t bytes)
{
	(void)ctx;
	assert_true(strlen(text) + bytes < sizeof(text));
	strncat(text, from, bytes);
}

/* How many leaves are shown when the first one names @last as the last? */
static size_t leaves_with(uint32_t last)
{
	static const struct conformance_writer to = { put_text, NULL };
	const char *at = text;
	size_t lines = 0;

	last_leaf = last;
	text[0] = '\0';
	conformance_text_cpuid(&to, read_leaf);
	while ((at = strstr(at, "\n  0x400000")) != NULL) {
		lines++;
		at++;
	}
	return lines;
}

/* Other processors answer a leaf that is not theirs with anything. */
static void test_cpuid_text(void **state)
{
	(void)state;
	assert_int_equal(leaves_with(0), 1);
	assert_int_equal(leaves_with(0x20), 1);
	assert_int_equal(leaves_with(UINT32_MAX), 1);
	assert_int_equal(leaves_with(0x40010000u), 1);
	assert_int_equal(leaves_with(0x40000000u), 1);
	assert_int_equal(leaves_with(0x40000005u), 6);
	assert_int_equal(leaves_with(0x4000000cu), 13);
	assert_int_equal(leaves_with(0x40000082u), 13);
	assert_non_null(
		strstr(text, "  0x40000003: 0x3 0x7263694d 0x0 0xffffffff\n"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_verdicts),
		cmocka_unit_test(test_ids),
		cmocka_unit_test(test_neighbour),
		cmocka_unit_test(test_passive),
		cmocka_unit_test(test_less_given),
		cmocka_unit_test(test_five_levels),
		cmocka_unit_test(test_canonical),
		cmocka_unit_test(test_pieces),
		cmocka_unit_test(test_no_large),
		cmocka_unit_test(test_less_driver),
		cmocka_unit_test(test_stuck),
		cmocka_unit_test(test_no_pviommu),
		cmocka_unit_test(test_no_list),
		cmocka_unit_test(test_few_domains),
		cmocka_unit_test(test_denied),
		cmocka_unit_test(test_failures),
		cmocka_unit_test(test_choices),
		cmocka_unit_test(test_few_ids),
		cmocka_unit_test(test_astray),
		cmocka_unit_test(test_wrong_hosts),
		cmocka_unit_test(test_cpuid_text),
	};

	return cmocka_run_group_tests_name("conformance", tests, NULL, NULL);
}
