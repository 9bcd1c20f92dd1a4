/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * teardown.h - the end of a replay: everything is destroyed, in order.
 */
#ifndef TOOLS_REPLAY_TEARDOWN_H
#define TOOLS_REPLAY_TEARDOWN_H

struct session;

/**
 * teardown() - syncs, blocks, detaches and removes devices, destroys domains
 *
 * A step that fails as injected is repeated until it succeeds. In between,
 * devices must reach nothing. Afterwards every table page must be free, and the
 * hypervisor must have no domain and no cached entry.
 */
void teardown(struct session *session);

#endif /* TOOLS_REPLAY_TEARDOWN_H */
