/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Calls that drivers of real firmware made, made again: tests/data/uefi.
 *
 * usage: uefi_replay FILE [expose|drop-flushes|drop-access|time]
 *
 * After each call devices do DMA through the model hypervisor, with the worst
 * caches the rules allow. A byte that is not where it should be, before or
 * after, is a mismatch. The two modes that drop something have to see some.
 */
#define _GNU_SOURCE /* MAP_ANONYMOUS, clock_gettime */
#include "uefi_fixture.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>

#include <Library/PcdLib.h>

#include "trace/input.h"

#define MAPPINGS 4096u
#define BUFFERS 1024u
#define DEVICES 16u
#define RAM_BYTES (UINT64_C(512) << 20)
#define WHOLE_EVERY 64u
#define FLUSH_LIST HVPT_HVCALL_FLUSH_DEVICE_DOMAIN_LIST
#define FLUSH_ALL HVPT_HVCALL_FLUSH_DEVICE_DOMAIN

/* Which member a call is of. */
enum member {
	MAP,
	SET,
	UNMAP,
	ALLOC,
	FREE,
	MEMBERS
};
static const char *const member_name[] = { "Map", "SetAttribute", "Unmap",
					   "AllocateBuffer", "FreeBuffer" };

/* A mapping of the recording; access is what each device has now. */
struct mapping {
	bool live;
	unsigned operation;
	uint64_t host;
	uint64_t bytes;
	EFI_PHYSICAL_ADDRESS at;
	VOID *handle;
	unsigned access[DEVICES];
	unsigned had[DEVICES];
};

struct buffer {
	uint64_t recorded;
	uint64_t pages;
	uint64_t real;
};

struct device {
	unsigned id;
	EFI_HANDLE handle;
};

static struct {
	struct mapping mapping[MAPPINGS];
	struct buffer buffer[BUFFERS];
	struct device device[DEVICES];
	size_t devices;
	uint64_t calls[MEMBERS];
	uint64_t refused;
	uint64_t nanoseconds[MEMBERS];
	uint64_t dmas;
	uint64_t bytes;
	uint64_t mismatches;
	uint64_t unaligned;
	uint64_t partial;
	uint64_t partial_bytes;
	uint64_t not_common;
	uint64_t not_common_bytes;
	size_t live;
	size_t live_peak;
	bool check;
	bool drop_access;
	uint8_t *ram;
	unsigned long line;
} run;

_Noreturn static void die(const char *what)
{
	fprintf(stderr, "replay: call %lu: %s\n", run.line, what);
	exit(2);
}

/* ---- what devices see ------------------------------------------------ */

static void mismatch(const char *what)
{
	if (run.mismatches++ < 5)
		fprintf(stderr, "replay: call %lu: %s\n", run.line, what);
}

static uint64_t pages_of(const struct mapping *m)
{
	return ((m->at & 0xfff) + m->bytes + 0xfff) / 0x1000;
}

/* Bounced: the pages are others, so by content. */
static bool reaches(unsigned id, const struct mapping *m)
{
	struct hypervisor_dma dma;
	uint64_t i;

	if (!run.ram)
		return fixture_sees_all(id, m->at, m->bytes, m->host, false);
	/* Each byte of small ones; of large ones some, and all their ends. */
	for (i = 0; i < m->bytes; i++) {
		hypervisor_dma(fixture.hv, id, m->at + i, false, &dma);
		if (!dma.fresh.translated || dma.stale_count ||
		    *(uint8_t *)(uintptr_t)dma.fresh.gpa !=
			    *(uint8_t *)(uintptr_t)(m->host + i))
			return false;
		if (i >= 128 && i + 1200 < m->bytes)
			i += 1000;
	}
	return true;
}

/* Does the device reach this page by another mapping? */
static bool has_otherwise(const struct mapping *m, size_t device, uint64_t page)
{
	size_t i;

	for (i = 0; i < MAPPINGS; i++) {
		const struct mapping *other = &run.mapping[i];

		if (other != m && other->live && other->access[device] &&
		    page >= other->at / 0x1000 &&
		    page <= (other->at + other->bytes - 1) / 0x1000)
			return true;
	}
	return false;
}

