/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include "replay.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "apply.h"
#include "session.h"
#include "teardown.h"
#include "tools/interrupt.h"
#include "trace/input.h"
#include "trace/pairing.h"
#include "trace/say.h"

/* Lines between two updates of the progress line. */
#define PROGRESS_LINES 4096u

/**
 * struct replay - the replay of one trace
 * @options: as given
 * @result: the figures
 * @session: the page tables
 * @pairing: pending kprobe lines
 */
struct replay {
	const struct replay_options *options;
	struct replay_result *result;
	struct session session;
	struct pairing pairing;
};

/* ---- lines ----------------------------------------------------------- */

/* Return: whether to continue. */
static bool take_malformed(struct replay *replay, const struct trace_line *line,
			   const char *text, size_t length)
{
	struct replay_result *result = replay->result;
	char shown[120];

	result->malformed++;
	if (result->malformed <= SAY_MAX || replay->options->strict) {
		say_shorten(shown, sizeof(shown), text, length);
		say("%s:%" PRIu64 ": %s: %s", result->file, result->lines,
		    line->error, shown);
	}
	if (result->malformed == SAY_MAX)
		say("%s: further malformed lines are only counted",
		    result->file);
	if (!replay->options->strict)
		return true;
	snprintf(result->error, sizeof(result->error),
		 "line %" PRIu64 " is malformed (--strict)", result->lines);
	return false;
}

/* @lost: 0 means an unknown number. */
static void take_lost(struct replay *replay, uint64_t lost)
{
	struct replay_result *result = replay->result;
	char number[32] = "an unknown number of";

	result->lost += lost;
	result->lost_unknown += lost == 0;
	if (replay->options->quiet)
		return;
	if (lost)
		snprintf(number, sizeof(number), "%" PRIu64, lost);
	say("%s:%" PRIu64 ": note: the tracer lost %s events; expect unknown "
	    "unmaps and conflicts",
	    result->file, result->lines, number);
}

static bool take_line(struct replay *replay, const char *text, size_t length)
{
	struct trace_line line;

	replay->result->lines++;
	trace_parse(text, length, &line);
	line.event.line = replay->result->lines;
	switch (line.class) {
	case TRACE_BLANK:
		return true;
	case TRACE_OTHER:
		replay->result->other_lines++;
		return true;
	case TRACE_LOST:
		take_lost(replay, line.lost);
		return true;
	case TRACE_MALFORMED:
		return take_malformed(replay, &line, text, length);
	case TRACE_EVENT:
	case TRACE_PROBE:
		break;
	}
	return pairing_add(&replay->pairing, &line, apply_event,
			   &replay->session);
}

static void take_lines(struct replay *replay, struct input *input)
{
	struct replay_result *result = replay->result;
	bool progress = !replay->options->quiet && say_can_progress();
	enum input_status status;
	const char *text;
	size_t length;

	for (;;) {
		status = input_line(input, &text, &length);
		if (status != INPUT_LINE || interrupt_came() ||
		    !take_line(replay, text, length))
			break;
		if (progress && result->lines % PROGRESS_LINES == 0)
			say_progress(result->file, input_percent(input),
				     result->events);
	}
	say_progress_end();
	if (interrupt_came())
		snprintf(result->error, sizeof(result->error),
			 "interrupted after line %" PRIu64, result->lines);
	else if (status == INPUT_ERROR)
		snprintf(result->error, sizeof(result->error), "%s",
			 input_error(input));
	else if (status == INPUT_END)
		(void)pairing_finish(&replay->pairing, apply_event,
				     &replay->session);
}

/* ---- a file ---------------------------------------------------------- */

static void check_end(struct replay *replay)
{
	struct replay_result *result = replay->result;
	struct domain_set *domains = &replay->session.domains;
	size_t i;

	session_audit(&replay->session);
	for (i = 0; i < domains->count; i++) {
		check_everything(&replay->session.checker, domains->list[i]);
		result->left_mapped_bytes += hvpt_model_bytes(
			domains->list[i]->model);
	}
	result->domains = domains->count;
	result->table_pages_final = hvpt_arena_in_use(domains->host.arena);
	result->table_pages_peak = hvpt_arena_peak(domains->host.arena);
}

static void read_hypervisor(struct replay_result *result, struct hypervisor *hv)
{
	struct hypervisor_stats stats;
	uint16_t code;
	size_t i;

	hypervisor_read_stats(hv, &stats);
	result->hypercalls = stats.calls;
	result->descriptors = stats.descriptors;
	result->pages_flushed = stats.flushed_pages;
	result->full_flushes = stats.full_flushes;
	result->dmas = stats.dmas;
	for (i = 0; i < REPORT_CALLS_MAX; i++) {
		code = hypervisor_call_code(i);
		if (code == 0)
			break;
		result->calls[i].name = hypervisor_call_name(code);
		result->calls[i].count = hypervisor_calls(hv, code);
	}
}

