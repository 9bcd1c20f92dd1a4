/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include "hv_fixture.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ARENA_PAGES ((size_t)1 << 13)
#define ARENA_GPA 0x40000000ull

#define PLAIN HVPT_IOVA_PLAIN
#define LOWER HVPT_IOVA_LOWER
#define CANONICAL HVPT_IOVA_CANONICAL
#define TWO HVPT_FLUSH_TWO_BLOCK
#define COVER HVPT_FLUSH_COVER
#define EXACT HVPT_FLUSH_EXACT
#define SIZES_2M (HV_4K | HV_2M)

const struct hv_params hv_plain[] = {
	{ 48, false, 0, PLAIN, TWO, false, false, HV_SIZES_ALL, 0 },
};

const struct hv_params hv_main[] = {
	{ 48, false, 0, PLAIN, TWO, false, false, HV_SIZES_ALL, 0 },
	{ 57, true, 5, PLAIN, EXACT, false, true, HV_SIZES_ALL, 0 },
	{ 57, true, 5, CANONICAL, COVER, false, false, SIZES_2M, 0 },
	{ 48, true, 0, CANONICAL, TWO, true, false, HV_SIZES_ALL, 0 },
	{ 57, false, 4, LOWER, COVER, false, false, HV_SIZES_ALL, 0 },
	{ 48, true, 4, PLAIN, EXACT, true, true, HV_4K, 39 },
};
const size_t hv_main_count = HV_COUNT(hv_main);

/* ---- the way to the hypervisor --------------------------------------- */

static void log_event(struct hv_fixture *f, uint16_t code, uint16_t status)
{
	pthread_mutex_lock(&f->log_lock);
	if (f->log_count < HV_LOG) {
		f->log[f->log_count].code = code;
		f->log[f->log_count].status = status;
	}
	f->log_count++;
	pthread_mutex_unlock(&f->log_lock);
}

static bool hook_borrow(void *ctx, struct hvpt_call_page *page)
{
	struct hv_fixture *f = ctx;

	if (f->borrow_fail_at && --f->borrow_fail_at == 0)
		return false;
	return hvpt_hypervisor_transport.borrow(f->hv, page);
}

static uint64_t hook_issue(void *ctx, uint64_t control, hvpt_gpa_t input,
			   hvpt_gpa_t output)
{
	struct hv_fixture *f = ctx;
	uint16_t code = (uint16_t)(control & 0xffff);
	uint64_t result;

	if (f->on_call)
		f->on_call(f, code);
	result = hvpt_hypervisor_transport.issue(f->hv, control, input, output);
	log_event(f, code, (uint16_t)(result & 0xffff));
	return result;
}

static void hook_give_back(void *ctx, struct hvpt_call_page *page)
{
	struct hv_fixture *f = ctx;

	hvpt_hypervisor_transport.give_back(f->hv, page);
}

static const struct hvpt_transport_ops transport = {
	.borrow = hook_borrow,
	.issue = hook_issue,
	.give_back = hook_give_back,
};

static void *hook_alloc(void *ctx)
{
	struct hv_fixture *f = ctx;

	return hvpt_hypervisor_page_ops.alloc_page(&f->pages);
}

static void hook_free(void *ctx, void *page)
{
	struct hv_fixture *f = ctx;

	log_event(f, HV_PAGE_FREED, 0);
	hvpt_hypervisor_page_ops.free_page(&f->pages, page);
}

static const struct hvpt_page_ops page_ops = {
	.alloc_page = hook_alloc,
	.free_page = hook_free,
};

/* ---- open, close ----------------------------------------------------- */

static void set_host(struct hv_fixture *f)
{
	const struct hv_params *params = f->params;

	f->host.read64 = hvpt_arena_read64;
	f->host.read_ctx = f->arena;
	f->host.caps = HYPERVISOR_CAP_PRESENT | HYPERVISOR_CAP_S1 |
		       HYPERVISOR_CAP_ATS;
	if (params->five)
		f->host.caps |= HYPERVISOR_CAP_S1_5LVL;
	f->host.page_sizes = params->page_sizes;
	f->host.iova_width = params->iova_width;
	f->host.canonical = params->form == CANONICAL;
	f->host.no_list = params->no_list;
	f->host.reconfigure = params->no_reconfigure ? HV_RAW_NOT_NOW : 0;
}

