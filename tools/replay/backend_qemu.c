/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#define _GNU_SOURCE
#include "backend_qemu.h"

#include <stdlib.h>
#include <sys/mman.h>

/* An argument of walker_try(). */
static void start(void *ctx)
{
	struct backend_qemu *machine = ctx;

	guest_ram_open(&machine->ram, GUEST_RAM_MAX, machine->ops->pool,
		       machine->ops->pool_pages);
	machine->base.error = machine->ops->start(machine);
}

struct backend_qemu *backend_qemu_open(const struct backend_qemu_ops *ops,
				       const struct replay_options *options,
				       const char **error)
{
	struct backend_qemu *machine = calloc(1, sizeof(*machine));

	*error = "out of memory";
	if (!machine)
		return NULL;
	machine->base.ops = &ops->backend;
	machine->ops = ops;
	machine->options = options;
	(void)backend_qemu_try(machine, start, machine);
	*error = machine->base.error;
	if (!*error)
		return machine;
	backend_qemu_close(machine);
	return NULL;
}

void backend_qemu_close(struct backend_qemu *machine)
{
	if (!machine)
		return;
	qemu_stop(machine->qemu);
	guest_ram_close(&machine->ram);
	free(machine);
}

bool backend_qemu_try(struct backend_qemu *machine, void (*run)(void *ctx),
		      void *ctx)
{
	if (!machine->base.error && !walker_try(run, ctx))
		machine->base.error = walker_error();
	return !machine->base.error;
}

/* Maps the arena's pages to the machine's memory: they are still unused. */
struct hvpt_arena *backend_qemu_arena(struct backend_qemu *machine,
				      size_t *pages)
{
	uint64_t pool = machine->ops->pool;
	struct hvpt_arena *arena;
	void *memory;

	if (*pages > machine->ops->pool_pages)
		*pages = machine->ops->pool_pages;
	arena = hvpt_arena_create(*pages, pool);
	if (!arena)
		return NULL;
	memory = (void *)(uintptr_t)(hvpt_arena_offset(arena) + pool);
	if (mmap(memory, *pages * HVPT_PAGE_BYTES, PROT_READ | PROT_WRITE,
		 MAP_SHARED | MAP_FIXED, machine->ram.fd,
		 (off_t)pool) == memory)
		return arena;
	hvpt_arena_destroy(arena);
	return NULL;
}

/** A read or a write; @told: out: its result is known. */
struct attempt {
	struct backend_qemu *machine;
	const struct domain *domain;
	const struct access *access;
	bool write;
	struct sight *sight;
	bool told;
};

static void attempt(void *ctx)
{
	struct attempt *one = ctx;

	one->told = one->machine->ops->see(one->machine, one->domain,
					   one->access, one->write, one->sight);
}

void backend_qemu_access(struct backend *backend, const struct domain *domain,
			 const struct access *access, struct seen seen[2])
{
	struct backend_qemu *machine = backend_qemu_of(backend);
	unsigned write;

	for (write = 0; write < 2; write++) {
		struct attempt one = { machine,	   domain,	   access,
				       write != 0, seen[write].at, false };

		seen[write].count = backend_qemu_try(machine, attempt, &one) &&
				    one.told;
	}
}