/* Page by page: what nobody else has mapped for it faults. */
static bool reaches_none(size_t device, const struct mapping *m)
{
	uint64_t page = m->at / 0x1000, i;

	for (i = 0; i < pages_of(m); i++)
		if (!has_otherwise(m, device, page + i) &&
		    !fixture_sees_none(run.device[device].id,
				       (page + i) * 0x1000, 1))
			return false;
	return true;
}

static void check(const struct mapping *m)
{
	size_t i;

	if (!run.check)
		return;
	for (i = 0; i < run.devices; i++) {
		unsigned id = run.device[i].id;

		if (m->access[i]) {
			run.bytes += m->bytes;
			run.dmas += 2 * pages_of(m);
			if (!reaches(id, m))
				mismatch("a byte is not where it should be");
			if (fixture_sees(id, m->at, true, 0) ==
				    !!(m->access[i] & 2) &&
			    !has_otherwise(m, i, m->at / 0x1000))
				mismatch("the direction is wrong");
		} else if (m->had[i]) {
			run.dmas += 2 * pages_of(m);
			if (!reaches_none(i, m))
				mismatch("access which was taken away");
		}
	}
}

static void check_all(void)
{
	size_t i;

	for (i = 0; i < MAPPINGS; i++)
		if (run.mapping[i].live)
			check(&run.mapping[i]);
}

/* ---- the calls ------------------------------------------------------- */

static uint64_t now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return (uint64_t)time.tv_sec * 1000000000u + (uint64_t)time.tv_nsec;
}

static void done(enum member member, uint64_t since, EFI_STATUS status)
{
	run.nanoseconds[member] += now() - since;
	run.calls[member]++;
	if (EFI_ERROR(status)) {
		run.refused++;
		fprintf(stderr, "replay: call %lu: refused, %llx\n", run.line,
			(unsigned long long)status);
	}
	if (fake_boot.tpl != fake_boot.home)
		die("the TPL is not what it was");
}

/* Memory of the recording is ours: what AllocateBuffer() gave, or anything. */
static uint64_t real_host(uint64_t recorded)
{
	size_t i;

	for (i = 0; i < BUFFERS; i++) {
		const struct buffer *b = &run.buffer[i];

		if (b->pages && recorded >= b->recorded &&
		    recorded - b->recorded < b->pages * 0x1000)
			return b->real + (recorded - b->recorded);
	}
	if (!run.ram)
		return recorded;
	if (recorded >= RAM_BYTES)
		die("memory above what the machine had");
	return (uint64_t)(uintptr_t)run.ram + recorded;
}

static struct mapping *mapping_of(unsigned number)
{
	if (number >= MAPPINGS)
		die("too many mappings");
	return &run.mapping[number];
}

static void do_map(unsigned operation, uint64_t host, uint64_t bytes,
		   unsigned number)
{
	struct mapping *m = mapping_of(number);
	UINTN n = bytes;
	uint64_t since;
	EFI_STATUS status;

	*m = (struct mapping){ .operation = operation, .bytes = bytes };
	m->host = real_host(host);
	since = now();
	status = fixture.iommu->Map(fixture.iommu,
				    (EDKII_IOMMU_OPERATION)operation,
				    (void *)(uintptr_t)m->host, &n, &m->at,
				    &m->handle);
	done(MAP, since, status);
	m->live = status == EFI_SUCCESS;
	if (n != bytes || m->at + bytes - 1 > UINT32_MAX)
		die("not all was mapped, or not below 4 GiB");
	run.unaligned += (host | bytes) % 0x1000 != 0;
	if (operation != 2) {
		run.not_common++;
		run.not_common_bytes += bytes;
		run.partial += (host | bytes) % 0x1000 != 0;
		run.partial_bytes += (host | bytes) % 0x1000 ? bytes : 0;
	}
	if (++run.live > run.live_peak)
		run.live_peak = run.live;
}

static size_t device_of(unsigned bus, unsigned number, unsigned function)
{
	unsigned id = bus << 8 | number << 3 | function;
	size_t i;

	for (i = 0; i < run.devices && run.device[i].id != id; i++)
		;
	if (i == DEVICES)
		die("too many devices");
	if (i == run.devices) {
		run.device[i].id = id;
		run.device[i].handle = fixture_add_device(id);
		run.devices++;
	}
	return i;
}

