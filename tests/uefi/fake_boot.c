/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#define _GNU_SOURCE /* MAP_FIXED_NOREPLACE */
#include "fake_boot.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include <Guid/EventGroup.h>
#include <Guid/HvptHandOver.h>
#include <Library/UefiBootServicesTableLib.h>
#include <Protocol/DevicePath.h>
#include <Protocol/HvptDeviceId.h>
#include <Protocol/IoMmu.h>
#include <Protocol/PciIo.h>

#define BUCKETS 4096u
#define PAGE 4096u
#define HANDLES 256u
#define EVENTS 12u
#define PROTOCOLS 4u

/* Where memory below 4 GiB is looked for, and in which steps. */
#define LOW_FIRST UINT64_C(0x100000)
#define LOW_LAST UINT64_C(0x70000000)
#define LOW_STEP UINT64_C(0x10000)
#define LOW_TRIES 65536u

struct fake_boot fake_boot;
EFI_BOOT_SERVICES *gBS;
EFI_HANDLE gImageHandle;

EFI_GUID gEdkiiIoMmuProtocolGuid = { 0x4e939de9, 0xd948, 0x4b0f, { 0x88 } };
EFI_GUID gEfiPciIoProtocolGuid = { 0x4cf5b200, 0x68b8, 0x4ca5, { 0x9e } };
EFI_GUID gEfiDevicePathProtocolGuid = { 0x09576e91, 0x6d3f, 0x11d2, { 0x8e } };
EFI_GUID gHvptDeviceIdProtocolGuid = { 0x5a1d6b0e, 0x93c4, 0x4c1f, { 0x8e } };
EFI_GUID gEfiEventExitBootServicesGuid = {
	0x27abf055, 0xb1b8, 0x4c26, { 0x80 }
};

EFI_GUID gHvptHandOverGuid = HVPT_HAND_OVER_GUID;
EFI_GUID gEfiEventReadyToBootGuid = { 0x7ce88fb3, 0x4bd7, 0x4679, { 0x87 } };

/* One allocation of pages, found by its first page or by any of them. */
struct block {
	struct block *next;
	uint64_t first;
	size_t pages;
	bool low;
	bool reserved;
	EFI_MEMORY_TYPE type;
};

/* For memory of that type. */
static _Alignas(PAGE) uint8_t reserved_region[0x400000];
static size_t reserved_used;

struct page {
	struct page *next;
	uint64_t address;
};

struct pool {
	struct pool *next;
	struct pool *before;
};

struct handle {
	EFI_PCI_IO_PROTOCOL pci;
	unsigned id;
	const void *path;
	bool has_pci;
};

struct event {
	EFI_EVENT_NOTIFY notify;
	EFI_TPL tpl;
	void *context;
	const EFI_GUID *group;
	unsigned turn; /* in the queue; 0: not queued */
};

static struct block *blocks;
static struct page *page_hash[BUCKETS];
static struct pool pools = { &pools, &pools };
static struct handle handles[HANDLES];
static size_t handle_count;
static struct event events[EVENTS];
static size_t event_count;
static unsigned turns;
static struct {
	const EFI_GUID *guid;
	void *interface;
} protocols[PROTOCOLS];
static size_t protocol_count;

_Noreturn static void die(const char *what)
{
	fprintf(stderr, "boot services: %s (TPL %u)\n", what,
		(unsigned)fake_boot.tpl);
	abort();
}

/* ---- TPL --------------------------------------------------------------- */

static EFI_TPL EFIAPI raise_tpl(EFI_TPL tpl)
{
	EFI_TPL before = fake_boot.tpl;

	if (tpl < before)
		die("RaiseTPL lowers");
	fake_boot.tpl = tpl;
	return before;
}

static VOID EFIAPI restore_tpl(EFI_TPL tpl)
{
	void (*lowered)(void) = fake_boot.lowered;
	EFI_TPL home = fake_boot.home;

	if (tpl > fake_boot.tpl)
		die("RestoreTPL raises");
	if (lowered && tpl < TPL_CALLBACK && fake_boot.tpl >= TPL_CALLBACK) {
		fake_boot.lowered = NULL;
		fake_boot.tpl = TPL_CALLBACK;
		fake_boot.home = TPL_CALLBACK;
		lowered();
		fake_boot.home = home;
	}
	fake_boot.tpl = tpl;
}

