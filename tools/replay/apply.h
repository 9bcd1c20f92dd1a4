/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * apply.h - applies events to the page tables, and checks each.
 */
#ifndef TOOLS_REPLAY_APPLY_H
#define TOOLS_REPLAY_APPLY_H

#include <stdbool.h>

struct trace_event;

/**
 * apply_event() - one event; a pairing_fn
 * @ctx: a struct session *
 *
 * Return: false when the replay cannot continue; result->error says why.
 */
bool apply_event(void *ctx, const struct trace_event *event);

#endif /* TOOLS_REPLAY_APPLY_H */
