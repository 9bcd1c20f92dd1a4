/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * hvpt-bench-flushes - strict unmaps of several CPUs in one domain, with and
 * without shared flushes. docs/PERFORMANCE.md has the table and explains it.
 *
 * hvpt and the model hypervisor are the real ones; time is virtual. A hypercall
 * takes as long as said, and the flush takes effect at its end. After each sync
 * the device tries the page again. Exit status 1: it got somewhere, or shared
 * flushes do not do what they are for.
 */
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "adapters/host/hv_binding.h"
#include "hvpt/hvpt.h"
#include "simulate.h"

#define ROUNDS 400u
/* What a caller does between flushes: half to three halves of that. */
#define WORK_NS 500u
/* For each descriptor of a list behind the first. */
#define DESCRIPTOR_NS 50u
/* A CPU that spins sees the word of another CPU change. */
#define WAKE_NS 100u
#define PAGE UINT64_C(4096)
#define IOVA (UINT64_C(64) << 30)
#define DATA (UINT64_C(1) << 36)
#define DEVICE UINT64_C(0x66558f70)
#define CHECK(condition) ((condition) ? (void)0 : fail(#condition, __LINE__))

/**
 * struct host - a guest on the model, and one run
 * @call_ns: a hypercall takes that
 * @serial: the host makes one flush at a time
 * @free_at: it has made the last one then
 * @calls: that flush
 * @slowest: flush of a caller, in ns
 * @stale: DMAs that reached what was unmapped and flushed
 */
struct host {
	struct hvpt_arena *arena;
	struct hypervisor *hv;
	struct hvpt_hypervisor_pages pages;
	struct hvpt_iommu iommu;
	struct hvpt_domain domain;
	struct hvpt_device device;
	uint64_t call_ns;
	bool serial;
	uint64_t free_at;
	uint64_t calls;
	uint64_t slowest;
	uint64_t stale;
	uint64_t random;
};

/** struct result - what a run found; times in ns */
struct result {
	double calls;
	double per_ms;
	double slowest;
};

static struct host host;

static void fail(const char *what, int line)
{
	fprintf(stderr, "hvpt-bench-flushes: line %d: %s\n", line, what);
	exit(1);
}

/* ---- hypercalls take time -------------------------------------------- */

static bool timed_borrow(void *ctx, struct hvpt_call_page *page)
{
	return hvpt_hypervisor_transport.borrow(ctx, page);
}

static void take_time(uint64_t descriptors)
{
	uint64_t start = sim_now();
	uint64_t ns = host.call_ns;

	if (descriptors > 1)
		ns += (descriptors - 1) * DESCRIPTOR_NS;
	if (host.serial && host.free_at > start)
		start = host.free_at;
	host.free_at = start + ns;
	host.calls++;
	sim_spend(start + ns - sim_now());
}

static uint64_t timed_issue(void *ctx, uint64_t control, hvpt_gpa_t input,
			    hvpt_gpa_t output)
{
	uint16_t code = (uint16_t)(control & 0xffff);

	if (host.call_ns && (code == HVPT_HVCALL_FLUSH_DEVICE_DOMAIN ||
			     code == HVPT_HVCALL_FLUSH_DEVICE_DOMAIN_LIST))
		take_time(control >> 32 & 0xfff);
	return hvpt_hypervisor_transport.issue(ctx, control, input, output);
}

static void timed_give_back(void *ctx, struct hvpt_call_page *page)
{
	hvpt_hypervisor_transport.give_back(ctx, page);
}

static const struct hvpt_transport_ops timed = { timed_borrow, timed_issue,
						 timed_give_back };

/* ---- waiting --------------------------------------------------------- */

static bool wait_begin(void *ctx, struct hvpt_waiter *waiter)
{
	(void)ctx;
	(void)waiter;
	return true;
}

static void wait_wait(void *ctx, struct hvpt_waiter *waiter)
{
	(void)ctx;
	sim_sleep(waiter);
}

static void wait_wake(void *ctx, struct hvpt_waiter *waiter)
{
	(void)ctx;
	sim_wake(waiter, WAKE_NS);
}

static void wait_end(void *ctx, struct hvpt_waiter *waiter)
{
	(void)ctx;
	(void)waiter;
}

static const struct hvpt_wait_ops waits = { wait_begin, wait_wait, wait_wake,
					    wait_end };

/* ---- the guest ------------------------------------------------------- */

static void make_domain(const struct hvpt_wait_ops *wait_ops)
{
	struct hvpt_iommu_config config = {
		.transport = { &timed, host.hv },
	};
	struct hvpt_domain_config domain = {
		.pt.ops = &hvpt_hypervisor_page_ops,
		.pt.ctx = &host.pages,
		.pt.direct_map_offset = hvpt_arena_offset(host.arena),
		.wait_ops = wait_ops,
	};

	CHECK(hvpt_iommu_init(&host.iommu, &config) == HVPT_OK);
	CHECK(hvpt_domain_init(&host.domain, &host.iommu, &domain) == HVPT_OK);
	CHECK(hvpt_device_probe(&host.device, &host.iommu, DEVICE, false) ==
	      HVPT_OK);
	CHECK(hvpt_device_attach(&host.device, &host.domain) == HVPT_OK);
}

