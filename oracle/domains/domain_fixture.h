/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * domain_fixture.h - random calls on a pvIOMMU over the model hypervisor, each
 * checked.
 *
 * The fixture has a few paging domains and devices, and knows what ought to be
 * mapped in each domain and what a device may still see. Hypercalls and
 * allocations fail; what fails must leave things such that trying again works.
 * All choices come from a struct source, so that a fuzzer and a seed drive the
 * same sequences:
 *
 *	static struct domain_fixture df;
 *	struct source source = source_of_seed(1);
 *
 *	if (df_start(&df, &source, 2, 2)) {
 *		df_run(&df, &source, 48);
 *		df_finish(&df);
 *	}
 *
 * The first fault is printed, and the process aborts.
 */
#ifndef ORACLE_DOMAINS_DOMAIN_FIXTURE_H
#define ORACLE_DOMAINS_DOMAIN_FIXTURE_H

#include "adapters/host/hv_binding.h"
#include "oracle/model.h"
#include "oracle/source.h"
#include "hvpt/device.h"
#include "hvpt/hvpt.h"
#include "oracle/stale.h"

/* Paging domains and devices, at most. */
#define DF_DOMAINS 3u
#define DF_DEVICES 3u
/* A device that is in no domain is here. */
#define DF_NOWHERE 99u
#define DF_GATHERS 2u
#define DF_LARGE UINT64_C(0x200000)

struct df_range {
	uint64_t first;
	uint64_t length;
};

/** A domain, and one of its gathers. */
struct df_pick {
	unsigned n;
	unsigned g;
};

/** What of a call can fail. */
enum df_cause {
	DF_PAGES = 1, /* it takes table pages */
	DF_CALLS = 2, /* it makes hypercalls */
};

/**
 * struct df_counts - how often something worth testing happened
 * @failed: calls that failed because they were made to
 * @stale: DMAs for which a cache said something else than memory
 */
struct df_counts {
	uint64_t failed;
	uint64_t stale;
};

/**
 * struct domain_fixture - the state of the fixture
 * @given: the host of all runs, see df_host_problem(); NULL: each run draws one
 * @domains: paging domains; behind them are places identity and blocked
 * @gather: of each domain two, as if of two threads
 * @where: the place of each device, or DF_NOWHERE
 * @left: what a device in DF_NOWHERE was in before, and that domain's id: the
 *	host may be late to move it, or bring it back there
 * @detached: such a device was detached; one that came back and was not
 *	attached since bypasses stage 1
 * @last: where the last unmap was
 * @armed: a hypercall, or an allocation, of the next call may fail
 * @armed_pages: an allocation
 * @armed_status: what a hypercall that fails becomes; HVPT_OK: none fails
 * @armed_timeout: one may time out; after that a list is gone on with
 * @borrow_fail_at: so many borrows from now there is no call page; 0: never
 * @resumed: domains may have got other ids, for which their tables leak
 * @spent: domain ids that cannot be used again
 * @leaked: pages that are in use at the end, and should be
 * @orphans: domains that exist at the end, and should
 * @step: how many were made
 */
struct domain_fixture {
	const struct hypervisor_config *given;
	struct hypervisor_config host;
	struct hypervisor *hv;
	struct hvpt_arena *arena;
	struct hvpt_hypervisor_pages pages;
	struct hvpt_iommu_config config;
	struct hvpt_domain_config domain_config;
	struct hvpt_iommu iommu;
	unsigned domains;
	unsigned devices;
	struct hvpt_domain domain[DF_DOMAINS];
	struct hvpt_gather gather[DF_DOMAINS][DF_GATHERS];
	struct hvpt_model *model[DF_DOMAINS];
	struct stale *stale[DF_DOMAINS];
	struct hvpt_device device[DF_DEVICES];
	unsigned where[DF_DEVICES];
	unsigned left[DF_DEVICES];
	uint32_t left_id[DF_DEVICES];
	bool detached[DF_DEVICES];
	uint64_t base;
	struct df_pick last;
	uint64_t last_iova;
	bool armed;
	bool armed_pages;
	enum hvpt_status armed_status;
	bool armed_timeout;
	unsigned borrow_fail_at;
	bool resumed;
	uint32_t spent;
	size_t leaked;
	size_t orphans;
	unsigned step;
	struct df_counts counts;
};

/**
 * df_start() - creates a host, its pvIOMMU, domains, and devices in them
 * @df: all zero, or as a run before left it
 * @domains: paging domains, at most DF_DOMAINS
 * @devices: at most DF_DEVICES
 *
 * Return: false when the hypervisor, made to fail, gave no pvIOMMU.
 */
bool df_start(struct domain_fixture *df, struct source *source,
	      unsigned domains, unsigned devices);

/** Makes @steps random calls, or as many as the source has bytes for. */
void df_run(struct domain_fixture *df, struct source *source, unsigned steps);

/** Compares everything, destroys everything; all pages must be free. */
void df_finish(struct domain_fixture *df);

/** Frees what a fixture keeps from run to run. */
void df_free(struct domain_fixture *df);

/* ---- for the fixture's own files -------------------------------------- */

__attribute__((noreturn)) void df_die(const struct domain_fixture *df,
				      const char *file, int line,
				      const char *text);

#define DF_CHECK(df, condition, text)                                          \
	((condition) ? (void)0 : df_die((df), __FILE__, __LINE__, (text)))

/** Names the status when the condition does not hold. */
#define DF_CHECK_STATUS(df, condition, status)                                 \
	DF_CHECK(df, condition, hvpt_status_name(status))

