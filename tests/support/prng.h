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

/**
 * HVPT_TEST_EFFORT, a percentage; without it HVPT_PRESET_EFFORT, by which a
 * preset of CMakePresets.json says how hard to try; without that 100.
 */
uint64_t pt_effort_percent(void);

/** That percentage of @rounds; at least one. */
unsigned pt_effort(unsigned rounds);

#endif /* HVPT_TEST_PRNG_H */
