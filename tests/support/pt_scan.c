/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include "pt_scan.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* Prints what was found, then ends the test at the caller's line. */
#define FAIL_AT(file, line, ...)                                               \
	do {                                                                   \
		print_error(__VA_ARGS__);                                      \
		print_error("\n");                                             \
		_fail(file, line);                                             \
	} while (0)

#define MUST_AT(condition, file, line)                                         \
	do {                                                                   \
		if (!(condition))                                              \
			FAIL_AT(file, line, "%s:%d: not true: %s", __FILE__,   \
				__LINE__, #condition);                         \
	} while (0)

/* ---- scan ------------------------------------------------------------ */

void pt_leaves_free(struct pt_leaves *leaves)
{
	free(leaves->leaf);
	memset(leaves, 0, sizeof(*leaves));
}

void pt_leaves_add(struct pt_leaves *leaves, struct pt_leaf leaf)
{
	if (leaves->count == leaves->room) {
		leaves->room = leaves->room ? leaves->room * 2 : 64;
		leaves->leaf = realloc(leaves->leaf,
				       leaves->room * sizeof(leaf));
		assert_non_null(leaves->leaf);
	}
	leaves->leaf[leaves->count++] = leaf;
}

/* Index bits as an address: the upper half is sign-extended. */
static uint64_t address_of(const struct pt_fixture *fixture, uint64_t index)
{
	unsigned bits = 12 + 9 * fixture->params->levels;

	if (fixture->params->form == HVPT_IOVA_CANONICAL &&
	    (index >> (bits - 1)) & 1)
		index |= ~(uint64_t)0 << bits;
	return index;
}

/* A walker that translates everything the tables have an index for. */
static struct sdm_walker raw_walker(const struct pt_fixture *fixture)
{
	struct sdm_walker walker = fixture->walker;

	walker.root = hvpt_pt_root_gpa(&fixture->pt).value;
	walker.width = 12 + 9 * walker.levels;
	walker.canonical = false;
	return walker;
}

static struct pt_leaf leaf_of(uint64_t first, const struct sdm_result *result)
{
	struct pt_leaf leaf = {
		.first = first,
		.last = first + ((uint64_t)1 << result->page_lg2) - 1,
		.gpa = result->pa,
		.lg2 = result->page_lg2,
		.writable = result->writable,
		.accessed = result->accessed,
		.dirty = result->dirty,
	};

	return leaf;
}

struct pt_leaves pt_scan(struct pt_fixture *fixture)
{
	struct sdm_walker walker = raw_walker(fixture);
	uint64_t end = (uint64_t)1 << walker.width;
	struct pt_leaves leaves = { 0 };
	uint64_t at = 0;

	while (at < end) {
		struct sdm_result result = sdm_walk(&walker, at, false);
		unsigned lg2 = 12 + 9 * result.level;

		if (result.fault == SDM_FAULT_NONE) {
			pt_leaves_add(&leaves, leaf_of(address_of(fixture, at),
						       &result));
			lg2 = result.page_lg2;
		} else if (result.fault != SDM_FAULT_NOT_PRESENT) {
			FAIL_AT(__FILE__, __LINE__,
				"walk of index %" PRIx64 ": %s, level %u, "
				"entry %" PRIx64,
				at, sdm_fault_text(result.fault), result.level,
				result.entry);
		}
		at = (at | (((uint64_t)1 << lg2) - 1)) + 1;
	}
	return leaves;
}

/* ---- runs ------------------------------------------------------------ */

static bool continues(const struct pt_leaf *a, const struct pt_leaf *b)
{
	return a->last + 1 == b->first && b->first != 0 &&
	       a->gpa + (a->last - a->first) + 1 == b->gpa &&
	       a->writable == b->writable && a->accessed == b->accessed &&
	       a->dirty == b->dirty;
}

void pt_runs_make(struct pt_leaves *leaves)
{
	size_t in, out = 0;

	for (in = 0; in < leaves->count; in++) {
		struct pt_leaf *leaf = &leaves->leaf[in];

		leaf->lg2 = 0;
		if (out && continues(&leaves->leaf[out - 1], leaf))
			leaves->leaf[out - 1].last = leaf->last;
		else
			leaves->leaf[out++] = *leaf;
	}
	leaves->count = out;
}

/* The part of @leaf that is first .. last; there must be one. */
static struct pt_leaf part(struct pt_leaf leaf, uint64_t first, uint64_t last)
{
	if (leaf.last > last)
		leaf.last = last;
	if (leaf.first < first) {
		leaf.gpa += first - leaf.first;
		leaf.first = first;
	}
	return leaf;
}

uint64_t pt_runs_cut(struct pt_leaves *runs, uint64_t first, uint64_t last)
{
	struct pt_leaves rest = { 0 };
	uint64_t bytes = 0;
	size_t i;

	for (i = 0; i < runs->count; i++) {
		struct pt_leaf run = runs->leaf[i];
		struct pt_leaf gone;

		if (run.last < first || run.first > last) {
			pt_leaves_add(&rest, run);
			continue;
		}
		gone = part(run, first, last);
		bytes += gone.last - gone.first + 1;
		if (run.first < first)
			pt_leaves_add(&rest, part(run, run.first, first - 1));
		if (run.last > last)
			pt_leaves_add(&rest, part(run, last + 1, run.last));
	}
	pt_leaves_free(runs);
	*runs = rest;
	return bytes;
}

void pt_runs_put(struct pt_leaves *runs, struct pt_leaf leaf)
{
	size_t i;

	leaf.lg2 = 0;
	pt_leaves_add(runs, leaf);
	for (i = runs->count - 1; i > 0; i--) {
		if (runs->leaf[i - 1].first < leaf.first)
			break;
		runs->leaf[i] = runs->leaf[i - 1];
	}
	runs->leaf[i] = leaf;
	pt_runs_make(runs);
}

static bool leaf_equal(const struct pt_leaf *a, const struct pt_leaf *b)
{
	return a->first == b->first && a->last == b->last && a->gpa == b->gpa &&
	       a->lg2 == b->lg2 && a->writable == b->writable &&
	       a->accessed == b->accessed && a->dirty == b->dirty;
}

static void print_leaf(const char *who, const struct pt_leaves *leaves,
		       size_t index)
{
	const struct pt_leaf *leaf = &leaves->leaf[index];

	if (index >= leaves->count) {
		print_error("%s: nothing at [%zu]\n", who, index);
		return;
	}
	print_error("%s: [%zu] %" PRIx64 "-%" PRIx64 " -> %" PRIx64
		    " lg2 %u%s%s%s\n",
		    who, index, leaf->first, leaf->last, leaf->gpa, leaf->lg2,
		    leaf->writable ? " W" : "", leaf->accessed ? " A" : "",
		    leaf->dirty ? " D" : "");
}

bool pt_leaves_equal(const struct pt_leaves *a, const struct pt_leaves *b)
{
	size_t i;

	for (i = 0; i < a->count && i < b->count; i++) {
		if (!leaf_equal(&a->leaf[i], &b->leaf[i]))
			break;
	}
	if (i == a->count && i == b->count)
		return true;
	print_leaf("first", a, i);
	print_leaf("second", b, i);
	return false;
}

uint64_t pt_least_tables(const struct pt_fixture *fixture,
			 const struct pt_leaves *leaves)
{
	unsigned top = fixture->params->levels - 1;
	uint64_t tables = 1;
	unsigned level;

	/* A table of @level spans 2^(21 + 9 * level) bytes. */
	for (level = 0; level < top; level++) {
		unsigned lg2 = 21 + 9 * level;
		uint64_t seen = 0;
		bool any = false;
		size_t i;

		for (i = 0; i < leaves->count; i++) {
			const struct pt_leaf *leaf = &leaves->leaf[i];

			if (leaf->lg2 >= lg2)
				continue;
			if (any && leaf->first >> lg2 == seen)
				continue;
			any = true;
			seen = leaf->first >> lg2;
			tables++;
		}
	}
	return tables;
}

/* ---- tables ---------------------------------------------------------- */

void pt_tables_free(struct pt_tables *tables)
{
	free(tables->table);
	memset(tables, 0, sizeof(*tables));
}

static size_t tables_add(struct pt_tables *tables, struct pt_table table)
{
	if (tables->count == tables->room) {
		tables->room = tables->room ? tables->room * 2 : 64;
		tables->table = realloc(tables->table,
					tables->room * sizeof(table));
		assert_non_null(tables->table);
	}
	tables->table[tables->count] = table;
	return tables->count++;
}

/* Adds the table at @gpa and those below. Return: is a leaf in them? */
static bool tables_from(struct pt_fixture *fixture, struct pt_tables *tables,
			uint64_t gpa, uint64_t index, unsigned level)
{
	uint64_t entry_bytes = (uint64_t)1 << (12 + 9 * level);
	uint64_t table_bytes = entry_bytes << 9;
	struct pt_table table = { 0 };
	bool live = false;
	size_t me;
	unsigned i;

	table.first = address_of(fixture, index);
	table.last = table.first + (table_bytes - 1);
	table.gpa = gpa;
	table.level = level;
	me = tables_add(tables, table);
	for (i = 0; i < 512; i++) {
		uint64_t entry;

		assert_true(
			hvpt_arena_read64(fixture->arena, gpa + 8 * i, &entry));
		if (!(entry & 1))
			continue;
		if (level == 0 || (entry & 0x80)) {
			live = true;
			continue;
		}
		entry &= 0x000ffffffffff000ull & ~fixture->params->table_mask;
		if (tables_from(fixture, tables, entry, index + i * entry_bytes,
				level - 1))
			live = true;
	}
	tables->table[me].live = live;
	return live;
}

struct pt_tables pt_scan_tables(struct pt_fixture *fixture)
{
	uint64_t root = hvpt_pt_root_gpa(&fixture->pt).value;
	struct pt_tables tables = { 0 };

	tables_from(fixture, &tables, root & ~fixture->params->table_mask, 0,
		    fixture->params->levels - 1);
	return tables;
}

/* ---- snapshot -------------------------------------------------------- */

/* Hashes one table and those below it; @level counts down to 0. */
static uint64_t hash_table(struct pt_fixture *fixture, uint64_t gpa,
			   unsigned level)
{
	uint64_t hash = gpa;
	uint64_t entry;
	unsigned i;

	for (i = 0; i < 512; i++) {
		assert_true(
			hvpt_arena_read64(fixture->arena, gpa + 8 * i, &entry));
		hash = (hash ^ entry) * 0x100000001b3u;
		if (level == 0 || (entry & 0x81) != 1)
			continue;
		entry &= 0x000ffffffffff000ull & ~fixture->params->table_mask;
		hash ^= hash_table(fixture, entry, level - 1);
	}
	return hash;
}

struct pt_snapshot pt_snapshot(struct pt_fixture *fixture)
{
	uint64_t root = hvpt_pt_root_gpa(&fixture->pt).value;
	struct pt_snapshot shot = { 0 };

	shot.leaves = pt_scan(fixture);
	shot.tables = hvpt_pt_tables(&fixture->pt);
	shot.in_use = hvpt_arena_in_use(fixture->arena);
	shot.content = hash_table(fixture, root & ~fixture->params->table_mask,
				  fixture->params->levels - 1);
	shot.gather = fixture->gather;
	return shot;
}

static bool gather_equal(const struct hvpt_gather *a,
			 const struct hvpt_gather *b)
{
	return a->tables == b->tables && a->table_count == b->table_count &&
	       a->range_count == b->range_count &&
	       memcmp(a->range, b->range,
		      a->range_count * sizeof(a->range[0])) == 0;
}

void pt_unchanged_at(struct pt_fixture *fixture, struct pt_snapshot *before,
		     const char *file, int line)
{
	struct pt_snapshot now = pt_snapshot(fixture);

	MUST_AT(pt_leaves_equal(&before->leaves, &now.leaves), file, line);
	MUST_AT(before->tables == now.tables, file, line);
	MUST_AT(before->in_use == now.in_use, file, line);
	MUST_AT(before->content == now.content, file, line);
	MUST_AT(gather_equal(&before->gather, &now.gather), file, line);
	pt_leaves_free(&now.leaves);
	pt_leaves_free(&before->leaves);
}

/* ---- single addresses ------------------------------------------------ */

void pt_expect_at(struct pt_fixture *fixture, uint64_t iova, uint64_t gpa,
		  unsigned prot, const char *file, int line)
{
	struct sdm_result result = sdm_walk(&fixture->walker, iova, false);
	struct sdm_result write = sdm_walk(&fixture->walker, iova, true);
	struct hvpt_mapping mapping = { 0 };
	enum hvpt_status status;

	if (result.fault != SDM_FAULT_NONE)
		FAIL_AT(file, line, "walk of %" PRIx64 ": %s at level %u", iova,
			sdm_fault_text(result.fault), result.level);
	if (result.pa != gpa)
		FAIL_AT(file, line, "%" PRIx64 " -> %" PRIx64 ", not %" PRIx64,
			iova, result.pa, gpa);
	MUST_AT(result.writable == (prot == PT_RW), file, line);
	MUST_AT(write.fault ==
			(prot == PT_RW ? SDM_FAULT_NONE : SDM_FAULT_WRITE),
		file, line);
	status = hvpt_pt_lookup(&fixture->pt, hvpt_iova(iova), &mapping);
	MUST_AT(status == HVPT_OK, file, line);
	MUST_AT(mapping.gpa.value == gpa, file, line);
	MUST_AT(mapping.prot == prot, file, line);
	MUST_AT(mapping.leaf_lg2 == result.page_lg2, file, line);
	MUST_AT(mapping.dirty == result.dirty, file, line);
}

void pt_expect_none_at(struct pt_fixture *fixture, uint64_t iova,
		       const char *file, int line)
{
	struct sdm_result result = sdm_walk(&fixture->walker, iova, false);
	struct hvpt_mapping mapping;
	enum hvpt_status status;

	if (result.fault != SDM_FAULT_NOT_PRESENT)
		FAIL_AT(file, line, "walk of %" PRIx64 ": %s, pa %" PRIx64,
			iova, sdm_fault_text(result.fault), result.pa);
	status = hvpt_pt_lookup(&fixture->pt, hvpt_iova(iova), &mapping);
	MUST_AT(status == HVPT_ERR_NOT_MAPPED, file, line);
}

void pt_expect_range_at(struct pt_fixture *fixture, uint64_t iova, uint64_t gpa,
			uint64_t length, unsigned prot, const char *file,
			int line)
{
	uint64_t offset = 0;

	while (offset < length) {
		struct sdm_result result = sdm_walk(&fixture->walker,
						    iova + offset, false);
		uint64_t step = PT_4K;

		if (length > 16 * PT_2M && result.fault == SDM_FAULT_NONE)
			step = (uint64_t)1 << result.page_lg2;
		step -= (iova + offset) & (step - 1);
		if (step > length - offset)
			step = length - offset;
		pt_expect_at(fixture, iova + offset, gpa + offset, prot, file,
			     line);
		offset += step;
		pt_expect_at(fixture, iova + offset - 1, gpa + offset - 1, prot,
			     file, line);
	}
}

void pt_expect_hole_at(struct pt_fixture *fixture, uint64_t iova,
		       uint64_t length, const char *file, int line)
{
	uint64_t last = iova + (length - 1);
	uint64_t at = iova;

	for (;;) {
		struct sdm_result result;

		pt_expect_none_at(fixture, at, file, line);
		result = sdm_walk(&fixture->walker, at, false);
		at |= ((uint64_t)1 << (12 + 9 * result.level)) - 1;
		if (at >= last)
			break;
		at++;
	}
}

void pt_expect_leaves_at(struct pt_fixture *fixture, size_t small, size_t large,
			 size_t huge, const char *file, int line)
{
	struct pt_leaves leaves = pt_scan(fixture);
	size_t count[3] = { 0, 0, 0 };
	size_t i;

	for (i = 0; i < leaves.count; i++)
		count[(leaves.leaf[i].lg2 - 12) / 9]++;
	pt_leaves_free(&leaves);
	if (count[0] != small || count[1] != large || count[2] != huge)
		FAIL_AT(file, line, "leaves: %zu, %zu, %zu, not %zu, %zu, %zu",
			count[0], count[1], count[2], small, large, huge);
}

/* ---- everything ------------------------------------------------------ */

struct visit_check {
	const struct pt_leaves *leaves;
	size_t next;
	bool right;
};

static bool visit_matches(void *ctx, hvpt_iova_t iova,
			  const struct hvpt_mapping *mapping)
{
	struct visit_check *check = ctx;
	const struct pt_leaf *leaf = &check->leaves->leaf[check->next];

	if (check->next++ >= check->leaves->count ||
	    iova.value != leaf->first || mapping->gpa.value != leaf->gpa ||
	    mapping->leaf_lg2 != leaf->lg2 ||
	    mapping->prot != (leaf->writable ? PT_RW : PT_RO) ||
	    mapping->accessed != leaf->accessed ||
	    mapping->dirty != leaf->dirty)
		check->right = false;
	return check->right;
}

static void check_visit(struct pt_fixture *fixture,
			const struct pt_leaves *leaves, const char *file,
			int line)
{
	struct visit_check check = { leaves, 0, true };
	enum hvpt_status status;

	status = hvpt_pt_visit(&fixture->pt, NULL, visit_matches, &check);
	if (status != HVPT_OK || !check.right || check.next != leaves->count)
		FAIL_AT(file, line, "visit and scan differ at leaf %zu of %zu",
			check.next, leaves->count);
}

static void check_audit(struct pt_fixture *fixture,
			const struct pt_leaves *leaves, const char *file,
			int line)
{
	uint64_t count[3] = { 0, 0, 0 };
	struct hvpt_audit report;
	enum hvpt_status status;
	size_t i;

	hvpt_arena_unclaim_all(fixture->arena);
	status = hvpt_pt_audit(&fixture->pt, hvpt_arena_claim, fixture->arena,
			       &report);
	if (status != HVPT_OK)
		FAIL_AT(file, line,
			"audit: %s, level %u, iova %" PRIx64 ", entry %" PRIx64,
			hvpt_fault_name(report.fault), report.level,
			report.iova.value, report.pte);
	for (i = 0; i < leaves->count; i++)
		count[(leaves->leaf[i].lg2 - 12) / 9]++;
	MUST_AT(report.fault == HVPT_FAULT_NONE, file, line);
	MUST_AT(report.tables == hvpt_pt_tables(&fixture->pt), file, line);
	MUST_AT(memcmp(count, report.leaves, sizeof(count)) == 0, file, line);
}

static void check_gather(struct pt_fixture *fixture, const char *file, int line)
{
	const struct hvpt_gather *gather = &fixture->gather;
	uint32_t count = 0;
	uint32_t i, j;
	uint64_t *page;

	for (page = gather->tables; page; count++) {
		uint64_t link = page[0];

		MUST_AT(count < gather->table_count, file, line);
		MUST_AT((link & 1) == 0, file, line);
		page = (uint64_t *)(uintptr_t)link;
	}
	MUST_AT(count == gather->table_count, file, line);
	MUST_AT(gather->range_count <= HVPT_GATHER_RANGES, file, line);
	for (i = 0; i < gather->range_count; i++) {
		uint64_t first = gather->range[i].first.value;
		uint64_t last = gather->range[i].last.value;

		MUST_AT(first <= last, file, line);
		for (j = 0; j < i; j++) {
			uint64_t f = gather->range[j].first.value;
			uint64_t l = gather->range[j].last.value;

			/* Disjoint, with at least one byte between. */
			MUST_AT((l < first && l + 1 != first) ||
					(last < f && last + 1 != f),
				file, line);
		}
	}
}

void pt_check_at(struct pt_fixture *fixture, const char *file, int line)
{
	struct pt_leaves leaves = pt_scan(fixture);
	uint64_t last = pt_lower_last(fixture->params);
	uint64_t upper = pt_upper_first(fixture->params);
	size_t i;

	for (i = 0; i < leaves.count; i++) {
		const struct pt_leaf *leaf = &leaves.leaf[i];

		MUST_AT(leaf->last <= last || (upper && leaf->first >= upper),
			file, line);
	}
	check_visit(fixture, &leaves, file, line);
	check_audit(fixture, &leaves, file, line);
	check_gather(fixture, file, line);
	MUST_AT(hvpt_arena_in_use(fixture->arena) ==
			hvpt_pt_tables(&fixture->pt) +
				fixture->gather.table_count +
				fixture->extra_pages,
		file, line);
	MUST_AT(hvpt_pt_tables(&fixture->pt) >=
			pt_least_tables(fixture, &leaves),
		file, line);
	pt_leaves_free(&leaves);
}

static void check_leaf_model(const struct pt_leaf *leaf,
			     const struct hvpt_model *model, const char *file,
			     int line)
{
	unsigned want = leaf->writable ? PT_RW : PT_RO;
	uint64_t at = leaf->first;

	for (;;) {
		uint64_t first, last, gpa;
		unsigned prot;

		MUST_AT(hvpt_model_next(model, at, &first, &last, &gpa, &prot),
			file, line);
		MUST_AT(first <= at && last >= at, file, line);
		MUST_AT(gpa + (at - first) == leaf->gpa + (at - leaf->first),
			file, line);
		MUST_AT(prot == want, file, line);
		if (last >= leaf->last)
			return;
		at = last + 1;
	}
}

void pt_expect_model_at(const struct pt_leaves *leaves,
			const struct hvpt_model *model, const char *file,
			int line)
{
	uint64_t bytes = 0;
	size_t i;

	for (i = 0; i < leaves->count; i++) {
		const struct pt_leaf *leaf = &leaves->leaf[i];

		check_leaf_model(leaf, model, file, line);
		bytes += leaf->last - leaf->first + 1;
	}
	MUST_AT(bytes == hvpt_model_bytes(model), file, line);
}
