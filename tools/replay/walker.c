/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#define _GNU_SOURCE
#include "walker.h"

#include <inttypes.h>
#include <stdlib.h>
#include <sys/mman.h>

#define PAGE HVPT_PAGE_BYTES

/* ---- beginning and end ----------------------------------------------- */

/* An argument of walker_try(). */
static void start(void *ctx)
{
	struct walk *walk = ctx;

	guest_ram_open(&walk->ram, GUEST_RAM_MAX, walk->ops->pool,
		       walk->ops->pool_pages);
	walk->error = walk->ops->start(walk);
}

struct walk *walk_open(const struct replay_options *options, const char **error)
{
	struct walk *walk = calloc(1, sizeof(*walk));

	*error = "out of memory";
	if (!walk)
		return NULL;
	walk->ops = options->walker == WALKER_CPU ? &walk_cpu_ops :
						    &walk_vtd_ops;
	walk->options = options;
	walk_try(walk, start, walk);
	*error = walk->error;
	if (!*error)
		return walk;
	walk_close(walk);
	return NULL;
}

void walk_try(struct walk *walk, void (*run)(void *ctx), void *ctx)
{
	if (!walk->error && !walker_try(run, ctx))
		walk->error = walker_error();
}

void walk_close(struct walk *walk)
{
	if (!walk)
		return;
	qemu_stop(walk->qemu);
	guest_ram_close(&walk->ram);
	free(walk);
}

/* The arena's pages become the machine's memory: nobody used them yet. */
struct hvpt_arena *walk_arena(struct walk *walk, size_t *pages)
{
	uint64_t pool = walk->ops->pool;
	struct hvpt_arena *arena;
	void *memory;

	if (*pages > walk->ops->pool_pages)
		*pages = walk->ops->pool_pages;
	arena = hvpt_arena_create(*pages, pool);
	if (!arena)
		return NULL;
	memory = (void *)(uintptr_t)(hvpt_arena_offset(arena) + pool);
	if (mmap(memory, *pages * PAGE, PROT_READ | PROT_WRITE,
		 MAP_SHARED | MAP_FIXED, walk->ram.fd, (off_t)pool) == memory)
		return arena;
	hvpt_arena_destroy(arena);
	return NULL;
}

/* ---- looking --------------------------------------------------------- */

/** One look at an address; @seen: out. */
struct look {
	struct walk *walk;
	const struct domain *domain;
	uint64_t iova;
	uint64_t gpa;
	enum walk_seen seen;
};

static void look_once(void *ctx)
{
	struct look *look = ctx;

	look->seen = look->walk->ops->see(look->walk, look->domain, look->iova,
					  look->gpa);
}

/* WALK_UNSEEN also when the walker cannot go on. */
static enum walk_seen see(const struct domain *domain, uint64_t iova,
			  uint64_t gpa)
{
	struct look look = { domain->walk, domain, iova, gpa, WALK_UNSEEN };

	walk_try(domain->walk, look_once, &look);
	domain->walk->looks++;
	return look.seen;
}

static const char *seen_text(enum walk_seen seen)
{
	static const char *const texts[] = { "is there", "faults",
					     "is read-only",
					     "is somewhere else", "is unseen" };

	return texts[seen];
}

/**
 * struct sight - an address as a model has it
 * @mapped: it is in it
 * @writable: as far as the walker can tell
 */
struct sight {
	bool mapped;
	bool writable;
	uint64_t gpa;
};

static struct sight ask(const struct walk *walk, const struct hvpt_model *model,
			uint64_t iova)
{
	struct sight sight = { false, false, 0 };
	unsigned prot = 0;

	sight.mapped = hvpt_model_lookup(model, iova, &sight.gpa, &prot);
	sight.writable = !walk->ops->permissions || (prot & HVPT_PROT_WRITE);
	return sight;
}

static enum walk_seen expected_of(const struct sight *sight)
{
	if (!sight->mapped)
		return WALK_NOTHING;
	return sight->writable ? WALK_THERE : WALK_READ_ONLY;
}

/* A cache may lag behind for what waits for its sync, if it is what it was. */
static bool may_be(const struct sight *old, enum walk_seen seen)
{
	return old->mapped && (seen == WALK_READ_ONLY ||
			       (seen == WALK_THERE && old->writable));
}

void walk_page(struct checker *checker, const struct domain *domain,
	       uint64_t iova)
{
	struct walk *walk = domain->walk;
	struct sight now, old;
	enum walk_seen seen, expected;

	iova &= ~UINT64_C(3);
	now = ask(walk, domain->model, iova);
	old = ask(walk, domain->waiting, iova);
	expected = expected_of(&now);
	seen = see(domain, iova, now.mapped ? now.gpa : old.gpa);
	if (seen == WALK_UNSEEN)
		return;
	if (seen != expected && may_be(&old, seen)) {
		walk->stale++;
		return;
	}
	checker->stale_after += seen != expected && !now.mapped;
	check_that(checker, seen == expected,
		   "iova 0x%" PRIx64 ": expected that it %s, but %s shows that "
		   "it %s",
		   iova, seen_text(expected), walk->ops->name, seen_text(seen));
}

void walk_blocked(struct checker *checker, const struct domain *domain,
		  const char *where)
{
	struct walk *walk = domain->walk;
	enum walk_seen seen;

	if (walk->ops->whole)
		return; /* no device */
	seen = see(domain, 0, 0);
	if (seen == WALK_UNSEEN)
		return;
	check_that(checker, seen == WALK_NOTHING,
		   "DMA %s: expected a fault, but %s shows that it %s", where,
		   walk->ops->name, seen_text(seen));
}

/** One look at all of a domain. */
struct whole {
	struct checker *checker;
	const struct domain *domain;
};

static void look_at_whole(void *ctx)
{
	const struct whole *all = ctx;
	struct walk *walk = all->domain->walk;

	walk->ops->whole(walk, all->checker, all->domain);
}

void walk_whole(struct checker *checker, const struct domain *domain)
{
	struct whole all = { checker, domain };

	if (domain->walk->ops->whole)
		walk_try(domain->walk, look_at_whole, &all);
}

void walk_end(struct checker *checker, const struct walk *walk)
{
	if (walk->error)
		return;
	check_that(checker, walk->bridge.refused == 0,
		   "%s was refused what the model hypervisor did",
		   walk->ops->name);
}
