/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * settle.h - syncing what a domain owes, and judging that.
 */
#ifndef TOOLS_REPLAY_SETTLE_H
#define TOOLS_REPLAY_SETTLE_H

#include "apply.h"

/**
 * settle_try() - one sync
 *
 * With success nothing which waited can be reached any more; without, the
 * gather is as it was.
 *
 * Return: whether it succeeded.
 */
bool settle_try(struct apply *apply, struct domain *domain);

/**
 * settle() - sync until it succeeds
 *
 * As often as what is to go wrong can be in the way. Return: false when it is
 * for ever, with an error, or a mismatch, said.
 */
bool settle(struct apply *apply, struct domain *domain);

/** settle() before its time, because of a map. */
bool settle_early(struct apply *apply, struct domain *domain);

/** Is all of two gathers the same? */
bool settle_same_gather(const struct hvpt_gather *a,
			const struct hvpt_gather *b);

#endif /* TOOLS_REPLAY_SETTLE_H */
