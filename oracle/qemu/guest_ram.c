/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#define _GNU_SOURCE
#include "guest_ram.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

/* Present, with reserved address bits set, at every level. */
#define POISON_BYTE 0xff

#define PAGE UINT64_C(4096)

/* How much of the log is shown. */
#define LOG_SHOWN 2000

static int log_fd = -1;

/* What walker_die() was told last, and where it goes to; NULL: nowhere. */
static char message[WALKER_MESSAGE];
static jmp_buf *catcher;

int walker_log(void)
{
	if (log_fd < 0)
		log_fd = memfd_create("hvpt-qemu-log", MFD_CLOEXEC);
	return log_fd;
}

static void show_log(void)
{
	char text[LOG_SHOWN];
	off_t size = log_fd < 0 ? 0 : lseek(log_fd, 0, SEEK_END);
	off_t from = size > LOG_SHOWN ? size - LOG_SHOWN : 0;
	ssize_t got = size > 0 ? pread(log_fd, text, LOG_SHOWN, from) : 0;

	if (got > 0)
		fprintf(stderr, "walker: the last QEMU said:\n%.*s\n", (int)got,
			text);
}

void walker_die(const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(message, sizeof(message), format, arguments);
	va_end(arguments);
	if (catcher)
		longjmp(*catcher, 1);
	show_log();
	fprintf(stderr, "walker: %s\n", message);
	abort();
}

bool walker_try(void (*run)(void *ctx), void *ctx)
{
	jmp_buf *const outer = catcher;
	jmp_buf here;

	if (setjmp(here) != 0) {
		catcher = outer;
		return false;
	}
	catcher = &here;
	run(ctx);
	catcher = outer;
	return true;
}

const char *walker_error(void)
{
	return message;
}

void guest_ram_open(struct guest_ram *ram, uint64_t bytes, uint64_t pool,
		    size_t pool_pages)
{
	*ram = (struct guest_ram){
		.bytes = bytes,
		.pool = pool,
		.pool_end = pool + pool_pages * PAGE,
		.next = pool,
		.fd = -1,
	};
	if (bytes > GUEST_RAM_MAX || ram->pool_end > bytes)
		walker_die("guest memory: bad sizes");
	ram->fd = memfd_create("hvpt-guest-ram", 0);
	if (ram->fd < 0 || ftruncate(ram->fd, (off_t)bytes) != 0)
		walker_die("guest memory: no memory file");
	ram->base = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED,
			 ram->fd, 0);
	if (ram->base == MAP_FAILED) {
		ram->base = NULL;
		walker_die("guest memory: cannot be mapped");
	}
	ram->recycled = calloc(pool_pages, sizeof(*ram->recycled));
	if (!ram->recycled)
		walker_die("out of memory");
}

void guest_ram_close(struct guest_ram *ram)
{
	if (ram->base)
		munmap(ram->base, ram->bytes);
	if (ram->fd >= 0)
		close(ram->fd);
	free(ram->recycled);
	*ram = (struct guest_ram){ .fd = -1 };
}

void guest_ram_reset(struct guest_ram *ram)
{
	ram->next = ram->pool;
	ram->recycled_count = 0;
	ram->in_use = 0;
}

uint64_t guest_ram_offset(const struct guest_ram *ram)
{
	return (uint64_t)(uintptr_t)ram->base;
}

bool guest_ram_has(const struct guest_ram *ram, uint64_t gpa, uint64_t bytes)
{
	if (gpa >= ram->bytes || bytes > ram->bytes - gpa)
		return false;
	return gpa + bytes <= GUEST_RAM_HOLE || gpa >= GUEST_RAM_HOLE_END;
}

void *guest_ram_at(const struct guest_ram *ram, uint64_t gpa)
{
	if (gpa >= ram->bytes)
		walker_die("gpa %#llx is not memory", (unsigned long long)gpa);
	return ram->base + gpa;
}

uint64_t guest_ram_load(const struct guest_ram *ram, uint64_t gpa)
{
	return __atomic_load_n((uint64_t *)guest_ram_at(ram, gpa),
			       __ATOMIC_ACQUIRE);
}

void guest_ram_store(const struct guest_ram *ram, uint64_t gpa, uint64_t value)
{
	__atomic_store_n((uint64_t *)guest_ram_at(ram, gpa), value,
			 __ATOMIC_RELEASE);
}

static void *alloc_page(void *ctx)
{
	struct guest_ram *ram = ctx;
	uint64_t gpa;

	if (ram->recycled_count > 0) {
		gpa = ram->recycled[--ram->recycled_count];
	} else {
		if (ram->next == ram->pool_end)
			return NULL;
		gpa = ram->next;
		ram->next += PAGE;
	}
	ram->allocs++;
	if (++ram->in_use > ram->peak)
		ram->peak = ram->in_use;
	return memset(guest_ram_at(ram, gpa), 0, PAGE);
}

static void free_page(void *ctx, void *page)
{
	struct guest_ram *ram = ctx;
	uint64_t gpa = (uint64_t)((uint8_t *)page - ram->base);

	if (gpa < ram->pool || gpa >= ram->pool_end || gpa % PAGE)
		walker_die("a page that is not of the pool came back");
	memset(page, POISON_BYTE, PAGE);
	ram->recycled[ram->recycled_count++] = gpa;
	ram->in_use--;
}

const struct hvpt_page_ops guest_ram_ops = {
	.alloc_page = alloc_page,
	.free_page = free_page,
};
