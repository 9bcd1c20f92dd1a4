/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * resume_all.c - a resume of everything, and its retry from any state that an
 * earlier one may have left, with a hypervisor that answers anything. A domain
 * counts as back only when it was created, configured and flushed; a device
 * only when it was attached to a domain that is back, by way of the blocked
 * domain. A device stays elsewhere only when an ATTACH of this call failed.
 *
 * Functions: hvpt_iommu_resume
 * Contract: iommu.h: A blocked domain is created and every device is attached
 *	to it: from then on no device is in tables that are not its own. Then
 *	each domain is created, configured and flushed.
 * Contract: iommu.h: If that is refused the domain gets another id, and its
 *	tables are leaked when it is destroyed
 * Contract: iommu.h: A device that was in no domain, detached or never
 *	attached, stays in the blocked domain.
 * Contract: iommu.h: Afterwards it counts as off
 * Contract: iommu.h: when the host no longer offers the width in use (then all
 *	devices stay blocked), or the levels or leaf sizes of a domain
 * Contract: iommu.h: HVPT_ERR_LOST when the old id of a domain cannot be
 *	deleted while a device may be in it
 * Contract: iommu.h: A domain or device that fails does not keep the others
 *	from coming back. The first failure is returned
 * Bounds: one paging domain, identity and blocked; one device in any state; any
 *	answers
 * Run: resume -DPROOF_RETRY=false --unwind 4
 * Run: retry -DPROOF_RETRY=true --unwind 4
 */
#include "proofs/any_resume.h"

#include "src/domain/resume.c"

/* ---- any state ---------------------------------------------------------- */

static struct hvpt_domain *any_place(void)
{
	unsigned which = nondet_u8();

	return which < DOMAINS ? domain_at(which) : NULL;
}

static void any_domain(unsigned i, enum hvpt_domain_kind kind, uint32_t id)
{
	struct hvpt_domain *domain = domain_at(i);

	domain->iommu = &iommu;
	domain->kind = kind;
	domain->id = id;
	domain->epoch = iommu.epoch - nondet_bool();
	domain->delete_failed = !is_back(i) && nondet_bool();
	domain->pt.levels = nondet_bool() ? 4 : 5;
	domain->pt.leaf_levels = nondet_u8() & 7;
	created[i] = is_back(i) || (domain->delete_failed && nondet_bool());
	configured[i] = flushed[i] = is_back(i);
}

static bool any_lost(void)
{
	return device.state == HVPT_DEVICE_PARKED ||
	       device.state == HVPT_DEVICE_LOST;
}

/* What holds of the records, before a retry and after each call. */
static bool records_ok(void)
{
	bool ok = at == ELSEWHERE || is_back(at);
	unsigned i;

	for (i = 0; i < DOMAINS; i++)
		ok &= IMPLIES(is_back(i), (created[i] || i == BLOCKED) &&
						  configured[i] &&
						  flushed[i]) &&
		      IMPLIES(created[i] && !is_back(i),
			      domain_at(i)->delete_failed);
	if (device.state == HVPT_DEVICE_PARKED)
		ok &= at == BLOCKED;
	if (device.state == HVPT_DEVICE_ATTACHED)
		ok &= device.domain && at == index_of(device.domain);
	return ok && IMPLIES(any_lost(), device.domain);
}

static void any_host(void)
{
	probe_status = (enum hvpt_status)nondet_u8();
	probe_flush_status = (enum hvpt_status)nondet_u8();
	caps.caps = nondet_u64();
	caps.page_sizes = nondet_u64();
	width = nondet_u32();
}

static void any_state(void)
{
	unsigned i;

	iommu.epoch = nondet_u32();
	iommu.width = nondet_u32();
	any_domain(0, HVPT_DOMAIN_PAGING, nondet_bool() ? 5 : 0);
	any_domain(BLOCKED, HVPT_DOMAIN_BLOCKED, nondet_bool() ? 4 : 0);
	any_domain(2, HVPT_DOMAIN_IDENTITY, nondet_bool() ? 3 : 0);
	iommu.old_blocked = nondet_bool() ? 6 : 0;
	iommu.domains = &paging;
	paging.next = &iommu.blocked;
	iommu.blocked.next = &iommu.identity;
	iommu.devices = &device;
	device.iommu = &iommu;
	device.state = (enum hvpt_device_state)(nondet_u8() % 6);
	device.domain = any_place();
	device.tried = any_place();
	device.ats = nondet_bool();
	at = nondet_u8() % (DOMAINS + 1);
	for (i = 0; i < DOMAINS; i++)
		ASSUME(domain_at(i)->id != 0 ||
		       (!created[i] && !domain_at(i)->delete_failed));
	ASSUME(records_ok());
	any_host();
	before = device;
}

