/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * tables_options.h - the options that say which page tables are meant.
 */
#ifndef TOOLS_TABLES_TABLES_OPTIONS_H
#define TOOLS_TABLES_TABLES_OPTIONS_H

#include <stdbool.h>
#include <stdint.h>

#include "hvpt/pt_config.h"

/** struct tables_moment - a place in a trace; @kind decides */
struct tables_moment {
	enum {
		MOMENT_END = 0,
		MOMENT_EVENT = 1, /* after this many events */
		MOMENT_TIME = 2,  /* before the first event after it */
		MOMENT_SINCE = 3, /* the same; counts from the first event */
	} kind;
	uint64_t events;
	uint64_t nanoseconds;
};

/**
 * struct tables_options - where the tables are, and of what form
 * @trace: a trace, or NULL
 * @memory: a file with memory, or NULL
 * @at: a moment of the trace
 * @root: with @has_root: gpa of the top table in @memory
 * @domain: with @has_domain: only this one of the trace
 * @levels, @width, @form: of the tables; @has_form: @form was given
 * @page_sizes: that the trace is mapped with; @has_sizes: they were given
 * @maxphyaddr: bits of a physical address in @memory; 0: not given
 */
struct tables_options {
	const char *trace;
	const char *memory;
	struct tables_moment at;
	bool has_root;
	uint64_t root;
	bool has_domain;
	uint64_t domain;
	unsigned levels;
	unsigned width;
	bool has_form;
	enum hvpt_iova_form form;
	bool has_sizes;
	uint64_t page_sizes;
	unsigned maxphyaddr;
};

enum tables_option_id {
	TABLES_OPT_AT = 512,
	TABLES_OPT_DOMAIN,
	TABLES_OPT_MEMORY,
	TABLES_OPT_ROOT,
	TABLES_OPT_LEVELS,
	TABLES_OPT_WIDTH,
	TABLES_OPT_FORM,
	TABLES_OPT_PAGE_SIZES,
	TABLES_OPT_MAXPHYADDR,
};

/* Of a trace, for a struct command. */
#define TABLES_TRACE_OPTIONS                                                   \
	{ TABLES_OPT_AT, "at", "N|TIME",                                       \
	  "after the N-th event; with a point, as in 17.9, before the first "  \
	  "event that is later than this, in seconds; +2.5 counts from the "   \
	  "first event (the end)" },                                           \
		{ TABLES_OPT_DOMAIN, "domain", "ID",                           \
		  "only the domain that the trace calls dom=ID" },             \
		{ TABLES_OPT_LEVELS, "levels", "4|5", "table levels (4)" },    \
		{ TABLES_OPT_WIDTH, "width", "N",                              \
		  "IOVA bits, 13 .. 48, or 57 with 5 levels (all)" },          \
		{ TABLES_OPT_FORM, "iova-form", "plain|lower|canonical",       \
		  "which values are IOVAs (plain; with --memory canonical)" }, \
	{                                                                      \
		TABLES_OPT_PAGE_SIZES, "page-sizes", "LIST",                   \
			"leaf sizes for a trace, of 4K,2M,1G (all)"            \
	}

/* Of memory. */
#define TABLES_MEMORY_OPTIONS                                                  \
	{ TABLES_OPT_MEMORY, "memory", "FILE",                                 \
	  "a guest's memory: a raw image that begins at gpa 0, or an ELF "     \
	  "core" },                                                            \
		{ TABLES_OPT_ROOT, "root", "GPA", "of the top table in it" },  \
	{                                                                      \
		TABLES_OPT_MAXPHYADDR, "maxphyaddr", "N",                      \
			"bits of a physical address, 36 .. 52 (52)"            \
	}

void tables_options_default(struct tables_options *options);

/** Takes one of the options above. Return: false after a message. */
bool tables_options_take(const char *command, int id, const char *text,
			 struct tables_options *options);

/**
 * tables_options_check() - do the options fit together?
 *
 * Fills in what was not given. Return: false after a message.
 */
bool tables_options_check(const char *command, struct tables_options *options);

#endif /* TOOLS_TABLES_TABLES_OPTIONS_H */
