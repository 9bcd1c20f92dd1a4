/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * recording.h - reads the recorded hypercalls of another guest.
 *
 * tests/data/golden/README.md has the format. A recording that does not follow
 * it fails the test that reads it.
 */
#ifndef TESTS_GOLDEN_RECORDING_H
#define TESTS_GOLDEN_RECORDING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define RECORDING_OUTPUT 64u

/**
 * struct recording_call - one hypercall
 * @control: the control word
 * @input: all of the input, list elements included
 * @bytes: of @input
 * @output: what the hypervisor wrote
 * @output_bytes: of @output; 0 after a failure
 */
struct recording_call {
	uint64_t control;
	uint8_t *input;
	size_t bytes;
	uint8_t output[RECORDING_OUTPUT];
	size_t output_bytes;
	uint16_t status;
	unsigned reps;
};

/** An operation of the guest, and the calls that it made. */
struct recording_event {
	char *text; /* of the `@` line */
	size_t first;
	size_t count;
};

/** The host, as the first line of a recording describes it. */
struct recording_host {
	unsigned levels;
	unsigned width;
	uint64_t page_sizes;
	uint64_t caps;
	bool no_list;
};

struct recording {
	char *name; /* of a scenario; else "" */
	struct recording_host host;
	struct recording_event *event;
	size_t events;
	struct recording_call *call;
	size_t calls;
};

struct recording_file {
	struct recording *recording;
	size_t count;
};

/** The call's code, and where the next event's calls start. */
static inline uint16_t recording_code(const struct recording_call *call)
{
	return (uint16_t)(call->control & 0xffff);
}

/**
 * recording_take() - @text must begin with @literal; moves it behind
 *
 * recording_number() - the same for a number, of @base, 0: as C writes it
 */
void recording_take(const char **text, const char *literal);
uint64_t recording_number(const char **text, int base);

/** Reads tests/data/golden/@name.txt.xz. */
void recording_load(struct recording_file *file, const char *name);
void recording_unload(struct recording_file *file);

/** The scenario of that name. */
struct recording *recording_find(struct recording_file *file, const char *name);

#endif /* TESTS_GOLDEN_RECORDING_H */
