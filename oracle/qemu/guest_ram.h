/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * guest_ram.h - memory that is ours and a QEMU machine's at the same time.
 *
 * The gpa of a byte is its offset, so the library's direct map offset is the
 * address of the mapping. Part of it is a pool of table pages. Pages that are
 * not in use hold a poison whose every word is present with reserved bits set:
 * a walker that reads one faults.
 */
#ifndef ORACLE_QEMU_GUEST_RAM_H
#define ORACLE_QEMU_GUEST_RAM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "hvpt/pagetable.h"

/*
 * A PC's RAM is one piece from 0, but for the legacy hole, if it has less than
 * 2.75 GiB. With more its upper part would be moved above 4 GiB.
 */
#define GUEST_RAM_MAX UINT64_C(0xafe00000)
#define GUEST_RAM_HOLE UINT64_C(0xa0000)
#define GUEST_RAM_HOLE_END UINT64_C(0x100000)

/**
 * struct guest_ram - the memory; one thread at a time
 * @fd: of the memory file, for QEMU to open
 * @base: where it is in this process
 * @bytes: how much
 * @pool, @pool_end: gpas of the pool of table pages
 * @in_use, @peak: pages of the pool
 * @allocs: pages ever given
 */
struct guest_ram {
	int fd;
	uint8_t *base;
	uint64_t bytes;
	uint64_t pool;
	uint64_t pool_end;
	uint64_t next;
	uint64_t *recycled;
	size_t recycled_count;
	size_t in_use;
	size_t peak;
	uint64_t allocs;
};

/* Page hooks whose ctx is a struct guest_ram *. */
extern const struct hvpt_page_ops guest_ram_ops;

/**
 * guest_ram_open() - make the memory, or walker_die()
 * @bytes: at most GUEST_RAM_MAX; pages nobody touches cost nothing
 * @pool: gpa of the first page for tables
 * @pool_pages: how many
 */
void guest_ram_open(struct guest_ram *ram, uint64_t bytes, uint64_t pool,
		    size_t pool_pages);

/** Also what guest_ram_open() made in part. */
void guest_ram_close(struct guest_ram *ram);

/** Forgets which pages are in use. */
void guest_ram_reset(struct guest_ram *ram);

/** To be put into a struct hvpt_pt_config, or the like. */
uint64_t guest_ram_offset(const struct guest_ram *ram);

/** Is gpa .. gpa + bytes - 1 memory, outside the hole? */
bool guest_ram_has(const struct guest_ram *ram, uint64_t gpa, uint64_t bytes);

/** Where it is in this process; it must be memory. */
void *guest_ram_at(const struct guest_ram *ram, uint64_t gpa);

/** 8 bytes, in one atomic access: QEMU's threads may be there. */
uint64_t guest_ram_load(const struct guest_ram *ram, uint64_t gpa);
void guest_ram_store(const struct guest_ram *ram, uint64_t gpa, uint64_t value);

/**
 * walker_log() - a file descriptor for what a QEMU prints
 *
 * It prints a line for each fault, which is what the tests are after; only the
 * end of it is shown, by walker_die() when it aborts.
 */
int walker_log(void);

/* Room for a message of walker_die(), which is cut to fit. */
#define WALKER_MESSAGE 256u

/**
 * walker_die() - give up
 *
 * Within walker_try() that returns. Outside of it this prints what QEMU said
 * last and the message, and aborts.
 */
_Noreturn void walker_die(const char *format, ...)
	__attribute__((format(printf, 1, 2)));

/**
 * walker_try() - run what may call walker_die()
 * @run: loses what it holds in local variables alone, if it calls that
 * @ctx: for @run
 *
 * One thread at a time. Calls may nest: the innermost one returns.
 *
 * Return: false when it gave up; walker_error() says why.
 */
bool walker_try(void (*run)(void *ctx), void *ctx);

/** The last message of walker_die(); valid until the next one. */
const char *walker_error(void);

#endif /* ORACLE_QEMU_GUEST_RAM_H */
