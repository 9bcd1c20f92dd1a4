/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * domain_dma.c - where calls go, and what a device sees there.
 *
 * The hypervisor's caches keep what they once met: a DMA may end where the map
 * says, or, until a sync has succeeded, where it said before; nowhere else.
 */
#include <string.h>

#include "domain_fixture.h"
#include "oracle/reference/gather_ranges.h"

#define SIZE_4K UINT64_C(0x1000)
#define SIZE_2M UINT64_C(0x200000)
#define SIZE_1G UINT64_C(0x40000000)
#define DATA_GPA UINT64_C(0x1000000000)

/* Where ranges of any page are: dense, so that they meet each other. */
#define WINDOW_PAGES 2048u
#define WINDOWS 3u

/* ---- where ------------------------------------------------------------ */

/* Any page of a window, and up to 600 pages. */
static struct df_range pick_pages(const struct domain_fixture *df,
				  struct source *source)
{
	static const uint64_t at[WINDOWS] = { 0, SIZE_1G - SIZE_2M,
					      8 * SIZE_1G };
	uint64_t page = source_number(source, 2) % WINDOW_PAGES;
	uint8_t choice = source_byte(source);
	uint64_t pages = 1u + choice / 4 % 8u;
	struct df_range range;

	if (choice % 4 == 3)
		pages = 1 + source_number(source, 2) % 600;
	if (pages > WINDOW_PAGES - page)
		pages = WINDOW_PAGES - page;
	range.first = df->base + at[choice / 32 % WINDOWS] + SIZE_4K * page;
	range.length = SIZE_4K * pages;
	return range;
}

struct df_range df_pick_range(const struct domain_fixture *df,
			      struct source *source)
{
	static const uint64_t grains[] = { SIZE_4K, SIZE_4K, SIZE_2M, SIZE_1G };
	uint8_t choice = source_byte(source);
	uint64_t grain = grains[choice % 4];
	struct df_range range;

	if ((choice & 0x60) == 0x60)
		return pick_pages(df, source);
	range.first = df->base + grain * (choice / 4 % 8u);
	if (choice & 128)
		range.first += SIZE_2M - 4 * SIZE_4K;
	choice = source_byte(source);
	range.length = grains[choice % 4] * (1u + choice / 4 % 8u);
	if (range.length >= SIZE_1G && range.first % SIZE_2M)
		range.length = SIZE_2M * (1u + choice / 4 % 8u);
	return range;
}

struct df_range df_pick_mapped(const struct domain_fixture *df, unsigned n,
			       struct df_range range, unsigned choice)
{
	uint64_t first, last, gpa;
	unsigned prot;

	if (!hvpt_model_next(df->model[n], range.first, &first, &last, &gpa,
			     &prot))
		return range;
	range.first = choice & 1 ? first : last + 1 - SIZE_4K;
	if (choice & 2)
		range.length = last + 1 - range.first;
	return range;
}

uint64_t df_pick_gpa(struct source *source, uint64_t iova)
{
	uint8_t choice = source_byte(source);

	if (choice >= 192)
		return DATA_GPA + SIZE_4K * (choice % 64u);
	return DATA_GPA + SIZE_1G * (choice % 64u) + iova % SIZE_1G;
}

/* ---- what memory and the caches say ------------------------------------ */

/* Is a flush of @iova still to come? */
static bool is_gathered(const struct domain_fixture *df, unsigned n,
			uint64_t iova)
{
	unsigned g;

	for (g = 0; g < DF_GATHERS; g++)
		if (gather_meets(&df->gather[n][g], iova, iova))
			return true;
	return false;
}

static void check_paging(struct domain_fixture *df, unsigned n, uint64_t iova,
			 bool write, const struct hypervisor_dma *seen)
{
	uint64_t gpa = 0;
	unsigned prot = 0;
	bool mapped = hvpt_model_lookup(df->model[n], iova, &gpa, &prot);
	size_t i;

	DF_CHECK(df,
		 seen->fresh.translated ==
			 (mapped && (!write || prot & HVPT_PROT_WRITE)),
		 "memory lets a DMA through, or not");
	DF_CHECK(df, !seen->fresh.translated || seen->fresh.gpa == gpa,
		 "memory leads elsewhere");
	DF_CHECK(df, seen->stale_count == 0 || is_gathered(df, n, iova),
		 "something is cached that no gather has");
	for (i = 0; i < seen->stale_count; i++)
		DF_CHECK(df,
			 !seen->stale[i].translated ||
				 stale_reaches(df->stale[n], iova,
					       write ? HVPT_PROT_MASK :
						       HVPT_PROT_READ,
					       seen->stale[i].gpa),
			 "a DMA may go where nothing was, or was flushed");
	df->counts.stale += seen->stale_count;
}