static void read_backends(struct replay_result *result, struct checker *checker,
			  const struct replay_host *host)
{
	const char *error = host_backend_error(host);
	size_t i;

	for (i = 0; i < HOST_BACKENDS && host->backend[i]; i++) {
		struct backend *backend = host->backend[i];

		if (backend->ops->check_end && !backend->error)
			backend->ops->check_end(backend, checker);
	}
	if (error && result->error[0] == '\0')
		snprintf(result->error, sizeof(result->error), "%s", error);
	result->stale_before = host->model.stale;
	if (host->backend[1]) {
		result->walker_checks = host->backend[1]->accesses;
		result->walker_stale = host->backend[1]->stale;
	}
}

/* Also after an error: what was replayed before must be correct. */
static void finish(struct replay *replay)
{
	struct replay_result *result = replay->result;
	struct checker *checker = &replay->session.checker;

	checker->line = 0;
	result->other_lines += replay->pairing.ignored;
	check_end(replay);
	teardown(&replay->session);
	read_hypervisor(result, replay->session.domains.host.hv);
	read_backends(result, checker, &replay->session.domains.host);
	result->checks = checker->checks;
	result->mismatches = checker->mismatches;
	result->stale_after = checker->stale_after;
	snprintf(result->mismatch, sizeof(result->mismatch), "%s",
		 checker->first);
	result->mismatch_line = checker->first_line;
}

static bool begin(struct replay *replay, size_t table_pages)
{
	struct replay_result *result = replay->result;
	struct domain_set *domains = &replay->session.domains;

	replay->session.options = replay->options;
	replay->session.result = result;
	pairing_init(&replay->pairing);
	checker_init(&replay->session.checker, result->file,
		     replay->options->seed);
	if (domain_set_init(domains, replay->options, table_pages))
		return true;
	snprintf(result->error, sizeof(result->error), "%s", domains->error);
	result->opened = domains->host.arena != NULL;
	return false;
}

static void run(struct replay *replay, struct input *input)
{
	if (begin(replay, DOMAIN_TABLE_PAGES)) {
		take_lines(replay, input);
		finish(replay);
	}
	domain_set_close(&replay->session.domains);
}

/* Several devices without dom= look like one that maps mapped ranges. */
static void note_nameless(const struct replay *replay)
{
	const struct replay_result *result = replay->result;

	if (replay->options->quiet || result->named || result->conflicts == 0)
		return;
	say("%s: note: %" PRIu64 " maps of mapped ranges, and no "
	    "event names its domain (dom=): several devices look like one; "
	    "docs/RECORDING.md says how to record dom= by kprobes",
	    result->file, result->conflicts);
}

static enum exit_code exit_code_of(const struct replay_result *result)
{
	if (result->mismatches)
		return EXIT_MISMATCH;
	return result->error[0] ? EXIT_BAD_INPUT : EXIT_ALL_WELL;
}

enum exit_code replay_file(const char *path,
			   const struct replay_options *options,
			   struct replay_result *result)
{
	const char *error = "out of memory";
	struct replay *replay = calloc(1, sizeof(*replay));
	struct input *input = NULL;

	memset(result, 0, sizeof(*result));
	result->file = strcmp(path, "-") == 0 ? "<stdin>" : path;
	if (replay)
		input = input_open(path, &error);
	result->opened = input != NULL;
	if (input) {
		replay->options = options;
		replay->result = result;
		run(replay, input);
		if (result->events == 0 && result->error[0] == '\0')
			snprintf(result->error, sizeof(result->error),
				 "it has no map or unmap event");
		note_nameless(replay);
	} else {
		snprintf(result->error, sizeof(result->error), "%s", error);
	}
	input_close(input);
	free(replay);
	if (result->error[0])
		say("%s: error: %s", path[0] ? result->file : "''",
		    result->error);
	return exit_code_of(result);
}

/* ---- events in memory ------------------------------------------------ */

static void apply_all(struct session *session, const struct trace_event *events,
		      size_t count)
{
	size_t i;

	for (i = 0; i < count; i++) {
		struct trace_event event = events[i];

		event.line = i + 1;
		if (!apply_event(session, &event))
			break;
	}
}

enum exit_code replay_events(const struct trace_event *events, size_t count,
			     const struct replay_options *options,
			     size_t table_pages, struct replay_result *result)
{
	struct replay *replay = calloc(1, sizeof(*replay));
	struct replay_options silent = *options;

	silent.quiet = true;
	memset(result, 0, sizeof(*result));
	result->file = "<memory>";
	if (!replay) {
		snprintf(result->error, sizeof(result->error), "out of memory");
		return EXIT_BAD_INPUT;
	}
	replay->options = &silent;
	replay->result = result;
	if (begin(replay, table_pages)) {
		replay->session.checker.quiet = true;
		apply_all(&replay->session, events, count);
		finish(replay);
	}
	domain_set_close(&replay->session.domains);
	free(replay);
	return exit_code_of(result);
}
