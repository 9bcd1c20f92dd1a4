/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* hv_fixture.h: what devices see, what happened, and what goes wrong. */
#include "hv_fixture.h"

#include <stdlib.h>
#include <string.h>

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

void hv_dma_pending(struct hv_fixture *f, unsigned n, uint64_t iova,
		    uint64_t gpa)
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

/* A device in domain 0 that has used four pages at base. */
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
