/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * hvpt must send the bytes that Linux's driver sent for the same maps and
 * unmaps, and the model hypervisor must accept them.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "compare.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* ---- the same bytes -------------------------------------------------- */

/** The differences of a recording or a scenario: see compare.h. */
struct expected {
	const char *name;
	struct comparison is;
};

static const struct expected files[] = {
	{ "modload", { .same = 95, .roots = 1, .looked = 4, .left = 1 } },
	{ "nvme-dd", { .same = 3000, .roots = 1, .looked = 4 } },
	{ "nvme-ext4", { .same = 1469, .roots = 1, .looked = 4, .left = 1 } },
	{ "vfio-5level", { .same = 3000, .roots = 1, .looked = 4 } },
	{ "random11-5level",
	  { .same = 778, .roots = 2, .looked = 5, .left = 2 } },
	{ "random11-4k", { .same = 739, .roots = 2, .looked = 5, .left = 2 } },
	{ "random1-with-refused-maps",
	  { .same = 774,
	    .roots = 2,
	    .looked = 5,
	    .left = 2,
	    .refused = 13,
	    .undone = 6 } },
};

/* The scenarios whose lines another guest can carry out. */
static const struct expected scenarios[] = {
	{ "partial", { .same = 11, .roots = 1, .looked = 4, .parts = 1 } },
	{ "remap-large", { .same = 522, .roots = 1, .looked = 4 } },
	{ "overflow", { .same = 10, .roots = 1, .looked = 4, .tables = 1 } },
	{ "empty0", { .same = 9, .roots = 1, .looked = 4, .nothing = 1 } },
	{ "five", { .same = 12, .roots = 1, .looked = 4, .left = 1 } },
	{ "width39", { .same = 12, .roots = 1, .looked = 4, .left = 1 } },
	{ "sizes4k", { .same = 12, .roots = 1, .looked = 4, .left = 1 } },
	{ "sizes4k1g", { .same = 12, .roots = 1, .looked = 4, .left = 1 } },
};

static void counts_are(const struct comparison *is,
		       const struct expected *expected)
{
	const struct comparison *want = &expected->is;

	if (memcmp(is, want, sizeof(*is)) != 0)
		print_error("%s\n", expected->name);
	assert_int_equal(is->same, want->same);
	assert_int_equal(is->roots, want->roots);
	assert_int_equal(is->looked, want->looked);
	assert_int_equal(is->left, want->left);
	assert_int_equal(is->refused, want->refused);
	assert_int_equal(is->undone, want->undone);
	assert_int_equal(is->nothing, want->nothing);
	assert_int_equal(is->tables, want->tables);
	assert_int_equal(is->parts, want->parts);
}

static void must_compare(const struct recording *recording,
			 const struct expected *expected)
{
	struct comparison is;
	size_t at;
	const char *differs = compare_recording(recording, &is, &at);

	if (differs)
		fail_msg("%s: %s: %s", expected->name,
			 recording->event[at].text, differs);
	counts_are(&is, expected);
}

static void test_the_same_bytes(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(files); i++) {
		struct recording_file file;

		recording_load(&file, files[i].name);
		assert_int_equal(file.count, 1);
		must_compare(&file.recording[0], &files[i]);
		recording_unload(&file);
	}
}

static void test_the_same_bytes_in_scenarios(void **state)
{
	struct recording_file file;
	size_t i;

	(void)state;
	recording_load(&file, "scenarios");
	for (i = 0; i < COUNT(scenarios); i++)
		must_compare(recording_find(&file, scenarios[i].name),
			     &scenarios[i]);
	recording_unload(&file);
}

/* ---- scenarios that a test has to follow by hand ----------------------- */

struct run {
	struct recording_file file;
	struct recording *recording;
	struct guest guest;
	struct comparison is;
	size_t at;
};

static struct run run;

static struct guest *run_open(const char *name)
{
	memset(&run, 0, sizeof(run));
	recording_load(&run.file, "scenarios");
	run.recording = recording_find(&run.file, name);
	guest_open(&run.guest, &run.recording->host);
	return &run.guest;
}

