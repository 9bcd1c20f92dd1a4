/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The failure scenarios in which Linux's driver was recorded: what it did, from
 * the recording, and what hvpt does instead. docs/LINUX.md describes both.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "compare.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* The device and the page of the scenarios. */
#define DEVICE UINT64_C(0x4000)
#define IOVA UINT64_C(0x200000)
#define GPA UINT64_C(0x8000000)
#define PROBE "device 0x4000: probe"
#define MAP "map iova=0x200000 gpa=0x8000000 size=0x1000 prot=rw"
#define UNMAP "unmap iova=0x200000 size=0x1000"

/* How often the scenarios with failing lists map, unmap and sync. */
#define SYNCS 100u

enum code {
	CREATE = HVPT_HVCALL_CREATE_DEVICE_DOMAIN,
	ATTACH = HVPT_HVCALL_ATTACH_DEVICE_DOMAIN,
	DELETE = HVPT_HVCALL_DELETE_DEVICE_DOMAIN,
	CONFIGURE = HVPT_HVCALL_CONFIGURE_DEVICE_DOMAIN,
	FLUSH = HVPT_HVCALL_FLUSH_DEVICE_DOMAIN,
	LIST = HVPT_HVCALL_FLUSH_DEVICE_DOMAIN_LIST,
	GET_CAPS = HVPT_HVCALL_GET_IOMMU_CAPABILITIES,
	GET_DEVICE = HVPT_HVCALL_GET_LOGICAL_DEVICE_PROPERTY,
};

/* ---- what Linux did -------------------------------------------------- */

struct scenario {
	struct recording_file file;
	struct recording *recording;
	struct guest guest;
};

static struct scenario scene;

/** Opens scenario @name, and a guest on its host. */
static struct guest *open_scene(const char *name)
{
	recording_load(&scene.file, "scenarios");
	scene.recording = recording_find(&scene.file, name);
	guest_open(&scene.guest, &scene.recording->host);
	return &scene.guest;
}

static void close_scene(void)
{
	guest_close(&scene.guest);
	recording_unload(&scene.file);
}

/** The recording's number of calls of @code with @status as answer. */
static void linux_made(unsigned count, uint16_t code, uint16_t status)
{
	unsigned made = 0;
	size_t n;

	for (n = 0; n < scene.recording->calls; n++) {
		const struct recording_call *call = &scene.recording->call[n];

		made += recording_code(call) == code && call->status == status;
	}
	assert_int_equal(made, count);
}

/** Its last calls were @count CREATEs of one id, and all of them failed. */
static void linux_tries_one_id(unsigned count)
{
	const struct recording_call *end = scene.recording->call +
					   scene.recording->calls;
	const struct recording_call *call;

	for (call = end - count; call < end; call++) {
		assert_int_equal(recording_code(call), CREATE);
		assert_int_equal(call->status,
				 HVPT_HV_STATUS_KEY_ALREADY_EXISTS);
		assert_memory_equal(call->input, end[-1].input, call->bytes);
	}
}

/* ---- what hvpt is asked to do ---------------------------------------- */

static void inject(uint16_t code, enum hypervisor_fault fault, uint16_t status,
		   uint64_t times)
{
	const struct hypervisor_injection injection = {
		.code = code,
		.nth = 1,
		.times = times,
		.fault = fault,
		.status = status,
	};

	hypervisor_inject(scene.guest.hv, &injection);
}

static void heal(void)
{
	hypervisor_inject_nothing(scene.guest.hv);
}

static void must_fail(const char *text, enum hvpt_status want)
{
	assert_true(guest_do(&scene.guest, text));
	assert_string_equal(hvpt_status_name(scene.guest.status),
			    hvpt_status_name(want));
}

static void is_ok(enum hvpt_status status)
{
	assert_string_equal(hvpt_status_name(status), "HVPT_OK");
}

/** A started guest with one device in one domain, one page mapped. */
static struct guest *open_running(const char *name)
{
	struct guest *guest = open_scene(name);

