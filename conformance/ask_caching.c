/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What a host caches of tables, and what makes it forget. The device has made
 * a DMA by the first page's leaf before each of these questions, but for those
 * that begin with nothing mapped.
 */
#include "drive.h"

#define LEVEL_ROOT 3u
#define TABLE_SHIFT 9u /* pages of a table of level 0, or a leaf of level 1 */

static uint64_t second_leaf(const struct conformance_run *run)
{
	return conf_leaf(run, CONF_SECOND, CONF_LEAF_BITS);
}

/* ---- flushes --------------------------------------------------------- */

/* The block of 2^shift pages with @iova. */
static uint64_t entry_for(uint64_t iova, unsigned shift)
{
	uint64_t pages = (uint64_t)1 << shift;

	return hvpt_hv_flush_entry((iova >> 12) & ~(pages - 1), shift);
}

static uint16_t flush_block(struct conformance_run *run, uint64_t iova,
			    unsigned shift)
{
	const uint64_t entry = entry_for(iova, shift);

	return conf_flush_list(run, &entry, 1);
}

static uint16_t flush_domain(struct conformance_run *run)
{
	return conf_flush(run, run->id[0]);
}

static uint16_t flush_page(struct conformance_run *run)
{
	return flush_block(run, conf_iova(run), 0);
}

static uint16_t flush_table(struct conformance_run *run)
{
	return flush_block(run, conf_iova(run), TABLE_SHIFT);
}

static uint16_t flush_all(struct conformance_run *run)
{
	return flush_block(run, conf_iova(run), HVPT_HV_FLUSH_ENTRY_SHIFT_MAX);
}

static uint16_t flush_second_rep(struct conformance_run *run)
{
	const uint64_t entries[2] = { entry_for(conf_iova(run) ^ 0x1000, 0),
				      entry_for(conf_iova(run), 0) };

	return conf_flush_list(run, entries, 2);
}

static uint16_t flush_neighbour(struct conformance_run *run)
{
	return flush_block(run, conf_iova(run) ^ 0x1000, 0);
}

/* NULL: by nothing. */
static uint16_t flushed(struct conformance_run *run,
			uint16_t (*flush)(struct conformance_run *run))
{
	return flush ? flush(run) : HVPT_HV_STATUS_SUCCESS;
}

#define OLD CONF_GOES(CONF_FIRST)
#define NEW CONF_GOES(CONF_SECOND)
#define REFUSED CONF_GOES(CONF_NOWHERE)

/* ---- a leaf changes -------------------------------------------------- */

static uint16_t leaf_changes(struct conformance_run *run, uint64_t leaf,
			     uint16_t (*flush)(struct conformance_run *run),
			     unsigned expected)
{
	const struct conf_path path = conf_first_path(run);

	conf_set_entry(run, &path, 0, leaf);
	return conf_goes_there(run, flushed(run, flush), expected);
}

/* A DMA was refused by an entry that is not there; then it is. */
static uint16_t appears(struct conformance_run *run, unsigned level)
{
	const struct conf_path path = conf_first_path(run);
	uint64_t entry = conf_entry(run, &path, level);

	conf_set_entry(run, &path, level, 0);
	flush_domain(run);
	if (conf_dma_write(run, path.iova) != CONF_NOWHERE)
		return conf_skip(run, "the DMA was not refused before");
	conf_set_entry(run, &path, level, entry);
	return conf_goes_there(run, HVPT_HV_STATUS_SUCCESS, OLD);
}

static uint16_t ask_map(struct conformance_run *run)
{
	return appears(run, 0);
}

static uint16_t ask_map_table(struct conformance_run *run)
{
	return appears(run, LEVEL_ROOT);
}

static uint16_t ask_unmap(struct conformance_run *run)
{
	return leaf_changes(run, 0, NULL, OLD | REFUSED);
}

static uint16_t ask_protect(struct conformance_run *run)
{
	return leaf_changes(run, conf_leaf(run, CONF_FIRST, HVPT_PTE_LEAF_BITS),
			    NULL, OLD | REFUSED);
}

