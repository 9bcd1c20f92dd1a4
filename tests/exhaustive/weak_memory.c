/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include "weak_memory.h"

#include <string.h>
#include <ucontext.h>

#include "port_hooks.h"

#define WORDS 512u
#define VALUES 250u
#define HASH 1024u
#define OBJECTS 16u
#define STEPS 200000u
#define STACK 65536u
#define GARBAGE 0xbad000000000001full

/* For each word, the index of a value. */
struct view {
	uint8_t at[WORDS];
};

struct value {
	uint64_t value;
	struct view view;
};

struct word {
	uint64_t *address;
	unsigned count;
	struct value *value;
};

/**
 * struct thread - a coroutine
 * @made: @context is that of a thread, which has begun or may begin
 * @there: it has something to run
 * @view: what it knows
 * @told: what its relaxed stores tell: its view at its last fence
 * @heard: what relaxed loads found, for its next fence
 */
struct thread {
	ucontext_t context;
	void (*run)(void *ctx);
	void *ctx;
	void (*posted)(void *ctx);
	void *posted_ctx;
	bool made;
	bool there;
	struct view view;
	struct view told;
	struct view heard;
};

static struct word words[WORDS];
static unsigned word_count;
static uint16_t hash[HASH]; /* index + 1 */
static struct value values[WORDS][VALUES];
static struct thread threads[WEAK_THREADS];
static _Alignas(64) uint8_t stacks[WEAK_THREADS][STACK];
static unsigned current, switches, steps;
static uint64_t state;
static struct view fences, allocator;
static struct {
	uintptr_t start;
	size_t bytes;
} objects[OBJECTS];
static unsigned object_count;

uint64_t weak_stale;

unsigned weak_below(unsigned n)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return (unsigned)((state * 0x2545f4914f6cdd1dull) >> 33) % n;
}

static void merge(struct view *to, const struct view *from)
{
	unsigned i;

	for (i = 0; i < word_count; i++)
		if (to->at[i] < from->at[i])
			to->at[i] = from->at[i];
}

/* ---- words ----------------------------------------------------------- */

static bool is_object(uintptr_t at)
{
	unsigned i;

	for (i = 0; i < object_count; i++)
		if (at - objects[i].start < objects[i].bytes)
			return true;
	return false;
}

static bool may_access(const uint64_t *address)
{
	uintptr_t at = (uintptr_t)address;
	unsigned page = small_index_of(address);

	if (page < SMALL_POOL)
		return small.page[page].used && at % 4096 / 8 < SMALL_ENTRIES;
	return is_object(at);
}

static void append(unsigned word, uint64_t value, const struct view *view)
{
	struct word *w = &words[word];

	SMALL_CHECK(w->count < VALUES);
	w->value[w->count].value = value;
	if (view)
		w->value[w->count].view = *view;
	else
		memset(&w->value[w->count].view, 0, sizeof(struct view));
	w->value[w->count].view.at[word] = (uint8_t)w->count;
	w->count++;
	*w->address = value;
}

static unsigned word_of(const uint64_t *address)
{
	unsigned slot = (unsigned)((uintptr_t)address / 8 * 40503u) % HASH;

	while (hash[slot] && words[hash[slot] - 1].address != address)
		slot = (slot + 1) % HASH;
	if (!hash[slot]) {
		SMALL_CHECK(word_count < WORDS);
		words[word_count].address = (uint64_t *)(uintptr_t)address;
		words[word_count].count = 0;
		words[word_count].value = values[word_count];
		hash[slot] = (uint16_t)++word_count;
		append(word_count - 1, *address, NULL);
	}
	return hash[slot] - 1u;
}

/* A local variable, or what one points to: nobody else's, but for objects. */
static bool is_local(const uint64_t *address)
{
	return (uintptr_t)address - (uintptr_t)stacks[current] < STACK &&
	       !is_object((uintptr_t)address);
}

static unsigned accessed_now(const uint64_t *address)
{
	/* what a stale entry points at is not a table */
	SMALL_CHECK(may_access(address));
	return word_of(address);
}

