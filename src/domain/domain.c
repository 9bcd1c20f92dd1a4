/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * domain.c - creating and ending a domain.
 *
 * The end has an order: no device is attached, nothing is cached, the
 * hypervisor has deleted the domain, and only then are the tables freed.
 */
#include "domain_internal.h"

/* ---- creating -------------------------------------------------------- */

void hvpt_domain_prepare(struct hvpt_domain *domain, struct hvpt_iommu *iommu,
			 enum hvpt_domain_kind kind)
{
	domain->iommu = iommu;
	domain->next = NULL;
	domain->cached = 0;
	domain->flushing = 0;
	domain->wait_ops = NULL;
	domain->wait_ctx = NULL;
	domain->devices = 0;
	domain->epoch = iommu->epoch;
	domain->left_behind = false;
	domain->delete_failed = false;
	domain->leaks = false;
	domain->kind = kind;
	domain->policy = HVPT_FLUSH_TWO_BLOCK;
}

enum hvpt_status hvpt_domain_configure(struct hvpt_domain *domain)
{
	struct hvpt_domain_settings settings;
	struct hvpt_answer answer;
	enum hvpt_status status;

	settings.kind = domain->kind;
	settings.levels = 0;
	settings.root = hvpt_gpa(0);
	if (domain->kind == HVPT_DOMAIN_PAGING) {
		settings.levels = domain->pt.levels;
		settings.root = hvpt_pt_root_gpa(&domain->pt);
	}
	status = hvpt_hvcall_configure_domain(&domain->iommu->transport,
					      domain->id, &settings, &answer);
	return hvpt_iommu_note(domain->iommu, status, &answer);
}

/*
 * Is there a domain with this id already? Another owner may have left one.
 * Hosts may differ in how CREATE reports it. CREATE might even succeed, and
 * give us a domain with devices of that owner. A FLUSH does no harm to such a
 * domain, and is refused where there is none.
 */
static enum hvpt_status hvpt_domain_check_id(const struct hvpt_domain *domain)
{
	struct hvpt_answer answer;
	enum hvpt_status status;

	if (!domain->iommu->flush_probes)
		return HVPT_OK;
	status = hvpt_hvcall_flush_domain(&domain->iommu->transport, domain->id,
					  &answer);
	if (status == HVPT_OK)
		return HVPT_ERR_HV_EXISTS;
	/* one that this partition may not flush may be somebody's */
	if (!hvpt_answer_is_heard(&answer) || status == HVPT_ERR_HV_DENIED)
		return hvpt_iommu_note(domain->iommu, status, &answer);
	return HVPT_OK;
}

enum hvpt_status hvpt_domain_create_same(struct hvpt_domain *domain)
{
	struct hvpt_answer answer;
	enum hvpt_status status = hvpt_domain_check_id(domain);

	if (status != HVPT_OK)
		return status;
	status = hvpt_hvcall_create_domain(&domain->iommu->transport,
					   domain->id, &answer);
	if (status == HVPT_ERR_HV_EXISTS)
		return status;
	return hvpt_iommu_note(domain->iommu, status, &answer);
}

enum hvpt_status hvpt_domain_create_fresh(struct hvpt_domain *domain)
{
	struct hvpt_iommu *iommu = domain->iommu;
	enum hvpt_status status;
	unsigned found;

	for (found = 0; found < HVPT_ID_TRIES; found++) {
		status = hvpt_id_take(iommu, &domain->id);
		if (status == HVPT_OK)
			status = hvpt_domain_create_same(domain);
		if (status != HVPT_ERR_HV_EXISTS)
			return status;
		/* others gave out ids in ascending order too: skip more */
		if (found >= HVPT_ID_STEPS)
			hvpt_id_skip(iommu,
				     (uint32_t)1 << (found - HVPT_ID_STEPS));
	}
	domain->id = 0;
	return HVPT_ERR_HV_EXISTS;
}

enum hvpt_status hvpt_domain_create(struct hvpt_domain *domain, bool *stuck)
{
	struct hvpt_iommu *iommu = domain->iommu;
	struct hvpt_answer answer;
	enum hvpt_status status = hvpt_domain_create_fresh(domain);

	*stuck = false;
	if (status != HVPT_OK)
		return status;
	status = hvpt_domain_configure(domain);
	if (status == HVPT_OK) {
		domain->next = iommu->domains;
		iommu->domains = domain;
		return HVPT_OK;
	}
	/* not noted: the failure to report is that of CONFIGURE */
	*stuck = hvpt_hvcall_delete_domain(&iommu->transport, domain->id,
					   &answer) != HVPT_OK;
	if (*stuck)
		hvpt_id_quarantine(iommu, domain->id);
	return status;
}