/** The last operation is the next event, which begins with @text. */
static void run_compare(const char *text)
{
	const struct recording_event *event = &run.recording->event[run.at];
	const char *differs;

	assert_true(run.at++ < run.recording->events);
	assert_memory_equal(event->text, text, strlen(text));
	assert_string_equal(hvpt_status_name(run.guest.status), "HVPT_OK");
	differs = compare_event(run.recording, event, &run.guest, &run.is);
	if (differs)
		fail_msg("%s: %s", event->text, differs);
	run.guest.calls = 0;
}

/** Carries out the next @count events. */
static void run_follow(unsigned count)
{
	while (count--) {
		const char *text = run.recording->event[run.at].text;

		assert_true(guest_do(&run.guest, text));
		run_compare(text);
	}
}

/** Attaches, as the next event does, which begins with @text. */
static void run_attach(const char *text, unsigned device,
		       struct hvpt_domain *domain)
{
	run.guest.status = hvpt_device_attach(&run.guest.device[device],
					      domain);
	run_compare(text);
}

/** All events were carried out, with these differences. */
static void run_close(const char *name, struct comparison is)
{
	const struct expected expected = { name, is };

	assert_int_equal(run.at, run.recording->events);
	counts_are(&run.is, &expected);
	guest_close(&run.guest);
	recording_unload(&run.file);
}

/** Map and unmap of the first of two domains. */
static void run_in_first(const char *text)
{
	run.guest.domains = 1;
	assert_true(guest_do(&run.guest, text));
	run.guest.domains = 2;
	run_compare(text);
}

/* Two devices, two domains, identity and blocked; every move. */
static void test_lifecycle(void **state)
{
	struct guest *guest = run_open("lifecycle");
	struct hvpt_domain *a = &guest->domain[0], *b = &guest->domain[1];
	struct hvpt_domain *identity = hvpt_iommu_identity(&guest->iommu);
	struct hvpt_domain *blocked = hvpt_iommu_blocked(&guest->iommu);

	(void)state;
	run_follow(3);
	run_attach("attach identity", 0, identity);
	run_follow(1);
	run_attach("attach paging A", 0, a);
	run_follow(4);
	run_attach("attach paging B", 1, b);
	run_follow(1);
	run_attach("attach paging A too", 1, a);
	run_in_first("unmap iova=0x100000 size=0x3000");
	run_attach("attach blocked", 0, blocked);
	run_attach("attach identity", 0, identity);
	run_attach("attach blocked", 0, blocked);
	run_attach("attach paging A", 0, a);
	run_attach("attach paging A again", 0, a);
	run_attach("attach paging B", 0, b);
	run_attach("attach paging A", 0, a);
	run_in_first("unmap iova=0x40000000 size=0x200000");
	run_in_first("unmap iova=0x80000000 size=0x40000000");
	run_attach("release dev 0", 0, blocked);
	run_attach("release dev 1", 1, blocked);
	guest->status = hvpt_domain_destroy(b);
	run_compare("free");
	guest->status = hvpt_domain_destroy(a);
	run_compare("free");
	run_close("lifecycle",
		  (struct comparison){
			  .same = 29, .roots = 2, .looked = 5, .left = 3 });
}

/* Function 3 of a bus: its id differs in the last bits. */
static void test_function(void **state)
{
	struct guest *guest = run_open("function");

	(void)state;
	run_follow(1);
	assert_true(guest_do(guest, "device 0x4000: probe"));
	assert_true(guest_add(guest, "device 0x1234567b: probe"));
	run_compare("device 0x4000: probe");
	run_follow(1);
	run_attach("attach paging", 1, &guest->domain[0]);
	run_close("function",
		  (struct comparison){ .same = 10, .roots = 1, .looked = 4 });
}

