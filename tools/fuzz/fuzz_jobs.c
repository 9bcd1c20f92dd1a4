/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#define _GNU_SOURCE

#include "fuzz_jobs.h"

#include <errno.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "fuzz_check.h"
#include "fuzz_generate.h"
#include "trace/say.h"

/* Time between two checks of the processes and the progress line. */
#define LOOK_MILLISECONDS 200

/* A process that does not end by itself is ended. */
#define PATIENCE_MILLISECONDS 10000u

/* The time limit of a sequence. */
#define SEQUENCE_SECONDS 60u

/**
 * struct slot - the state that one process reports
 * @number, @count: the sequence at hand
 * @failed: it failed
 */
struct slot {
	_Atomic uint64_t sequences;
	_Atomic uint64_t events;
	_Atomic uint64_t number;
	_Atomic uint64_t count;
	atomic_bool failed;
};

/** Memory of all processes. */
struct shared {
	atomic_bool stop;
	struct slot slot[FUZZ_JOBS_MAX];
};

/**
 * struct team - the processes, for the first one
 * @pid: of each; 0: it has ended
 * @failed: the first that failed, by its place; FUZZ_JOBS_MAX: none
 */
struct team {
	const struct fuzz_options *options;
	struct fuzz_search *search;
	struct shared *shared;
	pid_t pid[FUZZ_JOBS_MAX];
	unsigned running;
	unsigned failed;
	uint64_t started;
	uint64_t stopped;
};

static uint64_t milliseconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

/* ---- one process ----------------------------------------------------- */

/* The events of one process: an equal part of all. */
static uint64_t share_of(const struct fuzz_options *options, unsigned place)
{
	uint64_t rest = options->ops % options->jobs;

	if (options->ops == 0)
		return UINT64_MAX;
	return options->ops / options->jobs + (place < rest ? 1 : 0);
}

static bool sequence_fails(struct fuzz_bench *bench,
			   const struct trace_event *events, size_t count)
{
	struct fuzz_verdict verdict;
	unsigned checker;

	for (checker = 0; checker < FUZZ_CHECKERS; checker++) {
		fuzz_check(bench, (enum fuzz_checker)checker, events, count,
			   &verdict);
		if (verdict.failed)
			return true;
	}
	return false;
}

static void work(const struct team *team, unsigned place, pid_t parent)
{
	const struct fuzz_options *options = team->options;
	struct slot *slot = &team->shared->slot[place];
	struct trace_event events[FUZZ_EVENTS_MAX];
	uint64_t left = share_of(options, place);
	struct fuzz_options drawn = *options;
	struct fuzz_bench bench;
	uint64_t seed = options->replay.seed + place;
	uint64_t number;

	if (!fuzz_bench_open(&bench, &drawn))
		_exit(EXIT_BAD_INPUT);
	for (number = 0; left > 0 && !atomic_load(&team->shared->stop) &&
			 getppid() == parent;
	     number++) {
		size_t count;

		fuzz_draw(options, seed, number, &drawn);
		count = fuzz_generate(&drawn.replay, seed, number, events);
		if (count > left)
			count = (size_t)left;
		left -= count;
		atomic_store(&slot->number, number);
		atomic_store(&slot->count, count);
		(void)alarm(SEQUENCE_SECONDS);
		if (sequence_fails(&bench, events, count)) {
			atomic_store(&slot->failed, true);
			break;
		}
		atomic_fetch_add(&slot->sequences, 1);
		atomic_fetch_add(&slot->events, count);
	}
	fuzz_bench_close(&bench);
}

/* The output of a crash is read when the sequence is repeated. */
static bool start(struct team *team, unsigned place)
{
	pid_t parent = getpid();
	pid_t pid = fork();

	if (pid < 0)
		return false;
	if (pid == 0) {
		if (!freopen("/dev/null", "w", stderr))
			_exit(EXIT_BAD_INPUT);
		fuzz_no_core();
		work(team, place, parent);
		_exit(EXIT_ALL_WELL);
	}
	team->pid[place] = pid;
	team->running++;
	return true;
}

/* ---- all of them ----------------------------------------------------- */

static void stop(struct team *team, enum fuzz_end why)
{
	if (atomic_load(&team->shared->stop))
		return;
	team->search->end = why;
	team->stopped = milliseconds();
	atomic_store(&team->shared->stop, true);
}

