/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * domain_begin.c - creating and adopting a domain, with a hypervisor that
 * answers anything. On success the domain is linked, and the hypervisor has it
 * with its tables. On failure nothing is left: the page is given back, no
 * domain exists and the id is free; where the hypervisor may still have both,
 * the page is leaked and the id is in quarantine.
 *
 * Functions: hvpt_domain_init, hvpt_domain_adopt
 * Parts: hvpt_domain_create, hvpt_domain_create_fresh, hvpt_domain_create_same,
 *	hvpt_domain_configure, hvpt_domain_config_check
 * Contract: domain.h: Takes one table page and one domain id that does not
 *	exist yet
 * Contract: domain.h: page_sizes is limited to the sizes that the host offers,
 *	and 0 stands for all of them
 * Contract: domain.h: width must not exceed hvpt_iommu_width(), and 0 stands
 *	for that width, or for 48 if it is larger and levels is 4
 * Contract: domain.h: On failure @domain must not be used, the page was given
 *	back and the id is free. When CONFIGURE failed and the DELETE that had
 *	to follow failed too, the hypervisor may still have both: then the id is
 *	in quarantine and the page is leaked.
 * Contract: iommu.h: up to HVPT_ID_TRIES ids that exist are skipped for each
 *	domain.
 * Contract: iommu.h: So a FLUSH of the id precedes each CREATE
 * Contract: handover.h: HVPT_ERR_DOMAIN_ID for id 0 or 0xffffffff, or one that
 *	a domain of @iommu has
 * Contract: handover.h: After a failure *@domain is not to be used, and nothing
 *	has changed but that caches are empty.
 * Bounds: any configuration; 2 domains that exist; any answers; 3 ids are tried
 *	in place of 64
 * Run: init long -DPROOF_CALL=prove_init --unwind 4 --unwindset
 *	hvpt_domain_create_fresh.0:4
 * Run: adopt -DPROOF_CALL=prove_adopt --unwind 4
 */
#include "proofs/any_host.h"

#undef HVPT_ID_TRIES
#define HVPT_ID_TRIES 3u
#undef HVPT_ID_STEPS
#define HVPT_ID_STEPS 1u

#include "src/domain/domain.c"
#include "src/domain/handover.c"

static struct hvpt_domain first, second, domain;
static struct hvpt_domain_config config;
static struct hvpt_wait_ops wait_ops;
static struct hvpt_handover_device from;
static struct hvpt_audit report;
static uint64_t page[HVPT_TABLE_ENTRIES];
static bool page_held, adopted, was_in_quarantine;
static enum hvpt_status pt_status;

/* ---- the page table ----------------------------------------------------- */

/* As ends proves. */
enum hvpt_status hvpt_pt_init_sized_(struct hvpt_pagetable *pt,
				     const struct hvpt_pt_config *wanted,
				     uint32_t width, uint64_t page_sizes)
{
	uint32_t most = wanted->levels == 4 && iommu.width > 48 ? 48 :
								  iommu.width;

	ASSERT(pt == &domain.pt && wanted == &config.pt && calls == 0);
	ASSERT(width == (wanted->width ? wanted->width : most));
	ASSERT(width <= iommu.width);
	ASSERT(page_sizes ==
	       (wanted->page_sizes ?
			wanted->page_sizes & iommu.caps.page_sizes :
			iommu.caps.page_sizes));
	pt_status = (enum hvpt_status)nondet_u8();
	if (pt_status != HVPT_OK)
		return pt_status;
	page_held = true;
	pt->root = page;
	pt->direct_map_offset = wanted->direct_map_offset;
	pt->table_gpa_mask = wanted->table_gpa_mask;
	pt->levels = nondet_bool() ? 4 : 5;
	return HVPT_OK;
}

/* As ends proves. */
void hvpt_pt_destroy(struct hvpt_pagetable *pt)
{
	ASSERT(pt == &domain.pt && page_held);
	page_held = false;
}

static bool any_check(void *ctx, hvpt_gpa_t table, unsigned level)
{
	(void)ctx, (void)table, (void)level;
	return nondet_bool();
}

