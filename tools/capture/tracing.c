/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#define _POSIX_C_SOURCE 200809L

#include "tracing.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "trace/say.h"

/* The registers of the first five arguments: domain, iova, pa, size, prot. */
#if defined(__x86_64__)
#define ARGUMENTS "%di", "%si", "%dx", "%cx", "%r8"
#elif defined(__aarch64__)
#define ARGUMENTS "%x0", "%x1", "%x2", "%x3", "%x4"
#endif

#define NAMELESS "events do not name their domain"

/* ---- the steps ---------------------------------------------------------- */

__attribute__((format(printf, 3, 4))) static struct tracing_step *
add(struct tracing *tracing, const char *path, const char *format, ...)
{
	struct tracing_step *step = &tracing->steps[tracing->count++];
	va_list args;

	memset(step, 0, sizeof(*step));
	step->needs = TRACING_NO_STEP;
	/* A path that is cut is none of tracefs: the step fails. */
	if (snprintf(step->path, sizeof(step->path), "%s/%s", tracing->folder,
		     path) >= (int)sizeof(step->path))
		step->path[0] = '\0';
	va_start(args, format);
	(void)vsnprintf(step->value, sizeof(step->value), format, args);
	va_end(args);
	return step;
}

/* Return: the index of the step, for those that need it. */
static unsigned add_probe(struct tracing *tracing, const char *undo,
			  const char *text)
{
	struct tracing_step *step = add(tracing, "kprobe_events", "%s", text);

	step->undo_value = undo;
	step->optional = "no kprobe, so that " NAMELESS;
	return tracing->count - 1;
}

static void add_event(struct tracing *tracing, const char *name, unsigned needs)
{
	char path[80];
	struct tracing_step *step;

	snprintf(path, sizeof(path), "instances/hvpt/events/%s/enable", name);
	step = add(tracing, path, "1");
	step->undo_value = "0";
	step->needs = needs;
}

/* Is there a file of tracefs? */
static bool has(const struct tracing *tracing, const char *name)
{
	char path[TRACING_PATH_MAX + 30];

	snprintf(path, sizeof(path), "%s/%s", tracing->folder, name);
	return access(path, F_OK) == 0;
}

/* @map, @unmap: out: the steps; TRACING_NO_STEP: there are none */
static void add_probes(struct tracing *tracing, unsigned *map, unsigned *unmap)
{
	*map = *unmap = TRACING_NO_STEP;
#ifdef ARGUMENTS
	static const char *const argument[] = { ARGUMENTS };
	const char *function = tracing_probe(tracing);
	char text[TRACING_VALUE_MAX];

	if (!has(tracing, "kprobe_events")) {
		tracing->missing |= TRACING_LACKS_PROBES;
		say("%s: note: this kernel has no kprobes; %s", tracing->whose,
		    NAMELESS);
		return;
	}
	if (!function) {
		tracing->missing |= TRACING_LACKS_PROBES;
		say("%s: note: no iommu_map() in /proc/kallsyms, so no kprobe; "
		    "%s",
		    tracing->whose, NAMELESS);
		return;
	}
	snprintf(text, sizeof(text),
		 "p:hvpt/kmap %s dom=%s:x64 iova=%s:x64 pa=%s:x64 size=%s:x64 "
		 "prot=%s:x32",
		 function, argument[0], argument[1], argument[2], argument[3],
		 argument[4]);
	*map = add_probe(tracing, "-:hvpt/kmap", text);
	snprintf(text, sizeof(text),
		 "p:hvpt/kunmap __iommu_unmap dom=%s:x64 iova=%s:x64 "
		 "size=%s:x64",
		 argument[0], argument[1], argument[2]);
	*unmap = add_probe(tracing, "-:hvpt/kunmap", text);
#else
	tracing->missing |= TRACING_LACKS_PROBES;
	say("%s: note: the registers of this processor are not known; %s",
	    tracing->whose, NAMELESS);
#endif
}

