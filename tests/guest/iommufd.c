// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * A user of iommufd, in a guest with the debug kernel: QEMU's edu device writes
 * to the memory of this process, and the dirty bitmap must show where.
 *
 * iommufd CDEV - /dev/vfio/devices/...; exit code 0 if all checks pass. It
 * leaves one fault: a write to IOVA 0x1003000, which is no longer mapped.
 */
#include "edu.h"

#include <fcntl.h>
#include <linux/iommufd.h>

#define SMALL_IOVA 0x1000000ull
#define LARGE_IOVA 0x2000000ull
#define SMALL_PAGES 64u

/* The bytes that the device reads or writes each time. */
#define BYTES 16u

static int iommu;
static int device;

#define CALL(fd, request, argument)                                            \
	CHECK(ioctl((fd), (request), (argument)) == 0)

/* See tests/guest/module.c. */
static void age(void)
{
	int file = open("/sys/module/hvpt_bridge/parameters/age", O_WRONLY);

	CHECK(file >= 0 && write(file, "1", 1) == 1);
	close(file);
}

static void edu_write(uint64_t iova)
{
	age();
	edu_store(iova, BYTES);
}

/* ---- iommufd --------------------------------------------------------- */

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

/* The 4 KiB pages written since the last call, one bit each. */
static void dirty(uint32_t table, uint64_t iova, uint64_t bytes, uint32_t flags,
		  uint64_t *bitmap)
{
	struct iommu_hwpt_get_dirty_bitmap cmd = {
		.size = sizeof(cmd),
		.hwpt_id = table,
		.flags = flags,
		.iova = iova,
		.length = bytes,
		.page_size = SIZE_4K,
		.data = (uintptr_t)bitmap,
	};

	memset(bitmap, 0, bytes / SIZE_4K / 8);
	CALL(iommu, IOMMU_HWPT_GET_DIRTY_BITMAP, &cmd);
}

static void expect_small(uint32_t table, uint32_t flags, uint64_t want,
			 const char *when)
{
	uint64_t got;

	dirty(table, SMALL_IOVA, SMALL_PAGES * SIZE_4K, flags, &got);
	if (got == want)
		return;
	printf("%s: dirty %#llx, not %#llx\n", when, (unsigned long long)got,
	       (unsigned long long)want);
	exit(1);
}

static unsigned int count_large(uint32_t table)
{
	uint64_t bitmap[SIZE_2M / SIZE_4K / 64];
	unsigned int i, count = 0;

	dirty(table, LARGE_IOVA, SIZE_2M, 0, bitmap);
	for (i = 0; i < SIZE_2M / SIZE_4K / 64; i++)
		count += (unsigned int)__builtin_popcountll(bitmap[i]);
	return count;
}

/* ---- what is tried --------------------------------------------------- */

static void *memory(uint64_t bytes, uint64_t align, int advice)
{
	uint8_t *va = mmap(NULL, bytes + align, PROT_READ | PROT_WRITE,
			   MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	CHECK(va != MAP_FAILED);
	va += -(uintptr_t)va & (align - 1);
	madvise(va, bytes, advice);
	memset(va, 0x5a, bytes);
	return va;
}

static void try_small(uint32_t ioas, uint32_t table)
{
	uint8_t *va = memory(SMALL_PAGES * SIZE_4K, SIZE_4K, MADV_NOHUGEPAGE);

	/* The device reads here, and then writes it elsewhere. */
	memset(va + 5 * SIZE_4K, 0xa5, 16);
	map(ioas, SMALL_IOVA, va, SMALL_PAGES * SIZE_4K);
	CHECK(leaf_is(SMALL_IOVA, SIZE_4K, true));
	track(table, true);
	expect_small(table, 0, 0, "at first");
	edu_fetch(SMALL_IOVA + 5 * SIZE_4K, BYTES);
	expect_small(table, 0, 0, "after a read");
	edu_write(SMALL_IOVA + 3 * SIZE_4K);
	edu_write(SMALL_IOVA + 63 * SIZE_4K + 0x800);
	CHECK(va[3 * SIZE_4K] == 0xa5 && va[3 * SIZE_4K + 16] == 0x5a);
	expect_small(table, IOMMU_HWPT_GET_DIRTY_BITMAP_NO_CLEAR,
		     1ull << 63 | 1 << 3, "looked at");
	expect_small(table, 0, 1ull << 63 | 1 << 3, "taken");
	expect_small(table, 0, 0, "taken again");
	/* An entry whose D was cleared must not be cached as dirty. */
	edu_write(SMALL_IOVA + 3 * SIZE_4K);
	edu_write(SMALL_IOVA + 4 * SIZE_4K);
	expect_small(table, 0, 1 << 4 | 1 << 3, "written again");
	printf("4 KiB pages: as written\n");
}

static void try_large(uint32_t ioas, uint32_t table)
{
	uint8_t *va = memory(SIZE_2M, SIZE_2M, MADV_HUGEPAGE);

	map(ioas, LARGE_IOVA, va, SIZE_2M);
	CHECK(leaf_is(LARGE_IOVA, SIZE_2M, true));
	CHECK(count_large(table) == 0);
	edu_write(LARGE_IOVA + 0x123000);
	CHECK(va[0x123000] == 0xa5);
	/* A leaf has one D bit for all its pages. */
	CHECK(count_large(table) == SIZE_2M / SIZE_4K);
	CHECK(count_large(table) == 0);
	edu_write(LARGE_IOVA);
	CHECK(count_large(table) == SIZE_2M / SIZE_4K);
	printf("2 MiB page: as written\n");
}

int main(int argc, char **argv)
{
	uint32_t id, ioas, table;

	CHECK(argc == 2);
	iommu = open("/dev/iommu", O_RDWR);
	CHECK(iommu >= 0);
	device = open(argv[1], O_RDWR);
	CHECK(device >= 0);
	id = device_bind();
	ioas = ioas_alloc();
	table = table_alloc(id, ioas);
	attach(table);
	edu_open(device);
	try_small(ioas, table);
	try_large(ioas, table);
	track(table, false);
	unmap(ioas, SMALL_IOVA, SMALL_PAGES * SIZE_4K);
	unmap(ioas, LARGE_IOVA, SIZE_2M);
	edu_write(SMALL_IOVA + 3 * SIZE_4K);
	return 0;
}
