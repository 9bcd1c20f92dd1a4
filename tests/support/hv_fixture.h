/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * hv_fixture.h - a model hypervisor, a pvIOMMU on it, domains and devices.
 *
 * What it gives:
 *
 *	hv_run()	runs each test once for each set of parameters, as a
 *			cmocka test of its own name:
 *			test_x[57/5/canonical/exact]
 *	hv_map() ...	calls that must succeed; hv_try_map() ... return the
 *			status
 *	hv_dma_...()	what a DMA of a device finds, in memory and in caches
 *	hv_since() ...	which hypercalls were made since hv_mark(), in which
 *			order
 *	hv_fail() ...	hypercalls, call pages and allocations that fail
 *
 * Hypercalls and page hooks go through the fixture, which logs them and lets a
 * test step in. After each test everything is destroyed: a page or a domain
 * that is left, or a violation of the hypervisor's rules, fails the test.
 */
#ifndef HVPT_TEST_HV_FIXTURE_H
#define HVPT_TEST_HV_FIXTURE_H

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "hvpt/device.h"
#include "hvpt/hvpt.h"
#include "adapters/host/hv_binding.h"
#include "oracle/model.h"
#include "oracle/reference/gather_ranges.h"

#define HV_4K 0x1000ull
#define HV_2M 0x200000ull
#define HV_1G 0x40000000ull
#define HV_512G 0x8000000000ull
#define HV_SIZES_ALL (HV_4K | HV_2M | HV_1G)

#define HV_RO HVPT_PROT_READ
#define HV_RW (HVPT_PROT_READ | HVPT_PROT_WRITE)

/* A gpa for data, 1 GiB aligned, away from the arena's pages. */
#define HV_DATA 0x1000000000ull

#define HV_COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* Hypercalls and their statuses, by short names. */
enum hv_code {
	HV_CREATE = HVPT_HVCALL_CREATE_DEVICE_DOMAIN,
	HV_ATTACH = HVPT_HVCALL_ATTACH_DEVICE_DOMAIN,
	HV_DETACH = HVPT_HVCALL_DETACH_DEVICE_DOMAIN,
	HV_DELETE = HVPT_HVCALL_DELETE_DEVICE_DOMAIN,
	HV_CONFIGURE = HVPT_HVCALL_CONFIGURE_DEVICE_DOMAIN,
	HV_FLUSH = HVPT_HVCALL_FLUSH_DEVICE_DOMAIN,
	HV_FLUSH_LIST = HVPT_HVCALL_FLUSH_DEVICE_DOMAIN_LIST,
	HV_GET_CAPS = HVPT_HVCALL_GET_IOMMU_CAPABILITIES,
	HV_GET_DEVICE = HVPT_HVCALL_GET_LOGICAL_DEVICE_PROPERTY,
	/* Only in the log of a fixture: a table page was freed. */
	HV_PAGE_FREED = 0xfffe,
};

enum hv_raw_status {
	HV_RAW_CODE = HVPT_HV_STATUS_INVALID_HYPERCALL_CODE,
	HV_RAW_PARAMETER = HVPT_HV_STATUS_INVALID_PARAMETER,
	HV_RAW_DENIED = HVPT_HV_STATUS_ACCESS_DENIED,
	HV_RAW_NOT_NOW = HVPT_HV_STATUS_OPERATION_DENIED,
	HV_RAW_MEMORY = HVPT_HV_STATUS_INSUFFICIENT_MEMORY,
	HV_RAW_NOT_FOUND = HVPT_HV_STATUS_NOT_FOUND,
	HV_RAW_DOMAINS = HVPT_HV_STATUS_INSUFFICIENT_DEVICE_DOMAINS,
	HV_RAW_DEVICE = HVPT_HV_STATUS_INVALID_DEVICE_ID,
	HV_RAW_IN_DOMAIN = HVPT_HV_STATUS_DEVICE_ALREADY_IN_DOMAIN,
	HV_RAW_TIMEOUT = HVPT_HV_STATUS_TIMEOUT,
	/* As seen in hvpt_iommu_last_failure(). */
	HV_RAW_NO_CALL = HVPT_HV_STATUS_NO_HYPERCALL,
};

/**
 * struct hv_params - properties of the host and of its domains
 * @iova_width: of the host
 * @five: the host can do 5 levels
 * @levels: of the domains; 0: hvpt chooses
 * @form: of the domains; also whether the host takes upper halves
 * @policy: of the domains
 * @no_list: the host has no FLUSH_DEVICE_DOMAIN_LIST
 * @no_reconfigure: nor does it configure a domain twice
 * @page_sizes: of the host
 * @width_limit: of the pvIOMMU object
 */
