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

enum option_id {
	OPT_CONTROL = 256,
	OPT_INPUT,
	OPT_OUTPUT,
	OPT_RESULT,
	OPT_JSON,
};

static int run(int argc, char **argv);

static const struct command_option options[] = {
	{ OPT_CONTROL, "control", "VALUE", "the hypercall input value (RCX)" },
	{ OPT_INPUT, "input", "HEX",
	  "memory of the input, with list elements, in hexadecimal bytes; "
	  "spaces, line ends and colons between bytes are ignored. -: read it "
	  "from standard input" },
	{ OPT_OUTPUT, "output", "HEX", "memory of the output" },
	{ OPT_RESULT, "result", "VALUE", "the hypercall result value (RAX)" },
	{ OPT_JSON, "json", NULL, "print JSON" },
	{ 0, NULL, NULL, NULL },
};

const struct command decode_command = {
	.name = COMMAND,
	.synopsis = "--control VALUE [options]",
	.brief = "explain a hypercall: control word, input, output, result",
	.text = "Explains a hypercall of device domains: each field by name "
		"and value.\n"
		"VALUE is decimal, or hexadecimal after 0x. 'hvpt abi' lists "
		"the calls.",
	.options = options,
	.exits = { { EXIT_ALL_WELL, "decoded without remainder" },
		   { EXIT_MISMATCH, "decoded, but something is wrong or left "
				    "over" },
		   { EXIT_BAD_INPUT, "bad usage or input" } },
	.examples = { { "decode --control 177",
			"What a control word asks for." },
		      { "decode --control 177 --result 0x5",
			"The same, and what the hypervisor answered." } },
	.run = run,
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

	if (!value_none_left(&decode_command, argc, argv))
		return NULL;
	if (!line->has_control)
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

static int run(int argc, char **argv)
{
	struct command_line line = { .json = false };
	const struct abi_call *call;
	int code;

	if (!value_go_on(value_options(&decode_command, argc, argv, take_option,
				       &line),
			 &decode_command, &code))
		return code;
	call = call_of(&line, argc, argv);
	if (!call)
		return EXIT_BAD_INPUT;
	return print_call(&line, call) ? EXIT_MISMATCH : EXIT_ALL_WELL;
}