/* ---- memory ------------------------------------------------------------ */

static void memory_service(void)
{
	if (fake_boot.tpl > TPL_NOTIFY)
		die("memory service above TPL_NOTIFY");
	if (fake_boot.exiting)
		die("memory service in ExitBootServices");
}

static bool fails(void)
{
	fake_boot.allocs++;
	return fake_boot.fail_at != 0 && --fake_boot.fail_at == 0;
}

static struct page **page_slot(uint64_t address)
{
	struct page **slot = &page_hash[address / PAGE % BUCKETS];

	while (*slot && (*slot)->address != address)
		slot = &(*slot)->next;
	return slot;
}

/* Memory up to an address below 4 GiB, from wherever there is some. */
static void *get_low_memory(size_t bytes, uint64_t last)
{
	static uint64_t next = LOW_FIRST;
	unsigned tries;
	void *memory;

	for (tries = 0; tries < LOW_TRIES; tries++, next += LOW_STEP) {
		if (next + bytes - 1 > last || next + bytes > LOW_LAST)
			next = LOW_FIRST;
		memory = mmap((void *)(uintptr_t)next, bytes,
			      PROT_READ | PROT_WRITE,
			      MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE,
			      -1, 0);
		if (memory != MAP_FAILED)
			return memory;
	}
	return NULL;
}

/*
 * Of one region, as in edk2, which keeps memory of a type together. What was
 * freed is not given out again.
 */
static void *get_reserved_memory(size_t bytes)
{
	uint8_t *start = reserved_region + reserved_used;

	reserved_used += bytes;
	return reserved_used <= sizeof(reserved_region) ? start : NULL;
}

static void get_memory(struct block *block, uint64_t last)
{
	size_t bytes = block->pages * PAGE;
	void *start;

	block->reserved = block->type == EfiReservedMemoryType && !block->low;
	if (block->reserved)
		start = get_reserved_memory(bytes);
	else if (block->low)
		start = get_low_memory(bytes, last);
	else
		start = aligned_alloc(PAGE, bytes);
	block->first = (uint64_t)(uintptr_t)start;
}

static void put_memory(struct block *block)
{
	if (block->low)
		munmap((void *)(uintptr_t)block->first, block->pages * PAGE);
	else if (!block->reserved)
		free((void *)(uintptr_t)block->first);
	free(block);
}

static void add_block(struct block *block)
{
	size_t i;

	block->next = blocks;
	blocks = block;
	fake_boot.pages += block->pages;
	for (i = 0; i < block->pages; i++) {
		struct page **slot = page_slot(block->first + i * PAGE);

		if (*slot)
			die("the page is there already");
		*slot = calloc(1, sizeof(**slot));
		if (!*slot)
			die("no memory");
		(*slot)->address = block->first + i * PAGE;
	}
}

static EFI_STATUS EFIAPI allocate_pages(EFI_ALLOCATE_TYPE type,
					EFI_MEMORY_TYPE memory, UINTN count,
					EFI_PHYSICAL_ADDRESS *address)
{
	struct block *block;
	bool low = type == AllocateMaxAddress && *address <= MAX_UINT32;

	memory_service();
	if (type == AllocateAddress ||
	    (memory == EfiReservedMemoryType && !fake_boot.may_reserve))
		die("a kind of memory the adapter has no business with");
	if (fails())
		return EFI_OUT_OF_RESOURCES;
	if (type != AllocateMaxAddress)
		*address = MAX_UINT64;
	fake_boot.max_address = *address;
	block = calloc(1, sizeof(*block));
	if (!block)
		die("no memory");
	block->pages = count;
	block->low = low;
	block->type = memory;
	get_memory(block, *address);
	if (!block->first || block->first + count * PAGE - 1 > *address)
		die("no memory");
	memset((void *)(uintptr_t)block->first, 0xa5, count * PAGE);
	add_block(block);
	*address = block->first;
	return EFI_SUCCESS;
}

