/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * any_resume.h - a hypervisor that answers anything during a resume, and what
 * it knows afterwards of three domains and a device.
 *
 * `at` is where the device is in truth: in a domain that this resume has
 * created, or elsewhere. Elsewhere may be a domain of another kernel under any
 * id, or one of ours from before. domain_begin proves what creating does,
 * device_step what moving does.
 */
#ifndef HVPT_PROOF_ANY_RESUME_H
#define HVPT_PROOF_ANY_RESUME_H

#include "any_answer.h"

#include "src/domain/domain_internal.h"

#define DOMAINS 3u
#define BLOCKED 1u
#define ELSEWHERE DOMAINS

static struct hvpt_iommu iommu;
static struct hvpt_domain paging;
static struct hvpt_device device, before;
/* of each domain: since the resume began */
static bool created[DOMAINS], configured[DOMAINS], flushed[DOMAINS];
static bool changes_id[DOMAINS]; /* its id was given up */
/* what has its id cannot be deleted, and the device may be in it */
static bool undeletable[DOMAINS];
static enum hvpt_status refused[DOMAINS]; /* its last refusal */
static unsigned at;			  /* a domain, or ELSEWHERE */
/* how often it was to be moved, and what the last attempt said */
static unsigned attaches;
static enum hvpt_status attach_status;
static enum hvpt_status probe_status, probe_flush_status;
static struct hvpt_iommu_caps caps;
static uint32_t width;

/* In the order of the list. */
static struct hvpt_domain *domain_at(unsigned i)
{
	return i == 0	    ? &paging :
	       i == BLOCKED ? &iommu.blocked :
			      &iommu.identity;
}

static unsigned index_of(const struct hvpt_domain *domain)
{
	return domain == &paging ? 0 : domain == &iommu.blocked ? BLOCKED : 2;
}

static bool is_back(unsigned i)
{
	return domain_at(i)->epoch == iommu.epoch;
}

/* ---- any hypervisor ----------------------------------------------------- */

/* As iommu_ends proves. */
enum hvpt_status hvpt_iommu_probe(struct hvpt_iommu *of,
				  struct hvpt_iommu_caps *to, uint32_t *bits)
{
	ASSERT(of == &iommu);
	if (probe_status == HVPT_OK) {
		*to = caps;
		*bits = width;
	}
	return probe_status;
}

enum hvpt_status hvpt_iommu_probe_flush(struct hvpt_iommu *of)
{
	ASSERT(of == &iommu);
	return probe_flush_status;
}

/* A call of domain @i. Return: its status. */
static enum hvpt_status any_call(unsigned i)
{
	struct hvpt_answer answer;
	enum hvpt_status status = any_answer(&answer);

	if (status != HVPT_OK)
		refused[i] = status;
	return status;
}

static enum hvpt_status any_create(struct hvpt_domain *domain)
{
	unsigned i = index_of(domain);
	enum hvpt_status status;

	ASSERT(!is_back(i) && !created[i]);
	/* first the device is blocked, if it can be */
	ASSERT(i == BLOCKED || is_back(BLOCKED));
	ASSERT(i == BLOCKED || device.state != HVPT_DEVICE_LOST ||
	       attaches == 1);
	status = any_call(i);
	created[i] = status == HVPT_OK;
	configured[i] = flushed[i] = false;
	return status;
}

/* As domain_begin proves. */
enum hvpt_status hvpt_domain_create_same(struct hvpt_domain *domain)
{
	ASSERT(domain->id != 0);
	return any_create(domain);
}

static bool is_new(uint32_t id)
{
	return id != 0 && id != iommu.old_blocked && id != paging.id &&
	       id != iommu.blocked.id && id != iommu.identity.id;
}

/* As domain_begin proves. */
enum hvpt_status hvpt_domain_create_fresh(struct hvpt_domain *domain)
{
	uint32_t id = nondet_u32();
	enum hvpt_status status;

