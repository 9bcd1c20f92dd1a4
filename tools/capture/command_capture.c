/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#define _GNU_SOURCE
#include "tools/command.h"

#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <string.h>

#include "capture.h"
#include "capture_json.h"
#include "packer.h"
#include "tools/draft.h"
#include "tools/option_values.h"
#include "tools/output.h"
#include "trace/say.h"
#include "trace/trace.h"

#define WHOSE "hvpt capture"

/* KiB of each processor: they are read while the tracer fills them. */
#define BUFFER_KIB 16384u
#define BUFFER_KIB_MAX ((uint64_t)1 << 30)

enum option_id {
	OPT_TIME = 256,
	OPT_EVENTS,
	OPT_BUFFER,
	OPT_JSON,
	OPT_DRY_RUN,
	OPT_UNDO,
};

static int run(int argc, char **argv);

static const struct command_option options[] = {
	{ 'o', "output", "FILE|-",
	  "where the events go; compressed if the name ends in .xz; - is "
	  "standard output" },
	{ OPT_TIME, "time", "T",
	  "end after this time: seconds, or a number with s, m or h" },
	{ OPT_EVENTS, "events", "N", "end after N maps and unmaps" },
	{ OPT_BUFFER, "buffer", "KIB",
	  "the tracer's buffer for each processor, in KiB (16384)" },
	{ OPT_JSON, "json", "FILE|-",
	  "also write as JSON what was recorded, and what was missing" },
	{ OPT_DRY_RUN, "dry-run", NULL,
	  "print all that would be done, and do nothing" },
	{ OPT_UNDO, "undo", NULL,
	  "only take back what a killed hvpt left in the tracer" },
	{ 0, NULL, NULL, NULL },
};

const struct command capture_command = {
	.name = "capture",
	.synopsis = "[options] -o FILE [--] [COMMAND [ARGUMENT]...]\n--undo",
	.brief = "record this machine's IOMMU traffic, as root",
	.text = "Records maps and unmaps of Linux's IOMMU drivers, by its "
		"tracer, in text that the other commands read. The recording "
		"ends with COMMAND, or with --time, --events or Ctrl-C; what "
		"was recorded by then is kept. COMMAND gets SIGTERM if it "
		"still runs then.\n"
		"An instance of its own records (instances/hvpt in tracefs). "
		"Where the kernel's symbols allow it, two kprobes of the "
		"group hvpt add the domain and the permission. All is taken "
		"back at the end, also after a signal or an error.",
	.files = true,
	.stops = true,
	.options = options,
	.exits = { { EXIT_ALL_WELL, "recorded, perhaps until a signal" },
		   { EXIT_MISMATCH, "recorded, but COMMAND failed" },
		   { EXIT_BAD_INPUT,
		     "bad usage, this machine cannot record, the file could "
		     "not be written, or something could not be taken back" } },
	.examples = { { "capture -o disk.txt.xz -- fio job.fio",
			"What a benchmark maps and unmaps." },
		      { "capture --time 10s -o all.txt.xz",
			"Ten seconds of everything." },
		      { "capture --dry-run -o all.txt -- true",
			"What that would do to this machine." },
		      { "capture --events 100000 -o - | hvpt replay -",
			"Check as it comes." } },
	.run = run,
};

/**
 * struct recording - the command line, and the file
 * @json: where its figures go; NULL: nowhere
 * @written: there is a file
 * @line, @length: a line that is not whole yet
 */
struct recording {
	const char *path;
	const char *json;
	uint64_t buffer_kib;
	bool dry_run;
	bool undo;
	struct capture capture;
	struct packer *packer;
	struct capture_figures figures;
	bool written;
	char line[512];
	size_t length;
};

/* ---- the command line --------------------------------------------------- */

static bool take_buffer(const char *text, uint64_t *kib)
{
	if (options_number(text, kib) && *kib != 0 && *kib <= BUFFER_KIB_MAX)
		return true;
	say(WHOSE ": --buffer: must be 1 .. %" PRIu64 " KiB, not '%s'",
	    BUFFER_KIB_MAX, text);
	return false;
}

static bool take_events(const char *text, uint64_t *events)
{
	if (options_number(text, events) && *events != 0)
		return true;
	say(WHOSE ": --events: must be a number of at least 1, not '%s'", text);
	return false;
}

