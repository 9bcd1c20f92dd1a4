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

/** Text: the first line, with the version of hvpt. */
void conformance_text_title(const struct conformance_writer *to);
/** Text: who answers, and whether only questions that read are asked. */
void conformance_text_begin(const struct conformance_writer *to,
			    const char *host, bool passive);
/**
 * conformance_text_cpuid() - text: the hypervisor's CPUID leaves, 0x40000000 to
 *	0x4000000c as far as there are
 * @read: as for hvpt_cpuid_read()
 */
void conformance_text_cpuid(const struct conformance_writer *to,
			    void (*read)(uint32_t leaf,
					 struct hvpt_cpuid *out));
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

/* ---- a whole report --------------------------------------------------- */

/**
 * struct conformance_report - a run that is written while it goes on
 * @name: of the host; see conformance_json_begin()
 * @text, @json: where to
 * @group_begins: called when the heading of a group is written, before its
 *	questions: what is there may be saved, in case the host does not survive
 *	them. Or NULL
 * @ctx: for @group_begins
 * @counts: out: the run in numbers
 * @is_first: for conformance_report_run()
 */
struct conformance_report {
	const char *name;
	const struct conformance_writer *text;
	const struct conformance_writer *json;
	void (*group_begins)(void *ctx);
	void *ctx;
	struct conformance_counts counts;
	bool is_first;
};

/** Runs the suite and writes all of the report. */
void conformance_report_run(struct conformance_report *report,
			    const struct conformance_host *host);

#endif /* CONFORMANCE_ANSWERS_H */