static void set_configs(struct hv_fixture *f)
{
	f->config.transport.ops = &transport;
	f->config.transport.ctx = f;
	f->config.width_limit = f->params->width_limit;
	f->domain_config.pt.ops = &page_ops;
	f->domain_config.pt.ctx = f;
	f->domain_config.pt.direct_map_offset = hvpt_arena_offset(f->arena);
	f->domain_config.pt.levels = f->params->levels;
	f->domain_config.pt.form = f->params->form;
	f->domain_config.policy = f->params->policy;
}

void hv_prepare(struct hv_fixture *f, const struct hv_params *params)
{
	unsigned n;

	memset(f, 0, sizeof(*f));
	f->params = params;
	pthread_mutex_init(&f->log_lock, NULL);
	f->arena = hvpt_arena_create(ARENA_PAGES, ARENA_GPA);
	assert_non_null(f->arena);
	set_host(f);
	set_configs(f);
	f->hv = hypervisor_create(&f->host);
	f->pages.arena = f->arena;
	f->pages.hv = f->hv;
	for (n = 0; n < HV_DOMAINS; n++)
		hvpt_gather_init(&f->gather[n]);
	f->base = 64 * HV_1G;
	if (params->form == CANONICAL)
		f->base |= ~(uint64_t)0 << (params->iova_width - 1);
}

void hv_open(struct hv_fixture *f, const struct hv_params *params)
{
	hv_prepare(f, params);
	hv_ok(hv_try_init(f));
}

void hv_new_host(struct hv_fixture *f)
{
	unsigned n;

	hv_no_violation(f);
	hypervisor_destroy(f->hv);
	f->hv = hypervisor_create(&f->host);
	f->pages.hv = f->hv;
	for (n = 0; n < HV_DEVICES; n++) {
		if (f->device_live[n])
			hv_add_device(f, n);
	}
}

void hv_lose_state(struct hv_fixture *f)
{
	unsigned n;

	hypervisor_lose_state(f->hv);
	for (n = 0; n < HV_DEVICES; n++) {
		if (f->device_live[n])
			hypervisor_set_ats(f->hv, hv_device_id(n), false);
	}
}

static void take_down_devices(struct hv_fixture *f)
{
	unsigned n;

	for (n = 0; n < HV_DEVICES; n++) {
		if (!f->device_live[n])
			continue;
		hypervisor_set_ats(f->hv, hv_device_id(n), false);
		hvpt_device_set_ats(&f->device[n], false);
		hv_ok(hv_try_remove(f, n));
	}
}

void hv_take_down(struct hv_fixture *f)
{
	unsigned n;

	hv_heal(f);
	f->borrow_fail_at = 0;
	f->on_call = NULL;
	for (n = 0; n < HV_DOMAINS; n++) {
		if (f->domain_live[n])
			hv_sync(f, n);
	}
	take_down_devices(f);
	for (n = 0; n < HV_DOMAINS; n++) {
		if (f->domain_live[n])
			hv_ok(hv_try_destroy(f, n));
	}
	if (f->live)
		hv_ok(hv_try_iommu_destroy(f));
}

bool hv_is_clean(struct hv_fixture *f)
{
	size_t pages = hvpt_arena_in_use(f->arena);
	size_t domains = hypervisor_domains(f->hv);
	const char *violation = hypervisor_violation(f->hv);

	if (pages != f->leaked)
		print_error("pages in use at the end: %zu, expected %zu\n",
			    pages, f->leaked);
	if (domains != f->orphans)
		print_error("domains at the end: %zu, expected %zu\n", domains,
			    f->orphans);
	if (violation[0])
		print_error("violation: %s\n", violation);
	return pages == f->leaked && domains == f->orphans && !violation[0];
}