static EFI_STATUS EFIAPI free_pages(EFI_PHYSICAL_ADDRESS address, UINTN count)
{
	struct block **link = &blocks, *block;
	size_t i;

	memory_service();
	while (*link && ((*link)->first != address || (*link)->pages != count))
		link = &(*link)->next;
	block = *link;
	if (!block)
		die("FreePages of something else");
	*link = block->next;
	for (i = 0; i < count; i++) {
		struct page **slot = page_slot(address + i * PAGE);
		struct page *page = *slot;

		if (fake_boot.freed)
			fake_boot.freed(page->address);
		*slot = page->next;
		free(page);
	}
	fake_boot.pages -= count;
	put_memory(block);
	return EFI_SUCCESS;
}

static EFI_STATUS EFIAPI allocate_pool(EFI_MEMORY_TYPE type, UINTN bytes,
				       VOID **buffer)
{
	struct pool *pool;

	memory_service();
	if (type != EfiBootServicesData)
		die("pool of another type");
	if (fails())
		return EFI_OUT_OF_RESOURCES;
	pool = malloc(sizeof(*pool) + bytes);
	if (!pool)
		die("no memory");
	pool->next = pools.next;
	pool->before = &pools;
	pools.next->before = pool;
	pools.next = pool;
	memset(pool + 1, 0x5a, bytes);
	fake_boot.pools++;
	*buffer = pool + 1;
	return EFI_SUCCESS;
}

static EFI_STATUS EFIAPI free_pool(VOID *buffer)
{
	struct pool *pool = (struct pool *)buffer - 1;

	memory_service();
	pool->next->before = pool->before;
	pool->before->next = pool->next;
	fake_boot.pools--;
	free(pool);
	return EFI_SUCCESS;
}

void fake_boot_take(uint8_t byte)
{
	const struct block *block;

	for (block = blocks; block; block = block->next)
		if (block->type == EfiBootServicesData)
			memset((void *)(uintptr_t)block->first, byte,
			       block->pages * PAGE);
}

EFI_MEMORY_TYPE fake_boot_type_of(uint64_t page)
{
	const struct block *block = blocks;

	while (block && (page < block->first ||
			 page - block->first >= block->pages * PAGE))
		block = block->next;
	if (!block)
		die("memory that was not allocated");
	return block->type;
}

bool fake_boot_read64(void *ctx, uint64_t gpa, uint64_t *value)
{
	(void)ctx;
	if (!*page_slot(gpa & ~(uint64_t)(PAGE - 1)))
		return false;
	*value = __atomic_load_n((uint64_t *)(uintptr_t)gpa, __ATOMIC_RELAXED);
	return true;
}

/* ---- handles and protocols ---------------------------------------------- */

static void protocol_service(void)
{
	if (fake_boot.tpl != fake_boot.home)
		die("a protocol is called at a raised TPL");
}

static EFI_STATUS EFIAPI get_location(EFI_PCI_IO_PROTOCOL *pci, UINTN *segment,
				      UINTN *bus, UINTN *device,
				      UINTN *function)
{
	const struct handle *handle = (const struct handle *)pci;

	protocol_service();
	*segment = handle->id >> 16;
	*bus = handle->id >> 8 & 0xff;
	*device = handle->id >> 3 & 0x1f;
	*function = handle->id & 7;
	return EFI_SUCCESS;
}

static EFI_HANDLE add_handle(void)
{
	if (handle_count == HANDLES)
		die("no handle left");
	return &handles[handle_count++];
}

EFI_HANDLE fake_boot_pci_handle(unsigned device_id)
{
	struct handle *handle = add_handle();

	handle->pci.GetLocation = get_location;
	handle->has_pci = true;
	handle->id = device_id;
	return handle;
}

EFI_HANDLE fake_boot_path_handle(const void *path)
{
	struct handle *handle = add_handle();

	handle->path = path;
	return handle;
}

