/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * keep.h - a hypervisor outlives the kernels of its guest: the bridge's state,
 * and what the VT-d reads, in the memory of QEMU's ivshmem device. A kernel
 * started by kexec, or after a crash, goes on with what it finds there.
 */
#ifndef HVPT_GUEST_KEEP_H
#define HVPT_GUEST_KEEP_H

#include "oracle/qemu/bridge.h"

/* struct guest_left - what a kernel before this one left */
struct guest_left {
	unsigned int domains;
	unsigned int translated; /* devices neither at large nor in identity */
};

/* Return: 0; -ENODEV: there is no such device; -ENOMEM. */
int guest_keep_open(void);
void guest_keep_close(void);

/* gpa of memory for the VT-d and the call page; 0: nothing is kept. */
u64 guest_keep_memory(void);

/* Takes over what was saved. False: nothing was, all is to be made. */
bool guest_keep_load(struct bridge *bridge, struct vtd *vtd,
		     struct guest_left *left);

/* What is there now. */
void guest_keep_count(const struct bridge *bridge, struct guest_left *left);

/*
 * After each hypercall. Of one that the kernel dies in, this knows nothing; the
 * VT-d has what was done so far.
 */
void guest_keep_save(const struct bridge *bridge, const struct vtd *vtd);

#endif /* HVPT_GUEST_KEEP_H */
