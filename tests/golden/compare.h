/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * compare.h - compares what two guests send for the same operations.
 *
 * The known differences are counted, and the tests assert the counts. Any other
 * difference is returned as text.
 */
#ifndef TESTS_GOLDEN_COMPARE_H
#define TESTS_GOLDEN_COMPARE_H

#include "guest.h"

/**
 * struct comparison - what was compared
 * @same: calls equal in code, control word, input, status and reps
 * @roots: of those, CONFIGUREs whose roots are different tables: neither is 0,
 *	both are 4 KiB aligned
 * @looked: FLUSHes by which hvpt looks for domains of others, when it starts
 *	and when it creates one; all are refused, because there are none
 * @left: FLUSHes that hvpt makes when the last device has left a domain, after
 *	its ATTACH succeeded; so each DELETE follows one
 * @refused: maps that hvpt refused: no call here
 * @undone: calls of the recording that undo these maps
 * @nothing: unmaps of iova 0 where nothing is mapped: a flush of 2^52 pages in
 *	the recording, no call here
 * @tables: unmaps that remove tables: the recording flushes what was mapped,
 *	hvpt what the tables spanned
 * @parts: unmaps that begin inside a large leaf: they do nothing in the
 *	recording, and unmap their range here
 */
struct comparison {
	size_t same;
	size_t roots;
	size_t looked;
	size_t left;
	size_t refused;
	size_t undone;
	size_t nothing;
	size_t tables;
	size_t parts;
};

/** One event, just done by @guest. Return: the difference, or NULL. */
const char *compare_event(const struct recording *recording,
			  const struct recording_event *event,
			  const struct guest *guest, struct comparison *so_far);

/**
 * compare_recording() - repeats all events and compares
 * @at: out: the event of the first difference that is not known
 *
 * Return: that difference, or NULL.
 */
const char *compare_recording(const struct recording *recording,
			      struct comparison *result, size_t *at);

#endif /* TESTS_GOLDEN_COMPARE_H */
