/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * domain_host.c - what the host is like, and what goes wrong there.
 */
#include <string.h>

#include "domain_world.h"
#include "fuzz.h"

#define SIZE_4K UINT64_C(0x1000)
#define SIZE_2M UINT64_C(0x200000)
#define SIZE_1G UINT64_C(0x40000000)

/* ---- things go wrong ------------------------------------------------- */

static const uint16_t statuses[] = { 0x0b, 0x78, 0x05, 0x06,
				     0x02, 0x58, 0x1b, 0x00 };

enum hvpt_status dw_status_of(uint16_t raw)
{
	switch (raw) {
	case 0x02:
		return HVPT_ERR_HV_CODE;
	case 0x05:
		return HVPT_ERR_HV_INPUT;
	case 0x06:
	case 0x08:
		return HVPT_ERR_HV_DENIED;
	case 0x0b:
		return HVPT_ERR_HV_MEMORY;
	case 0x10:
	case 0x1b:
		return HVPT_ERR_HV_FAILED;
	case 0x57:
		return HVPT_ERR_HV_DEVICE;
	case 0x58:
		return HVPT_ERR_HV_STATE;
	case 0x78:
		return HVPT_ERR_HV_TIMEOUT;
	default:
		fuzz_die(__FILE__, __LINE__, "a status without a meaning");
	}
}

/* What the caller is told; flush lists which stop are flushed as a whole. */
static enum hvpt_status told(const struct hypervisor_injection *injection)
{
	switch (injection->fault) {
	case HYPERVISOR_FAIL:
	case HYPERVISOR_FAIL_AFTER:
		return dw_status_of(injection->status);
	case HYPERVISOR_NO_CALL:
		return HVPT_ERR_NO_HYPERVISOR;
	case HYPERVISOR_STOP_REP:
		break;
	}
	return HVPT_OK;
}

void dw_arm(struct dw *dw, struct fz_input *input)
{
	struct hypervisor_injection injection;
	uint8_t choice = fz_byte(input);

	dw->armed = true;
	if (choice >= 224) {
		dw->armed_pages = true;
		hvpt_arena_fail_at(dw->arena, 1u + choice % 4u);
		return;
	}
	memset(&injection, 0, sizeof(injection));
	injection.nth = 1u + choice % 3u;
	injection.times = choice & 8 ? 1 : 2;
	injection.fault = (enum hypervisor_fault)fz_choice(input, 4);
	injection.status = statuses[fz_choice(input, 8)];
	injection.reps = (uint16_t)fz_choice(input, 8);
	/* "Success, but nothing was done" is not a thing which can go wrong. */
	if (injection.status == 0 && injection.fault != HYPERVISOR_STOP_REP)
		injection.status = 0x0b;
	dw->armed_status = told(&injection);
	/* HV_STATUS_TIMEOUT */
	dw->armed_timeout = injection.status == 0x78;
	hypervisor_inject(dw->hv, &injection);
}

void dw_disarm(struct dw *dw)
{
	if (!dw->armed)
		return;
	hypervisor_inject_nothing(dw->hv);
	hvpt_arena_fail_at(dw->arena, 0);
	dw->armed = false;
	dw->armed_pages = false;
	dw->armed_status = HVPT_OK;
	dw->armed_timeout = false;
}

void dw_heal(struct dw *dw)
{
	dw_disarm(dw);
}

bool dw_may_fail(const struct dw *dw, unsigned causes, enum hvpt_status status)
{
	if (status == HVPT_ERR_NO_MEMORY)
		return (causes & DW_PAGES) && dw->armed_pages;
	return (causes & DW_CALLS) && dw->armed_status != HVPT_OK &&
	       status == dw->armed_status;
}

/* To the question what there is, "no such call" means that there is none. */
bool dw_may_fail_probe(const struct dw *dw, enum hvpt_status status)
{
	return dw_may_fail(dw, DW_CALLS, status) ||
	       (status == HVPT_ERR_NO_IOMMU &&
		dw->armed_status == HVPT_ERR_HV_CODE);
}