/* 64 unmaps wait for one flush of the whole domain. */
static void test_lazy(void **state)
{
	struct guest *guest = run_open("lazy");
	struct hvpt_domain *domain = &guest->domain[0];
	uint64_t n;

	(void)state;
	run_follow(4 + 64);
	for (n = 1; n <= 64; n++) {
		guest->status = hvpt_domain_unmap(domain, hvpt_iova(n << 21),
						  UINT64_C(1) << 21,
						  &guest->gather[0],
						  &guest->unmapped);
		assert_int_equal(guest->unmapped, UINT64_C(1) << 21);
		run_compare("unmap_fast queued");
	}
	guest->status = hvpt_domain_flush_all(domain);
	run_compare("flush queue");
	hvpt_pt_release(hvpt_domain_pagetable(domain), &guest->gather[0]);
	run_close("lazy",
		  (struct comparison){ .same = 10, .roots = 1, .looked = 4 });
}

/* ---- the comparison can fail ----------------------------------------- */

/* An unknown difference, or a known one too often. */
static void must_differ(const struct recording *recording)
{
	struct comparison is;
	size_t at;
	const char *differs = compare_recording(recording, &is, &at);

	assert_true(differs || memcmp(&is, &files[0].is, sizeof(is)) != 0);
}

/* Any valid root is accepted. */
static bool any_root_will_do(const struct recording_call *call, size_t at)
{
	return recording_code(call) == HVPT_HVCALL_CONFIGURE_DEVICE_DOMAIN &&
	       at >= 32 && call->input[37] != 0;
}

static void test_one_byte_is_noticed(void **state)
{
	struct recording_file file;
	size_t n, at;

	(void)state;
	recording_load(&file, "modload");
	for (n = 0; n < file.recording[0].calls; n++) {
		struct recording_call *call = &file.recording[0].call[n];

		for (at = 0; at < call->bytes; at++) {
			if (any_root_will_do(call, at) && at > 32)
				continue;
			call->input[at] ^= 1;
			must_differ(&file.recording[0]);
			call->input[at] ^= 1;
		}
	}
	must_compare(&file.recording[0], &files[0]);
	recording_unload(&file);
}

static void test_other_changes_are_noticed(void **state)
{
	struct recording_file file;
	struct recording *recording;
	size_t n;

	(void)state;
	recording_load(&file, "modload");
	recording = &file.recording[0];
	for (n = 0; n < recording->calls; n++) {
		struct recording_call *call = &recording->call[n];

		call->control ^= (uint64_t)1 << 48;
		must_differ(recording);
		call->control ^= (uint64_t)1 << 48;
		call->bytes--;
		must_differ(recording);
		call->bytes++;
		call->status ^= 5;
		must_differ(recording);
		call->status ^= 5;
		call->reps++;
		must_differ(recording);
		call->reps--;
	}
	for (n = 0; n < recording->events; n++) {
		struct recording_event *event = &recording->event[n];

		if (event->count == 0)
			continue;
		event->count--;
		must_differ(recording);
		event->count++;
	}
	must_compare(recording, &files[0]);
	recording_unload(&file);
}

/* ---- the model takes all of it --------------------------------------- */

/* No device does DMA here, so no table is read. */
static bool no_memory(void *ctx, uint64_t gpa, uint64_t *value)
{
	(void)ctx;
	(void)gpa;
	*value = 0;
	return true;
}

static struct hypervisor *make_host(const struct recording_host *host)
{
	const struct hypervisor_config config = {
		.read64 = no_memory,
		.caps = host->caps,
		.page_sizes = host->page_sizes,
		.iova_width = host->width,
		.no_list = host->no_list,
	};

	return hypervisor_create(&config);
}

/* Answers that such a host gives by itself; others were injected. */
static bool is_natural(uint16_t status)
{
	return status == 0 || status == HVPT_HV_STATUS_INVALID_HYPERCALL_CODE ||
	       status == HVPT_HV_STATUS_OBJECT_IN_USE ||
	       status == HVPT_HV_STATUS_INVALID_DEVICE_ID ||
	       status == HVPT_HV_STATUS_KEY_ALREADY_EXISTS ||
	       status == HVPT_HV_STATUS_DEVICE_ALREADY_IN_DOMAIN;
}

