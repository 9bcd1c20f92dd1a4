/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* hv_fixture.h: calls into hvpt, with the fixture's books kept. */
#include "hv_fixture.h"

#include <string.h>

/* ---- life ------------------------------------------------------------ */

/* Callers do not clear storage that hvpt initializes. */
static void spoil(void *storage, size_t bytes, bool live)
{
	if (!live)
		memset(storage, 0xa5, bytes);
}

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
	enum hvpt_status status;

	spoil(&f->iommu, sizeof(f->iommu), f->live);
	status = hvpt_iommu_init(&f->iommu, &f->config);
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

	spoil(&f->domain[n], sizeof(f->domain[n]), f->domain_live[n]);
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
	enum hvpt_status status;

	spoil(&f->device[n], sizeof(f->device[n]), f->device_live[n]);
	status = hvpt_device_probe(&f->device[n], &f->iommu, hv_device_id(n),
				   true);
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

void hv_use_pages(struct hv_fixture *f)
{
	uint64_t at;

	hv_make(f, 0);
	hv_device(f, 0);
	hv_map(f, 0, f->base, HV_DATA, 4 * HV_4K);
	hv_attach(f, 0, &f->domain[0]);
	for (at = 0; at < 4 * HV_4K; at += HV_4K)
		hv_dma_reaches(f, 0, f->base + at, HV_DATA + at);
}
