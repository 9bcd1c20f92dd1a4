/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Texts of questions, and notes, have no characters that JSON escapes.
 */
#include "answers.h"

#include "hvpt/hvpt.h"

/* The leaves of the hypervisor that are shown; their range ends at NO_LEAF. */
#define FIRST_LEAF 0x40000000u
#define LAST_LEAF 0x4000000cu
#define NO_LEAF 0x4000ffffu

/* ---- pieces ---------------------------------------------------------- */

static size_t length_of(const char *text)
{
	size_t length = 0;

	while (text[length])
		length++;
	return length;
}

static void put(const struct conformance_writer *to, const char *text)
{
	to->put(to->ctx, text, length_of(text));
}

/* @text, and blanks up to @width. */
static void put_wide(const struct conformance_writer *to, const char *text,
		     size_t width)
{
	size_t length;

	put(to, text);
	for (length = length_of(text); length < width; length++)
		put(to, " ");
}

static void put_number(const struct conformance_writer *to, uint64_t number,
		       unsigned base)
{
	char digits[20];
	size_t first = sizeof(digits);

	do {
		digits[--first] = "0123456789abcdef"[number % base];
		number /= base;
	} while (number);
	to->put(to->ctx, digits + first, sizeof(digits) - first);
}

static void put_hex(const struct conformance_writer *to, const char *before,
		    uint64_t number)
{
	put(to, before);
	put_number(to, number, 16);
}

static void put_count(const struct conformance_writer *to, const char *before,
		      uint64_t count)
{
	put(to, before);
	put_number(to, count, 10);
}

/* ---- text ------------------------------------------------------------ */

void conformance_text_title(const struct conformance_writer *to)
{
	put_count(to, "hvpt conformance ", HVPT_VERSION_MAJOR);
	put_count(to, ".", HVPT_VERSION_MINOR);
	put_count(to, ".", HVPT_VERSION_PATCH);
	put(to, ": asks the hypervisor of this VM\n");
}

void conformance_text_begin(const struct conformance_writer *to,
			    const char *host, bool passive)
{
	put(to, "host: ");
	put(to, host);
	put(to, "\n");
	if (passive)
		put(to, "Only questions that read are asked.\n");
}

/* The first leaf has the number of the last one, if there is a hypervisor. */
static uint32_t last_leaf(void (*read)(uint32_t leaf, struct hvpt_cpuid *out))
{
	struct hvpt_cpuid first;

	read(FIRST_LEAF, &first);
	if (first.eax < FIRST_LEAF || first.eax > NO_LEAF)
		return FIRST_LEAF;
	return first.eax < LAST_LEAF ? first.eax : LAST_LEAF;
}

void conformance_text_cpuid(const struct conformance_writer *to,
			    void (*read)(uint32_t leaf, struct hvpt_cpuid *out))
{
	const uint32_t last = last_leaf(read);
	struct hvpt_cpuid out;
	uint32_t leaf;

	put(to, "CPUID, with EAX, EBX, ECX and EDX:\n");
	for (leaf = FIRST_LEAF; leaf <= last; leaf++) {
		read(leaf, &out);
		put_hex(to, "  0x", leaf);
		put_hex(to, ": 0x", out.eax);
		put_hex(to, " 0x", out.ebx);
		put_hex(to, " 0x", out.ecx);
		put_hex(to, " 0x", out.edx);
		put(to, "\n");
	}
}

void conformance_text_group(const struct conformance_writer *to,
			    enum conformance_group group)
{
	put(to, "\n");
	put(to, conformance_groups[group].name);
	put(to, ": ");
	put(to, conformance_groups[group].does);
	put(to, "\n");
}

void conformance_text_finding(const struct conformance_writer *to,
			      const struct conformance_question *question,
			      const struct conformance_finding *finding)
{
	put(to, "  ");
	put_wide(to, question->id, 30);
	put(to, " ");
	put_wide(to, conformance_verdict_name(finding->verdict), 9);
	if (finding->verdict != CONFORMANCE_NOT_ASKED) {
		put(to, "  ");
		put(to, hvpt_hv_status_name(finding->status));
	}
	if (finding->value) {
		put_hex(to, "  0x", finding->value);
	}
	if (finding->note) {
		put(to, "  (");
		put(to, finding->note);
		put(to, ")");
	}
	put(to, finding->fits ? "\n" : "  UNEXPECTED by guests\n");
}