void hv_close(struct hv_fixture *f)
{
	hypervisor_destroy(f->hv);
	hvpt_arena_destroy(f->arena);
	pthread_mutex_destroy(&f->log_lock);
}

/* ---- the runner ------------------------------------------------------ */

struct run_state {
	const struct hv_case *test;
	const struct hv_params *params;
};

static int case_setup(void **state)
{
	const struct run_state *run = *state;
	struct hv_fixture *f = malloc(sizeof(*f));

	if (!f)
		return -1;
	if (run->test->prepared)
		hv_prepare(f, run->params);
	else
		hv_open(f, run->params);
	*state = f;
	return 0;
}

static int case_teardown(void **state)
{
	struct hv_fixture *f = *state;
	bool clean;

	hv_take_down(f);
	clean = hv_is_clean(f);
	hv_close(f);
	free(f);
	return clean ? 0 : -1;
}

static char *case_name(const struct hv_case *test, const struct hv_params *p)
{
	static const char *const forms[] = { "plain", "lower", "canonical" };
	static const char *const policies[] = { "two", "cover", "exact" };
	char text[200];
	char *copy;

	snprintf(text, sizeof(text), "%s[%u%s/%u/%s/%s%s]", test->name,
		 p->iova_width, p->five ? "+" : "", p->levels, forms[p->form],
		 policies[p->policy], p->no_list ? "/no list" : "");
	copy = malloc(strlen(text) + 1);
	if (copy)
		strcpy(copy, text);
	return copy;
}

static void fill_test(struct CMUnitTest *test, struct run_state *run)
{
	test->name = case_name(run->test, run->params);
	test->test_func = run->test->run;
	test->setup_func = case_setup;
	test->teardown_func = case_teardown;
	test->initial_state = run;
	if (!test->name)
		abort();
}

int hv_run(const char *group, const struct hv_case *cases, size_t case_count,
	   const struct hv_params *params, size_t param_count)
{
	size_t most = case_count * param_count;
	struct CMUnitTest *tests = calloc(most, sizeof(*tests));
	struct run_state *runs = calloc(most, sizeof(*runs));
	size_t total = 0;
	size_t i;
	int failed;

	if (!tests || !runs)
		abort();
	for (i = 0; i < most; i++) {
		runs[total].test = &cases[i / param_count];
		runs[total].params = &params[i % param_count];
		if (runs[total].test->fits &&
		    !runs[total].test->fits(runs[total].params))
			continue;
		fill_test(&tests[total], &runs[total]);
		total++;
	}
	failed = _cmocka_run_group_tests(group, tests, total, NULL, NULL);
	for (i = 0; i < total; i++)
		free((void *)(uintptr_t)tests[i].name);
	free(runs);
	free(tests);
	return failed;
}

/* ---- life ------------------------------------------------------------ */

/*
 * If a delete fails inside an init, it is not tried again. The page of such a
 * domain stays the hypervisor's.
 */
static enum hvpt_status keep_orphans(struct hv_fixture *f, size_t domains,
				     size_t pages, enum hvpt_status status)
{
	if (status == HVPT_OK || hypervisor_domains(f->hv) == domains)
		return status;
	f->orphans += hypervisor_domains(f->hv) - domains;
	f->leaked += hvpt_arena_in_use(f->arena) - pages;
	return status;
}

enum hvpt_status hv_try_init(struct hv_fixture *f)
{
	size_t before = hypervisor_domains(f->hv);
	enum hvpt_status status = hvpt_iommu_init(&f->iommu, &f->config);

	f->live = status == HVPT_OK;
	return keep_orphans(f, before, 0, status);
}

enum hvpt_status hv_try_iommu_destroy(struct hv_fixture *f)
{
	enum hvpt_status status = hvpt_iommu_destroy(&f->iommu);

	if (status == HVPT_OK)
		f->live = false;
	return status;
}

enum hvpt_status hv_try_make(struct hv_fixture *f, unsigned n)
{
	size_t before = hypervisor_domains(f->hv);
	size_t pages = hvpt_arena_in_use(f->arena);
	enum hvpt_status status;

