/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * step.h - one event, and its expected result.
 */
#ifndef TOOLS_REPLAY_STEP_H
#define TOOLS_REPLAY_STEP_H

#include "replay_host.h"

struct domain;
struct session;
struct trace_event;

/**
 * struct step - an event and its expected result
 * @event: the event
 * @domain: its domain
 * @last: last byte of its range
 * @in_form: the range is one of IOVAs
 * @prot: the permission asked for
 * @expected: the status that the library must return
 * @table_pages: pages in use before
 * @mark: other counters before
 * @gather: the domain's gather before
 * @split: leaves that reach beyond the range and will be split
 */
struct step {
	const struct trace_event *event;
	struct domain *domain;
	uint64_t last;
	bool in_form;
	unsigned prot;
	enum hvpt_status expected;
	size_t table_pages;
	struct host_mark mark;
	struct hvpt_gather gather;
	struct hvpt_iova_range split[2];
	unsigned splits;
};

/** Fills all members except those that step_begin() fills. */
void step_init(struct step *step, const struct session *session,
	       const struct trace_event *event, struct domain *domain);

/** The status that the range, and the permission if any, must give. */
enum hvpt_status step_expect_arguments(const struct step *step);

/**
 * step_note_splits() - notes the large leaves that an unmap or protect splits
 * @change: only those with another permission than @step->prot
 */
void step_note_splits(struct step *step, bool change);

/** Before a call of the library: notes what a failure must not change. */
void step_begin(struct session *session, struct step *step);

/** Checks the status of a call. Return: whether the event took effect. */
bool step_end(struct session *session, struct step *step, const char *call,
	      enum hvpt_status status);

/**
 * step_note_stale() - notes the current mappings as stale until their sync
 * @prot: the new permission of the range; 0: it is unmapped
 */
void step_note_stale(const struct step *step, unsigned prot);

/** Does the gather have all stale pages of the range, and split leaves? */
void step_check_gather(struct session *session, const struct step *step);

/** Syncs before an IOVA is used again. Return: false on an error. */
bool step_sync_first(struct session *session, const struct step *step);

#endif /* TOOLS_REPLAY_STEP_H */
