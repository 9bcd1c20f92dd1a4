/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#define _GNU_SOURCE

#include "fuzz_failure.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz_check.h"
#include "fuzz_command_line.h"
#include "fuzz_generate.h"
#include "tools/output.h"
#include "tools/draft.h"
#include "trace/say.h"
#include "trace/shrink.h"
#include "trace/trace_load.h"
#include "trace/trace_write.h"

/* Time between two updates of the progress line. */
#define PROGRESS_TRIES 8u

/**
 * struct failure - a sequence that fails
 * @seen: by which checkers
 * @verdict: their verdicts on @events
 * @tries: of the shrinker
 */
struct failure {
	const struct fuzz_options *options;
	struct fuzz_bench bench;
	struct trace_event *events;
	size_t count;
	bool seen[FUZZ_CHECKERS];
	struct fuzz_verdict verdict[FUZZ_CHECKERS];
	uint64_t tries;
};

bool fuzz_can_write(const char *path)
{
	struct draft file;
	bool good = draft_open(&file, "hvpt fuzz", path, NULL, 0);

	draft_drop(&file);
	return good;
}

/* ---- checking -------------------------------------------------------- */

static bool check_both(struct failure *failure)
{
	bool failed = false;
	unsigned i;

	for (i = 0; i < FUZZ_CHECKERS; i++) {
		fuzz_check_apart(&failure->bench, (enum fuzz_checker)i,
				 failure->events, failure->count,
				 &failure->verdict[i]);
		failure->seen[i] = failure->verdict[i].failed;
		failed = failed || failure->seen[i];
	}
	return failed;
}

static void say_verdicts(const struct failure *failure)
{
	unsigned i;

	for (i = 0; i < FUZZ_CHECKERS; i++) {
		const struct fuzz_verdict *verdict = &failure->verdict[i];

		if (!verdict->failed)
			say("hvpt fuzz: %s finds no fault",
			    fuzz_checker_name((enum fuzz_checker)i));
		else if (verdict->event == FUZZ_NO_EVENT)
			say("hvpt fuzz: %s: %s",
			    fuzz_checker_name((enum fuzz_checker)i),
			    verdict->text);
		else if (verdict->event < failure->count)
			say("hvpt fuzz: %s, event %zu: %s",
			    fuzz_checker_name((enum fuzz_checker)i),
			    verdict->event + 1, verdict->text);
		else
			say("hvpt fuzz: %s, at the end: %s",
			    fuzz_checker_name((enum fuzz_checker)i),
			    verdict->text);
	}
}

/* ---- shrinking ------------------------------------------------------- */

/*
 * Is it the same kind of failure? The text must be equal except for numbers. A
 * sequence may have several failures, and shrinking must not change to another.
 */
static bool same_kind(const char *a, const char *b)
{
	static const char digits[] = "0123456789abcdefx";

	while (*a != '\0' && *b != '\0') {
		bool number = *a >= '0' && *a <= '9' && *b >= '0' && *b <= '9';

		if (!number && *a != *b)
			return false;
		a += number ? strspn(a, digits) : 1;
		b += number ? strspn(b, digits) : 1;
	}
	return *a == *b;
}

/* Who saw it before must see it still; the replay is what is handed on. */
static bool still_fails(void *ctx, const struct trace_event *events,
			size_t count)
{
	struct failure *failure = ctx;
	struct fuzz_verdict verdict;
	unsigned i;

	if (fuzz_interrupted())
		return false;
	failure->tries++;
	if (!failure->options->replay.quiet && say_can_progress() &&
	    failure->tries % PROGRESS_TRIES == 0)
		say_progress("hvpt fuzz: shrinking", -1, count);
	for (i = FUZZ_CHECKERS; i-- > 0;) {
		if (!failure->seen[i])
			continue;
		fuzz_check_apart(&failure->bench, (enum fuzz_checker)i, events,
				 count, &verdict);
		if (!verdict.failed ||
		    !same_kind(verdict.text, failure->verdict[i].text))
			return false;
	}
	return true;
}

static void shrink_failure(struct failure *failure)
{
	size_t before = failure->count;

	failure->count = shrink(failure->events, failure->count, still_fails,
				failure);
	say("hvpt fuzz: shrunk from %zu to %zu events in %" PRIu64 " tries%s",
	    before, failure->count, failure->tries,
	    fuzz_interrupted() ? ", interrupted" : "");
	(void)check_both(failure);
}