/* What was there may be gone, and the device may be anywhere. */
static void lose_all(void)
{
	unsigned i;

	for (i = 0; i < DOMAINS; i++)
		created[i] = configured[i] = flushed[i] = false;
	at = ELSEWHERE;
}

/* ---- the call ----------------------------------------------------------- */

/* Can the host still do what domain @i needs? */
static bool is_offered(unsigned i)
{
	const struct hvpt_pagetable *pt = &paging.pt;

	return i != 0 ||
	       ((pt->levels < 5 || (caps.caps & 8)) &&
		(!(pt->leaf_levels & 1) || (caps.page_sizes & 0x1000)) &&
		(!(pt->leaf_levels & 2) || (caps.page_sizes & 0x200000)) &&
		(!(pt->leaf_levels & 4) || (caps.page_sizes & 0x40000000)));
}

/* Why domain @i is missing. */
static enum hvpt_status reason_of(unsigned i)
{
	if (!is_offered(i))
		return HVPT_ERR_IOMMU_CAPS;
	return undeletable[i] ? HVPT_ERR_LOST : refused[i];
}

/* Why the first that is missing is missing; OK when all is back. */
static enum hvpt_status first_reason(void)
{
	unsigned i;

	for (i = 0; i < DOMAINS; i++)
		if (!is_back(i))
			return reason_of(i);
	return any_lost() ? attach_status : HVPT_OK;
}

/* Was the resume given up before the blocked domain? */
static bool is_given_up(void)
{
	return (probe_status != HVPT_OK &&
		probe_status != HVPT_ERR_IOMMU_CAPS) ||
	       probe_flush_status != HVPT_OK;
}

/* What is missing was tried, and failed for a reason of its own. */
static void check_all_tried(void)
{
	unsigned i;

	for (i = 0; i < DOMAINS; i++)
		ASSERT(is_back(i) || reason_of(i) != HVPT_OK);
	ASSERT(IMPLIES(any_lost() && is_back(index_of(device.domain)),
		       attach_status != HVPT_OK));
}

/* The blocked domain is not there, so nothing else was tried. */
static void check_none(enum hvpt_status status)
{
	ASSERT(attaches == 0);
	ASSERT(IMPLIES(!PROOF_RETRY, !is_back(0) && !is_back(2)));
	if (probe_status != HVPT_OK && probe_status != HVPT_ERR_IOMMU_CAPS)
		ASSERT(status == probe_status);
	else if (probe_flush_status != HVPT_OK)
		ASSERT(status == probe_flush_status);
	else
		ASSERT(status == refused[BLOCKED]);
	ASSERT(status != HVPT_OK);
}

/* The blocked domain is there. */
static void check_some(enum hvpt_status status)
{
	/* only if it cannot be moved it is perhaps where it was */
	ASSERT(IMPLIES(device.state == HVPT_DEVICE_LOST,
		       attaches > 0 && attach_status != HVPT_OK));
	if (probe_status != HVPT_OK || width < iommu.width) {
		ASSERT(status == HVPT_ERR_IOMMU_CAPS);
		ASSERT(IMPLIES(!PROOF_RETRY,
			       any_lost() && !is_back(0) && !is_back(2)));
		return;
	}
	check_all_tried();
	ASSERT(status == first_reason());
	ASSERT((status == HVPT_OK) ==
	       (is_back(0) && is_back(BLOCKED) && is_back(2) && !any_lost()));
	if (status == HVPT_OK)
		REACHED("all is back");
	if (is_back(0) && changes_id[0])
		REACHED("another id");
	if (status == HVPT_ERR_LOST && device.state == HVPT_DEVICE_PARKED)
		REACHED("a domain that cannot be deleted");
}

static void check_device(void)
{
	if (!PROOF_RETRY) {
		ASSERT(!device.ats);
		ASSERT(any_lost() || device.state == HVPT_DEVICE_ATTACHED);
		ASSERT(device.domain ==
		       (before.domain ? before.domain : &iommu.blocked));
		return;
	}
	ASSERT(device.domain == before.domain && device.ats == before.ats);
	if (before.state != HVPT_DEVICE_LOST &&
	    before.state != HVPT_DEVICE_PARKED)
		ASSERT(device.state == before.state && !attaches);
}

void proof(void)
{
	enum hvpt_status status;
	uint32_t epoch, i;

	any_state();
	if (!PROOF_RETRY)
		lose_all();
	epoch = iommu.epoch;
	status = hvpt_iommu_resume(&iommu, PROOF_RETRY);
	/* a retry does not count it again */
	ASSERT(iommu.epoch == epoch + !PROOF_RETRY);
	ASSERT(records_ok());
	check_device();
	for (i = 0; i < DOMAINS; i++)
		ASSERT(IMPLIES(changes_id[i], domain_at(i)->leaks));
	if (is_given_up() || !is_back(BLOCKED))
		check_none(status);
	else
		check_some(status);
}
