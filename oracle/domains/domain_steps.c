/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * domain_steps.c - the steps of a random sequence.
 *
 * A step draws what it does, says what may come of it, makes the call and
 * checks that. A call that fails leaves everything as it was.
 */
#include "domain_fixture.h"
#include "hvpt/hv_status.h"
#include "oracle/reference/gather_ranges.h"

#define SEGMENTS 3u

static struct df_pick pick(const struct domain_fixture *df,
			   struct source *source)
{
	unsigned choice = source_below(source, df->domains * DF_GATHERS);
	struct df_pick at = { choice % df->domains, choice / df->domains };

	return at;
}

static unsigned pick_prot(struct source *source)
{
	return source_byte(source) & 1 ? HVPT_PROT_MASK : HVPT_PROT_READ;
}

/* What went wrong was made to go wrong, by this call. */
static void failed(struct domain_fixture *df, unsigned causes,
		   enum hvpt_status status)
{
	DF_CHECK_STATUS(df, df_may_fail(df, causes, status), status);
	df->counts.failed++;
}

/* ---- maps -------------------------------------------------------------- */

/* All of it in pages of 4 KiB: tables enough, but not for gigabytes. */
static uint64_t limit(const struct domain_fixture *df, uint64_t iova,
		      uint64_t gpa, uint64_t length)
{
	if (length > DF_LARGE &&
	    ((gpa ^ iova) % DF_LARGE || !(df->host.page_sizes & DF_LARGE)))
		return DF_LARGE;
	return length;
}

/* Is it right that a map gave this status? */
static void check_map(struct domain_fixture *df, unsigned n,
		      struct df_range range, enum hvpt_status status)
{
	uint64_t there = hvpt_model_mapped_in(df->model[n], range.first,
					      range.length);

	if (status == HVPT_OK)
		DF_CHECK(df, there == 0, "an overlap was mapped");
	else if (there == 0 || status != HVPT_ERR_OVERLAP)
		failed(df, DF_PAGES, status);
}

/* Tables that went: to be synced before a device uses the range. */
static void mapped(struct domain_fixture *df, struct df_pick at,
		   struct df_range range)
{
	df_disarm(df);
	if (df->gather[at.n][at.g].tables)
		df_must_sync(df, at.n);
	df_use(df, range);
}

static void step_map(struct domain_fixture *df, struct source *source)
{
	struct df_pick at = pick(df, source);
	struct df_range range = df_pick_range(df, source);
	uint64_t gpa = df_pick_gpa(source, range.first);
	unsigned prot = pick_prot(source);
	enum hvpt_status status;

	range.length = limit(df, range.first, gpa, range.length);
	status = hvpt_domain_map(&df->domain[at.n], hvpt_iova(range.first),
				 hvpt_gpa(gpa), range.length, prot,
				 &df->gather[at.n][at.g]);
	check_map(df, at.n, range, status);
	if (status == HVPT_OK)
		(void)hvpt_model_map(df->model[at.n], range.first, gpa,
				     range.length, prot);
	mapped(df, at, range);
}

/* Up to three segments of one length. */
static struct df_range pick_list(const struct domain_fixture *df,
				 struct source *source,
				 struct hvpt_segment *segments, size_t *count)
{
	struct df_range range = df_pick_range(df, source);
	uint64_t iova = range.first;
	size_t i;

	*count = 1 + source_below(source, SEGMENTS);
	if (range.length > DF_LARGE)
		range.length = DF_LARGE;
	for (i = 0; i < *count; i++, iova += range.length) {
		segments[i].gpa = hvpt_gpa(df_pick_gpa(source, iova));
		segments[i].length = range.length;
	}
	range.length *= *count;
	return range;
}

static void step_map_list(struct domain_fixture *df, struct source *source)
{
	struct df_pick at = pick(df, source);
	struct hvpt_segment segments[SEGMENTS];
	size_t count, i;
	struct df_range range = pick_list(df, source, segments, &count);
	unsigned prot = pick_prot(source);
	uint64_t iova = range.first;
	enum hvpt_status status;

	status = hvpt_domain_map_list(&df->domain[at.n], hvpt_iova(iova),
				      segments, count, prot,
				      &df->gather[at.n][at.g]);
	check_map(df, at.n, range, status);
	for (i = 0; status == HVPT_OK && i < count; i++) {
		(void)hvpt_model_map(df->model[at.n], iova,
				     segments[i].gpa.value, segments[i].length,
				     prot);
		iova += segments[i].length;
	}
	mapped(df, at, range);
}

/*
 * @how: 6 and 7 find what is mapped, 4 and 5 go on where the last unmap split a
 * leaf.
 */
static struct df_range pick_unmap(struct domain_fixture *df,
				  struct source *source, struct df_pick *at,
				  unsigned how)
{
	struct df_range range = df_pick_range(df, source);

	if (how >= 6)
		return df_pick_mapped(df, at->n, range, source_byte(source));
	if (how >= 4 && df->last_iova) {
		at->n = df->last.n;
		range.first = (df->last_iova & ~(DF_LARGE - 1)) +
			      HVPT_PAGE_BYTES * (source_number(source, 2) %
						 HVPT_TABLE_ENTRIES);
		range.length = HVPT_PAGE_BYTES;
	}
	return range;
}

/* It still translates as it did, until the gather is flushed. */
static void note_stale(struct domain_fixture *df, struct df_pick at,
		       struct df_range range, unsigned prot)
{
	const struct stale_range gone = { range.first,
					  range.first + (range.length - 1),
					  at.g };

	stale_add(df->stale[at.n], df->model[at.n], &gone, prot);
}

