/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * fuzz.h - what the fuzz targets share.
 *
 * Each target is one file with LLVMFuzzerTestOneInput() and nothing of an
 * engine: libFuzzer, AFL++ and replay_driver.c call it alike.
 */
#ifndef FUZZ_FUZZ_H
#define FUZZ_FUZZ_H

#include <stddef.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/** Prints @text and aborts: that is how an engine learns of a finding. */
__attribute__((noreturn)) void fuzz_die(const char *file, int line,
					const char *text);

#define FUZZ_CHECK(condition, text)                                            \
	((condition) ? (void)0 : fuzz_die(__FILE__, __LINE__, (text)))

struct reference;

/** Prints the violation and the operations that led to it, and aborts. */
__attribute__((noreturn)) void fuzz_show(struct reference *ref,
					 const uint8_t *data, size_t size);

#endif /* FUZZ_FUZZ_H */