void tracing_plan(struct tracing *tracing, uint64_t buffer_kib)
{
	unsigned map, unmap;

	add_probes(tracing, &map, &unmap);
	add(tracing, "instances/hvpt", "%s", "");
	add(tracing, "instances/hvpt/tracing_on", "0");
	add(tracing, "instances/hvpt/buffer_size_kb", "%" PRIu64, buffer_kib);
	add_event(tracing, "iommu/map", TRACING_NO_STEP);
	add_event(tracing, "iommu/unmap", TRACING_NO_STEP);
	if (map != TRACING_NO_STEP)
		add_event(tracing, "hvpt/kmap", map);
	if (unmap != TRACING_NO_STEP)
		add_event(tracing, "hvpt/kunmap", unmap);
	add(tracing, "instances/hvpt/tracing_on", "1")->undo_value = "0";
}

void tracing_init(struct tracing *tracing, const char *whose)
{
	memset(tracing, 0, sizeof(*tracing));
	tracing->whose = whose;
	tracing->root = getenv("HVPT_ROOT");
	if (!tracing->root)
		tracing->root = "";
	tracing_locate(tracing);
}

static bool is_folder(const struct tracing_step *step)
{
	return step->value[0] == '\0';
}

void tracing_print(FILE *out, const struct tracing *tracing)
{
	const struct tracing_step *step;
	unsigned i;

	for (i = 0; i < tracing->count; i++) {
		step = &tracing->steps[i];
		if (is_folder(step))
			fprintf(out, "mkdir %s\n", step->path);
		else
			fprintf(out, "write %s: %s\n", step->path, step->value);
	}
	fprintf(out, "read  %s/instances/hvpt/trace_pipe\n", tracing->folder);
	for (i = tracing->count; i-- > 0;) {
		step = &tracing->steps[i];
		if (is_folder(step))
			fprintf(out, "undo: rmdir %s\n", step->path);
		else if (step->undo_value)
			fprintf(out, "undo: write %s: %s\n", step->path,
				step->undo_value);
	}
}

/* ---- doing and undoing -------------------------------------------------- */

/* Return: 0 or an errno. Appends: kprobe_events would lose the others'. */
static int put(const char *path, const char *value)
{
	int fd = open(path, O_WRONLY | O_APPEND | O_CLOEXEC);
	char line[TRACING_VALUE_MAX + 1];
	ssize_t done;
	int error;

	if (fd < 0)
		return errno;
	snprintf(line, sizeof(line), "%s\n", value);
	done = write(fd, line, strlen(line));
	error = done < 0 ? errno : 0;
	if (close(fd) != 0 && error == 0)
		error = errno;
	return error;
}

static int do_step(const struct tracing_step *step)
{
	if (!is_folder(step))
		return put(step->path, step->value);
	return mkdir(step->path, 0700) == 0 ? 0 : errno;
}

/* What to do about it, or "". */
static const char *advice(int error)
{
	switch (error) {
	case ENOMEM:
		return "; a smaller --buffer needs less memory";
	case EACCES:
	case EPERM:
		return "; is the kernel locked down?";
	case EBUSY:
		return "; does another tracer use it?";
	default:
		return "";
	}
}

bool tracing_do(struct tracing *tracing)
{
	unsigned i;

	for (i = 0; i < tracing->count; i++) {
		struct tracing_step *step = &tracing->steps[i];
		int error;

		if (step->needs < i && !tracing->steps[step->needs].done)
			continue;
		error = do_step(step);
		step->done = error == 0;
		if (error == 0)
			continue;
		say("%s: %scannot %s %s: %s%s%s%s", tracing->whose,
		    step->optional ? "note: " : "",
		    is_folder(step) ? "make" : "write", step->path,
		    strerror(error), advice(error), step->optional ? ": " : "",
		    step->optional ? step->optional : "");
		if (!step->optional)
			return false;
		tracing->missing |= TRACING_LACKS_PROBES;
	}
	return true;
}