static EFI_STATUS EFIAPI handle_protocol(EFI_HANDLE which, EFI_GUID *guid,
					 VOID **interface)
{
	size_t i;

	protocol_service();
	for (i = 0; i < handle_count && which != &handles[i]; i++)
		;
	if (i == handle_count)
		return EFI_INVALID_PARAMETER;
	if (guid == &gEfiPciIoProtocolGuid && handles[i].has_pci) {
		*interface = &handles[i].pci;
		return EFI_SUCCESS;
	}
	if (guid == &gEfiDevicePathProtocolGuid && handles[i].path) {
		*interface = (void *)(uintptr_t)handles[i].path;
		return EFI_SUCCESS;
	}
	return EFI_UNSUPPORTED;
}

void fake_boot_install(const EFI_GUID *guid, void *interface)
{
	if (protocol_count == PROTOCOLS)
		die("too many protocols");
	protocols[protocol_count].guid = guid;
	protocols[protocol_count++].interface = interface;
}

void *fake_boot_protocol(const EFI_GUID *guid)
{
	size_t i;

	for (i = 0; i < protocol_count; i++)
		if (protocols[i].guid == guid)
			return protocols[i].interface;
	return NULL;
}

/* In the firmware's own memory: no allocation of the adapter's. */
static EFI_STATUS EFIAPI install_table(EFI_GUID *guid, VOID *table)
{
	if (guid != &gHvptHandOverGuid || fake_boot.tpl > TPL_NOTIFY ||
	    fake_boot.exiting)
		die("a configuration table that is not expected");
	if (!table && !fake_boot.table)
		return EFI_NOT_FOUND;
	if (table && fails())
		return EFI_OUT_OF_RESOURCES;
	fake_boot.table = table;
	return EFI_SUCCESS;
}

static EFI_STATUS EFIAPI locate_protocol(EFI_GUID *guid, VOID *key,
					 VOID **interface)
{
	(void)key;
	protocol_service();
	*interface = fake_boot_protocol(guid);
	return *interface ? EFI_SUCCESS : EFI_NOT_FOUND;
}

static EFI_STATUS EFIAPI install(EFI_HANDLE *handle, ...)
{
	__builtin_ms_va_list list;
	EFI_GUID *guid;

	if (fails())
		return EFI_OUT_OF_RESOURCES;
	__builtin_ms_va_start(list, handle);
	guid = __builtin_va_arg(list, EFI_GUID *);
	fake_boot_install(guid, __builtin_va_arg(list, void *));
	if (__builtin_va_arg(list, void *))
		die("more protocols than expected");
	__builtin_ms_va_end(list);
	*handle = add_handle();
	return EFI_SUCCESS;
}

/* ---- events -------------------------------------------------------------- */

static struct event *new_event(EFI_EVENT_NOTIFY notify, EFI_TPL tpl,
			       const void *context, const EFI_GUID *group)
{
	if (!notify || event_count == EVENTS ||
	    (tpl != TPL_CALLBACK && tpl != TPL_NOTIFY))
		die("an event which is not expected");
	if (fails())
		return NULL;
	events[event_count] = (struct event){
		.notify = notify,
		.tpl = tpl,
		.context = (void *)(uintptr_t)context,
		.group = group,
	};
	return &events[event_count++];
}

static EFI_STATUS EFIAPI create_event_ex(UINT32 type, EFI_TPL tpl,
					 EFI_EVENT_NOTIFY notify,
					 CONST VOID *context,
					 CONST EFI_GUID *group,
					 EFI_EVENT *event)
{
	if (type != EVT_NOTIFY_SIGNAL ||
	    (group != &gEfiEventExitBootServicesGuid &&
	     group != &gEfiEventReadyToBootGuid))
		die("an event which is not expected");
	*event = new_event(notify, tpl, context, group);
	return *event ? EFI_SUCCESS : EFI_OUT_OF_RESOURCES;
}

