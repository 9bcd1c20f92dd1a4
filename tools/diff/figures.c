/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#define _POSIX_C_SOURCE 200809L

#include "figures.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tools/json_cursor.h"

#define DEPTH_MAX 32u
#define NAME_MAX_BYTES 512u
#define LABEL_MAX 64u

/**
 * struct level - an object or array that was entered
 * @name: bytes of its name
 * @elements: of an array, so far
 * @label: members that the object still has, of those that named it
 */
struct level {
	bool array;
	size_t name;
	size_t elements;
	unsigned label;
};

/** The reader: @name is that of what is next, by @label of its members. */
struct parser {
	struct figures *figures;
	struct json_cursor json;
	struct level levels[DEPTH_MAX];
	size_t depth;
	char name[NAME_MAX_BYTES];
	unsigned label;
	const char *problem;
};

static void stop(struct parser *parser, const char *problem)
{
	if (!parser->problem)
		parser->problem = problem;
	parser->json.bad = true;
}

/* ---- names ------------------------------------------------------------ */

/* Behind the first @bytes of the name. */
static void set_name(struct parser *parser, size_t bytes, const char *text)
{
	int length = snprintf(parser->name + bytes,
			      sizeof(parser->name) - bytes, "%s", text);

	if (length < 0 || (size_t)length >= sizeof(parser->name) - bytes)
		stop(parser, "a name is longer than 500 characters");
}

static void name_member(struct parser *parser, const struct level *level,
			const char *key)
{
	char text[LABEL_MAX + 2];

	snprintf(text, sizeof(text), "%s%s", level->name ? "." : "", key);
	set_name(parser, level->name, text);
}

/** The strings that an object begins with, and a number between two. */
struct label {
	char text[LABEL_MAX];
	char number[LABEL_MAX];
	unsigned members;
};

/* One member of an object. Return: whether the next may belong to the label. */
static bool add_to_label(struct label *label, struct json_cursor *ahead)
{
	enum json_kind kind = json_cursor_kind(ahead);
	size_t length = strlen(label->text);
	char value[LABEL_MAX];

	if (kind == JSON_NUMBER && label->members && !label->number[0]) {
		json_cursor_scalar(ahead, label->number, sizeof(label->number));
		return true;
	}
	if (kind != JSON_STRING)
		return false;
	json_cursor_string(ahead, value, sizeof(value));
	snprintf(label->text + length, sizeof(label->text) - length, "%s%s%s%s",
		 label->members ? "," : "", label->number,
		 label->number[0] ? "," : "", value);
	label->members += label->number[0] ? 2 : 1;
	label->number[0] = '\0';
	return true;
}

/* Of the object that is next. Return: whether it has one. */
static bool find_label(struct parser *parser, char *text, size_t room)
{
	struct json_cursor ahead = parser->json;
	struct label label = { .members = 0 };
	char key[LABEL_MAX];

	if (json_cursor_kind(&ahead) != JSON_OBJECT)
		return false;
	json_cursor_enter(&ahead, '{');
	while (json_cursor_key(&ahead, key, sizeof(key)) &&
	       add_to_label(&label, &ahead))
		;
	snprintf(text, room, "%s", label.text);
	parser->label = label.members;
	return label.members != 0;
}

/* Return: whether the element has a name, so that it is of interest. */
static bool name_element(struct parser *parser, const struct level *level)
{
	char label[LABEL_MAX];
	char text[LABEL_MAX + 2];

	if (parser->depth == 1)
		snprintf(label, sizeof(label), "%zu", level->elements);
	else if (!find_label(parser, label, sizeof(label)))
		return false;
	snprintf(text, sizeof(text), "[%s]", label);
	set_name(parser, level->name, text);
	return true;
}

/* ---- values ----------------------------------------------------------- */

static struct figure *add(struct parser *parser)
{
	struct figures *figures = parser->figures;
	size_t room = figures->room ? 2 * figures->room : 64;
	struct figure *figure;

	if (figures->count == figures->room) {
		void *list = realloc(figures->list, room * sizeof(*figure));

		if (!list) {
			stop(parser, "out of memory");
			return NULL;
		}
		figures->list = list;
		figures->room = room;
	}
	figure = &figures->list[figures->count];
	memset(figure, 0, sizeof(*figure));
	figure->name = strdup(parser->name);
	if (!figure->name) {
		stop(parser, "out of memory");
		return NULL;
	}
	figures->count++;
	return figure;
}

static void take_scalar(struct parser *parser, enum json_kind kind)
{
	struct figure *figure = add(parser);

	if (!figure)
		return;
	figure->is_number = kind == JSON_NUMBER;
	figure->is_string = kind == JSON_STRING;
	if (kind == JSON_STRING)
		json_cursor_string(&parser->json, figure->value,
				   sizeof(figure->value));
	else
		json_cursor_scalar(&parser->json, figure->value,
				   sizeof(figure->value));
}

static void enter(struct parser *parser, bool array)
{
	struct level *level = &parser->levels[parser->depth];

	if (parser->depth == DEPTH_MAX) {
		stop(parser, "objects and arrays are nested too deeply");
		return;
	}
	json_cursor_enter(&parser->json, array ? '[' : '{');
	level->array = array;
	level->name = strlen(parser->name);
	level->elements = 0;
	level->label = parser->label;
	parser->label = 0;
	parser->depth++;
}

static void take_value(struct parser *parser)
{
	enum json_kind kind = json_cursor_kind(&parser->json);

	if (kind == JSON_NONE)
		stop(parser, "a value is missing");
	else if (kind == JSON_OBJECT || kind == JSON_ARRAY)
		enter(parser, kind == JSON_ARRAY);
	else
		take_scalar(parser, kind);
}

/* ---- objects and arrays ----------------------------------------------- */

static void take_member(struct parser *parser, struct level *level)
{
	char key[LABEL_MAX];

	if (!json_cursor_key(&parser->json, key, sizeof(key))) {
		parser->depth--;
		return;
	}
	name_member(parser, level, key);
	if (strcmp(key, "file") != 0 && level->label == 0)
		take_value(parser);
	else
		json_cursor_skip(&parser->json);
	level->label -= level->label != 0;
}

static void end_array(struct parser *parser, const struct level *level)
{
	struct figure *figure;

	parser->name[level->name] = '\0';
	parser->depth--;
	set_name(parser, level->name, ".length");
	figure = level->name ? add(parser) : NULL;
	if (!figure)
		return;
	figure->is_number = true;
	snprintf(figure->value, sizeof(figure->value), "%zu", level->elements);
}

static void take_element(struct parser *parser, struct level *level)
{
	if (!json_cursor_item(&parser->json)) {
		end_array(parser, level);
		return;
	}
	if (name_element(parser, level))
		take_value(parser);
	else
		json_cursor_skip(&parser->json);
	level->elements++;
}

const char *figures_parse(struct figures *figures, const char *text,
			  unsigned *line)
{
	struct parser parser = { .figures = figures };

	json_cursor_open(&parser.json, text);
	take_value(&parser);
	while (parser.depth > 0 && !parser.json.bad) {
		struct level *level = &parser.levels[parser.depth - 1];

		if (level->array)
			take_element(&parser, level);
		else
			take_member(&parser, level);
	}
	json_cursor_end(&parser.json);
	*line = json_cursor_line(&parser.json);
	if (!parser.json.bad)
		return NULL;
	return parser.problem ? parser.problem : "not JSON here";
}

void figures_free(struct figures *figures)
{
	size_t i;

	for (i = 0; i < figures->count; i++)
		free(figures->list[i].name);
	free(figures->list);
}