static void prepare_answer(struct hypervisor *hv,
			   const struct recording *recording,
			   const struct recording_call *call)
{
	struct hypervisor_injection injection = {
		.code = recording_code(call),
		.nth = 1,
		.fault = HYPERVISOR_FAIL,
		.status = call->status,
	};
	uint64_t device;

	if (strstr(recording->name, "-done-but-failed") &&
	    recording_code(call) != HVPT_HVCALL_DELETE_DEVICE_DOMAIN)
		injection.fault = HYPERVISOR_FAIL_AFTER;
	if (!is_natural(call->status) ||
	    strcmp(recording->name, "init-fail-nocaps") == 0)
		hypervisor_inject(hv, &injection);
	if (recording_code(call) == HVPT_HVCALL_GET_LOGICAL_DEVICE_PROPERTY) {
		memcpy(&device, call->input + 8, sizeof(device));
		hypervisor_add_device(hv, device,
				      call->status || call->output[0]);
	}
}

static bool has_output(const struct recording_call *call)
{
	return recording_code(call) == HVPT_HVCALL_GET_IOMMU_CAPABILITIES ||
	       recording_code(call) == HVPT_HVCALL_GET_LOGICAL_DEVICE_PROPERTY;
}

static void must_answer(struct hypervisor *hv,
			const struct recording *recording,
			const struct recording_call *call)
{
	uint64_t gpa, result, output;
	void *page;

	prepare_answer(hv, recording, call);
	hypervisor_borrow(hv, &page, &gpa);
	memcpy(page, call->input, call->bytes);
	output = has_output(call) ? call->bytes : 0;
	result = hypervisor_call(hv, call->control, gpa,
				 output ? gpa + output : 0);
	assert_int_equal(result & 0xffff, call->status);
	assert_int_equal(result >> 32 & 0xfff, call->reps);
	assert_memory_equal((const uint8_t *)page + output, call->output,
			    call->output_bytes);
	hypervisor_give_back(hv, gpa);
}

/* What the driver does in its failure scenarios and no guest may do. */
static const char *violation_of(const char *scenario)
{
	static const char *const of[][2] = {
		{ "delete-fail",
		  "domain id 3 used again after its delete failed" },
		{ "attach-fail-release",
		  "domain id 3 used again after its delete failed" },
		{ "attach-done-but-failed",
		  "domain id 4 used again after its delete failed" },
		{ "configure-done-but-failed",
		  "domain id 3 used again after its delete failed" },
	};
	size_t i;

	for (i = 0; i < COUNT(of); i++) {
		if (strcmp(scenario, of[i][0]) == 0)
			return of[i][1];
	}
	return "";
}

static size_t answer_all(const struct recording *recording)
{
	struct hypervisor *hv = make_host(&recording->host);
	size_t n, i;

	for (n = 0; n < recording->events; n++) {
		const struct recording_event *event = &recording->event[n];

		if (strstr(event->text, "the host took the device away"))
			hypervisor_remove_device(hv, 0x4000);
		for (i = 0; i < event->count; i++)
			must_answer(hv, recording,
				    &recording->call[event->first + i]);
	}
	assert_string_equal(hypervisor_violation(hv),
			    violation_of(recording->name));
	hypervisor_destroy(hv);
	return recording->calls;
}

static void test_the_model_takes_the_calls(void **state)
{
	size_t i, n, calls = 0;

	(void)state;
	for (i = 0; i <= COUNT(files); i++) {
		struct recording_file file;

		recording_load(&file,
			       i < COUNT(files) ? files[i].name : "scenarios");
		for (n = 0; n < file.count; n++)
			calls += answer_all(&file.recording[n]);
		recording_unload(&file);
	}
	assert_true(calls > 10000);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_the_same_bytes),
		cmocka_unit_test(test_the_same_bytes_in_scenarios),
		cmocka_unit_test(test_lifecycle),
		cmocka_unit_test(test_function),
		cmocka_unit_test(test_lazy),
		cmocka_unit_test(test_one_byte_is_noticed),
		cmocka_unit_test(test_other_changes_are_noticed),
		cmocka_unit_test(test_the_model_takes_the_calls),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
