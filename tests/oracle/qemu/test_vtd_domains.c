/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The whole library on an emulated VT-d: domains, devices, flushes and
 * hypercalls, checked by what devices can reach.
 */
#include "oracle/qemu/bridge.h"
#include "oracle/model.h"
#include "machine.h"
#include "tests/support/prng.h"

#define DATA MACHINE_DATA
#define IOVA (5 * GIB1)
#define CALL_PAGE UINT64_C(0x20000)
#define ID_1 UINT64_C(0x66558f70)
#define ID_2 UINT64_C(0x12345678)
#define RANDOM_STEPS 800u

static struct machine machine;

/* A pvIOMMU with two devices, made anew for each test. */
struct guest {
	struct bridge bridge;
	struct hvpt_iommu iommu;
	struct hvpt_device device[2];
};

static void open_guest(struct guest *guest, bool five_levels)
{
	struct hvpt_iommu_config config = {
		.transport = { .ops = &bridge_ops, .ctx = &guest->bridge },
	};

	guest_ram_reset(&machine.ram);
	bridge_open(&guest->bridge, &machine.vtd, &machine.ram, CALL_PAGE);
	guest->bridge.five_levels = five_levels;
	bridge_add_device(&guest->bridge, VTD_DEVICE_TEST, ID_1);
	bridge_add_device(&guest->bridge, VTD_DEVICE_TEST_2, ID_2);
	assert_int_equal(hvpt_iommu_init(&guest->iommu, &config), HVPT_OK);
	assert_int_equal(hvpt_device_probe(&guest->device[0], &guest->iommu,
					   ID_1, false),
			 HVPT_OK);
	assert_int_equal(hvpt_device_probe(&guest->device[1], &guest->iommu,
					   ID_2, false),
			 HVPT_OK);
}

/* Domains are gone; nothing may be left on either side. */
static void close_guest(struct guest *guest)
{
	size_t i;

	assert_int_equal(hvpt_device_remove(&guest->device[0]), HVPT_OK);
	assert_int_equal(hvpt_device_remove(&guest->device[1]), HVPT_OK);
	for (i = 0; i < VTD_DEVICE_END; i++)
		guest->bridge.device[i].domain = NULL;
	assert_int_equal(hvpt_iommu_destroy(&guest->iommu), HVPT_OK);
	for (i = 0; i < BRIDGE_DOMAINS; i++)
		assert_int_equal(guest->bridge.domain[i].id, 0);
	assert_int_equal(guest->bridge.refused, 0);
	assert_int_equal(machine.ram.in_use, 0);
}

static void make(struct guest *guest, struct hvpt_domain *domain,
		 enum hvpt_flush_policy policy)
{
	struct hvpt_domain_config config = {
		.pt.ops = &guest_ram_ops,
		.pt.ctx = &machine.ram,
		.pt.direct_map_offset = guest_ram_offset(&machine.ram),
		.pt.form = HVPT_IOVA_CANONICAL,
		.policy = policy,
	};

	assert_int_equal(hvpt_domain_init(domain, &guest->iommu, &config),
			 HVPT_OK);
}

static void attach(struct guest *guest, unsigned device,
		   struct hvpt_domain *domain)
{
	assert_int_equal(hvpt_device_attach(&guest->device[device], domain),
			 HVPT_OK);
}

static void map(struct hvpt_domain *domain, uint64_t iova, uint64_t gpa,
		uint64_t length)
{
	assert_int_equal(hvpt_domain_map(domain, hvpt_iova(iova), hvpt_gpa(gpa),
					 length, RW, NULL),
			 HVPT_OK);
}

static void unmap(struct hvpt_domain *domain, uint64_t iova, uint64_t length,
		  struct hvpt_gather *gather)
{
	uint64_t unmapped;

	assert_int_equal(hvpt_domain_unmap(domain, hvpt_iova(iova), length,
					   gather, &unmapped),
			 HVPT_OK);
}

