/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include "dma.h"

#include <inttypes.h>
#include <string.h>

/* Configuration space by ports: PCI 3.0, 3.2.2.3.2. */
#define CONFIG_ADDRESS 0xcf8
#define CONFIG_DATA 0xcfc
#define CONFIG_COMMAND 0x04u
#define CONFIG_BAR 0x10u
#define COMMAND_MEMORY_AND_MASTER 6u

#define BAR(device) (UINT64_C(0xe0000000) + (device)*UINT64_C(0x100000))

/* Registers of edu: QEMU's docs/specs/edu. */
#define EDU_SOURCE 0x80u
#define EDU_TARGET 0x88u
#define EDU_COUNT 0x90u
#define EDU_COMMAND 0x98u
#define EDU_START 1u
#define EDU_TO_MEMORY 2u
#define EDU_BUFFER UINT64_C(0x40000)
#define EDU_NANOSECONDS 100000001u

/* Registers of iommu-testdev: QEMU's docs/specs/iommu-testdev. */
#define TEST_RUN 0x00u
#define TEST_IOVA 0x04u
#define TEST_LENGTH 0x0cu
#define TEST_RESULT 0x10u
#define TEST_ARM 0x14u
#define TEST_ATTRIBUTES 0x18u
#define TEST_GPA 0x1cu
#define TEST_BYTES 4u

/* Its results, and the bytes it writes. */
#define TEST_WRITE_FAILED UINT64_C(0xdead0002)
#define TEST_PATTERN UINT32_C(0x12345678)

static void config_write(struct dma *dma, unsigned device, unsigned offset,
			 uint32_t value)
{
	qtest_post(dma->qemu, "outl 0x%x 0x%x", CONFIG_ADDRESS,
		   0x80000000u | device << 11 | offset);
	qtest_post(dma->qemu, "outl 0x%x 0x%" PRIx32, CONFIG_DATA, value);
}

void dma_open(struct dma *dma, struct qemu *qemu, const struct guest_ram *ram)
{
	unsigned device;

	*dma = (struct dma){ .qemu = qemu, .ram = ram };
	for (device = VTD_DEVICE_EDU; device < VTD_DEVICE_END; device++) {
		config_write(dma, device, CONFIG_BAR, (uint32_t)BAR(device));
		config_write(dma, device, CONFIG_COMMAND,
			     COMMAND_MEMORY_AND_MASTER);
	}
	for (device = VTD_DEVICE_TEST; device < VTD_DEVICE_END; device++) {
		qtest_write32(qemu, BAR(device) + TEST_LENGTH, TEST_BYTES);
		qtest_write32(qemu, BAR(device) + TEST_ATTRIBUTES, 0);
	}
	qtest_drain(qemu);
}

static void write_pair(struct dma *dma, uint64_t address, uint64_t value)
{
	qtest_write32(dma->qemu, address, (uint32_t)value);
	qtest_write32(dma->qemu, address + 4, (uint32_t)(value >> 32));
}

enum dma_outcome dma_probe(struct dma *dma, unsigned device, uint64_t iova,
			   uint64_t gpa)
{
	uint32_t *memory = guest_ram_at(dma->ram, gpa);
	uint64_t bar = BAR(device), result;
	bool there;

	dma->probes++;
	__atomic_store_n(memory, 0, __ATOMIC_RELEASE);
	write_pair(dma, bar + TEST_IOVA, iova);
	write_pair(dma, bar + TEST_GPA, gpa);
	qtest_write32(dma->qemu, bar + TEST_ARM, 1);
	qtest_post(dma->qemu, "readl 0x%" PRIx64, bar + TEST_RUN);
	result = qtest_read32(dma->qemu, bar + TEST_RESULT);
	there = __atomic_load_n(memory, __ATOMIC_ACQUIRE) == TEST_PATTERN;
	if (result == TEST_WRITE_FAILED && !there)
		return DMA_REFUSED;
	return result == 0 && there ? DMA_HIT : DMA_STRAY;
}

static void edu_transfer(struct dma *dma, uint64_t source, uint64_t target,
			 unsigned bytes, unsigned command)
{
	uint64_t bar = BAR(VTD_DEVICE_EDU);

	if (bytes > DMA_EDU_MAX)
		walker_die("edu: transfer too long");
	qtest_write64(dma->qemu, bar + EDU_SOURCE, source);
	qtest_write64(dma->qemu, bar + EDU_TARGET, target);
	qtest_write64(dma->qemu, bar + EDU_COUNT, bytes);
	qtest_write64(dma->qemu, bar + EDU_COMMAND, command);
	qtest_post(dma->qemu, "clock_step %u", EDU_NANOSECONDS);
	if (qtest_read64(dma->qemu, bar + EDU_COMMAND) & EDU_START)
		walker_die("edu: the transfer does not end");
}

void dma_edu_read(struct dma *dma, uint64_t iova, unsigned bytes)
{
	edu_transfer(dma, iova, EDU_BUFFER, bytes, EDU_START);
}

void dma_edu_write(struct dma *dma, uint64_t iova, unsigned bytes)
{
	edu_transfer(dma, EDU_BUFFER, iova, bytes, EDU_START | EDU_TO_MEMORY);
}