static void do_set(size_t device, unsigned number, unsigned access)
{
	struct mapping *m = mapping_of(number);
	EFI_STATUS status;
	uint64_t since = now();

	if (!run.drop_access || !access) {
		status = fixture.iommu->SetAttribute(fixture.iommu,
						     run.device[device].handle,
						     m->handle, access);
		done(SET, since, status);
	}
	m->access[device] = access;
	m->had[device] |= access;
	check(m);
}

static void do_unmap(unsigned number)
{
	struct mapping *m = mapping_of(number);
	uint64_t since = now();

	done(UNMAP, since, fixture.iommu->Unmap(fixture.iommu, m->handle));
	memset(m->access, 0, sizeof(m->access));
	check(m);
	m->live = false;
	run.live--;
}

static void do_alloc(unsigned type, unsigned memory, uint64_t pages,
		     uint64_t attributes, uint64_t recorded)
{
	VOID *host = NULL;
	uint64_t since;
	size_t i;

	for (i = 0; i < BUFFERS && run.buffer[i].pages; i++)
		;
	if (i == BUFFERS)
		die("too many buffers");
	since = now();
	done(ALLOC, since,
	     fixture.iommu->AllocateBuffer(
		     fixture.iommu, (EFI_ALLOCATE_TYPE)type,
		     (EFI_MEMORY_TYPE)memory, pages, &host, attributes));
	run.buffer[i] = (struct buffer){
		.recorded = recorded,
		.pages = pages,
		.real = (uint64_t)(uintptr_t)host,
	};
}

static void do_free(uint64_t pages, uint64_t recorded)
{
	uint64_t since;
	size_t i;

	for (i = 0; i < BUFFERS; i++)
		if (run.buffer[i].recorded == recorded &&
		    run.buffer[i].pages == pages)
			break;
	if (i == BUFFERS)
		die("a buffer nobody has");
	since = now();
	done(FREE, since,
	     fixture.iommu->FreeBuffer(fixture.iommu, pages,
				       (void *)(uintptr_t)run.buffer[i].real));
	run.buffer[i].pages = 0;
}

static void at_tpl(unsigned tpl)
{
	fake_boot.tpl = fake_boot.home = tpl;
}

static void one_call(const char *text)
{
	unsigned tpl, a, b, c, d, e, f;
	uint64_t x, y, z;

	if (sscanf(text,
		   "%lu MAP tpl=%u op=%u host=%" SCNx64 " bytes=%" SCNx64
		   " -> #%u",
		   &run.line, &tpl, &a, &x, &y, &b) == 6) {
		at_tpl(tpl);
		do_map(a, x, y, b);
	} else if (sscanf(text,
			  "%lu SETATTR tpl=%u dev=%x:%x:%x.%u id=%x:%x "
			  "map=#%u acc=%u",
			  &run.line, &tpl, &a, &b, &c, &d, &e, &f, &a,
			  &e) == 10) {
		at_tpl(tpl);
		do_set(device_of(b, c, d), a, e);
	} else if (sscanf(text, "%lu UNMAP tpl=%u map=#%u", &run.line, &tpl,
			  &a) == 3) {
		at_tpl(tpl);
		do_unmap(a);
	} else if (sscanf(text,
			  "%lu ALLOC tpl=%u type=%u memtype=%u pages=%" SCNu64
			  " attr=%" SCNx64 " -> %" SCNx64,
			  &run.line, &tpl, &a, &b, &x, &y, &z) == 7) {
		at_tpl(tpl);
		do_alloc(a, b, x, y, z);
	} else if (sscanf(text,
			  "%lu FREE tpl=%u pages=%" SCNu64 " host=%" SCNx64,
			  &run.line, &tpl, &x, &y) == 4) {
		at_tpl(tpl);
		do_free(x, y);
	} else {
		die("a line which is none of the five");
	}
	if (run.line % WHOLE_EVERY == 0)
		check_all();
}

