/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * options.h - the command line of `hvpt replay`.
 */
#ifndef TOOLS_OPTIONS_H
#define TOOLS_OPTIONS_H

#include "command.h"
#include "hvpt/flush.h"
#include "hvpt/hvpt.h"
#include "inject.h"

/* The exit status of the process. */
enum exit_code {
	EXIT_ALL_WELL = 0,
	EXIT_MISMATCH = 1,
	EXIT_BAD_INPUT = 2,
};

/* What checks besides the model hypervisor and the SDM walker. */
enum replay_walker {
	WALKER_MODEL = 0, /* only the model hypervisor and the SDM walker */
	WALKER_VTD = 1,	  /* the VT-d that QEMU emulates */
	WALKER_CPU = 2,	  /* the processor that QEMU emulates */
};

/**
 * struct replay_options - what to build and how to check it
 * @levels: 4 or 5
 * @width: IOVA bits
 * @form: which values are IOVAs
 * @page_sizes: as in struct hvpt_pt_config
 * @audit_every: events between two audits; 0: only at the end
 * @seed: of the random pages that are checked
 * @policy: how flushes are planned
 * @lazy: unmaps of a domain between two syncs, at least 1
 * @inject: injected failures
 * @walker: what checks
 * @model: with @has_model: the host; it offers what the table needs
 * @drop_flushes: with the VT-d: flushes are dropped, which must be detected
 * @json: where to write JSON; NULL: nowhere, "-": standard output
 * @quiet: no progress, no notes, no summary
 * @strict: a malformed line ends the replay
 * @files: the traces
 * @file_count: at least 1
 */
struct replay_options {
	unsigned levels;
	unsigned width;
	enum hvpt_iova_form form;
	uint64_t page_sizes;
	uint64_t audit_every;
	uint64_t seed;
	enum hvpt_flush_policy policy;
	uint64_t lazy;
	struct inject inject;
	enum replay_walker walker;
	bool has_model;
	struct hypervisor_config model;
	bool drop_flushes;
	const char *json;
	bool quiet;
	bool strict;
	const char *const *files;
	int file_count;
};

enum options_result {
	OPTIONS_RUN = 0,
	OPTIONS_HELP = 1,
	OPTIONS_ERROR = 2, /* the message was printed */
};

/** The defaults; @width stays 0: as wide as possible. */
void options_default(struct replay_options *options);

/** The options of `hvpt replay`, for its struct command. */
extern const struct command_option replay_options_known[];

/** Parses the words after `hvpt replay`; argv[0] is the sub-command. */
enum options_result options_parse(const struct command *command, int argc,
				  char **argv, struct replay_options *options);

/** options_number() - decimal, or hexadecimal after 0x, and nothing else. */
bool options_number(const char *text, uint64_t *value);

/** "two-block", "cover" or "exact" */
const char *options_policy_name(enum hvpt_flush_policy policy);

/** "model", "vtd" or "cpu" */
const char *options_walker_name(enum replay_walker walker);

/** "plain", "lower" or "canonical" */
const char *options_form_name(enum hvpt_iova_form form);

/**
 * options_in_form() - are all of first .. last IOVAs?
 *
 * Computed here, because the library is under test.
 */
bool options_in_form(const struct replay_options *options, uint64_t first,
		     uint64_t last);

#endif /* TOOLS_OPTIONS_H */