static uint16_t ask_protect_flush(struct conformance_run *run)
{
	return leaf_changes(run, conf_leaf(run, CONF_FIRST, HVPT_PTE_LEAF_BITS),
			    flush_domain, REFUSED);
}

/* A write was refused by a leaf that is read-only; then it is writable. */
static uint16_t ask_relax(struct conformance_run *run)
{
	const struct conf_path path = conf_first_path(run);

	conf_set_entry(run, &path, 0,
		       conf_leaf(run, CONF_FIRST, HVPT_PTE_LEAF_BITS));
	flush_domain(run);
	if (conf_dma_write(run, path.iova) != CONF_NOWHERE)
		return conf_skip(run, "the DMA was not refused before");
	return leaf_changes(run, conf_leaf(run, CONF_FIRST, CONF_LEAF_BITS),
			    NULL, OLD | REFUSED);
}

static uint16_t ask_change(struct conformance_run *run)
{
	return leaf_changes(run, second_leaf(run), NULL, OLD | NEW);
}

static uint16_t ask_flush(struct conformance_run *run)
{
	return leaf_changes(run, second_leaf(run), flush_domain, NEW);
}

static uint16_t ask_list(struct conformance_run *run)
{
	return leaf_changes(run, second_leaf(run), flush_page, NEW);
}

static uint16_t ask_list_order(struct conformance_run *run)
{
	return leaf_changes(run, second_leaf(run), flush_table, NEW);
}

static uint16_t ask_list_all(struct conformance_run *run)
{
	return leaf_changes(run, second_leaf(run), flush_all, NEW);
}

static uint16_t ask_list_second(struct conformance_run *run)
{
	return leaf_changes(run, second_leaf(run), flush_second_rep, NEW);
}

static uint16_t ask_list_neighbour(struct conformance_run *run)
{
	return leaf_changes(run, second_leaf(run), flush_neighbour, OLD | NEW);
}

/* ---- a table changes ------------------------------------------------- */

/* The entry of level 1 leads to another table, which maps the second page. */
static uint16_t table_changes(struct conformance_run *run,
			      uint16_t (*flush)(struct conformance_run *run),
			      unsigned expected)
{
	const struct conf_path path = conf_first_path(run);
	const struct conf_path other = conf_path_of(run, CONF_TREE_2);

	conf_path_fill(run, &other, second_leaf(run));
	conf_set_entry(run, &path, 1,
		       conf_table_gpa(run, &other, 0) | CONF_TABLE_BITS);
	return conf_goes_there(run, flushed(run, flush), expected);
}

static uint16_t ask_table(struct conformance_run *run)
{
	return table_changes(run, NULL, OLD | NEW);
}

static uint16_t ask_table_flush(struct conformance_run *run)
{
	return table_changes(run, flush_domain, NEW);
}

static uint16_t ask_table_list(struct conformance_run *run)
{
	return table_changes(run, flush_table, NEW);
}

static uint16_t ask_table_list_page(struct conformance_run *run)
{
	return table_changes(run, flush_page, OLD | NEW);
}

/* A leaf of 2 MiB is unmapped, and so many pages of it are flushed. */
static uint16_t large_goes(struct conformance_run *run, unsigned shift,
			   unsigned expected)
{
	struct conf_path path = conf_first_path(run);

	path.iova = conf_page_gpa(run, CONF_FIRST);
	path.lowest = 1;
	conf_path_fill(run, &path,
		       (path.iova & ~(HVPT_PAGE_SIZE_2M - 1)) | CONF_LEAF_BITS |
			       HVPT_PTE_LARGE);
	flush_domain(run);
	if (conf_dma_write(run, path.iova) != CONF_FIRST)
		return conf_skip(run, "a leaf of 2 MiB is not followed");
	conf_set_entry(run, &path, 1, 0);
	return conf_goes(run, flush_block(run, path.iova, shift), path.iova,
			 expected);
}

static uint16_t ask_large_list(struct conformance_run *run)
{
	return large_goes(run, TABLE_SHIFT, REFUSED);
}

static uint16_t ask_large_list_page(struct conformance_run *run)
{
	return large_goes(run, 0, OLD | REFUSED);
}

/* ---- the device moves ------------------------------------------------ */