void conformance_text_end(const struct conformance_writer *to,
			  const struct conformance_counts *counts)
{
	const unsigned *verdicts = counts->verdicts;

	put_count(to, "\n", verdicts[CONFORMANCE_AS_STATED]);
	put_count(to, " as stated, ", verdicts[CONFORMANCE_DIFFERS]);
	put_count(to, " differ, ", verdicts[CONFORMANCE_OPEN]);
	put_count(to, " open, ", verdicts[CONFORMANCE_NOT_ASKED]);
	put_count(to, " not asked; ", counts->unfit);
	put(to, " unexpected by guests\n");
	if (counts->domains_left) {
		put_number(to, counts->domains_left, 10);
		put(to, " domains could not be deleted\n");
	}
	if (counts->device_astray)
		put(to, "the device could not be brought home; "
			"the run ended there\n");
}

/* ---- JSON ------------------------------------------------------------ */

void conformance_json_begin(const struct conformance_writer *to,
			    const char *host)
{
	put(to, "{\n  \"conformance\": 1, \"host\": \"");
	put(to, host);
	put(to, "\",\n  \"findings\": [\n");
}

void conformance_json_finding(const struct conformance_writer *to,
			      const struct conformance_question *question,
			      const struct conformance_finding *finding,
			      bool first)
{
	put(to, first ? "    {\"id\": \"" : ",\n    {\"id\": \"");
	put(to, question->id);
	put(to, "\", \"verdict\": \"");
	put(to, conformance_verdict_name(finding->verdict));
	put(to, finding->fits ? "\", \"fits\": true" : "\", \"fits\": false");
	put_count(to, ",\n     \"status\": ", finding->status);
	put(to, ", \"status_name\": \"");
	put(to, hvpt_hv_status_name(finding->status));
	put_count(to, "\", \"value\": ", finding->value);
	if (finding->note) {
		put(to, ",\n     \"note\": \"");
		put(to, finding->note);
		put(to, "\"");
	}
	put(to, "}");
}

void conformance_json_end(const struct conformance_writer *to,
			  const struct conformance_counts *counts)
{
	const unsigned *verdicts = counts->verdicts;

	put(to, "\n  ],\n");
	put_count(to, "  \"as_stated\": ", verdicts[CONFORMANCE_AS_STATED]);
	put_count(to, ", \"differs\": ", verdicts[CONFORMANCE_DIFFERS]);
	put_count(to, ", \"open\": ", verdicts[CONFORMANCE_OPEN]);
	put_count(to, ",\n  \"not_asked\": ", verdicts[CONFORMANCE_NOT_ASKED]);
	put_count(to, ", \"unexpected\": ", counts->unfit);
	put_count(to, ",\n  \"domains_left\": ", counts->domains_left);
	put(to, ", \"device_astray\": ");
	put(to, counts->device_astray ? "true\n}\n" : "false\n}\n");
}

/* ---- a whole report --------------------------------------------------- */

static void on_group(void *ctx, enum conformance_group group)
{
	const struct conformance_report *report = ctx;

	conformance_text_group(report->text, group);
	if (report->group_begins)
		report->group_begins(report->ctx);
}

static void on_finding(void *ctx, const struct conformance_question *question,
		       const struct conformance_finding *finding)
{
	struct conformance_report *report = ctx;

	conformance_text_finding(report->text, question, finding);
	conformance_json_finding(report->json, question, finding,
				 report->is_first);
	report->is_first = false;
}

void conformance_report_run(struct conformance_report *report,
			    const struct conformance_host *host)
{
	const struct conformance_sink sink = { on_group, on_finding, report };

	report->is_first = true;
	conformance_text_begin(report->text, report->name, host->passive);
	conformance_json_begin(report->json, report->name);
	conformance_run_all(host, &sink, &report->counts);
	conformance_text_end(report->text, &report->counts);
	conformance_json_end(report->json, &report->counts);
}
