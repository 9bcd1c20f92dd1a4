// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * A user of iommufd, in a guest with the debug kernel: QEMU's edu device writes
 * into this process's memory, and the bitmap of dirty pages must tell where.
 *
 * iommufd CDEV - /dev/vfio/devices/...; exit code 0 when all was as it should
 * be. Leaves one fault behind: a write to IOVA 0x1003000, no longer mapped.
 */
#include <fcntl.h>
#include <linux/iommufd.h>
#include <linux/vfio.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#define PAGE 0x1000ull
#define LARGE 0x200000ull

/* edu masks addresses to 28 bits. */
#define SMALL_IOVA 0x1000000ull
#define LARGE_IOVA 0x2000000ull
#define SMALL_PAGES 64u

/* docs/specs/edu.rst of QEMU */
#define EDU_SOURCE 0x80
#define EDU_TARGET 0x88
#define EDU_COUNT 0x90
#define EDU_COMMAND 0x98
#define EDU_RUN 1u
#define EDU_TO_MEMORY 2u
#define EDU_BUFFER 0x40000u

static int iommu;
static int device;
static volatile uint8_t *bar;

static void check(bool good, const char *what)
{
	if (good)
		return;
	perror(what);
	exit(1);
}

#define CALL(fd, request, argument)                                            \
	check(ioctl((fd), (request), (argument)) == 0, #request)

/* ---- the device ------------------------------------------------------------ */

static uint64_t region_offset(uint32_t index)
{
	struct vfio_region_info info = { .argsz = sizeof(info),
					 .index = index };

	CALL(device, VFIO_DEVICE_GET_REGION_INFO, &info);
	return info.offset;
}

static void device_open(void)
{
	uint64_t config = region_offset(VFIO_PCI_CONFIG_REGION_INDEX);
	uint16_t command = 6;
	void *map;

	check(pwrite(device, &command, 2, (off_t)config + 4) == 2,
	      "bus mastering");
	map = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, device,
		   (off_t)region_offset(VFIO_PCI_BAR0_REGION_INDEX));
	check(map != MAP_FAILED, "registers");
	bar = map;
}

static void edu_set(unsigned int where, uint64_t value)
{
	*(volatile uint64_t *)(bar + where) = value;
}

static void edu_run(uint64_t source, uint64_t target, unsigned int command)
{
	volatile uint64_t *state = (volatile uint64_t *)(bar + EDU_COMMAND);

	edu_set(EDU_SOURCE, source);
	edu_set(EDU_TARGET, target);
	edu_set(EDU_COUNT, 16);
	edu_set(EDU_COMMAND, command | EDU_RUN);
	while (*state & EDU_RUN)
		usleep(1000);
}

/* See tests/guest/module.c. */
static void age(void)
{
	int file = open("/sys/module/hvpt_bridge/parameters/age", O_WRONLY);

	check(file >= 0 && write(file, "1", 1) == 1, "age");
	close(file);
}

static void edu_write(uint64_t iova)
{
	age();
	edu_run(EDU_BUFFER, iova, EDU_TO_MEMORY);
}

static void edu_read(uint64_t iova)
{
	edu_run(iova, EDU_BUFFER, 0);
}

/* ---- iommufd --------------------------------------------------------------- */

static uint32_t ioas_alloc(void)
{
	struct iommu_ioas_alloc cmd = { .size = sizeof(cmd) };

	CALL(iommu, IOMMU_IOAS_ALLOC, &cmd);
	return cmd.out_ioas_id;
}

static uint32_t device_bind(void)
{
	struct vfio_device_bind_iommufd cmd = { .argsz = sizeof(cmd),
						.iommufd = iommu };

	CALL(device, VFIO_DEVICE_BIND_IOMMUFD, &cmd);
	return cmd.out_devid;
}

static uint32_t table_alloc(uint32_t id, uint32_t ioas)
{
	struct iommu_hwpt_alloc cmd = {
		.size = sizeof(cmd),
		.flags = IOMMU_HWPT_ALLOC_DIRTY_TRACKING,
		.dev_id = id,
		.pt_id = ioas,
	};

	CALL(iommu, IOMMU_HWPT_ALLOC, &cmd);
	return cmd.out_hwpt_id;
}

static void attach(uint32_t table)
{
	struct vfio_device_attach_iommufd_pt cmd = { .argsz = sizeof(cmd),
						     .pt_id = table };

	CALL(device, VFIO_DEVICE_ATTACH_IOMMUFD_PT, &cmd);
}

static void track(uint32_t table, bool on)
{
	struct iommu_hwpt_set_dirty_tracking cmd = {
		.size = sizeof(cmd),
		.flags = on ? IOMMU_HWPT_DIRTY_TRACKING_ENABLE : 0,
		.hwpt_id = table,
	};

	CALL(iommu, IOMMU_HWPT_SET_DIRTY_TRACKING, &cmd);
}

static void map(uint32_t ioas, uint64_t iova, void *va, uint64_t bytes)
{
	struct iommu_ioas_map cmd = {
		.size = sizeof(cmd),
		.flags = IOMMU_IOAS_MAP_FIXED_IOVA | IOMMU_IOAS_MAP_READABLE |
			 IOMMU_IOAS_MAP_WRITEABLE,
		.ioas_id = ioas,
		.user_va = (uintptr_t)va,
		.length = bytes,
		.iova = iova,
	};

	CALL(iommu, IOMMU_IOAS_MAP, &cmd);
}

static void unmap(uint32_t ioas, uint64_t iova, uint64_t bytes)
{
	struct iommu_ioas_unmap cmd = {
		.size = sizeof(cmd),
		.ioas_id = ioas,
		.iova = iova,
		.length = bytes,
	};

	CALL(iommu, IOMMU_IOAS_UNMAP, &cmd);
}

