/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * dump.h - the mappings of domains, as one moment shows them.
 */
#ifndef TOOLS_DUMP_H
#define TOOLS_DUMP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/**
 * struct dump_leaf - one leaf entry of a page table
 * @size_lg2: it maps 2^size_lg2 bytes
 * @line: of the text that it is from
 */
struct dump_leaf {
	uint64_t iova;
	uint64_t gpa;
	uint32_t size_lg2;
	bool write;
	bool accessed;
	bool dirty;
	size_t line;
};

/**
 * struct dump_domain - a domain and its leaves, in the order of their IOVAs
 * @last: the last IOVA that it can map
 * @cut: there are more leaves, which the source left out
 */
struct dump_domain {
	uint64_t id;
	uint64_t last;
	bool cut;
	struct dump_leaf *leaves;
	size_t count;
	size_t room;
};

struct dump {
	struct dump_domain *domains;
	size_t count;
	size_t room;
};

/** Return: the new domain, valid until the next; NULL: no memory. */
struct dump_domain *dump_add_domain(struct dump *dump, uint64_t id,
				    uint64_t last);

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

/**
 * dump_problem() - what is wrong with a leaf?
 * @before: the leaf before it in @domain; NULL: it is the first
 *
 * Return: NULL: nothing.
 */
const char *dump_problem(const struct dump_domain *domain,
			 const struct dump_leaf *before,
			 const struct dump_leaf *leaf);

/** How many leaves have a dump_problem()? */
size_t dump_problems(const struct dump *dump);

/**
 * struct dump_run - neighbours that continue each other
 * @leaves: the first; all have its size and its bits
 * @problem: of the only leaf; NULL: none
 */
struct dump_run {
	const struct dump_leaf *leaves;
	size_t count;
	const char *problem;
};

/**
 * dump_take_run() - the next run of a domain
 * @first: index of its first leaf
 *
 * A leaf with a problem is a run of its own.
 */
struct dump_run dump_take_run(const struct dump_domain *domain, size_t first);

/** The last IOVA of a run. */
uint64_t dump_run_last(const struct dump_run *run);

void dump_print_text(const struct dump *dump);
void dump_print_json(const struct dump *dump);

#endif /* TOOLS_DUMP_H */
