/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * linux_os.h - the adapter for Linux as the system that firmware starts, for
 * tests of firmware. No header of the kernel's stubs is needed here.
 */
#ifndef HVPT_TEST_LINUX_OS_H
#define HVPT_TEST_LINUX_OS_H

#include <stdint.h>

struct hypervisor;

/* Types of memory in the map that Linux gets (e820). */
enum linux_os_memory {
	LINUX_OS_NOTHING = 0,
	LINUX_OS_RAM = 1,
	LINUX_OS_RESERVED = 2,
	LINUX_OS_ACPI = 3,
};

/**
 * struct linux_os_machine - what Linux finds; a gpa is an address
 * @hv: the hypervisor
 * @table: gpa of firmware's table
 * @alloc: one page for Linux, filled with zeros
 * @free: takes it back
 * @type_of: enum linux_os_memory of the page at @gpa
 */
struct linux_os_machine {
	struct hypervisor *hv;
	uint64_t table;
	void *(*alloc)(void);
	void (*free)(void *page);
	int (*type_of)(uint64_t gpa);
};

/** Loads the adapter. Return: how many domains of firmware it has adopted. */
unsigned linux_os_load(const struct linux_os_machine *machine);

/* Linux has at most this many devices; each is named by its place. */
#define LINUX_OS_DEVICES 2u

/** Linux finds the device with this logical id. */
void linux_os_finds(unsigned device, uint64_t id);

/** Attaches it to a new domain, where one page is mapped for both ways. */
void linux_os_takes(unsigned device, uint64_t iova, uint64_t gpa);

/** Releases all devices that it found, frees their domains, and unloads. */
void linux_os_ends(void);

#endif /* HVPT_TEST_LINUX_OS_H */
