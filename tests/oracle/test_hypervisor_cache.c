/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The caches of the model hypervisor beside a slow twin: a plain list of
 * pieces, of which each flush cuts every one, or drops those that it covers,
 * and nothing is ever joined.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "oracle/hypervisor_state.h"
#include "tests/support/prng.h"

#define TWIN_MAX 20000u

struct twin {
	enum hypervisor_iotlb iotlb;
	struct hypervisor_piece at[TWIN_MAX];
	size_t count;
};

static void twin_add(struct twin *twin, const struct hypervisor_piece *piece)
{
	assert_true(twin->count < TWIN_MAX);
	twin->at[twin->count++] = *piece;
}

static void twin_flush(struct twin *twin, uint64_t first, uint64_t last)
{
	size_t i, count = twin->count;

	for (i = 0; i < count; i++) {
		struct hypervisor_piece low = twin->at[i], high = low;

		if (low.last < first || low.first > last)
			continue;
		if (twin->iotlb == HYPERVISOR_IOTLB_WHOLE &&
		    (low.first < first || low.last > last))
			continue;
		/* Nothing: ends before it begins. */
		twin->at[i].first = 1;
		twin->at[i].last = 0;
		if (low.first < first) {
			low.last = first - 1;
			twin->at[i] = low;
		}
		if (high.last > last) {
			high.first = last + 1;
			twin_add(twin, &high);
		}
	}
	for (i = 0; i < twin->count;)
		if (twin->at[i].first > twin->at[i].last)
			twin->at[i] = twin->at[--twin->count];
		else
			i++;
}

/* What an entry says, its place left out. */
static bool says_the_same(const struct hypervisor_piece *a,
			  const struct hypervisor_piece *b)
{
	return a->to == b->to && a->level == b->level && a->table == b->table &&
	       a->writable == b->writable;
}

static bool is_in(const struct hypervisor_pieces *list,
		  const struct hypervisor_piece *piece)
{
	size_t i;

	for (i = 0; i < list->count; i++)
		if (says_the_same(&list->at[i], piece))
			return true;
	return false;
}

static void compare_at(struct hypervisor_cache *cache, const struct twin *twin,
		       uint64_t iova)
{
	struct hypervisor_pieces real = { 0 }, slow = { 0 };
	size_t i;

	hypervisor_cache_at(cache, iova, &real);
	for (i = 0; i < twin->count; i++)
		if (twin->at[i].first <= iova && iova <= twin->at[i].last &&
		    !is_in(&slow, &twin->at[i]))
			hypervisor_pieces_add(&slow, &twin->at[i]);
	/* Never twice the same: pieces of one entry do not overlap. */
	assert_int_equal(real.count, slow.count);
	for (i = 0; i < slow.count; i++)
		assert_true(is_in(&real, &slow.at[i]));
	for (i = 0; i < real.count; i++) {
		assert_true(real.at[i].first <= iova);
		assert_true(real.at[i].last >= iova);
	}
	free(real.at);
	free(slow.at);
}

/* The second may be answered by what the first one found. */
static void compare_near(struct hypervisor_cache *cache,
			 const struct twin *twin, uint64_t iova, uint64_t *prng)
{
	uint64_t lg2 = hvpt_random_below(prng, 2) ? 21 : 23;

	compare_at(cache, twin, iova);
	compare_at(cache, twin,
		   iova ^ hvpt_random_below(prng, UINT64_C(1) << lg2));
}

static void compare_table(const struct hypervisor_cache *cache,
			  const struct twin *twin, uint64_t gpa)
{
	bool leads = false;
	size_t i;

	for (i = 0; i < twin->count; i++)
		leads |= twin->at[i].table && twin->at[i].to == gpa;
	assert_int_equal(hypervisor_cache_leads_to(cache, gpa), leads);
}

/* Addresses lie close together, at both ends of the space and in the middle. */
static uint64_t draw_iova(uint64_t *prng)
{
	static const uint64_t base[] = { 0, 0x7fffffc00000,
					 0xffffffff80000000 };
	uint64_t page = hvpt_random_below(prng, 2) ?
				hvpt_random_below(prng, 64) :
				hvpt_random_below(prng, 1 << 19);

	return base[hvpt_random_below(prng, 3)] + (page << 12) +
	       hvpt_random_below(prng, 4096);
}