static unsigned accessed(const uint64_t *address)
{
	weak_point();
	return accessed_now(address);
}

/* ---- accesses -------------------------------------------------------- */

static uint64_t newest(unsigned word)
{
	return words[word].value[words[word].count - 1].value;
}

/* The running thread finds value @at. */
static uint64_t find(unsigned word, unsigned at, unsigned weak)
{
	struct thread *self = &threads[current];
	const struct value *value = &words[word].value[at];

	self->view.at[word] = (uint8_t)at;
	merge(weak & PORT_ACQUIRE ? &self->heard : &self->view, &value->view);
	return value->value;
}

/* Loads any value that the running thread may still find. */
static uint64_t find_any(unsigned word, unsigned weak)
{
	unsigned first = threads[current].view.at[word];
	unsigned last = words[word].count - 1, at = last;

	if (first < last && weak_below(3) == 0)
		at = first + weak_below(last - first + 1);
	weak_stale += at < last;
	return find(word, at, weak);
}

uint64_t weak_load(const uint64_t *slot, unsigned weak)
{
	return is_local(slot) ? *slot : find_any(accessed(slot), weak);
}

uint64_t weak_device_load(const uint64_t *slot)
{
	return find_any(accessed_now(slot), 0);
}

/* Appends; @before, the value that an atomic update found, goes on telling. */
static void put(unsigned word, uint64_t value, const struct view *before,
		unsigned weak)
{
	struct thread *self = &threads[current];
	struct view view;

	if (!(weak & PORT_RELEASE))
		weak_arrive();
	self->view.at[word] = (uint8_t)words[word].count;
	view = weak & PORT_RELEASE ? self->told : self->view;
	if (before)
		merge(&view, before);
	append(word, value, &view);
}

void weak_store(uint64_t *slot, uint64_t value, unsigned weak)
{
	if (is_local(slot))
		*slot = value;
	else
		put(accessed(slot), value, NULL, weak);
}

static uint64_t weak_update(uint64_t *slot, uint64_t keep, uint64_t set,
			    uint64_t add, unsigned weak)
{
	unsigned word = accessed(slot), last = words[word].count - 1;
	uint64_t old = find(word, last, weak);
	uint64_t value = ((old & keep) | set) + add;

	if (weak & PORT_ATOMIC)
		weak_store(slot, value, weak);
	else
		put(word, value, &words[word].value[last].view, weak);
	return old;
}

/* A failure may find an old value, as any load; success finds the newest. */
static bool weak_cas(uint64_t *slot, uint64_t *expected, uint64_t desired,
		     unsigned weak)
{
	uint64_t seen = weak_load(slot, weak);
	unsigned word = word_of(slot);

	if (seen != *expected) {
		*expected = seen;
		return false;
	}
	if (weak & PORT_ATOMIC) {
		weak_store(slot, desired, weak);
		return true;
	}
	seen = find(word, words[word].count - 1, weak);
	if (seen != *expected) {
		*expected = seen;
		return false;
	}
	put(word, desired, &words[word].value[words[word].count - 1].view,
	    weak);
	return true;
}

static void weak_fence(void)
{
	struct thread *self = &threads[current];

	weak_point();
	weak_arrive();
	merge(&self->view, &self->heard);
	merge(&self->view, &fences);
	fences = self->view;
	self->told = self->view;
}

bool weak_device_update(uint64_t *slot, uint64_t from, uint64_t to)
{
	unsigned word = accessed_now(slot), last = words[word].count - 1;

	if (newest(word) != from)
		return false;
	if (from != to)
		put(word, to, &words[word].value[last].view, PORT_RELEASE);
	return true;
}

static const struct port_memory simulated = {
	.load = weak_load,
	.store = weak_store,
	.cas = weak_cas,
	.update = weak_update,
	.fence = weak_fence,
};

/* ---- what threads tell each other by other means --------------------- */

unsigned weak_current(void)
{
	return current;
}

