/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * domain_host.c - what the host is like, and what goes wrong there.
 */
#include <string.h>

#include "domain_fixture.h"
#include "hvpt/hv_abi.h"
#include "hvpt/hv_status.h"

#define SIZE_4K UINT64_C(0x1000)
#define SIZE_2M UINT64_C(0x200000)
#define SIZE_1G UINT64_C(0x40000000)

/* ---- the transport ----------------------------------------------------- */

static bool borrow(void *ctx, struct hvpt_call_page *page)
{
	struct domain_fixture *df = ctx;

	if (df->borrow_fail_at && --df->borrow_fail_at == 0)
		return false;
	return hvpt_hypervisor_transport.borrow(df->hv, page);
}

static uint64_t issue(void *ctx, uint64_t control, hvpt_gpa_t input,
		      hvpt_gpa_t output)
{
	struct domain_fixture *df = ctx;

	return hvpt_hypervisor_transport.issue(df->hv, control, input, output);
}

static void give_back(void *ctx, struct hvpt_call_page *page)
{
	struct domain_fixture *df = ctx;

	hvpt_hypervisor_transport.give_back(df->hv, page);
}

const struct hvpt_transport_ops df_transport = {
	.borrow = borrow,
	.issue = issue,
	.give_back = give_back,
};

/* ---- things go wrong --------------------------------------------------- */

static const uint16_t statuses[] = {
	HVPT_HV_STATUS_INSUFFICIENT_MEMORY,
	HVPT_HV_STATUS_TIMEOUT,
	HVPT_HV_STATUS_INVALID_PARAMETER,
	HVPT_HV_STATUS_ACCESS_DENIED,
	HVPT_HV_STATUS_INVALID_HYPERCALL_CODE,
	HVPT_HV_STATUS_INVALID_DEVICE_STATE,
	HVPT_HV_STATUS_NO_DATA,
	HVPT_HV_STATUS_SUCCESS,
};

enum hvpt_status df_status_of(const struct domain_fixture *df, uint16_t raw)
{
	switch (raw) {
	case HVPT_HV_STATUS_INVALID_HYPERCALL_CODE:
		return HVPT_ERR_HV_CODE;
	case HVPT_HV_STATUS_INVALID_PARAMETER:
		return HVPT_ERR_HV_INPUT;
	case HVPT_HV_STATUS_ACCESS_DENIED:
	case HVPT_HV_STATUS_OPERATION_DENIED:
		return HVPT_ERR_HV_DENIED;
	case HVPT_HV_STATUS_INSUFFICIENT_MEMORY:
		return HVPT_ERR_HV_MEMORY;
	case HVPT_HV_STATUS_NOT_FOUND:
	case HVPT_HV_STATUS_NO_DATA:
		return HVPT_ERR_HV_FAILED;
	case HVPT_HV_STATUS_INVALID_DEVICE_ID:
		return HVPT_ERR_HV_DEVICE;
	case HVPT_HV_STATUS_INVALID_DEVICE_STATE:
		return HVPT_ERR_HV_STATE;
	case HVPT_HV_STATUS_TIMEOUT:
		return HVPT_ERR_HV_TIMEOUT;
	default:
		df_die(df, __FILE__, __LINE__, "a status without a meaning");
	}
}

/* What the caller is told; flush lists that stop are flushed as a whole. */
static enum hvpt_status told(const struct domain_fixture *df,
			     const struct hypervisor_injection *injection)
{
	switch (injection->fault) {
	case HYPERVISOR_FAIL:
	case HYPERVISOR_FAIL_AFTER:
		return df_status_of(df, injection->status);
	case HYPERVISOR_NO_CALL:
		return HVPT_ERR_NO_HYPERVISOR;
	case HYPERVISOR_STOP_REP:
		break;
	}
	return HVPT_OK;
}

static void inject(struct domain_fixture *df, struct source *source,
		   uint8_t choice, uint8_t fault)
{
	struct hypervisor_injection injection;

	memset(&injection, 0, sizeof(injection));
	injection.nth = 1u + choice % 3u;
	injection.times = choice & 8 ? 1 : 2;
	if ((choice & 24) == 24)
		injection.times = UINT64_MAX;
	injection.fault = (enum hypervisor_fault)(fault % 4);
	injection.status = statuses[source_below(source, 8)];
	injection.reps = (uint16_t)source_below(source, 8);
	/* "Success, but nothing was done" is not a thing that can go wrong. */
	if (injection.status == HVPT_HV_STATUS_SUCCESS &&
	    injection.fault != HYPERVISOR_STOP_REP)
		injection.status = HVPT_HV_STATUS_INSUFFICIENT_MEMORY;
	df->armed_status = told(df, &injection);
	df->armed_timeout = injection.status == HVPT_HV_STATUS_TIMEOUT;
	hypervisor_inject(df->hv, &injection);
}

