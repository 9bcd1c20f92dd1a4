/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What firmware left: reading its table, and adopting its domains.
 *
 * Tables are written byte by byte, with offsets from docs/SPEC.md, "Hand-over
 * by firmware". Firmware is a second pvIOMMU object on the same hypervisor.
 */
#include <string.h>

#include "hvpt/handover.h"
#include "tests/support/hv_fixture.h"

#define HEADER 64u
#define ENTRY 32u
#define ROOM (HEADER + 3 * ENTRY)
#define FIRMWARE_ID 0xffff0000u
#define RING HV_DATA
#define RING_IOVA UINT64_C(0x40000000)

static void put(uint8_t *table, size_t offset, unsigned bytes, uint64_t value)
{
	for (; bytes-- > 0; value >>= 8)
		table[offset++] = (uint8_t)value;
}

static uint32_t get(const uint8_t *table, size_t offset)
{
	return table[offset] | (uint32_t)table[offset + 1] << 8 |
	       (uint32_t)table[offset + 2] << 16 |
	       (uint32_t)table[offset + 3] << 24;
}

/* The word at 16 makes the sum of all 0. */
static void put_sum(uint8_t *table, size_t bytes)
{
	uint32_t sum = 0;
	size_t at;

	put(table, 16, 4, 0);
	for (at = 0; at < bytes; at += 4)
		sum += get(table, at);
	put(table, 16, 4, 0u - sum);
}

static size_t make_table(uint8_t *table, uint32_t devices)
{
	size_t bytes = HEADER + (size_t)devices * ENTRY;
	uint32_t i;

	memset(table, 0, bytes);
	put(table, 0, 8, UINT64_C(0x444e414854505648)); /* "HVPTHAND" */
	put(table, 8, 4, 1);
	put(table, 12, 4, bytes);
	put(table, 20, 4, 3);
	put(table, 24, 4, FIRMWARE_ID);
	put(table, 28, 4, FIRMWARE_ID + 1);
	put(table, 32, 4, devices);
	put(table, 36, 4, ENTRY);
	for (i = 0; i < devices; i++) {
		uint8_t *entry = table + HEADER + (size_t)i * ENTRY;

		put(entry, 0, 8, UINT64_C(0x123456789abcde0) + i);
		put(entry, 8, 4, FIRMWARE_ID + 2 + i);
		put(entry, 12, 4, 4 + i % 2);
		put(entry, 16, 8, UINT64_C(0xabc000) + UINT64_C(0x1000) * i);
		put(entry, 24, 4, 48 + i);
	}
	put_sum(table, bytes);
	return bytes;
}

/* ---- the table ----------------------------------------------------------- */

/* Also where it is not aligned. */
static void test_a_table_is_read(void **state)
{
	uint8_t room[ROOM + 1], *table = room + 1;
	struct hvpt_handover_device device;
	struct hvpt_handover handover;
	uint32_t devices, i;

	(void)state;
	for (devices = 0; devices <= 3; devices++) {
		size_t bytes = make_table(table, devices);

		hv_ok(hvpt_handover_read(table, bytes, &handover));
		assert_int_equal(handover.policy, HVPT_HANDOVER_KEEP);
		assert_int_equal(handover.identity_id, FIRMWARE_ID);
		assert_int_equal(handover.blocked_id, FIRMWARE_ID + 1);
		assert_int_equal(handover.devices, devices);
		for (i = 0; i < devices; i++) {
			hvpt_handover_read_device(&handover, i, &device);
			assert_true(device.device_id ==
				    UINT64_C(0x123456789abcde0) + i);
			assert_int_equal(device.domain_id, FIRMWARE_ID + 2 + i);
			assert_int_equal(device.levels, 4 + i % 2);
			assert_true(device.root ==
				    0xabc000 + UINT64_C(0x1000) * i);
			assert_int_equal(device.width, 48 + i);
		}
	}
}

/* Nothing is written, and nothing beyond the bytes is read. */
static void refused(const uint8_t *table, size_t bytes, enum hvpt_status want)
{
	struct hvpt_handover handover, before;

	memset(&handover, 0x5a, sizeof(handover));
	before = handover;
	hv_status(hvpt_handover_read(table, bytes, &handover), want);
	assert_memory_equal(&handover, &before, sizeof(handover));
}

static void test_a_short_table_is_refused(void **state)
{
	uint8_t table[ROOM];
	size_t bytes = make_table(table, 3), i;

	(void)state;
	for (i = 0; i < bytes; i++) {
		uint8_t *copy = test_malloc(i + 1);

		memcpy(copy + 1, table, i);
		refused(copy + 1, i, HVPT_ERR_CORRUPT);
		test_free(copy);
	}
}