/* As audit_step proves. */
enum hvpt_status hvpt_pt_adopt(struct hvpt_pagetable *pt,
			       const struct hvpt_pt_config *wanted,
			       hvpt_gpa_t root, hvpt_table_check_fn check,
			       void *ctx, struct hvpt_audit *to)
{
	ASSERT(pt == &domain.pt && wanted == &config.pt && to == &report);
	ASSERT(root.value == from.root && check == any_check && ctx == &from);
	/* nothing that firmware took away is cached any more */
	ASSERT(flushes == 1 && flush_status == HVPT_OK);
	pt_status = (enum hvpt_status)nondet_u8();
	adopted = pt_status == HVPT_OK;
	return pt_status;
}

/* As flush_step proves. */
enum hvpt_status hvpt_domain_flush_now(struct hvpt_domain *flushed)
{
	struct hvpt_answer answer;

	ASSERT(flushed == &domain && domain.id == from.domain_id);
	if (domain.id == 0 || domain.id == 0xffffffff)
		return HVPT_ERR_DOMAIN_ID;
	return hvpt_hvcall_flush_domain(&iommu.transport, domain.id, &answer);
}

/* ---- any state ---------------------------------------------------------- */

static bool hook(void)
{
	return nondet_bool();
}

static void any_config(void)
{
	wait_ops.begin = nondet_bool() ? (void *)hook : NULL;
	wait_ops.wait = nondet_bool() ? (void *)hook : NULL;
	wait_ops.end = nondet_bool() ? (void *)hook : NULL;
	config.wait_ops = nondet_bool() ? &wait_ops : NULL;
	config.wait_ctx = nondet_bool() ? &config : NULL;
	config.policy = (enum hvpt_flush_policy)nondet_u8();
	config.pt.levels = nondet_u32();
	config.pt.width = nondet_u32();
	config.pt.page_sizes = nondet_u64();
	config.pt.form = (enum hvpt_iova_form)nondet_u8();
	config.pt.direct_map_offset = nondet_u64();
	config.pt.table_gpa_mask = nondet_u64();
	from.domain_id = nondet_u32();
	from.levels = nondet_u32();
	from.width = nondet_u32();
	from.root = nondet_u64();
}

static void any_state(void)
{
	iommu.epoch = nondet_u32();
	iommu.width = nondet_u32();
	iommu.caps.caps = nondet_u64();
	iommu.caps.page_sizes = nondet_u64();
	iommu.flush_probes = nondet_bool();
	iommu.domains = &first;
	first.next = &second;
	first.id = nondet_u32();
	second.id = nondet_u32();
	ASSUME(first.id != second.id);
	watched = nondet_u32();
	exists = configured = is_used(watched);
	was_in_quarantine = in_quarantine = !exists && nondet_bool();
	any_config();
}

/* ---- the calls ---------------------------------------------------------- */

/* Why the configuration is refused, in the order of domain.h. */
static enum hvpt_status refuses(void)
{
	if (config.wait_ops &&
	    (!wait_ops.begin || !wait_ops.wait || !wait_ops.end))
		return HVPT_ERR_OPS;
	if (config.policy > 2)
		return HVPT_ERR_POLICY;
	if (config.pt.width > iommu.width)
		return HVPT_ERR_WIDTH;
	return config.pt.levels == 5 &&
			       !(iommu.caps.caps & HVPT_HV_IOMMU_CAP_S1_5LVL) ?
		       HVPT_ERR_LEVELS :
		       HVPT_OK;
}

static void check_unlinked(void)
{
	ASSERT(iommu.domains == &first && first.next == &second &&
	       !second.next);
}

static void check_linked(void)
{
	ASSERT(iommu.domains == &domain && domain.next == &first &&
	       first.next == &second && !second.next);
	ASSERT(domain.iommu == &iommu && domain.kind == HVPT_DOMAIN_PAGING);
	ASSERT(domain.policy == config.policy && !domain.devices);
	ASSERT(domain.wait_ops == config.wait_ops && domain.flushing == 0);
	ASSERT(domain.wait_ctx == config.wait_ctx);
	ASSERT(!hvpt_domain_is_lost(&domain) && !domain.left_behind);
	ASSERT(!domain.leaks && !domain.delete_failed);
}

