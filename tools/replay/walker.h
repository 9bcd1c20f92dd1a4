/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * walker.h - a second judge beside the model hypervisor: the VT-d or the
 * processor which QEMU emulates (oracle/qemu/).
 *
 * A replay is the same whoever judges. With one of these its table pages lie in
 * the memory of the emulated machine as well, and each page at which the model
 * hypervisor's DMA is judged is also looked at by the emulated device, or
 * translated by the emulated processor. The VT-d is given the hypercalls which
 * the model hypervisor carried out.
 */
#ifndef TOOLS_REPLAY_WALKER_H
#define TOOLS_REPLAY_WALKER_H

#include "oracle/qemu/bridge.h"
#include "oracle/qemu/cpu_walk.h"
#include "oracle/qemu/dma.h"
#include "adapters/host/arena.h"
#include "check.h"
#include "tools/options.h"

/* Devices of a replay: one for each domain. */
#define WALK_DEVICES DOMAINS_MAX

/* What is seen of an address which is expected at some gpa. */
enum walk_seen {
	WALK_THERE = 0,	    /* it gets there */
	WALK_NOTHING = 1,   /* nothing is mapped */
	WALK_READ_ONLY = 2, /* it may not be written */
	WALK_ELSEWHERE = 3, /* it gets somewhere else */
	WALK_UNSEEN = 4,    /* looking would do harm */
};

struct walk;

/**
 * struct walk_ops - one of the walkers
 * @name: for people
 * @permissions: it sees them page by page
 * @pool, @pool_pages: where table pages may lie
 * @start: the machine is to run. Return: NULL, or why not
 * @see: what is at @iova, a multiple of 4, expected at @gpa?
 * @whole: looks at all of @domain; NULL: it cannot
 */
struct walk_ops {
	const char *name;
	bool permissions;
	uint64_t pool;
	size_t pool_pages;
	const char *(*start)(struct walk *walk);
	enum walk_seen (*see)(struct walk *walk, const struct domain *domain,
			      uint64_t iova, uint64_t gpa);
	void (*whole)(struct walk *walk, struct checker *checker,
		      const struct domain *domain);
};

extern const struct walk_ops walk_vtd_ops;
extern const struct walk_ops walk_cpu_ops;

/** Which domain a device of the replay is in; @domain 0: in none. */
struct walk_device {
	uint64_t id;
	uint32_t domain;
};

/**
 * struct walk - a walker of one replay
 * @hv: the model hypervisor
 * @error: why it cannot go on, which ends the replay; NULL: it can
 * @looks: how often it was asked; @stale: to what was unmapped and not synced
 * @root: the table the processor has
 * @page: the call page which the model hypervisor has lent
 * @device: of the replay, @devices of them
 * @shown: the domain which the one emulated device is in; 0: none
 */
struct walk {
	const struct walk_ops *ops;
	const struct replay_options *options;
	struct hypervisor *hv;
	const char *error;
	uint64_t looks;
	uint64_t stale;
	struct guest_ram ram;
	struct qemu *qemu;
	uint64_t root;
	struct vtd vtd;
	struct dma dma;
	struct bridge bridge;
	const void *page;
	struct walk_device device[WALK_DEVICES];
	size_t devices;
	uint32_t shown;
};

/** Starts the walker. Return: NULL with @error, which is static. */
struct walk *walk_open(const struct replay_options *options,
		       const char **error);

/**
 * walk_try() - use the emulated machine
 * @run: may call walker_die(); it holds nothing that has to be given back
 *
 * Does nothing when @walk cannot go on; sets its error when that begins here.
 */
void walk_try(struct walk *walk, void (*run)(void *ctx), void *ctx);

/** @walk may be NULL. */
void walk_close(struct walk *walk);

/**
 * walk_arena() - table pages which the walker sees
 * @pages: in/out: at most so many; fewer when there is no room
 *
 * Return: NULL when the system refuses.
 */
struct hvpt_arena *walk_arena(struct walk *walk, size_t *pages);

/** The transport of a replay which the VT-d is to follow; ctx: the walk. */
extern const struct hvpt_transport_ops walk_vtd_transport;

/** Is the page at @iova what the model says, or what it was before a sync? */
void walk_page(struct checker *checker, const struct domain *domain,
	       uint64_t iova);

/** The device is in no paging domain: is it refused? */
void walk_blocked(struct checker *checker, const struct domain *domain,
		  const char *where);

/** Looks at all of a domain, if the walker can. */
void walk_whole(struct checker *checker, const struct domain *domain);

/** At the end: has the VT-d's hypervisor done all it was given? */
void walk_end(struct checker *checker, const struct walk *walk);

#endif /* TOOLS_REPLAY_WALKER_H */
