/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The file `tables` of adapters/linux/debugfs.c:
 *
 *	domain 3 last 0x7fffffffffff
 *	  0x1000 -> 0x1000000000 2^12 rwa-
 *	  ...
 *	end 1
 *
 * "..." stands for leaves that are not shown. `end` has the number of those
 * that are.
 */
#include "dump.h"

#include <inttypes.h>
#include <string.h>

#include "trace/input.h"
#include "trace/say.h"
#include "trace/text.h"

/* So much of a wrong line is shown. */
#define SHOWN_BYTES 60

/**
 * struct reader - where the text is
 * @name: of the file, for messages
 * @line: number of the line, from 1
 * @open: between `domain` and `end`; it is the last of @dump
 */
struct reader {
	struct dump *dump;
	const char *name;
	size_t line;
	bool open;
};

/* ---- messages ---------------------------------------------------------- */

static bool wrong(const struct reader *reader, const char *what)
{
	say("hvpt dump: %s:%zu: %s", reader->name, reader->line, what);
	return false;
}

static bool wrong_text(const struct reader *reader, const char *what,
		       struct span text)
{
	char shown[SHOWN_BYTES];

	say_shorten(shown, sizeof(shown), text.p, (size_t)(text.end - text.p));
	say("hvpt dump: %s:%zu: %s: '%s'", reader->name, reader->line, what,
	    shown);
	return false;
}

/* ---- words ------------------------------------------------------------- */

static bool take_number(struct span *text, uint64_t *value)
{
	return text_take_number(text, value) == TEXT_NUMBER_OK;
}

static bool at_end(struct span text)
{
	return text.p == text.end;
}

/* @set or '-' */
static bool take_bit(struct span *text, char set, bool *bit)
{
	if (at_end(*text) || (*text->p != set && *text->p != '-'))
		return false;
	*bit = *text->p++ == set;
	return true;
}

/* ---- lines ------------------------------------------------------------- */

static struct dump_domain *domain_of(const struct reader *reader)
{
	return &reader->dump->domains[reader->dump->count - 1];
}

static bool read_domain(struct reader *reader, struct span text)
{
	struct span rest = text;
	struct dump_domain *domain;
	uint64_t id, last;

	if (reader->open)
		return wrong_text(reader, "the domain before has no 'end'",
				  text);
	if (!text_accept(&rest, "domain ") || !take_number(&rest, &id) ||
	    !text_accept(&rest, " last ") || !take_number(&rest, &last) ||
	    !at_end(rest))
		return wrong_text(reader, "not 'domain ID last IOVA'", text);
	domain = dump_add_domain(reader->dump, last);
	if (!domain)
		return wrong(reader, "out of memory");
	snprintf(domain->title, sizeof(domain->title), "domain %" PRIu64, id);
	snprintf(domain->key, sizeof(domain->key), "\"domain\": %" PRIu64, id);
	reader->open = true;
	return true;
}

static bool read_end(struct reader *reader, struct span text)
{
	struct span rest = text;
	uint64_t count;

	if (!text_accept(&rest, "end ") || !take_number(&rest, &count) ||
	    !at_end(rest))
		return wrong_text(reader, "not 'end COUNT'", text);
	if (!reader->open)
		return wrong_text(reader, "no domain before it", text);
	if (count != domain_of(reader)->count) {
		say("hvpt dump: %s:%zu: the domain has %zu mappings, and "
		    "should have %llu: lines are missing",
		    reader->name, reader->line, domain_of(reader)->count,
		    (unsigned long long)count);
		return false;
	}
	reader->open = false;
	return true;
}

static bool take_leaf(struct span *text, struct dump_leaf *leaf)
{
	uint64_t size;

	if (!take_number(text, &leaf->iova) || !text_accept(text, " -> ") ||
	    !take_number(text, &leaf->gpa) || !text_accept(text, " 2^") ||
	    !take_number(text, &size) || size > 63 || !text_accept(text, " r"))
		return false;
	leaf->size_lg2 = (uint32_t)size;
	return take_bit(text, 'w', &leaf->write) &&
	       take_bit(text, 'a', &leaf->accessed) &&
	       take_bit(text, 'd', &leaf->dirty) && at_end(*text);
}

static bool read_leaf(struct reader *reader, struct span text)
{
	struct dump_leaf leaf = { .line = reader->line };
	struct span rest = text_skip_spaces(text);

	if (!reader->open)
		return wrong_text(reader, "no domain before it", text);
	if (domain_of(reader)->cut)
		return wrong_text(reader, "a line after '...'", text);
	if (text_starts_with(rest, "...") && rest.end - rest.p == 3) {
		domain_of(reader)->cut = true;
		return true;
	}
	if (!take_leaf(&rest, &leaf))
		return wrong_text(reader, "not '  IOVA -> GPA 2^SIZE rwad'",
				  text);
	if (!dump_add_leaf(domain_of(reader), &leaf))
		return wrong(reader, "out of memory");
	return true;
}

static bool read_line(struct reader *reader, struct span text)
{
	if (text_starts_with(text, "domain"))
		return read_domain(reader, text);
	if (text_starts_with(text, "end"))
		return read_end(reader, text);
	if (text_starts_with(text, "  "))
		return read_leaf(reader, text);
	return wrong_text(reader, "not a line of the file 'tables'", text);
}

/* ---- the file ---------------------------------------------------------- */

static bool read_lines(struct reader *reader, struct input *input)
{
	enum input_status status;
	const char *text;
	size_t length;

	while ((status = input_line(input, &text, &length)) == INPUT_LINE) {
		reader->line++;
		if (!read_line(reader, (struct span){ text, text + length }))
			return false;
	}
	if (status == INPUT_ERROR)
		return wrong(reader, input_error(input));
	if (reader->open)
		return wrong(reader, "ends within a domain");
	return true;
}

bool dump_read_debugfs(struct dump *dump, const char *path)
{
	struct reader reader = {
		.dump = dump,
		.name = strcmp(path, "-") == 0 ? "standard input" : path,
	};
	struct input *input;
	const char *error;
	bool good;

	input = input_open(path, &error);
	if (!input) {
		say("hvpt dump: %s: %s", reader.name, error);
		return false;
	}
	good = read_lines(&reader, input);
	input_close(input);
	return good;
}