/* ---- the host -------------------------------------------------------- */

/* What the specification leaves to the host. */
static void set_choices(struct dw *dw, struct fz_input *input)
{
	static const uint16_t refusals[] = { 0, 0x08, 0x58, 0x05 };
	static const uint16_t lists[] = { 0, 0x05, 0x78, 0x0b };
	static const uint64_t times[] = { 1, 3, 40, UINT64_MAX };
	static const uint16_t gone[] = { 0, 0x10, 0x58, 0x05 };
	static const unsigned delays[] = { 0, 0, 1, 7 };
	uint8_t choice = fz_byte(input);

	dw->host.reconfigure = refusals[choice % 4];
	dw->host.detach = refusals[choice / 4 % 4];
	dw->host.detach_delay = delays[choice / 16 % 4];
	dw->host.gone_stays = choice & 64;
	/* What is taken over can be configured, or nothing could be done. */
	dw->host.take_over = (choice & 128) && !dw->host.reconfigure;
	choice = fz_byte(input);
	dw->host.list = lists[choice % 4];
	dw->host.list_times = times[choice / 4 % 4];
	dw->host.reps = (enum hypervisor_reps)(choice / 16 % 4);
	dw->host.gone = gone[choice / 64];
	choice = fz_byte(input);
	if (choice % 4 == 0)
		return;
	/* So few ids that they come round. */
	dw->config.ids.first = 1u + choice / 4 % 8u * 1000u;
	dw->config.ids.last = dw->config.ids.first + 6u + choice / 32u;
}

void dw_set_host(struct dw *dw, struct fz_input *input)
{
	uint8_t choice = fz_byte(input);

	dw->host.read64 = hvpt_arena_read64;
	dw->host.read_ctx = dw->arena;
	dw->host.caps = HYPERVISOR_CAP_PRESENT | HYPERVISOR_CAP_S1 |
			HYPERVISOR_CAP_ATS;
	if (choice & 1)
		dw->host.caps |= HYPERVISOR_CAP_S1_5LVL;
	dw->host.page_sizes = choice & 2 ? SIZE_4K | SIZE_2M :
					   SIZE_4K | SIZE_2M | SIZE_1G;
	dw->host.iova_width = choice & 5 ? 48 : 57;
	dw->host.canonical = choice & 8;
	dw->host.no_list = (choice & 0x30) == 0x30;
	if ((choice & 0x30) == 0x20)
		set_choices(dw, input);
	dw->domain_config.pt.form = dw->host.canonical ? HVPT_IOVA_CANONICAL :
							 HVPT_IOVA_PLAIN;
	dw->domain_config.policy = (enum hvpt_flush_policy)(choice / 64 % 3);
	dw->base = 64 * SIZE_1G;
	if (dw->host.canonical)
		dw->base |= UINT64_MAX << 47;
}

/* ---- fallbacks ------------------------------------------------------- */

void dw_read_flushes(struct dw *dw, struct dw_flushes *flushes)
{
	struct hypervisor_stats seen;
	struct hvpt_iommu_stats told;

	hypervisor_read_stats(dw->hv, &seen);
	hvpt_iommu_read_stats(&dw->iommu, &told);
	flushes->lists_refused = hypervisor_failures(dw->hv, 0xd1);
	flushes->full = seen.full_flushes;
	flushes->fallbacks = told.fallbacks;
}

void dw_check_fallback(struct dw *dw, const struct dw_flushes *before)
{
	struct dw_flushes now;

	/* The model counts a timeout as a failure; the guest goes on. */
	if (dw->armed_timeout)
		return;
	dw_read_flushes(dw, &now);
	FUZZ_CHECK(now.lists_refused == before->lists_refused ||
			   now.full > before->full,
		   "a list was refused, and nothing flushed instead");
	FUZZ_CHECK(now.lists_refused == before->lists_refused ||
			   now.fallbacks == before->fallbacks + 1,
		   "a fallback is not counted");
	FUZZ_CHECK(now.full > before->full ||
			   now.fallbacks == before->fallbacks,
		   "a fallback is counted which was none");
}
