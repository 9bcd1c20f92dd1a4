/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * step.h - one event, and judging what the library made of it.
 */
#ifndef TOOLS_REPLAY_STEP_H
#define TOOLS_REPLAY_STEP_H

#include "apply.h"

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
 * @owed: what the domain owed before
 * @cut: leaves which reach beyond the range and are to be split
 */
struct step {
	const struct trace_event *event;
	struct domain *domain;
	uint64_t last;
	bool in_form;
	unsigned prot;
	enum hvpt_status expected;
	size_t table_pages;
	struct world_mark mark;
	struct hvpt_gather owed;
	struct hvpt_iova_range cut[2];
	unsigned cuts;
};

/** Fills all but what step_begin() does. */
void step_init(struct step *step, const struct apply *apply,
	       const struct trace_event *event, struct domain *domain);

/** What the range alone, and the permission if one is asked, must come to. */
enum hvpt_status step_expect_arguments(const struct step *step);

/**
 * step_note_cuts() - which large leaves will an unmap, or a protect, split?
 * @change: only those which allow something else than @step->prot
 */
void step_note_cuts(struct step *step, bool change);

/** Before a call of the library: what it must not change when it fails. */
void step_begin(struct apply *apply, struct step *step);

/** Judges the status of a call. Return: whether the event took place. */
bool step_end(struct apply *apply, struct step *step, const char *call,
	      enum hvpt_status status);

/**
 * step_note_waiting() - what is in use now waits from now on
 * @change: only what is mapped otherwise than @step->prot says; else all
 *
 * What waits already, for it was protected, waits with all it allowed.
 */
void step_note_waiting(struct apply *apply, const struct step *step,
		       bool change);

/** Is all which waits of the range, and what was split, in the gather? */
void step_judge_gather(struct apply *apply, const struct step *step);

/** An IOVA is not used again before its flush. Return: false on an error. */
bool step_make_way(struct apply *apply, const struct step *step);

#endif /* TOOLS_REPLAY_STEP_H */