/** @call must give HVPT_OK. */
#define DF_CHECK_OK(df, call) df_check_ok((df), (call), __FILE__, __LINE__)
void df_check_ok(const struct domain_fixture *df, enum hvpt_status status,
		 const char *file, int line);

/** No violation of the hypervisor's. */
void df_check(struct domain_fixture *df);

/* Places. */
unsigned df_identity(const struct domain_fixture *df);
unsigned df_blocked(const struct domain_fixture *df);
unsigned df_places(const struct domain_fixture *df);

/** What a kernel has: identity, blocked, and its paging domains. */
unsigned df_own_domains(const struct domain_fixture *df);

/* ---- the host (domain_host.c) ---------------------------------------- */

/**
 * df_set_host() - draws what the host is like, and configurations that fit it
 *
 * @df->given is taken instead, without its limit of domains, if there is one.
 */
void df_set_host(struct domain_fixture *df, struct source *source);

/** Why @host cannot be given: what runs need it does not have. NULL: it can. */
const char *df_host_problem(const struct hypervisor_config *host);

/** Flushes so far: what the hypervisor saw, and what the library counts. */
struct df_flushes {
	uint64_t lists_refused;
	uint64_t full;
	uint64_t fallbacks;
};

void df_read_flushes(struct domain_fixture *df, struct df_flushes *flushes);

/** A sync succeeded: with a list refused, all was flushed, and counted. */
void df_check_fallback(struct domain_fixture *df,
		       const struct df_flushes *before);

/** Injects a failure in one of the next calls, until df_disarm(). */
void df_arm(struct domain_fixture *df, struct source *source);
void df_disarm(struct domain_fixture *df);

/** The next ATTACH is answered as that of a device that is gone. */
void df_arm_attach(struct domain_fixture *df);

/** The transport, whose ctx is a struct domain_fixture. */
extern const struct hvpt_transport_ops df_transport;

/**
 * df_may_fail() - may a call fail like this now?
 * @causes: what it does that can fail: enum df_cause
 */
bool df_may_fail(const struct domain_fixture *df, unsigned causes,
		 enum hvpt_status status);

/** The same for calls that begin with asking what there is. */
bool df_may_fail_probe(const struct domain_fixture *df,
		       enum hvpt_status status);

/** What the host's answers become, by a table of the fixture's own. */
enum hvpt_status df_status_of(const struct domain_fixture *df, uint16_t raw);

/* ---- domains and devices --------------------------------------------- */

void df_make_domain(struct domain_fixture *df, unsigned n);

/** @give_up: one that cannot be destroyed is abandoned, not tried again. */
void df_end_domain(struct domain_fixture *df, unsigned n, bool give_up);

/** Forgets what was mapped in a domain that is gone. */
void df_forget_domain(struct domain_fixture *df, unsigned n);

/** What is there beside the domains of this kernel stays behind. */
void df_count_orphans(struct domain_fixture *df);

/** Are there ids for so many domains more? */
bool df_has_ids(const struct domain_fixture *df, size_t more);

/** Syncs all gathers of a domain. */
void df_must_sync(struct domain_fixture *df, unsigned n);

/** Adds a device to the host, and probes it. */
void df_add(struct domain_fixture *df, unsigned d);

/** The same, and puts it into blocked. */
void df_plug(struct domain_fixture *df, unsigned d);
uint64_t df_device_id(unsigned d);

/** Attaches, doing what is to be done about ATS. */
enum hvpt_status df_attach(struct domain_fixture *df, unsigned d, unsigned to);
void df_ats_off(struct domain_fixture *df, unsigned d);

/** It is in no domain, though the host may be late to move it. */
void df_let_go(struct domain_fixture *df, unsigned d, bool detached);

/* ---- other kernels (domain_owners.c) --------------------------------- */

/**
 * df_kexec() - the kernel dies with DMA running, and another one starts
 *
 * It knows nothing; it finds the domains, and devices attached to them. Skipped
 * when there are not ids enough for both.
 */
void df_kexec(struct domain_fixture *df);

/**
 * df_restore() - the image is restored over the kernel that loaded it
 *
 * The hypervisor knows that kernel's domains, under the ids of the image's.
 */
void df_restore(struct domain_fixture *df);

/* ---- steps (domain_moves.c) ------------------------------------------- */

void df_step_attach(struct domain_fixture *df, struct source *source);

/** @unheard: the move to blocked is answered as if there were no device. */
void df_step_detach(struct domain_fixture *df, struct source *source,
		    bool unheard);
void df_step_rare(struct domain_fixture *df, struct source *source);
void df_step_domain(struct domain_fixture *df, struct source *source);
void df_step_resume(struct domain_fixture *df);

/* ---- what a device sees (domain_dma.c) -------------------------------- */

struct df_range df_pick_range(const struct domain_fixture *df,
			      struct source *source);
uint64_t df_pick_gpa(struct source *source, uint64_t iova);

/** A range of what is mapped, or @range where nothing is. */
struct df_range df_pick_mapped(const struct domain_fixture *df, unsigned n,
			       struct df_range range, unsigned choice);

/** The place its DMA goes to; DF_NOWHERE: to none. */
unsigned df_place_of(struct domain_fixture *df, unsigned d);

/** One DMA of some device, and a lookup in each domain, at the same place. */
void df_dma(struct domain_fixture *df, struct source *source);

/** Every device uses both ends and the middle of a range. */
void df_use(struct domain_fixture *df, struct df_range range);

/** Lookup finds every interval of the model, and nothing beside it. */
void df_compare(struct domain_fixture *df, unsigned n);

#endif /* ORACLE_DOMAINS_DOMAIN_FIXTURE_H */
