/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The inline path of map and unmap: taken for exactly one leaf whose table is
 * there, and for nothing else. Other tests cannot see whether it was: the path
 * out of line gives the same result.
 */
#include "tests/support/pt_check.h"

#include "hvpt/internal/pt_leaf.h"

static const uint64_t sizes[] = { PT_4K, PT_2M, PT_1G };

static bool try_map(struct pt_fixture *f, uint64_t iova, uint64_t gpa,
		    uint64_t length, unsigned prot)
{
	return hvpt_pt_try_map_leaf(&f->pt, f->pt.levels, hvpt_iova(iova),
				    hvpt_gpa(gpa), length, prot);
}

static bool try_unmap(struct pt_fixture *f, uint64_t iova, uint64_t length)
{
	return hvpt_pt_try_unmap_leaf(&f->pt, f->pt.levels, hvpt_iova(iova),
				      length);
}

/* Maps a leaf of @size at @iova and takes it away: its table stays. */
static void make_table(struct pt_fixture *f, uint64_t iova, uint64_t size)
{
	pt_map(f, iova, PT_DATA, size, PT_RW);
	assert_int_equal(pt_unmap(f, iova, size), size);
}

/* One leaf at @iova, whose table is there. */
static void check_taken(struct pt_fixture *f, uint64_t iova, uint64_t size)
{
	unsigned level = hvpt_leaf_level(size);
	uint64_t want;

	make_table(f, iova, size);
	pt_map(f, iova, PT_DATA, size, PT_RW);
	want = pt_entry(f, iova, level);
	assert_int_equal(try_unmap(f, iova, size), !f->params->noncoherent);
	assert_int_equal(pt_entry(f, iova, level),
			 f->params->noncoherent ? want : 0);
	assert_int_equal(pt_unmap(f, iova, size),
			 f->params->noncoherent ? size : 0);
	assert_int_equal(try_map(f, iova, PT_DATA, size, PT_RW),
			 !f->params->noncoherent);
	assert_int_equal(pt_entry(f, iova, level),
			 f->params->noncoherent ? 0 : want);
	pt_unmap(f, iova, size);
}

static void test_taken(void **state)
{
	struct pt_fixture *f = *state;
	size_t i;

	for (i = 0; i < PT_COUNT(sizes); i++) {
		if (!(f->sizes & sizes[i]))
			continue;
		check_taken(f, f->base, sizes[i]);
		check_taken(f, 0, sizes[i]);
		/* the last leaf of the lower half, or of all */
		check_taken(f, f->pt.lower_last - (sizes[i] - 1), sizes[i]);
		if (f->pt.upper_first)
			check_taken(f, 0 - sizes[i], sizes[i]);
	}
}

/* One leaf whose table is there: is it mapped, and inline? */
static void check_reserved(struct pt_fixture *f, uint64_t iova, uint64_t size,
			   bool inlined, enum hvpt_status status)
{
	bool taken = inlined && !f->params->noncoherent;

	assert_non_null(hvpt_pt_slot(&f->pt, f->pt.levels, iova,
				     hvpt_leaf_level(size)));
	assert_int_equal(try_map(f, iova, PT_DATA, size, PT_RW), taken);
	assert_int_equal(pt_try_map(f, iova, PT_DATA, size, PT_RW),
			 taken ? HVPT_ERR_OVERLAP : status);
	assert_int_equal(pt_unmap(f, iova, size), status == HVPT_OK ? size : 0);
}

/*
 * One byte of the second leaf is reserved, and one of the fourth. The third may
 * be mapped, but that is found out of line.
 */
