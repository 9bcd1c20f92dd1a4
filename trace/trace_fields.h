/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * trace_fields.h - the fields of an event, "name=value", found by their names.
 */
#ifndef TRACE_TRACE_FIELDS_H
#define TRACE_TRACE_FIELDS_H

#include <stddef.h>

#include "text.h"

/* Events that are read have fewer fields; more are found too, slower. */
#define TRACE_FIELDS 12u

/**
 * struct trace_fields - the first fields of a text
 * @value: what follows the equals sign of each
 * @length: of the name before it; 0: none that is asked for
 * @count: how many
 * @rest: the text after the last of these
 */
struct trace_fields {
	const char *value[TRACE_FIELDS];
	size_t length[TRACE_FIELDS];
	unsigned count;
	struct span text;
	struct span rest;
};

/** Notes where the fields of @text are. */
void trace_fields_read(struct trace_fields *fields, struct span text);

/**
 * trace_fields_find() - the first field with this name
 * @value: out: the text that follows its equals sign
 *
 * There is a space before a name: size= is not in unmapped_size=. Return: false
 * when there is none; then nothing is written.
 */
bool trace_fields_find(const struct trace_fields *fields, const char *name,
		       struct span *value);

#endif /* TRACE_TRACE_FIELDS_H */
