/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * teardown.h - the end of a replay: everything is taken apart, in order.
 */
#ifndef TOOLS_REPLAY_TEARDOWN_H
#define TOOLS_REPLAY_TEARDOWN_H

#include "session.h"

/**
 * teardown() - sync, block, detach and remove devices, destroy domains
 *
 * Each step is made again until it succeeds, when it is told to fail. In
 * between, devices must reach nothing; afterwards every table page must be
 * back, and the hypervisor must know of nothing any more.
 */
void teardown(struct session *session);

#endif /* TOOLS_REPLAY_TEARDOWN_H */