static EFI_STATUS EFIAPI create_event(UINT32 type, EFI_TPL tpl,
				      EFI_EVENT_NOTIFY notify, VOID *context,
				      EFI_EVENT *event)
{
	if (type != EVT_NOTIFY_SIGNAL)
		die("an event which is not expected");
	*event = new_event(notify, tpl, context, NULL);
	return *event ? EFI_SUCCESS : EFI_OUT_OF_RESOURCES;
}

static EFI_STATUS EFIAPI close_event(EFI_EVENT event)
{
	((struct event *)event)->notify = NULL;
	return EFI_SUCCESS;
}

/* Queued behind all of its TPL; once, however often it is signalled. */
static EFI_STATUS EFIAPI signal_event(EFI_EVENT signalled)
{
	struct event *event = signalled;

	if (event->notify && !event->turn)
		event->turn = ++turns;
	return EFI_SUCCESS;
}

static struct event *next_event(void)
{
	struct event *next = NULL;
	size_t i;

	for (i = 0; i < event_count; i++) {
		struct event *event = &events[i];

		if (event->turn &&
		    (!next || event->tpl > next->tpl ||
		     (event->tpl == next->tpl && event->turn < next->turn)))
			next = event;
	}
	return next;
}

static void EFIAPI others_handler(EFI_EVENT event, void *context)
{
	(void)event;
	((void (*)(void))(uintptr_t)context)();
}

void fake_boot_on_exit(EFI_TPL tpl, void (*handler)(void))
{
	if (!new_event(others_handler, tpl, (void *)(uintptr_t)handler,
		       &gEfiEventExitBootServicesGuid))
		die("no event");
}

static unsigned run_events(void)
{
	EFI_TPL home = fake_boot.home;
	struct event *event;
	unsigned notified = 0;

	while ((event = next_event()) != NULL) {
		event->turn = 0;
		raise_tpl(event->tpl);
		fake_boot.home = event->tpl;
		event->notify(event, event->context);
		fake_boot.home = home;
		restore_tpl(home);
		notified++;
	}
	return notified;
}

static unsigned signal_group(const EFI_GUID *group, bool newest_first)
{
	struct event *event;
	size_t i;

	for (i = 0; i < event_count; i++) {
		event = &events[newest_first ? event_count - 1 - i : i];
		if (event->group == group)
			signal_event(event);
	}
	return run_events();
}

unsigned fake_boot_ready_to_boot(void)
{
	return signal_group(&gEfiEventReadyToBootGuid, true);
}

unsigned fake_boot_exit_boot_services(bool newest_first)
{
	fake_boot.exiting = true;
	return signal_group(&gEfiEventExitBootServicesGuid, newest_first);
}

/* ---- open and close ------------------------------------------------------ */

static EFI_BOOT_SERVICES services = {
	.RaiseTPL = raise_tpl,
	.RestoreTPL = restore_tpl,
	.AllocatePages = allocate_pages,
	.FreePages = free_pages,
	.AllocatePool = allocate_pool,
	.FreePool = free_pool,
	.HandleProtocol = handle_protocol,
	.LocateProtocol = locate_protocol,
	.InstallConfigurationTable = install_table,
	.InstallMultipleProtocolInterfaces = install,
	.CreateEventEx = create_event_ex,
	.CreateEvent = create_event,
	.SignalEvent = signal_event,
	.CloseEvent = close_event,
};

void fake_boot_close(void)
{
	reserved_used = 0;
	while (blocks) {
		struct block *block = blocks;

		blocks = block->next;
		put_memory(block);
	}
	for (size_t i = 0; i < BUCKETS; i++) {
		while (page_hash[i]) {
			struct page *page = page_hash[i];

			page_hash[i] = page->next;
			free(page);
		}
	}
	while (pools.next != &pools) {
		struct pool *pool = pools.next;

		pools.next = pool->next;
		free(pool);
	}
	pools.before = &pools;
	memset(handles, 0, sizeof(handles));
	handle_count = event_count = protocol_count = 0;
	fake_boot = (struct fake_boot){
		.tpl = TPL_APPLICATION,
		.home = TPL_APPLICATION,
	};
}

void fake_boot_open(void)
{
	fake_boot_close();
	gBS = &services;
}