/*
 * A device that was let go may be where it was, or in blocked, which stands for
 * a DETACH that the host refuses.
 */
unsigned df_place_of(struct domain_fixture *df, unsigned d)
{
	uint32_t id;

	if (df->where[d] != DF_NOWHERE)
		return df->where[d];
	if (!hypervisor_device_domain(df->hv, df_device_id(d), &id))
		return DF_NOWHERE;
	if (id == df->left_id[d])
		return df->left[d];
	DF_CHECK(df, id == hvpt_domain_id(hvpt_iommu_blocked(&df->iommu)),
		 "a detached device is in another domain");
	return df_blocked(df);
}

static void check_dma(struct domain_fixture *df, unsigned d, uint64_t iova,
		      bool write)
{
	unsigned at = df_place_of(df, d);
	struct hypervisor_dma seen;

	memset(&seen, 0, sizeof(seen));
	hypervisor_dma(df->hv, df_device_id(d), iova, write, &seen);
	if (at < df->domains) {
		check_paging(df, at, iova, write, &seen);
		return;
	}
	/* Nobody has said yet where it goes. */
	if (at == DF_NOWHERE && !df->detached[d])
		return;
	DF_CHECK(df, seen.stale_count == 0,
		 "a cache of identity, blocked or nowhere");
	DF_CHECK(df, seen.fresh.translated == (at == df_identity(df)),
		 "identity or blocked");
	DF_CHECK(df, !seen.fresh.translated || seen.fresh.gpa == iova,
		 "identity leads elsewhere");
}

static void check_lookup(struct domain_fixture *df, unsigned n, uint64_t iova)
{
	struct hvpt_mapping mapping = { hvpt_gpa(0), 0, 0, false, false };
	enum hvpt_status status = hvpt_domain_lookup(&df->domain[n],
						     hvpt_iova(iova), &mapping);
	uint64_t gpa = 0;
	unsigned prot = 0;

	if (!hvpt_model_lookup(df->model[n], iova, &gpa, &prot)) {
		DF_CHECK_STATUS(df,
				status == HVPT_ERR_NOT_MAPPED ||
					status == HVPT_ERR_IOVA_RANGE,
				status);
		return;
	}
	DF_CHECK_OK(df, status);
	DF_CHECK(df, mapping.gpa.value == gpa && mapping.prot == prot,
		 "lookup does not say what is mapped");
}

void df_dma(struct domain_fixture *df, struct source *source)
{
	unsigned d = source_below(source, df->devices), n;
	struct df_range range = df_pick_range(df, source);
	uint8_t choice = source_byte(source);
	uint64_t iova = range.first;

	if (choice & 2)
		iova += range.length - 1;
	if (choice & 4)
		iova += range.length / 2;
	check_dma(df, d, iova, choice & 1);
	for (n = 0; n < df->domains; n++)
		check_lookup(df, n, iova);
}

void df_use(struct domain_fixture *df, struct df_range range)
{
	unsigned d;

	for (d = 0; d < df->devices; d++) {
		check_dma(df, d, range.first, false);
		check_dma(df, d, range.first + (range.length - 1), true);
		check_dma(df, d, range.first + range.length / 2, d & 1);
	}
}

void df_compare(struct domain_fixture *df, unsigned n)
{
	uint64_t first, last, gpa, bytes = 0, at = 0;
	unsigned prot;

	while (hvpt_model_next(df->model[n], at, &first, &last, &gpa, &prot)) {
		check_lookup(df, n, first);
		check_lookup(df, n, last);
		check_lookup(df, n, first - 1);
		check_lookup(df, n, last + 1);
		bytes += last - first + 1;
		at = last + 1;
	}
	DF_CHECK(df, bytes == hvpt_model_bytes(df->model[n]),
		 "the model lost count");
}