	status = hvpt_domain_init(&f->domain[n], &f->iommu, &f->domain_config);
	f->domain_live[n] = status == HVPT_OK;
	return keep_orphans(f, before, pages, status);
}

struct hvpt_domain *hv_make(struct hv_fixture *f, unsigned n)
{
	hv_ok(hv_try_make(f, n));
	return &f->domain[n];
}

enum hvpt_status hv_try_destroy(struct hv_fixture *f, unsigned n)
{
	enum hvpt_status status = hvpt_domain_destroy(&f->domain[n]);

	if (status == HVPT_OK)
		f->domain_live[n] = false;
	return status;
}

void hv_abandon(struct hv_fixture *f, unsigned n)
{
	size_t tables = hvpt_pt_tables(&f->domain[n].pt);

	if (hypervisor_has_domain(f->hv, hvpt_domain_id(&f->domain[n])))
		f->orphans++;
	hv_ok(hvpt_domain_abandon(&f->domain[n]));
	f->domain_live[n] = false;
	f->leaked += tables;
}

uint64_t hv_device_id(unsigned n)
{
	return 0x66558f70u + (uint64_t)n * 8 + n % 8;
}

void hv_add_device(struct hv_fixture *f, unsigned n)
{
	hypervisor_add_device(f->hv, hv_device_id(n), true);
}

enum hvpt_status hv_try_probe(struct hv_fixture *f, unsigned n)
{
	enum hvpt_status status = hvpt_device_probe(&f->device[n], &f->iommu,
						    hv_device_id(n), true);

	f->device_live[n] = status == HVPT_OK;
	return status;
}

struct hvpt_device *hv_device(struct hv_fixture *f, unsigned n)
{
	hv_add_device(f, n);
	hv_ok(hv_try_probe(f, n));
	return &f->device[n];
}

/* With success the host takes the device away, too. */
enum hvpt_status hv_try_remove(struct hv_fixture *f, unsigned n)
{
	enum hvpt_status status = hvpt_device_remove(&f->device[n]);

	if (status != HVPT_OK)
		return status;
	f->device_live[n] = false;
	hypervisor_remove_device(f->hv, hv_device_id(n));
	return status;
}

static void switch_ats(struct hv_fixture *f, unsigned n, bool on)
{
	hypervisor_set_ats(f->hv, hv_device_id(n), on);
	hvpt_device_set_ats(&f->device[n], on);
}

enum hvpt_status hv_try_attach(struct hv_fixture *f, unsigned n,
			       struct hvpt_domain *domain)
{
	struct hvpt_device *device = &f->device[n];
	enum hvpt_status status;

	if (hvpt_device_duty_before(device, domain) == HVPT_ATS_DISABLE)
		switch_ats(f, n, false);
	status = hvpt_device_attach(device, domain);
	if (status == HVPT_OK && hvpt_device_duty(device) == HVPT_ATS_ENABLE)
		switch_ats(f, n, true);
	return status;
}

void hv_attach(struct hv_fixture *f, unsigned n, struct hvpt_domain *domain)
{
	hv_ok(hv_try_attach(f, n, domain));
	assert_ptr_equal(hvpt_device_domain(&f->device[n]), domain);
	hv_device_is_in(f, n, domain);
}

/* ---- map, unmap, sync ------------------------------------------------ */

enum hvpt_status hv_try_map(struct hv_fixture *f, unsigned n, uint64_t iova,
			    uint64_t gpa, uint64_t length)
{
	return hvpt_domain_map(&f->domain[n], hvpt_iova(iova), hvpt_gpa(gpa),
			       length, HV_RW, &f->gather[n]);
}

void hv_map(struct hv_fixture *f, unsigned n, uint64_t iova, uint64_t gpa,
	    uint64_t length)
{
	hv_ok(hv_try_map(f, n, iova, gpa, length));
}

enum hvpt_status hv_try_unmap(struct hv_fixture *f, unsigned n, uint64_t iova,
			      uint64_t length)
{
	uint64_t unmapped;

	return hvpt_domain_unmap(&f->domain[n], hvpt_iova(iova), length,
				 &f->gather[n], &unmapped);
}