static bool block(struct conformance_run *run)
{
	return conf_make(run, 1, CONF_BLOCKED, 0) &&
	       conf_attach(run, run->id[1]) == HVPT_HV_STATUS_SUCCESS;
}

/* The leaf changes while the device is elsewhere. */
static uint16_t comes_back(struct conformance_run *run)
{
	const struct conf_path path = conf_first_path(run);

	conf_set_entry(run, &path, 0, second_leaf(run));
	return conf_goes_there(run, conf_attach(run, run->id[0]), OLD | NEW);
}

static uint16_t ask_attach_back(struct conformance_run *run)
{
	if (!block(run))
		return conf_skip(run, "the device could not be blocked");
	return comes_back(run);
}

static uint16_t ask_detach_back(struct conformance_run *run)
{
	if (conf_detach(run) != HVPT_HV_STATUS_SUCCESS)
		return conf_skip(run, "the device could not be detached");
	return comes_back(run);
}

/* Other tables, for a domain whose old ones are cached. */
static uint16_t configure_second(struct conformance_run *run)
{
	return conf_configure(run, run->id[0], CONF_PAGING,
			      conf_second_root(run));
}

static uint16_t ask_configure(struct conformance_run *run)
{
	return conf_goes_there(run, configure_second(run), OLD | NEW);
}

static uint16_t ask_reuse(struct conformance_run *run)
{
	if (!block(run) || conf_delete(run, 0) != HVPT_HV_STATUS_SUCCESS)
		return conf_skip(run, "the domain could not be deleted");
	if (conf_create(run, 0) != HVPT_HV_STATUS_SUCCESS ||
	    configure_second(run) != HVPT_HV_STATUS_SUCCESS)
		return conf_skip(run, "the id could not be used again");
	return conf_goes_there(run, conf_attach(run, run->id[0]), NEW);
}

#define GROUP CONFORMANCE_CACHING
#define GUEST "Linux, hv-iommu-guest.c"
#define DROPS_ALL "FLUSH drops all that is cached of a domain", GUEST, RELY
#define COMMITS "Linux, commit messages of hv-iommu-guest.c"
#define NO_SOURCE "no source says"
#define RELY "Linux and hvpt rely on it"
#define UNFLUSHED                                                              \
	NULL, NO_SOURCE, "Linux and hvpt flush then; the model caches", GROUP, \
		CACHED, CONF_ANY, CONF_ANY
#define CACHED                                                                 \
	(CONFORMANCE_NEEDS_PVIOMMU | CONFORMANCE_NEEDS_IDS |                   \
	 CONFORMANCE_NEEDS_DEVICE | CONFORMANCE_NEEDS_HOME |                   \
	 CONFORMANCE_NEEDS_DRIVER | CONFORMANCE_NEEDS_CACHED)
#define LISTED (CACHED | CONFORMANCE_NEEDS_LIST)
#define LARGE (LISTED | CONFORMANCE_NEEDS_LARGE)
#define SUCCESS CONF_IS(SUCCESS)

