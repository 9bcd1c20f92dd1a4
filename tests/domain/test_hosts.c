/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Every kind of host in every scenario: the table of docs/HOSTS.md, cell by
 * cell. The test describes what happened in words, and the table must say the
 * same.
 *
 * Whatever the host, at each step a device reaches what is mapped for it, or
 * nothing, and no cached entry says anything else. The model hypervisor reports
 * a violation when a device is left in tables of another owner.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/doc_table.h"
#include "tests/support/hv_fixture.h"

#define DEVICES 2u
#define TRIES 4u

/* ---- hosts ----------------------------------------------------------- */

struct host {
	const char *name; /* the row of the table */
	struct hypervisor_config knobs;
};

static const struct host hosts[] = {
	{ "plain", { 0 } },
	{ "CONFIGURE once", { .reconfigure = 0x08 } },
	{ "no DETACH", { .detach = 0x08 } },
	{ "slow DETACH", { .detach_delay = 4 } },
	{ "gone is NOT_FOUND", { .gone = 0x10 } },
	{ "gone is INVALID_DEVICE_STATE", { .gone = 0x58 } },
	{ "gone is INVALID_PARAMETER", { .gone = 0x05 } },
	{ "gone is ACCESS_DENIED", { .gone = 0x06 } },
	{ "gone stays attached", { .gone_stays = true } },
	{ "no list", { .no_list = true } },
	{ "list refused", { .list = 0x05, .list_times = UINT64_MAX } },
	{ "list refused twice", { .list = 0x0b, .list_times = 2 } },
	{ "ids taken over", { .take_over = true } },
	{ "ids refused otherwise", { .create = 0x05 } },
	{ "reps too many", { .reps = HYPERVISOR_REPS_MORE } },
	{ "reps too few", { .reps = HYPERVISOR_REPS_FEWER } },
	{ "reps none", { .reps = HYPERVISOR_REPS_NONE } },
	{ "all of it",
	  { .reconfigure = 0x08,
	    .detach = 0x58,
	    .gone = 0x10,
	    .gone_stays = true,
	    .list = 0x05,
	    .list_times = UINT64_MAX,
	    .take_over = true } },
};

/* ---- kernels --------------------------------------------------------- */

/** One owner of the pvIOMMU: a kernel, or firmware. */
struct kernel {
	struct hvpt_iommu iommu;
	struct hvpt_domain domain[DEVICES];
	struct hvpt_device device[DEVICES];
	struct hvpt_gather gather;
	uint64_t data;
};

/** What happened that a caller notices. */
struct outcome {
	bool retried;
	bool told;  /* the caller had to say that a device is gone */
	bool leaks; /* tables are never freed */
	bool full;  /* some flush was of a whole domain */
	bool waits; /* a domain could go only when the device was back */
	bool stays; /* domains stay behind in the hypervisor */
};

struct run {
	struct hv_fixture *f;
	const struct host *host;
	struct outcome out;
};

/* Calls that may be refused at first: repeats them a few times. */
#define until_ok(run, call)                                                    \
	do {                                                                   \
		enum hvpt_status status_ = (call);                             \
		unsigned tries_ = 0;                                           \
		while (status_ != HVPT_OK && tries_++ < TRIES) {               \
			(run)->out.retried = true;                             \
			status_ = (call);                                      \
		}                                                              \
		hv_ok(status_);                                                \
	} while (0)

static uint64_t page_of(const struct kernel *k, unsigned n)
{
	return k->data + n * HV_1G;
}

static void sees_own(struct run *run, const struct kernel *k, unsigned n)
{
	struct hv_fixture *f = run->f;

	hv_dma_reaches(f, n, f->base, page_of(k, n));
	hv_dma_reaches(f, n, f->base + HV_2M, page_of(k, n) + HV_2M);
	hv_dma_faults(f, n, f->base + 8 * HV_2M);
	hv_no_violation(f);
}

static void make_domain(struct run *run, struct kernel *k, unsigned n)
{
	struct hv_fixture *f = run->f;

	hv_ok(hvpt_domain_init(&k->domain[n], &k->iommu, &f->domain_config));
	hv_ok(hvpt_domain_map(&k->domain[n], hvpt_iova(f->base),
			      hvpt_gpa(page_of(k, n)), 4 * HV_2M, HV_RW, NULL));
}

