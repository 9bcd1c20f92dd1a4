/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#define _GNU_SOURCE
#include "tools/command.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "abi_table.h"
#include "decode.h"
#include "hvpt/hv_abi.h"
#include "show.h"
#include "tools/hex_bytes.h"
#include "tools/option_values.h"
#include "trace/say.h"

#define COMMAND "decode"
/* Of a text on standard input: a page needs 2 for each byte, and spaces. */
#define TEXT_MAX ((size_t)8 * HVPT_HV_PAGE_BYTES)

static const char usage[] =
	"Usage: hvpt decode --control VALUE [options]\n"
	"\n"
	"Explains a hypercall of device domains: each field by name and value.\n"
	"\n"
	"  --control VALUE  the hypercall input value (RCX)\n"
	"  --input HEX      memory of the input, with list elements, in\n"
	"                   hexadecimal bytes; spaces, line ends and colons\n"
	"                   between bytes are ignored. -: read it from standard\n"
	"                   input\n"
	"  --output HEX     memory of the output\n"
	"  --result VALUE   the hypercall result value (RAX)\n"
	"  --json           print JSON\n"
	"  -h, --help       this text\n"
	"\n"
	"VALUE is decimal, or hexadecimal after 0x. 'hvpt abi' lists the calls.\n"
	"\n"
	"Exit status: 0 decoded without remainder, 1 decoded but something is\n"
	"wrong or left over, 2 bad usage or input.\n";

enum option_id {
	OPT_CONTROL = 256,
	OPT_INPUT,
	OPT_OUTPUT,
	OPT_RESULT,
	OPT_JSON,
};

static const struct option long_options[] = {
	{ "control", required_argument, NULL, OPT_CONTROL },
	{ "input", required_argument, NULL, OPT_INPUT },
	{ "output", required_argument, NULL, OPT_OUTPUT },
	{ "result", required_argument, NULL, OPT_RESULT },
	{ "json", no_argument, NULL, OPT_JSON },
	{ "help", no_argument, NULL, 'h' },
	{ NULL, 0, NULL, 0 },
};

/** The command line. */
struct command_line {
	struct decode_request request;
	uint8_t input[HVPT_HV_PAGE_BYTES];
	uint8_t output[HVPT_HV_PAGE_BYTES];
	bool has_control;
	bool json;
};

/* ---- values ---------------------------------------------------------- */

/* Lines become words. A 0 byte becomes what is no hexadecimal digit. */
static void one_line(char *text, size_t count)
{
	size_t i;

	for (i = 0; i < count; i++) {
		if (strchr("\n\r\t", text[i]))
			text[i] = text[i] == '\0' ? '?' : ' ';
	}
	text[count] = '\0';
}

/* @text has @length characters and is changed. */
static bool take_hex(const char *option, char *text, size_t length,
		     uint8_t *bytes, size_t *count)
{
	struct hex_bytes hex = { bytes, HVPT_HV_PAGE_BYTES, 0 };
	enum hex_result result;
	char shown[40];

	one_line(text, length);
	result = hex_add(&hex, text);
	say_shorten(shown, sizeof(shown), text, strlen(text));
	if (result == HEX_NO_BYTES)
		say("hvpt decode: %s: '%s' is not hexadecimal bytes", option,
		    shown);
	else if (result == HEX_HALF)
		say("hvpt decode: %s: '%s' ends in half a byte", option, shown);
	else if (result == HEX_LONG)
		say("hvpt decode: %s: is longer than a page, %u bytes", option,
		    HVPT_HV_PAGE_BYTES);
	*count = hex.count;
	return result == HEX_GOOD;
}

static bool take_standard_input(uint8_t *bytes, size_t *count)
{
	char *text = malloc(TEXT_MAX + 1);
	bool good = false;
	size_t length;

	if (!text) {
		say("hvpt decode: out of memory");
		return false;
	}
	length = fread(text, 1, TEXT_MAX, stdin);
	if (ferror(stdin)) {
		say("hvpt decode: --input: cannot read standard input");
	} else if (length == TEXT_MAX) {
		say("hvpt decode: --input: has %zu characters or more",
		    TEXT_MAX);
	} else {
		good = take_hex("--input", text, length, bytes, count);
	}
	free(text);
	return good;
}

static bool take_input(struct command_line *line, char *text)
{
	line->request.input = line->input;
	if (strcmp(text, "-") == 0)
		return take_standard_input(line->input,
					   &line->request.input_bytes);
	return take_hex("--input", text, strlen(text), line->input,
			&line->request.input_bytes);
}

static bool take_option(int id, void *target)
{
	struct command_line *line = target;
	struct decode_request *request = &line->request;

	switch (id) {
	case OPT_CONTROL:
		line->has_control = true;
		return value_count(COMMAND, "--control", optarg,
				   &request->control);
	case OPT_INPUT:
		return take_input(line, optarg);
	case OPT_OUTPUT:
		request->output = line->output;
		return take_hex("--output", optarg, strlen(optarg),
				line->output, &request->output_bytes);
	case OPT_RESULT:
		request->has_result = true;
		return value_count(COMMAND, "--result", optarg,
				   &request->result);
	default:
		line->json = true;
		return true;
	}
}

/* ---- the command ----------------------------------------------------- */

static void say_unknown(uint16_t code)
{
	const struct abi_other *other = abi_other_of(code);

	if (other)
		say("hvpt decode: --control: call code 0x%04x is %s: %s", code,
		    other->name, other->why);
	else
		say("hvpt decode: --control: call code 0x%04x is not known; "
		    "'hvpt abi' lists the codes",
		    code);
}

/* Return: NULL with a message. */
static const struct abi_call *call_of(const struct command_line *line, int argc,
				      char **argv)
{
	uint16_t code = (uint16_t)(line->request.control & 0xffffu);
	const struct abi_call *call = NULL;

	if (optind < argc)
		say("hvpt decode: '%s' is no option; try 'hvpt decode --help'",
		    argv[optind]);
	else if (!line->has_control)
		say("hvpt decode: no --control given; "
		    "try 'hvpt decode --help'");
	else if (!(call = abi_call_of(code)))
		say_unknown(code);
	return call;
}

static size_t print_call(const struct command_line *line,
			 const struct abi_call *call)
{
	size_t problems, rows = 0;

	if (!line->json) {
		problems = decode_call(call, &line->request, show_row_text,
				       NULL);
		show_problems_text(problems);
		return problems;
	}
	printf("{\n  \"call\": \"%s\",\n  \"rows\": [", call->name);
	problems = decode_call(call, &line->request, show_row_json, &rows);
	printf("\n  ],\n  \"problems\": %zu\n}\n", problems);
	return problems;
}

int command_decode(int argc, char **argv)
{
	struct command_line line = { .json = false };
	const struct abi_call *call;
	int code;

	if (!value_go_on(value_options(COMMAND, argc, argv, long_options,
				       take_option, &line),
			 usage, &code))
		return code;
	call = call_of(&line, argc, argv);
	if (!call)
		return EXIT_BAD_INPUT;
	return print_call(&line, call) ? EXIT_MISMATCH : EXIT_ALL_WELL;
}
