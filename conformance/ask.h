/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * ask.h - hypercalls of any form, for the questions.
 */
#ifndef CONFORMANCE_ASK_H
#define CONFORMANCE_ASK_H

#include "conformance.h"

#define CONF_IDS 2u
#define CONF_IN_WORDS 8u
#define CONF_OUT_WORDS 3u
/* The last id that may be given; never a domain of the suite. */
#define CONF_LAST_ID 0xfffffffeu

/**
 * struct conformance_run - a run, as questions see it
 * @host: what may be used
 * @id: two ids that no domain had before the question
 * @unused: one more, with which no domain is made
 * @made: the suite created a domain with that id, and it is still there
 * @left: so many other domains were made, and could not be deleted
 * @moved: the device may not be at home
 * @caps: the first answer of GET_IOMMU_CAPABILITIES
 * @next: the next id that may be taken
 * @value, @note: for the finding
 * @stuck: the device did not end a DMA: no other is started
 * @differs: the answer contradicts the source
 * @wrong: it contradicts what guests rely on
 * @skip: it could not be asked; @note says why
 */
struct conformance_run {
	const struct conformance_host *host;
	uint32_t id[CONF_IDS];
	uint32_t unused;
	bool made[CONF_IDS];
	unsigned left;
	bool moved;
	uint64_t caps[CONF_OUT_WORDS];
	uint64_t next;
	uint64_t value;
	const char *note;
	bool stuck;
	bool differs;
	bool wrong;
	bool skip;
};

/**
 * struct conf_call - one hypercall
 * @control: the control word
 * @in: its input
 * @words: of @in
 * @fills: so many times the last word of @in again, behind it
 * @at: where in the page the input begins
 * @out_at: where in the page the output begins; 0: no output
 * @out_fill: what the output area holds before the call
 * @out: out: what it holds afterwards
 */
struct conf_call {
	uint64_t control;
	uint64_t in[CONF_IN_WORDS];
	unsigned words;
	unsigned fills;
	unsigned at;
	unsigned out_at;
	uint64_t out_fill;
	uint64_t out[CONF_OUT_WORDS];
};

/** Makes the call. Return: the result word. */
uint64_t conf_issue(struct conformance_run *run, struct conf_call *call);

/** Its status alone. */
uint16_t conf_status(struct conformance_run *run, struct conf_call *call);

/* ---- inputs ---------------------------------------------------------- */

/** Output is where no input of these calls reaches. */
#define CONF_OUT_AT 2048u

struct conf_call conf_get_caps(void);
struct conf_call conf_get_property(uint64_t device, uint32_t code);

/** Header of the calls that name a domain. */
struct conf_call conf_domain_call(unsigned code, uint32_t id);
struct conf_call conf_create_call(uint32_t id, uint32_t flags, uint32_t pad);

struct conf_call conf_attach_call(uint32_t id, uint64_t device);
struct conf_call conf_detach_call(uint64_t device);

/** @count descriptors, of which the last ones are like the @given-th. */
struct conf_call conf_list_call(uint32_t id, const uint64_t *entries,
				unsigned given, unsigned count);

/* ---- capabilities ---------------------------------------------------- */

/** Do the capabilities say that there is a pvIOMMU for guests? */
bool conf_has_stage_1(const uint64_t *caps);

/** Bits of an iova that guests use: 48, unless the host has 5 levels. */
unsigned conf_width(const struct conformance_run *run);

/* ---- calls ----------------------------------------------------------- */

/** An id that no domain has; no id is taken twice. False: none is left. */
bool conf_take_id(struct conformance_run *run, uint32_t *id);

/* With domain @n of the run; create and remove note what is made. */
uint16_t conf_create(struct conformance_run *run, unsigned n);
uint16_t conf_create_with(struct conformance_run *run, unsigned n,
			  uint32_t flags, uint32_t pad);
uint16_t conf_delete(struct conformance_run *run, unsigned n);

/* What is to be restored is tried so often. */
#define CONF_TRIES 3u

/** Deletes a domain behind a question, or notes that it is left. */
void conf_clean(struct conformance_run *run, uint32_t id);

uint16_t conf_configure(struct conformance_run *run, uint32_t id,
			uint64_t flags, uint64_t root);

/** Creates and configures domain @n. Return: false: one of them failed. */
bool conf_make(struct conformance_run *run, unsigned n, uint64_t flags,
	       uint64_t root);
uint16_t conf_flush(struct conformance_run *run, uint32_t id);

/** Descriptors for the first domain of the run. */
uint16_t conf_flush_list(struct conformance_run *run, const uint64_t *entries,
			 unsigned count);

/* With the device of the run. */
uint16_t conf_attach(struct conformance_run *run, uint32_t id);
uint16_t conf_detach(struct conformance_run *run);

/* What a domain becomes. */
#define CONF_BLOCKED (HVPT_HV_SETTINGS_TRANSLATION | HVPT_HV_SETTINGS_BLOCKED)
#define CONF_PAGING HVPT_HV_SETTINGS_TRANSLATION

/* ---- what a question says -------------------------------------------- */

/** The answer contradicts the source alone. */
void conf_differs(struct conformance_run *run, const char *note);

/** The answer contradicts what guests rely on, too. Return: @status. */
uint16_t conf_wrong(struct conformance_run *run, uint16_t status,
		    const char *note);

/** It cannot be asked. Return: 0. */
uint16_t conf_skip(struct conformance_run *run, const char *note);

/* ---- the tables ------------------------------------------------------ */

#define CONF_COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* Sets of statuses. */
#define CONF_S(name) HVPT_HV_STATUS_##name
#define CONF_ANY                                                               \
	{                                                                      \
		CONFORMANCE_ANY, 0,                                            \
		{                                                              \
			0                                                      \
		}                                                              \
	}
#define CONF_REFUSED                                                           \
	{                                                                      \
		CONFORMANCE_REFUSED, 0,                                        \
		{                                                              \
			0                                                      \
		}                                                              \
	}
#define CONF_IS(a)                                                             \
	{                                                                      \
		CONFORMANCE_THESE, 1,                                          \
		{                                                              \
			CONF_S(a)                                              \
		}                                                              \
	}
#define CONF_IS2(a, b)                                                         \
	{                                                                      \
		CONFORMANCE_THESE, 2,                                          \
		{                                                              \
			CONF_S(a), CONF_S(b)                                   \
		}                                                              \
	}

extern const struct conformance_question conf_control_questions[];
extern const size_t conf_control_count;
extern const struct conformance_question conf_caps_questions[];
extern const size_t conf_caps_count;
extern const struct conformance_question conf_domains_questions[];
extern const size_t conf_domains_count;
extern const struct conformance_question conf_devices_questions[];
extern const size_t conf_devices_count;
extern const struct conformance_question conf_flush_questions[];
extern const size_t conf_flush_count;
extern const struct conformance_question conf_privileges_questions[];
extern const size_t conf_privileges_count;
extern const struct conformance_question conf_translation_questions[];
extern const size_t conf_translation_count;
extern const struct conformance_question conf_caching_questions[];
extern const size_t conf_caching_count;

#endif /* CONFORMANCE_ASK_H */