static bool take_json(const char *text, const char **json)
{
	*json = text;
	if (text[0] == '\0')
		say(WHOSE ": --json: needs a file name, or -");
	return text[0] != '\0';
}

static bool take_path(const char *text, const char **path)
{
	const char *why = text[0] ? packer_refused(text) :
				    "needs a file name, or -";

	*path = text;
	if (why)
		say(WHOSE ": --output: %s: %s", text[0] ? text : "''", why);
	return !why;
}

static bool take_option(int id, void *target)
{
	struct recording *recording = target;

	switch (id) {
	case 'o':
		return take_path(optarg, &recording->path);
	case OPT_TIME:
		return value_time("capture", optarg,
				  &recording->capture.seconds);
	case OPT_EVENTS:
		return take_events(optarg, &recording->capture.events);
	case OPT_BUFFER:
		return take_buffer(optarg, &recording->buffer_kib);
	case OPT_JSON:
		return take_json(optarg, &recording->json);
	case OPT_DRY_RUN:
		recording->dry_run = true;
		return true;
	default:
		recording->undo = true;
		return true;
	}
}

static bool complete(struct recording *recording, int argc, char **argv)
{
	if (optind < argc)
		recording->capture.command = argv + optind;
	if (recording->undo && (recording->path || optind < argc))
		say(WHOSE ": --undo records nothing: no --output, no COMMAND");
	else if (recording->json && (recording->undo || recording->dry_run))
		say(WHOSE ": --json: --undo and --dry-run record nothing");
	else if (recording->json && recording->path &&
		 strcmp(recording->json, recording->path) == 0)
		say(WHOSE ": --output and --json are the same file");
	else if (recording->undo || recording->path)
		return true;
	else
		say(WHOSE ": no --output given; try 'hvpt capture --help'");
	return false;
}

/* ---- the events --------------------------------------------------------- */

static void count_line(struct recording *recording, const char *text,
		       size_t length)
{
	struct capture_figures *figures = &recording->figures;
	struct trace_line line;

	trace_parse(text, length, &line);
	if (line.class == TRACE_LOST) {
		figures->lost += line.lost;
		figures->lost_unknown += line.lost == 0;
	}
	if (line.class != TRACE_EVENT)
		return;
	recording->capture.counted++;
	figures->maps += line.event.kind == TRACE_MAP;
	figures->unmaps += line.event.kind == TRACE_UNMAP;
}

/* Return: bytes of the text up to the last event that was asked for. */
static size_t count_events(struct recording *recording, const char *text,
			   size_t length)
{
	const struct capture *capture = &recording->capture;
	size_t i;

	for (i = 0; i < length; i++) {
		if (recording->length < sizeof(recording->line))
			recording->line[recording->length++] = text[i];
		if (text[i] != '\n')
			continue;
		count_line(recording, recording->line, recording->length);
		recording->length = 0;
		if (capture->events && capture->counted >= capture->events)
			return i + 1;
	}
	return length;
}

/* A capture_text_fn. */
static bool take_text(void *ctx, const char *text, size_t length)
{
	struct recording *recording = ctx;

	length = count_events(recording, text, length);
	if (packer_write(recording->packer, text, length))
		return true;
	say(WHOSE ": cannot write %s: %s", recording->path, strerror(errno));
	return false;
}

/* ---- the command -------------------------------------------------------- */

/* By enum capture_end: for programs, and for people. */
static const struct {
	const char *word;
	const char *text;
} ends[] = {
	[CAPTURE_COMMAND] = { "command", "the command ended" },
	[CAPTURE_TIME] = { "time", "the time is up" },
	[CAPTURE_EVENTS] = { "events", "enough events" },
	[CAPTURE_SIGNAL] = { "interrupted", "interrupted" },
	[CAPTURE_FAILED] = { "error", "an error" },
};

static void summary(const struct recording *recording, enum capture_end end)
{
	const struct capture *capture = &recording->capture;

	if (capture->counted || end != CAPTURE_FAILED)
		say(WHOSE ": %" PRIu64 " events in %s; %s", capture->counted,
		    recording->path, ends[end].text);
	if (recording->figures.lost)
		say(WHOSE ": note: the tracer lost %" PRIu64 " events; a "
			  "larger --buffer loses fewer",
		    recording->figures.lost);
	if (capture->counted == 0 && end != CAPTURE_FAILED)
		say(WHOSE ": note: no event: no driver mapped memory for DMA "
			  "meanwhile, or its devices are not translated "
			  "(iommu=pt)");
}

