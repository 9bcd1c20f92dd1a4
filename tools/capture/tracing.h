/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * tracing.h - Linux's tracer, set up to record IOMMU traffic, and undone.
 *
 * An instance of its own ("hvpt") records, so that other users of the tracer
 * are not disturbed. The only thing outside of it are two kprobes of the group
 * "hvpt". All that is done is a list of steps: a dry run prints it, a run does
 * it, and tracing_undo() takes back what was done, in reverse order.
 */
#ifndef TOOLS_CAPTURE_TRACING_H
#define TOOLS_CAPTURE_TRACING_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#define TRACING_PATH_MAX 512u
#define TRACING_VALUE_MAX 256u
#define TRACING_STEPS_MAX 16u

/* What a step of another one's index means that needs none. */
#define TRACING_NO_STEP TRACING_STEPS_MAX

/** What this machine lacks: bits. */
enum tracing_lack {
	TRACING_LACKS_TRACEFS = 1,
	TRACING_LACKS_PERMISSION = 2, /* not root, or locked down */
	TRACING_LACKS_EVENTS = 4,
	TRACING_LACKS_GROUP = 8,
	TRACING_LACKS_INSTANCE = 16, /* another hvpt has it */
	TRACING_LACKS_PROBES = 32,   /* it records without */
};

/**
 * struct tracing_step - one change, and how it is taken back
 * @path: the file; with no @value a folder that is made
 * @value: what is written to it
 * @undo_value: what is written to take it back; NULL: nothing; a folder is
 *	removed
 * @optional: why the recording lacks something if it fails; NULL: it must not
 * @needs: skipped unless this step was done
 * @done: it was
 */
struct tracing_step {
	char path[TRACING_PATH_MAX];
	char value[TRACING_VALUE_MAX];
	const char *undo_value;
	const char *optional;
	unsigned needs;
	bool done;
};

/**
 * struct tracing - the tracer
 * @whose: for messages: "hvpt capture"
 * @root: before every path; "" but in tests
 * @folder: where tracefs is
 * @steps, @count: what is to be done
 * @missing: what was found missing so far, enum tracing_lack
 */
struct tracing {
	const char *whose;
	const char *root;
	char folder[TRACING_PATH_MAX];
	struct tracing_step steps[TRACING_STEPS_MAX];
	unsigned count;
	unsigned missing;
};

/**
 * tracing_plan() - finds the tracer, and what is to be done
 * @whose: for messages
 * @buffer_kib: of each processor
 *
 * The environment variable HVPT_ROOT, for tests, stands before /sys and /proc.
 *
 * Return: false, with a message, if this machine cannot record.
 */
bool tracing_plan(struct tracing *tracing, const char *whose,
		  uint64_t buffer_kib);

/** tracing_print() - the steps, and how they are taken back */
void tracing_print(FILE *out, const struct tracing *tracing);

/** tracing_do() - all steps. Return: false with a message; undo then, too. */
bool tracing_do(struct tracing *tracing);

/** tracing_stop() - records no more; what there is can still be read */
void tracing_stop(const struct tracing *tracing);

/** tracing_undo() - Return: false with a message if something stays. */
bool tracing_undo(struct tracing *tracing);

/** tracing_left() - takes back what a killed hvpt left. Return: as above. */
bool tracing_left(struct tracing *tracing, const char *whose);

/** tracing_open() - the events as text. Return: a descriptor, -1 with errno. */
int tracing_open(const struct tracing *tracing);

/**
 * tracing_check() - can this machine record?
 *
 * Finds tracing->folder. Return: false with a message that says what is
 * missing.
 */
bool tracing_check(struct tracing *tracing);

/** tracing_find() - finds tracing->folder. Return: as above. */
bool tracing_find(struct tracing *tracing);

/** tracing_probe() - finds the function that maps. Return: NULL: none */
const char *tracing_probe(const struct tracing *tracing);

#endif /* TOOLS_CAPTURE_TRACING_H */