static void sync_all(struct hvpt_domain *domain, struct hvpt_gather *gather)
{
	assert_int_equal(hvpt_domain_sync(domain, gather), HVPT_OK);
	assert_true(hvpt_gather_is_empty(gather));
}

/* A write of the first or second device to @iova. */
static enum dma_outcome dma(unsigned device, uint64_t iova, uint64_t gpa)
{
	return dma_probe(&machine.dma, VTD_DEVICE_TEST + device, iova, gpa);
}

#define expect_dma(device, iova, gpa, outcome)                                 \
	assert_int_equal(dma(device, iova, gpa), outcome)

/* ---- domains --------------------------------------------------------- */

static void test_identity_and_blocked(void **state)
{
	struct guest guest;

	(void)state;
	open_guest(&guest, false);
	/* Where the hypervisor put it. */
	expect_dma(0, DATA, DATA, DMA_HIT);
	attach(&guest, 0, hvpt_iommu_blocked(&guest.iommu));
	expect_dma(0, DATA, DATA, DMA_REFUSED);
	expect_dma(1, DATA, DATA, DMA_HIT);
	attach(&guest, 0, hvpt_iommu_identity(&guest.iommu));
	expect_dma(0, DATA, DATA, DMA_HIT);
	expect_dma(0, DATA + GIB1 - 4, DATA + GIB1 - 4, DMA_HIT);
	attach(&guest, 0, hvpt_iommu_identity(&guest.iommu));
	assert_int_equal(hvpt_device_detach(&guest.device[0]), HVPT_OK);
	expect_dma(0, DATA, DATA, DMA_REFUSED);
	close_guest(&guest);
}

static void test_attach_switch(void **state)
{
	struct hvpt_domain a, b;
	struct guest guest;

	(void)state;
	open_guest(&guest, false);
	make(&guest, &a, HVPT_FLUSH_TWO_BLOCK);
	make(&guest, &b, HVPT_FLUSH_TWO_BLOCK);
	map(&a, IOVA, DATA, KIB4);
	map(&b, IOVA, DATA + KIB4, KIB4);
	map(&b, IOVA + MIB2, DATA + MIB2, MIB2);
	attach(&guest, 0, &a);
	expect_dma(0, IOVA, DATA, DMA_HIT);
	expect_dma(0, IOVA + MIB2, DATA + MIB2, DMA_REFUSED);
	expect_dma(0, DATA, DATA, DMA_REFUSED);
	attach(&guest, 0, &b);
	expect_dma(0, IOVA, DATA + KIB4, DMA_HIT);
	expect_dma(0, IOVA + MIB2, DATA + MIB2, DMA_HIT);
	attach(&guest, 1, &a);
	expect_dma(1, IOVA, DATA, DMA_HIT);
	expect_dma(0, IOVA, DATA + KIB4, DMA_HIT);
	attach(&guest, 0, hvpt_iommu_blocked(&guest.iommu));
	expect_dma(0, IOVA, DATA + KIB4, DMA_REFUSED);
	attach(&guest, 0, hvpt_iommu_identity(&guest.iommu));
	expect_dma(0, DATA, DATA, DMA_HIT);
	expect_dma(1, IOVA, DATA, DMA_HIT);
	attach(&guest, 0, &a);
	expect_dma(0, IOVA, DATA, DMA_HIT);
	assert_int_equal(hvpt_domain_destroy(&b), HVPT_OK);
	attach(&guest, 0, hvpt_iommu_blocked(&guest.iommu));
	attach(&guest, 1, hvpt_iommu_blocked(&guest.iommu));
	assert_int_equal(hvpt_domain_destroy(&a), HVPT_OK);
	close_guest(&guest);
}