/* The sizes that the host offers and the caller allows. */
static uint64_t hvpt_domain_page_sizes(const struct hvpt_iommu *iommu,
				       const struct hvpt_pt_config *config)
{
	uint64_t wanted = config->page_sizes ? config->page_sizes :
					       ~(uint64_t)0;

	return iommu->caps.page_sizes & wanted;
}

/* The caller's width; else as much as the host and the levels allow. */
static uint32_t hvpt_domain_width(const struct hvpt_iommu *iommu,
				  const struct hvpt_pt_config *config)
{
	if (config->width)
		return config->width;
	if (config->levels == HVPT_MIN_LEVELS && iommu->width > HVPT_WIDTH_4)
		return HVPT_WIDTH_4;
	return iommu->width;
}

void hvpt_domain_apply(struct hvpt_domain *domain,
		       const struct hvpt_domain_config *config)
{
	domain->policy = config->policy;
	domain->wait_ops = config->wait_ops;
	domain->wait_ctx = config->wait_ctx;
}

enum hvpt_status
hvpt_domain_config_check(const struct hvpt_iommu *iommu,
			 const struct hvpt_domain_config *config)
{
	bool five = (iommu->caps.caps & HVPT_HV_IOMMU_CAP_S1_5LVL) != 0;
	const struct hvpt_wait_ops *wait = config->wait_ops;

	if (wait && (!wait->begin || !wait->wait || !wait->end))
		return HVPT_ERR_OPS;
	if ((unsigned)config->policy > HVPT_FLUSH_EXACT)
		return HVPT_ERR_POLICY;
	if (config->pt.width > iommu->width)
		return HVPT_ERR_WIDTH;
	if (config->pt.levels == HVPT_MAX_LEVELS && !five)
		return HVPT_ERR_LEVELS;
	return HVPT_OK;
}

enum hvpt_status hvpt_domain_init(struct hvpt_domain *domain,
				  struct hvpt_iommu *iommu,
				  const struct hvpt_domain_config *config)
{
	enum hvpt_status status = hvpt_domain_config_check(iommu, config);
	bool stuck;

	if (status != HVPT_OK)
		return status;
	hvpt_domain_prepare(domain, iommu, HVPT_DOMAIN_PAGING);
	hvpt_domain_apply(domain, config);
	status = hvpt_pt_init_sized_(
		&domain->pt, &config->pt, hvpt_domain_width(iommu, &config->pt),
		hvpt_domain_page_sizes(iommu, &config->pt));
	if (status != HVPT_OK)
		return status;
	status = hvpt_domain_create(domain, &stuck);
	/* the hypervisor may still have the root: then it is not freed */
	if (status != HVPT_OK && !stuck)
		hvpt_pt_destroy(&domain->pt);
	return status;
}

/* ---- ending ---------------------------------------------------------- */

static void hvpt_domain_unlink(struct hvpt_domain *domain)
{
	struct hvpt_domain **link = &domain->iommu->domains;

	while (*link && *link != domain)
		link = &(*link)->next;
	if (*link)
		*link = domain->next;
}

enum hvpt_status hvpt_domain_delete(struct hvpt_domain *domain)
{
	struct hvpt_iommu *iommu = domain->iommu;
	struct hvpt_answer answer;
	enum hvpt_status status;

	status = hvpt_hvcall_delete_domain(&iommu->transport, domain->id,
					   &answer);
	if (status == HVPT_OK)
		hvpt_domain_unlink(domain);
	return hvpt_iommu_note(iommu, status, &answer);
}

static enum hvpt_status hvpt_domain_may_end(const struct hvpt_domain *domain)
{
	if (domain->kind != HVPT_DOMAIN_PAGING)
		return HVPT_ERR_KIND;
	return domain->devices ? HVPT_ERR_BUSY : HVPT_OK;
}

/* If a second domain of the hypervisor may have the root, leaks the tables. */
static void hvpt_domain_free(struct hvpt_domain *domain)
{
	if (!domain->leaks)
		hvpt_pt_destroy(&domain->pt);
}

enum hvpt_status hvpt_domain_destroy(struct hvpt_domain *domain)
{
	enum hvpt_status status = hvpt_domain_may_end(domain);

	if (status == HVPT_OK && hvpt_domain_is_lost(domain))
		status = HVPT_ERR_LOST;
	if (status == HVPT_OK)
		status = hvpt_domain_flush_all(domain);
	if (status == HVPT_OK)
		status = hvpt_domain_delete(domain);
	if (status == HVPT_OK)
		hvpt_domain_free(domain);
	return status;
}

enum hvpt_status hvpt_domain_abandon(struct hvpt_domain *domain)
{
	enum hvpt_status status = hvpt_domain_may_end(domain);

	if (status != HVPT_OK)
		return status;
	hvpt_id_quarantine(domain->iommu, domain->id);
	hvpt_domain_unlink(domain);
	return HVPT_OK;
}