void weak_learn(unsigned thread)
{
	merge(&threads[current].view, &threads[thread].view);
}

void weak_teach(unsigned thread)
{
	merge(&threads[thread].view, &threads[current].view);
}

void weak_page_taken(uint64_t *page)
{
	unsigned i;

	if (!port_hooks.memory)
		return;
	weak_point();
	merge(&threads[current].view, &allocator);
	for (i = 0; i < SMALL_ENTRIES; i++) {
		weak_store(&page[i], GARBAGE, PORT_RELEASE);
		weak_store(&page[i], 0, PORT_RELEASE);
	}
}

void weak_page_given(void)
{
	if (!port_hooks.memory)
		return;
	weak_point();
	weak_arrive();
	merge(&allocator, &threads[current].view);
}

void weak_post(void (*action)(void *ctx), void *ctx)
{
	weak_arrive();
	threads[current].posted = action;
	threads[current].posted_ctx = ctx;
}

void weak_arrive(void)
{
	struct thread *self = &threads[current];
	void (*action)(void *ctx) = self->posted;

	self->posted = NULL;
	if (action)
		action(self->posted_ctx);
}

/* ---- threads --------------------------------------------------------- */

static void go_to(unsigned next)
{
	unsigned from = current;

	if (next == from)
		return;
	current = next;
	swapcontext(&threads[from].context, &threads[next].context);
}

/* Any that is not at its end; 0 when all are. */
static unsigned pick(void)
{
	unsigned some[WEAK_THREADS], count = 0, i;

	for (i = 1; i < WEAK_THREADS; i++)
		if (threads[i].there)
			some[count++] = i;
	return count ? some[weak_below(count)] : 0;
}

void weak_point(void)
{
	SMALL_CHECK(steps++ < STEPS);
	if (current && weak_below(1000) < switches)
		go_to(pick());
}

/*
 * Runs one function after another. It never ends: what ThreadSanitizer has
 * noted of calls that do not return adds up until it runs over.
 */
static void start(void)
{
	for (;;) {
		threads[current].run(threads[current].ctx);
		weak_arrive();
		threads[current].there = false;
		go_to(pick());
	}
}

static void make_context(unsigned i)
{
	ucontext_t *context = &threads[i].context;

	getcontext(context);
	context->uc_stack.ss_sp = stacks[i];
	context->uc_stack.ss_size = STACK;
	context->uc_link = NULL;
	makecontext(context, start, 0);
	threads[i].made = true;
}

void weak_thread(unsigned i, void (*run)(void *ctx), void *ctx)
{
	struct thread *thread = &threads[i];

	thread->run = run;
	thread->ctx = ctx;
	thread->there = true;
	if (!thread->made)
		make_context(i);
}

void weak_reset(uint64_t seed)
{
	unsigned i;

	for (i = 0; i < WEAK_THREADS; i++) {
		threads[i].there = false;
		threads[i].posted = NULL;
		memset(&threads[i].view, 0, sizeof(struct view));
		memset(&threads[i].told, 0, sizeof(struct view));
		memset(&threads[i].heard, 0, sizeof(struct view));
	}
	memset(&fences, 0, sizeof(fences));
	memset(&allocator, 0, sizeof(allocator));
	memset(hash, 0, sizeof(hash));
	word_count = 0;
	object_count = 0;
	steps = 0;
	state = (seed + 1) * 0x9e3779b97f4a7c15ull;
	for (i = 0; i < 4; i++)
		weak_below(2);
}

void weak_object(void *start_of, size_t bytes)
{
	SMALL_CHECK(object_count < OBJECTS);
	objects[object_count].start = (uintptr_t)start_of;
	objects[object_count].bytes = bytes;
	object_count++;
}

void weak_run(void)
{
	static const unsigned often[] = { 20, 100, 300, 600, 1000 };

	switches = often[weak_below(5)];
	port_hooks.memory = &simulated;
	go_to(pick());
	port_hooks.memory = NULL;
}