/* @how: see pick_unmap(); an odd one syncs at once. */
static void step_unmap(struct domain_fixture *df, struct source *source,
		       unsigned how)
{
	struct df_pick at = pick(df, source);
	struct df_range range = pick_unmap(df, source, &at, how);
	uint64_t bytes = 0;
	enum hvpt_status status;

	df->last = at;
	df->last_iova = range.first;
	df_use(df, range);
	status = hvpt_domain_unmap(&df->domain[at.n], hvpt_iova(range.first),
				   range.length, &df->gather[at.n][at.g],
				   &bytes);
	if (status == HVPT_OK) {
		note_stale(df, at, range, 0);
		DF_CHECK(df,
			 bytes == hvpt_model_unmap(df->model[at.n], range.first,
						   range.length),
			 "bytes unmapped");
	} else {
		failed(df, DF_PAGES, status);
	}
	df_disarm(df);
	df_use(df, range);
	if (how % 2 == 0)
		return;
	df_must_sync(df, at.n);
	df_use(df, range);
}

static void step_protect(struct domain_fixture *df, struct source *source)
{
	struct df_pick at = pick(df, source);
	struct df_range range = df_pick_range(df, source);
	unsigned prot = pick_prot(source);
	bool whole = hvpt_model_mapped_in(df->model[at.n], range.first,
					  range.length) == range.length;
	enum hvpt_status status;

	df_use(df, range);
	status = hvpt_pt_protect(hvpt_domain_pagetable(&df->domain[at.n]),
				 hvpt_iova(range.first), range.length, prot,
				 &df->gather[at.n][at.g]);
	if (status == HVPT_OK) {
		note_stale(df, at, range, prot);
		DF_CHECK(df,
			 hvpt_model_protect(df->model[at.n], range.first,
					    range.length, prot),
			 "a hole was protected");
	} else if (whole || status != HVPT_ERR_NOT_MAPPED) {
		failed(df, DF_PAGES, status);
	}
	df_disarm(df);
	df_use(df, range);
}

static void step_reclaim(struct domain_fixture *df, struct source *source)
{
	struct df_pick at = pick(df, source);
	struct df_range range = df_pick_range(df, source);
	uint64_t tables;

	DF_CHECK_OK(df,
		    hvpt_pt_reclaim(hvpt_domain_pagetable(&df->domain[at.n]),
				    hvpt_iova(range.first), range.length,
				    &df->gather[at.n][at.g], &tables));
	df_disarm(df);
	df_use(df, range);
}

/* ---- flushes ----------------------------------------------------------- */

static void release(struct domain_fixture *df, struct df_pick at)
{
	hvpt_pt_release(hvpt_domain_pagetable(&df->domain[at.n]),
			&df->gather[at.n][at.g]);
	stale_flushed(df->stale[at.n], at.g);
}

/* @alone: the flush and the release are two calls. */
static void step_sync(struct domain_fixture *df, struct source *source,
		      bool alone)
{
	struct df_pick at = pick(df, source);
	struct hvpt_gather *gather = &df->gather[at.n][at.g];
	struct hvpt_gather before = *gather;
	struct df_flushes flushes;
	enum hvpt_status status;

	df_read_flushes(df, &flushes);
	status = alone ? hvpt_domain_flush(&df->domain[at.n], gather) :
			 hvpt_domain_sync(&df->domain[at.n], gather);
	if (status == HVPT_OK)
		df_check_fallback(df, &flushes);
	else
		failed(df, DF_CALLS, status);
	DF_CHECK(df,
		 gather_equal(&before, gather) || (status == HVPT_OK && !alone),
		 "a flush, or a sync that failed, changed the gather");
	df_disarm(df);
	if (status == HVPT_OK)
		release(df, at);
	DF_CHECK(df, status != HVPT_OK || hvpt_gather_is_empty(gather),
		 "a synced gather is not empty");
}

static void step_flush_all(struct domain_fixture *df, struct source *source)
{
	struct df_pick at = pick(df, source);
	enum hvpt_status status = hvpt_domain_flush_all(&df->domain[at.n]);

	if (status != HVPT_OK)
		failed(df, DF_CALLS, status);
	df_disarm(df);
	if (status == HVPT_OK)
		release(df, at);
}

/* ---- all of it --------------------------------------------------------- */

static void step(struct domain_fixture *df, struct source *source)
{
	uint8_t choice = source_byte(source);
	unsigned how = choice / 32;

	switch (choice % 32) {
	default:
		if (how == 7)
			step_map_list(df, source);
		else
			step_map(df, source);
		break;
	case 9:
	case 10:
	case 11:
	case 12:
	case 13:
	case 14:
		step_unmap(df, source, how);
		break;
	case 15:
		step_protect(df, source);
		break;
	case 16:
		step_reclaim(df, source);
		break;
	case 17:
	case 18:
	case 19:
		step_sync(df, source, how == 7);
		break;
	case 20:
	case 21:
	case 22:
	case 23:
	case 24:
		df_dma(df, source);
		break;
	case 25:
	case 26:
		df_step_attach(df, source);
		break;
	case 27:
		df_step_detach(df, source, how == 7);
		break;
	case 28:
		df_step_rare(df, source);
		break;
	case 29:
		df_step_domain(df, source);
		break;
	case 30:
		step_flush_all(df, source);
		break;
	case 31:
		df_step_resume(df);
		break;
	}
}

void df_run(struct domain_fixture *df, struct source *source, unsigned steps)
{
	unsigned n;

	for (n = 0; n < steps && !source_is_empty(source); n++) {
		df->step = n;
		if (source_below(source, 4) == 3)
			df_arm(df, source);
		step(df, source);
		df_disarm(df);
		df_check(df);
	}
}
