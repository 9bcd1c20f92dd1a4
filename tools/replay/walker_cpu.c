/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The emulated processor as a judge of page tables, without hypervisor and
 * caches. It shows permissions only leaf by leaf, when asked for everything.
 */
#include "walker.h"

#include <inttypes.h>
#include <stdlib.h>

#define POOL UINT64_C(0x100000)

static const char *start(struct walk *walk)
{
	const char *program = qemu_find(QEMU_FETCHED);

	if (!program)
		program = qemu_find(QEMU_SYSTEM);
	if (!program)
		return "no QEMU; run scripts/get-qemu";
	walk->qemu = qemu_start_cpu(program, &walk->ram);
	return walk->qemu ? NULL :
			    "QEMU ended before it answered; is it one? "
			    "HVPT_QEMU names it";
}

static void show(struct walk *walk, const struct domain *domain)
{
	uint64_t root = hvpt_pt_root_gpa(domain->pt).value;

	if (walk->root == root)
		return;
	cpu_walk_load(walk->qemu, root, walk->options->levels);
	walk->root = root;
}

static uint64_t as_virtual(const struct walk *walk, uint64_t iova)
{
	return cpu_walk_sign_extend(iova, walk->options->levels);
}

static enum walk_seen see(struct walk *walk, const struct domain *domain,
			  uint64_t iova, uint64_t gpa)
{
	uint64_t seen;

	show(walk, domain);
	if (!cpu_walk_translate(walk->qemu, as_virtual(walk, iova), &seen))
		return WALK_NOTHING;
	return seen == gpa ? WALK_THERE : WALK_ELSEWHERE;
}

/** Walks along the dump while the library shows its leaves. */
struct comparison {
	struct walk *walk;
	struct checker *checker;
	const struct domain *domain;
	const struct cpu_leaf *leaf;
	size_t count;
	size_t at;
};

static bool compare_leaf(void *ctx, hvpt_iova_t iova,
			 const struct hvpt_mapping *mapping)
{
	struct comparison *all = ctx;
	const struct cpu_leaf *leaf = &all->leaf[all->at];
	bool writable = (mapping->prot & HVPT_PROT_WRITE) != 0;
	unsigned prot = 0;
	uint64_t gpa = 0;

	if (!check_that(all->checker, all->at < all->count,
			"the processor has fewer leaves than the library"))
		return false;
	all->at++;
	(void)hvpt_model_lookup(all->domain->model, iova.value, &gpa, &prot);
	return check_that(all->checker,
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

static void whole(struct walk *walk, struct checker *checker,
		  const struct domain *domain)
{
	struct comparison all = { walk, checker, domain, NULL, 0, 0 };
	struct cpu_leaf *leaves;

	show(walk, domain);
	all.count = cpu_walk_dump(walk->qemu, &leaves);
	all.leaf = leaves;
	check_that(checker,
		   hvpt_pt_visit(domain->pt, NULL, compare_leaf, &all) ==
				   HVPT_OK &&
			   all.at == all.count,
		   "the processor's leaves are not the library's");
	free(leaves);
}

const struct walk_ops walk_cpu_ops = {
	.name = "QEMU's processor",
	.pool = POOL,
	.pool_pages = (size_t)(GUEST_RAM_MAX - POOL) / HVPT_PAGE_BYTES,
	.start = start,
	.see = see,
	.whole = whole,
};