static void open_kernel(struct run *run, struct kernel *k, uint64_t data)
{
	unsigned n;

	k->data = data;
	hvpt_gather_init(&k->gather);
	hv_ok(hvpt_iommu_init(&k->iommu, &run->f->config));
	for (n = 0; n < DEVICES; n++)
		hv_ok(hvpt_device_probe(&k->device[n], &k->iommu,
					hv_device_id(n), false));
}

static void use_devices(struct run *run, struct kernel *k)
{
	unsigned n;

	for (n = 0; n < DEVICES; n++)
		make_domain(run, k, n);
	for (n = 0; n < DEVICES; n++)
		hv_ok(hvpt_device_attach(&k->device[n], &k->domain[n]));
	for (n = 0; n < DEVICES; n++)
		sees_own(run, k, n);
}

/* Unmaps a page that a device has cached, and frees it. */
static void exercise(struct run *run, struct kernel *k, unsigned n)
{
	struct hv_fixture *f = run->f;
	struct hvpt_domain *domain = &k->domain[n];
	struct hvpt_iommu_stats stats;
	uint64_t unmapped;

	hv_ok(hvpt_domain_unmap(domain, hvpt_iova(f->base + HV_4K), HV_4K,
				&k->gather, &unmapped));
	hv_ok(hvpt_domain_sync(domain, &k->gather));
	hv_dma_faults(f, n, f->base + HV_4K);
	hv_ok(hvpt_domain_map(domain, hvpt_iova(f->base + HV_4K),
			      hvpt_gpa(page_of(k, n) + HV_4K), HV_4K, HV_RW,
			      NULL));
	sees_own(run, k, n);
	hvpt_iommu_read_stats(&k->iommu, &stats);
	run->out.full |= stats.fallbacks != 0;
}

static void end_domain(struct run *run, struct kernel *k, unsigned n)
{
	run->out.leaks |= k->domain[n].leaks;
	if (k->domain[n].leaks)
		run->f->leaked += hvpt_pt_tables(&k->domain[n].pt);
	until_ok(run, hvpt_domain_destroy(&k->domain[n]));
}

/* Detached if the host allows it; removed; everything deleted. */
static void close_kernel(struct run *run, struct kernel *k)
{
	enum hvpt_status status;
	unsigned n;

	for (n = 0; n < DEVICES; n++) {
		status = hvpt_device_detach(&k->device[n]);
		if (status == HVPT_OK)
			assert_int_equal(hvpt_device_state(&k->device[n]),
					 HVPT_DEVICE_DETACHED);
		hv_dma_faults(run->f, n, run->f->base);
		until_ok(run, hvpt_device_remove(&k->device[n]));
		hv_dma_faults(run->f, n, run->f->base);
		end_domain(run, k, n);
	}
	status = hvpt_iommu_destroy(&k->iommu);
	for (n = 0; status != HVPT_OK && n < TRIES; n++)
		status = hvpt_iommu_destroy(&k->iommu);
	run->out.retried |= status == HVPT_OK && n > 0;
	run->out.stays |= status != HVPT_OK;
	hv_no_violation(run->f);
}

/* Memory of a kernel that no longer runs is used for something else. */
static void reuse_memory(struct run *run, struct kernel *k)
{
	unsigned n;

	for (n = 0; n < DEVICES; n++)
		hvpt_pt_destroy(&k->domain[n].pt);
	hv_no_violation(run->f);
}

/* ---- scenarios ------------------------------------------------------- */

static void use_all(struct run *run, struct kernel *k)
{
	unsigned n;

	for (n = 0; n < DEVICES; n++)
		exercise(run, k, n);
	/* One owner follows the other, which then comes back. */
	hv_ok(hvpt_device_attach(&k->device[0], &k->domain[1]));
	hv_dma_reaches(run->f, 0, run->f->base, page_of(k, 1));
	hv_ok(hvpt_device_attach(&k->device[0], &k->domain[0]));
	sees_own(run, k, 0);
	exercise(run, k, 0);
}

