/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * For programs in a guest that give QEMU's edu device to user space: the
 * device, and what the module shows. The first fault ends the program.
 */
#ifndef HVPT_TESTS_GUEST_EDU_H
#define HVPT_TESTS_GUEST_EDU_H

#include <errno.h>
#include <linux/vfio.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#define SIZE_4K 0x1000ull
#define SIZE_2M 0x200000ull
#define SIZE_1G 0x40000000ull

/* Registers, and the buffer of the DMA engine: QEMU, specs/edu.rst. */
#define EDU_SOURCE 0x80
#define EDU_TARGET 0x88
#define EDU_COUNT 0x90
#define EDU_COMMAND 0x98
#define EDU_START 1u
#define EDU_TO_MEMORY 2u
#define EDU_BUFFER 0x40000u

/* PCI's command register: memory space and bus master. */
#define PCI_COMMAND 4
#define PCI_COMMAND_MEMORY_MASTER 6u

#define CHECK(condition)                                                       \
	do {                                                                   \
		if (!(condition)) {                                            \
			printf("line %d: %s (%s)\n", __LINE__, #condition,     \
			       strerror(errno));                               \
			exit(1);                                               \
		}                                                              \
	} while (0)

static volatile unsigned char *edu_registers;

static inline struct vfio_region_info edu_region(int device, uint32_t index)
{
	struct vfio_region_info info = { .argsz = sizeof(info),
					 .index = index };

	CHECK(ioctl(device, VFIO_DEVICE_GET_REGION_INFO, &info) == 0);
	return info;
}

/* @device: from VFIO, ready for use. It may do DMA from now on. */
static inline void edu_open(int device)
{
	struct vfio_region_info bar = edu_region(device,
						 VFIO_PCI_BAR0_REGION_INDEX);
	off_t command_at =
		(off_t)edu_region(device, VFIO_PCI_CONFIG_REGION_INDEX).offset +
		PCI_COMMAND;
	uint16_t command;

	edu_registers = mmap(NULL, bar.size, PROT_READ | PROT_WRITE, MAP_SHARED,
			     device, (off_t)bar.offset);
	CHECK(edu_registers != MAP_FAILED);
	CHECK(pread(device, &command, 2, command_at) == 2);
	command |= PCI_COMMAND_MEMORY_MASTER;
	CHECK(pwrite(device, &command, 2, command_at) == 2);
}

static inline volatile uint64_t *edu(unsigned int offset)
{
	return (volatile uint64_t *)(edu_registers + offset);
}

static inline void edu_run(uint64_t source, uint64_t target, uint64_t bytes,
			   unsigned int command)
{
	*edu(EDU_SOURCE) = source;
	*edu(EDU_TARGET) = target;
	*edu(EDU_COUNT) = bytes;
	*edu(EDU_COMMAND) = command | EDU_START;
	while (*edu(EDU_COMMAND) & EDU_START)
		usleep(1000);
}

/* The device reads memory into its buffer. */
static inline void edu_fetch(uint64_t iova, uint64_t bytes)
{
	edu_run(iova, EDU_BUFFER, bytes, 0);
}

/* The device writes its buffer into memory. */
static inline void edu_store(uint64_t iova, uint64_t bytes)
{
	edu_run(EDU_BUFFER, iova, bytes, EDU_TO_MEMORY);
}

/* Has the file a line that begins with @start and has @rest after that? */
static inline bool file_shows(const char *path, const char *start,
			      const char *rest)
{
	char line[256];
	bool found = false;
	FILE *file = fopen(path, "r");

	CHECK(file);
	while (!found && fgets(line, sizeof(line), file))
		found = !strncmp(line, start, strlen(start)) &&
			strstr(line + strlen(start), rest);
	fclose(file);
	return found;
}

/* Does the module show a leaf of that size? */
static inline bool leaf_is(uint64_t iova, uint64_t size, bool writable)
{
	char start[64], rest[32];

	snprintf(start, sizeof(start), "  %#llx -> ", (unsigned long long)iova);
	snprintf(rest, sizeof(rest), " 2^%d r%c", __builtin_ctzll(size),
		 writable ? 'w' : '-');
	return file_shows("/sys/kernel/debug/hvpt/tables", start, rest);
}

#endif /* HVPT_TESTS_GUEST_EDU_H */
