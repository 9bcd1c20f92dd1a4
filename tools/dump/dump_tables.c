/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The leaves of page tables, and of text that was read. */
#include "dump.h"
#include "oracle/sdm_scan.h"
#include "tools/tables/tables.h"

bool dump_add_tables(struct dump *dump, const struct tables *tables)
{
	size_t i;

	for (i = 0; i < tables->count; i++) {
		const struct tables_domain *domain = &tables->list[i];
		struct dump_domain *to = dump_add_domain(dump, domain->last);

		if (!to)
			return false;
		to->walker = &domain->walker;
		tables_title(to->title, sizeof(to->title), tables, i);
		tables_key(to->key, sizeof(to->key), tables, i);
	}
	return true;
}

/* ---- entries ------------------------------------------------------------- */

static const char *problem_of(const struct sdm_seen *seen)
{
	if (seen->kind == SDM_SEEN_LOOP)
		return "it points at a table above it";
	if (seen->kind == SDM_SEEN_AGAIN)
		return "it points at a table that was met before";
	if (seen->kind != SDM_SEEN_FAULT)
		return NULL;
	switch (seen->fault) {
	case SDM_FAULT_ADDRESS:
		return "it stands for no iova";
	case SDM_FAULT_UNREADABLE:
		return "it points at a table that is not in the memory";
	default:
		return sdm_fault_text(seen->fault);
	}
}

/** Passes on what a scan sees. */
struct passer {
	dump_leaf_fn fn;
	void *ctx;
};

static bool pass(void *ctx, const struct sdm_seen *seen)
{
	const struct passer *passer = ctx;
	const struct dump_leaf leaf = {
		.iova = seen->address,
		.gpa = seen->pa,
		.size_lg2 = sdm_level_lg2(seen->level),
		.write = seen->writable,
		.accessed = seen->accessed,
		.dirty = seen->dirty,
		.entry = seen->entry,
		.entry_gpa = seen->entry_pa,
		.problem = problem_of(seen),
	};

	return seen->kind == SDM_SEEN_TABLE || passer->fn(passer->ctx, &leaf);
}

bool dump_leaves(const struct dump_domain *domain, dump_leaf_fn fn, void *ctx)
{
	struct passer passer = { fn, ctx };
	size_t i;

	if (domain->walker)
		return sdm_scan(domain->walker, pass, &passer) ==
		       SDM_SCAN_TABLES_MAX;
	for (i = 0; i < domain->count; i++) {
		if (!fn(ctx, &domain->leaves[i]))
			break;
	}
	return domain->cut;
}