uint64_t hv_unmap(struct hv_fixture *f, unsigned n, uint64_t iova,
		  uint64_t length)
{
	uint64_t unmapped = ~(uint64_t)0;

	hv_ok(hvpt_domain_unmap(&f->domain[n], hvpt_iova(iova), length,
				&f->gather[n], &unmapped));
	return unmapped;
}

enum hvpt_status hv_try_sync(struct hv_fixture *f, unsigned n)
{
	return hvpt_domain_sync(&f->domain[n], &f->gather[n]);
}

void hv_sync(struct hv_fixture *f, unsigned n)
{
	hv_ok(hv_try_sync(f, n));
	assert_true(hvpt_gather_is_empty(&f->gather[n]));
}

/* ---- what devices see ------------------------------------------------ */

static struct hypervisor_dma dma(struct hv_fixture *f, unsigned n,
				 uint64_t iova, bool write)
{
	struct hypervisor_dma dma;

	memset(&dma, 0, sizeof(dma));
	hypervisor_dma(f->hv, hv_device_id(n), iova, write, &dma);
	assert_true(dma.stale_count <= HYPERVISOR_STALE_MAX);
	return dma;
}

void hv_dma_faults(struct hv_fixture *f, unsigned n, uint64_t iova)
{
	struct hypervisor_dma seen = dma(f, n, iova, false);

	assert_false(seen.fresh.translated);
	assert_int_equal(seen.stale_count, 0);
}

void hv_dma_reaches(struct hv_fixture *f, unsigned n, uint64_t iova,
		    uint64_t gpa)
{
	unsigned write;

	for (write = 0; write < 2; write++) {
		struct hypervisor_dma seen = dma(f, n, iova, write);

		assert_true(seen.fresh.translated);
		assert_int_equal(seen.fresh.gpa, gpa);
		assert_int_equal(seen.stale_count, 0);
	}
}

/* Return: how many outcomes lead to @gpa. */
static unsigned count_stale(const struct hypervisor_dma *seen, uint64_t gpa)
{
	unsigned count = 0;
	size_t i;

	for (i = 0; i < seen->stale_count; i++) {
		if (!seen->stale[i].translated)
			continue;
		assert_int_equal(seen->stale[i].gpa, gpa);
		count++;
	}
	return count;
}

void hv_dma_owed(struct hv_fixture *f, unsigned n, uint64_t iova, uint64_t gpa)
{
	struct hypervisor_dma seen = dma(f, n, iova, false);

	if (seen.fresh.translated)
		assert_int_equal(seen.fresh.gpa, gpa);
	count_stale(&seen, gpa);
}

void hv_dma_is_stale(struct hv_fixture *f, unsigned n, uint64_t iova,
		     uint64_t gpa)
{
	struct hypervisor_dma seen = dma(f, n, iova, false);

	assert_false(seen.fresh.translated);
	assert_true(count_stale(&seen, gpa) > 0);
}

void hv_lookup_is(struct hvpt_domain *domain, uint64_t iova, uint64_t gpa)
{
	struct hvpt_mapping seen = { 0 };

	hv_ok(hvpt_domain_lookup(domain, hvpt_iova(iova), &seen));
	assert_int_equal(seen.gpa.value, gpa);
}

void hv_lookup_none(struct hvpt_domain *domain, uint64_t iova)
{
	struct hvpt_mapping seen = { 0 };

	hv_status(hvpt_domain_lookup(domain, hvpt_iova(iova), &seen),
		  HVPT_ERR_NOT_MAPPED);
}

void hv_no_violation(struct hv_fixture *f)
{
	assert_string_equal(hypervisor_violation(f->hv), "");
}

void hv_device_is_in(struct hv_fixture *f, unsigned n,
		     const struct hvpt_domain *domain)
{
	uint32_t id = 0;

	assert_true(hypervisor_device_domain(f->hv, hv_device_id(n), &id));
	assert_int_equal(id, hvpt_domain_id(domain));
}

void hv_device_is_in_none(struct hv_fixture *f, unsigned n)
{
	uint32_t id;

	assert_false(hypervisor_device_domain(f->hv, hv_device_id(n), &id));
}