static void fresh_start(struct run *run)
{
	struct kernel k;

	open_kernel(run, &k, HV_DATA);
	use_devices(run, &k);
	use_all(run, &k);
	close_kernel(run, &k);
}

static void kexec(struct run *run)
{
	struct kernel first, second;
	unsigned n;

	open_kernel(run, &first, HV_DATA);
	use_devices(run, &first);
	hypervisor_new_owner(run->f->hv);
	run->out.stays = true;
	open_kernel(run, &second, HV_DATA + 4 * HV_1G);
	hv_ok(hvpt_iommu_takeover(&second.iommu));
	for (n = 0; n < DEVICES; n++)
		hv_dma_faults(run->f, n, run->f->base);
	reuse_memory(run, &first);
	use_devices(run, &second);
	use_all(run, &second);
	close_kernel(run, &second);
}

/* The ids of the special domains become free, those of later ones do not. */
static void delete_special(struct kernel *k)
{
	struct hvpt_answer answer;

	hv_ok(hvpt_hvcall_delete_domain(&k->iommu.transport,
					k->iommu.identity.id, &answer));
	hv_ok(hvpt_hvcall_delete_domain(&k->iommu.transport,
					k->iommu.blocked.id, &answer));
}

static void kdump(struct run *run)
{
	struct kernel first, second;
	unsigned n;

	open_kernel(run, &first, HV_DATA);
	use_devices(run, &first);
	delete_special(&first);
	hypervisor_new_owner(run->f->hv);
	run->out.stays = true;
	open_kernel(run, &second, HV_DATA + 4 * HV_1G);
	for (n = 0; n < DEVICES; n++)
		hvpt_device_set_deferred(&second.device[n], true);
	hv_ok(hvpt_iommu_takeover(&second.iommu));
	for (n = 0; n < DEVICES; n++)
		make_domain(run, &second, n);
	/* The DMA of the crashed kernel continues, to where it went before. */
	for (n = 0; n < DEVICES; n++) {
		sees_own(run, &first, n);
		/* Its driver has reset it. */
		hypervisor_claim(run->f->hv, hv_device_id(n));
		hv_ok(hvpt_device_attach(&second.device[n], &second.domain[n]));
		sees_own(run, &second, n);
	}
	reuse_memory(run, &first);
	use_all(run, &second);
	close_kernel(run, &second);
}

static void restore(struct run *run)
{
	struct kernel image, boot;
	unsigned n;

	open_kernel(run, &image, HV_DATA);
	use_devices(run, &image);
	hypervisor_lose_state(run->f->hv);
	hypervisor_new_owner(run->f->hv);
	open_kernel(run, &boot, HV_DATA + 4 * HV_1G);
	use_devices(run, &boot);
	/* The image is in memory, and runs. */
	hypervisor_new_owner(run->f->hv);
	for (n = 0; n < DEVICES; n++)
		hypervisor_claim(run->f->hv, hv_device_id(n));
	hv_status(hvpt_iommu_resume(&image.iommu, false), HVPT_OK);
	for (n = 0; n < DEVICES; n++)
		sees_own(run, &image, n);
	reuse_memory(run, &boot);
	use_all(run, &image);
	/* Once more, when nothing was lost. */
	hv_status(hvpt_iommu_resume(&image.iommu, false), HVPT_OK);
	use_all(run, &image);
	run->out.stays = hypervisor_domains(run->f->hv) > 2 + DEVICES;
	close_kernel(run, &image);
}

