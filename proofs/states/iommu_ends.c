/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * iommu_ends.c - the beginning and the end of the pvIOMMU object, with a
 * hypervisor that answers anything: which refusal comes first, in which order
 * the steps are, and that no special domain is deleted twice or forgotten.
 *
 * Functions: hvpt_iommu_init, hvpt_iommu_destroy
 * Parts: hvpt_iommu_probe, hvpt_iommu_probe_flush
 * Contract: iommu.h: the configuration is checked; the hypercall
 *	GET_IOMMU_CAPABILITIES is made; the capabilities are checked; one FLUSH
 *	of the last domain id finds out whether the host refuses it; the
 *	identity and the blocked domain are created and configured.
 * Contract: iommu.h: At most 48 IOVA bits are used without S1_5LVL and at most
 *	57 with it
 * Contract: iommu.h: A host that does not refuse the FLUSH of the last id, or
 *	refuses it for a reason that says nothing about the domain
 *	(ACCESS_DENIED, INVALID_HYPERCALL_CODE), gets no such FLUSH.
 * Contract: iommu.h: On failure *@iommu may be used for
 *	hvpt_iommu_last_failure() only, and the domains created until then were
 *	deleted. If that failed too they remain
 * Contract: iommu.h: The identity domain is not deleted when devices were left
 *	in it
 * Contract: iommu.h: HVPT_ERR_BUSY while there is a paging domain or a device;
 *	HVPT_ERR_LOST between a failed resume and its retry; any status of
 *	hvpt_hvcall_delete_domain()
 * Bounds: any configuration, capabilities and answers; one paging domain
 * Run: init -DPROOF_CALL=prove_init --unwind 10
 * Run: destroy long -DPROOF_CALL=prove_destroy --unwind 4 --unwindset
 *	hvpt_stats_failed.0:10
 */
#include "proofs/any_answer.h"

#include "src/domain/ids.c"
#include "src/domain/iommu.c"
#include "src/domain/probe.c"
#include "src/domain/stats.c"

/* Creating is domain_begin's; here it answers anything. */
#define hvpt_domain_create domain_create
#include "src/domain/domain.c"
#undef hvpt_domain_create

static struct hvpt_iommu iommu;
static struct hvpt_domain paging;
static struct hvpt_device device;
static struct hvpt_iommu_config config;
static struct hvpt_transport_ops ops;
static struct hvpt_iommu_caps caps; /* of the host */
/* does the hypervisor have the two domains */
static bool has_identity, has_blocked;
static bool old_tried; /* the blocked domain of before a resume */
/* how many calls of each kind; each is made after those before it */
static unsigned asked, flushes, creates, deletes;
static enum hvpt_status caps_status, flush_status, create_status, delete_status;
static bool flush_heard;

/* ---- any hypervisor ----------------------------------------------------- */

enum hvpt_status hvpt_hvcall_get_caps(const struct hvpt_transport *transport,
				      struct hvpt_iommu_caps *out,
				      struct hvpt_answer *answer)
{
	ASSERT(transport == &iommu.transport && !asked && !flushes);
	asked++;
	caps_status = any_answer(answer);
	answer->code = HVPT_HVCALL_GET_IOMMU_CAPABILITIES;
	if (caps_status == HVPT_OK)
		*out = caps;
	return caps_status;
}

enum hvpt_status
hvpt_hvcall_flush_domain(const struct hvpt_transport *transport, uint32_t id,
			 struct hvpt_answer *answer)
{
	ASSERT(transport == &iommu.transport && asked == 1 && !creates);
	ASSERT(id == HVPT_DOMAIN_ID_LAST);
	flushes++;
	flush_status = any_answer(answer);
	answer->code = HVPT_HVCALL_FLUSH_DEVICE_DOMAIN;
	flush_heard = hvpt_answer_is_heard(answer);
	return flush_status;
}

/* As domain_begin proves. */
enum hvpt_status hvpt_domain_create(struct hvpt_domain *domain, bool *stuck)
{
	struct hvpt_answer answer;
	bool first = domain == &iommu.identity;