static void test_unmap_and_sync(void **state)
{
	static const uint64_t lengths[] = { KIB4, 3 * KIB4, MIB2,
					    MIB2 + 5 * KIB4, GIB1 };
	enum hvpt_flush_policy policy;
	struct hvpt_domain domain;
	struct hvpt_gather gather;
	struct guest guest;
	size_t i;

	(void)state;
	open_guest(&guest, false);
	hvpt_gather_init(&gather);
	for (policy = HVPT_FLUSH_TWO_BLOCK; policy <= HVPT_FLUSH_EXACT;
	     policy++) {
		make(&guest, &domain, policy);
		attach(&guest, 0, &domain);
		attach(&guest, 1, &domain);
		for (i = 0; i < 5; i++) {
			uint64_t last = lengths[i] - 4;

			map(&domain, IOVA, DATA, lengths[i]);
			expect_dma(0, IOVA, DATA, DMA_HIT);
			expect_dma(1, IOVA + last, DATA + last, DMA_HIT);
			unmap(&domain, IOVA, lengths[i], &gather);
			expect_dma(0, IOVA, DATA, DMA_HIT); /* stale */
			expect_dma(1, IOVA + last, DATA + last, DMA_HIT);
			sync_all(&domain, &gather);
			expect_dma(0, IOVA, DATA, DMA_REFUSED);
			expect_dma(1, IOVA + last, DATA + last, DMA_REFUSED);
		}
		attach(&guest, 0, hvpt_iommu_blocked(&guest.iommu));
		attach(&guest, 1, hvpt_iommu_blocked(&guest.iommu));
		assert_int_equal(hvpt_domain_destroy(&domain), HVPT_OK);
	}
	assert_true(guest.bridge.flushes >= 15);
	close_guest(&guest);
}

/* Several ranges in one gather, in both halves, one hypercall. */
static void test_many_ranges(void **state)
{
	static const uint64_t firsts[] = { 0,
					   IOVA,
					   IOVA + 3 * KIB4,
					   UINT64_C(0x7fffffffc000),
					   UINT64_C(0xffff800000000000),
					   UINT64_C(0xffffffffffffe000) };
	struct hvpt_domain domain;
	struct hvpt_gather gather;
	struct guest guest;
	uint64_t calls;
	size_t i;

	(void)state;
	open_guest(&guest, false);
	hvpt_gather_init(&gather);
	make(&guest, &domain, HVPT_FLUSH_TWO_BLOCK);
	attach(&guest, 0, &domain);
	for (i = 0; i < 6; i++)
		map(&domain, firsts[i], DATA + i * MIB2, 2 * KIB4);
	for (i = 0; i < 6; i++)
		expect_dma(0, firsts[i] + KIB4, DATA + i * MIB2 + KIB4,
			   DMA_HIT);
	for (i = 0; i < 6; i++)
		unmap(&domain, firsts[i], 2 * KIB4, &gather);
	calls = guest.bridge.calls;
	sync_all(&domain, &gather);
	assert_int_equal(guest.bridge.calls, calls + 1);
	for (i = 0; i < 6; i++)
		expect_dma(0, firsts[i] + KIB4, DATA + i * MIB2 + KIB4,
			   DMA_REFUSED);
	attach(&guest, 0, hvpt_iommu_blocked(&guest.iommu));
	assert_int_equal(hvpt_domain_destroy(&domain), HVPT_OK);
	close_guest(&guest);
}

/* Nothing is flushed for a domain no device is in, and none is needed. */
static void test_no_device(void **state)
{
	struct hvpt_domain domain;
	struct hvpt_gather gather;
	struct guest guest;
	uint64_t calls;

	(void)state;
	open_guest(&guest, false);
	hvpt_gather_init(&gather);
	make(&guest, &domain, HVPT_FLUSH_TWO_BLOCK);
	map(&domain, IOVA, DATA, KIB4);
	attach(&guest, 0, &domain);
	expect_dma(0, IOVA, DATA, DMA_HIT);
	attach(&guest, 0, hvpt_iommu_blocked(&guest.iommu));
	calls = guest.bridge.calls;
	unmap(&domain, IOVA, KIB4, &gather);
	sync_all(&domain, &gather);
	assert_int_equal(guest.bridge.calls, calls);
	attach(&guest, 0, &domain);
	expect_dma(0, IOVA, DATA, DMA_REFUSED);
	attach(&guest, 0, hvpt_iommu_blocked(&guest.iommu));
	assert_int_equal(hvpt_domain_destroy(&domain), HVPT_OK);
	close_guest(&guest);
}

