/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#define _GNU_SOURCE
#include "tools/command.h"

#include <getopt.h>
#include <inttypes.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#include "tools/capture/capture.h"
#include "tools/interrupt.h"
#include "tools/option_values.h"
#include "tools/output.h"
#include "trace/input.h"
#include "trace/pairing.h"
#include "trace/say.h"
#include "watch.h"

#define WHOSE "hvpt watch"
#define SECOND UINT64_C(1000000000)

/* KiB of each processor. */
#define BUFFER_KIB 16384u

enum option_id {
	OPT_TIME = 256,
	OPT_TRACE,
	OPT_JSON,
};

static int run(int argc, char **argv);

static const struct command_option options[] = {
	{ OPT_TIME, "time", "T",
	  "end after this time: seconds, or a number with s, m or h" },
	{ OPT_TRACE, "trace", "TRACE",
	  "watch a trace instead of this machine, by the time in it; - is "
	  "standard input" },
	{ OPT_JSON, "json", NULL, "print JSON, an object on each line" },
	{ 0, NULL, NULL, NULL },
};

const struct command watch_command = {
	.name = "watch",
	.synopsis = "[options] [--] [COMMAND [ARGUMENT]...]\n"
		    "--trace TRACE [--json]",
	.brief = "show this machine's IOMMU traffic as it goes, as root",
	.text = "Shows rates and sizes of maps, live mappings, and what a "
		"flush of each unmap takes by each flush policy: descriptors, "
		"and pages flushed too many. Once a second: on a terminal as "
		"a screen, else as a line. It ends with COMMAND, or with "
		"--time, q (without COMMAND) or Ctrl-C, and takes back all "
		"that it changed, as 'hvpt capture' does.",
	.files = true,
	.stops = true,
	.options = options,
	.exits = { { EXIT_ALL_WELL, "watched, perhaps until a signal" },
		   { EXIT_MISMATCH, "watched, but COMMAND failed" },
		   { EXIT_BAD_INPUT,
		     "bad usage or trace, this machine cannot record, or "
		     "something could not be taken back" } },
	.examples = { { "watch", "Until q is pressed." },
		      { "watch -- fio job.fio", "While a benchmark runs." },
		      { "watch --trace disk.txt.xz",
			"What a recording was like, second by second." },
		      { "watch --json --time 1m >minute.jsonl",
			"A minute, for a program." } },
	.run = run,
};

/**
 * struct watching - the command line, and what is watched
 * @line: text that is no whole line yet
 * @time: of a trace: of its last event, in nanoseconds
 * @whole: of a trace: its last line can be a whole one
 * @cut: the error if it is not
 */
struct watching {
	const char *trace;
	struct capture capture;
	struct watch watch;
	struct pairing pairing;
	enum watch_form form;
	bool keys;
	char line[512];
	size_t length;
	uint64_t time;
	bool whole;
	char cut[64];
};

static bool take_option(int id, void *target)
{
	struct watching *watching = target;

	if (id == OPT_TIME)
		return value_time("watch", optarg, &watching->capture.seconds);
	if (id == OPT_JSON)
		watching->form = WATCH_JSON;
	else
		watching->trace = optarg;
	return true;
}

/*
 * By the clock of a trace, before an event of this time. Seconds without any
 * event are shown together.
 */
static void pass(struct watching *watching, uint64_t time)
{
	struct watch *watch = &watching->watch;

	if (watch->began == 0)
		watch->began = watch->last = time;
	watching->time = time;
	if (time < watch->last + SECOND)
		return;
	watch_show(stdout, watch, watching->form, watch->last + SECOND);
	if (time >= watch->last + SECOND)
		watch_show(stdout, watch, watching->form,
			   time - (time - watch->last) % SECOND);
}

static bool take_line(struct watching *watching, const char *text,
		      size_t length)
{
	struct trace_line line;

	trace_parse(text, length, &line);
	watching->whole = trace_is_whole(&line);
	if (line.class != TRACE_EVENT && line.class != TRACE_PROBE)
		return true;
	if (watching->trace && line.event.has_time)
		pass(watching, line.event.time);
	return pairing_add(&watching->pairing, &line, watch_event,
			   &watching->watch);
}

/* ---- a trace ---------------------------------------------------------- */

static const char *watch_input(struct watching *watching, struct input *input)
{
	const char *text;
	size_t length;

	for (;;) {
		enum input_status status = input_line(input, &text, &length);

		if (status == INPUT_END || interrupt_came())
			break;
		if (status == INPUT_ERROR)
			return input_error(input);
		if (!take_line(watching, text, length))
			return watching->watch.error;
	}
	(void)pairing_finish(&watching->pairing, watch_event, &watching->watch);
	if (!watching->watch.error && !interrupt_came() &&
	    input_is_cut(input, watching->whole, watching->cut,
			 sizeof(watching->cut)))
		return watching->cut;
	return watching->watch.error;
}

