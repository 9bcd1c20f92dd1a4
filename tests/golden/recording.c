/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include "recording.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "trace/input.h"

#define HOST_LINE "# hypercalls of Linux "
#define SCENARIO_LINE "# scenario "

static void *more(void *array, size_t count, size_t bytes)
{
	void *grown;

	if (count & (count - 1))
		return array; /* room for the next power of two */
	grown = realloc(array, (count ? 2 * count : 1) * bytes);
	assert_non_null(grown);
	return grown;
}

static char *copy_text(const char *text)
{
	size_t bytes = strlen(text) + 1;
	char *copy = malloc(bytes);

	assert_non_null(copy);
	memcpy(copy, text, bytes);
	return copy;
}

void recording_take(const char **text, const char *literal)
{
	size_t length = strlen(literal);

	if (strncmp(*text, literal, length) != 0)
		fail_msg("no \"%s\" in front of \"%s\"", literal, *text);
	*text += length;
}

uint64_t recording_number(const char **text, int base)
{
	char *end = NULL;
	uint64_t value;

	errno = 0;
	value = strtoull(*text, &end, base);
	if (errno || end == *text)
		fail_msg("no number in front of \"%s\"", *text);
	*text = end;
	return value;
}

static void begin(struct recording_file *file, const char *name)
{
	struct recording *made;

	file->recording = more(file->recording, file->count,
			       sizeof(*file->recording));
	made = &file->recording[file->count++];
	memset(made, 0, sizeof(*made));
	made->name = copy_text(name);
}

static struct recording *newest(struct recording_file *file)
{
	assert_true(file->count > 0);
	return &file->recording[file->count - 1];
}

static void read_host(struct recording_host *host, const char *line)
{
	line = strchr(line, ';');
	assert_non_null(line);
	recording_take(&line, "; levels ");
	host->levels = (unsigned)recording_number(&line, 10);
	recording_take(&line, ", iova width ");
	host->width = (unsigned)recording_number(&line, 10);
	recording_take(&line, ", page sizes ");
	host->page_sizes = recording_number(&line, 16);
	recording_take(&line, ", caps ");
	host->caps = recording_number(&line, 16);
	host->no_list = *line != '\0';
	if (host->no_list)
		recording_take(&line, ", no FLUSH_DEVICE_DOMAIN_LIST");
	assert_int_equal(*line, '\0');
}

static void read_event(struct recording *to, const char *text)
{
	to->event = more(to->event, to->events, sizeof(*to->event));
	to->event[to->events].text = copy_text(text);
	to->event[to->events].first = to->calls;
	to->event[to->events++].count = 0;
}

static unsigned read_digit(char digit)
{
	static const char digits[] = "0123456789abcdef";
	const char *at = digit ? strchr(digits, digit) : NULL;

	if (!at)
		fail_msg("'%c' is no hex digit", digit);
	return (unsigned)(at - digits);
}

/* Bytes up to a space or the end; "-" means none. Return: how many. */
static size_t read_bytes(const char **hex, uint8_t *bytes, size_t room)
{
	size_t count = 0;

	if (**hex == '-') {
		++*hex;
		return 0;
	}
	for (; **hex != ' ' && **hex != '\0'; *hex += 2) {
		assert_true(count < room);
		bytes[count++] = (uint8_t)(read_digit((*hex)[0]) << 4 |
					   read_digit((*hex)[1]));
	}
	return count;
}

static void read_answer(struct recording_call *call, const char *line)
{
	recording_take(&line, " -> ");
	call->status = (uint16_t)recording_number(&line, 16);
	recording_take(&line, " ");
	call->reps = (unsigned)recording_number(&line, 10);
	recording_take(&line, " ");
	call->output_bytes = read_bytes(&line, call->output,
					sizeof(call->output));
	assert_int_equal(*line, '\0');
}

static void read_call(struct recording *to, const char *line)
{
	uint8_t bytes[4096];
	struct recording_call *call;
	uint64_t code;

	to->call = more(to->call, to->calls, sizeof(*to->call));
	call = &to->call[to->calls];
	memset(call, 0, sizeof(*call));
	assert_int_equal(recording_number(&line, 10), to->calls);
	recording_take(&line, " ");
	code = recording_number(&line, 16);
	recording_take(&line, " ");
	call->control = recording_number(&line, 16);
	assert_int_equal(code, recording_code(call));
	recording_take(&line, " ");
	call->bytes = read_bytes(&line, bytes, sizeof(bytes));
	assert_true(call->bytes > 0);
	call->input = malloc(call->bytes + 1);
	assert_non_null(call->input);
	memcpy(call->input, bytes, call->bytes);
	read_answer(call, line);
	assert_true(to->events > 0);
	to->event[to->events - 1].count++;
	to->calls++;
}

static void read_line(struct recording_file *file, const char *line)
{
	if (strncmp(line, SCENARIO_LINE, strlen(SCENARIO_LINE)) == 0) {
		begin(file, line + strlen(SCENARIO_LINE));
	} else if (strncmp(line, HOST_LINE, strlen(HOST_LINE)) == 0) {
		if (!file->count)
			begin(file, "");
		read_host(&newest(file)->host, line);
	} else if (strncmp(line, "@ ", 2) == 0) {
		read_event(newest(file), line + 2);
	} else if (line[0] != '\0' && line[0] != '#') {
		read_call(newest(file), line);
	}
}

void recording_load(struct recording_file *file, const char *name)
{
	char path[512], line[16384];
	const char *text, *error = NULL;
	struct input *input;
	size_t length;

	memset(file, 0, sizeof(*file));
	snprintf(path, sizeof(path), "%s/%s.txt.xz", HVPT_GOLDEN_DIR, name);
	input = input_open(path, &error);
	if (!input)
		fail_msg("%s: %s", path, error ? error : "");
	while (input_line(input, &text, &length) == INPUT_LINE) {
		assert_true(length < sizeof(line));
		memcpy(line, text, length);
		line[length] = '\0';
		read_line(file, line);
	}
	assert_null(input_error(input));
	input_close(input);
	assert_true(file->count > 0);
}

static void drop(struct recording *recording)
{
	size_t i;

	for (i = 0; i < recording->calls; i++)
		free(recording->call[i].input);
	for (i = 0; i < recording->events; i++)
		free(recording->event[i].text);
	free(recording->call);
	free(recording->event);
	free(recording->name);
}

void recording_unload(struct recording_file *file)
{
	while (file->count)
		drop(&file->recording[--file->count]);
	free(file->recording);
	file->recording = NULL;
}

struct recording *recording_find(struct recording_file *file, const char *name)
{
	size_t i;

	for (i = 0; i < file->count; i++) {
		if (strcmp(file->recording[i].name, name) == 0)
			return &file->recording[i];
	}
	fail_msg("no scenario %s", name);
	return NULL;
}