static struct hypervisor_piece draw_piece(uint64_t *prng)
{
	unsigned level = (unsigned)hvpt_random_below(prng, 5);
	struct hypervisor_piece piece = hypervisor_piece_of(draw_iova(prng),
							    level);

	piece.table = level > 2 || (level > 0 && hvpt_random_below(prng, 2));
	piece.writable = hvpt_random_below(prng, 4) != 0;
	piece.to = hvpt_random_below(prng, 6) << 30;
	return piece;
}

static void do_one(struct hypervisor_cache *cache, struct twin *twin,
		   uint64_t *prng)
{
	struct hypervisor_piece piece;
	uint64_t first, last;
	unsigned lg2;

	if (hvpt_random_below(prng, 3) != 0) {
		piece = draw_piece(prng);
		hypervisor_cache_add(cache, &piece);
		twin_add(twin, &piece);
		return;
	}
	lg2 = 12 + (unsigned)hvpt_random_below(
			   prng, hvpt_random_below(prng, 4) ? 6 : 52);
	first = draw_iova(prng) >> lg2 << lg2;
	last = first | ((UINT64_C(1) << lg2) - 1);
	hypervisor_cache_flush(cache, twin->iotlb, first, last);
	twin_flush(twin, first, last);
}

static void compare_with_list(enum hypervisor_iotlb iotlb)
{
	uint64_t prng = pt_seed("hypervisor_cache", 20260301);
	struct twin *twin = calloc(1, sizeof(*twin));
	struct hypervisor_cache cache = { 0 };
	unsigned round, k, rounds = pt_effort(20000);

	assert_non_null(twin);
	twin->iotlb = iotlb;
	for (round = 0; round < rounds; round++) {
		do_one(&cache, twin, &prng);
		for (k = 0; k < 3; k++)
			compare_near(&cache, twin, draw_iova(&prng), &prng);
		compare_table(&cache, twin, hvpt_random_below(&prng, 6) << 30);
		if (hvpt_random_below(&prng, 2000) == 0 || twin->count > 5000) {
			hypervisor_cache_clear(&cache);
			twin->count = 0;
			assert_int_equal(hypervisor_cache_count(&cache), 0);
		}
	}
	hypervisor_cache_clear(&cache);
	free(twin);
}

static void pieces_are_what_a_plain_list_keeps(void **state)
{
	(void)state;
	compare_with_list(HYPERVISOR_IOTLB_PIECES);
}

static void whole_entries_are_what_a_plain_list_keeps(void **state)
{
	(void)state;
	compare_with_list(HYPERVISOR_IOTLB_WHOLE);
}

/* Each node's highest address is right, children have lower priority. */
static size_t check_shape(const struct hypervisor_tree *tree)
{
	struct hypervisor_node *node, *next;
	size_t count = 0;

	for (node = hypervisor_tree_first(tree, 0, UINT64_MAX); node;
	     node = next) {
		uint64_t max = node->piece.last;
		unsigned i;

		next = hypervisor_tree_next(node, 0, UINT64_MAX);
		assert_true(!next || node->piece.first <= next->piece.first);
		for (i = 0; i < 2; i++) {
			const struct hypervisor_node *child = node->child[i];

			if (!child)
				continue;
			assert_ptr_equal(child->parent, node);
			assert_true(child->priority <= node->priority);
			if (child->max_last > max)
				max = child->max_last;
		}
		assert_int_equal(node->max_last, max);
		count++;
	}
	return count;
}