/* A process ended: normally, with a failure, or by a crash. */
static void ended(struct team *team, unsigned place, int status)
{
	struct slot *slot = &team->shared->slot[place];

	team->pid[place] = 0;
	team->running--;
	/* If look() killed it, the search has ended already. */
	if ((WIFEXITED(status) && WEXITSTATUS(status) == EXIT_BAD_INPUT) ||
	    (WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL)) {
		stop(team, FUZZ_END_ERROR);
		return;
	}
	if (!WIFEXITED(status) || WEXITSTATUS(status) != EXIT_ALL_WELL)
		atomic_store(&slot->failed, true);
	if (!atomic_load(&slot->failed))
		return;
	if (place < team->failed)
		team->failed = place;
	stop(team, FUZZ_END_FAILURE);
}

static void reap(struct team *team)
{
	unsigned place;
	int status;

	for (place = 0; place < team->options->jobs; place++) {
		if (team->pid[place] != 0 &&
		    waitpid(team->pid[place], &status, WNOHANG) ==
			    team->pid[place])
			ended(team, place, status);
	}
}

static void sum_up(struct team *team)
{
	struct fuzz_search *search = team->search;
	unsigned place;

	search->sequences = 0;
	search->events = 0;
	for (place = 0; place < team->options->jobs; place++) {
		const struct slot *slot = &team->shared->slot[place];

		search->sequences += atomic_load(&slot->sequences);
		search->events += atomic_load(&slot->events);
	}
}

static int percent(const struct team *team, uint64_t passed)
{
	const struct fuzz_options *options = team->options;
	double done = 0;

	if (options->ops)
		done = (double)team->search->events / (double)options->ops;
	if (options->seconds &&
	    (double)passed / 1000 / (double)options->seconds > done)
		done = (double)passed / 1000 / (double)options->seconds;
	return done < 1 ? (int)(done * 100) : 100;
}

static void look(struct team *team)
{
	uint64_t now = milliseconds();
	uint64_t passed = now - team->started;
	unsigned place;

	sum_up(team);
	if (!team->options->replay.quiet && say_can_progress())
		say_progress("hvpt fuzz", percent(team, passed),
			     team->search->events);
	if (team->options->seconds && passed / 1000 >= team->options->seconds)
		stop(team, FUZZ_END_TIME);
	if (!atomic_load(&team->shared->stop) ||
	    now - team->stopped < PATIENCE_MILLISECONDS)
		return;
	for (place = 0; place < team->options->jobs; place++) {
		if (team->pid[place] != 0)
			(void)kill(team->pid[place], SIGKILL);
	}
}

static void ending_signals(sigset_t *set)
{
	sigemptyset(set);
	sigaddset(set, SIGINT);
	sigaddset(set, SIGTERM);
}

bool fuzz_interrupted(void)
{
	const struct timespec at_once = { 0, 0 };
	static bool interrupted; /* once taken, it is no longer pending */
	sigset_t set;

	ending_signals(&set);
	if (sigtimedwait(&set, NULL, &at_once) > 0)
		interrupted = true;
	return interrupted;
}

/* Signals stay blocked, so none arrives between two checks. */
static void attend(struct team *team, const sigset_t *set)
{
	const struct timespec pause = { 0, LOOK_MILLISECONDS * 1000000L };

	while (team->running > 0) {
		int got = sigtimedwait(set, NULL, &pause);

		if (got == SIGINT || got == SIGTERM)
			stop(team, FUZZ_END_INTERRUPTED);
		reap(team);
		look(team);
	}
	say_progress_end();
}

static void run(struct team *team)
{
	unsigned place;
	sigset_t set;

	ending_signals(&set);
	sigaddset(&set, SIGCHLD);
	sigprocmask(SIG_BLOCK, &set, NULL);
	team->started = milliseconds();
	team->failed = FUZZ_JOBS_MAX;
	for (place = 0; place < team->options->jobs; place++) {
		if (!start(team, place)) {
			stop(team, FUZZ_END_ERROR);
			break;
		}
	}
	attend(team, &set);
	sum_up(team);
	team->search->milliseconds = milliseconds() - team->started;
}

void fuzz_search(const struct fuzz_options *options, struct fuzz_search *search)
{
	struct team team;
	const struct slot *slot;

	memset(search, 0, sizeof(*search));
	memset(&team, 0, sizeof(team));
	team.options = options;
	team.search = search;
	team.shared = mmap(NULL, sizeof(*team.shared), PROT_READ | PROT_WRITE,
			   MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (team.shared == MAP_FAILED) {
		search->end = FUZZ_END_ERROR;
		return;
	}
	run(&team);
	if (team.failed < FUZZ_JOBS_MAX) {
		slot = &team.shared->slot[team.failed];
		search->end = FUZZ_END_FAILURE;
		search->seed = options->replay.seed + team.failed;
		search->number = atomic_load(&slot->number);
		search->count = atomic_load(&slot->count);
	}
	(void)munmap(team.shared, sizeof(*team.shared));
}