void tracing_stop(const struct tracing *tracing)
{
	char path[TRACING_PATH_MAX + 30];

	snprintf(path, sizeof(path), "%s/instances/hvpt/tracing_on",
		 tracing->folder);
	(void)put(path, "0");
}

static int undo_step(const struct tracing_step *step)
{
	int error = 0;

	if (is_folder(step))
		error = rmdir(step->path) == 0 ? 0 : errno;
	else if (step->undo_value)
		error = put(step->path, step->undo_value);
	return error == ENOENT ? 0 : error;
}

bool tracing_undo(struct tracing *tracing)
{
	bool good = true;
	unsigned i;

	for (i = tracing->count; i-- > 0;) {
		struct tracing_step *step = &tracing->steps[i];
		int error = step->done ? undo_step(step) : 0;

		step->done = step->done && error != 0;
		if (error == 0)
			continue;
		say("%s: cannot undo %s: %s; 'hvpt capture --undo' tries "
		    "again",
		    tracing->whose, step->path, strerror(error));
		good = false;
	}
	return good;
}

/* Does kprobe_events list this probe of the group hvpt? */
static bool has_probe(const struct tracing *tracing, const char *name)
{
	char path[TRACING_PATH_MAX + 30], line[512], start[80];
	bool found = false;
	FILE *file;

	snprintf(path, sizeof(path), "%s/kprobe_events", tracing->folder);
	snprintf(start, sizeof(start), "p:hvpt/%s ", name);
	file = fopen(path, "r");
	while (file && !found && fgets(line, sizeof(line), file))
		found = strncmp(line, start, strlen(start)) == 0;
	if (file)
		(void)fclose(file);
	return found;
}

/* Steps as if they had just been done, for tracing_undo(). */
static void add_left(struct tracing *tracing)
{
	unsigned i;

	if (has_probe(tracing, "kmap"))
		(void)add_probe(tracing, "-:hvpt/kmap", "p");
	if (has_probe(tracing, "kunmap"))
		(void)add_probe(tracing, "-:hvpt/kunmap", "p");
	if (has(tracing, "instances/hvpt")) {
		add(tracing, "instances/hvpt", "%s", "");
		add_event(tracing, "hvpt/kmap", TRACING_NO_STEP);
		add_event(tracing, "hvpt/kunmap", TRACING_NO_STEP);
		add(tracing, "instances/hvpt/tracing_on", "1")->undo_value =
			"0";
	}
	for (i = 0; i < tracing->count; i++)
		tracing->steps[i].done = true;
}

bool tracing_left(struct tracing *tracing)
{
	bool probes, instance;

	if (!tracing_find(tracing) || !tracing_lock(tracing))
		return false;
	add_left(tracing);
	instance = has(tracing, "instances/hvpt");
	probes = tracing->count > 0 && !is_folder(&tracing->steps[0]);
	if (!tracing_undo(tracing))
		return false;
	if (instance)
		say("%s: removed instances/hvpt", tracing->whose);
	if (probes)
		say("%s: removed the kprobes of the group hvpt",
		    tracing->whose);
	if (!instance && !probes)
		say("%s: nothing to undo", tracing->whose);
	return true;
}

bool tracing_is_on(const struct tracing *tracing)
{
	char path[TRACING_PATH_MAX + 30], text[16] = "";
	bool on = false;
	ssize_t count;
	int fd;

	snprintf(path, sizeof(path), "%s/instances/hvpt/tracing_on",
		 tracing->folder);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return false;
	count = read(fd, text, sizeof(text));
	(void)close(fd);
	/* The last digit. */
	while (count > 0 && !on && text[--count] != '0')
		on = text[count] == '1';
	return on;
}

int tracing_open(const struct tracing *tracing)
{
	char path[TRACING_PATH_MAX + 30];

	snprintf(path, sizeof(path), "%s/instances/hvpt/trace_pipe",
		 tracing->folder);
	return open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
}
