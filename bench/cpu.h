/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * cpu.h - the processors that this program may use; pinning to one.
 */
#ifndef BENCH_CPU_H
#define BENCH_CPU_H

/** The number of processors; call it once, first, from main. */
void cpu_init(void);
unsigned cpu_count(void);

/** Pins the calling thread to processor @index, modulo their number. */
void cpu_pin(unsigned index);

/** The processor's name, or "unknown". */
const char *cpu_name(void);

#endif /* BENCH_CPU_H */
