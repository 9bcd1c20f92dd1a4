// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Counts the instructions of VFIO's map and unmap, for bench/guest:
 *
 *	bench_user GROUP
 *
 * GROUP is the number of the IOMMU group of the device that hvpt_bench looks
 * at, bound to vfio-pci. For each row it prints
 *
 *	ROW 1 OPERATIONS INSTRUCTIONS OF-TABLES CALLS OF-FLUSHES CALLS
 *
 * The memory is one page of 2 MiB, mapped as often as it takes. So VFIO pins
 * memory quickly, and maps one leaf at a time.
 *
 * Then lines
 *
 *	tables-WHAT PAGES
 *
 * with the pages that the domain's page table has, as the kernel counts them:
 * all that IOMMU drivers have, less what they had before there was the domain.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <inttypes.h>
#include <linux/memfd.h>
#include <linux/vfio.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <x86intrin.h>

#define SIZE_4K 4096ull
#define SIZE_2M (2ull << 20)
#define SIZE_64M (64ull << 20)
#define SIZE_1G (1ull << 30)
#define PARAMETERS "/sys/module/hvpt_bench/parameters/"
/* The smallest of these counts. */
#define TIMES 5

#define CHECK(condition)                                                       \
	do {                                                                   \
		if (!(condition)) {                                            \
			perror(#condition);                                    \
			exit(1);                                               \
		}                                                              \
	} while (0)

enum {
	TABLE,
	TABLE_CALLS,
	FLUSH,
	FLUSH_CALLS,
	COUNTS
};

static int container;
static long pages_before;

/* ---- what the kernel counts -------------------------------------------- */

static long iommu_pages(void)
{
	FILE *file = fopen("/proc/sys/vm/stat_refresh", "w");
	char name[64];
	long count = -1, each;

	/* Each processor has counts that are not in the sum yet. */
	CHECK(file);
	CHECK(fputs("1", file) >= 0);
	fclose(file);
	file = fopen("/proc/vmstat", "r");
	CHECK(file);
	while (fscanf(file, "%63s %ld", name, &each) == 2)
		if (strcmp(name, "nr_iommu_pages") == 0)
			count = each;
	fclose(file);
	CHECK(count >= 0);
	return count;
}

static void show_tables(const char *what)
{
	printf("tables-%s %ld\n", what, iommu_pages() - pages_before);
}

/* ---- hvpt_bench -------------------------------------------------------- */

static void hooks(const char *on)
{
	int file = open(PARAMETERS "hooks", O_WRONLY);

	CHECK(file >= 0);
	CHECK(write(file, on, 1) == 1);
	close(file);
}

static void read_counts(uint64_t counts[COUNTS])
{
	FILE *file = fopen(PARAMETERS "counts", "r");

	CHECK(file);
	for (int i = 0; i < COUNTS; i++)
		CHECK(fscanf(file, "%" SCNu64, &counts[i]) == 1);
	fclose(file);
}

/* ---- VFIO -------------------------------------------------------------- */

static void open_group(const char *number)
{
	char path[64];
	int group;

	container = open("/dev/vfio/vfio", O_RDWR);
	CHECK(container >= 0);
	snprintf(path, sizeof(path), "/dev/vfio/%s", number);
	group = open(path, O_RDWR);
	CHECK(group >= 0);
	CHECK(ioctl(group, VFIO_GROUP_SET_CONTAINER, &container) == 0);
	pages_before = iommu_pages();
	CHECK(ioctl(container, VFIO_SET_IOMMU, VFIO_TYPE1v2_IOMMU) == 0);
}

/* One page of memory, again and again, until the size is reached. */
static unsigned char *memory_open(uint64_t size, uint64_t page)
{
	int file = memfd_create(
		"bench", page < SIZE_2M ? 0 : MFD_HUGETLB | MFD_HUGE_2MB);
	unsigned char *all = mmap(NULL, size + SIZE_2M, PROT_NONE,
				  MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE,
				  -1, 0);
	uintptr_t begin = ((uintptr_t)all + SIZE_2M - 1) & ~(SIZE_2M - 1);

	CHECK(file >= 0);
	CHECK(ftruncate(file, (off_t)page) == 0);
	CHECK(all != MAP_FAILED);
	for (uint64_t at = 0; at < size; at += page)
		CHECK(mmap((void *)(begin + at), page, PROT_READ | PROT_WRITE,
			   MAP_SHARED | MAP_FIXED | MAP_POPULATE, file,
			   0) != MAP_FAILED);
	return (unsigned char *)begin;
}

static void map(const unsigned char *memory, uint64_t size)
{
	struct vfio_iommu_type1_dma_map map = {
		.argsz = sizeof(map),
		.flags = VFIO_DMA_MAP_FLAG_READ | VFIO_DMA_MAP_FLAG_WRITE,
		.vaddr = (uintptr_t)memory,
		.iova = SIZE_1G,
		.size = size,
	};

	CHECK(ioctl(container, VFIO_IOMMU_MAP_DMA, &map) == 0);
}

static void unmap(const unsigned char *memory, uint64_t size)
{
	struct vfio_iommu_type1_dma_unmap unmap = {
		.argsz = sizeof(unmap),
		.iova = SIZE_1G,
		.size = size,
	};

	(void)memory;
	CHECK(ioctl(container, VFIO_IOMMU_UNMAP_DMA, &unmap) == 0);
	CHECK(unmap.size == size);
}

/* ---- rows -------------------------------------------------------------- */

typedef void step(const unsigned char *memory, uint64_t size);

/* Counts what the step adds, and in all[0] its instructions. */
static void count(step *what, const unsigned char *memory, uint64_t size,
		  uint64_t *all, uint64_t added[COUNTS])
{
	uint64_t before[COUNTS], after[COUNTS];
	uint64_t begin, spent;

	read_counts(before);
	begin = __rdtsc();
	what(memory, size);
	spent = __rdtsc() - begin;
	read_counts(after);
	if (spent >= *all)
		return;
	*all = spent;
	for (int i = 0; i < COUNTS; i++)
		added[i] = after[i] - before[i];
}

static void show(const char *name, const char *size_name, uint64_t all,
		 const uint64_t added[COUNTS])
{
	printf("%s-%s 1 1 %" PRIu64, name, size_name, all);
	for (int i = 0; i < COUNTS; i++)
		printf(" %" PRIu64, added[i]);
	printf("\n");
}

static void one_size(const char *size_name, uint64_t size)
{
	unsigned char *memory = memory_open(size, SIZE_2M);
	uint64_t added[2][COUNTS] = { { 0 } }, unused[2][COUNTS];
	uint64_t all[2] = { UINT64_MAX, UINT64_MAX };
	uint64_t hooked[2] = { UINT64_MAX, UINT64_MAX };

	for (int i = 0; i < TIMES; i++) {
		count(map, memory, size, &all[0], unused[0]);
		count(unmap, memory, size, &all[1], unused[1]);
	}
	hooks("1");
	for (int i = 0; i < TIMES; i++) {
		count(map, memory, size, &hooked[0], added[0]);
		count(unmap, memory, size, &hooked[1], added[1]);
	}
	hooks("0");
	show("vfio-map", size_name, all[0], added[0]);
	show("vfio-unmap", size_name, all[1], added[1]);
	munmap(memory, size);
}

/* How many tables there are with such leaves. */
static void tables(const char *what, uint64_t size, uint64_t page)
{
	unsigned char *memory = memory_open(size, page);

	map(memory, size);
	show_tables(what);
	unmap(memory, size);
	munmap(memory, size);
}

int main(int argc, char **argv)
{
	CHECK(argc == 2);
	open_group(argv[1]);
	show_tables("empty");
	tables("1g-by-2m", SIZE_1G, SIZE_2M);
	tables("64m-by-4k", SIZE_64M, SIZE_4K);
	show_tables("unmapped");
	one_size("2m", SIZE_2M);
	one_size("1g", SIZE_1G);
	return 0;
}
