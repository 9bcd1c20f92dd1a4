/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * dump.h - the mappings of domains, as one moment shows them.
 */
#ifndef TOOLS_DUMP_H
#define TOOLS_DUMP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

struct sdm_walker;
struct tables;

/**
 * struct dump_leaf - one leaf entry of a page table, or another that is wrong
 * @size_lg2: it maps 2^size_lg2 bytes
 * @line: of the text that it is from; 0: it is from tables
 * @entry: from tables: its value
 * @entry_gpa: from tables: where it is
 * @problem: that its source found; NULL: none
 */
struct dump_leaf {
	uint64_t iova;
	uint64_t gpa;
	uint32_t size_lg2;
	bool write;
	bool accessed;
	bool dirty;
	size_t line;
	uint64_t entry;
	uint64_t entry_gpa;
	const char *problem;
};

/**
 * struct dump_domain - a domain and its leaves, in the order of their IOVAs
 * @title: for people
 * @key: its name as a member of a JSON object
 * @last: the last IOVA that it can map
 * @cut: there are more leaves, which the source left out
 * @walker: reads its tables; NULL: its leaves are in @leaves
 */
struct dump_domain {
	char title[48];
	char key[48];
	uint64_t last;
	bool cut;
	const struct sdm_walker *walker;
	struct dump_leaf *leaves;
	size_t count;
	size_t room;
};

struct dump {
	struct dump_domain *domains;
	size_t count;
	size_t room;
};

/**
 * dump_add_domain() - adds a domain without leaves
 *
 * Its title and key are for the caller to write. Return: the new domain, valid
 * until the next; NULL: no memory.
 */
struct dump_domain *dump_add_domain(struct dump *dump, uint64_t last);

/** Return: false: no memory. */
bool dump_add_leaf(struct dump_domain *domain, const struct dump_leaf *leaf);

void dump_free(struct dump *dump);

/**
 * dump_read_debugfs() - reads the file `tables` of the Linux adapter
 * @dump: all zero; out: owned by the caller even after a failure
 * @path: "-" for standard input
 *
 * The text must be whole: the line `end` of a domain says how many leaves come
 * before it. Return: false with a message that names the line.
 */
bool dump_read_debugfs(struct dump *dump, const char *path);

/** Adds the domains of tables, which must outlive @dump. False: no memory. */
bool dump_add_tables(struct dump *dump, const struct tables *tables);

/**
 * dump_problem() - what is wrong with a leaf?
 * @before: the leaf before it in @domain; NULL: it is the first
 *
 * Return: NULL: nothing.
 */
const char *dump_problem(const struct dump_domain *domain,
			 const struct dump_leaf *before,
			 const struct dump_leaf *leaf);

/** Sees a leaf. Return: false to stop. */
typedef bool (*dump_leaf_fn)(void *ctx, const struct dump_leaf *leaf);

/**
 * dump_leaves() - see each leaf of a domain, in order
 *
 * Return: whether there are more, which were left out.
 */
bool dump_leaves(const struct dump_domain *domain, dump_leaf_fn fn, void *ctx);

/**
 * struct dump_run - neighbours that continue each other
 * @first: the first; all have its size and its bits
 * @last: the last
 * @count: how many
 * @problem: of the only leaf; NULL: none
 */
struct dump_run {
	struct dump_leaf first;
	struct dump_leaf last;
	uint64_t count;
	const char *problem;
};

typedef void (*dump_run_fn)(void *ctx, const struct dump_run *run);

/**
 * dump_runs() - see the runs of a domain
 *
 * A leaf with a problem is a run of its own. Return: as dump_leaves().
 */
bool dump_runs(const struct dump_domain *domain, dump_run_fn fn, void *ctx);

/** The last IOVA of a run. */
uint64_t dump_run_last(const struct dump_run *run);

/**
 * struct dump_counts - what a domain has
 * @leaves: all, those that are wrong included; @sizes: by the log of the size
 * @cut: there are more, which were left out
 */
struct dump_counts {
	uint64_t leaves;
	uint64_t sizes[64];
	uint64_t problems;
	bool cut;
};

void dump_count(const struct dump_domain *domain, struct dump_counts *counts);

/** The problems of all domains. */
uint64_t dump_problems(const struct dump *dump);

void dump_print_text(const struct dump *dump);
void dump_print_json(const struct dump *dump);

/**
 * dump_draw() - draws tables as SVG, with dot of graphviz
 * @to: where; it is not closed
 *
 * Return: false after a message.
 */
bool dump_draw(const struct tables *tables, FILE *to);

#endif /* TOOLS_DUMP_H */
