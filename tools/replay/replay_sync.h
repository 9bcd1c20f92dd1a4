/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * replay_sync.h - sync a domain, and check what came of it.
 */
#ifndef TOOLS_REPLAY_REPLAY_SYNC_H
#define TOOLS_REPLAY_REPLAY_SYNC_H

#include "session.h"

/**
 * sync_try() - one sync
 *
 * With success nothing which waited can be reached any more; without, the
 * gather is as it was.
 *
 * Return: whether it succeeded.
 */
bool sync_try(struct session *session, struct domain *domain);

/**
 * sync_until_done() - sync until it succeeds
 *
 * As often as what is to go wrong can be in the way. Return: false when it is
 * for ever, with an error, or a mismatch, said.
 */
bool sync_until_done(struct session *session, struct domain *domain);

/** sync_until_done() before its time, because of a map. */
bool sync_early(struct session *session, struct domain *domain);

#endif /* TOOLS_REPLAY_REPLAY_SYNC_H */
