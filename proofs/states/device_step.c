/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * device_step.c - one call about a device in any state, with a hypervisor that
 * answers anything: the state afterwards is one that the table of docs/SPEC.md
 * allows, and a paging domain that the device may be in counts it, or knows
 * that a device was left behind, so that it is flushed and not freed.
 *
 * Functions: hvpt_device_probe, hvpt_device_attach, hvpt_device_detach,
 *	hvpt_device_remove, hvpt_device_gone, hvpt_device_hand_over,
 *	hvpt_device_id, hvpt_device_state, hvpt_device_domain,
 *	hvpt_device_duty, hvpt_device_duty_before, hvpt_device_set_ats,
 *	hvpt_device_has_ats_on, hvpt_domain_device_count, hvpt_domain_id,
 *	hvpt_iommu_identity, hvpt_iommu_blocked, hvpt_iommu_has_ats,
 *	hvpt_domain_is_lost
 * Contract: device.h: HVPT_ERR_BUSY for a third paging domain
 * Contract: device.h: HVPT_ERR_CALL_PAGE and HVPT_ERR_NO_HYPERVISOR: no
 *	hypercall was made and nothing changed; any other status of
 *	hvpt_hvcall_attach_device(): the device is in doubt.
 * Contract: device.h: any status of hvpt_hvcall_detach_device(): the device is
 *	in doubt, in the blocked domain or in none; or, if the ATTACH was
 *	refused too, possibly where it was.
 * Contract: device.h: any other status of hvpt_device_attach(): the device is
 *	still linked, in doubt, and counted where it was.
 * Contract: device.h: So every unmap in its domain is flushed from now on, even
 *	when no device is left in it.
 * Bounds: 3 paging domains, identity and blocked, each lost or not; any state
 *	of the device; any answers
 * Run: gone long -DPROOF_CALL=prove_gone --unwind 6 --unwindset
 *	hvpt_device_unlink.0:3,hvpt_device_is_known.0:3
 * Run: hand_over long -DPROOF_CALL=prove_hand_over --unwind 6 --unwindset
 *	hvpt_device_unlink.0:3,hvpt_device_is_known.0:3
 * Run: probe -DPROOF_CALL=prove_probe --unwind 6 --unwindset
 *	hvpt_device_unlink.0:3,hvpt_device_is_known.0:3
 * Run: attach long -DPROOF_CALL=prove_attach --unwind 6 --unwindset
 *	hvpt_device_unlink.0:3,hvpt_device_is_known.0:3
 * Run: detach long -DPROOF_CALL=prove_detach --unwind 6 --unwindset
 *	hvpt_device_unlink.0:3,hvpt_device_is_known.0:3
 * Run: remove long -DPROOF_CALL=prove_remove --unwind 6 --unwindset
 *	hvpt_device_unlink.0:3,hvpt_device_is_known.0:3
 */
#include "proofs/any_device.h"

static void prove_attach(void)
{
	struct hvpt_domain *to = domain_at(nondet_u8() % DOMAINS);
	struct hvpt_iommu elsewhere;
	enum hvpt_status status;

	if (nondet_bool()) {
		to->iommu = &elsewhere;
		status = hvpt_device_attach(&device, to);
		to->iommu = &iommu;
		ASSERT(status == HVPT_ERR_FOREIGN && same(&before));
		return;
	}
	ASSERT(hvpt_device_duty_before(&device, to) ==
	       (device.ats && to == hvpt_iommu_blocked(&iommu) ?
			HVPT_ATS_DISABLE :
			HVPT_ATS_NOTHING));
	status = hvpt_device_attach(&device, to);
	check_attach(status, to);
	if (status == HVPT_OK && was_lost())
		REACHED("a lost device is attached");
	if (status == HVPT_ERR_BUSY)
		REACHED("a third domain");
	if (device.state == HVPT_DEVICE_IN_DOUBT)
		REACHED("in doubt");
}

/* The rows about detach in docs/SPEC.md. */
static void prove_detach(void)
{
	enum hvpt_status status = hvpt_device_detach(&device);
	bool none = before.state == HVPT_DEVICE_NEW ||
		    before.state == HVPT_DEVICE_DETACHED;

	if (none || before.ats) {
		ASSERT(status ==
		       (none ? HVPT_ERR_NOT_ATTACHED : HVPT_ERR_ATS_ON));
		ASSERT(same(&before) && !heard_any);
		return;
	}
	ASSERT(heard_detach == !is_unheard(status));
	if (moved && status != HVPT_OK)
		ASSERT(device.domain == &iommu.blocked && !device.tried);
	if (status == HVPT_OK) {
		REACHED("detached");
		ASSERT(device.state == HVPT_DEVICE_DETACHED);
	} else if (heard_detach) {
		ASSERT(status >= HVPT_ERR_HV_CODE);
		ASSERT(device.state == (was_lost() && !moved ?
						HVPT_DEVICE_LOST :
						HVPT_DEVICE_IN_DOUBT));
	} else if (moved) {
		REACHED("blocked, and no DETACH was made");
		ASSERT(device.state == HVPT_DEVICE_ATTACHED);
	} else if (!heard_any) {
		ASSERT(same(&before));
	}
}

static void prove_remove(void)
{
	enum hvpt_status status = hvpt_device_remove(&device);

	ASSERT(linked() == (status != HVPT_OK));
	if (status == HVPT_OK) {
		REACHED("removed");
		if (heard_detach)
			REACHED("the hypervisor does not know it any more");
		return;
	}
	ASSERT(before.state != HVPT_DEVICE_DETACHED && !heard_detach);
	check_attach(status, &iommu.blocked);
	if (status == HVPT_ERR_LOST)
		REACHED("the blocked domain is lost");
}

static void prove_gone(void)
{
	hvpt_device_gone(&device);
	ASSERT(!linked());
	if (before.domain)
		REACHED("gone from a domain");
}

static void prove_hand_over(void)
{
	enum hvpt_status status = hvpt_device_hand_over(&device);

	ASSERT(linked() == (status != HVPT_OK));
	ASSERT(iommu.handed_over == (status == HVPT_OK));
	if (status == HVPT_OK) {
		REACHED("handed over");
		ASSERT(maybe[index_of(hvpt_iommu_identity(&iommu))]);
		return;
	}
	check_attach(status, &iommu.identity);
}

static void prove_probe(void)
{
	uint64_t id = nondet_u64();
	struct hvpt_device new;
	enum hvpt_status status;
	bool capable = nondet_bool();

	probing = true;
	status = hvpt_device_probe(&new, &iommu, id, capable);
	ASSERT((status == HVPT_ERR_EXISTS) ==
	       (id == ID || (id == ID + 1 && other.next)));
	ASSERT(same(&before));
	if (status != HVPT_OK) {
		ASSERT(iommu.devices == (other.next ? &other : &device));
		ASSERT(status == HVPT_ERR_EXISTS || id >> 62 == 0 ||
		       status == HVPT_ERR_DEVICE_ID);
		if (status == HVPT_ERR_NOT_MANAGED)
			REACHED("not managed");
		return;
	}
	REACHED("probed");
	ASSERT(iommu.devices == &new &&new.next);
	ASSERT(hvpt_device_state(&new) == HVPT_DEVICE_NEW &&
	       hvpt_device_id(&new) == id && !hvpt_device_domain(&new));
	ASSERT(!new.tried && !hvpt_device_has_ats_on(&new) && !new.deferred);
	ASSERT(new.iommu == &iommu &&new.ats_capable == capable);
	iommu.devices = new.next;
}

void proof(void)
{
	any_state();
	before = device;
	PROOF_CALL();
	check_state();
}
