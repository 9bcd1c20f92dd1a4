/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * any_device.h - a device in any state, and a hypervisor that answers anything.
 *
 * maybe[] is the truth: in which domains the device may be. A move that
 * succeeds puts it there and nowhere else; one that is refused may have been
 * made; DETACH may take effect at any time later.
 *
 * Paging domains are alike. So the device is in the first when it is in one,
 * and may be in the second when a move failed: other numbers prove no more.
 */
#ifndef HVPT_PROOF_ANY_DEVICE_H
#define HVPT_PROOF_ANY_DEVICE_H

#include "any_answer.h"

#include "src/domain/device.c"

#define PAGING 3u
#define DOMAINS (PAGING + 2u)
#define ID 0x66558f70u

static struct hvpt_iommu iommu;
static struct hvpt_domain paging_1, paging_2, paging_3;
static struct hvpt_device device, other, before;
static bool maybe[DOMAINS];	/* where the device may be in truth */
static uint32_t others[PAGING]; /* devices that each domain counts besides */
/* did the hypervisor get a call that moves it, an ATTACH that succeeded, ... */
static bool heard_any, moved, heard_detach;
static bool probing; /* is the call that is proved a probe */

static struct hvpt_domain *domain_at(unsigned i)
{
	return i == 0 ? &paging_1 :
	       i == 1 ? &paging_2 :
	       i == 2 ? &paging_3 :
	       i == 3 ? &iommu.identity :
	       i == 4 ? &iommu.blocked :
			NULL;
}

static unsigned index_of(const struct hvpt_domain *domain)
{
	unsigned i = 0;

	while (i < DOMAINS && domain_at(i) != domain)
		i++;
	return i;
}

/* ---- any hypervisor ----------------------------------------------------- */

enum hvpt_status
hvpt_hvcall_attach_device(const struct hvpt_transport *transport,
			  uint32_t domain_id, uint64_t device_id,
			  struct hvpt_answer *answer)
{
	enum hvpt_status status = any_answer(answer);
	unsigned to = domain_id - 1, i;

	(void)transport;
	ASSERT(to < DOMAINS && device_id == device.id);
	/* an unmap in between must see that it has to flush */
	ASSERT(domain_at(to)->cached != 0);
	if (!hvpt_answer_is_heard(answer))
		return status;
	heard_any = true;
	moved = status == HVPT_OK ||
		(answer->result & 0xffff) ==
			HVPT_HV_STATUS_DEVICE_ALREADY_IN_DOMAIN;
	for (i = 0; moved && i < DOMAINS; i++)
		maybe[i] = false;
	maybe[to] = true;
	return status;
}

/* It may take effect late, so the device may still be where it was. */
enum hvpt_status
hvpt_hvcall_detach_device(const struct hvpt_transport *transport,
			  uint64_t device_id, struct hvpt_answer *answer)
{
	enum hvpt_status status = any_answer(answer);

	(void)transport;
	ASSERT(device_id == device.id);
	heard_detach = hvpt_answer_is_heard(answer);
	heard_any |= heard_detach;
	return status;
}

enum hvpt_status
hvpt_hvcall_get_device_iommu(const struct hvpt_transport *transport,
			     uint64_t device_id, bool *enabled,
			     struct hvpt_answer *answer)
{
	enum hvpt_status status = any_answer(answer);

	(void)transport;
	ASSERT(device_id == device.id || probing);
	if (device_id >> 62)
		return HVPT_ERR_DEVICE_ID;
	if (status == HVPT_OK)
		*enabled = nondet_bool();
	return status;
}

bool hvpt_hv_status_is_absence(uint16_t raw)
{
	(void)raw;
	return nondet_bool();
}

enum hvpt_status hvpt_domain_flush_now(struct hvpt_domain *domain)
{
	struct hvpt_answer answer;

	/* nobody can fill its caches again */
	ASSERT(domain->devices == 0 && !domain->left_behind);
	return any_answer(&answer);
}

#include "any_note.h"

/* ---- any state ---------------------------------------------------------- */

static bool is_paging(const struct hvpt_domain *domain)
{
	return domain && domain->kind == HVPT_DOMAIN_PAGING;
}

/* Does the record say that the device may be in paging domain @i? */
static bool recorded(unsigned i)
{
	return device.domain == domain_at(i) || device.tried == domain_at(i);
}

static bool linked(void)
{
	return iommu.devices == &device ||
	       (iommu.devices == &other && other.next == &device);
}

/* What the fields of a device in each state are. */
static bool fields_ok(void)
{
	switch (device.state) {
	case HVPT_DEVICE_NEW:
	case HVPT_DEVICE_DETACHED:
		return !device.domain && !device.tried;
	case HVPT_DEVICE_ATTACHED:
		return device.domain && !device.tried &&
		       !hvpt_domain_is_lost(device.domain);
	case HVPT_DEVICE_PARKED:
		return device.domain && !device.tried;
	case HVPT_DEVICE_LOST:
		return device.domain && (device.domain != device.tried ||
					 !is_paging(device.tried));
	case HVPT_DEVICE_IN_DOUBT:
		return device.domain != device.tried ||
		       !is_paging(device.tried);
	}
	return false;
}

