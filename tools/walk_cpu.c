/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The emulated processor as a judge of page tables, without hypervisor and
 * caches. It shows permissions only leaf by leaf, when asked for everything.
 */
#include "walk.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define POOL UINT64_C(0x100000)
#define POOL_PAGES ((size_t)(GUEST_RAM_MAX - POOL) / HVPT_PAGE_BYTES)

static bool start(struct walk *walk)
{
	const char *program = qemu_find(QEMU_FETCHED);

	if (!program)
		program = qemu_find(QEMU_SYSTEM);
	if (!program) {
		snprintf(walk->result->error, sizeof(walk->result->error),
			 "no QEMU; run scripts/get-qemu");
		return false;
	}
	guest_ram_open(&walk->ram, GUEST_RAM_MAX, POOL, POOL_PAGES);
	walk->qemu = qemu_start_cpu(program, &walk->ram);
	return true;
}

static enum hvpt_status make(struct walk *walk, struct walk_domain *domain)
{
	struct hvpt_pt_config config;

	memset(&config, 0, sizeof(config));
	config.ops = &guest_ram_ops;
	config.ctx = &walk->ram;
	config.direct_map_offset = guest_ram_offset(&walk->ram);
	config.page_sizes = walk->options->page_sizes;
	config.levels = walk->options->levels;
	config.width = walk->options->width;
	config.form = walk->options->form;
	domain->pt = &domain->table;
	return hvpt_pt_init(&domain->table, &config);
}

static void show(struct walk *walk, struct walk_domain *domain)
{
	if (walk->shown == domain)
		return;
	cpu_walk_load(walk->qemu, hvpt_pt_root_gpa(domain->pt).value,
		      walk->options->levels);
	walk->shown = domain;
}

static uint64_t as_virtual(const struct walk *walk, uint64_t iova)
{
	return cpu_walk_sign_extend(iova, walk->options->levels);
}

static enum walk_seen see(struct walk *walk, struct walk_domain *domain,
			  uint64_t iova, uint64_t gpa)
{
	uint64_t seen;

	show(walk, domain);
	walk->result->dmas++;
	if (!cpu_walk_translate(walk->qemu, as_virtual(walk, iova), &seen))
		return WALK_NOTHING;
	return seen == gpa ? WALK_THERE : WALK_ELSEWHERE;
}

static enum hvpt_status sync_domain(struct walk *walk,
				    struct walk_domain *domain)
{
	(void)walk;
	hvpt_pt_release(domain->pt, &domain->owed);
	return HVPT_OK;
}

/* ---- every leaf -------------------------------------------------------- */

/** Walks along the dump while the library shows its leaves. */
struct comparison {
	struct walk *walk;
	const struct walk_domain *domain;
	const struct cpu_leaf *leaf;
	size_t count;
	size_t at;
};

static bool compare_leaf(void *ctx, hvpt_iova_t iova,
			 const struct hvpt_mapping *mapping)
{
	struct comparison *all = ctx;
	struct judge *judge = &all->walk->judge;
	const struct cpu_leaf *leaf = &all->leaf[all->at];
	bool writable = (mapping->prot & HVPT_PROT_WRITE) != 0;
	unsigned prot = 0;
	uint64_t gpa = 0;

	if (!judge_that(judge, all->at < all->count,
			"the processor has fewer leaves than the library"))
		return false;
	all->at++;
	(void)hvpt_model_lookup(all->domain->model, iova.value, &gpa, &prot);
	return judge_that(judge,
			  leaf->va == as_virtual(all->walk, iova.value) &&
				  leaf->pa == mapping->gpa.value &&
				  leaf->pa == gpa && leaf->user &&
				  leaf->writable == writable &&
				  leaf->writable == (prot != HVPT_PROT_READ) &&
				  leaf->large == (mapping->leaf_lg2 != 12),
			  "leaf of iova 0x%" PRIx64 ": the processor has "
			  "0x%" PRIx64 " -> 0x%" PRIx64,
			  iova.value, leaf->va, leaf->pa);
}

static void whole(struct walk *walk, struct walk_domain *domain)
{
	struct comparison all = { walk, domain, NULL, 0, 0 };
	struct cpu_leaf *leaves;

	show(walk, domain);
	all.count = cpu_walk_dump(walk->qemu, &leaves);
	all.leaf = leaves;
	judge_that(&walk->judge,
		   hvpt_pt_visit(domain->pt, NULL, compare_leaf, &all) ==
				   HVPT_OK &&
			   all.at == all.count,
		   "the processor's leaves are not the library's");
	free(leaves);
	walk->result->audits++;
}

static void finish(struct walk *walk)
{
	size_t i;

	for (i = 0; i < walk->count; i++)
		hvpt_pt_destroy(walk->domain[i]->pt);
}

const struct walk_ops walk_cpu_ops = {
	.start = start,
	.make = make,
	.see = see,
	.sync = sync_domain,
	.whole = whole,
	.finish = finish,
};
