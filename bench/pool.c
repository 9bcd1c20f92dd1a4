/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#define _GNU_SOURCE

#include "pool.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#define PAGE 4096u
#define HUGE_PAGE ((size_t)2 << 20)
#define FIRST_PA 0x100000000ul

unsigned long pool_base, pool_info, page_offset_base;

static unsigned long pool_end;
static _Atomic unsigned long pool_fresh; /* pages above were never handed out */
static pthread_mutex_t pool_lock = PTHREAD_MUTEX_INITIALIZER;
static void *pool_left;	  /* free pages of threads that ended */
static long pool_balance; /* pages in use by threads that ended */

/* A thread counts the pages it took minus those it gave back. */
static _Thread_local void *my_free;
static _Thread_local long my_balance;
static _Thread_local unsigned long my_clears;

static void **link_of(const void *page)
{
	unsigned long n = ((unsigned long)page - pool_base) / PAGE;

	return (void **)(pool_info + (n + 1) * POOL_INFO_BYTES -
			 sizeof(void *));
}

static unsigned long reserve(size_t bytes)
{
	char *p = mmap(NULL, bytes + HUGE_PAGE, PROT_READ | PROT_WRITE,
		       MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	unsigned long start = (unsigned long)p;

	if (p == MAP_FAILED) {
		perror("mmap");
		exit(EXIT_FAILURE);
	}
	start = (start + HUGE_PAGE - 1) & ~(HUGE_PAGE - 1);
#ifdef MADV_HUGEPAGE
	(void)madvise((void *)start, bytes, MADV_HUGEPAGE);
#endif
	memset((void *)start, 0, bytes);
	return start;
}

void pool_init(size_t bytes)
{
	pool_base = reserve(bytes);
	pool_end = pool_base + bytes;
	pool_info = reserve(bytes / PAGE * POOL_INFO_BYTES);
	page_offset_base = pool_base - FIRST_PA;
	atomic_store(&pool_fresh, pool_base);
}

/* Rare: the thread's own stack is empty. */
static void *take_elsewhere(void)
{
	void *page;

	pthread_mutex_lock(&pool_lock);
	page = pool_left;
	if (page)
		pool_left = *link_of(page);
	pthread_mutex_unlock(&pool_lock);
	if (page)
		return page;
	page = (void *)atomic_fetch_add(&pool_fresh, PAGE);
	if ((unsigned long)page >= pool_end) {
		fputs("hvpt-bench: the page pool is used up\n", stderr);
		exit(EXIT_FAILURE);
	}
	return page;
}

/* As a kernel clears pages on x86; memset elsewhere. */
void pool_clear(void *page)
{
#if defined(__x86_64__)
	unsigned long n = PAGE;
	void *to = page;

	__asm__ volatile("rep stosb" : "+D"(to), "+c"(n) : "a"(0) : "memory");
#else
	memset(page, 0, PAGE);
#endif
	my_clears++;
}

unsigned long pool_clears(void)
{
	return my_clears;
}

void *pool_alloc_zeroed(void)
{
	void *page = my_free;

	if (__builtin_expect(page != NULL, 1))
		my_free = *link_of(page);
	else
		page = take_elsewhere();
	my_balance++;
	pool_clear(page);
	return page;
}

void pool_free(void *page)
{
	*link_of(page) = my_free;
	my_free = page;
	my_balance--;
}

void pool_thread_exit(void)
{
	pthread_mutex_lock(&pool_lock);
	while (my_free) {
		void *page = my_free;

		my_free = *link_of(page);
		*link_of(page) = pool_left;
		pool_left = page;
	}
	pool_balance += my_balance;
	my_balance = 0;
	pthread_mutex_unlock(&pool_lock);
}

/* Only the main thread calls it, when the others have ended. */
long pool_in_use(void)
{
	return pool_balance + my_balance;
}

int pool_has(uint64_t pa)
{
	unsigned long va = (unsigned long)(pa + page_offset_base);

	return va % PAGE == 0 && va >= pool_base && va < pool_end;
}