static void check_created(void)
{
	check_linked();
	ASSERT(page_held && !domain.cached && domain.id == taken_id);
	ASSERT(IMPLIES(watched == domain.id, exists && configured));
	ASSERT(in_quarantine == was_in_quarantine);
	ASSERT(settings.kind == HVPT_DOMAIN_PAGING);
	ASSERT(settings.levels == domain.pt.levels);
	ASSERT(settings.root.value ==
	       ((uintptr_t)page - config.pt.direct_map_offset |
		config.pt.table_gpa_mask));
	if (creates == HVPT_ID_TRIES)
		REACHED("the last id that is tried is new");
}

/* CREATE failed, or CONFIGURE after it; or there was no id. */
static void check_failed(enum hvpt_status status)
{
	bool created = taken && create_status == HVPT_OK && creates > 0 &&
		       configure_status != HVPT_OK;
	bool stuck = created && delete_status != HVPT_OK;

	check_unlinked();
	ASSERT(deletes == created);
	ASSERT(page_held == stuck);
	if (taken && watched == taken_id) {
		ASSERT(exists == stuck);
		ASSERT(in_quarantine == stuck);
	} else {
		ASSERT(in_quarantine == was_in_quarantine);
	}
	if (created)
		ASSERT(status == configure_status);
	else if (!taken)
		ASSERT(status == HVPT_ERR_NO_IDS);
	else if (status == HVPT_ERR_HV_EXISTS)
		ASSERT(creates + flushes >= HVPT_ID_TRIES);
	else
		ASSERT(status == flush_status || status == create_status);
	if (stuck)
		REACHED("the page is leaked");
	if (status == HVPT_ERR_HV_EXISTS)
		REACHED("all ids exist");
}

static void prove_init(void)
{
	enum hvpt_status status = hvpt_domain_init(&domain, &iommu, &config);
	enum hvpt_status refused = refuses();

	if (refused == HVPT_OK)
		refused = pt_status;
	if (refused != HVPT_OK) {
		ASSERT(status == refused && !calls && !page_held);
		check_unlinked();
		ASSERT(in_quarantine == was_in_quarantine);
	} else if (status == HVPT_OK) {
		check_created();
	} else {
		check_failed(status);
	}
}

/* What hvpt_domain_adopt() refuses besides, in the order of handover.h. */
static enum hvpt_status adopt_refuses(void)
{
	if (refuses() != HVPT_OK)
		return refuses();
	if (!from.levels || !from.width || config.pt.levels != from.levels ||
	    config.pt.width != from.width || config.pt.form != HVPT_IOVA_LOWER)
		return HVPT_ERR_SETTINGS;
	if (config.pt.page_sizes & ~iommu.caps.page_sizes)
		return HVPT_ERR_PAGE_SIZES;
	return from.domain_id == first.id || from.domain_id == second.id ?
		       HVPT_ERR_DOMAIN_ID :
		       HVPT_OK;
}

static void prove_adopt(void)
{
	enum hvpt_status status = hvpt_domain_adopt(
		&domain, &iommu, &config, &from, any_check, &from, &report);
	enum hvpt_status refused = adopt_refuses();

	ASSERT(!creates && !deletes && in_quarantine == was_in_quarantine);
	if (refused != HVPT_OK) {
		ASSERT(status == refused && !calls);
		check_unlinked();
	} else if (status == HVPT_OK) {
		REACHED("adopted");
		check_linked();
		/* devices may be in it */
		ASSERT(adopted && domain.cached);
		ASSERT(domain.id == from.domain_id);
	} else {
		check_unlinked();
		ASSERT(calls <= 1 && !adopted);
		if (calls == 0) {
			REACHED("no id");
			ASSERT(status == HVPT_ERR_DOMAIN_ID);
		} else {
			ASSERT(status ==
			       (flush_status ? flush_status : pt_status));
		}
	}
}

void proof(void)
{
	any_state();
	PROOF_CALL();
}