static void test_five_levels(void **state)
{
	const uint64_t high = UINT64_C(0x00ab7f1234567000);
	struct hvpt_domain domain;
	struct hvpt_gather gather;
	struct guest guest;

	(void)state;
	open_guest(&guest, true);
	hvpt_gather_init(&gather);
	make(&guest, &domain, HVPT_FLUSH_TWO_BLOCK);
	assert_int_equal(hvpt_domain_pagetable(&domain)->levels, 5);
	map(&domain, high, DATA, KIB4);
	map(&domain, IOVA, DATA + KIB4, KIB4);
	attach(&guest, 0, &domain);
	expect_dma(0, IOVA, DATA + KIB4, DMA_HIT);
	expect_dma(0, high & UINT64_C(0xffffffffffff), DATA, DMA_REFUSED);
	bridge_enter(&guest.bridge, high);
	expect_dma(0, high & UINT64_C(0xffffffffffff), DATA, DMA_HIT);
	unmap(&domain, high, KIB4, &gather);
	sync_all(&domain, &gather);
	expect_dma(0, high & UINT64_C(0xffffffffffff), DATA, DMA_REFUSED);
	attach(&guest, 0, hvpt_iommu_blocked(&guest.iommu));
	assert_int_equal(hvpt_domain_destroy(&domain), HVPT_OK);
	close_guest(&guest);
}

/* The hypervisor forgets everything; domains and attachments come back. */
static void test_resume(void **state)
{
	struct hvpt_domain domain;
	struct guest guest;
	unsigned i;

	(void)state;
	open_guest(&guest, false);
	make(&guest, &domain, HVPT_FLUSH_TWO_BLOCK);
	map(&domain, IOVA, DATA, KIB4);
	attach(&guest, 0, &domain);
	attach(&guest, 1, hvpt_iommu_blocked(&guest.iommu));
	for (i = 0; i < BRIDGE_DOMAINS; i++)
		guest.bridge.domain[i] = (struct bridge_domain){ .id = 0 };
	bridge_add_device(&guest.bridge, VTD_DEVICE_TEST, ID_1);
	bridge_add_device(&guest.bridge, VTD_DEVICE_TEST_2, ID_2);
	expect_dma(0, IOVA, DATA, DMA_REFUSED);
	expect_dma(1, DATA, DATA, DMA_HIT);
	assert_int_equal(hvpt_iommu_resume(&guest.iommu, false), HVPT_OK);
	expect_dma(0, IOVA, DATA, DMA_HIT);
	expect_dma(1, DATA, DATA, DMA_REFUSED);
	attach(&guest, 0, hvpt_iommu_blocked(&guest.iommu));
	assert_int_equal(hvpt_domain_destroy(&domain), HVPT_OK);
	close_guest(&guest);
}

/* ---- random traffic -------------------------------------------------- */

/**
 * struct traffic - two domains, two devices, and what ought to be
 * @stale: DMAs that a cache answered between an unmap and its sync
 */
struct traffic {
	struct guest guest;
	struct hvpt_domain domain[2];
	struct hvpt_model *model[2];
	uint64_t prng;
	unsigned where[2]; /* the domain of each device */
	uint64_t stale;
	uint64_t wrong;
};

