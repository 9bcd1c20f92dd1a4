/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include "places.h"

void make_places(struct hv_fixture *f)
{
	hv_make(f, 0);
	hv_make(f, 1);
	hv_map(f, 0, f->base, HV_DATA, HV_4K);
	hv_map(f, 1, f->base, HV_DATA + HV_1G, HV_4K);
}

struct hvpt_domain *place(struct hv_fixture *f, unsigned n)
{
	switch (n) {
	case 2:
		return hvpt_iommu_identity(&f->iommu);
	case 3:
		return hvpt_iommu_blocked(&f->iommu);
	default:
		return &f->domain[n];
	}
}

void sees_place(struct hv_fixture *f, unsigned device, unsigned n)
{
	switch (n) {
	case 0:
		hv_dma_reaches(f, device, f->base, HV_DATA);
		hv_dma_faults(f, device, f->base + HV_4K);
		break;
	case 1:
		hv_dma_reaches(f, device, f->base, HV_DATA + HV_1G);
		hv_dma_faults(f, device, f->base + HV_4K);
		break;
	case 2:
		hv_dma_reaches(f, device, HV_DATA + 3 * HV_1G,
			       HV_DATA + 3 * HV_1G);
		break;
	default:
		hv_dma_faults(f, device, f->base);
		hv_dma_faults(f, device, HV_DATA);
		break;
	}
}

void fail_move(struct hv_fixture *f, enum hypervisor_fault fault,
	       struct hvpt_domain *to, uint16_t raw)
{
	hv_inject(f, HV_ATTACH, 1, 1, fault, raw);
	hv_status(hv_try_attach(f, 0, to), hv_mapped(raw));
	hv_last_failure_is(f, HV_ATTACH, raw);
	hv_heal(f);
}

void both_are_busy(struct hv_fixture *f)
{
	hv_status(hv_try_destroy(f, 0), HVPT_ERR_BUSY);
	hv_status(hv_try_destroy(f, 1), HVPT_ERR_BUSY);
	hv_status(hvpt_domain_abandon(&f->domain[0]), HVPT_ERR_BUSY);
	hv_status(hvpt_domain_abandon(&f->domain[1]), HVPT_ERR_BUSY);
}

const enum hypervisor_fault both_faults[2] = { HYPERVISOR_FAIL,
					       HYPERVISOR_FAIL_AFTER };
