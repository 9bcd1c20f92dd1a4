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
 * tracing_init() - finds tracing->folder
 * @whose: for messages
 *
 * The environment variable HVPT_ROOT, for tests, stands before /sys and /proc.
 * If there is no tracefs, it is where it should be.
 */
void tracing_init(struct tracing *tracing, const char *whose);

/**
 * tracing_check() - can this machine record?
 *
 * If so, no other hvpt records until this process ends: tracing_lock().
 *
 * Return: false with messages that say what is missing.
 */
bool tracing_check(struct tracing *tracing);

/**
 * tracing_plan() - what is to be done
 * @buffer_kib: of each processor
 *
 * Says so if a recording cannot name domains.
 */
void tracing_plan(struct tracing *tracing, uint64_t buffer_kib);

/** tracing_print() - the steps, and how they are taken back */
void tracing_print(FILE *out, const struct tracing *tracing);

/** tracing_do() - all steps. Return: false with a message; undo then, too. */
bool tracing_do(struct tracing *tracing);

/** tracing_stop() - records no more; what there is can still be read */
void tracing_stop(const struct tracing *tracing);

/** tracing_undo() - Return: false with a message if something stays. */
bool tracing_undo(struct tracing *tracing);

/** tracing_is_on() - does it still record? Others can switch it off. */
bool tracing_is_on(const struct tracing *tracing);

/**
 * tracing_left() - takes back what a killed hvpt left, and says what
 * @tracing: from tracing_init()
 *
 * Return: as above. False, too, while another hvpt records; then nothing is
 * changed.
 */
bool tracing_left(struct tracing *tracing);

/** tracing_open() - the events as text. Return: a descriptor, -1 with errno. */
int tracing_open(const struct tracing *tracing);

/** tracing_find() - is there a tracefs? Return: false with a message. */
bool tracing_find(struct tracing *tracing);

/**
 * tracing_lock() - keeps other hvpt from recording and from undoing
 *
 * Until the process ends, in whatever way: the kernel holds the lock.
 *
 * Return: false, with a message, if another one has it.
 */
bool tracing_lock(struct tracing *tracing);

/** tracing_locate() - sets tracing->folder, of tracefs or where it should be */
void tracing_locate(struct tracing *tracing);

/** tracing_probe() - finds the function that maps. Return: NULL: none */
const char *tracing_probe(const struct tracing *tracing);

#endif /* TOOLS_CAPTURE_TRACING_H */
