/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * guest_ram.h - memory which is ours and a QEMU machine's at the same time.
 *
 * The gpa of a byte is its offset, so the library's direct map offset is the
 * address of the mapping. Part of it is a pool of table pages. Pages which are
 * not in use hold a poison whose every word is present with reserved bits set:
 * a walker which reads one faults.
 */
#ifndef HVPT_WALKERS_GUEST_RAM_H
#define HVPT_WALKERS_GUEST_RAM_H

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
 * guest_ram_open() - make the memory
 * @bytes: at most GUEST_RAM_MAX; pages nobody touches cost nothing
 * @pool: gpa of the first page for tables
 * @pool_pages: how many
 */
void guest_ram_open(struct guest_ram *ram, uint64_t bytes, uint64_t pool,
		    size_t pool_pages);
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

/** As a read64 hook of adapters/host, whose ctx is a struct guest_ram *. */
bool guest_ram_read64(void *ram, uint64_t gpa, uint64_t *value);

/**
 * walker_log() - a file descriptor for what a QEMU prints
 *
 * It prints a line for each fault, which is what the tests are after; only the
 * end of it is shown, by walker_die().
 */
int walker_log(void);

/** Prints a message and ends the process. */
_Noreturn void walker_die(const char *format, ...)
	__attribute__((format(printf, 1, 2)));

#endif /* HVPT_WALKERS_GUEST_RAM_H */
