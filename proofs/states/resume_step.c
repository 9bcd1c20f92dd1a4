/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * resume_step.c - hvpt_device_resume() and hvpt_iommu_takeover() with a device
 * in any state and a hypervisor that answers anything: as device_step.c.
 *
 * Functions: hvpt_device_resume, hvpt_iommu_takeover, hvpt_device_is_lost,
 *	hvpt_device_set_deferred
 * Contract: device.h: HVPT_OK, also for a device that is not lost;
 *	HVPT_ERR_LOST when its domain or the blocked domain has not come back
 * Contract: device.h: any status of hvpt_hvcall_attach_device(): it is still
 *	lost.
 * Contract: iommu.h: It attaches to the blocked domain every device that was
 *	probed and never attached since, except those deferred by
 *	hvpt_device_set_deferred().
 * Contract: iommu.h: a device whose first attach was refused is tried again.
 * Bounds: 3 paging domains, identity and blocked, each lost or not; any state
 *	of the device; any answers
 * Run: resume long -DPROOF_CALL=prove_resume --unwind 6 --unwindset
 *	hvpt_iommu_takeover.0:3
 * Run: takeover long -DPROOF_CALL=prove_takeover --unwind 6 --unwindset
 *	hvpt_iommu_takeover.0:3
 */
#include "proofs/any_device.h"

#include "src/domain/resume.c"

static void prove_resume(void)
{
	enum hvpt_status status = hvpt_device_resume(&device);

	if (!was_lost()) {
		ASSERT(status == HVPT_OK && same(&before) && !heard_any);
		return;
	}
	ASSERT(device.domain == before.domain && device.ats == before.ats);
	if (hvpt_domain_is_lost(&iommu.blocked)) {
		ASSERT(status == HVPT_ERR_LOST && same(&before) && !heard_any);
		return;
	}
	if (status == HVPT_OK) {
		REACHED("back");
		ASSERT(device.state == HVPT_DEVICE_ATTACHED);
		ASSERT(!heard_any || maybe[index_of(device.domain)]);
		return;
	}
	ASSERT(hvpt_device_is_lost(&device));
	if (status == HVPT_ERR_LOST) {
		REACHED("parked");
		ASSERT(hvpt_domain_is_lost(device.domain));
		ASSERT(device.state == HVPT_DEVICE_PARKED);
	} else {
		ASSERT(status >= HVPT_ERR_HV_CODE || is_unheard(status));
	}
}

static void prove_takeover(void)
{
	bool of_others = before.state == HVPT_DEVICE_NEW ||
			 (before.state == HVPT_DEVICE_IN_DOUBT &&
			  !before.domain);
	bool deferred = nondet_bool();
	enum hvpt_status status;

	hvpt_device_set_deferred(&device, deferred);
	status = hvpt_iommu_takeover(&iommu);
	if (!of_others || deferred) {
		ASSERT(status == HVPT_OK && same(&before) && !heard_any);
		return;
	}
	check_attach(status, &iommu.blocked);
	if (status == HVPT_OK)
		REACHED("taken over");
}

void proof(void)
{
	any_state();
	before = device;
	PROOF_CALL();
	ASSERT(hvpt_device_is_lost(&device) ==
	       (device.state == HVPT_DEVICE_LOST ||
		device.state == HVPT_DEVICE_PARKED));
	check_state();
}