	if (nondet_bool()) {
		refused[index_of(domain)] = HVPT_ERR_NO_IDS;
		return HVPT_ERR_NO_IDS;
	}
	ASSUME(is_new(id));
	status = any_create(domain);
	domain->id = status == HVPT_ERR_HV_EXISTS ? 0 : id;
	return status;
}

enum hvpt_status hvpt_domain_configure(struct hvpt_domain *domain)
{
	unsigned i = index_of(domain);
	enum hvpt_status status;

	/* what exists is never configured again, but for the blocked domain */
	ASSERT((created[i] && !configured[i]) || i == BLOCKED);
	status = any_call(i);
	configured[i] = status == HVPT_OK;
	return status;
}

enum hvpt_status hvpt_domain_flush_now(struct hvpt_domain *domain)
{
	unsigned i = index_of(domain);
	enum hvpt_status status = any_call(i);

	ASSERT(configured[i]);
	flushed[i] = status == HVPT_OK;
	return status;
}

static bool may_be_in(const struct hvpt_domain *domain)
{
	return device.state == HVPT_DEVICE_LOST &&
	       (device.domain == domain || device.tried == domain);
}

enum hvpt_status
hvpt_hvcall_delete_domain(const struct hvpt_transport *transport, uint32_t id,
			  struct hvpt_answer *answer)
{
	enum hvpt_status status = any_answer(answer);
	unsigned i;

	ASSERT(transport == &iommu.transport && id != 0);
	for (i = 0; i < DOMAINS; i++) {
		if (domain_at(i)->id != id)
			continue;
		/* never one that is back */
		ASSERT(!is_back(i) && at != i);
		if (status == HVPT_OK)
			created[i] = configured[i] = flushed[i] = false;
		else if (refused[i] == HVPT_OK || !created[i])
			undeletable[i] |= may_be_in(domain_at(i));
	}
	return status;
}

/* As domain_ids proves. */
void hvpt_id_quarantine(struct hvpt_iommu *of, uint32_t id)
{
	unsigned i;

	ASSERT(of == &iommu && id != 0);
	for (i = 0; i < DOMAINS; i++) {
		if (domain_at(i)->id != id)
			continue;
		ASSERT(!is_back(i));
		ASSERT(i == BLOCKED || !may_be_in(domain_at(i)));
		changes_id[i] = true;
		created[i] = configured[i] = flushed[i] = false;
	}
}

/* As device_step proves. The device has not come back, so it stays lost. */
static void doubt(const struct hvpt_domain *to)
{
	device.state = HVPT_DEVICE_LOST;
	if (device.domain != to && nondet_bool())
		device.tried = domain_at(index_of(to));
	if (nondet_bool())
		at = index_of(to);
}

enum hvpt_status hvpt_device_place(struct hvpt_device *moved,
				   struct hvpt_domain *to)
{
	struct hvpt_answer answer;

	ASSERT(moved == &device && hvpt_device_is_lost(moved));
	ASSERT(is_back(index_of(to)));
	/* from elsewhere it goes to the blocked domain */
	ASSERT(to == &iommu.blocked || at == BLOCKED);
	attaches++;
	attach_status = any_answer(&answer);
	if (hvpt_hv_result_status(answer.result) ==
	    HVPT_HV_STATUS_DEVICE_ALREADY_IN_DOMAIN)
		attach_status = HVPT_OK;
	if (attach_status == HVPT_OK)
		at = index_of(to);
	else if (hvpt_answer_is_heard(&answer))
		doubt(to);
	return attach_status;
}

/* As device_step proves. */
void hvpt_device_record(struct hvpt_device *moved, struct hvpt_domain *domain,
			enum hvpt_device_state state)
{
	ASSERT(moved == &device && attach_status == HVPT_OK);
	device.domain = domain;
	device.tried = NULL;
	device.state = state;
}

#endif /* HVPT_PROOF_ANY_RESUME_H */