	guest_must(guest, "init");
	guest_must(guest, PROBE);
	guest_must(guest, "alloc");
	guest_must(guest, "attach");
	guest_must(guest, MAP);
	return guest;
}

/* DMA of the device ends at @gpa, whatever is cached; 0: it faults. */
static void dma_is(uint64_t iova, uint64_t gpa)
{
	struct hypervisor_dma dma;

	hypervisor_dma(scene.guest.hv, DEVICE, iova, true, &dma);
	assert_int_equal(dma.stale_count, 0);
	assert_int_equal(dma.fresh.translated, gpa != 0);
	if (gpa)
		assert_int_equal(dma.fresh.gpa, gpa);
}

/** Everything is destroyed, and no domain and no page is left. */
static void leaves_nothing(unsigned pages)
{
	struct guest *guest = &scene.guest;
	unsigned n;

	for (n = 0; n < guest->devices; n++)
		is_ok(hvpt_device_detach(&guest->device[n]));
	for (n = 0; n < guest->devices; n++)
		is_ok(hvpt_device_remove(&guest->device[n]));
	assert_int_equal(hvpt_arena_in_use(guest->arena), pages);
	is_ok(hvpt_iommu_destroy(&guest->iommu));
}

/* ---- flushes --------------------------------------------------------- */

/* Linux tries the list call each time; hvpt knows after the first. */
static void test_nolist(void **state)
{
	struct guest *guest = open_running("nolist");
	unsigned n, lists = 0;

	(void)state;
	linux_made(SYNCS, LIST, HVPT_HV_STATUS_INVALID_HYPERCALL_CODE);
	linux_made(SYNCS, FLUSH, 0);
	for (n = 0; n < SYNCS; n++) {
		dma_is(IOVA, GPA);
		guest_must(guest, UNMAP);
		lists += guest_made(guest, LIST);
		assert_int_equal(guest_made(guest, FLUSH), 1);
		dma_is(IOVA, 0);
		guest_must(guest, MAP);
	}
	assert_int_equal(lists, 1);
	guest_must(guest, "release");
	guest_must(guest, "free");
	leaves_nothing(0);
	close_scene();
}

/* A list refused for another reason is repeated, but not forever. */
static void test_list_fail(void **state)
{
	struct guest *guest = open_running("list-fail");
	unsigned n, lists = 0;

	(void)state;
	linux_made(SYNCS, LIST, HVPT_HV_STATUS_INVALID_PARAMETER);
	linux_made(SYNCS, FLUSH, 0);
	inject(LIST, HYPERVISOR_FAIL, HVPT_HV_STATUS_INVALID_PARAMETER,
	       UINT64_MAX);
	for (n = 0; n < SYNCS; n++) {
		dma_is(IOVA, GPA);
		guest_must(guest, UNMAP);
		lists += guest_made(guest, LIST);
		assert_int_equal(guest_made(guest, FLUSH), 1);
		dma_is(IOVA, 0);
		guest_must(guest, MAP);
	}
	assert_true(lists > 1 && lists < SYNCS);
	guest_must(guest, "release");
	guest_must(guest, "free");
	leaves_nothing(0);
	close_scene();
}

/* A list call that times out without progress: both flush the domain. */
static void test_timeout_rep(void **state)
{
	struct guest *guest = open_running("timeout-rep");

	(void)state;
	linux_made(1, LIST, HVPT_HV_STATUS_TIMEOUT);
	linux_made(1, FLUSH, 0);
	dma_is(IOVA, GPA);
	inject(LIST, HYPERVISOR_STOP_REP, HVPT_HV_STATUS_TIMEOUT, 1);
	guest_must(guest, UNMAP);
	assert_int_equal(guest_made(guest, LIST), 1);
	assert_int_equal(guest_made(guest, FLUSH), 1);
	dma_is(IOVA, 0);
	guest_must(guest, "release");
	guest_must(guest, "free");
	leaves_nothing(0);
	close_scene();
}