/* clang-format off */
const struct conformance_question conf_caching_questions[] = {
	{ "caching.map",
	  "Is a leaf seen without a flush, after a DMA that missed it?",
	  "a map needs no flush", COMMITS, RELY, GROUP, CACHED, SUCCESS,
	  SUCCESS, ask_map },
	{ "caching.map-table",
	  "Is a root entry seen without a flush, after a DMA that missed it?",
	  "a map needs no flush", COMMITS, RELY, GROUP, CACHED, SUCCESS,
	  SUCCESS, ask_map_table },
	{ "caching.unmap", "Where does a write go after an unmap, unflushed?",
	  UNFLUSHED, ask_unmap },
	{ "caching.change",
	  "Where does a write go by a leaf that changed, unflushed?",
	  UNFLUSHED, ask_change },
	{ "caching.protect",
	  "Where does a write go by a leaf made read-only, unflushed?",
	  UNFLUSHED, ask_protect },
	{ "caching.protect-flush",
	  "Is a write refused by a leaf made read-only, after FLUSH?",
	  DROPS_ALL, GROUP, CACHED, SUCCESS, SUCCESS, ask_protect_flush },
	{ "caching.relax",
	  "Is a write refused by a leaf that was read-only, and now is not?",
	  NULL, NO_SOURCE, "hvpt flushes then; the model refuses it", GROUP,
	  CACHED, CONF_ANY, CONF_ANY, ask_relax },
	{ "caching.flush", "Does FLUSH drop a translation?",
	  DROPS_ALL, GROUP, CACHED, SUCCESS, SUCCESS, ask_flush },
	{ "caching.list", "Does a descriptor drop the page it covers?",
	  "it does", GUEST, RELY, GROUP, LISTED, SUCCESS, SUCCESS, ask_list },
	{ "caching.list-order", "Does a descriptor for 512 pages drop one?",
	  "it does", GUEST, RELY, GROUP, LISTED, SUCCESS, SUCCESS,
	  ask_list_order },
	{ "caching.list-all", "Does a descriptor for all 2^52 pages drop one?",
	  "it does", GUEST, RELY, GROUP, LISTED, SUCCESS, SUCCESS,
	  ask_list_all },
	{ "caching.list-second",
	  "Does the second of two descriptors drop the page it covers?",
	  "it does", GUEST, "Linux sends one; hvpt relies on it", GROUP,
	  LISTED, SUCCESS, SUCCESS, ask_list_second },
	{ "caching.list-neighbour",
	  "Does a descriptor for the page beside drop a translation?", NULL,
	  NO_SOURCE, "nobody relies on either; it does not in the model",
	  GROUP, LISTED, CONF_ANY, CONF_ANY, ask_list_neighbour },
	{ "caching.table",
	  "Where does a write go by a table that was replaced, unflushed?",
	  UNFLUSHED, ask_table },
	{ "caching.table-flush", "Does FLUSH drop what leads to a table?",
	  DROPS_ALL, GROUP, CACHED, SUCCESS, SUCCESS, ask_table_flush },
	{ "caching.table-list",
	  "Does a descriptor for all of a table drop what leads to it?",
	  "FLUSH_LIST drops table entries too", GUEST, RELY, GROUP, LISTED,
	  SUCCESS, SUCCESS, ask_table_list },
	{ "caching.table-list-page",
	  "Does a descriptor for one page drop what leads to its table?", NULL,
	  GUEST " does not say how much a descriptor must cover",
	  "hvpt flushes all of a table; the model keeps it", GROUP, LISTED,
	  CONF_ANY, CONF_ANY, ask_table_list_page },
	{ "caching.large-list",
	  "Does a descriptor for 2 MiB drop a leaf of 2 MiB?", "it does",
	  GUEST, RELY, GROUP, LARGE, SUCCESS, SUCCESS, ask_large_list },
	{ "caching.large-list-page",
	  "Does a descriptor for one page drop a leaf of 2 MiB?", NULL,
	  "VT-d: the mask must cover the largest page",
	  "hvpt flushes all of the leaf; the model keeps it", GROUP, LARGE,
	  CONF_ANY, CONF_ANY, ask_large_list_page },
	{ "caching.attach",
	  "Does ATTACH to a domain drop what it has cached?", NULL, NO_SOURCE,
	  "nobody relies on it; it does not in the model", GROUP, CACHED,
	  CONF_ANY, CONF_ANY, ask_attach_back },
	{ "caching.detach",
	  "Does DETACH drop what the domain has cached?", NULL,
	  "the linux-hyperv list, 20 May 2026: it flushes; "
	  "how much is not said",
	  "nobody relies on it; it does in the model", GROUP, CACHED,
	  CONF_ANY, CONF_ANY, ask_detach_back },
	{ "caching.configure",
	  "Does CONFIGURE with another root drop what is cached?", NULL,
	  NO_SOURCE, "nobody relies on it; it does not in the model", GROUP,
	  CACHED, CONF_ANY, CONF_ANY, ask_configure },
	{ "caching.reuse",
	  "Is nothing cached of a domain when its id is used again?", NULL,
	  NO_SOURCE, RELY, GROUP, CACHED, CONF_ANY, SUCCESS, ask_reuse },
};
/* clang-format on */
const size_t conf_caching_count = CONF_COUNT(conf_caching_questions);
