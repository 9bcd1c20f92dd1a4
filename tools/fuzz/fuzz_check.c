/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#define _GNU_SOURCE

#include "fuzz_check.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tools/replay/replay.h"
#include "trace/say.h"
#include "oracle/reference/reference.h"

/* The time limit of a sequence; none takes as long. */
#define SECONDS_MAX 60u

/* The whole tree is compared after this many events. */
#define SCAN_EVERY 8u

const char *fuzz_checker_name(enum fuzz_checker checker)
{
	return checker == FUZZ_TABLE ? "the reference" : "the replay";
}

bool fuzz_bench_open(struct fuzz_bench *bench,
		     const struct fuzz_options *options)
{
	bool good = true;
	size_t i;

	bench->options = options;
	for (i = 0; i < FUZZ_DOMAINS; i++) {
		bench->reference[i] = reference_create();
		good = good && bench->reference[i];
	}
	return good;
}

void fuzz_bench_close(struct fuzz_bench *bench)
{
	size_t i;

	for (i = 0; i < FUZZ_DOMAINS; i++)
		reference_destroy(bench->reference[i]);
}

/* ---- the reference ------------------------------------------ */

static void start_reference(struct fuzz_bench *bench, struct reference *ref)
{
	const struct replay_options *replay = &bench->options->replay;
	struct ref_config config;

	memset(&config, 0, sizeof(config));
	config.page_sizes = replay->page_sizes;
	config.levels = replay->levels;
	config.width = replay->width;
	config.form = (uint32_t)replay->form;
	config.scan_every = SCAN_EVERY;
	(void)reference_start(ref, &config);
}

static enum ref_kind kind_of(enum trace_kind kind)
{
	switch (kind) {
	case TRACE_MAP:
		return REF_MAP;
	case TRACE_UNMAP:
		return REF_UNMAP;
	case TRACE_PROTECT:
		return REF_PROTECT;
	case TRACE_RECLAIM:
		return REF_RECLAIM;
	case TRACE_SYNC:
		break;
	}
	return REF_SYNC;
}

static void apply(struct reference *ref, const struct trace_event *event)
{
	struct ref_op op;

	memset(&op, 0, sizeof(op));
	if (event->nomem) {
		op.kind = REF_FAIL_ALLOC;
		op.count = event->nomem;
		(void)reference_apply(ref, &op);
	}
	op.kind = kind_of(event->kind);
	op.iova = event->iova;
	op.gpa = event->gpa;
	op.length = event->size;
	op.prot = event->has_prot ? event->prot : HVPT_PROT_MASK;
	(void)reference_apply(ref, &op);
}

static bool note(const struct reference *ref, size_t event,
		 struct fuzz_verdict *verdict)
{
	const char *text = reference_violation(ref);

	if (!text)
		return false;
	verdict->failed = true;
	verdict->event = event;
	snprintf(verdict->text, sizeof(verdict->text), "%s", text);
	return true;
}

static struct reference *reference_of(struct fuzz_bench *bench,
				      const struct trace_event *event)
{
	return bench->reference[event->has_dom && event->dom == 2];
}

static void check_table(struct fuzz_bench *bench,
			const struct trace_event *events, size_t count,
			struct fuzz_verdict *verdict)
{
	size_t i;

	for (i = 0; i < FUZZ_DOMAINS; i++)
		start_reference(bench, bench->reference[i]);
	for (i = 0; i < count; i++) {
		struct reference *ref = reference_of(bench, &events[i]);

		apply(ref, &events[i]);
		if (note(ref, i, verdict))
			return;
	}
	for (i = 0; i < FUZZ_DOMAINS; i++) {
		(void)reference_finish(bench->reference[i]);
		if (note(bench->reference[i], count, verdict))
			return;
	}
}

/* ---- the replay ------------------------------------------------------ */

static void note_result(const struct replay_result *result, size_t count,
			struct fuzz_verdict *verdict)
{
	if (!result->mismatches)
		return;
	verdict->failed = true;
	verdict->event = result->mismatch_line ? result->mismatch_line - 1 :
						 count;
	snprintf(verdict->text, sizeof(verdict->text), "%s", result->mismatch);
}

static void check_replay(struct fuzz_bench *bench,
			 const struct trace_event *events, size_t count,
			 struct fuzz_verdict *verdict)
{
	struct replay_result result;

	(void)replay_events(events, count, &bench->options->replay,
			    FUZZ_TABLE_PAGES, &result);
	note_result(&result, count, verdict);
}

void fuzz_check(struct fuzz_bench *bench, enum fuzz_checker checker,
		const struct trace_event *events, size_t count,
		struct fuzz_verdict *verdict)
{
	verdict->failed = false;
	verdict->event = 0;
	verdict->text[0] = '\0';
	if (checker == FUZZ_TABLE)
		check_table(bench, events, count, verdict);
	else
		check_replay(bench, events, count, verdict);
}

/* ---- in a process of its own ----------------------------------------- */