void df_arm(struct domain_fixture *df, struct source *source)
{
	uint8_t choice = source_byte(source), fault;

	df->armed = true;
	if (choice >= 224) {
		df->armed_pages = true;
		hvpt_arena_fail_at(df->arena, 1u + choice % 4u);
		return;
	}
	fault = source_byte(source);
	if (fault < 252) {
		inject(df, source, choice, fault);
		return;
	}
	df->armed_status = HVPT_ERR_CALL_PAGE;
	df->borrow_fail_at = 1u + choice % 3u;
}

void df_arm_attach(struct domain_fixture *df)
{
	const struct hypervisor_injection injection = {
		.code = HVPT_HVCALL_ATTACH_DEVICE_DOMAIN,
		.nth = 1,
		.times = 1,
		.fault = HYPERVISOR_FAIL,
		.status = HVPT_HV_STATUS_INVALID_PARAMETER,
	};

	df_disarm(df);
	df->armed = true;
	df->armed_status = df_status_of(df, injection.status);
	hypervisor_inject(df->hv, &injection);
}

void df_disarm(struct domain_fixture *df)
{
	if (!df->armed)
		return;
	hypervisor_inject_nothing(df->hv);
	hvpt_arena_fail_at(df->arena, 0);
	df->armed = false;
	df->armed_pages = false;
	df->armed_status = HVPT_OK;
	df->armed_timeout = false;
	df->borrow_fail_at = 0;
}

bool df_may_fail(const struct domain_fixture *df, unsigned causes,
		 enum hvpt_status status)
{
	if (status == HVPT_ERR_NO_MEMORY)
		return (causes & DF_PAGES) && df->armed_pages;
	return (causes & DF_CALLS) && df->armed_status != HVPT_OK &&
	       status == df->armed_status;
}

/* To the question what there is, "no such call" means that there is none. */
bool df_may_fail_probe(const struct domain_fixture *df, enum hvpt_status status)
{
	return df_may_fail(df, DF_CALLS, status) ||
	       (status == HVPT_ERR_NO_IOMMU &&
		df->armed_status == HVPT_ERR_HV_CODE);
}

/* ---- the host ---------------------------------------------------------- */

/* What the specification leaves to the host. */
static void set_choices(struct domain_fixture *df, struct source *source)
{
	static const uint16_t refusals[] = {
		0, HVPT_HV_STATUS_OPERATION_DENIED,
		HVPT_HV_STATUS_INVALID_DEVICE_STATE,
		HVPT_HV_STATUS_INVALID_PARAMETER
	};
	static const uint16_t lists[] = { 0, HVPT_HV_STATUS_INVALID_PARAMETER,
					  HVPT_HV_STATUS_TIMEOUT,
					  HVPT_HV_STATUS_INSUFFICIENT_MEMORY };
	static const uint64_t times[] = { 1, 3, 40, UINT64_MAX };
	static const uint16_t gone[] = { 0, HVPT_HV_STATUS_NOT_FOUND,
					 HVPT_HV_STATUS_INVALID_DEVICE_STATE,
					 HVPT_HV_STATUS_INVALID_PARAMETER };
	static const unsigned delays[] = { 0, 0, 1, 7 };
	uint8_t choice = source_byte(source);

	df->host.reconfigure = refusals[choice % 4];
	df->host.detach = refusals[choice / 4 % 4];
	df->host.detach_delay = delays[choice / 16 % 4];
	df->host.gone_stays = choice & 64;
	/* What is taken over can be configured, or nothing could be done. */
	df->host.take_over = (choice & 128) && !df->host.reconfigure;
	choice = source_byte(source);
	df->host.list = lists[choice % 4];
	df->host.list_times = times[choice / 4 % 4];
	df->host.reps = (enum hypervisor_reps)(choice / 16 % 4);
	df->host.gone = gone[choice / 64];
	choice = source_byte(source);
	if (choice % 4 == 0)
		return;
	/* So few ids that they come round. */
	df->config.ids.first = 1u + choice / 4 % 8u * 1000u;
	df->config.ids.last = df->config.ids.first + 6u + choice / 32u;
}

