/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * domain_world.h - a pvIOMMU on a model hypervisor, and its books.
 */
#ifndef FUZZ_DOMAIN_WORLD_H
#define FUZZ_DOMAIN_WORLD_H

#include "host/hv_binding.h"
#include "host/model.h"
#include "hvpt/device.h"
#include "hvpt/hvpt.h"
#include "world/produce.h"

#define DW_DOMAINS 2u
#define DW_DEVICES 2u
/* Behind the paging domains: identity, blocked. */
#define DW_PLACES (DW_DOMAINS + 2u)
#define DW_NOWHERE 99u
/* What a kernel has: identity, blocked, and its paging domains. */
#define DW_OWN_DOMAINS (2u + DW_DOMAINS)
#define DW_GATHERS 2u
#define DW_PASTS 64u
#define DW_LARGE UINT64_C(0x200000)

/**
 * struct dw_past - what a device may see although it is no longer mapped so
 * @gather: until this one is synced
 */
struct dw_past {
	unsigned gather;
	uint64_t first;
	uint64_t last;
	uint64_t gpa;
};

struct dw_range {
	uint64_t first;
	uint64_t length;
};

/** What of a call can fail. */
enum dw_cause {
	DW_PAGES = 1, /* it takes table pages */
	DW_CALLS = 2, /* it makes hypercalls */
};

/**
 * struct dw - everything there is
 * @gather: of each domain two, as if of two threads
 * @armed: a hypercall, or an allocation, of the next call may fail
 * @armed_pages: an allocation
 * @armed_status: what a hypercall which fails becomes; HVPT_OK: none fails
 * @armed_timeout: one may time out; after that a list is gone on with
 * @resumed: domains may have got other ids, for which their tables leak
 * @spent: domain ids which cannot be used again
 * @leaked: pages which are in use at the end, and should be
 * @orphans: domains which exist at the end, and should
 */
struct dw {
	struct hypervisor_config host;
	struct hypervisor *hv;
	struct hvpt_arena *arena;
	struct hvpt_hypervisor_pages pages;
	struct hvpt_iommu_config config;
	struct hvpt_domain_config domain_config;
	struct hvpt_iommu iommu;
	struct hvpt_domain domain[DW_DOMAINS];
	struct hvpt_gather gather[DW_DOMAINS][DW_GATHERS];
	struct hvpt_model *model[DW_DOMAINS];
	struct dw_past past[DW_DOMAINS][DW_PASTS];
	unsigned pasts[DW_DOMAINS];
	struct hvpt_device device[DW_DEVICES];
	unsigned where[DW_DEVICES];
	uint64_t base;
	bool armed;
	bool armed_pages;
	enum hvpt_status armed_status;
	bool armed_timeout;
	bool resumed;
	uint32_t spent;
	size_t leaked;
	size_t orphans;
};

/**
 * @dw: all zero, or as a run before left it
 *
 * Return: false when the hypervisor, made to fail, gave no pvIOMMU.
 */
bool dw_start(struct dw *dw, struct fz_input *input);
void dw_finish(struct dw *dw);

/** No violation of the hypervisor's. */
void dw_check(struct dw *dw);

/* ---- the host (domain_host.c) ---------------------------------------- */

/** Draws what the host is like, and configurations which fit it. */
void dw_set_host(struct dw *dw, struct fz_input *input);

/** Flushes so far: what the hypervisor saw, and what the library counts. */
struct dw_flushes {
	uint64_t lists_refused;
	uint64_t full;
	uint64_t fallbacks;
};

void dw_read_flushes(struct dw *dw, struct dw_flushes *flushes);

/** A sync succeeded: with a list refused, all was flushed, and counted. */
void dw_check_fallback(struct dw *dw, const struct dw_flushes *before);

/* ---- things go wrong ------------------------------------------------- */

void dw_arm(struct dw *dw, struct fz_input *input);

/** After the call for which things went wrong. */
void dw_heal(struct dw *dw);
void dw_disarm(struct dw *dw);

/**
 * dw_may_fail() - may a call fail like this now?
 * @causes: what it does that can fail: enum dw_cause
 */
bool dw_may_fail(const struct dw *dw, unsigned causes, enum hvpt_status status);

/** The same for calls which begin with asking what there is. */
bool dw_may_fail_probe(const struct dw *dw, enum hvpt_status status);

/** What the host's answers become, by a table of the fuzzer's own. */
enum hvpt_status dw_status_of(uint16_t raw);

/* ---- domains and devices --------------------------------------------- */

void dw_make_domain(struct dw *dw, unsigned n);
void dw_end_domain(struct dw *dw, unsigned n);

/** What is there beside the domains of this kernel stays behind. */
void dw_count_orphans(struct dw *dw);

/** Are there ids enough to make a domain, and fail at it twice? */
bool dw_has_ids(const struct dw *dw);

/** Syncs all gathers of a domain. */
void dw_must_sync(struct dw *dw, unsigned n);

/** Adds a device to the host, probes it, and puts it into blocked. */
void dw_plug(struct dw *dw, unsigned d);
uint64_t dw_device_id(unsigned d);

/** Attaches, doing what is to be done about ATS. */
enum hvpt_status dw_attach(struct dw *dw, unsigned d, unsigned to);
void dw_ats_off(struct dw *dw, unsigned d);

/* ---- other kernels (domain_owners.c) --------------------------------- */

/**
 * dw_kexec() - the kernel dies with DMA running, and another one starts
 *
 * It knows nothing; it finds the domains, and devices attached to them. Skipped
 * when there are not ids enough for both.
 */
void dw_kexec(struct dw *dw);

/**
 * dw_restore() - the image is restored over the kernel which loaded it
 *
 * The hypervisor knows that kernel's domains, under the ids of the image's.
 */
void dw_restore(struct dw *dw);

/* ---- maps and DMA ---------------------------------------------------- */

struct dw_range dw_pick_range(const struct dw *dw, struct fz_input *input);
uint64_t dw_pick_gpa(struct fz_input *input, uint64_t iova);

/** What is mapped in a range may be seen until a sync. Makes room if needed. */
void dw_note_past(struct dw *dw, unsigned n, unsigned g, struct dw_range range);

/** A gather was synced. */
void dw_forget_past(struct dw *dw, unsigned n, unsigned g);

/** A device's DMA somewhere, judged. */
void dw_dma(struct dw *dw, struct fz_input *input);

#endif /* FUZZ_DOMAIN_WORLD_H */