struct hv_params {
	unsigned iova_width;
	bool five;
	uint32_t levels;
	enum hvpt_iova_form form;
	enum hvpt_flush_policy policy;
	bool no_list;
	bool no_reconfigure;
	uint64_t page_sizes;
	uint32_t width_limit;
};

/* The simplest parameters; and a few that differ in everything. */
extern const struct hv_params hv_plain[];
extern const struct hv_params hv_main[];
extern const size_t hv_main_count;

#define HV_DOMAINS 6u
#define HV_DEVICES 4u
#define HV_LOG 8192u

/** One hypercall, or HV_PAGE_FREED. */
struct hv_event {
	uint16_t code;
	uint16_t status;
};

/**
 * struct hv_fixture - a pvIOMMU and what surrounds it
 * @host: the configuration of the hypervisor
 * @config: for hvpt_iommu_init()
 * @domain_config: for hvpt_domain_init()
 * @live: @iommu must be destroyed at the end
 * @domain: paging domains
 * @gather: one for each
 * @domain_live: which must be destroyed at the end
 * @device: devices
 * @device_live: which must be removed at the end
 * @base: an IOVA with room for 64 GiB above it, 1 GiB aligned
 * @log: events since hv_mark(); after HV_LOG events they are only counted
 * @log_count: number of events
 * @borrow_fail_at: the borrow that fails, counted down; 0: none
 * @flush_tells_nothing: the flush of a domain that does not exist succeeds
 * @on_call: called before each hypercall, the call page lent; or NULL
 * @leaked: pages that are in use at the end, and should be
 * @orphans: domains that exist at the end, and should
 */
struct hv_fixture {
	const struct hv_params *params;
	struct hypervisor_config host;
	struct hypervisor *hv;
	struct hvpt_arena *arena;
	struct hvpt_hypervisor_pages pages;
	struct hvpt_iommu_config config;
	struct hvpt_domain_config domain_config;
	struct hvpt_iommu iommu;
	bool live;
	struct hvpt_domain domain[HV_DOMAINS];
	struct hvpt_gather gather[HV_DOMAINS];
	bool domain_live[HV_DOMAINS];
	struct hvpt_device device[HV_DEVICES];
	bool device_live[HV_DEVICES];
	uint64_t base;
	pthread_mutex_t log_lock;
	struct hv_event log[HV_LOG];
	size_t log_count;
	uint64_t borrow_fail_at;
	bool flush_tells_nothing;
	void (*on_call)(struct hv_fixture *fixture, uint16_t code);
	void *test_data;
	size_t leaked;
	size_t orphans;
};

/**
 * struct hv_case - a test
 * @prepared: the test makes the pvIOMMU itself
 * @fits: with which parameters it runs; NULL: with all
 */
struct hv_case {
	const char *name;
	void (*run)(void **state);
	bool prepared;
	bool (*fits)(const struct hv_params *params);
};

#define HV_CASE(function)                                                      \
	{                                                                      \
#function, function, false, NULL                               \
	}
#define HV_PREPARED(function)                                                  \
	{                                                                      \
#function, function, true, NULL                                \
	}
#define HV_CASE_IF(function, fits)                                             \
	{                                                                      \
#function, function, false, fits                               \
	}

/** Runs all cases with all parameters. Return: for main() to return. */
int hv_run(const char *group, const struct hv_case *cases, size_t case_count,
	   const struct hv_params *params, size_t param_count);

/* ---- open, close ----------------------------------------------------- */

/** A hypervisor as @params say, an arena and the configurations. */
void hv_prepare(struct hv_fixture *f, const struct hv_params *params);

/** The same, and a pvIOMMU. */
void hv_open(struct hv_fixture *f, const struct hv_params *params);

/** Another host: creates the hypervisor again from @f->host. Devices stay. */
void hv_new_host(struct hv_fixture *f);

/** As after hibernation: the hypervisor knows nothing, devices were reset. */
void hv_lose_state(struct hv_fixture *f);

/**
 * hv_take_down() - ends injections, and destroys everything
 *
 * Gathers are synced, devices removed, domains and the pvIOMMU destroyed; each
 * of these must succeed.
 */
void hv_take_down(struct hv_fixture *f);

/** Checks that nothing is left and no rule broken. Prints what is wrong. */
bool hv_is_clean(struct hv_fixture *f);

/** Frees the rest. */
void hv_close(struct hv_fixture *f);

/* ---- calls that must succeed ---------------------------------------- */

#define hv_ok(status) assert_string_equal(hvpt_status_name(status), "HVPT_OK")
#define hv_status(status, want)                                                \
	assert_string_equal(hvpt_status_name(status), hvpt_status_name(want))

/** hvpt_iommu_init() as configured; notes that @iommu is live. */
enum hvpt_status hv_try_init(struct hv_fixture *f);
enum hvpt_status hv_try_iommu_destroy(struct hv_fixture *f);

