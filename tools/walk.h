/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * walk.h - replay a trace with someone else's walker for a judge: the VT-d or
 * the processor which QEMU emulates (tests/walkers/).
 *
 * The library's tables lie in the memory of the emulated machine. After each
 * event some pages of its range are looked at: by a device's write, or by the
 * monitor's address translation. What is seen is compared with a plain list
 * of what should be mapped.
 */
#ifndef TOOLS_WALK_H
#define TOOLS_WALK_H

#include "bridge.h"
#include "cpu_walk.h"
#include "dma.h"
#include "host/model.h"
#include "hvpt/device.h"
#include "judge.h"
#include "report.h"
#include "trace.h"

#define WALK_DOMAINS_MAX 32u

/* Pages looked at of one range: the first, the last, a random one. */
#define WALK_PAGES 3u

/* What is seen of an address which is expected at some gpa. */
enum walk_seen {
	WALK_THERE = 0,	    /* it gets there */
	WALK_NOTHING = 1,   /* nothing is mapped */
	WALK_READ_ONLY = 2, /* it may not be written */
	WALK_ELSEWHERE = 3, /* it gets somewhere else */
};

/** A page the device has used, and where it was. */
struct walk_page {
	uint64_t iova;
	uint64_t gpa;
};

/**
 * struct walk_domain - one domain of a trace
 * @named: @id, dom= of the trace, is known
 * @domain: the library's, with the VT-d
 * @table: the library's page table alone, with the processor
 * @pt: the page table of either
 * @unsynced: unmaps since the last sync
 * @model: what ought to be mapped; @waiting: what waits for a sync
 * @used: pages of it which may be in a cache
 */
struct walk_domain {
	bool named;
	uint64_t id;
	struct hvpt_domain domain;
	struct hvpt_pagetable table;
	struct hvpt_pagetable *pt;
	struct hvpt_gather owed;
	uint64_t unsynced;
	struct hvpt_model *model;
	struct hvpt_model *waiting;
	struct walk_page *used;
	size_t used_count;
	size_t used_room;
};

struct walk;

/**
 * struct walk_ops - one of the walkers
 * @permissions: it sees them
 * @start: the machine is to run. Return: false with the result's error
 * @make: a new domain, nothing mapped
 * @see: what is at @iova, expected at @gpa?
 * @sync: flush what @domain owes
 * @whole: look at all of @domain
 * @finish: end all domains and the machine
 */
struct walk_ops {
	bool permissions;
	bool (*start)(struct walk *walk);
	enum hvpt_status (*make)(struct walk *walk, struct walk_domain *domain);
	enum walk_seen (*see)(struct walk *walk, struct walk_domain *domain,
			      uint64_t iova, uint64_t gpa);
	enum hvpt_status (*sync)(struct walk *walk, struct walk_domain *domain);
	void (*whole)(struct walk *walk, struct walk_domain *domain);
	void (*finish)(struct walk *walk);
};

extern const struct walk_ops walk_vtd_ops;
extern const struct walk_ops walk_cpu_ops;

/**
 * struct walk - one trace
 * @recent: the domain of the last event
 * @shown: whose tables the walker has before it
 * @mapped: bytes now
 */
struct walk {
	const struct walk_ops *ops;
	const struct replay_options *options;
	struct replay_result *result;
	struct judge judge;
	struct guest_ram ram;
	struct qemu *qemu;
	struct vtd vtd;
	struct dma dma;
	struct bridge bridge;
	struct hvpt_iommu iommu;
	struct hvpt_device device;
	struct walk_domain *recent;
	struct walk_domain *shown;
	struct walk_domain *domain[WALK_DOMAINS_MAX];
	size_t count;
	uint64_t mapped;
	uint64_t started; /* nanoseconds */
};

/** Starts the walker. Return: NULL with @result->error. */
struct walk *walk_open(const struct replay_options *options,
		       struct replay_result *result);

/** One event; a pairing_fn whose ctx is a struct walk *. */
bool walk_event(void *walk, const struct trace_event *event);

/** Looks at everything, ends all, and writes the figures. */
void walk_close(struct walk *walk);

/** Is a gpa memory which a device of the emulated machine may write to? */
bool walk_is_data(const struct walk *walk, uint64_t gpa);

#endif /* TOOLS_WALK_H */
