/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include <inttypes.h>

#include "entry_fields.h"
#include "page_walk.h"

static const char *json_bool(bool value)
{
	return value ? "true" : "false";
}

static void print_field(const struct entry_field *field, bool first,
			const char *indent)
{
	printf("%s\n%s      { \"name\": \"%s\", \"high\": %u, \"low\": %u, "
	       "\"value\": \"0x%" PRIx64 "\", \"wrong\": %s, "
	       "\"meaning\": \"%s\" }",
	       first ? "" : ",", indent, field->name, field->high, field->low,
	       field->value, json_bool(field->is_wrong), field->meaning);
}

static void print_step(const struct walk *walk, const struct walk_step *step,
		       bool first, const char *indent)
{
	struct entry_field fields[ENTRY_FIELDS_MAX];
	unsigned count = entry_fields(walk->walker, step->value, step->level,
				      fields);
	unsigned i;

	printf("%s\n%s  { \"name\": \"%s\", \"level\": %u, \"index\": %u, "
	       "\"address\": \"0x%" PRIx64 "\", \"value\": \"0x%" PRIx64
	       "\",\n%s    \"fields\": [",
	       first ? "" : ",", indent, entry_name(step->level), step->level,
	       (unsigned)(step->at % 4096 / 8), step->at, step->value, indent);
	for (i = 0; i < count; i++)
		print_field(&fields[i], i == 0, indent);
	printf("\n%s    ] }", indent);
}

static void print_result(const struct walk *walk, const char *indent)
{
	const struct sdm_result *result = &walk->result;
	char reason[160];

	walk_reason(reason, sizeof(reason), walk);
	if (result->fault == SDM_FAULT_NONE)
		printf("%s\"gpa\": \"0x%" PRIx64 "\",\n%s\"page_bytes\": "
		       "%" PRIu64 ",\n%s\"writable\": %s,\n%s\"accessed\": %s,"
		       "\n%s\"dirty\": %s,\n%s\"fault\": null,\n",
		       indent, result->pa, indent,
		       UINT64_C(1) << result->page_lg2, indent,
		       json_bool(result->writable), indent,
		       json_bool(result->accessed), indent,
		       json_bool(result->dirty), indent);
	else
		printf("%s\"fault\": \"%s\",\n", indent,
		       sdm_fault_text(result->fault));
	printf("%s\"reason\": \"%s\"", indent, reason);
}

void walk_print_json(const struct walk *walk, const char *indent)
{
	unsigned i;

	printf("%s\"iova\": \"0x%" PRIx64 "\",\n%s\"write\": %s,\n"
	       "%s\"levels\": %u,\n%s\"width\": %u,\n%s\"canonical\": %s,\n"
	       "%s\"entries\": [",
	       indent, walk->iova, indent, json_bool(walk->write), indent,
	       walk->walker->levels, indent, walk->walker->width, indent,
	       json_bool(walk->walker->canonical), indent);
	for (i = 0; i < walk->count; i++)
		print_step(walk, &walk->steps[i], i == 0, indent);
	if (walk->count)
		printf("\n%s", indent);
	puts("],");
	print_result(walk, indent);
}