/* Describes why a process ended. */
static int describe_death(int wait_status, char *text, size_t room)
{
	if (WIFEXITED(wait_status))
		return snprintf(text, room, "the process ends, status %d",
				WEXITSTATUS(wait_status));
	if (WTERMSIG(wait_status) == SIGALRM)
		return snprintf(text, room, "does not end within %u seconds",
				SECONDS_MAX);
	return snprintf(text, room, "crash: signal %d, %s",
			WTERMSIG(wait_status),
			strsignal(WTERMSIG(wait_status)));
}

/* The line that says most of what a process said. */
static void quote(FILE *said, char *text, size_t room)
{
	char line[200];

	text[0] = '\0';
	rewind(said);
	while (fgets(line, sizeof(line), said)) {
		const char *error = strstr(line, "ERROR: ");

		line[strcspn(line, "\n")] = '\0';
		if (error || text[0] == '\0')
			say_shorten(text, room, error ? error : line,
				    strlen(error ? error : line));
		if (error)
			break;
	}
}

static void died(int wait_status, FILE *said, struct fuzz_verdict *verdict)
{
	char words[160];
	int length;

	memset(verdict, 0, sizeof(*verdict));
	verdict->failed = true;
	verdict->event = FUZZ_NO_EVENT;
	quote(said, words, sizeof(words));
	length = describe_death(wait_status, verdict->text,
				sizeof(verdict->text));
	if (words[0] != '\0' && length > 0 &&
	    (size_t)length < sizeof(verdict->text))
		snprintf(verdict->text + length,
			 sizeof(verdict->text) - (size_t)length, ": %s", words);
}

/**
 * struct task - the task of a process
 * @events: NULL: replay @path
 */
struct task {
	struct fuzz_bench *bench;
	enum fuzz_checker checker;
	const struct trace_event *events;
	size_t count;
	const char *path;
};

static void run_task(const struct task *task, struct fuzz_verdict *verdict)
{
	struct replay_options options = task->bench->options->replay;
	struct replay_result result;

	if (task->events) {
		fuzz_check(task->bench, task->checker, task->events,
			   task->count, verdict);
		return;
	}
	memset(verdict, 0, sizeof(*verdict));
	options.quiet = true;
	(void)replay_file(task->path, &options, &result);
	note_result(&result, 0, verdict);
}

void fuzz_no_core(void)
{
	const struct rlimit none = { 0, 0 };

	(void)setrlimit(RLIMIT_CORE, &none);
}

static void child(const struct task *task, int pipe_end, FILE *said)
{
	struct fuzz_verdict verdict;

	if (dup2(fileno(said), STDERR_FILENO) < 0)
		_exit(EXIT_BAD_INPUT);
	fuzz_no_core();
	(void)alarm(SECONDS_MAX);
	/* The whole structure goes through the pipe, with unused bytes. */
	memset(&verdict, 0, sizeof(verdict));
	run_task(task, &verdict);
	if (write(pipe_end, &verdict, sizeof(verdict)) !=
	    (ssize_t)sizeof(verdict))
		_exit(EXIT_BAD_INPUT);
	_exit(EXIT_ALL_WELL);
}

static ssize_t read_all(int fd, void *to, size_t bytes)
{
	size_t got = 0;

	while (got < bytes) {
		ssize_t more = read(fd, (char *)to + got, bytes - got);

		if (more < 0 && errno == EINTR)
			continue;
		if (more <= 0)
			break;
		got += (size_t)more;
	}
	return (ssize_t)got;
}

static void collect(pid_t pid, int pipe_end, FILE *said,
		    struct fuzz_verdict *verdict)
{
	ssize_t got = read_all(pipe_end, verdict, sizeof(*verdict));
	int status = 0;

	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	if (got == (ssize_t)sizeof(*verdict) && WIFEXITED(status) &&
	    WEXITSTATUS(status) == EXIT_ALL_WELL)
		return;
	died(status, said, verdict);
}

static void run_apart(const struct task *task, const int ends[2], FILE *said,
		      struct fuzz_verdict *verdict)
{
	pid_t pid = fork();

	if (pid == 0) {
		(void)close(ends[0]);
		child(task, ends[1], said);
	}
	(void)close(ends[1]);
	if (pid > 0)
		collect(pid, ends[0], said, verdict);
	(void)close(ends[0]);
}

/* If no process can be started, nothing is found. */
static void apart(const struct task *task, struct fuzz_verdict *verdict)
{
	FILE *said = tmpfile();
	int ends[2];

	memset(verdict, 0, sizeof(*verdict));
	(void)fflush(stdout);
	if (said && pipe(ends) == 0)
		run_apart(task, ends, said, verdict);
	if (said)
		(void)fclose(said);
}

void fuzz_check_apart(struct fuzz_bench *bench, enum fuzz_checker checker,
		      const struct trace_event *events, size_t count,
		      struct fuzz_verdict *verdict)
{
	struct task task = { bench, checker, events, count, NULL };

	apart(&task, verdict);
}

void fuzz_check_file(struct fuzz_bench *bench, const char *path,
		     struct fuzz_verdict *verdict)
{
	struct task task = { bench, FUZZ_REPLAY, NULL, 0, path };

	apart(&task, verdict);
}
