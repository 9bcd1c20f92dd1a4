/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * apply_change.h - the events that have no tracepoint in Linux.
 */
#ifndef TOOLS_REPLAY_APPLY_CHANGE_H
#define TOOLS_REPLAY_APPLY_CHANGE_H

struct session;
struct step;

void apply_protect(struct session *session, struct step *step);
void apply_reclaim(struct session *session, struct step *step);
void apply_sync(struct session *session, struct step *step);

#endif /* TOOLS_REPLAY_APPLY_CHANGE_H */