static uint64_t some_iova(struct traffic *traffic)
{
	uint64_t base = hvpt_random_below(&traffic->prng, 2) ?
				IOVA :
				UINT64_C(0xffff800000000000);

	return base +
	       (hvpt_random_below(&traffic->prng, 3 * MIB2) & ~(KIB4 - 1));
}

/* Is a write of @device to @iova answered as the model of its domain says? */
static void check(struct traffic *traffic, unsigned device, uint64_t iova)
{
	const struct hvpt_model *model = traffic->model[traffic->where[device]];
	uint64_t gpa = DATA - KIB4;
	unsigned prot = 0;
	enum dma_outcome expected = DMA_REFUSED;

	if (hvpt_model_lookup(model, iova, &gpa, &prot) && prot == RW)
		expected = DMA_HIT;
	if (dma(device, iova, gpa) == expected)
		return;
	traffic->wrong++;
	if (!traffic->guest.bridge.drop_flushes)
		print_error("device %u, iova %#llx: not as expected\n", device,
			    (unsigned long long)iova);
}

static void check_both(struct traffic *traffic, uint64_t iova)
{
	check(traffic, 0, iova);
	check(traffic, 1, iova);
}

static void random_map(struct traffic *traffic, unsigned which, uint64_t iova,
		       uint64_t length)
{
	uint64_t *prng = &traffic->prng;
	uint64_t align = length >= MIB2 ? MIB2 : KIB4;
	uint64_t gpa = DATA +
		       (hvpt_random_below(prng, GIB1 / 2) & ~(align - 1));
	unsigned prot = hvpt_random_below(prng, 4) ? RW : RO;
	struct hvpt_gather gather;
	enum hvpt_status status;

	hvpt_gather_init(&gather);
	status = hvpt_domain_map(&traffic->domain[which], hvpt_iova(iova),
				 hvpt_gpa(gpa), length, prot, &gather);
	assert_int_equal(status == HVPT_OK,
			 hvpt_model_map(traffic->model[which], iova, gpa,
					length, prot));
	assert_true(status == HVPT_OK || status == HVPT_ERR_OVERLAP);
	sync_all(&traffic->domain[which], &gather);
}

static void random_unmap(struct traffic *traffic, unsigned which, uint64_t iova,
			 uint64_t length)
{
	struct hvpt_gather gather;
	uint64_t gpa = 0;
	unsigned prot = 0, device = traffic->where[0] == which ? 0 : 1;
	bool was = hvpt_model_lookup(traffic->model[which], iova, &gpa,
				     &prot) &&
		   prot == RW && traffic->where[device] == which;

	if (was)
		check(traffic, device, iova);
	hvpt_gather_init(&gather);
	unmap(&traffic->domain[which], iova, length, &gather);
	hvpt_model_unmap(traffic->model[which], iova, length);
	if (was)
		traffic->stale += dma(device, iova, gpa) == DMA_HIT;
	sync_all(&traffic->domain[which], &gather);
}

static void random_protect(struct traffic *traffic, unsigned which,
			   uint64_t iova, uint64_t length)
{
	unsigned prot = hvpt_random_below(&traffic->prng, 2) ? RW : RO;
	struct hvpt_gather gather;
	enum hvpt_status status;

	hvpt_gather_init(&gather);
	status = hvpt_pt_protect(hvpt_domain_pagetable(&traffic->domain[which]),
				 hvpt_iova(iova), length, prot, &gather);
	assert_int_equal(status == HVPT_OK,
			 hvpt_model_protect(traffic->model[which], iova, length,
					    prot));
	sync_all(&traffic->domain[which], &gather);
}