/* ---- writing --------------------------------------------------------- */

static bool write_file(const struct failure *failure,
		       const struct fuzz_search *search)
{
	char command[FUZZ_COMMAND_MAX];
	struct draft file;

	if (!draft_open(&file, "hvpt fuzz", failure->options->output, NULL, 0))
		return false;
	fprintf(file.out,
		"# Found by hvpt fuzz: seed %" PRIu64 ", sequence %" PRIu64
		"\n",
		search->seed, search->number);
	fuzz_replay_command(command, failure->options);
	fprintf(file.out, "# %s\n", command);
	/* keeping it finds errors */
	(void)trace_write(file.out, failure->events, failure->count);
	return draft_keep(&file, false);
}

static void say_events(const struct failure *failure)
{
	char text[TRACE_TEXT_MAX];
	size_t i;

	for (i = 0; i < failure->count; i++) {
		trace_print(text, &failure->events[i], i + 1);
		text[strcspn(text, "\n")] = '\0';
		say("  %s", text);
	}
}

/* Read it with the parser, as users of the file do. */
static void confirm(struct failure *failure)
{
	struct fuzz_verdict verdict;
	char command[FUZZ_COMMAND_MAX];

	fuzz_check_file(&failure->bench, failure->options->output, &verdict);
	if (verdict.failed) {
		fuzz_replay_command(command, failure->options);
	} else {
		if (failure->seen[FUZZ_REPLAY])
			say("hvpt fuzz: the trace, read back, does not fail");
		fuzz_check_command(command, failure->options);
	}
	say("hvpt fuzz: written to %s; to repeat it:",
	    failure->options->output);
	say("  %s", command);
}

static enum exit_code handle(struct failure *failure,
			     const struct fuzz_search *search)
{
	say("hvpt fuzz: seed %" PRIu64 ", sequence %" PRIu64
	    " of %zu events fails",
	    search->seed, search->number, failure->count);
	if (check_both(failure)) {
		say_verdicts(failure);
		shrink_failure(failure);
	} else {
		say("hvpt fuzz: repeated, it does not fail");
	}
	if (!write_file(failure, search))
		return EXIT_BAD_INPUT;
	say_events(failure);
	say_verdicts(failure);
	confirm(failure);
	return EXIT_MISMATCH;
}

static bool open_bench(struct failure *failure,
		       const struct fuzz_options *options)
{
	memset(failure, 0, sizeof(*failure));
	failure->options = options;
	if (fuzz_bench_open(&failure->bench, options))
		return true;
	say("hvpt fuzz: out of memory");
	fuzz_bench_close(&failure->bench);
	return false;
}

enum exit_code fuzz_failure(const struct fuzz_options *options,
			    const struct fuzz_search *search)
{
	struct trace_event events[FUZZ_EVENTS_MAX];
	struct fuzz_options drawn;
	struct failure failure;
	enum exit_code code;

	fuzz_draw(options, search->seed, search->number, &drawn);
	if (!open_bench(&failure, &drawn))
		return EXIT_BAD_INPUT;
	failure.events = events;
	failure.count = fuzz_generate(&drawn.replay, search->seed,
				      search->number, events);
	if (failure.count > search->count)
		failure.count = search->count;
	code = handle(&failure, search);
	fuzz_bench_close(&failure.bench);
	return code;
}

/* ---- a trace --------------------------------------------------------- */

enum exit_code fuzz_check_trace(const struct fuzz_options *options)
{
	enum exit_code code = EXIT_BAD_INPUT;
	char error[TRACE_LOAD_ERROR];
	struct failure failure;
	struct trace_list list;

	if (!output_streams_differ("hvpt fuzz", &options->check, 1))
		return code;
	if (!trace_load(options->check, &list, error)) {
		say("%s: error: %s", options->check, error);
	} else if (list.count == 0) {
		say("%s: error: it has no event", options->check);
	} else if (open_bench(&failure, options)) {
		failure.events = list.events;
		failure.count = list.count;
		code = check_both(&failure) ? EXIT_MISMATCH : EXIT_ALL_WELL;
		if (code != EXIT_ALL_WELL || !options->replay.quiet)
			say_verdicts(&failure);
		fuzz_bench_close(&failure.bench);
	}
	free(list.events);
	return code;
}