/* Into @file. */
static enum capture_end record(struct recording *recording,
			       struct tracing *tracing, FILE *file)
{
	enum capture_end end = CAPTURE_FAILED;

	recording->capture.take = take_text;
	recording->capture.ctx = recording;
	recording->packer = packer_open(file, recording->path);
	capture_guard();
	if (!recording->packer)
		say(WHOSE ": out of memory");
	else if (tracing_do(tracing))
		end = capture_run(&recording->capture, tracing);
	if (!tracing_undo(tracing))
		end = CAPTURE_FAILED;
	if (!packer_close(recording->packer) && end != CAPTURE_FAILED) {
		say(WHOSE ": cannot write %s: %s", recording->path,
		    strerror(errno));
		end = CAPTURE_FAILED;
	}
	return end;
}

/*
 * A recording that fails before its first event leaves an earlier file as it
 * was. Later what there is by then is kept.
 */
static int record_file(struct recording *recording, struct tracing *tracing)
{
	enum capture_end end;
	struct draft draft;

	if (!draft_open(&draft, WHOSE, recording->path, NULL, 0))
		return EXIT_BAD_INPUT;
	end = record(recording, tracing, draft.out);
	recording->figures.milliseconds = recording->capture.milliseconds;
	recording->written = end != CAPTURE_FAILED ||
			     recording->capture.counted != 0;
	if (end == CAPTURE_FAILED) {
		/* The message was printed. */
		clearerr(draft.out);
		if (!recording->written)
			draft_drop(&draft);
	}
	if (!draft_keep(&draft, true))
		end = CAPTURE_FAILED;
	recording->figures.ended = ends[end].word;
	summary(recording, end);
	capture_wait(&recording->capture, WHOSE);
	return capture_code(&recording->capture, end, WHOSE);
}

static void print_plan(const struct recording *recording,
		       const struct tracing *tracing)
{
	char *const *word = recording->capture.command;

	tracing_print(stdout, tracing);
	printf("write %s%s\n", recording->path, " with the events");
	if (!word)
		return;
	fputs("run  ", stdout);
	for (; *word; word++)
		printf(" %s", *word);
	putchar('\n');
}

static int check_and_record(struct recording *recording,
			    struct tracing *tracing)
{
	if (!tracing_check(tracing))
		return EXIT_BAD_INPUT;
	tracing_plan(tracing, recording->buffer_kib);
	return record_file(recording, tracing);
}

/* The plan, and then what is missing. */
static int dry_run(const struct recording *recording, struct tracing *tracing)
{
	tracing_plan(tracing, recording->buffer_kib);
	print_plan(recording, tracing);
	(void)fflush(stdout);
	return tracing_check(tracing) ? EXIT_ALL_WELL : EXIT_BAD_INPUT;
}

static int run_recording(struct recording *recording)
{
	static const char json_option[] = WHOSE ": --json";
	struct draft json = { .out = NULL };
	struct tracing tracing;
	int code;

	tracing_init(&tracing, WHOSE);
	if (recording->undo)
		return tracing_left(&tracing) ? EXIT_ALL_WELL : EXIT_BAD_INPUT;
	if (recording->dry_run)
		return dry_run(recording, &tracing);
	if (recording->json &&
	    !draft_open(&json, json_option, recording->json, NULL, 0))
		return EXIT_BAD_INPUT;
	recording->figures.ended = ends[CAPTURE_FAILED].word;
	code = check_and_record(recording, &tracing);
	recording->figures.missing = tracing.missing;
	if (json.out)
		capture_json(json.out,
			     recording->written ? recording->path : NULL,
			     &recording->figures);
	return draft_keep(&json, false) ? code : EXIT_BAD_INPUT;
}

static int run(int argc, char **argv)
{
	struct recording recording = { .buffer_kib = BUFFER_KIB };
	int code;

	if (!value_go_on(value_options(&capture_command, argc, argv,
				       take_option, &recording),
			 &capture_command, &code))
		return code;
	if (!complete(&recording, argc, argv))
		return EXIT_BAD_INPUT;
	return run_recording(&recording);
}
