/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * apply.h - let events happen to the page tables, and judge each.
 */
#ifndef TOOLS_REPLAY_APPLY_H
#define TOOLS_REPLAY_APPLY_H

#include "replay_domain.h"
#include "judge.h"
#include "report.h"

/**
 * struct apply - the page tables of one trace, and what came of them
 * @options: as asked
 * @result: what is counted
 * @judge: checks and mismatches
 * @domains: the page tables
 * @mapped: bytes mapped now, in all domains
 */
struct apply {
	const struct replay_options *options;
	struct replay_result *result;
	struct judge judge;
	struct domain_set domains;
	uint64_t mapped;
};

/**
 * apply_event() - one event; a pairing_fn
 * @ctx: a struct apply *
 *
 * Return: false when the replay cannot go on; then result->error says why.
 */
bool apply_event(void *ctx, const struct trace_event *event);

/** Notes why the replay cannot go on, unless that is known already. */
void apply_error(struct apply *apply, const char *text);

/** Audits all page tables now. */
void apply_audit(struct apply *apply);

#endif /* TOOLS_REPLAY_APPLY_H */