static int watch_trace(struct watching *watching)
{
	const struct watch_counts *total = &watching->watch.total;
	const char *error = NULL;
	struct input *input;

	if (!output_streams_differ(WHOSE, &watching->trace, 1))
		return EXIT_BAD_INPUT;
	interrupt_catch();
	input = input_open(watching->trace, &error);
	if (input)
		error = watch_input(watching, input);
	input_close(input);
	/* Also while it was opened. */
	if (interrupt_came())
		error = watching->watch.error;
	else if (!error && total->maps + total->unmaps == 0)
		error = "it has no map or unmap event";
	if (total->maps + total->unmaps)
		watch_end(stdout, &watching->watch, watching->form,
			  watching->time);
	if (error || interrupt_came())
		say(WHOSE ": %s: %s", watching->trace,
		    error ? error : "interrupted");
	return error ? EXIT_BAD_INPUT : EXIT_ALL_WELL;
}

/* ---- this machine ----------------------------------------------------- */

static uint64_t now_ns(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * SECOND + (uint64_t)now.tv_nsec;
}

/* A capture_text_fn. */
static bool take_text(void *ctx, const char *text, size_t length)
{
	struct watching *watching = ctx;
	bool good = true;
	size_t i;

	for (i = 0; i < length && good; i++) {
		if (watching->length < sizeof(watching->line))
			watching->line[watching->length++] = text[i];
		if (text[i] != '\n')
			continue;
		good = take_line(watching, watching->line, watching->length);
		watching->length = 0;
	}
	if (!good)
		say(WHOSE ": %s", watching->watch.error);
	return good;
}

static void tick(void *ctx)
{
	struct watching *watching = ctx;
	struct pollfd fd = { STDIN_FILENO, POLLIN, 0 };
	uint64_t now = now_ns();
	char key;

	if (now - watching->watch.last >= SECOND)
		watch_show(stdout, &watching->watch, watching->form, now);
	while (watching->keys && poll(&fd, 1, 0) > 0 &&
	       read(STDIN_FILENO, &key, 1) == 1) {
		if (key == 'q')
			(void)raise(SIGINT);
	}
}

static enum capture_end watch_live(struct watching *watching,
				   struct tracing *tracing)
{
	enum capture_end end = CAPTURE_FAILED;

	watching->capture.take = take_text;
	watching->capture.tick = tick;
	watching->capture.ctx = watching;
	watching->watch.began = watching->watch.last = now_ns();
	capture_guard();
	if (tracing_do(tracing))
		end = capture_run(&watching->capture, tracing);
	if (!tracing_undo(tracing))
		end = CAPTURE_FAILED;
	(void)pairing_finish(&watching->pairing, watch_event, &watching->watch);
	if (end != CAPTURE_FAILED)
		watch_end(stdout, &watching->watch, watching->form, now_ns());
	return end;
}

static int watch_machine(struct watching *watching)
{
	struct termios before, raw;
	enum capture_end end;
	struct tracing tracing;

	tracing_init(&tracing, WHOSE);
	if (!tracing_check(&tracing))
		return EXIT_BAD_INPUT;
	tracing_plan(&tracing, BUFFER_KIB);
	/* A command may want the keys. */
	watching->keys = !watching->capture.command &&
			 tcgetattr(STDIN_FILENO, &before) == 0;
	if (watching->keys) {
		raw = before;
		raw.c_lflag &= ~(tcflag_t)(ICANON | ECHO);
		(void)tcsetattr(STDIN_FILENO, TCSANOW, &raw);
	}
	end = watch_live(watching, &tracing);
	if (watching->keys)
		(void)tcsetattr(STDIN_FILENO, TCSANOW, &before);
	capture_wait(&watching->capture, WHOSE);
	return capture_code(&watching->capture, end, WHOSE);
}

/* A trace where a command should be. */
static bool is_data(const char *word)
{
	struct stat info;

	return strpbrk(word, "./") && stat(word, &info) == 0 &&
	       S_ISREG(info.st_mode) && access(word, X_OK) != 0;
}

static int run(int argc, char **argv)
{
	struct watching watching = { .trace = NULL };
	int code;

	if (!value_go_on(value_options(&watch_command, argc, argv, take_option,
				       &watching),
			 &watch_command, &code))
		return code;
	if (watching.trace && (optind < argc || watching.capture.seconds)) {
		say(WHOSE ": --trace goes with no --time and no COMMAND");
		return EXIT_BAD_INPUT;
	}
	if (optind + 1 == argc && is_data(argv[optind])) {
		say(WHOSE ": '%s' is a file: did you mean --trace %s?",
		    argv[optind], argv[optind]);
		return EXIT_BAD_INPUT;
	}
	if (optind < argc)
		watching.capture.command = argv + optind;
	if (watching.form != WATCH_JSON && isatty(STDOUT_FILENO))
		watching.form = WATCH_SCREEN;
	pairing_init(&watching.pairing);
	code = watching.trace ? watch_trace(&watching) :
				watch_machine(&watching);
	watch_free(&watching.watch);
	return code;
}
