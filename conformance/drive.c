/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Makes tables and DMA for the questions that drive the device.
 */
#include "drive.h"

/* Which of the pages given is what. */
#define PAGE_OF(where) ((unsigned)(where)-1) /* 0 .. 2 */
#define PAGE_TREE 3u			     /* by level, 5 of them */
#define PAGE_TREE_2 8u			     /* by level, 4 of them */
#define TABLE_ENTRIES 512u

#define MISSING_END "the device did not end a DMA"

static uint64_t *words_of(const struct conformance_run *run, unsigned page)
{
	return (uint64_t *)run->host->pages[page].va;
}

static uint64_t gpa_of(const struct conformance_run *run, unsigned page)
{
	return run->host->pages[page].gpa.value;
}

uint64_t conf_page_gpa(const struct conformance_run *run, enum conf_where where)
{
	return gpa_of(run, PAGE_OF(where));
}

uint64_t conf_iova(const struct conformance_run *run)
{
	return conf_page_gpa(run, CONF_UNTRANSLATED);
}

/* ---- tables ---------------------------------------------------------- */

struct conf_path conf_path_of(const struct conformance_run *run,
			      enum conf_tree tree)
{
	struct conf_path path = {
		.tree = tree,
		.levels = 4,
		.iova = conf_iova(run),
	};

	return path;
}

struct conf_path conf_first_path(const struct conformance_run *run)
{
	return conf_path_of(run, CONF_TREE);
}

uint64_t conf_leaf(const struct conformance_run *run, enum conf_where page,
		   uint64_t bits)
{
	return conf_page_gpa(run, page) | bits;
}

static unsigned table_page(const struct conf_path *path, unsigned level)
{
	return (path->tree == CONF_TREE ? PAGE_TREE : PAGE_TREE_2) + level;
}

uint64_t conf_table_gpa(const struct conformance_run *run,
			const struct conf_path *path, unsigned level)
{
	return gpa_of(run, table_page(path, level));
}

static uint64_t *slot(const struct conformance_run *run,
		      const struct conf_path *path, unsigned level)
{
	unsigned index = (unsigned)(path->iova >> (12 + 9 * level)) &
			 (TABLE_ENTRIES - 1);

	return &words_of(run, table_page(path, level))[index];
}

uint64_t conf_entry(const struct conformance_run *run,
		    const struct conf_path *path, unsigned level)
{
	return HVPT_PORT_LOAD_ACQUIRE(slot(run, path, level));
}

void conf_set_entry(const struct conformance_run *run,
		    const struct conf_path *path, unsigned level,
		    uint64_t entry)
{
	HVPT_PORT_STORE_RELEASE(slot(run, path, level), entry);
	HVPT_PORT_FENCE();
}

static void clear_table(uint64_t *table)
{
	unsigned i;

	for (i = 0; i < TABLE_ENTRIES; i++)
		HVPT_PORT_STORE(&table[i], (uint64_t)0);
}

void conf_path_fill(const struct conformance_run *run,
		    const struct conf_path *path, uint64_t leaf)
{
	unsigned level;

	for (level = 0; level < path->levels; level++)
		clear_table(words_of(run, table_page(path, level)));
	conf_set_entry(run, path, path->lowest, leaf);
	for (level = path->lowest + 1; level < path->levels; level++)
		conf_set_entry(run, path, level,
			       conf_table_gpa(run, path, level - 1) |
				       CONF_TABLE_BITS);
}

uint64_t conf_second_root(const struct conformance_run *run)
{
	const struct conf_path path = conf_path_of(run, CONF_TREE_2);

	conf_path_fill(run, &path, conf_leaf(run, CONF_SECOND, CONF_LEAF_BITS));
	return conf_table_gpa(run, &path, 3);
}

/* ---- DMA ------------------------------------------------------------- */

/* The first word of a page. */
static uint32_t *word_of(const struct conformance_run *run, unsigned page)
{
	return (uint32_t *)run->host->pages[page].va;
}

static void fill_pages(const struct conformance_run *run)
{
	unsigned i;

	for (i = 0; i < CONFORMANCE_DMA_FILLS; i++)
		HVPT_PORT_STORE_RELEASE(word_of(run, i),
					CONFORMANCE_DMA_FILL + i);
	HVPT_PORT_FENCE();
}

/* The run starts no DMA after one that did not end. */
static enum conf_where ended(struct conformance_run *run,
			     enum conformance_dma dma, enum conf_where where)
{
	if (dma != CONFORMANCE_DMA_STUCK)
		return where;
	run->stuck = true;
	return CONF_NOWHERE;
}

