// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * A program that gives a device access to its memory through VFIO: pages of
 * 4 KiB, 2 MiB and 1 GiB, in both directions, and no access after the unmap.
 *
 *	user GROUP DEVICE
 *
 * The device is QEMU's edu (docs/specs/edu.rst of QEMU has its registers),
 * bound to vfio-pci; GROUP is the number of its IOMMU group. Exit code 0: all
 * checks passed.
 */
#include "edu.h"

#include <fcntl.h>
#include <linux/mman.h>

#define READ_WRITE (VFIO_DMA_MAP_FLAG_READ | VFIO_DMA_MAP_FLAG_WRITE)

/* What is copied each time: the whole buffer of edu. */
#define BYTES SIZE_4K

/* VT-d 7.1.3: the first-stage entry is not present, or is not writable. */
#define NOT_PRESENT "0x71"
#define NOT_WRITABLE "0x85"

static int container, group;

/* ---- VFIO -------------------------------------------------------------- */

static void open_group(const char *number)
{
	struct vfio_group_status status = { .argsz = sizeof(status) };
	char path[64];

	container = open("/dev/vfio/vfio", O_RDWR);
	CHECK(container >= 0);
	CHECK(ioctl(container, VFIO_GET_API_VERSION) == VFIO_API_VERSION);
	CHECK(ioctl(container, VFIO_CHECK_EXTENSION, VFIO_TYPE1v2_IOMMU) == 1);
	snprintf(path, sizeof(path), "/dev/vfio/%s", number);
	group = open(path, O_RDWR);
	CHECK(group >= 0);
	CHECK(ioctl(group, VFIO_GROUP_GET_STATUS, &status) == 0);
	CHECK(status.flags & VFIO_GROUP_FLAGS_VIABLE);
	CHECK(ioctl(group, VFIO_GROUP_SET_CONTAINER, &container) == 0);
	CHECK(ioctl(container, VFIO_SET_IOMMU, VFIO_TYPE1v2_IOMMU) == 0);
}

static void check_page_sizes(void)
{
	struct vfio_iommu_type1_info info = { .argsz = sizeof(info) };

	CHECK(ioctl(container, VFIO_IOMMU_GET_INFO, &info) == 0);
	CHECK(info.flags & VFIO_IOMMU_INFO_PGSIZES);
	CHECK((info.iova_pgsizes & (SIZE_4K | SIZE_2M | SIZE_1G)) ==
	      (SIZE_4K | SIZE_2M | SIZE_1G));
}

static void open_device(const char *name)
{
	int device = ioctl(group, VFIO_GROUP_GET_DEVICE_FD, name);

	CHECK(device >= 0);
	edu_open(device);
}

static int map(const void *memory, uint64_t iova, uint64_t size, uint32_t flags)
{
	struct vfio_iommu_type1_dma_map map = {
		.argsz = sizeof(map),
		.flags = flags,
		.vaddr = (uintptr_t)memory,
		.iova = iova,
		.size = size,
	};

	return ioctl(container, VFIO_IOMMU_MAP_DMA, &map);
}

static void unmap(uint64_t iova, uint64_t size)
{
	struct vfio_iommu_type1_dma_unmap unmap = {
		.argsz = sizeof(unmap),
		.iova = iova,
		.size = size,
	};

	CHECK(ioctl(container, VFIO_IOMMU_UNMAP_DMA, &unmap) == 0);
	CHECK(unmap.size == size);
}

/* ---- faults ------------------------------------------------------------ */

#define FAULT "/sys/module/hvpt_bridge/parameters/fault"

static void no_fault(void)
{
	CHECK(file_shows(FAULT, "none", ""));
}

/* The last fault is a write of edu, slot 7. */
static void write_fault_is(uint64_t iova, const char *reason)
{
	char text[64];

	snprintf(text, sizeof(text), "7 %#llx %s w", (unsigned long long)iova,
		 reason);
	CHECK(file_shows(FAULT, text, ""));
}

/* ---- the cases --------------------------------------------------------- */

static void *memory(uint64_t size)
{
	int flags = MAP_PRIVATE | MAP_ANONYMOUS;
	void *got;

	if (size > SIZE_4K)
		flags |= MAP_HUGETLB | __builtin_ctzll(size) << MAP_HUGE_SHIFT;
	got = mmap(NULL, size, PROT_READ | PROT_WRITE, flags, -1, 0);
	CHECK(got != MAP_FAILED);
	return got;
}

