/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * cpu.h - processors this program may use, and staying on one.
 */
#ifndef BENCH_CPU_H
#define BENCH_CPU_H

/** How many there are; to be called once before the others, from main. */
void cpu_init(void);
unsigned cpu_count(void);

/** Keeps the calling thread on the @index-th of them, modulo their number. */
void cpu_pin(unsigned index);

/** The processor's name, or "unknown". */
const char *cpu_name(void);

#endif /* BENCH_CPU_H */
