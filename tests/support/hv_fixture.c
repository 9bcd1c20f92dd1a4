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
	if (f->flush_tells_nothing && code == HV_FLUSH &&
	    (result & 0xffff) == HV_RAW_NOT_FOUND)
		result &= ~UINT64_C(0xffff);
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
