/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The emulated processor reads page tables, without hypervisor and caches. It
 * shows permissions only in the dump of all leaves, so a single access is a
 * read.
 */
#include "backend_qemu.h"

#include <inttypes.h>
#include <stdlib.h>

#include "check.h"
#include "replay_domain.h"

#define POOL UINT64_C(0x100000)

static const char *start(struct backend_qemu *machine)
{
	const char *program = qemu_find(QEMU_FETCHED);

	if (!program)
		program = qemu_find(QEMU_SYSTEM);
	if (!program)
		return "no QEMU; run scripts/get-qemu";
	machine->qemu = qemu_start_cpu(program, &machine->ram);
	return machine->qemu ? NULL :
			       "QEMU ended before it answered; is it one? "
			       "HVPT_QEMU names it";
}

static void show(struct backend_qemu *machine, const struct domain *domain)
{
	uint64_t root = hvpt_pt_root_gpa(domain->pt).value;

	if (machine->root == root)
		return;
	cpu_walk_load(machine->qemu, root, machine->options->levels);
	machine->root = root;
}

static uint64_t as_virtual(const struct backend_qemu *machine, uint64_t iova)
{
	return cpu_walk_sign_extend(iova, machine->options->levels);
}

static bool see(struct backend_qemu *machine, const struct domain *domain,
		const struct access *access, bool write, struct sight *sight)
{
	if (write)
		return false;
	show(machine, domain);
	sight->cached = false;
	sight->kind = SIGHT_NOTHING;
	if (cpu_walk_translate(machine->qemu, as_virtual(machine, access->iova),
			       &sight->gpa))
		sight->kind = SIGHT_AT;
	return true;
}

/** Compares the dump with the leaves that the library visits. */
struct comparison {
	struct backend_qemu *machine;
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
			  leaf->va == as_virtual(all->machine, iova.value) &&
				  leaf->pa == mapping->gpa.value &&
				  leaf->pa == gpa && leaf->user &&
				  leaf->writable == writable &&
				  leaf->writable == (prot != HVPT_PROT_READ) &&
				  leaf->large == (mapping->leaf_lg2 != 12),
			  "leaf of iova 0x%" PRIx64 ": the processor has "
			  "0x%" PRIx64 " -> 0x%" PRIx64,
			  iova.value, leaf->va, leaf->pa);
}

static void compare(void *ctx)
{
	struct comparison *all = ctx;
	struct cpu_leaf *leaves;

	show(all->machine, all->domain);
	all->count = cpu_walk_dump(all->machine->qemu, &leaves);
	all->leaf = leaves;
	check_that(all->checker,
		   hvpt_pt_visit(all->domain->pt, NULL, compare_leaf, all) ==
				   HVPT_OK &&
			   all->at == all->count,
		   "the processor's leaves are not the library's");
	free(leaves);
}

static void check_whole(struct backend *backend, struct checker *checker,
			const struct domain *domain)
{
	struct backend_qemu *machine = backend_qemu_of(backend);
	struct comparison all = { machine, checker, domain, NULL, 0, 0 };

	(void)backend_qemu_try(machine, compare, &all);
}

const struct backend_qemu_ops backend_cpu_ops = {
	.backend = {
		.name = "QEMU's processor",
		.access = backend_qemu_access,
		.check_whole = check_whole,
	},
	.pool = POOL,
	.pool_pages = (size_t)(GUEST_RAM_MAX - POOL) / HVPT_PAGE_BYTES,
	.start = start,
	.see = see,
};
