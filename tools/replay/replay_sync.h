/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * replay_sync.h - syncs a domain, and checks the result.
 */
#ifndef TOOLS_REPLAY_REPLAY_SYNC_H
#define TOOLS_REPLAY_REPLAY_SYNC_H

#include <stdbool.h>

struct domain;
struct session;

/**
 * sync_try() - tries one sync
 *
 * After a success no former mapping can be reached. After a failure the gather
 * must be unchanged.
 *
 * Return: whether it succeeded.
 */
bool sync_try(struct session *session, struct domain *domain);

/**
 * sync_until_done() - syncs until it succeeds
 *
 * Tries as often as injected failures can occur. Return: false, after an error
 * or a mismatch, if they never end.
 */
bool sync_until_done(struct session *session, struct domain *domain);

/** sync_until_done() early, because of a map. */
bool sync_early(struct session *session, struct domain *domain);

#endif /* TOOLS_REPLAY_REPLAY_SYNC_H */
