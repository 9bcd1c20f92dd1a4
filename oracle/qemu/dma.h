/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * dma.h - devices that do DMA when told to: QEMU's edu and iommu-testdev.
 */
#ifndef ORACLE_QEMU_DMA_H
#define ORACLE_QEMU_DMA_H

#include "vtd.h"

/* Bytes one transfer of edu can have. */
#define DMA_EDU_MAX 4096u

enum dma_outcome {
	DMA_HIT = 0,	 /* it got where it was expected */
	DMA_REFUSED = 1, /* the device was told that it failed */
	DMA_STRAY = 2,	 /* it was not refused, and not where expected */
};

/** struct dma - the devices; @probes: writes by the test devices so far */
struct dma {
	struct qemu *qemu;
	const struct guest_ram *ram;
	uint64_t probes;
};

/** Gives the devices their registers' addresses. */
void dma_open(struct dma *dma, struct qemu *qemu, const struct guest_ram *ram);

/**
 * dma_probe() - let a test device write 4 bytes, and see where they went
 * @device: VTD_DEVICE_TEST or VTD_DEVICE_TEST_2
 * @iova: 4-byte aligned
 * @gpa: where they are expected; cleared before. It must be memory.
 */
enum dma_outcome dma_probe(struct dma *dma, unsigned device, uint64_t iova,
			   uint64_t gpa);

/** edu reads @bytes at @iova into its buffer, or what of them it may. */
void dma_edu_read(struct dma *dma, uint64_t iova, unsigned bytes);

/** edu writes the start of its buffer to @iova. */
void dma_edu_write(struct dma *dma, uint64_t iova, unsigned bytes);

#endif /* ORACLE_QEMU_DMA_H */