/* Success with nothing done: the loop ends, and the domain is flushed. */
static void test_success_without_progress(void **state)
{
	struct guest *guest = open_running("timeout-rep");

	(void)state;
	dma_is(IOVA, GPA);
	inject(LIST, HYPERVISOR_STOP_REP, 0, UINT64_MAX);
	guest_must(guest, UNMAP);
	assert_int_equal(guest_made(guest, LIST), 1);
	assert_int_equal(guest_made(guest, FLUSH), 1);
	dma_is(IOVA, 0);
	close_scene();
}

/* Linux frees the table anyway; hvpt keeps it until a flush succeeds. */
static void test_flush_fail(void **state)
{
	struct guest *guest = open_running("flush-fail");
	size_t pages;

	(void)state;
	linux_made(1, LIST, HVPT_HV_STATUS_INSUFFICIENT_MEMORY);
	linux_made(1, FLUSH, HVPT_HV_STATUS_INSUFFICIENT_MEMORY);
	guest_must(guest, "map iova=0x400000 gpa=0x8201000 size=0x200000 "
			  "prot=rw");
	dma_is(0x400000, 0x8201000);
	inject(LIST, HYPERVISOR_FAIL, HVPT_HV_STATUS_INSUFFICIENT_MEMORY,
	       UINT64_MAX);
	inject(FLUSH, HYPERVISOR_FAIL, HVPT_HV_STATUS_INSUFFICIENT_MEMORY,
	       UINT64_MAX);
	pages = hvpt_arena_in_use(guest->arena);
	must_fail("unmap iova=0x400000 size=0x200000", HVPT_ERR_HV_MEMORY);
	assert_int_equal(guest_made(guest, LIST), 1);
	assert_int_equal(guest_made(guest, FLUSH), 1);
	must_fail("sync", HVPT_ERR_HV_MEMORY);
	assert_int_equal(hvpt_arena_in_use(guest->arena), pages);
	heal();
	guest_must(guest, "sync");
	assert_int_equal(hvpt_arena_in_use(guest->arena), pages - 1);
	dma_is(0x400000, 0);
	guest_must(guest, "release");
	guest_must(guest, "free");
	leaves_nothing(0);
	close_scene();
}

/* ---- ids ------------------------------------------------------------- */

/* A new domain with another id than @not, which a device can use. */
static void another_domain(uint32_t not )
{
	struct guest *guest = &scene.guest;
	struct hvpt_domain *made = &guest->domain[guest->domains];

	guest_must(guest, "alloc");
	assert_int_not_equal(hvpt_domain_id(made), not );
	assert_true(hypervisor_has_domain(guest->hv, hvpt_domain_id(made)));
	guest_must(guest, "free");
}

/* Linux tries the lowest id forever; hvpt takes another, and deletes later. */
static void test_delete_fail(void **state)
{
	struct guest *guest = open_running("delete-fail");
	uint32_t id = hvpt_domain_id(&guest->domain[0]);

	(void)state;
	linux_made(1, DELETE, HVPT_HV_STATUS_OPERATION_FAILED);
	linux_tries_one_id(5);
	guest_must(guest, "release");
	inject(DELETE, HYPERVISOR_FAIL, HVPT_HV_STATUS_OPERATION_FAILED, 1);
	must_fail("free", HVPT_ERR_HV_FAILED);
	assert_true(hvpt_arena_in_use(guest->arena) > 0);
	another_domain(id);
	another_domain(id);
	guest_must(guest, "free dom=0");
	assert_false(hypervisor_has_domain(guest->hv, id));
	leaves_nothing(0);
	close_scene();
}

