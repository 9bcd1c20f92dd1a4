/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * any_host.h - a hypervisor that answers anything about domains, and the ids
 * that hvpt chooses for them.
 *
 * The proof watches one id, any. `exists` says whether the hypervisor has a
 * domain with it that hvpt created. A CREATE, a CONFIGURE or a DELETE that
 * fails has changed nothing (TLFS: as all hypercalls).
 */
#ifndef HVPT_PROOF_ANY_HOST_H
#define HVPT_PROOF_ANY_HOST_H

#include "any_answer.h"

#include "src/domain/domain_internal.h"

static struct hvpt_iommu iommu;
static uint32_t watched; /* an id */
/* has the domain, must not be used again, the domain is configured */
static bool exists, in_quarantine, configured;
static struct hvpt_domain_settings settings; /* of the last CONFIGURE */
static bool taken; /* was the last id from hvpt_id_take() */
static uint32_t taken_id, flushed_id;
static unsigned calls, creates, flushes, deletes;
/* what the last of each said */
static enum hvpt_status take_status, create_status, flush_status,
	configure_status, delete_status;

/* ---- ids ---------------------------------------------------------------- */

static bool is_used(uint32_t id)
{
	const struct hvpt_domain *domain = iommu.domains;

	while (domain && domain->id != id)
		domain = domain->next;
	return domain != NULL;
}

/* As domain_ids proves. */
enum hvpt_status hvpt_id_take(struct hvpt_iommu *of, uint32_t *id)
{
	ASSERT(of == &iommu);
	taken = nondet_bool();
	take_status = taken ? HVPT_OK : HVPT_ERR_NO_IDS;
	if (!taken)
		return HVPT_ERR_NO_IDS;
	*id = taken_id = nondet_u32();
	ASSUME(taken_id >= HVPT_DOMAIN_ID_FIRST &&
	       taken_id <= HVPT_DOMAIN_ID_LAST);
	ASSUME(!is_used(taken_id));
	ASSUME(IMPLIES(taken_id == watched, !in_quarantine));
	return HVPT_OK;
}

void hvpt_id_skip(struct hvpt_iommu *of, uint32_t many)
{
	ASSERT(of == &iommu && many > 0);
}

/* As domain_ids proves. */
void hvpt_id_quarantine(struct hvpt_iommu *of, uint32_t id)
{
	ASSERT(of == &iommu);
	if (id == watched)
		in_quarantine = true;
}

/* ---- any hypervisor ----------------------------------------------------- */

static enum hvpt_status call(const struct hvpt_transport *transport,
			     struct hvpt_answer *answer)
{
	ASSERT(transport == &iommu.transport);
	calls++;
	return any_answer(answer);
}

enum hvpt_status
hvpt_hvcall_create_domain(const struct hvpt_transport *transport, uint32_t id,
			  struct hvpt_answer *answer)
{
	/* never one that hvpt has, or must not use again */
	ASSERT(taken && id == taken_id);
	ASSERT(IMPLIES(id == watched, !exists && !in_quarantine));
	/* a domain that exists was looked for, if the host can tell */
	ASSERT(IMPLIES(iommu.flush_probes,
		       flushed_id == id && flush_status != HVPT_OK));
	creates++;
	create_status = call(transport, answer);
	if (create_status == HVPT_OK && id == watched)
		exists = true;
	return create_status;
}

enum hvpt_status hvpt_hvcall_configure_domain(
	const struct hvpt_transport *transport, uint32_t id,
	const struct hvpt_domain_settings *wanted, struct hvpt_answer *answer)
{
	ASSERT(taken && id == taken_id && create_status == HVPT_OK);
	settings = *wanted;
	configure_status = call(transport, answer);
	if (configure_status == HVPT_OK && id == watched)
		configured = true;
	return configure_status;
}

enum hvpt_status
hvpt_hvcall_flush_domain(const struct hvpt_transport *transport, uint32_t id,
			 struct hvpt_answer *answer)
{
	flushed_id = id;
	flushes++;
	flush_status = call(transport, answer);
	return flush_status;
}

enum hvpt_status
hvpt_hvcall_delete_domain(const struct hvpt_transport *transport, uint32_t id,
			  struct hvpt_answer *answer)
{
	ASSERT(IMPLIES(id == watched, exists));
	deletes++;
	delete_status = call(transport, answer);
	if (delete_status == HVPT_OK && id == watched)
		exists = configured = false;
	return delete_status;
}

#include "any_note.h"

#endif /* HVPT_PROOF_ANY_HOST_H */
