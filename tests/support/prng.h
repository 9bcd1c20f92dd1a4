/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * prng.h - seeds of random tests, and how hard to try.
 *
 * A test that draws numbers asks pt_seed() for its seed: HVPT_SEED from the
 * environment, else the test's own default. The seed is printed, so a failure
 * can be run again.
 */
#ifndef HVPT_TEST_PRNG_H
#define HVPT_TEST_PRNG_H

#include <stdint.h>

#include "oracle/random.h"

/** The seed to use; prints it under @name. */
uint64_t pt_seed(const char *name, uint64_t otherwise);

/** HVPT_TEST_EFFORT, a percentage (100 when unset), applied to @rounds. */
unsigned pt_effort(unsigned rounds);

#endif /* HVPT_TEST_PRNG_H */
