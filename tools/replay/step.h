/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * step.h - one event, and what the library must make of it.
 */
#ifndef TOOLS_REPLAY_STEP_H
#define TOOLS_REPLAY_STEP_H

#include "session.h"

/**
 * struct step - one event and what it must come to
 * @event: the event
 * @domain: whose
 * @last: last byte of its range
 * @in_form: the range is one of IOVAs
 * @prot: what is asked for
 * @expected: the status the library must answer
 * @table_pages: in use before
 * @mark: what else was counted before
 * @gather: the domain's, before
 * @split: leaves which reach beyond the range and are to be split
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

/** Fills all but what step_begin() does. */
void step_init(struct step *step, const struct session *session,
	       const struct trace_event *event, struct domain *domain);

/** What the range alone, and the permission if one is asked, must come to. */
enum hvpt_status step_expect_arguments(const struct step *step);

/**
 * step_note_splits() - which large leaves will an unmap, or a protect, split?
 * @change: only those which allow something else than @step->prot
 */
void step_note_splits(struct step *step, bool change);

/** Before a call of the library: what it must not change when it fails. */
void step_begin(struct session *session, struct step *step);

/** Checks the status of a call. Return: whether the event took place. */
bool step_end(struct session *session, struct step *step, const char *call,
	      enum hvpt_status status);

/**
 * step_note_stale() - a cache may keep what is in use now
 * @prot: the permission the range gets; 0: it is unmapped
 */
void step_note_stale(const struct step *step, unsigned prot);

/** Is all which is stale in the range, and what was split, in the gather? */
void step_check_gather(struct session *session, const struct step *step);

/** An IOVA is not used again before its flush. Return: false on an error. */
bool step_sync_first(struct session *session, const struct step *step);

#endif /* TOOLS_REPLAY_STEP_H */