/** hvpt_domain_init(), destroy and abandon; note which domains are live. */
enum hvpt_status hv_try_make(struct hv_fixture *f, unsigned n);
struct hvpt_domain *hv_make(struct hv_fixture *f, unsigned n);
enum hvpt_status hv_try_destroy(struct hv_fixture *f, unsigned n);
void hv_abandon(struct hv_fixture *f, unsigned n);

/** The id of device @n; adding it to the host; probing it. */
uint64_t hv_device_id(unsigned n);
void hv_add_device(struct hv_fixture *f, unsigned n);
enum hvpt_status hv_try_probe(struct hv_fixture *f, unsigned n);
struct hvpt_device *hv_device(struct hv_fixture *f, unsigned n);
enum hvpt_status hv_try_remove(struct hv_fixture *f, unsigned n);

/** Attach, doing ATS duties on both sides. */
enum hvpt_status hv_try_attach(struct hv_fixture *f, unsigned n,
			       struct hvpt_domain *domain);
void hv_attach(struct hv_fixture *f, unsigned n, struct hvpt_domain *domain);

/** Map for reading and writing; unmap; sync: with the domain's gather. */
enum hvpt_status hv_try_map(struct hv_fixture *f, unsigned n, uint64_t iova,
			    uint64_t gpa, uint64_t length);
void hv_map(struct hv_fixture *f, unsigned n, uint64_t iova, uint64_t gpa,
	    uint64_t length);
enum hvpt_status hv_try_unmap(struct hv_fixture *f, unsigned n, uint64_t iova,
			      uint64_t length);
uint64_t hv_unmap(struct hv_fixture *f, unsigned n, uint64_t iova,
		  uint64_t length);
enum hvpt_status hv_try_sync(struct hv_fixture *f, unsigned n);
void hv_sync(struct hv_fixture *f, unsigned n);

/**
 * hv_use_pages() - make domain 0 with 4 pages from @f->base on, which device 0
 * has used: they are cached
 */
void hv_use_pages(struct hv_fixture *f);

/* ---- what devices see ------------------------------------------------ */

/** A DMA of device @n faults, whatever is cached. */
void hv_dma_faults(struct hv_fixture *f, unsigned n, uint64_t iova);

/** It reaches @gpa, and nothing else, whatever is cached; also if a write. */
void hv_dma_reaches(struct hv_fixture *f, unsigned n, uint64_t iova,
		    uint64_t gpa);

/** It faults, or reaches @gpa by what is cached; but nothing else. */
void hv_dma_pending(struct hv_fixture *f, unsigned n, uint64_t iova,
		    uint64_t gpa);

/** It faults by memory, and still reaches @gpa by a cached translation. */
void hv_dma_is_stale(struct hv_fixture *f, unsigned n, uint64_t iova,
		     uint64_t gpa);

/** The translation of the page table. */
void hv_lookup_is(struct hvpt_domain *domain, uint64_t iova, uint64_t gpa);
void hv_lookup_none(struct hvpt_domain *domain, uint64_t iova);

void hv_no_violation(struct hv_fixture *f);

/** The domain in which the hypervisor has device @n. */
void hv_device_is_in(struct hv_fixture *f, unsigned n,
		     const struct hvpt_domain *domain);
void hv_device_is_in_none(struct hv_fixture *f, unsigned n);

/* ---- what happened --------------------------------------------------- */

/** Clears the log: the functions below count from here. */
void hv_mark(struct hv_fixture *f);
unsigned hv_since(struct hv_fixture *f, uint16_t code);
unsigned hv_calls_since(struct hv_fixture *f);
unsigned hv_failures_since(struct hv_fixture *f, uint16_t code);

/** The first, or last, event of @code since the mark; SIZE_MAX: none. */
size_t hv_first(struct hv_fixture *f, uint16_t code);
size_t hv_last(struct hv_fixture *f, uint16_t code);

/** hvpt_iommu_last_failure() returns this. */
void hv_last_failure_is(struct hv_fixture *f, uint16_t code, uint16_t status);

/** The status of hvpt for a raw status. */
enum hvpt_status hv_mapped(uint16_t raw);

/* ---- things go wrong ------------------------------------------------- */

void hv_inject(struct hv_fixture *f, uint16_t code, uint64_t nth,
	       uint64_t times, enum hypervisor_fault fault, uint16_t status);

/** The next call of @code, or all of them, are answered with @status. */
void hv_fail(struct hv_fixture *f, uint16_t code, uint16_t status);
void hv_fail_always(struct hv_fixture *f, uint16_t code, uint16_t status);

/** The next call of @code does its work, then answers @status. */
void hv_fail_after(struct hv_fixture *f, uint16_t code, uint16_t status);
void hv_heal(struct hv_fixture *f);

#endif /* HVPT_TEST_HV_FIXTURE_H */
