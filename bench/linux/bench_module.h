/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * bench_module.h - counts the instructions of DMA calls in a guest of QEMU.
 *
 * With -icount shift=0 the TSC of the guest advances by one with each
 * instruction of any of its processors.
 */
#ifndef BENCH_MODULE_H
#define BENCH_MODULE_H

#include <linux/pci.h>

/* What the operations of a domain are for. */
enum bench_part {
	BENCH_TABLE, /* map and unmap: the adapter and its tables */
	BENCH_FLUSH, /* of the IOTLB */
	BENCH_PARTS,
};

/**
 * struct bench_counts - what was counted since bench_counts_clear()
 * @part: instructions in the operations of a domain
 * @calls: of these operations
 */
struct bench_counts {
	u64 part[BENCH_PARTS];
	u64 calls[BENCH_PARTS];
};

/* bench_hooks.c; nothing of the device may be in use meanwhile */
int bench_hooks_put(struct pci_dev *pdev);
void bench_hooks_take_away(void);
void bench_counts_clear(void);
void bench_counts_read(struct bench_counts *counts);
void bench_hooks_open(void);

/* bench_rows.c */

/**
 * struct bench_memory - what the rows map
 * @pdev: the device
 * @block: contiguous memory
 * @list: every second page of it
 */
struct bench_memory {
	struct pci_dev *pdev;
	struct page *block;
	struct scatterlist *list;
};

struct bench_row {
	const char *name;
	/* Maps and unmaps once. */
	int (*once)(struct bench_memory *memory);
};

const struct bench_row *bench_row_find(const char *name);
int bench_memory_open(struct bench_memory *memory, struct pci_dev *pdev);
void bench_memory_close(struct bench_memory *memory);

#endif /* BENCH_MODULE_H */
