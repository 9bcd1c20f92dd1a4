/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * backend_qemu.h - shared by the two backends on QEMU (oracle/qemu/).
 *
 * Table pages of the replay are in the memory of the emulated machine. The VT-d
 * gets the hypercalls that the model hypervisor carried out.
 */
#ifndef TOOLS_REPLAY_BACKEND_QEMU_H
#define TOOLS_REPLAY_BACKEND_QEMU_H

#include "adapters/host/arena.h"
#include "backend.h"
#include "hvpt/hvcall.h"
#include "oracle/qemu/bridge.h"
#include "oracle/qemu/cpu_walk.h"
#include "oracle/qemu/dma.h"
#include "tools/options.h"

/* Devices of a replay: one for each domain. */
#define QEMU_DEVICES_MAX 1024u

struct backend_qemu;

/**
 * struct backend_qemu_ops - the VT-d or the processor
 * @backend: its operations as a backend
 * @pool, @pool_pages: where table pages may be
 * @start: starts the machine. Return: NULL, or the error
 * @see: carries out the read or the write of @access; it may call walker_die().
 *	Return: false when it cannot tell, or the access would do harm
 * @transport: of the replay, to follow its hypercalls; its ctx is the struct
 *	backend_qemu. NULL: not needed
 */
struct backend_qemu_ops {
	struct backend_ops backend;
	uint64_t pool;
	size_t pool_pages;
	const char *(*start)(struct backend_qemu *machine);
	bool (*see)(struct backend_qemu *machine, const struct domain *domain,
		    const struct access *access, bool write,
		    struct sight *sight);
	const struct hvpt_transport_ops *transport;
};

extern const struct backend_qemu_ops backend_vtd_ops;
extern const struct backend_qemu_ops backend_cpu_ops;

/** The domain of a device of the replay; @domain 0: none. */
struct qemu_device {
	uint64_t id;
	uint32_t domain;
};

/**
 * struct backend_qemu - a QEMU of one replay
 * @base: first, so that one is the other
 * @hv: the model hypervisor
 * @root: the root table of the processor
 * @page: the call page that the model hypervisor has lent
 * @device: devices of the replay, @devices of them
 * @shown: the domain of the emulated device; 0: none
 */
struct backend_qemu {
	struct backend base;
	const struct backend_qemu_ops *ops;
	const struct replay_options *options;
	struct hypervisor *hv;
	struct guest_ram ram;
	struct qemu *qemu;
	uint64_t root;
	struct vtd vtd;
	struct dma dma;
	struct bridge bridge;
	const void *page;
	struct qemu_device device[QEMU_DEVICES_MAX];
	size_t devices;
	uint32_t shown;
};

static inline struct backend_qemu *backend_qemu_of(struct backend *backend)
{
	return (struct backend_qemu *)backend;
}

/** Starts a machine. Return: NULL with @error, which is static. */
struct backend_qemu *backend_qemu_open(const struct backend_qemu_ops *ops,
				       const struct replay_options *options,
				       const char **error);

/** @machine may be NULL. */
void backend_qemu_close(struct backend_qemu *machine);

/**
 * backend_qemu_try() - uses the emulated machine
 * @run: may call walker_die(); it must hold no resources
 *
 * Does nothing when @machine has an error; sets the error when @run fails.
 * Return: whether @machine can continue.
 */
bool backend_qemu_try(struct backend_qemu *machine, void (*run)(void *ctx),
		      void *ctx);

/**
 * backend_qemu_arena() - creates table pages in the machine's memory
 * @pages: in/out: at most so many; fewer when there is no room
 *
 * Return: NULL without memory.
 */
struct hvpt_arena *backend_qemu_arena(struct backend_qemu *machine,
				      size_t *pages);

/** @access of both backends: calls @see in a machine that may end. */
void backend_qemu_access(struct backend *backend, const struct domain *domain,
			 const struct access *access, struct seen seen[2]);

#endif /* TOOLS_REPLAY_BACKEND_QEMU_H */