	ASSERT(flushes == 1 && creates == !first && domain->iommu == &iommu);
	ASSERT(first || domain == &iommu.blocked);
	ASSERT(domain->kind ==
	       (first ? HVPT_DOMAIN_IDENTITY : HVPT_DOMAIN_BLOCKED));
	creates++;
	*stuck = false;
	create_status = any_answer(&answer);
	if (create_status != HVPT_OK) {
		*stuck = nondet_bool();
		return create_status;
	}
	domain->id = 1 + !first;
	domain->next = iommu.domains;
	iommu.domains = domain;
	*(first ? &has_identity : &has_blocked) = true;
	return HVPT_OK;
}

enum hvpt_status
hvpt_hvcall_delete_domain(const struct hvpt_transport *transport, uint32_t id,
			  struct hvpt_answer *answer)
{
	bool *has = id == iommu.identity.id ? &has_identity : &has_blocked;

	ASSERT(transport == &iommu.transport);
	ASSERT(id == iommu.identity.id || id == iommu.blocked.id);
	/* no domain twice, and identity only when no device stays in it */
	ASSERT(*has && !(iommu.handed_over && has == &has_identity));
	deletes++;
	delete_status = any_answer(answer);
	answer->code = HVPT_HVCALL_DELETE_DEVICE_DOMAIN;
	if (delete_status == HVPT_OK)
		*has = false;
	return delete_status;
}

void hvpt_resume_old_blocked(struct hvpt_iommu *of)
{
	ASSERT(of == &iommu && !deletes);
	old_tried = true;
}

/* ---- beginning ---------------------------------------------------------- */

static void hook(void)
{
}

static void any_config(void)
{
	ops.borrow = nondet_bool() ? (void *)hook : NULL;
	ops.issue = nondet_bool() ? (void *)hook : NULL;
	ops.give_back = nondet_bool() ? (void *)hook : NULL;
	config.transport.ops = nondet_bool() ? &ops : NULL;
	config.transport.ctx = nondet_bool() ? &config : NULL;
	config.ids.first = nondet_u32();
	config.ids.last = nondet_u32();
	config.width_limit = nondet_u32();
	caps.caps = nondet_u64();
	caps.page_sizes = nondet_u64();
	caps.iova_width = nondet_u8();
	iommu.last_failure = nondet_u64();
	iommu.domains = nondet_bool() ? &paging : NULL;
	iommu.devices = nondet_bool() ? &device : NULL;
	iommu.handed_over = nondet_bool();
}

static enum hvpt_status config_refuses(void)
{
	uint32_t first = config.ids.first, last = config.ids.last;

	if (!config.transport.ops || !ops.borrow || !ops.issue ||
	    !ops.give_back)
		return HVPT_ERR_OPS;
	if ((first != 0 || last != 0) &&
	    (first == 0 || last == 0xffffffff || first >= last))
		return HVPT_ERR_DOMAIN_ID;
	return config.width_limit != 0 && (config.width_limit < 13 ||
					   config.width_limit > 57) ?
		       HVPT_ERR_WIDTH :
		       HVPT_OK;
}

static enum hvpt_status caps_refuse(void)
{
	if (caps_status == HVPT_ERR_HV_CODE)
		return HVPT_ERR_NO_IOMMU;
	if (caps_status != HVPT_OK)
		return caps_status;
	if (!(caps.caps & HVPT_HV_IOMMU_CAP_PRESENT))
		return HVPT_ERR_NO_IOMMU;
	if (!(caps.caps & HVPT_HV_IOMMU_CAP_S1))
		return HVPT_ERR_NO_STAGE1;
	return !(caps.page_sizes >> 12 & 1) || caps.iova_width < 13 ?
		       HVPT_ERR_IOMMU_CAPS :
		       HVPT_OK;
}

static uint32_t wanted_width(void)
{
	uint32_t most = caps.caps & HVPT_HV_IOMMU_CAP_S1_5LVL ? 57 : 48;

	if (most > caps.iova_width)
		most = caps.iova_width;
	return config.width_limit && config.width_limit < most ?
		       config.width_limit :
		       most;
}

