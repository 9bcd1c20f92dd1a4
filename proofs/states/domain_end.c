/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * domain_end.c - the end of a domain in any state, with a hypervisor that
 * answers anything: no device is in it, its caches are empty and the hypervisor
 * has deleted it before its tables are freed; otherwise nothing changes.
 *
 * Functions: hvpt_domain_destroy, hvpt_domain_abandon
 * Parts: hvpt_domain_delete
 * Contract: domain.h: HVPT_ERR_BUSY while a device is attached, or may be
 *	because it is in doubt
 * Contract: domain.h: On failure nothing was freed and the id stays taken; the
 *	call may be made again.
 * Contract: domain.h: The id goes into quarantine and is never used again. The
 *	table pages are leaked, because the hypervisor may still read them.
 * Bounds: any domain, at any place of a list of 3; any answers
 * Run: destroy -DPROOF_CALL=prove_destroy --unwind 4
 * Run: abandon -DPROOF_CALL=prove_abandon --unwind 4
 */
#include "proofs/any_answer.h"

#include "src/domain/domain.c"

static struct hvpt_iommu iommu;
static struct hvpt_domain first, second, third, before;
static struct hvpt_domain *domain; /* the one that ends */
/* what a device may use: translations in caches, the domain itself */
static bool stale, exists;
static bool freed, in_quarantine;
static unsigned calls;
static enum hvpt_status flush_status, delete_status;

/* ---- what the calls need ------------------------------------------------ */

/* As flush_step proves. */
enum hvpt_status hvpt_domain_flush_all(struct hvpt_domain *flushed)
{
	struct hvpt_answer answer;

	ASSERT(flushed == domain && exists && !freed);
	if (!domain->cached)
		return HVPT_OK;
	calls++;
	flush_status = any_answer(&answer);
	if (flush_status == HVPT_OK)
		stale = false;
	return flush_status;
}

enum hvpt_status
hvpt_hvcall_delete_domain(const struct hvpt_transport *transport,
			  uint32_t domain_id, struct hvpt_answer *answer)
{
	ASSERT(transport == &iommu.transport && domain_id == domain->id);
	ASSERT(!stale && !freed && !domain->devices);
	calls++;
	delete_status = any_answer(answer);
	if (delete_status == HVPT_OK)
		exists = false;
	return delete_status;
}

/* As ends proves. */
void hvpt_pt_destroy(struct hvpt_pagetable *pt)
{
	ASSERT(pt == &domain->pt && !freed && !domain->leaks);
	ASSERT(!stale && !exists);
	freed = true;
}

/* As domain_ids proves. */
void hvpt_id_quarantine(struct hvpt_iommu *of, uint32_t id)
{
	ASSERT(of == &iommu && id == domain->id && !in_quarantine);
	in_quarantine = true;
}

#include "proofs/any_note.h"

/* ---- any state ---------------------------------------------------------- */

/* Is the domain linked, and are the others? */
static bool is_linked(const struct hvpt_domain *wanted)
{
	const struct hvpt_domain *one = iommu.domains;

	while (one && one != wanted)
		one = one->next;
	return one != NULL;
}

static bool others_are_linked(void)
{
	return (domain == &first || is_linked(&first)) &&
	       (domain == &second || is_linked(&second)) &&
	       (domain == &third || is_linked(&third));
}

static void any_state(void)
{
	unsigned place = nondet_u8() % 3;

	iommu.epoch = nondet_u32();
	iommu.domains = &first;
	first.next = &second;
	second.next = &third;
	domain = place == 0 ? &first : place == 1 ? &second : &third;
	domain->iommu = &iommu;
	domain->id = nondet_u32();
	domain->kind = (enum hvpt_domain_kind)(nondet_u8() % 3);
	domain->epoch = nondet_u32();
	domain->cached = nondet_u64();
	domain->devices = nondet_u32();
	domain->leaks = nondet_bool();
	domain->left_behind = nondet_bool();
	exists = true;
	stale = nondet_bool();
	ASSUME(domain->cached || !stale);
	before = *domain;
}

static bool same(void)
{
	return is_linked(domain) && domain->id == before.id &&
	       domain->kind == before.kind && domain->epoch == before.epoch &&
	       domain->cached == before.cached &&
	       domain->devices == before.devices &&
	       domain->leaks == before.leaks &&
	       domain->left_behind == before.left_behind;
}

/* ---- the calls ---------------------------------------------------------- */

/* Why the domain cannot end, in the order of domain.h. */
static enum hvpt_status refuses(void)
{
	if (before.kind != HVPT_DOMAIN_PAGING)
		return HVPT_ERR_KIND;
	return before.devices ? HVPT_ERR_BUSY : HVPT_OK;
}

static void prove_destroy(void)
{
	enum hvpt_status status = hvpt_domain_destroy(domain);
	enum hvpt_status refused = refuses();

	if (refused == HVPT_OK && before.epoch != iommu.epoch)
		refused = HVPT_ERR_LOST;
	ASSERT(others_are_linked() && !in_quarantine);
	if (refused != HVPT_OK) {
		ASSERT(status == refused && same() && calls == 0);
	} else if (status == HVPT_OK) {
		ASSERT(!is_linked(domain) && !exists && !stale);
		ASSERT(freed == !before.leaks);
		if (before.leaks)
			REACHED("tables are leaked");
		if (before.cached)
			REACHED("destroyed after a flush");
	} else {
		ASSERT(same() && !freed && exists);
		ASSERT(status == (flush_status == HVPT_OK ? delete_status :
							    flush_status));
	}
}

static void prove_abandon(void)
{
	enum hvpt_status status = hvpt_domain_abandon(domain);

	ASSERT(status == refuses());
	ASSERT(others_are_linked() && !freed && calls == 0);
	ASSERT(in_quarantine == (status == HVPT_OK));
	if (status == HVPT_OK) {
		REACHED("abandoned");
		ASSERT(!is_linked(domain));
	} else {
		ASSERT(same());
	}
}

void proof(void)
{
	any_state();
	PROOF_CALL();
}