enum conf_where conf_dma_write(struct conformance_run *run, uint64_t iova)
{
	const struct conformance_driver *driver = run->host->driver;
	enum conf_where where = CONF_NOWHERE;
	enum conformance_dma dma;
	unsigned i;

	if (run->stuck)
		return CONF_NOWHERE;
	fill_pages(run);
	dma = driver->write(driver->ctx, iova);
	for (i = 0; i < CONFORMANCE_DMA_FILLS; i++)
		if (HVPT_PORT_LOAD_ACQUIRE(word_of(run, i)) !=
		    CONFORMANCE_DMA_FILL + i)
			where = (enum conf_where)(i + 1);
	return ended(run, dma, where);
}

enum conf_where conf_dma_read(struct conformance_run *run, uint64_t iova)
{
	const struct conformance_driver *driver = run->host->driver;
	enum conf_where where = CONF_NOWHERE;
	enum conformance_dma dma;
	uint32_t value = 0;

	if (run->stuck)
		return CONF_NOWHERE;
	fill_pages(run);
	dma = driver->read(driver->ctx, iova, &value);
	value -= CONFORMANCE_DMA_FILL;
	if (dma == CONFORMANCE_DMA_ENDED && value < CONFORMANCE_DMA_FILLS)
		where = (enum conf_where)(value + 1);
	return ended(run, dma, where);
}

/* ---- what a question says -------------------------------------------- */

uint16_t conf_went(struct conformance_run *run, uint16_t status,
		   enum conf_where where, unsigned expected)
{
	static const char *const notes[] = {
		"the DMA was refused",
		"the DMA reached the first page",
		"the DMA reached the second page",
		"the DMA was not translated",
	};

	if (run->stuck)
		return conf_skip(run, MISSING_END);
	run->value = (uint64_t)where;
	run->note = notes[where];
	if (!(expected & CONF_GOES(where)))
		conf_wrong(run, status, run->note);
	return status;
}

uint16_t conf_goes(struct conformance_run *run, uint16_t status, uint64_t iova,
		   unsigned expected)
{
	return conf_went(run, status, conf_dma_write(run, iova), expected);
}

uint16_t conf_goes_there(struct conformance_run *run, uint16_t status,
			 unsigned expected)
{
	if (run->skip)
		return 0;
	return conf_goes(run, status, conf_iova(run), expected);
}

/* ---- before a question ----------------------------------------------- */

/* The page that most questions use is below the top bit, if it counts. */
static bool can_reach(const struct conformance_run *run)
{
	unsigned bits = run->host->driver->address_bits;
	unsigned width = conf_width(run);

	if (bits >= width)
		bits = width ? width - 1 : 0;
	return conf_iova(run) >> bits == 0;
}

const char *conf_drive_missing(const struct conformance_run *run,
			       unsigned needs)
{
	const struct conformance_driver *driver = run->host->driver;

	if (!(needs & CONFORMANCE_NEEDS_DRIVER))
		return NULL;
	if (!driver)
		return "no device was given that can be driven";
	if (run->stuck)
		return MISSING_END;
	if ((needs & CONFORMANCE_NEEDS_READ) && !driver->read)
		return "the device cannot read";
	return NULL;
}

const char *conf_drive_prepare(struct conformance_run *run, unsigned needs)
{
	const struct conf_path path = conf_first_path(run);

	if (!can_reach(run))
		return "the pages given are beyond the iovas of the host";
	if ((needs & CONFORMANCE_NEEDS_LARGE) &&
	    !(run->caps[2] & HVPT_PAGE_SIZE_2M))
		return "the host has no pages of 2 MiB";
	conf_path_fill(run, &path, conf_leaf(run, CONF_FIRST, CONF_LEAF_BITS));
	if (!conf_make(run, 0, CONF_PAGING, conf_table_gpa(run, &path, 3)))
		return "no paging domain could be made";
	if (conf_attach(run, run->id[0]) != HVPT_HV_STATUS_SUCCESS)
		return "the device could not be attached";
	if (!(needs & CONFORMANCE_NEEDS_CACHED))
		return NULL;
	conf_flush(run, run->id[0]);
	if (conf_dma_write(run, path.iova) != CONF_FIRST)
		return run->stuck ? MISSING_END :
				    "the DMA does not follow the tables";
	return NULL;
}