/* A bit that flipped is seen, wherever it is. */
static void test_a_flipped_bit_is_refused(void **state)
{
	uint8_t table[ROOM];
	size_t bytes = make_table(table, 2), bit;

	(void)state;
	for (bit = 0; bit < bytes * 8; bit++) {
		bool version = bit / 32 == 2;

		table[bit / 8] ^= (uint8_t)(1 << bit % 8);
		refused(table, bytes,
			version ? HVPT_ERR_SETTINGS : HVPT_ERR_CORRUPT);
		table[bit / 8] ^= (uint8_t)(1 << bit % 8);
	}
}

/* Sizes that do not fit, with a checksum that does. */
static void test_sizes_that_do_not_fit_are_refused(void **state)
{
	static const struct {
		size_t at;
		uint32_t value;
	} bad[] = {
		{ 12, 0 },	    { 12, HEADER },	{ 12, HEADER + ENTRY },
		{ 12, ROOM },	    { 12, 0xffffffff }, { 32, 0 },
		{ 32, 1 },	    { 32, 3 },		{ 32, 0x10001 },
		{ 32, 0x08000002 }, { 32, 0xffffffff }, { 36, 0 },
		{ 36, 31 },	    { 36, 64 },
	};
	uint8_t table[ROOM];
	size_t i;

	(void)state;
	for (i = 0; i < HV_COUNT(bad); i++) {
		size_t bytes = make_table(table, 2);

		put(table, bad[i].at, 4, bad[i].value);
		put_sum(table, bytes);
		refused(table, bytes, HVPT_ERR_CORRUPT);
	}
}

/* The most devices that a table can have. */
static void test_a_table_of_many_devices(void **state)
{
	size_t room = HEADER + (size_t)(HVPT_HANDOVER_DEVICES_MAX + 1) * ENTRY;
	struct hvpt_handover handover;
	uint8_t *table = test_malloc(room);
	size_t bytes = make_table(table, HVPT_HANDOVER_DEVICES_MAX);

	(void)state;
	hv_ok(hvpt_handover_read(table, bytes, &handover));
	assert_int_equal(handover.devices, HVPT_HANDOVER_DEVICES_MAX);
	bytes = make_table(table, HVPT_HANDOVER_DEVICES_MAX + 1);
	refused(table, bytes, HVPT_ERR_CORRUPT);
	test_free(table);
}

/* ---- firmware ------------------------------------------------------------ */

struct firmware {
	struct hvpt_iommu iommu;
	struct hvpt_domain domain;
	struct hvpt_device device;
	struct hvpt_handover_device left;
};

static struct firmware firmware;

/* Device 0 does DMA to its ring, by tables of firmware. */
static void run_firmware(struct hv_fixture *f)
{
	struct hvpt_iommu_config config = f->config;

	config.ids.first = FIRMWARE_ID;
	config.ids.last = 0xfffffffd;
	f->domain_config.pt.form = HVPT_IOVA_LOWER;
	hv_add_device(f, 0);
	hv_ok(hvpt_iommu_init(&firmware.iommu, &config));
	hv_ok(hvpt_domain_init(&firmware.domain, &firmware.iommu,
			       &f->domain_config));
	hv_ok(hvpt_domain_map(&firmware.domain, hvpt_iova(RING_IOVA),
			      hvpt_gpa(RING), HV_2M + 2 * HV_4K,
			      HVPT_PROT_READ | HVPT_PROT_WRITE, NULL));
	hv_ok(hvpt_device_probe(&firmware.device, &firmware.iommu,
				hv_device_id(0), false));
	hv_ok(hvpt_device_attach(&firmware.device, &firmware.domain));
	hv_dma_reaches(f, 0, RING_IOVA, RING);
	firmware.left = (struct hvpt_handover_device){
		.device_id = hv_device_id(0),
		.root = hvpt_pt_root_gpa(&firmware.domain.pt).value,
		.domain_id = hvpt_domain_id(&firmware.domain),
		.levels = firmware.domain.pt.levels,
		.width = hvpt_iommu_width(&firmware.iommu),
	};
}

/* The two domains that firmware had no use for. */
static void forget_firmware(struct hv_fixture *f)
{
	struct hvpt_answer answer;

	hv_ok(hvpt_hvcall_delete_domain(&f->iommu.transport, FIRMWARE_ID,
					&answer));
	hv_ok(hvpt_hvcall_delete_domain(&f->iommu.transport, FIRMWARE_ID + 1,
					&answer));
}

static bool is_firmwares(void *ctx, hvpt_gpa_t table, unsigned level)
{
	struct hv_fixture *f = ctx;

	(void)level;
	return hvpt_arena_owns(f->arena, table.value);
}