static void random_step(struct traffic *traffic)
{
	uint64_t *prng = &traffic->prng;
	unsigned which = (unsigned)hvpt_random_below(prng, 2), device;
	uint64_t iova = some_iova(traffic);
	uint64_t length = KIB4 * (1 + hvpt_random_below(prng, 16));

	if (hvpt_random_below(prng, 4) == 0) {
		iova &= ~(MIB2 - 1);
		length = MIB2;
	}
	switch (hvpt_random_below(prng, 16)) {
	case 0:
		device = (unsigned)hvpt_random_below(prng, 2);
		attach(&traffic->guest, device, &traffic->domain[which]);
		traffic->where[device] = which;
		break;
	case 1:
	case 2:
		random_protect(traffic, which, iova, length);
		break;
	case 3:
	case 4:
	case 5:
	case 6:
	case 7:
		random_unmap(traffic, which, iova, length);
		break;
	default:
		random_map(traffic, which, iova, length);
	}
	check_both(traffic, iova);
	check_both(traffic, iova + length - 4);
	check_both(traffic, some_iova(traffic));
}

static void close_traffic(struct traffic *traffic)
{
	unsigned i;

	for (i = 0; i < 2; i++)
		attach(&traffic->guest, i,
		       hvpt_iommu_blocked(&traffic->guest.iommu));
	for (i = 0; i < 2; i++) {
		assert_int_equal(hvpt_domain_destroy(&traffic->domain[i]),
				 HVPT_OK);
		hvpt_model_destroy(traffic->model[i]);
	}
	close_guest(&traffic->guest);
}

static void open_traffic(struct traffic *traffic, uint64_t seed,
			 enum hvpt_flush_policy policy)
{
	unsigned i;

	*traffic = (struct traffic){ .prng = seed };
	open_guest(&traffic->guest, false);
	for (i = 0; i < 2; i++) {
		make(&traffic->guest, &traffic->domain[i], policy);
		traffic->model[i] = hvpt_model_create();
		attach(&traffic->guest, i, &traffic->domain[i]);
		traffic->where[i] = i;
	}
}

static void run_traffic(struct traffic *traffic)
{
	unsigned i, steps = pt_effort(RANDOM_STEPS);

	for (i = 0; i < steps; i++)
		random_step(traffic);
}

static void test_random(void **state)
{
	struct traffic traffic;
	enum hvpt_flush_policy policy;
	uint64_t seed = pt_seed("random traffic", 0x7d7d);

	(void)state;
	for (policy = HVPT_FLUSH_TWO_BLOCK; policy <= HVPT_FLUSH_EXACT;
	     policy++) {
		open_traffic(&traffic, seed + policy, policy);
		run_traffic(&traffic);
		print_message("policy %d: %llu DMAs, %llu stale before sync, "
			      "%llu wrong\n",
			      policy, (unsigned long long)machine.dma.probes,
			      (unsigned long long)traffic.stale,
			      (unsigned long long)traffic.wrong);
		assert_int_equal(traffic.wrong, 0);
		assert_true(traffic.stale > 0);
		close_traffic(&traffic);
	}
}

/* The same over a hypervisor that drops flushes must not pass. */
static void test_dropped_flushes(void **state)
{
	struct traffic traffic;

	(void)state;
	open_traffic(&traffic, pt_seed("dropped flushes", 0xd70b),
		     HVPT_FLUSH_TWO_BLOCK);
	traffic.guest.bridge.drop_flushes = true;
	run_traffic(&traffic);
	print_message("%llu wrong, as they have to be\n",
		      (unsigned long long)traffic.wrong);
	assert_true(traffic.wrong > 10);
	close_traffic(&traffic);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_identity_and_blocked),
		cmocka_unit_test(test_attach_switch),
		cmocka_unit_test(test_unmap_and_sync),
		cmocka_unit_test(test_many_ranges),
		cmocka_unit_test(test_no_device),
		cmocka_unit_test(test_five_levels),
		cmocka_unit_test(test_resume),
		cmocka_unit_test(test_random),
		cmocka_unit_test(test_dropped_flushes),
	};
	int failed;

	if (!machine_open(&machine))
		return EXIT_SKIP;
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	machine_close(&machine);
	return failed;
}