static void test_create_done_but_failed(void **state)
{
	struct guest *guest = open_scene("create-done-but-failed");

	(void)state;
	linux_made(1, CREATE, HVPT_HV_STATUS_TIMEOUT);
	linux_tries_one_id(3);
	guest_must(guest, "init");
	inject(CREATE, HYPERVISOR_FAIL_AFTER, HVPT_HV_STATUS_TIMEOUT, 1);
	must_fail("alloc", HVPT_ERR_HV_TIMEOUT);
	assert_int_equal(hvpt_arena_in_use(guest->arena), 0);
	another_domain(0);
	another_domain(0);
	leaves_nothing(0);
	close_scene();
}

/* CONFIGURE took effect, and the DELETE after it did not. */
static void test_configure_done_but_failed(void **state)
{
	struct guest *guest = open_scene("configure-done-but-failed");

	(void)state;
	linux_made(1, CONFIGURE, HVPT_HV_STATUS_TIMEOUT);
	linux_made(1, DELETE, HVPT_HV_STATUS_TIMEOUT);
	linux_tries_one_id(3);
	guest_must(guest, "init");
	inject(CONFIGURE, HYPERVISOR_FAIL_AFTER, HVPT_HV_STATUS_TIMEOUT, 1);
	inject(DELETE, HYPERVISOR_FAIL, HVPT_HV_STATUS_TIMEOUT, 1);
	must_fail("alloc", HVPT_ERR_HV_TIMEOUT);
	/* the hypervisor has the root: it is never used for anything else */
	assert_int_equal(hvpt_arena_in_use(guest->arena), 1);
	another_domain(3);
	another_domain(3);
	leaves_nothing(1);
	close_scene();
}

/* ---- attaching ------------------------------------------------------- */

/* Linux frees the tables of a device that is still in the domain. */
static void test_attach_fail_release(void **state)
{
	struct guest *guest = open_running("attach-fail-release");
	size_t pages;

	(void)state;
	linux_made(1, ATTACH, HVPT_HV_STATUS_INSUFFICIENT_MEMORY);
	linux_made(1, DELETE, HVPT_HV_STATUS_OBJECT_IN_USE);
	linux_tries_one_id(3);
	pages = hvpt_arena_in_use(guest->arena);
	inject(ATTACH, HYPERVISOR_FAIL, HVPT_HV_STATUS_INSUFFICIENT_MEMORY, 1);
	must_fail("release", HVPT_ERR_HV_MEMORY);
	must_fail("free", HVPT_ERR_BUSY);
	assert_int_equal(guest->calls, 0);
	assert_int_equal(hvpt_arena_in_use(guest->arena), pages);
	dma_is(IOVA, GPA);
	another_domain(hvpt_domain_id(&guest->domain[0]));
	guest_must(guest, "release dom=0");
	guest_must(guest, "free dom=0");
	dma_is(IOVA, 0);
	leaves_nothing(0);
	close_scene();
}

/* It is not known where the device is: hvpt keeps both domains. */
static void test_attach_done_but_failed(void **state)
{
	struct guest *guest = open_running("attach-done-but-failed");

	(void)state;
	linux_made(1, ATTACH, HVPT_HV_STATUS_TIMEOUT);
	linux_made(1, DELETE, HVPT_HV_STATUS_OBJECT_IN_USE);
	linux_tries_one_id(3);
	guest_must(guest, "alloc");
	inject(ATTACH, HYPERVISOR_FAIL_AFTER, HVPT_HV_STATUS_TIMEOUT, 1);
	assert_int_equal(hvpt_device_attach(&guest->device[0],
					    &guest->domain[1]),
			 HVPT_ERR_HV_TIMEOUT);
	must_fail("free dom=0", HVPT_ERR_BUSY);
	must_fail("free dom=1", HVPT_ERR_BUSY);
	dma_is(IOVA, 0);
	is_ok(hvpt_device_attach(&guest->device[0], &guest->domain[1]));
	guest_must(guest, "free dom=0");
	guest_must(guest, "release dom=0");
	guest_must(guest, "free dom=1");
	leaves_nothing(0);
	close_scene();
}

