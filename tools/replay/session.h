/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * session.h - the state of one replay.
 */
#ifndef TOOLS_REPLAY_SESSION_H
#define TOOLS_REPLAY_SESSION_H

#include "check.h"
#include "replay_domain.h"

struct replay_options;
struct replay_result;

/**
 * struct session - the page tables of one trace, and the results
 * @options: as given
 * @result: the figures
 * @checker: checks and mismatches
 * @domains: the page tables
 * @mapped: bytes mapped now, in all domains
 */
struct session {
	const struct replay_options *options;
	struct replay_result *result;
	struct checker checker;
	struct domain_set domains;
	uint64_t mapped;
};

/** Notes why the replay cannot continue; keeps an earlier reason. */
void session_error(struct session *session, const char *text);

/** Audits all page tables now. */
void session_audit(struct session *session);

#endif /* TOOLS_REPLAY_SESSION_H */