static bool is_nobodys(void *ctx, hvpt_gpa_t table, unsigned level)
{
	(void)ctx;
	(void)table;
	(void)level;
	return false;
}

static void describe(struct hv_fixture *f)
{
	f->domain_config.pt.levels = firmware.left.levels;
	f->domain_config.pt.width = firmware.left.width;
	f->domain_config.pt.page_sizes = f->host.page_sizes;
}

static enum hvpt_status try_adopt(struct hv_fixture *f)
{
	struct hvpt_audit report;

	return hvpt_domain_adopt(&f->domain[0], &f->iommu, &f->domain_config,
				 &firmware.left, is_firmwares, f, &report);
}

/* ---- adopting ------------------------------------------------------------ */

/* From firmware to our own domain the device loses no access to its ring. */
static void test_an_adopted_domain_is_ours(void **state)
{
	struct hv_fixture *f = *state;

	run_firmware(f);
	hv_ok(hv_try_init(f));
	describe(f);
	hv_ok(try_adopt(f));
	hvpt_gather_init(&f->gather[0]);
	f->domain_live[0] = true;
	hv_dma_reaches(f, 0, RING_IOVA, RING);
	hv_ok(hv_try_probe(f, 0));
	hv_attach(f, 0, &f->domain[0]);
	hv_ok(hvpt_iommu_takeover(&f->iommu));
	hv_device_is_in(f, 0, &f->domain[0]);
	hv_dma_reaches(f, 0, RING_IOVA + HV_2M, RING + HV_2M);
	/* its driver has taken the device over */
	assert_int_equal(hv_unmap(f, 0, RING_IOVA, HV_4K), HV_4K);
	hv_sync(f, 0);
	hv_dma_faults(f, 0, RING_IOVA);
	hv_dma_reaches(f, 0, RING_IOVA + HV_4K, RING + HV_4K);
	hv_map(f, 0, RING_IOVA, HV_DATA + HV_1G, HV_4K);
	hv_dma_reaches(f, 0, RING_IOVA, HV_DATA + HV_1G);
	forget_firmware(f);
}

/* What firmware unmapped last, and did not flush, is flushed. */
static void test_adopting_flushes(void **state)
{
	struct hv_fixture *f = *state;
	struct hvpt_gather gather;
	uint64_t unmapped;

	run_firmware(f);
	hv_dma_reaches(f, 0, RING_IOVA + HV_2M, RING + HV_2M);
	hvpt_gather_init(&gather);
	hv_ok(hvpt_domain_unmap(&firmware.domain, hvpt_iova(RING_IOVA + HV_2M),
				HV_4K, &gather, &unmapped));
	hv_dma_is_stale(f, 0, RING_IOVA + HV_2M, RING + HV_2M);
	hv_ok(hv_try_init(f));
	describe(f);
	hv_mark(f);
	hv_ok(try_adopt(f));
	assert_int_equal(hv_calls_since(f), 1);
	f->domain_live[0] = true;
	hvpt_gather_init(&f->gather[0]);
	hv_dma_faults(f, 0, RING_IOVA + HV_2M);
	hv_ok(hv_try_probe(f, 0));
	hv_attach(f, 0, &f->domain[0]);
	forget_firmware(f);
}

/*
 * An unmap before the first attach is flushed, in as many calls as the policy
 * of the configuration needs: firmware's device is in the domain.
 */
static void test_an_adopted_domain_flushes(void **state)
{
	struct hv_fixture *f = *state;

	run_firmware(f);
	hv_ok(hv_try_init(f));
	describe(f);
	f->domain_config.policy = HVPT_FLUSH_EXACT;
	hv_ok(try_adopt(f));
	f->domain_live[0] = true;
	hvpt_gather_init(&f->gather[0]);
	hv_dma_reaches(f, 0, RING_IOVA + HV_2M, RING + HV_2M);
	assert_int_equal(hv_unmap(f, 0, RING_IOVA + HV_2M, HV_4K), HV_4K);
	hv_mark(f);
	hv_sync(f, 0);
	assert_true(hv_calls_since(f) > 0);
	hv_dma_faults(f, 0, RING_IOVA + HV_2M);
	assert_int_equal(f->domain[0].policy, HVPT_FLUSH_EXACT);
	hv_ok(hv_try_probe(f, 0));
	hv_attach(f, 0, &f->domain[0]);
	forget_firmware(f);
}

static void not_adopted(struct hv_fixture *f, enum hvpt_status want)
{
	hv_status(try_adopt(f), want);
	hv_dma_reaches(f, 0, RING_IOVA, RING);
}

