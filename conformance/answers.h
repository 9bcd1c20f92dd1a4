/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * answers.h - the answers of a host as text for people and JSON for machines.
 *
 * Both are written while the suite runs, a piece at a time, so that a report
 * needs no memory. docs/CONFORMANCE.md describes the JSON.
 */
#ifndef CONFORMANCE_ANSWERS_H
#define CONFORMANCE_ANSWERS_H

#include "conformance.h"

/**
 * struct conformance_writer - where a report goes
 * @put: takes @bytes of ASCII at @text, which ends without a zero byte
 */
struct conformance_writer {
	void (*put)(void *ctx, const char *text, size_t bytes);
	void *ctx;
};

/* Text: a group, before its first question; each question; the end. */
void conformance_text_group(const struct conformance_writer *to,
			    enum conformance_group group);
void conformance_text_finding(const struct conformance_writer *to,
			      const struct conformance_question *question,
			      const struct conformance_finding *finding);
void conformance_text_end(const struct conformance_writer *to,
			  const struct conformance_counts *counts);

/**
 * conformance_json_begin() - JSON: before the first question
 * @host: who answers; printable ASCII without " and \
 */
void conformance_json_begin(const struct conformance_writer *to,
			    const char *host);
/** @first: of the report; a comma separates the others */
void conformance_json_finding(const struct conformance_writer *to,
			      const struct conformance_question *question,
			      const struct conformance_finding *finding,
			      bool first);
void conformance_json_end(const struct conformance_writer *to,
			  const struct conformance_counts *counts);

#endif /* CONFORMANCE_ANSWERS_H */