static void rescind(struct run *run)
{
	struct hv_fixture *f = run->f;
	struct kernel k;
	enum hvpt_status status;
	uint64_t unmapped;

	open_kernel(run, &k, HV_DATA);
	use_devices(run, &k);
	hypervisor_remove_device(f->hv, hv_device_id(0));
	status = hvpt_device_remove(&k.device[0]);
	if (status != HVPT_OK) {
		run->out.told = true;
		hvpt_device_gone(&k.device[0]);
	}
	/* What it may have cached does not outlive a sync. */
	hv_ok(hvpt_domain_unmap(&k.domain[0], hvpt_iova(f->base), HV_2M,
				&k.gather, &unmapped));
	hv_ok(hvpt_domain_sync(&k.domain[0], &k.gather));
	run->out.waits = hvpt_domain_destroy(&k.domain[0]) != HVPT_OK;
	hypervisor_add_device(f->hv, hv_device_id(0), true);
	if (run->out.waits)
		hv_dma_faults(f, 0, f->base);
	hv_ok(hvpt_device_probe(&k.device[0], &k.iommu, hv_device_id(0),
				false));
	hv_ok(hvpt_device_attach(&k.device[0], &k.domain[1]));
	hv_dma_reaches(f, 0, f->base, page_of(&k, 1));
	if (run->out.waits)
		hv_ok(hvpt_domain_destroy(&k.domain[0]));
	make_domain(run, &k, 0);
	hv_ok(hvpt_device_attach(&k.device[0], &k.domain[0]));
	use_all(run, &k);
	close_kernel(run, &k);
}

static void hand_over(struct run *run)
{
	struct kernel firmware, system;
	unsigned n;

	open_kernel(run, &firmware, HV_DATA);
	use_devices(run, &firmware);
	for (n = 0; n < DEVICES; n++) {
		until_ok(run, hvpt_device_hand_over(&firmware.device[n]));
		end_domain(run, &firmware, n);
	}
	until_ok(run, hvpt_iommu_destroy(&firmware.iommu));
	run->out.stays = hypervisor_domains(run->f->hv) != 0;
	/* A system without a driver: addresses are gpas. */
	hypervisor_new_owner(run->f->hv);
	for (n = 0; n < DEVICES; n++)
		hv_dma_reaches(run->f, n, HV_DATA + n, HV_DATA + n);
	/* Then one with a driver. */
	open_kernel(run, &system, HV_DATA + 4 * HV_1G);
	use_devices(run, &system);
	use_all(run, &system);
	close_kernel(run, &system);
}

static void failed_list(struct run *run)
{
	struct kernel k;
	unsigned n;

	open_kernel(run, &k, HV_DATA);
	use_devices(run, &k);
	for (n = 0; n < 3; n++) {
		hv_inject(run->f, HV_FLUSH_LIST, 1 + n, 2,
			  n ? HYPERVISOR_FAIL : HYPERVISOR_FAIL_AFTER,
			  HV_RAW_MEMORY);
		use_all(run, &k);
		hv_heal(run->f);
	}
	close_kernel(run, &k);
}

static void failed_delete(struct run *run)
{
	struct hv_fixture *f = run->f;
	struct kernel k;
	uint32_t id;

	open_kernel(run, &k, HV_DATA);
	use_devices(run, &k);
	hv_ok(hvpt_device_attach(&k.device[0], &k.domain[1]));
	hv_ok(hvpt_device_attach(&k.device[1], &k.domain[1]));
	hv_fail(f, HV_DELETE, HV_RAW_MEMORY);
	end_domain(run, &k, 0);
	/* And one that is made but reported as failed. */
	make_domain(run, &k, 0);
	id = hvpt_domain_id(&k.domain[0]);
	hv_fail_after(f, HV_DELETE, HV_RAW_MEMORY);
	hv_status(hvpt_domain_destroy(&k.domain[0]), HVPT_ERR_HV_MEMORY);
	assert_true(hvpt_domain_destroy(&k.domain[0]) != HVPT_OK);
	f->leaked += hvpt_pt_tables(&k.domain[0].pt);
	run->out.leaks = true;
	hv_ok(hvpt_domain_abandon(&k.domain[0]));
	make_domain(run, &k, 0);
	assert_int_not_equal(hvpt_domain_id(&k.domain[0]), id);
	hv_ok(hvpt_device_attach(&k.device[0], &k.domain[0]));
	use_all(run, &k);
	close_kernel(run, &k);
}

static const struct {
	const char *name; /* the column of the table */
	void (*run)(struct run *run);
} scenarios[] = {
	{ "fresh start", fresh_start },
	{ "kexec", kexec },
	{ "kdump", kdump },
	{ "restore", restore },
	{ "rescind", rescind },
	{ "hand-over", hand_over },
	{ "failed list", failed_list },
	{ "failed delete", failed_delete },
};