static void test_what_does_not_fit_is_not_adopted(void **state)
{
	struct hv_fixture *f = *state;
	struct hvpt_handover_device whole;
	struct hvpt_audit report;

	run_firmware(f);
	hv_ok(hv_try_init(f));
	describe(f);
	whole = firmware.left;
#define CHANGED(field, value, want)                                            \
	do {                                                                   \
		firmware.left.field = (value);                                 \
		not_adopted(f, want);                                          \
		firmware.left = whole;                                         \
	} while (0)
	CHANGED(levels, 9 - whole.levels, HVPT_ERR_SETTINGS);
	CHANGED(width, whole.width - 1, HVPT_ERR_SETTINGS);
	CHANGED(domain_id, 0, HVPT_ERR_DOMAIN_ID);
	CHANGED(domain_id, 0xffffffff, HVPT_ERR_DOMAIN_ID);
	CHANGED(domain_id, hvpt_domain_id(hvpt_iommu_blocked(&f->iommu)),
		HVPT_ERR_DOMAIN_ID);
	CHANGED(domain_id, 0x7777, HVPT_ERR_HV_FAILED);
	CHANGED(root, whole.root + 8, HVPT_ERR_TABLE_PAGE);
	CHANGED(root, whole.root + (UINT64_C(1) << 40), HVPT_ERR_CORRUPT);
#undef CHANGED
	f->domain_config.pt.page_sizes |= UINT64_C(1) << 13;
	not_adopted(f, HVPT_ERR_PAGE_SIZES);
	describe(f);
	f->domain_config.pt.form = HVPT_IOVA_PLAIN;
	not_adopted(f, HVPT_ERR_SETTINGS);
	f->domain_config.pt.form = HVPT_IOVA_LOWER;
	f->domain_config.pt.width++;
	not_adopted(f, HVPT_ERR_WIDTH);
	f->domain_config.pt.width--;
	/* 0 stands for a default in @config, but not in a table */
	f->domain_config.pt.width = 0;
	firmware.left.width = 0;
	not_adopted(f, HVPT_ERR_SETTINGS);
	firmware.left = whole;
	describe(f);
	f->domain_config.pt.levels = 0;
	firmware.left.levels = 0;
	not_adopted(f, HVPT_ERR_SETTINGS);
	firmware.left = whole;
	describe(f);
	hv_status(hvpt_domain_adopt(&f->domain[0], &f->iommu, &f->domain_config,
				    &whole, NULL, NULL, &report),
		  HVPT_ERR_OPS);
	hv_status(hvpt_domain_adopt(&f->domain[0], &f->iommu, &f->domain_config,
				    &whole, is_nobodys, NULL, &report),
		  HVPT_ERR_CORRUPT);
	hv_dma_reaches(f, 0, RING_IOVA, RING);
	/* nothing of this was in the way */
	hv_ok(try_adopt(f));
	f->domain_live[0] = true;
	hvpt_gather_init(&f->gather[0]);
	not_adopted(f, HVPT_ERR_DOMAIN_ID);
	hv_ok(hv_try_probe(f, 0));
	hv_attach(f, 0, &f->domain[0]);
	forget_firmware(f);
}

/* Without the table: takeover blocks the device, as it always did. */
static void test_a_table_may_be_ignored(void **state)
{
	struct hv_fixture *f = *state;
	struct hvpt_answer answer;

	run_firmware(f);
	hv_ok(hv_try_init(f));
	hv_ok(hv_try_probe(f, 0));
	hv_dma_reaches(f, 0, RING_IOVA, RING);
	hv_ok(hvpt_iommu_takeover(&f->iommu));
	hv_dma_faults(f, 0, RING_IOVA);
	hv_ok(hvpt_hvcall_delete_domain(&f->iommu.transport,
					firmware.left.domain_id, &answer));
	forget_firmware(f);
	hvpt_pt_destroy(&firmware.domain.pt);
}

int main(void)
{
	static const struct hv_case cases[] = {
		HV_PREPARED(test_a_table_is_read),
		HV_PREPARED(test_a_short_table_is_refused),
		HV_PREPARED(test_a_flipped_bit_is_refused),
		HV_PREPARED(test_sizes_that_do_not_fit_are_refused),
		HV_PREPARED(test_a_table_of_many_devices),
		HV_PREPARED(test_an_adopted_domain_is_ours),
		HV_PREPARED(test_an_adopted_domain_flushes),
		HV_PREPARED(test_adopting_flushes),
		HV_PREPARED(test_what_does_not_fit_is_not_adopted),
		HV_PREPARED(test_a_table_may_be_ignored),
	};

	return hv_run("handover", cases, HV_COUNT(cases), hv_plain, 1);
}