/* The device is blocked but reported not to be; a second try succeeds. */
static void test_blocked_done_but_failed(void **state)
{
	struct guest *guest = open_running("blocked-done-but-failed");

	(void)state;
	linux_made(1, ATTACH, HVPT_HV_STATUS_TIMEOUT);
	linux_made(0, DELETE, 0);
	inject(ATTACH, HYPERVISOR_FAIL_AFTER, HVPT_HV_STATUS_TIMEOUT, 1);
	must_fail("release", HVPT_ERR_HV_TIMEOUT);
	must_fail("free", HVPT_ERR_BUSY);
	guest_must(guest, "release");
	guest_must(guest, "free");
	dma_is(IOVA, 0);
	leaves_nothing(0);
	close_scene();
}

/* The device is gone: nothing is left of it, and it may return. */
static void test_surprise(void **state)
{
	struct guest *guest = open_running("surprise");

	(void)state;
	linux_made(1, ATTACH, HVPT_HV_STATUS_INVALID_DEVICE_ID);
	linux_made(1, DELETE, 0);
	hypervisor_remove_device(guest->hv, DEVICE);
	is_ok(hvpt_device_remove(&guest->device[0]));
	guest_must(guest, "free");
	guest_must(guest, PROBE);
	guest_must(guest, "alloc");
	guest_must(guest, "attach");
	dma_is(IOVA, 0);
	guest_must(guest, "release");
	guest_must(guest, "free");
	is_ok(hvpt_device_detach(&guest->device[1]));
	is_ok(hvpt_device_remove(&guest->device[1]));
	is_ok(hvpt_iommu_destroy(&guest->iommu));
	close_scene();
}

/* ---- starting -------------------------------------------------------- */

/* Linux does not start on a hypervisor with domains of another kernel. */
static void test_kexec(void **state)
{
	static struct hvpt_iommu second;
	struct guest *guest = open_running("kexec");
	struct hvpt_iommu_config config = { .width_limit = 0 };

	(void)state;
	linux_made(1, CREATE, HVPT_HV_STATUS_KEY_ALREADY_EXISTS);
	linux_made(2, GET_CAPS, 0);
	config.transport = guest->iommu.transport;
	hypervisor_new_owner(guest->hv);
	guest->calls = 0;
	is_ok(hvpt_iommu_init(&second, &config));
	assert_true(hvpt_domain_id(hvpt_iommu_identity(&second)) > 3);
	assert_true(hvpt_domain_id(hvpt_iommu_blocked(&second)) > 3);
	assert_int_equal(hypervisor_domains(guest->hv), 5);
	is_ok(hvpt_iommu_destroy(&second));
	close_scene();
}

/* A failed start undoes what it created, by the same calls as Linux. */
static void start_fails(const char *name, uint16_t code, uint64_t nth,
			uint16_t status, enum hvpt_status want)
{
	struct guest *guest = open_scene(name);
	const struct hypervisor_injection injection = {
		.code = code,
		.nth = nth,
		.fault = HYPERVISOR_FAIL,
		.status = status,
	};
	struct comparison is = { 0 };

	hypervisor_inject(guest->hv, &injection);
	must_fail("init", want);
	assert_int_equal(scene.recording->events, 1);
	assert_null(compare_event(scene.recording, &scene.recording->event[0],
				  guest, &is));
	assert_int_equal(is.same, scene.recording->calls);
	assert_int_equal(hypervisor_domains(guest->hv), 0);
	heal();
	guest_must(guest, "init");
	close_scene();
}

/* Status of the call that fails in the recording. */
static uint16_t refused_with(const char *name)
{
	struct recording_file file;
	const struct recording *recording;
	uint16_t status = 0;
	size_t n;

	recording_load(&file, "scenarios");
	recording = recording_find(&file, name);
	for (n = 0; n < recording->calls && !status; n++)
		status = recording->call[n].status;
	recording_unload(&file);
	return status;
}

