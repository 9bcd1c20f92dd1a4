/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * random.h - repeatable random numbers: a counter, scrambled.
 *
 * Not for secrets. Any value is a good state, and near states give sequences
 * that have nothing to do with each other.
 */
#ifndef ORACLE_RANDOM_H
#define ORACLE_RANDOM_H

#include <stdint.h>

/** The next number; all 64 bits are random, the period is 2^64. */
static inline uint64_t hvpt_random(uint64_t *state)
{
	uint64_t x = *state += UINT64_C(0x9e3779b97f4a7c15);

	x = (x ^ (x >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	x = (x ^ (x >> 27)) * UINT64_C(0x94d049bb133111eb);
	return x ^ (x >> 31);
}

/** A number of 0 .. @bound - 1; @bound is not 0, and small beside 2^64. */
static inline uint64_t hvpt_random_below(uint64_t *state, uint64_t bound)
{
	return hvpt_random(state) % bound;
}

#endif /* ORACLE_RANDOM_H */