#define SCENARIOS (sizeof(scenarios) / sizeof(scenarios[0]))

/* ---- cells ----------------------------------------------------------- */

/** A cell of the table. */
struct cell {
	size_t host;
	size_t scenario;
};

static void in_words(const struct outcome *out, char *text, size_t room)
{
	snprintf(text, room, "ours%s%s%s%s%s%s",
		 out->retried ? ", retried" : "",
		 out->told ? ", caller tells" : "",
		 out->waits ? ", domain waits" : "",
		 out->full ? ", full flushes" : "",
		 out->leaks ? ", tables leak" : "",
		 out->stays ? ", domains stay" : "");
}

/* The settings, applied to what every host of the fixture has. */
static void make_host(struct hv_fixture *f, const struct host *host)
{
	struct hypervisor_config config = host->knobs;

	config.read64 = f->host.read64;
	config.read_ctx = f->host.read_ctx;
	config.caps = f->host.caps;
	config.page_sizes = f->host.page_sizes;
	config.iova_width = f->host.iova_width;
	config.iotlb = HYPERVISOR_IOTLB_WHOLE;
	/*
	 * Memory of a kernel that is gone is reused, its domains deleted or
	 * not.
	 */
	config.frees_before_delete = true;
	f->host = config;
	hv_new_host(f);
}

static void run_cell(const struct cell *cell, char *text, size_t room)
{
	struct hv_fixture *f = malloc(sizeof(*f));
	struct run run = { .f = f, .host = &hosts[cell->host] };
	unsigned n;

	assert_non_null(f);
	hv_prepare(f, &hv_plain[0]);
	make_host(f, run.host);
	for (n = 0; n < DEVICES; n++)
		hv_add_device(f, n);
	scenarios[cell->scenario].run(&run);
	hv_no_violation(f);
	assert_int_equal(hvpt_arena_in_use(f->arena), f->leaked);
	in_words(&run.out, text, room);
	hv_close(f);
	free(f);
}

static struct doc_row table[32];
static size_t table_rows;

static void test_cell(void **state)
{
	const struct cell *cell = *state;
	const struct doc_row *row = doc_row(table, table_rows,
					    hosts[cell->host].name);
	char text[DOC_CELL];

	run_cell(cell, text, sizeof(text));
	assert_string_equal(
		text, row->cell[doc_column(&table[0],
					   scenarios[cell->scenario].name)]);
}

/* The table has these rows and columns, and no others. */
static void test_table(void **state)
{
	size_t i;

	(void)state;
	assert_int_equal(table_rows, 1 + HV_COUNT(hosts));
	assert_int_equal(table[0].count, 1 + SCENARIOS);
	for (i = 0; i < HV_COUNT(hosts); i++)
		(void)doc_row(table, table_rows, hosts[i].name);
	for (i = 0; i < SCENARIOS; i++)
		(void)doc_column(&table[0], scenarios[i].name);
}

#define CELLS (HV_COUNT(hosts) * SCENARIOS)

static int read_table(void **state)
{
	(void)state;
	table_rows = doc_table("HOSTS.md", "## The table", table,
			       HV_COUNT(table));
	return 0;
}

int main(void)
{
	static struct CMUnitTest tests[CELLS + 1];
	static struct cell cells[CELLS];
	static char names[CELLS][80];
	size_t i;

	for (i = 0; i < CELLS; i++) {
		cells[i].host = i / SCENARIOS;
		cells[i].scenario = i % SCENARIOS;
		snprintf(names[i], sizeof(names[i]), "%s[%s]",
			 scenarios[cells[i].scenario].name,
			 hosts[cells[i].host].name);
		tests[i].name = names[i];
		tests[i].test_func = test_cell;
		tests[i].initial_state = &cells[i];
	}
	tests[CELLS].name = "test_table";
	tests[CELLS].test_func = test_table;
	return _cmocka_run_group_tests("hosts", tests, CELLS + 1, read_table,
				       NULL);
}