static void test_start(void **state)
{
	static const struct {
		const char *name;
		uint16_t code;
		uint64_t nth;
	} starts[] = {
		{ "init-fail-caps", GET_CAPS, 1 },
		{ "init-fail-nocaps", GET_CAPS, 1 },
		{ "init-fail-create1", CREATE, 1 },
		{ "init-fail-create2", CREATE, 2 },
		{ "init-fail-conf1", CONFIGURE, 1 },
		{ "init-fail-conf2", CONFIGURE, 2 },
	};
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(starts); i++) {
		uint16_t status = refused_with(starts[i].name);

		start_fails(starts[i].name, starts[i].code, starts[i].nth,
			    status,
			    strcmp(starts[i].name, "init-fail-nocaps") == 0 ?
				    HVPT_ERR_NO_IOMMU :
				    hvpt_hv_status_map(status));
	}
}

/* A device whose property cannot be read is not taken. */
static void test_probe_fail(void **state)
{
	struct guest *guest = open_scene("probe-fail");
	static const struct {
		const char *probe;
		uint16_t answer;
	} tries[] = {
		{ "device 0xa4000: probe", HVPT_HV_STATUS_ACCESS_DENIED },
		{ "device 0xb4000: probe", HVPT_HV_STATUS_UNKNOWN_PROPERTY },
		{ "device 0xc4000: probe", HVPT_HV_STATUS_TIMEOUT },
	};
	struct comparison is = { 0 };
	size_t i;

	(void)state;
	guest_must(guest, "init");
	guest_must(guest, PROBE);
	for (i = 0; i < COUNT(tries); i++) {
		const struct recording_event *event =
			&scene.recording->event[2 + i];

		assert_string_equal(event->text, tries[i].probe);
		inject(GET_DEVICE, HYPERVISOR_FAIL, tries[i].answer, 1);
		must_fail(event->text, hvpt_hv_status_map(tries[i].answer));
		if (i < 2)
			assert_null(compare_event(scene.recording, event, guest,
						  &is));
	}
	assert_int_equal(is.same, 2);
	close_scene();
}

/* ---- none is left out ------------------------------------------------ */

/* The test of each scenario. */
static void test_every_scenario_has_a_test(void **state)
{
	static const char *const here[] = {
		"nolist", "list-fail", "timeout-rep", "flush-fail",
		"delete-fail", "create-done-but-failed",
		"configure-done-but-failed", "attach-fail-release",
		"attach-done-but-failed", "blocked-done-but-failed", "surprise",
		"kexec", "init-fail-caps", "init-fail-nocaps",
		"init-fail-create1", "init-fail-create2", "init-fail-conf1",
		"init-fail-conf2", "probe-fail",
		/* test_golden.c */
		"partial", "remap-large", "overflow", "empty0", "five",
		"width39", "sizes4k", "sizes4k1g", "lifecycle", "function",
		"lazy"
	};
	struct recording_file file;
	size_t i;

	(void)state;
	recording_load(&file, "scenarios");
	for (i = 0; i < COUNT(here); i++)
		recording_find(&file, here[i]);
	assert_int_equal(file.count, COUNT(here));
	recording_unload(&file);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_nolist),
		cmocka_unit_test(test_list_fail),
		cmocka_unit_test(test_timeout_rep),
		cmocka_unit_test(test_success_without_progress),
		cmocka_unit_test(test_flush_fail),
		cmocka_unit_test(test_delete_fail),
		cmocka_unit_test(test_create_done_but_failed),
		cmocka_unit_test(test_configure_done_but_failed),
		cmocka_unit_test(test_attach_fail_release),
		cmocka_unit_test(test_attach_done_but_failed),
		cmocka_unit_test(test_blocked_done_but_failed),
		cmocka_unit_test(test_surprise),
		cmocka_unit_test(test_kexec),
		cmocka_unit_test(test_start),
		cmocka_unit_test(test_probe_fail),
		cmocka_unit_test(test_every_scenario_has_a_test),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
