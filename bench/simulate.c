/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include "simulate.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <ucontext.h>

#define STACK 65536u

struct cpu {
	ucontext_t context;
	uint64_t now;
	const void *key; /* it sleeps with that; NULL: it does not */
	bool made;	 /* its context is there */
	bool ended;
};

static struct cpu cpus[SIM_CPUS];
static _Alignas(64) uint8_t stacks[SIM_CPUS][STACK];
static ucontext_t scheduler;
static unsigned count, current;
static void (*body)(void *ctx, unsigned cpu);
static void *body_ctx;

unsigned sim_cpu(void)
{
	return current;
}

uint64_t sim_now(void)
{
	return cpus[current].now;
}

static void stop(void)
{
	swapcontext(&cpus[current].context, &scheduler);
}

void sim_spend(uint64_t ns)
{
	cpus[current].now += ns;
	stop();
}

void sim_sleep(const void *key)
{
	cpus[current].key = key;
	stop();
}

void sim_wake(const void *key, uint64_t ns)
{
	uint64_t then = cpus[current].now + ns;
	unsigned i;

	for (i = 0; i < count; i++) {
		if (cpus[i].key != key)
			continue;
		cpus[i].key = NULL;
		if (cpus[i].now < then)
			cpus[i].now = then;
	}
}

/*
 * One run after another. It never ends: what ThreadSanitizer has noted of calls
 * that do not return adds up until it runs over.
 */
static void start(void)
{
	for (;;) {
		body(body_ctx, current);
		cpus[current].ended = true;
		stop();
	}
}

/* The CPU whose clock is least; @count when all have ended. */
static unsigned pick(void)
{
	unsigned i, best = count, left = 0;

	for (i = 0; i < count; i++) {
		left += !cpus[i].ended;
		if (cpus[i].ended || cpus[i].key)
			continue;
		if (best == count || cpus[i].now < cpus[best].now)
			best = i;
	}
	if (best == count && left > 0) {
		fprintf(stderr, "all CPUs sleep\n");
		abort();
	}
	return best;
}

static void prepare(unsigned i)
{
	struct cpu *cpu = &cpus[i];

	cpu->now = 0;
	cpu->key = NULL;
	cpu->ended = false;
	if (cpu->made)
		return;
	cpu->made = true;
	getcontext(&cpu->context);
	cpu->context.uc_stack.ss_sp = stacks[i];
	cpu->context.uc_stack.ss_size = STACK;
	cpu->context.uc_link = NULL;
	makecontext(&cpu->context, start, 0);
}

uint64_t sim_run(unsigned cpu_count, void (*run)(void *ctx, unsigned cpu),
		 void *ctx)
{
	uint64_t end = 0;
	unsigned i;

	count = cpu_count;
	body = run;
	body_ctx = ctx;
	for (i = 0; i < count; i++)
		prepare(i);
	while ((current = pick()) < count)
		swapcontext(&scheduler, &cpus[current].context);
	for (i = 0; i < count; i++)
		end = cpus[i].now > end ? cpus[i].now : end;
	return end;
}