static void open_host(const struct hvpt_wait_ops *wait_ops)
{
	struct hypervisor_config config;

	memset(&host, 0, sizeof(host));
	memset(&config, 0, sizeof(config));
	host.random = 1;
	host.arena = hvpt_arena_create(256, UINT64_C(1) << 32);
	CHECK(host.arena);
	config.read64 = hvpt_arena_read64;
	config.read_ctx = host.arena;
	config.caps = HYPERVISOR_CAP_PRESENT | HYPERVISOR_CAP_S1;
	config.page_sizes = PAGE;
	config.iova_width = 48;
	host.hv = hypervisor_create(&config);
	host.pages.arena = host.arena;
	host.pages.hv = host.hv;
	hypervisor_add_device(host.hv, DEVICE, true);
	make_domain(wait_ops);
}

static void close_host(void)
{
	host.call_ns = 0;
	CHECK(hvpt_device_detach(&host.device) == HVPT_OK);
	CHECK(hvpt_device_remove(&host.device) == HVPT_OK);
	CHECK(hvpt_domain_destroy(&host.domain) == HVPT_OK);
	CHECK(hvpt_iommu_destroy(&host.iommu) == HVPT_OK);
	CHECK(hvpt_arena_in_use(host.arena) == 0);
	CHECK(hypervisor_violation(host.hv)[0] == '\0');
	hypervisor_destroy(host.hv);
	hvpt_arena_destroy(host.arena);
}

/* ---- CPUs ------------------------------------------------------------ */

static void work(void)
{
	host.random ^= host.random << 13;
	host.random ^= host.random >> 7;
	host.random ^= host.random << 17;
	sim_spend(WORK_NS / 2 + host.random % WORK_NS);
}

/* Return: does any way to translate it lead somewhere? */
static bool reaches(uint64_t iova)
{
	struct hypervisor_dma seen;
	bool found;
	size_t i;

	memset(&seen, 0, sizeof(seen));
	hypervisor_dma(host.hv, DEVICE, iova, true, &seen);
	found = seen.fresh.translated;
	for (i = 0; i < seen.stale_count; i++)
		found |= seen.stale[i].translated;
	return found;
}

static void flush(struct hvpt_gather *gather)
{
	uint64_t start = sim_now();

	CHECK(hvpt_domain_sync(&host.domain, gather) == HVPT_OK);
	if (sim_now() - start > host.slowest)
		host.slowest = sim_now() - start;
}

static void run_cpu(void *ctx, unsigned cpu)
{
	uint64_t iova = IOVA + (uint64_t)cpu * 2 * PAGE, unmapped;
	struct hvpt_gather gather;
	unsigned i;

	(void)ctx;
	hvpt_gather_init(&gather);
	for (i = 0; i < ROUNDS; i++) {
		CHECK(hvpt_domain_map(&host.domain, hvpt_iova(iova),
				      hvpt_gpa(DATA), PAGE,
				      HVPT_PROT_READ | HVPT_PROT_WRITE,
				      &gather) == HVPT_OK);
		CHECK(reaches(iova));
		work();
		CHECK(hvpt_domain_unmap(&host.domain, hvpt_iova(iova), PAGE,
					&gather, &unmapped) == HVPT_OK);
		flush(&gather);
		host.stale += reaches(iova);
	}
}

static struct result run(unsigned cpus, uint64_t call_ns, bool serial,
			 const struct hvpt_wait_ops *wait_ops)
{
	double unmaps = (double)cpus * ROUNDS;
	struct result result;
	uint64_t ns;

	open_host(wait_ops);
	host.call_ns = call_ns;
	host.serial = serial;
	ns = sim_run(cpus, run_cpu, NULL);
	CHECK(host.stale == 0);
	result.calls = (double)host.calls / unmaps;
	result.per_ms = unmaps * 1e6 / (double)ns;
	result.slowest = (double)host.slowest / (double)call_ns;
	close_host();
	return result;
}

/* ---- the table ------------------------------------------------------- */

/* What shared flushes are for: many CPUs, and one flush at a time. */
static bool is_good(const struct result *alone, const struct result *shared)
{
	return shared->calls <= 0.4 && shared->per_ms >= 2 * alone->per_ms &&
	       shared->slowest <= 3;
}

static bool row(unsigned cpus, uint64_t call_ns, bool serial)
{
	struct result alone = run(cpus, call_ns, serial, NULL);
	struct result shared = run(cpus, call_ns, serial, &waits);

	printf("| %" PRIu64 " us | %s | %u | %.2f | %.2f | %.0f | %.0f | %.2f |"
	       " %.1f | %.1f |\n",
	       call_ns / 1000, serial ? "one" : "all", cpus, alone.calls,
	       shared.calls, alone.per_ms, shared.per_ms,
	       shared.per_ms / alone.per_ms, alone.slowest, shared.slowest);
	return !serial || cpus < 8 || is_good(&alone, &shared);
}

int main(void)
{
	static const uint64_t call_ns[] = { 5000, 20000 };
	unsigned good = 1, i, serial, cpus;

	printf("| call | at a time | CPUs | calls per unmap, own | shared |"
	       " unmaps per ms, own | shared | ratio |"
	       " slowest in calls, own | shared |\n"
	       "|--:|---|--:|--:|--:|--:|--:|--:|--:|--:|\n");
	for (serial = 2; serial-- > 0;)
		for (i = 0; i < 2; i++)
			for (cpus = 1; cpus <= SIM_CPUS; cpus *= 2)
				good &= row(cpus, call_ns[i], serial);
	if (!good)
		fprintf(stderr, "hvpt-bench-flushes: shared flushes are not as"
				" good as they should be\n");
	return good ? EXIT_SUCCESS : EXIT_FAILURE;
}
