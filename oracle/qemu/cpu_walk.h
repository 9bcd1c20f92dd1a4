/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * cpu_walk.h - QEMU's processor as a reader of page tables.
 *
 * The paused processor is put into 64-bit mode with CR3 at a root, and the
 * monitor is asked what it sees there. It caches nothing: each question walks
 * memory.
 */
#ifndef ORACLE_QEMU_CPU_WALK_H
#define ORACLE_QEMU_CPU_WALK_H

#include "qemu.h"

/**
 * struct cpu_leaf - one line of "info tlb"
 * @va: first address, sign-extended as the processor has it
 * @pa: first physical address
 * @large: PS: 2 MiB or 1 GiB
 *
 * The rest are bits of the leaf.
 */
struct cpu_leaf {
	uint64_t va;
	uint64_t pa;
	bool no_execute;
	bool global;
	bool large;
	bool dirty;
	bool accessed;
	bool cache_disable;
	bool write_through;
	bool user;
	bool writable;
};

/** From now on tables are read from @root, with 4 or 5 @levels. */
void cpu_walk_load(struct qemu *qemu, uint64_t root, unsigned levels);

/** What does @va translate to? Return: false: to nothing. */
bool cpu_walk_translate(struct qemu *qemu, uint64_t va, uint64_t *pa);

/** Every leaf, in order. Return: how many; the array is to be freed. */
size_t cpu_walk_dump(struct qemu *qemu, struct cpu_leaf **leaves);

/** @va with the bits above @levels levels copied from the top one. */
uint64_t cpu_walk_sign_extend(uint64_t va, unsigned levels);

#endif /* ORACLE_QEMU_CPU_WALK_H */
