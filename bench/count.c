/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#define _GNU_SOURCE

#include "count.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "live.h"
#include "pool.h"

#define ARGS_MAX 64

/** Counts so far at each reading of the clock. */
struct readings {
	uint64_t *count;
	size_t n;
	size_t room;
};

void count_once(struct results *results, const struct bench_options *options,
		count_fn run_all)
{
	void *page = pool_alloc_zeroed();

	clock_counting = true;
	clock_calibrate(pool_clear, page);
	run_all(results, options);
	clock_counting = false;
	pool_free(page);
}

static bool start_program(char **args, bool silent)
{
	int status = -1;
	pid_t pid = fork();

	if (pid == 0) {
		int null = open("/dev/null", O_WRONLY);

		dup2(null, STDOUT_FILENO);
		if (silent)
			dup2(null, STDERR_FILENO);
		execvp(args[0], args);
		_exit(127);
	}
	if (pid < 0 || waitpid(pid, &status, 0) != pid)
		return false;
	return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

static bool have_valgrind(void)
{
	char name[] = "valgrind", version[] = "--version";
	char *args[] = { name, version, NULL };

	return start_program(args, true);
}

static bool run_under_valgrind(const char *out, char **argv)
{
	static char words[][40] = { "valgrind", "-q", "--tool=callgrind",
				    "--dump-before=clock_mark" };
	static char self[] = "/proc/self/exe", mark[] = COUNT_OPTION;
	char out_option[128], exe[4096], *args[ARGS_MAX];
	ssize_t length = readlink(self, exe, sizeof(exe) - 1);
	size_t n = 0;

	if (length < 0)
		return false;
	exe[length] = '\0';
	snprintf(out_option, sizeof(out_option), "--callgrind-out-file=%s/out",
		 out);
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		args[n++] = words[i];
	args[n++] = out_option;
	args[n++] = exe;
	args[n++] = mark;
	for (char **word = argv + 1; *word && n < ARGS_MAX - 1; word++)
		args[n++] = *word;
	args[n] = NULL;
	return start_program(args, false);
}

/* The sum of instructions in a dump of callgrind. */
static bool read_total(const char *path, uint64_t *total)
{
	FILE *file = fopen(path, "r");
	char line[512];
	bool found = false;

	if (!file)
		return false;
	while (!found && fgets(line, sizeof(line), file)) {
		if (strncmp(line, "totals: ", 8) == 0) {
			*total = strtoull(line + 8, NULL, 10);
			found = true;
		}
	}
	fclose(file);
	return found;
}

static void read_dumps(const char *folder, struct readings *r)
{
	char path[128];
	uint64_t sum = 0, total;

	for (unsigned i = 1;; i++) {
		snprintf(path, sizeof(path), "%s/out.%u", folder, i);
		if (!read_total(path, &total))
			break;
		sum += total;
		r->count = live_room(r->count, r->n, &r->room,
				     sizeof(*r->count));
		r->count[r->n++] = sum;
		unlink(path);
	}
	snprintf(path, sizeof(path), "%s/out", folder);
	unlink(path);
	rmdir(folder);
}

/* Runs the workloads again, as under valgrind. */
static void replay(struct results *results, const struct bench_options *options,
		   const struct readings *r, count_fn run_all)
{
	clock_script(r->count, r->n, pool_clears);
	count_once(results, options, run_all);
	if (clock_marks() != r->n)
		results->counter = "not counted: the two runs were not alike";
}

void count_instructions(struct results *results,
			const struct bench_options *options, char **argv,
			count_fn run_all)
{
	char folder[] = "/tmp/hvpt-bench-XXXXXX";
	struct readings readings = { NULL, 0, 0 };

	if (!have_valgrind()) {
		results->counter = "not counted: there is no valgrind";
		return;
	}
	if (!mkdtemp(folder) || !run_under_valgrind(folder, argv)) {
		results->counter = "not counted: valgrind failed";
		rmdir(folder);
		return;
	}
	results->counter = "counted by valgrind, clearing of pages left out";
	read_dumps(folder, &readings);
	replay(results, options, &readings, run_all);
	free(readings.count);
}