static void a_tree_keeps_its_shape(void **state)
{
	uint64_t prng = pt_seed("hypervisor_tree", 77);
	struct hypervisor_tree tree = { 0 };
	unsigned round, rounds = pt_effort(4000);

	(void)state;
	for (round = 0; round < rounds; round++) {
		struct hypervisor_piece piece = draw_piece(&prng);
		struct hypervisor_node *node = hypervisor_tree_find(&tree,
								    &piece);
		size_t before = tree.count;

		piece.last += hvpt_random_below(&prng, 8) << 12;
		node = hypervisor_tree_find(&tree, &piece);
		hypervisor_tree_add(&tree, &piece);
		assert_int_equal(tree.count, before + (node ? 0 : 1));
		node = hypervisor_tree_first(&tree, draw_iova(&prng),
					     UINT64_MAX);
		if (node && hvpt_random_below(&prng, 3) == 0)
			hypervisor_tree_remove(&tree, node);
		if (round % 16 == 0)
			assert_int_equal(check_shape(&tree), tree.count);
	}
	hypervisor_tree_clear(&tree);
	assert_null(tree.root);
	assert_int_equal(tree.count, 0);
}

/* ---- PTEs ------------------------------------------------------------ */

/* Up to 512 pages from any page on: groups of pages are met in part. */
static void draw_pages(uint64_t *prng, uint64_t *first, uint64_t *last)
{
	*first = draw_iova(prng) & ~UINT64_C(0xfff);
	*last = *first + (hvpt_random_below(prng, 512) << 12 | 0xfff);
	if (*last < *first || hvpt_random_below(prng, 200) == 0)
		*last = UINT64_MAX;
}

static void flush_both(struct hypervisor_ptes *ptes,
		       struct hypervisor_tree *tree, uint64_t first,
		       uint64_t last)
{
	struct hypervisor_node *node;

	hypervisor_ptes_flush(ptes, first, last);
	while ((node = hypervisor_tree_first(tree, first, last)))
		hypervisor_tree_remove(tree, node);
}

static void change_both(struct hypervisor_ptes *ptes,
			struct hypervisor_tree *tree, uint64_t *prng)
{
	struct hypervisor_piece piece = hypervisor_piece_of(draw_iova(prng), 0);
	uint64_t first, last;

	if (hvpt_random_below(prng, 8) == 0) {
		draw_pages(prng, &first, &last);
		flush_both(ptes, tree, first, last);
		return;
	}
	piece.writable = hvpt_random_below(prng, 2) != 0;
	piece.owner = (uint32_t)hvpt_random_below(prng, 2);
	piece.to = hvpt_random_below(prng, 3) << 12;
	hypervisor_ptes_add(ptes, &piece);
	hypervisor_tree_add(tree, &piece);
}

/* All pages: the same PTEs, in the same order, and no more than those. */
static void compare_ptes(const struct hypervisor_ptes *ptes,
			 const struct hypervisor_tree *tree)
{
	struct hypervisor_node *node;
	const struct hypervisor_pte *pte = NULL;

	assert_int_equal(ptes->count, tree->count);
	for (node = hypervisor_tree_first(tree, 0, UINT64_MAX); node;
	     node = hypervisor_tree_next(node, 0, UINT64_MAX)) {
		if (!pte)
			pte = hypervisor_ptes_at(ptes, node->piece.first + 1);
		assert_non_null(pte);
		assert_true(hypervisor_piece_equal(&pte->piece, &node->piece));
		pte = pte->next;
	}
	assert_null(pte);
}

static void ptes_are_what_a_tree_keeps(void **state)
{
	uint64_t prng = pt_seed("hypervisor_ptes", 20260302);
	struct hypervisor_ptes ptes = { 0 };
	struct hypervisor_tree tree = { 0 };
	unsigned round, rounds = pt_effort(20000);

	(void)state;
	for (round = 0; round < rounds; round++) {
		change_both(&ptes, &tree, &prng);
		if (round % 32 == 0)
			compare_ptes(&ptes, &tree);
	}
	compare_ptes(&ptes, &tree);
	flush_both(&ptes, &tree, 0, UINT64_MAX);
	compare_ptes(&ptes, &tree);
	assert_int_equal(ptes.groups, 0);
	assert_null(hypervisor_ptes_at(&ptes, 0));
	hypervisor_ptes_clear(&ptes);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ptes_are_what_a_tree_keeps),
		cmocka_unit_test(pieces_are_what_a_plain_list_keeps),
		cmocka_unit_test(whole_entries_are_what_a_plain_list_keeps),
		cmocka_unit_test(a_tree_keeps_its_shape),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