/* ---- what happened --------------------------------------------------- */

void hv_mark(struct hv_fixture *f)
{
	f->log_count = 0;
}

static size_t log_end(const struct hv_fixture *f)
{
	assert_true(f->log_count <= HV_LOG);
	return f->log_count;
}

unsigned hv_since(struct hv_fixture *f, uint16_t code)
{
	unsigned count = 0;
	size_t i;

	for (i = 0; i < log_end(f); i++)
		count += f->log[i].code == code;
	return count;
}

unsigned hv_calls_since(struct hv_fixture *f)
{
	return (unsigned)log_end(f) - hv_since(f, HV_PAGE_FREED);
}

unsigned hv_failures_since(struct hv_fixture *f, uint16_t code)
{
	unsigned count = 0;
	size_t i;

	for (i = 0; i < log_end(f); i++)
		count += (!code || f->log[i].code == code) && f->log[i].status;
	return count;
}

size_t hv_first(struct hv_fixture *f, uint16_t code)
{
	size_t i;

	for (i = 0; i < log_end(f); i++) {
		if (f->log[i].code == code)
			return i;
	}
	return SIZE_MAX;
}

size_t hv_last(struct hv_fixture *f, uint16_t code)
{
	size_t found = SIZE_MAX;
	size_t i;

	for (i = 0; i < log_end(f); i++) {
		if (f->log[i].code == code)
			found = i;
	}
	return found;
}

void hv_last_failure_is(struct hv_fixture *f, uint16_t code, uint16_t status)
{
	uint16_t seen_code = 0;
	uint16_t seen_status = 0;

	assert_true(
		hvpt_iommu_last_failure(&f->iommu, &seen_code, &seen_status));
	assert_int_equal(seen_code, code);
	assert_int_equal(seen_status, status);
}

enum hvpt_status hv_mapped(uint16_t raw)
{
	switch (raw) {
	case 0:
		return HVPT_OK;
	case HV_RAW_CODE:
		return HVPT_ERR_HV_CODE;
	case HV_RAW_PARAMETER:
		return HVPT_ERR_HV_INPUT;
	case HV_RAW_DENIED:
		return HVPT_ERR_HV_DENIED;
	case HV_RAW_MEMORY:
		return HVPT_ERR_HV_MEMORY;
	case HV_RAW_DOMAINS:
		return HVPT_ERR_HV_DOMAINS;
	case HV_RAW_DEVICE:
		return HVPT_ERR_HV_DEVICE;
	case HV_RAW_IN_DOMAIN:
		return HVPT_ERR_HV_EXISTS;
	case HV_RAW_TIMEOUT:
		return HVPT_ERR_HV_TIMEOUT;
	case HV_RAW_NO_CALL:
		return HVPT_ERR_NO_HYPERVISOR;
	default:
		abort();
	}
}

/* ---- things go wrong ------------------------------------------------- */

void hv_inject(struct hv_fixture *f, uint16_t code, uint64_t nth,
	       uint64_t times, enum hypervisor_fault fault, uint16_t status)
{
	const struct hypervisor_injection injection = {
		.code = code,
		.nth = nth,
		.times = times,
		.fault = status == HV_RAW_NO_CALL ? HYPERVISOR_NO_CALL : fault,
		.status = status,
	};

	hypervisor_inject(f->hv, &injection);
}

void hv_fail(struct hv_fixture *f, uint16_t code, uint16_t status)
{
	hv_inject(f, code, 1, 1, HYPERVISOR_FAIL, status);
}

void hv_fail_always(struct hv_fixture *f, uint16_t code, uint16_t status)
{
	hv_inject(f, code, 1, UINT64_MAX, HYPERVISOR_FAIL, status);
}

void hv_fail_after(struct hv_fixture *f, uint16_t code, uint16_t status)
{
	hv_inject(f, code, 1, 1, HYPERVISOR_FAIL_AFTER, status);
}

void hv_heal(struct hv_fixture *f)
{
	hypervisor_inject_nothing(f->hv);
}