/* Less than the host has; and caches that split what a flush covers in part. */
static void set_less(struct domain_fixture *df, struct source *source)
{
	uint8_t choice = source_byte(source);

	if ((choice & 1) && !df->given)
		df->host.iotlb = HYPERVISOR_IOTLB_PIECES;
	if ((choice & 2) && !df->host.canonical)
		df->domain_config.pt.form = HVPT_IOVA_LOWER;
	if ((choice & 4) && !df->given)
		df->host.page_sizes = SIZE_4K;
	if (choice & 8)
		df->domain_config.pt.levels = 4;
	if ((choice & 16) && !df->host.canonical)
		df->domain_config.pt.width = 39;
	df->domain_config.policy = (enum hvpt_flush_policy)(choice / 32 % 3);
}

const char *df_host_problem(const struct hypervisor_config *host)
{
	const uint64_t caps = HYPERVISOR_CAP_PRESENT | HYPERVISOR_CAP_S1;

	if (host->no_iommu || (host->caps & caps) != caps)
		return "the host has no pvIOMMU";
	if (!(host->page_sizes & SIZE_4K))
		return "the host has no pages of 4 KiB";
	if (host->iova_width < 48)
		return "the host has fewer than 48 IOVA bits";
	if (host->take_over && host->reconfigure)
		return "what the host takes over cannot be configured";
	return NULL;
}

static void take_given(struct domain_fixture *df)
{
	df->host = *df->given;
	/* runs do not expect that the host has no domain left */
	df->host.max_domains = 0;
}

/* A host, of which set_choices() draws the rest. */
static void draw_host(struct domain_fixture *df, struct source *source,
		      uint8_t choice)
{
	df->host.caps = HYPERVISOR_CAP_PRESENT | HYPERVISOR_CAP_S1 |
			HYPERVISOR_CAP_ATS;
	if (choice & 1)
		df->host.caps |= HYPERVISOR_CAP_S1_5LVL;
	df->host.page_sizes = choice & 2 ? SIZE_4K | SIZE_2M :
					   SIZE_4K | SIZE_2M | SIZE_1G;
	df->host.iova_width = choice & 5 ? 48 : 57;
	df->host.canonical = choice & 8;
	df->host.no_list = (choice & 0x30) == 0x30;
	if ((choice & 0x30) == 0x20)
		set_choices(df, source);
}

void df_set_host(struct domain_fixture *df, struct source *source)
{
	uint8_t choice = source_byte(source);

	draw_host(df, source, choice);
	if (df->given)
		take_given(df);
	df->host.read64 = hvpt_arena_read64;
	df->host.read_ctx = df->arena;
	df->domain_config.pt.form = df->host.canonical ? HVPT_IOVA_CANONICAL :
							 HVPT_IOVA_PLAIN;
	if (choice / 64 < 3)
		df->domain_config.policy = (enum hvpt_flush_policy)(choice /
								    64);
	else
		set_less(df, source);
	df->base = 64 * SIZE_1G;
	if (df->host.canonical)
		df->base |= UINT64_MAX << 47;
}

/* ---- fallbacks --------------------------------------------------------- */

void df_read_flushes(struct domain_fixture *df, struct df_flushes *flushes)
{
	struct hypervisor_stats seen;
	struct hvpt_iommu_stats counted;

	hypervisor_read_stats(df->hv, &seen);
	hvpt_iommu_read_stats(&df->iommu, &counted);
	flushes->lists_refused = hypervisor_failures(
		df->hv, HVPT_HVCALL_FLUSH_DEVICE_DOMAIN_LIST);
	flushes->full = seen.full_flushes;
	flushes->fallbacks = counted.fallbacks;
}

void df_check_fallback(struct domain_fixture *df,
		       const struct df_flushes *before)
{
	struct df_flushes now;

	/* The model counts a timeout as a failure; the guest goes on. */
	if (df->armed_timeout)
		return;
	df_read_flushes(df, &now);
	DF_CHECK(df,
		 now.lists_refused == before->lists_refused ||
			 now.full > before->full,
		 "a list was refused, and nothing flushed instead");
	DF_CHECK(df,
		 now.lists_refused == before->lists_refused ||
			 now.fallbacks == before->fallbacks + 1,
		 "a fallback is not counted");
	DF_CHECK(df,
		 now.full > before->full || now.fallbacks == before->fallbacks,
		 "a fallback that was none is counted");
}