/* What is known of the place in each state. */
static bool place_ok(void)
{
	unsigned i;
	bool ok = true;

	for (i = 0; i < DOMAINS; i++) {
		if (!maybe[i])
			continue;
		if (device.state == HVPT_DEVICE_ATTACHED && linked())
			ok &= domain_at(i) == device.domain;
		if (device.state == HVPT_DEVICE_PARKED && linked())
			ok &= domain_at(i) == &iommu.blocked;
		if (i < PAGING)
			ok &= domain_at(i)->cached &&
			      ((linked() && recorded(i)) ||
			       domain_at(i)->left_behind);
	}
	return ok;
}

static bool counts_ok(void)
{
	unsigned i;
	bool ok = true;

	for (i = 0; i < PAGING; i++)
		ok &= hvpt_domain_device_count(domain_at(i)) ==
			      others[i] + (linked() && recorded(i)) &&
		      (domain_at(i)->cached || !domain_at(i)->devices);
	return ok;
}

static void any_domain(unsigned i, enum hvpt_domain_kind kind)
{
	struct hvpt_domain *domain = domain_at(i);

	domain->iommu = &iommu;
	domain->id = i + 1;
	domain->kind = kind;
	domain->epoch = iommu.epoch - nondet_bool();
	domain->cached = nondet_bool();
	domain->left_behind = nondet_bool();
	maybe[i] = nondet_bool();
	if (i < PAGING) {
		others[i] = nondet_u8() % 3;
		domain->devices = others[i] + recorded(i);
	}
}

/* Paging domain @i, identity, blocked, or none. */
static struct hvpt_domain *one_of(unsigned i)
{
	unsigned which = nondet_u8();

	return domain_at(which == 0 ? i : which - 1 + PAGING);
}

static void any_state(void)
{
	unsigned i;

	iommu.epoch = nondet_u32();
	iommu.caps.caps = nondet_u64();
	other.next = nondet_bool() ? &device : NULL;
	iommu.devices = other.next ? &other : &device;
	other.id = ID + 1;
	other.iommu = &iommu;
	other.state = HVPT_DEVICE_DETACHED;
	device.iommu = &iommu;
	device.id = ID;
	device.domain = one_of(0);
	device.tried = one_of(1);
	device.state = (enum hvpt_device_state)(nondet_u8() % 6);
	device.ats = nondet_bool();
	device.ats_capable = nondet_bool();
	device.deferred = nondet_bool();
	for (i = 0; i < DOMAINS; i++)
		any_domain(i, i < PAGING  ? HVPT_DOMAIN_PAGING :
			      i == PAGING ? HVPT_DOMAIN_IDENTITY :
					    HVPT_DOMAIN_BLOCKED);
	ASSUME(fields_ok() && place_ok() && counts_ok());
}

static bool same(const struct hvpt_device *a)
{
	return a->domain == device.domain && a->tried == device.tried &&
	       a->state == device.state && a->ats == device.ats;
}

static bool was_lost(void)
{
	return before.state == HVPT_DEVICE_LOST ||
	       before.state == HVPT_DEVICE_PARKED;
}

/* Why an attach to @to is refused, in the order of device.h. */
static enum hvpt_status refuses(const struct hvpt_domain *to)
{
	if (hvpt_domain_is_lost(to))
		return HVPT_ERR_LOST;
	if (before.ats && to->kind == HVPT_DOMAIN_BLOCKED)
		return HVPT_ERR_ATS_ON;
	return is_paging(before.tried) && is_paging(to) &&
			       before.domain != to && before.tried != to ?
		       HVPT_ERR_BUSY :
		       HVPT_OK;
}

/* An attach to @to ended with @status. */
static void check_attach(enum hvpt_status status, struct hvpt_domain *to)
{
	enum hvpt_status refused = refuses(to);

	if (refused != HVPT_OK || is_unheard(status)) {
		ASSERT(refused == HVPT_OK || status == refused);
		ASSERT(same(&before) && !heard_any);
		return;
	}
	if (status == HVPT_OK) {
		ASSERT(device.state == HVPT_DEVICE_ATTACHED);
		ASSERT(hvpt_device_domain(&device) == to && !device.tried);
		ASSERT(maybe[index_of(to)]);
		return;
	}
	ASSERT(status >= HVPT_ERR_HV_CODE);
	ASSERT(device.state ==
	       (was_lost() ? HVPT_DEVICE_LOST : HVPT_DEVICE_IN_DOUBT));
	ASSERT(device.domain == before.domain);
}

/* ATS may be enabled only where the device is known to be translated. */
static void check_duty(void)
{
	bool translated = device.state == HVPT_DEVICE_ATTACHED &&
			  device.domain != &iommu.blocked;

	ASSERT(hvpt_device_duty(&device) ==
	       (translated && !device.ats && device.ats_capable &&
				hvpt_iommu_has_ats(&iommu) ?
			HVPT_ATS_ENABLE :
			HVPT_ATS_NOTHING));
	ASSERT(hvpt_iommu_has_ats(&iommu) == (iommu.caps.caps >> 5 & 1));
	hvpt_device_set_ats(&device, true);
	ASSERT(hvpt_device_has_ats_on(&device));
	ASSERT(hvpt_domain_id(&paging_2) == 2);
}

/* The state afterwards is one that the table of docs/SPEC.md allows. */
static void check_state(void)
{
	ASSERT(!linked() || fields_ok());
	ASSERT(place_ok());
	ASSERT(counts_ok());
	check_duty();
}

#endif /* HVPT_PROOF_ANY_DEVICE_H */