static void check_beside(struct pt_fixture *f, uint64_t size, uint64_t second,
			 uint64_t fourth)
{
	const uint64_t base = f->base;
	const struct hvpt_iova_range ranges[] = {
		{ hvpt_iova(base + 3 * size + fourth),
		  hvpt_iova(base + 3 * size + fourth) },
		{ hvpt_iova(base + size + second),
		  hvpt_iova(base + size + second) },
	};

	pt_reserve(f, ranges, PT_COUNT(ranges));
	make_table(f, base, size);
	make_table(f, base + 4 * size, size);
	check_reserved(f, base, size, true, HVPT_OK);
	check_reserved(f, base + size, size, false, HVPT_ERR_RESERVED);
	check_reserved(f, base + 2 * size, size, false, HVPT_OK);
	check_reserved(f, base + 3 * size, size, false, HVPT_ERR_RESERVED);
	check_reserved(f, base + 4 * size, size, true, HVPT_OK);
	pt_reserve(f, NULL, 0);
}

static void test_beside_reserved_ranges(void **state)
{
	struct pt_fixture *f = *state;
	size_t i;

	for (i = 0; i < PT_COUNT(sizes); i++) {
		if (!(f->sizes & sizes[i]))
			continue;
		check_beside(f, sizes[i], 0, sizes[i] - 1);
		check_beside(f, sizes[i], sizes[i] - 1, 0);
	}
}

/* A size that no leaf has, or none of this table's. */
static void test_other_sizes(void **state)
{
	struct pt_fixture *f = *state;
	size_t i;

	make_table(f, f->base, PT_4K);
	for (i = 0; i < PT_COUNT(sizes); i++) {
		assert_false(try_map(f, f->base, PT_DATA, 2 * sizes[i], PT_RW));
		assert_false(try_unmap(f, f->base, 2 * sizes[i]));
		if (f->sizes & sizes[i])
			continue;
		assert_false(try_map(f, f->base, PT_DATA, sizes[i], PT_RW));
		assert_false(try_unmap(f, f->base, sizes[i]));
	}
	pt_check(f);
}

static void check_declined(struct pt_fixture *f, uint64_t size)
{
	uint64_t iova = f->base, other = f->base + size;

	make_table(f, iova, size);
	pt_map(f, other, PT_DATA, size, PT_RW);
	assert_false(try_map(f, iova + size / 2, PT_DATA, size, PT_RW));
	assert_false(try_map(f, iova, PT_DATA + size / 2, size, PT_RW));
	assert_false(try_map(f, iova, 1ull << 52, size, PT_RW));
	assert_false(try_map(f, iova, PT_DATA, size, 0));
	assert_false(try_map(f, iova, PT_DATA, size, HVPT_PROT_WRITE));
	assert_false(try_map(f, other, PT_DATA, size, PT_RW));
	assert_false(try_unmap(f, iova, size));
	assert_false(try_unmap(f, other + size / 2, size));
	assert_int_equal(pt_entry(f, iova, hvpt_leaf_level(size)), 0);
	pt_check(f);
	assert_int_equal(pt_unmap(f, other, size), size);
}

static void test_declined(void **state)
{
	struct pt_fixture *f = *state;
	size_t i;

	for (i = 0; i < PT_COUNT(sizes); i++) {
		if (f->sizes & sizes[i])
			check_declined(f, sizes[i]);
	}
}

/* Without its table, at each level. */
static void test_no_table(void **state)
{
	struct pt_fixture *f = *state;
	size_t i;

	for (i = 0; i < PT_COUNT(sizes); i++) {
		assert_false(try_map(f, f->base, PT_DATA, sizes[i], PT_RW));
		assert_false(try_unmap(f, f->base, sizes[i]));
	}
	assert_int_equal(hvpt_pt_tables(&f->pt), 1);
}

int main(void)
{
	static const struct pt_case cases[] = {
		PT_CASE(test_taken),	   PT_CASE(test_beside_reserved_ranges),
		PT_CASE(test_other_sizes), PT_CASE(test_declined),
		PT_CASE(test_no_table),
	};

	return pt_run("pt_inline", cases, PT_COUNT(cases), pt_main,
		      pt_main_count);
}
