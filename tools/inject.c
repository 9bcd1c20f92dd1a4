/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include "inject.h"

#include <stdlib.h>
#include <string.h>

#include "options.h"
#include "trace/say.h"

/* Rep count of a control word: 12 bits. */
#define REP_LIMIT 4095u

#define FLUSH_LIST HVPT_HVCALL_FLUSH_DEVICE_DOMAIN_LIST

static const struct {
	const char *name;
	uint16_t code;
} kinds[] = {
	{ "caps", HVPT_HVCALL_GET_IOMMU_CAPABILITIES },
	{ "property", HVPT_HVCALL_GET_LOGICAL_DEVICE_PROPERTY },
	{ "create", HVPT_HVCALL_CREATE_DEVICE_DOMAIN },
	{ "configure", HVPT_HVCALL_CONFIGURE_DEVICE_DOMAIN },
	{ "attach", HVPT_HVCALL_ATTACH_DEVICE_DOMAIN },
	{ "detach", HVPT_HVCALL_DETACH_DEVICE_DOMAIN },
	{ "flush", HVPT_HVCALL_FLUSH_DEVICE_DOMAIN },
	{ "flush-list", FLUSH_LIST },
	{ "delete", HVPT_HVCALL_DELETE_DEVICE_DOMAIN },
	{ "any", 0 },
};

/* The longest valid field, and its end. */
#define FIELD_ROOM 32u
#define FIELDS_MAX 4u

/** A spec, split at its colons. */
struct fields {
	size_t count;
	char text[FIELDS_MAX][FIELD_ROOM];
};

static bool refuse(const char *spec, const char *why)
{
	say("hvpt replay: --inject: '%s': %s", spec, why);
	return false;
}

static bool split(const char *spec, struct fields *fields)
{
	const char *word = spec;

	fields->count = 0;
	for (;;) {
		size_t length = strcspn(word, ":");
		char *text;

		if (fields->count == FIELDS_MAX || length >= FIELD_ROOM)
			return false;
		text = fields->text[fields->count++];
		memcpy(text, word, length);
		text[length] = '\0';
		if (word[length] == '\0')
			return true;
		word += length + 1;
	}
}

/* A number in low .. high. */
static bool take(const char *text, uint64_t low, uint64_t high, uint64_t *value)
{
	return options_number(text, value) && *value >= low && *value <= high;
}

static bool parse_alloc(const char *spec, const struct fields *fields,
			struct inject *inject)
{
	uint64_t nth;

	if (fields->count != 2 || !take(fields->text[1], 1, UINT64_MAX, &nth))
		return refuse(spec, "must be alloc:N with N of at least 1");
	if (inject->alloc != 0)
		return refuse(spec, "alloc can be given only once");
	inject->alloc = nth;
	return true;
}

/* K[:STATUS] of rep=K[:STATUS] */
static bool parse_rep(const char *spec, const struct fields *fields,
		      struct hypervisor_injection *call)
{
	uint64_t reps;
	uint64_t status = 0;

	if (call->code != FLUSH_LIST)
		return refuse(spec, "only flush-list can stop after elements");
	if (!take(fields->text[2] + strlen("rep="), 0, REP_LIMIT, &reps))
		return refuse(spec, "rep= must be 0 .. 4095");
	if (fields->count == 4 && !take(fields->text[3], 0, 0xffff, &status))
		return refuse(spec, "the status must be 0 .. 0xffff");
	call->fault = HYPERVISOR_STOP_REP;
	call->reps = (uint16_t)reps;
	call->status = (uint16_t)status;
	call->times = 1;
	return true;
}

/* STATUS[:TIMES] */
static bool parse_status(const char *spec, const struct fields *fields,
			 struct hypervisor_injection *call)
{
	uint64_t status;

	if (!take(fields->text[2], 1, 0xffff, &status))
		return refuse(spec, "the status must be 1 .. 0xffff");
	call->times = 1;
	if (fields->count == 4 && strcmp(fields->text[3], "always") == 0)
		call->times = UINT64_MAX;
	else if (fields->count == 4 &&
		 !take(fields->text[3], 1, UINT64_MAX - 1, &call->times))
		return refuse(
			spec,
			"TIMES must be a number of at least 1, or always");
	call->fault = HYPERVISOR_FAIL;
	call->status = (uint16_t)status;
	return true;
}

static bool parse_kind(const char *spec, const char *name,
		       struct hypervisor_injection *call)
{
	size_t i;

	for (i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		if (strcmp(name, kinds[i].name) == 0) {
			call->code = kinds[i].code;
			return true;
		}
	}
	return refuse(spec, "the kind must be caps, property, create, "
			    "configure, attach, detach, flush, flush-list, "
			    "delete, any or alloc");
}

static bool parse_call(const char *spec, const struct fields *fields,
		       struct inject *inject)
{
	struct hypervisor_injection call;
	bool good;

	memset(&call, 0, sizeof(call));
	if (!parse_kind(spec, fields->text[0], &call))
		return false;
	if (fields->count < 3)
		return refuse(spec, "must be KIND:N:STATUS[:TIMES]");
	if (!take(fields->text[1], 1, UINT64_MAX, &call.nth))
		return refuse(spec, "N must be a number of at least 1");
	if (strncmp(fields->text[2], "rep=", strlen("rep=")) == 0)
		good = parse_rep(spec, fields, &call);
	else
		good = parse_status(spec, fields, &call);
	if (!good)
		return false;
	if (inject->count == INJECT_MAX)
		return refuse(spec, "more than 16 hypercalls");
	inject->call[inject->count++] = call;
	return true;
}

bool inject_parse(const char *spec, struct inject *inject)
{
	struct fields fields;

	if (!split(spec, &fields))
		return refuse(spec, "must be KIND:N:STATUS[:TIMES]");
	if (strcmp(fields.text[0], "alloc") == 0)
		return parse_alloc(spec, &fields, inject);
	return parse_call(spec, &fields, inject);
}

uint64_t inject_tries(const struct inject *inject)
{
	uint64_t tries = 1;
	size_t i;

	for (i = 0; i < inject->count; i++) {
		uint64_t times = inject->call[i].times;

		if (times >= INJECT_TRIES_MAX - tries)
			return INJECT_TRIES_MAX;
		tries += times;
	}
	return tries;
}