static void fill(unsigned char *bytes, unsigned int seed)
{
	unsigned int i;

	for (i = 0; i < BYTES; i++)
		bytes[i] = (unsigned char)((i * 2654435761u + seed) >> 13);
}

/* Reads at the beginning, writes at the end; then it is unmapped. */
static void one_size(uint64_t size, uint64_t iova)
{
	unsigned char want[BYTES];
	unsigned char *bytes = memory(size);
	unsigned char *last = bytes + size - BYTES;
	uint64_t end = iova + size - BYTES;

	fill(bytes, (unsigned int)(size >> 12));
	memcpy(want, bytes, BYTES);
	CHECK(map(bytes, iova, size, READ_WRITE) == 0);
	CHECK(leaf_is(iova, size, true));
	edu_fetch(iova, BYTES);
	memset(last, 0x5a, BYTES);
	edu_store(end, BYTES);
	CHECK(memcmp(last, want, BYTES) == 0);
	no_fault();
	unmap(iova, size);
	CHECK(!leaf_is(iova, size, true));
	memset(last, 0x5a, BYTES);
	memset(want, 0x5a, BYTES);
	edu_store(end, BYTES);
	write_fault_is(end, NOT_PRESENT);
	CHECK(memcmp(last, want, BYTES) == 0);
	CHECK(munmap(bytes, size) == 0);
	printf("%llu KiB: good\n", (unsigned long long)size >> 10);
}

/*
 * The device may read there but not write. It writes first, because QEMU
 * records no fault for what its IOTLB has from a read.
 */
static void read_only(void)
{
	unsigned char *bytes = memory(SIZE_4K);
	uint64_t iova = 0x5000000;

	CHECK(map(bytes, iova, SIZE_4K, VFIO_DMA_MAP_FLAG_READ) == 0);
	CHECK(leaf_is(iova, SIZE_4K, false));
	memset(bytes, 0x77, BYTES);
	edu_store(iova, BYTES);
	write_fault_is(iova, NOT_WRITABLE);
	CHECK(bytes[0] == 0x77 && bytes[BYTES - 1] == 0x77);
	edu_fetch(iova, BYTES);
	no_fault();
	unmap(iova, SIZE_4K);
	CHECK(munmap(bytes, SIZE_4K) == 0);
}

/* What must be refused and must not change the existing mapping. */
static void refusals(void)
{
	unsigned char *bytes = memory(SIZE_2M);
	uint64_t iova = SIZE_2M;

	CHECK(map(bytes, iova, SIZE_2M, READ_WRITE) == 0);
	CHECK(map(bytes, iova, SIZE_2M, READ_WRITE) < 0 && errno == EEXIST);
	CHECK(map(bytes, iova + SIZE_2M - SIZE_4K, SIZE_2M, READ_WRITE) < 0 &&
	      errno == EEXIST);
	CHECK(map(bytes, iova + SIZE_1G + 12, SIZE_4K, READ_WRITE) < 0 &&
	      errno == EINVAL);
	CHECK(map(bytes, iova + SIZE_1G, 12, READ_WRITE) < 0 &&
	      errno == EINVAL);
	CHECK(map(bytes, 1ull << 60, SIZE_4K, READ_WRITE) < 0);
	CHECK(map(bytes, 0xfee00000, SIZE_4K, READ_WRITE) < 0);
	CHECK(leaf_is(iova, SIZE_2M, true));
	edu_fetch(iova + SIZE_2M - BYTES, BYTES);
	no_fault();
	unmap(iova, SIZE_2M);
	CHECK(munmap(bytes, SIZE_2M) == 0);
}

int main(int argc, char **argv)
{
	CHECK(argc == 3);
	open_group(argv[1]);
	check_page_sizes();
	open_device(argv[2]);
	one_size(SIZE_4K, 0x1234000);
	one_size(SIZE_2M, 3 * SIZE_2M);
	one_size(SIZE_1G, 5 * SIZE_1G);
	one_size(SIZE_4K, 0x7ffffffff000);
	read_only();
	refusals();
	return 0;
}