/* The pages of 4 KiB written since the last time, one bit each. */
static void dirty(uint32_t table, uint64_t iova, uint64_t bytes, uint32_t flags,
		  uint64_t *bitmap)
{
	struct iommu_hwpt_get_dirty_bitmap cmd = {
		.size = sizeof(cmd),
		.hwpt_id = table,
		.flags = flags,
		.iova = iova,
		.length = bytes,
		.page_size = PAGE,
		.data = (uintptr_t)bitmap,
	};

	memset(bitmap, 0, bytes / PAGE / 8);
	CALL(iommu, IOMMU_HWPT_GET_DIRTY_BITMAP, &cmd);
}

static void expect_small(uint32_t table, uint32_t flags, uint64_t want,
			 const char *when)
{
	uint64_t got;

	dirty(table, SMALL_IOVA, SMALL_PAGES * PAGE, flags, &got);
	if (got == want)
		return;
	printf("%s: dirty %#llx, not %#llx\n", when, (unsigned long long)got,
	       (unsigned long long)want);
	exit(1);
}

static unsigned int count_large(uint32_t table)
{
	uint64_t bitmap[LARGE / PAGE / 64];
	unsigned int i, count = 0;

	dirty(table, LARGE_IOVA, LARGE, 0, bitmap);
	for (i = 0; i < LARGE / PAGE / 64; i++)
		count += (unsigned int)__builtin_popcountll(bitmap[i]);
	return count;
}

/* ---- what is tried ----------------------------------------------------------- */

static void *memory(uint64_t bytes, uint64_t align, int advice)
{
	uint8_t *va = mmap(NULL, bytes + align, PROT_READ | PROT_WRITE,
			   MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	check(va != MAP_FAILED, "memory");
	va += -(uintptr_t)va & (align - 1);
	madvise(va, bytes, advice);
	memset(va, 0x5a, bytes);
	return va;
}

/* Is there a leaf of this size, as the module's debugfs shows it? */
static bool leaf_shown(uint64_t iova, unsigned int lg2)
{
	FILE *file = fopen("/sys/kernel/debug/hvpt/tables", "r");
	char line[128], start[32], end[16];
	bool found = false;

	check(file != NULL, "tables");
	snprintf(start, sizeof(start), "  %#llx -> ", (unsigned long long)iova);
	snprintf(end, sizeof(end), " 2^%u ", lg2);
	while (fgets(line, sizeof(line), file))
		found |= !strncmp(line, start, strlen(start)) &&
			 strstr(line, end);
	fclose(file);
	return found;
}

static void try_small(uint32_t ioas, uint32_t table)
{
	uint8_t *va = memory(SMALL_PAGES * PAGE, PAGE, MADV_NOHUGEPAGE);

	/* What the device fetches here it stores elsewhere afterwards. */
	memset(va + 5 * PAGE, 0xa5, 16);
	map(ioas, SMALL_IOVA, va, SMALL_PAGES * PAGE);
	check(leaf_shown(SMALL_IOVA, 12), "a page of 4 KiB");
	track(table, true);
	expect_small(table, 0, 0, "at first");
	edu_read(SMALL_IOVA + 5 * PAGE);
	expect_small(table, 0, 0, "after a read");
	edu_write(SMALL_IOVA + 3 * PAGE);
	edu_write(SMALL_IOVA + 63 * PAGE + 0x800);
	check(va[3 * PAGE] == 0xa5 && va[3 * PAGE + 16] == 0x5a,
	      "16 bytes written");
	expect_small(table, IOMMU_HWPT_GET_DIRTY_BITMAP_NO_CLEAR,
		     1ull << 63 | 1 << 3, "looked at");
	expect_small(table, 0, 1ull << 63 | 1 << 3, "taken");
	expect_small(table, 0, 0, "taken again");
	/* What was cleared must not be cached as written. */
	edu_write(SMALL_IOVA + 3 * PAGE);
	edu_write(SMALL_IOVA + 4 * PAGE);
	expect_small(table, 0, 1 << 4 | 1 << 3, "written again");
	printf("4 KiB pages: as written\n");
}

static void try_large(uint32_t ioas, uint32_t table)
{
	uint8_t *va = memory(LARGE, LARGE, MADV_HUGEPAGE);

	map(ioas, LARGE_IOVA, va, LARGE);
	check(leaf_shown(LARGE_IOVA, 21), "a page of 2 MiB");
	check(count_large(table) == 0, "nothing written");
	edu_write(LARGE_IOVA + 0x123000);
	check(va[0x123000] == 0xa5, "16 bytes written to the large page");
	/* One leaf, one bit: all of it. */
	check(count_large(table) == LARGE / PAGE, "the large page is dirty");
	check(count_large(table) == 0, "cleared");
	edu_write(LARGE_IOVA);
	check(count_large(table) == LARGE / PAGE, "dirty again");
	printf("2 MiB page: as written\n");
}

int main(int argc, char **argv)
{
	uint32_t id, ioas, table;

	check(argc == 2, "iommufd CDEV");
	iommu = open("/dev/iommu", O_RDWR);
	check(iommu >= 0, "/dev/iommu");
	device = open(argv[1], O_RDWR);
	check(device >= 0, argv[1]);
	id = device_bind();
	ioas = ioas_alloc();
	table = table_alloc(id, ioas);
	attach(table);
	device_open();
	try_small(ioas, table);
	try_large(ioas, table);
	track(table, false);
	unmap(ioas, SMALL_IOVA, SMALL_PAGES * PAGE);
	unmap(ioas, LARGE_IOVA, LARGE);
	edu_write(SMALL_IOVA + 3 * PAGE);
	return 0;
}
