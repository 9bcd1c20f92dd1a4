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
#define DW_PASTS 64u
#define DW_LARGE UINT64_C(0x200000)

/** What a device may see although it is no longer mapped so. */
struct dw_past {
	uint64_t first;
	uint64_t last;
	uint64_t gpa;
};

struct dw_range {
	uint64_t first;
	uint64_t length;
};

/**
 * struct dw - everything there is
 * @armed: a hypercall, or an allocation, of the next call may fail
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
	struct hvpt_gather gather[DW_DOMAINS];
	struct hvpt_model *model[DW_DOMAINS];
	struct dw_past past[DW_DOMAINS][DW_PASTS];
	unsigned pasts[DW_DOMAINS];
	struct hvpt_device device[DW_DEVICES];
	unsigned where[DW_DEVICES];
	uint64_t base;
	bool armed;
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

/* ---- things go wrong ------------------------------------------------- */

void dw_arm(struct dw *dw, struct fz_input *input);

/** After the call for which things went wrong. */
void dw_heal(struct dw *dw);
void dw_disarm(struct dw *dw);

/** May a call fail like this now? */
bool dw_is_armed(const struct dw *dw, enum hvpt_status status);

/* ---- domains and devices --------------------------------------------- */

void dw_make_domain(struct dw *dw, unsigned n);
void dw_end_domain(struct dw *dw, unsigned n);
void dw_must_sync(struct dw *dw, unsigned n);

/** Adds a device to the host, probes it, and puts it into blocked. */
void dw_plug(struct dw *dw, unsigned d);
uint64_t dw_device_id(unsigned d);

/** Attaches, doing what is to be done about ATS. */
enum hvpt_status dw_attach(struct dw *dw, unsigned d, unsigned to);
void dw_ats_off(struct dw *dw, unsigned d);

/* ---- maps and DMA ---------------------------------------------------- */

struct dw_range dw_pick_range(const struct dw *dw, struct fz_input *input);
uint64_t dw_pick_gpa(struct fz_input *input, uint64_t iova);

/** What is mapped in a range may be seen until a sync. Makes room if needed. */
void dw_note_past(struct dw *dw, unsigned n, struct dw_range range);

/** A device's DMA somewhere, judged. */
void dw_dma(struct dw *dw, struct fz_input *input);

#endif /* FUZZ_DOMAIN_WORLD_H */
