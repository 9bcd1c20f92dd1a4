/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * drive.h - tables for one iova, and DMA that tells where it went.
 */
#ifndef CONFORMANCE_DRIVE_H
#define CONFORMANCE_DRIVE_H

#include "ask.h"
#include "hvpt/pte.h"

/*
 * Where a DMA went: the value of most questions of this group. The tables map
 * the first page; questions that change an entry map the second one.
 */
enum conf_where {
	CONF_NOWHERE = 0, /* to none of them: it was refused */
	CONF_FIRST = 1,
	CONF_SECOND = 2,
	CONF_UNTRANSLATED = 3, /* to the page whose gpa is the iova */
};

/* Sets of them. */
#define CONF_GOES(where) (1u << (where))
#define CONF_GOES_ANYWHERE 15u

/* The tables of a domain: one path of entries, for one iova. */
enum conf_tree {
	CONF_TREE = 0,
	CONF_TREE_2 = 1, /* 4 levels at most */
};

/**
 * struct conf_path - the entries from the root to a leaf
 * @tree: whose tables
 * @levels: 4 or 5; entries of level 0 are those of 4 KiB pages
 * @lowest: the level of the leaf
 */
struct conf_path {
	enum conf_tree tree;
	unsigned levels;
	unsigned lowest;
	uint64_t iova;
};

/* An entry that leads to a table, and a leaf for reading and writing. */
#define CONF_TABLE_BITS HVPT_PTE_TABLE_BITS
#define CONF_LEAF_BITS (HVPT_PTE_LEAF_BITS | HVPT_PTE_WRITE | HVPT_PTE_DIRTY)

/** The path with 4 levels for the iova that most questions use. */
struct conf_path conf_path_of(const struct conformance_run *run,
			      enum conf_tree tree);

/** The one that conf_drive_prepare() fills in. */
struct conf_path conf_first_path(const struct conformance_run *run);

/** The iova that most questions use. */
uint64_t conf_iova(const struct conformance_run *run);

/** Gpa of the page that the DMA is to reach. */
uint64_t conf_page_gpa(const struct conformance_run *run,
		       enum conf_where where);

/** A leaf for one of these pages. */
uint64_t conf_leaf(const struct conformance_run *run, enum conf_where page,
		   uint64_t bits);

/** Gpa of a table of the path: the root is that of the highest level. */
uint64_t conf_table_gpa(const struct conformance_run *run,
			const struct conf_path *path, unsigned level);

/** Clears the tables, and fills in the path down to the leaf. */
void conf_path_fill(const struct conformance_run *run,
		    const struct conf_path *path, uint64_t leaf);

/** Tables that map the second page. Return: their root. */
uint64_t conf_second_root(const struct conformance_run *run);

uint64_t conf_entry(const struct conformance_run *run,
		    const struct conf_path *path, unsigned level);
void conf_set_entry(const struct conformance_run *run,
		    const struct conf_path *path, unsigned level,
		    uint64_t entry);

/** One DMA. With STUCK the run notes it, and it went nowhere. */
enum conf_where conf_dma_write(struct conformance_run *run, uint64_t iova);
enum conf_where conf_dma_read(struct conformance_run *run, uint64_t iova);

/**
 * conf_goes() - the answer of a question: where a write to @iova goes
 * @status: of the decisive call
 * @expected: set of enum conf_where; anything else is wrong
 */
uint16_t conf_goes(struct conformance_run *run, uint16_t status, uint64_t iova,
		   unsigned expected);

/** The same for the iova of most questions; 0 when the question is skipped. */
uint16_t conf_goes_there(struct conformance_run *run, uint16_t status,
			 unsigned expected);

/** The same for the place of a DMA that was made. */
uint16_t conf_went(struct conformance_run *run, uint16_t status,
		   enum conf_where where, unsigned expected);

/**
 * conf_drive_prepare() - the device in a domain that maps the first page
 *
 * Return: what is missing, or NULL.
 */
const char *conf_drive_prepare(struct conformance_run *run, unsigned needs);

/** What is missing for @needs without any call, or NULL. */
const char *conf_drive_missing(const struct conformance_run *run,
			       unsigned needs);

#endif /* CONFORMANCE_DRIVE_H */
