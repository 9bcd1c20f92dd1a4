/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include "resume_fixture.h"

void resume_make_all(struct hv_fixture *f)
{
	unsigned n;

	for (n = 0; n < 2; n++) {
		hv_make(f, n);
		hv_map(f, n, f->base, HV_DATA + n * HV_1G, 2 * HV_4K);
		hv_map(f, n, resume_large(f), HV_DATA + n * HV_1G, HV_2M);
	}
	for (n = 0; n < 4; n++)
		hv_device(f, n);
	hv_attach(f, 0, &f->domain[0]);
	hv_attach(f, 1, hvpt_iommu_identity(&f->iommu));
	hv_attach(f, 2, hvpt_iommu_blocked(&f->iommu));
	hv_attach(f, 3, &f->domain[1]);
}

void resume_all_is_there(struct hv_fixture *f)
{
	hv_dma_reaches(f, 0, f->base, HV_DATA);
	hv_dma_reaches(f, 0, resume_large(f) + 5, HV_DATA + 5);
	hv_dma_faults(f, 0, f->base + 2 * HV_4K);
	hv_dma_reaches(f, 1, HV_DATA, HV_DATA);
	hv_dma_faults(f, 2, HV_DATA);
	hv_dma_reaches(f, 3, f->base, HV_DATA + HV_1G);
	hv_lookup_is(&f->domain[0], f->base, HV_DATA);
	hv_lookup_is(&f->domain[1], resume_large(f), HV_DATA + HV_1G);
}

void resume_ids(struct hv_fixture *f, uint32_t id[4])
{
	id[0] = hvpt_domain_id(hvpt_iommu_identity(&f->iommu));
	id[1] = hvpt_domain_id(hvpt_iommu_blocked(&f->iommu));
	id[2] = hvpt_domain_id(&f->domain[0]);
	id[3] = hvpt_domain_id(&f->domain[1]);
}

void resume_is_complete(struct hv_fixture *f, const uint32_t *before)
{
	static const bool enable[] = { true, true, false, true };
	uint32_t after[4];
	unsigned n;

	resume_ids(f, after);
	for (n = 0; n < 4; n++) {
		if (before)
			assert_int_equal(after[n], before[n]);
		assert_true(hypervisor_has_domain(f->hv, after[n]));
		assert_false(hvpt_device_is_lost(&f->device[n]));
		assert_int_equal(hvpt_device_state(&f->device[n]),
				 HVPT_DEVICE_ATTACHED);
		assert_int_equal(hvpt_device_duty(&f->device[n]),
				 enable[n] ? HVPT_ATS_ENABLE :
					     HVPT_ATS_NOTHING);
		assert_false(f->device[n].ats);
	}
	assert_int_equal(hypervisor_domains(f->hv), 4);
	hv_device_is_in(f, 0, &f->domain[0]);
	hv_device_is_in(f, 1, hvpt_iommu_identity(&f->iommu));
	hv_device_is_in(f, 2, hvpt_iommu_blocked(&f->iommu));
	hv_device_is_in(f, 3, &f->domain[1]);
	resume_all_is_there(f);
}

void resume_all_works(struct hv_fixture *f)
{
	hv_unmap(f, 0, f->base, HV_4K);
	hv_dma_is_stale(f, 0, f->base, HV_DATA);
	hv_sync(f, 0);
	hv_dma_faults(f, 0, f->base);
	hv_map(f, 0, f->base, HV_DATA + HV_2M, HV_4K);
	hv_dma_reaches(f, 0, f->base, HV_DATA + HV_2M);
	hv_make(f, 2);
	hv_attach(f, 0, &f->domain[2]);
	hv_dma_faults(f, 0, f->base);
	hv_attach(f, 3, hvpt_iommu_blocked(&f->iommu));
	hv_ok(hv_try_destroy(f, 0));
	hv_ok(hv_try_destroy(f, 1));
	hv_no_violation(f);
}
