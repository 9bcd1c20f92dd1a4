/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * stub_host.h - what is behind the stubs: the model hypervisor, an arena of
 * pages that it reads, and what tests look at and break.
 */
#ifndef HVPT_TEST_LINUX_STUB_HOST_H
#define HVPT_TEST_LINUX_STUB_HOST_H

#include "kernel_stub.h"

#include "adapters/host/hv_binding.h"
#include "tests/support/linux_os.h"

struct stub_file {
	const char *name;
	const struct file_operations *fops;
};

struct stub_event {
	const char *name;
	unsigned int count;
};

/* struct stub_kept - memory that is not Linux's, by the map of firmware */
struct stub_kept {
	u64 first;
	u64 end;
	enum e820_type type;
};

/**
 * struct stub_host - all of it
 * @spinning: spin locks held
 * @irqs_off: interrupts are off
 * @flushes: hypercalls that flush, made with interrupts on and off; those that
 *	the transport has off do not count
 * @lent: a call page is lent: interrupts would be off
 * @fail_at: that allocation from now on fails; 0: none
 * @allocations: so far
 * @locks: spin locks taken so far
 * @work: queued, and not run yet; or NULL
 * @counted: what the kernel's counters of pages say
 * @dirty_bytes: reported as written
 * @machine: whose memory is used, not the arena's; or NULL
 * @kept: what firmware keeps of the arena
 * @remapped: mappings of it
 * @on_bus: the device that a walk over all finds
 * @folder: of debugfs, of another module; @folders_held: so often
 * @acs: it was asked for
 * @event: tracepoints passed
 * @said: the last message
 * @warned: the last warning
 * @warn_lines: how many
 */
struct stub_host {
	struct hvpt_arena *arena;
	struct hypervisor *hv;
	struct hvpt_hypervisor_pages pages;
	unsigned int spinning;
	bool irqs_off;
	unsigned int flushes[2];
	bool lent;
	uint64_t fail_at;
	uint64_t allocations;
	uint64_t locks;
	uint64_t rescheds;
	struct work_struct *work;
	long counted[2];
	uint64_t dirty_bytes;
	const struct linux_os_machine *machine;
	const char *folder;
	int folders_held;
	struct stub_kept kept[4];
	unsigned int remapped;
	struct pci_dev *on_bus;
	bool acs;
	struct stub_event event[8];
	char said[256];
	char warned[256];
	unsigned int warn_lines;
	struct stub_file file[8];
	size_t files;
	struct syscore *syscore;
	struct notifier_block *pm;
};

extern struct stub_host stub_host;

#endif /* HVPT_TEST_LINUX_STUB_HOST_H */
