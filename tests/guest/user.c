// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * A program which lets a device reach its memory, through VFIO: pages of
 * 4 KiB, 2 MiB and 1 GiB, each there and back, and after the unmap no more.
 *
 *	user GROUP DEVICE
 *
 * The device is QEMU's edu (docs/specs/edu.rst of QEMU has its registers),
 * bound to vfio-pci; GROUP is the number of its IOMMU group. Exit code 0: all
 * was as it should be.
 */
#include <errno.h>
#include <fcntl.h>
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

/* Registers of edu, and its memory as its DMA engine sees that. */
#define EDU_SOURCE 0x80
#define EDU_TARGET 0x88
#define EDU_COUNT 0x90
#define EDU_COMMAND 0x98
#define EDU_START 1
#define EDU_TO_MEMORY 2
#define EDU_BUFFER 0x40000
#define EDU_BYTES 4096

#define PCI_COMMAND 4
#define PCI_COMMAND_MEMORY_MASTER 6

static int container, group, device;
static volatile unsigned char *registers;

#define CHECK(condition)                                                       \
	do {                                                                   \
		if (!(condition)) {                                            \
			printf("user: line %d: %s (%s)\n", __LINE__,           \
			       #condition, strerror(errno));                   \
			exit(1);                                               \
		}                                                              \
	} while (0)

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
	struct vfio_region_info bar = { .argsz = sizeof(bar) };
	struct vfio_region_info config = { .argsz = sizeof(config) };
	uint16_t command;

	device = ioctl(group, VFIO_GROUP_GET_DEVICE_FD, name);
	CHECK(device >= 0);
	bar.index = VFIO_PCI_BAR0_REGION_INDEX;
	CHECK(ioctl(device, VFIO_DEVICE_GET_REGION_INFO, &bar) == 0);
	registers = mmap(NULL, bar.size, PROT_READ | PROT_WRITE, MAP_SHARED,
			 device, bar.offset);
	CHECK(registers != MAP_FAILED);
	config.index = VFIO_PCI_CONFIG_REGION_INDEX;
	CHECK(ioctl(device, VFIO_DEVICE_GET_REGION_INFO, &config) == 0);
	CHECK(pread(device, &command, 2, config.offset + PCI_COMMAND) == 2);
	command |= PCI_COMMAND_MEMORY_MASTER;
	CHECK(pwrite(device, &command, 2, config.offset + PCI_COMMAND) == 2);
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

#define READ_WRITE (VFIO_DMA_MAP_FLAG_READ | VFIO_DMA_MAP_FLAG_WRITE)

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

/* ---- the device -------------------------------------------------------- */

static volatile uint64_t *edu(unsigned int offset)
{
	return (volatile uint64_t *)(registers + offset);
}

static void run(uint64_t source, uint64_t target, uint64_t command)
{
	*edu(EDU_SOURCE) = source;
	*edu(EDU_TARGET) = target;
	*edu(EDU_COUNT) = EDU_BYTES;
	*edu(EDU_COMMAND) = command | EDU_START;
	while (*edu(EDU_COMMAND) & EDU_START)
		usleep(1000);
}

static void fetch(uint64_t iova)
{
	run(iova, EDU_BUFFER, 0);
}

static void store(uint64_t iova)
{
	run(EDU_BUFFER, iova, EDU_TO_MEMORY);
}

/* ---- what the kernel shows --------------------------------------------- */

/* Is there a line in the file which has all of the text in it? */
static bool shown(const char *path, const char *text)
{
	char line[256];
	bool found = false;
	FILE *file = fopen(path, "r");

	CHECK(file);
	while (!found && fgets(line, sizeof(line), file))
		found = strstr(line, text);
	fclose(file);
	return found;
}

/* Is IOVA in a leaf of @size which begins at @start? */
static bool leaf_is(uint64_t start, uint64_t size, bool writable)
{
	char text[64], end[32];
	char line[256];
	bool found = false;
	FILE *file = fopen("/sys/kernel/debug/hvpt/tables", "r");

	CHECK(file);
	snprintf(text, sizeof(text), "  %#llx -> ", (unsigned long long)start);
	snprintf(end, sizeof(end), " 2^%d r%c", __builtin_ctzll(size),
		 writable ? 'w' : '-');
	while (!found && fgets(line, sizeof(line), file))
		found = strstr(line, text) == line && strstr(line, end);
	fclose(file);
	return found;
}

#define FAULT "/sys/module/hvpt_bridge/parameters/fault"

static void no_fault(void)
{
	CHECK(shown(FAULT, "none"));
}

/* The newest fault is of edu, slot 7. */
static void fault_is(uint64_t iova, char access)
{
	char text[64];

	snprintf(text, sizeof(text), "7 %#llx 0x71 %c",
		 (unsigned long long)iova, access);
	CHECK(shown(FAULT, text));
}

/* ---- the cases --------------------------------------------------------- */

static void *memory(uint64_t size)
{
	int flags = MAP_PRIVATE | MAP_ANONYMOUS;
	void *got;

	if (size > SIZE_4K)
		flags |= MAP_HUGETLB | __builtin_ctzll(size) << 26;
	got = mmap(NULL, size, PROT_READ | PROT_WRITE, flags, -1, 0);
	CHECK(got != MAP_FAILED);
	return got;
}

static void fill(unsigned char *bytes, unsigned int seed)
{
	unsigned int i;

	for (i = 0; i < EDU_BYTES; i++)
		bytes[i] = (unsigned char)((i * 2654435761u + seed) >> 13);
}

/* Reads at the beginning, writes at the end; then it is taken away. */
static void one_size(uint64_t size, uint64_t iova)
{
	unsigned char want[EDU_BYTES];
	unsigned char *bytes = memory(size);
	unsigned char *last = bytes + size - EDU_BYTES;
	uint64_t end = iova + size - EDU_BYTES;

	fill(bytes, (unsigned int)(size >> 12));
	memcpy(want, bytes, EDU_BYTES);
	CHECK(map(bytes, iova, size, READ_WRITE) == 0);
	CHECK(leaf_is(iova, size, true));
	fetch(iova);
	memset(last, 0x5a, EDU_BYTES);
	store(end);
	CHECK(memcmp(last, want, EDU_BYTES) == 0);
	no_fault();
	unmap(iova, size);
	CHECK(!leaf_is(iova, size, true));
	memset(last, 0x5a, EDU_BYTES);
	memset(want, 0x5a, EDU_BYTES);
	store(end);
	fault_is(end, 'w');
	CHECK(memcmp(last, want, EDU_BYTES) == 0);
	CHECK(munmap(bytes, size) == 0);
	printf("user: %llu KiB: good\n", (unsigned long long)size >> 10);
}

/*
 * The device may read there, and not write. It writes first: QEMU records no
 * fault for what its IOTLB knows from a read.
 */
static void read_only(void)
{
	unsigned char *bytes = memory(SIZE_4K);
	uint64_t iova = 0x5000000;

	CHECK(map(bytes, iova, SIZE_4K, VFIO_DMA_MAP_FLAG_READ) == 0);
	CHECK(leaf_is(iova, SIZE_4K, false));
	memset(bytes, 0x77, EDU_BYTES);
	store(iova);
	CHECK(shown(FAULT, "7 0x5000000 "));
	CHECK(bytes[0] == 0x77 && bytes[EDU_BYTES - 1] == 0x77);
	fetch(iova);
	no_fault();
	unmap(iova, SIZE_4K);
	CHECK(munmap(bytes, SIZE_4K) == 0);
}

/* What must be refused, and leaves the mapping which is there alone. */
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
	fetch(iova + SIZE_2M - EDU_BYTES);
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