static void all_calls(const char *path)
{
	enum input_status status;
	char copy[256];
	const char *text, *error;
	size_t length;
	struct input *input = input_open(path, &error);

	if (!input)
		die(error);
	while ((status = input_line(input, &text, &length)) == INPUT_LINE) {
		if (length >= sizeof(copy))
			die("a long line");
		memcpy(copy, text, length);
		copy[length] = '\0';
		one_call(copy);
	}
	if (status == INPUT_ERROR)
		die(input_error(input));
	input_close(input);
}

/* ---- figures --------------------------------------------------------- */

static void report(void)
{
	uint64_t bounced, copied;
	size_t i;

	for (i = 0; i < MEMBERS; i++)
		printf("%-15s %6" PRIu64 " calls %7.2f us each\n",
		       member_name[i], run.calls[i],
		       (double)run.nanoseconds[i] / 1e3 /
			       (double)(run.calls[i] ? run.calls[i] : 1));
	printf("refused %" PRIu64 ", mappings not page aligned %" PRIu64
	       ", live at most %zu, at the end %zu\n",
	       run.refused, run.unaligned, run.live_peak, run.live);
	driver_copies(&bounced, &copied);
	/* Others copy in for a read and out for a write, not both. */
	printf("HvptIoMmuDxe: copied maps %" PRIu64 " bytes %" PRIu64 "\n",
	       bounced, copied);
	printf("IntelVTdDxe: copied maps %" PRIu64 " bytes %" PRIu64 "\n",
	       run.partial, run.partial_bytes);
	printf("IoMmuDxe: copied maps %" PRIu64 " bytes %" PRIu64 "\n",
	       run.not_common, run.not_common_bytes);
	printf("devices %zu, flush hypercalls %" PRIu64 " + %" PRIu64
	       ", pages of memory in use %zu\n",
	       run.devices, hypervisor_calls(fixture.hv, FLUSH_LIST),
	       hypervisor_calls(fixture.hv, FLUSH_ALL), fake_boot.pages);
	printf("checked: %" PRIu64 " bytes by %" PRIu64
	       " DMAs, mismatches %" PRIu64 "\n",
	       run.bytes, run.dmas, run.mismatches);
}

/* The OS takes over: nothing is reached any more. */
static void finish(void)
{
	size_t i, j;

	at_tpl(TPL_APPLICATION);
	stub_PcdHvptExitPolicy = 2;
	if (fake_boot_exit_boot_services(true) != 3)
		die("no notification of ExitBootServices");
	if (hypervisor_domains(fixture.hv) != 0)
		mismatch("a domain is left to the OS");
	for (i = 0; i < MAPPINGS; i++) {
		struct mapping *m = &run.mapping[i];

		for (j = 0; j < run.devices; j++)
			m->access[j] = 0;
		if (m->live)
			check(m);
	}
}

static uint8_t *make_ram(void)
{
	uint8_t *ram = mmap(
		NULL, RAM_BYTES, PROT_READ | PROT_WRITE,
		MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_32BIT, -1, 0);
	uint64_t i;

	if (ram == MAP_FAILED)
		die("no memory");
	/* What the recording used of it; content tells pages apart. */
	for (i = RAM_BYTES - (UINT64_C(64) << 20); i < RAM_BYTES; i += 4)
		*(uint32_t *)(void *)(ram + i) = (uint32_t)i *
						 UINT32_C(2654435761);
	return ram;
}

int main(int argc, char **argv)
{
	const char *mode = argc > 2 ? argv[2] : "";
	bool drops = strncmp(mode, "drop", 4) == 0;

	if (argc < 2)
		die("usage: uefi_replay FILE [MODE]");
	run.check = strcmp(mode, "time") != 0;
	run.drop_access = strcmp(mode, "drop-access") == 0;
	fixture_drop_flushes = strcmp(mode, "drop-flushes") == 0;
	if (strcmp(mode, "expose") == 0)
		stub_PcdHvptExposePartialPages = TRUE;
	else
		run.ram = make_ram();
	fixture_open();
	all_calls(argv[1]);
	if (run.check)
		check_all();
	report();
	finish();
	if (drops) {
		printf("dropped: noticed %" PRIu64 " times\n", run.mismatches);
		return run.mismatches == 0;
	}
	fixture_close();
	return run.mismatches != 0 || run.refused != 0;
}
