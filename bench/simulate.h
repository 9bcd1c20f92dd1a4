/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * simulate.h - CPUs in virtual time.
 *
 * A CPU is a coroutine with a clock. The one whose clock is least runs until it
 * spends time or sleeps. So results do not depend on the machine, and repeat to
 * the digit.
 */
#ifndef BENCH_SIMULATE_H
#define BENCH_SIMULATE_H

#include <stdint.h>

#define SIM_CPUS 16u

/** Runs @run(ctx, cpu) on @cpu_count CPUs, to their ends. Return: ns. */
uint64_t sim_run(unsigned cpu_count, void (*run)(void *ctx, unsigned cpu),
		 void *ctx);

/** Which CPU runs, and what its clock says. */
unsigned sim_cpu(void);
uint64_t sim_now(void);

/** The running CPU is busy for @ns. */
void sim_spend(uint64_t ns);

/** The running CPU sleeps until another wakes it with the same @key. */
void sim_sleep(const void *key);

/** Who sleeps with @key goes on @ns from now. */
void sim_wake(const void *key, uint64_t ns);

#endif /* BENCH_SIMULATE_H */
