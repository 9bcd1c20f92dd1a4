/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * A line is asked for several fields, so its equals signs are found once.
 */
#include "trace_fields.h"

/* Longer than all names that are asked for: "unmapped_size" is the longest. */
#define LONGEST 16u

/* Length of the name that ends at @end and has a space before it; 0: none. */
static size_t name_before(const char *first, const char *end)
{
	const char *start = end;

	while (start > first && (size_t)(end - start) < LONGEST) {
		start--;
		if (text_is_space(*start))
			return (size_t)(end - start) - 1;
	}
	return 0;
}

void trace_fields_read(struct trace_fields *fields, struct span text)
{
	const char *equals;

	fields->text = text;
	fields->rest = text;
	fields->count = 0;
	while (fields->count < TRACE_FIELDS &&
	       (equals = text_find(fields->rest, '=')) != NULL) {
		fields->length[fields->count] = name_before(text.p, equals);
		fields->rest.p = equals + 1;
		fields->value[fields->count++] = fields->rest.p;
	}
	if (fields->count < TRACE_FIELDS)
		fields->rest.p = text.end;
}

/* Is this the name, which ends before @value and its equals sign? */
static bool is_name(const char *value, size_t length, const char *name)
{
	const char *at = value - 1 - length;

	/* The text may have bytes of 0: they are in no name. */
	while (length > 0 && *name != '\0' && *name == *at) {
		length--;
		name++;
		at++;
	}
	return length == 0 && *name == '\0';
}

/* In the text behind those that were noted. */
static const char *find_behind(const struct trace_fields *fields,
			       const char *name)
{
	struct span at = fields->rest;
	const char *equals;

	while ((equals = text_find(at, '=')) != NULL) {
		at.p = equals + 1;
		if (is_name(at.p, name_before(fields->text.p, equals), name))
			return at.p;
	}
	return NULL;
}

bool trace_fields_find(const struct trace_fields *fields, const char *name,
		       struct span *value)
{
	const char *found = NULL;
	unsigned i;

	for (i = 0; i < fields->count && !found; i++)
		if (is_name(fields->value[i], fields->length[i], name))
			found = fields->value[i];
	if (!found)
		found = find_behind(fields, name);
	if (!found)
		return false;
	value->p = found;
	value->end = fields->text.end;
	return true;
}