static void check_begun(void)
{
	ASSERT(has_identity && has_blocked && !deletes && !iommu.devices);
	ASSERT(iommu.domains == &iommu.blocked &&
	       iommu.blocked.next == &iommu.identity && !iommu.identity.next);
	ASSERT(iommu.width == wanted_width());
	ASSERT(iommu.caps.caps == caps.caps &&
	       iommu.caps.page_sizes == caps.page_sizes);
	ASSERT(iommu.transport.ops == &ops &&
	       iommu.transport.ctx == config.transport.ctx);
	ASSERT(iommu.ids.first == (config.ids.first ? config.ids.first : 1));
	ASSERT(iommu.ids.last ==
	       (config.ids.first ? config.ids.last : 0xfffffffe));
	ASSERT(iommu.flush_probes ==
	       (flush_status != HVPT_OK && flush_status != HVPT_ERR_HV_DENIED &&
		flush_status != HVPT_ERR_HV_CODE));
	ASSERT(!hvpt_domain_is_lost(&iommu.identity) &&
	       !hvpt_domain_is_lost(&iommu.blocked));
	ASSERT(!iommu.handed_over && iommu.old_blocked == 0);
	if (iommu.width < caps.iova_width)
		REACHED("less than the devices' width");
}

static void prove_init(void)
{
	enum hvpt_status status, refused;
	bool identity;

	any_config();
	status = hvpt_iommu_init(&iommu, &config);
	refused = config_refuses();
	identity = creates == 2;
	ASSERT(asked == (refused == HVPT_OK));
	if (refused == HVPT_OK)
		refused = caps_refuse();
	ASSERT(flushes == (refused == HVPT_OK));
	if (refused == HVPT_OK && flush_status != HVPT_OK && !flush_heard)
		refused = flush_status;
	ASSERT((creates != 0) == (refused == HVPT_OK));
	if (refused == HVPT_OK)
		refused = create_status;
	ASSERT(status == refused);
	if (status == HVPT_OK) {
		check_begun();
		return;
	}
	ASSERT(!has_blocked && deletes == identity);
	ASSERT(has_identity == (identity && delete_status != HVPT_OK));
	if (has_identity)
		REACHED("a domain remains");
	if (asked == 0)
		ASSERT(iommu.last_failure == 0);
}

/* ---- ending ------------------------------------------------------------- */

static bool is_linked(const struct hvpt_domain *wanted)
{
	const struct hvpt_domain *one = iommu.domains;

	while (one && one != wanted)
		one = one->next;
	return one != NULL;
}

static void link(struct hvpt_domain *domain, bool yes,
		 enum hvpt_domain_kind kind)
{
	domain->iommu = &iommu;
	domain->kind = kind;
	domain->epoch = nondet_u32();
	if (!yes)
		return;
	domain->next = iommu.domains;
	iommu.domains = domain;
}

/* After any number of calls that failed. */
static void any_end(void)
{
	has_identity = nondet_bool();
	has_blocked = nondet_bool();
	iommu.epoch = nondet_u32();
	iommu.identity.id = 1;
	iommu.blocked.id = 2;
	iommu.handed_over = nondet_bool();
	iommu.devices = nondet_bool() ? &device : NULL;
	if (nondet_bool())
		link(&paging, nondet_bool(), HVPT_DOMAIN_PAGING);
	link(&iommu.identity, has_identity, HVPT_DOMAIN_IDENTITY);
	link(&iommu.blocked, has_blocked, HVPT_DOMAIN_BLOCKED);
}

static void prove_destroy(void)
{
	bool had_identity, busy, lost;
	enum hvpt_status status;

	any_end();
	had_identity = has_identity;
	busy = iommu.devices || is_linked(&paging);
	lost = iommu.identity.epoch != iommu.epoch ||
	       iommu.blocked.epoch != iommu.epoch;
	status = hvpt_iommu_destroy(&iommu);
	ASSERT(is_linked(&iommu.identity) == has_identity);
	ASSERT(is_linked(&iommu.blocked) == has_blocked);
	if (busy || lost) {
		ASSERT(status == (busy ? HVPT_ERR_BUSY : HVPT_ERR_LOST));
		ASSERT(!deletes && !old_tried);
		return;
	}
	ASSERT(old_tried);
	if (status == HVPT_OK) {
		REACHED("destroyed");
		ASSERT(has_identity == (had_identity && iommu.handed_over));
		ASSERT(!has_blocked);
		if (has_identity)
			REACHED("devices stay in the identity domain");
		return;
	}
	ASSERT(status == delete_status);
	if (!has_identity && deletes == 2)
		REACHED("the blocked domain remains");
}

void proof(void)
{
	PROOF_CALL();
}
