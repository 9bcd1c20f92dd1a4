/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What firmware left: its table is found and checked, and its domains are
 * adopted and ended.
 *
 * Firmware's own part runs on the library. Its table is written byte by byte,
 * with offsets from docs/SPEC.md, "Hand-over by firmware".
 */
#include "linux_fixture.h"

#define FIRST_ID 0xffff0000u
#define PAGES 8
#define ROOM (PAGES * K4)
#define HEAD 64
#define ENTRY 32

/* Offsets in the table. */
enum {
	AT_VERSION = 8,
	AT_BYTES = 12,
	AT_SUM = 16,
	AT_POLICY = 20,
	AT_IDENTITY = 24,
	AT_BLOCKED = 28,
	AT_DEVICES = 32,
	AT_ENTRY_BYTES = 36,
	AT_ID = HEAD,
	AT_DOMAIN = HEAD + 8,
	AT_LEVELS = HEAD + 12,
	AT_ROOT = HEAD + 16,
	AT_WIDTH = HEAD + 24,
};

/*
 * The machine before Linux: pages 0 to PAGES - 1 of the arena are reserved, and
 * have the page tables; then a page with the table, which has type ACPI, and a
 * reserved one with UEFI's configuration table.
 */
static struct {
	struct hvpt_iommu iommu;
	struct hvpt_domain domain;
	struct hvpt_device device;
	u8 *page[PAGES + 2];
	unsigned int used;
	u8 *table;
	u8 *config;
	u8 before[ROOM + 2 * K4];
} firmware;

static u64 gpa_of(const void *va)
{
	return (u64)(uintptr_t)va - hvpt_arena_offset(stub_host.arena);
}

static void *firmware_alloc(void *ctx)
{
	(void)ctx;
	return firmware.used < PAGES ? firmware.page[firmware.used++] : NULL;
}

static void firmware_free(void *ctx, void *page)
{
	(void)ctx;
	(void)page;
}

static const struct hvpt_page_ops firmware_pages = {
	.alloc_page = firmware_alloc,
	.free_page = firmware_free,
};

static void put32(u64 at, u32 value)
{
	memcpy(firmware.table + at, &value, sizeof(value));
}

static void put64(u64 at, u64 value)
{
	memcpy(firmware.table + at, &value, sizeof(value));
}

static void put_sum(void)
{
	u32 bytes, word, at, sum = 0;

	put32(AT_SUM, 0);
	memcpy(&bytes, firmware.table + AT_BYTES, sizeof(bytes));
	for (at = 0; at < bytes && at < K4; at += 4) {
		memcpy(&word, firmware.table + at, sizeof(word));
		sum += word;
	}
	put32(AT_SUM, 0 - sum);
}

static void open_memory(void)
{
	unsigned int i;

	memset(&firmware, 0, sizeof(firmware));
	for (i = 0; i < PAGES + 2; i++) {
		firmware.page[i] = hvpt_hypervisor_page_ops.alloc_page(
			&stub_host.pages);
		assert_ptr_equal(firmware.page[i], firmware.page[0] + i * K4);
	}
	firmware.table = firmware.page[PAGES];
	firmware.config = firmware.page[PAGES + 1];
	stub_host.kept[0].first = gpa_of(firmware.page[0]);
	stub_host.kept[0].end = gpa_of(firmware.table);
	stub_host.kept[0].type = E820_TYPE_RESERVED;
	stub_host.kept[1].first = gpa_of(firmware.table);
	stub_host.kept[1].end = gpa_of(firmware.config);
	stub_host.kept[1].type = E820_TYPE_ACPI;
	stub_host.kept[2].first = gpa_of(firmware.config);
	stub_host.kept[2].end = gpa_of(firmware.config) + K4;
	stub_host.kept[2].type = E820_TYPE_RESERVED;
}

/* The device is in a domain whose tables are of three kinds. */
static void run_firmware(void)
{
	struct hvpt_iommu_config config = {
		.transport = { .ops = &hvpt_hypervisor_transport,
			       .ctx = stub_host.hv },
		.ids = { FIRST_ID, 0xfffffffd },
	};
	struct hvpt_domain_config paging = {
		.pt.ops = &firmware_pages,
		.pt.direct_map_offset = hvpt_arena_offset(stub_host.arena),
		.pt.form = HVPT_IOVA_LOWER,
	};

	assert_int_equal(hvpt_iommu_init(&firmware.iommu, &config), HVPT_OK);
	assert_int_equal(hvpt_domain_init(&firmware.domain, &firmware.iommu,
					  &paging),
			 HVPT_OK);
	assert_int_equal(hvpt_domain_map(&firmware.domain, hvpt_iova(K4),
					 hvpt_gpa(FINE), M2 + K4,
					 HVPT_PROT_READ | HVPT_PROT_WRITE,
					 NULL),
			 HVPT_OK);
	assert_int_equal(hvpt_device_probe(&firmware.device, &firmware.iommu,
					   ID, false),
			 HVPT_OK);
	assert_int_equal(hvpt_device_attach(&firmware.device, &firmware.domain),
			 HVPT_OK);
}

static void write_table(void)
{
	put64(0, 0x444e414854505648);
	put32(AT_VERSION, 1);
	put32(AT_BYTES, HEAD + ENTRY);
	put32(AT_POLICY, 3);
	put32(AT_IDENTITY, FIRST_ID);
	put32(AT_BLOCKED, FIRST_ID + 1);
	put32(AT_DEVICES, 1);
	put32(AT_ENTRY_BYTES, ENTRY);
	put64(AT_ID, ID);
	put32(AT_DOMAIN, hvpt_domain_id(&firmware.domain));
	put32(AT_LEVELS, 4);
	put64(AT_ROOT, hvpt_pt_root_gpa(&firmware.domain.pt).value);
	put32(AT_WIDTH, hvpt_iommu_width(&firmware.iommu));
	put_sum();
}

/* The last of three entries; what is behind them is not one. */
static void write_config(void)
{
	static const u64 guid[2] = { 0x4b7a8d0b3f6c1e52, 0xd8b105c72f6a149e };
	u64 table = gpa_of(firmware.table);

	memset(firmware.config, 0x11, 48);
	memcpy(firmware.config + 48, guid, sizeof(guid));
	memcpy(firmware.config + 64, &table, sizeof(table));
}

static int open_firmware(void **state)
{
	open_fixture(state);
	open_memory();
	run_firmware();
	write_table();
	write_config();
	*stub_param_handover() = gpa_of(firmware.config);
	hypervisor_new_owner(stub_host.hv);
	return 0;
}

static void remember(void)
{
	memcpy(firmware.before, firmware.page[0], sizeof(firmware.before));
}

/* What firmware wrote is as it was, also when the test has failed. */
static int close_firmware(void **state)
{
	unsigned int i;

	assert_memory_equal(firmware.before, firmware.page[0],
			    sizeof(firmware.before));
	hypervisor_lose_state(stub_host.hv);
	for (i = 0; i < PAGES + 2; i++)
		hvpt_hypervisor_page_ops.free_page(&stub_host.pages,
						   firmware.page[i]);
	return close_fixture(state);
}

#define FIRMWARE_TEST(name)                                                    \
	cmocka_unit_test_setup_teardown(name, open_firmware, close_firmware)

static bool is_reached(u64 iova, u64 gpa)
{
	struct hypervisor_dma dma;

	hypervisor_dma(stub_host.hv, ID, iova, false, &dma);
	return dma.fresh.translated && dma.fresh.gpa == gpa;
}

/* On purpose, also after Linux has found the device. */
static void expect_firmwares(void)
{
	hypervisor_leave_running(stub_host.hv, ID);
	assert_true(is_reached(K4, FINE));
	assert_true(is_reached(K4 + M2, FINE + M2));
}

static bool is_said(const char *what)
{
	return strstr(stub_host.said, what) != NULL;
}

/* Linux takes the device, and it works. */
static struct iommu_domain *take(void)
{
	struct iommu_domain *domain = new_domain();

	assert_non_null(domain);
	assert_int_equal(map(domain, M2, DATA, K4, 1), 0);
	assert_int_equal(attach(domain), 0);
	expect_dma(M2, DATA);
	assert_false(is_reached(K4, FINE));
	return domain;
}

/* ---- what can be adopted --------------------------------------------- */

/* The device never loses its access before Linux attaches it. */
static void adopt(void)
{
	struct iommu_domain *domain;

	remember();
	load();
	assert_int_equal(hypervisor_domains(stub_host.hv), 2 + 3);
	expect_firmwares();
	assert_false(IS_ERR(probe(&pdev.dev)));
	expect_firmwares();
	domain = take();
	/* Firmware's domain is gone, the two others stay until the end. */
	assert_int_equal(hypervisor_domains(stub_host.hv), 3 + 2);
	unplug(domain);
	unload();
	assert_int_equal(stub_errors, 0);
	assert_int_equal(stub_warnings, 0);
}

static void test_adopt(void **state)
{
	(void)state;
	adopt();
}

/* Built in, it needs no parameter. */
static void test_adopt_built_in(void **state)
{
	(void)state;
	efi_config_table = *stub_param_handover();
	*stub_param_handover() = 0;
	adopt();
}

static void test_adopt_by_its_own_address(void **state)
{
	(void)state;
	*stub_param_handover() = gpa_of(firmware.table);
	adopt();
}

/* One that Linux finds at the start is not taken over. */
static void test_adopt_on_bus(void **state)
{
	(void)state;
	remember();
	stub_host.on_bus = &pdev;
	load();
	expect_firmwares();
	unplug(take());
	unload();
}

/* Twice: what firmware left is adopted by the first only. */
static void test_adopt_again(void **state)
{
	(void)state;
	adopt();
	hypervisor_new_owner(stub_host.hv);
	load();
	assert_true(is_said("64-bit") || is_said("page sizes"));
	assert_int_equal(hvpt_linux.left_identity, 0);
	assert_true(list_empty(&hvpt_linux.left));
	unplug(plug());
	stub_module_exit();
}

/* A device that Linux never finds reaches all of memory afterwards. */
static void test_never_found(void **state)
{
	(void)state;
	remember();
	load();
	unload();
	expect_dma(0x12345000, 0x12345000);
}

/* Linux gives up before it attached the device, and goes on without. */
static void test_probe_unwound(void **state)
{
	(void)state;
	remember();
	load();
	assert_false(IS_ERR(probe(&pdev.dev)));
	stub_ops->release_device(&pdev.dev);
	expect_dma(0x12345000, 0x12345000);
	unload();
}

static void test_ends_with_the_kernel(void **state)
{
	(void)state;
	remember();
	load();
	assert_false(IS_ERR(probe(&pdev.dev)));
	stub_host.syscore->ops->shutdown(NULL);
	assert_int_equal(hypervisor_domains(stub_host.hv), 1);
	expect_dma(0x12345000, 0x12345000);
	stub_ops->release_device(&pdev.dev);
	stub_module_exit();
}

/* After hibernation there would be nothing to go back to. */
static void test_no_hibernation(void **state)
{
	(void)state;
	remember();
	load();
	assert_int_equal(stub_host.pm->notifier_call(
				 stub_host.pm, PM_HIBERNATION_PREPARE, NULL),
			 notifier_from_errno(-EBUSY));
	unload();
}

/* It cannot be kept there: it is blocked, until Linux attaches it. */
static void test_join_refused(void **state)
{
	(void)state;
	remember();
	load();
	inject(HV_ATTACH, 1);
	assert_false(IS_ERR(probe(&pdev.dev)));
	assert_true(is_said("firmware's domain"));
	expect_fault(K4);
	unplug(take());
	unload();
	assert_int_equal(stub_errors, 1);
}

/* Nor can it be blocked: it is in doubt, and Linux hears of it. */
static void test_join_refused_twice(void **state)
{
	(void)state;
	remember();
	load();
	inject(HV_ATTACH, 2);
	assert_false(IS_ERR(probe(&pdev.dev)));
	assert_int_equal(stub_errors, 2);
	assert_int_equal(attach(blocked()), 0);
	expect_fault(K4);
	unplug(take());
	unload();
}

/* ---- what cannot ----------------------------------------------------- */

/*
 * As if the domains were of an unknown owner: they stay, unused. One line says
 * so, if there is something to say.
 */
static void not_adopted(const char *warned)
{
	remember();
	load();
	assert_true(list_empty(&hvpt_linux.left));
	assert_int_equal(stub_host.warn_lines, warned ? 1 : 0);
	assert_non_null(strstr(stub_host.warned, warned ? warned : ""));
	expect_firmwares();
	assert_false(IS_ERR(probe(&pdev.dev)));
	unplug(take());
	stub_module_exit();
	assert_int_equal(stub_errors, 0);
	assert_int_equal(stub_warnings, 0);
}

static void test_kdump_does_not_look(void **state)
{
	(void)state;
	stub_kernel.kdump = true;
	not_adopted(NULL);
}

static void test_no_efi(void **state)
{
	(void)state;
	efi_config_table = *stub_param_handover();
	*stub_param_handover() = 0;
	stub_kernel.no_efi = true;
	not_adopted(NULL);
}

static void test_no_entry(void **state)
{
	(void)state;
	firmware.config[48] ^= 1;
	not_adopted("no hand-over table at");
}

static void test_in_memory_of_linux(void **state)
{
	(void)state;
	stub_host.kept[1].type = E820_TYPE_RAM;
	not_adopted("no hand-over table at");
}

/* One byte of the page is Linux's. */
static void test_beside_memory_of_linux(void **state)
{
	(void)state;
	stub_host.kept[1].end -= 0x200;
	not_adopted("no hand-over table at");
}

static void test_config_in_memory_of_linux(void **state)
{
	(void)state;
	stub_host.kept[2].type = E820_TYPE_RAM;
	not_adopted("no hand-over table at");
}

/* Anything that fits into the parameter. */
static void test_any_address(void **state)
{
	static const u64 at[] = { 1,	   0xfff,
				  K4,	   ARENA_GPA + 8191 * K4,
				  U64_MAX, U64_MAX - K4 };
	unsigned int i;

	(void)state;
	remember();
	for (i = 0; i < sizeof(at) / sizeof(at[0]); i++) {
		*stub_param_handover() = at[i];
		load();
		assert_true(list_empty(&hvpt_linux.left));
		stub_module_exit();
	}
	expect_firmwares();
}

/* Each bit of the table. */
static void test_each_bit(void **state)
{
	unsigned int bit;

	(void)state;
	for (bit = 0; bit < (HEAD + ENTRY) * 8; bit++) {
		firmware.table[bit / 8] ^= 1u << bit % 8;
		remember();
		load();
		assert_true(list_empty(&hvpt_linux.left));
		stub_module_exit();
		firmware.table[bit / 8] ^= 1u << bit % 8;
	}
	remember();
	expect_firmwares();
}

static void test_later_version(void **state)
{
	(void)state;
	put32(AT_VERSION, 2);
	put_sum();
	not_adopted("is not used: HVPT_ERR_SETTINGS");
}

/* Each with a sum that is right, on a machine of its own. */
static void test_lies(void **state)
{
	static const struct {
		u64 at;
		u32 value;
	} lie[] = {
		{ AT_DOMAIN, 0 },
		{ AT_DOMAIN, 1 },
		{ AT_DOMAIN, 2 },
		{ AT_DOMAIN, 0xffffffff },
		{ AT_DOMAIN, FIRST_ID - 1 },
		{ AT_LEVELS, 0 },
		{ AT_LEVELS, 3 },
		{ AT_LEVELS, 5 },
		{ AT_WIDTH, 0 },
		{ AT_WIDTH, 64 },
		{ AT_ROOT, 0x1000 },
		{ AT_ROOT + 4, 0xffffffff },
		{ AT_ROOT, 0xffffffff },
		{ AT_BYTES, 0xfffffffc },
		{ AT_DEVICES, 0xffffffff },
		{ AT_DEVICES, 2 },
	};
	unsigned int i;

	for (i = 0; i < sizeof(lie) / sizeof(lie[0]); i++) {
		open_firmware(state);
		put32(lie[i].at, lie[i].value);
		put_sum();
		not_adopted("firmware's");
		close_firmware(state);
	}
}

static void not_adopted_with(u64 *entry, u64 value)
{
	u64 was = *entry;

	*entry = value;
	remember();
	load();
	assert_true(list_empty(&hvpt_linux.left));
	stub_module_exit();
	*entry = was;
}

/*
 * Tables outside of what is reserved, even if nothing is wrong with them, or
 * that are referred to twice.
 */
static void test_hostile_tables(void **state)
{
	u64 *root = (u64 *)(void *)firmware.page[0];
	void *empty = hvpt_hypervisor_page_ops.alloc_page(&stub_host.pages);
	u64 value[] = {
		gpa_of(root), gpa_of(firmware.table), gpa_of(firmware.config),
		0x1000,	      0xffffffffff000,	      gpa_of(empty)
	};
	unsigned int i;

	(void)state;
	assert_int_equal(hvpt_pt_root_gpa(&firmware.domain.pt).value,
			 gpa_of(root));
	for (i = 0; i < sizeof(value) / sizeof(value[0]); i++)
		not_adopted_with(&root[0], value[i] | (root[0] & 0xfff));
	not_adopted_with(&root[1], root[0]);
	remember();
	expect_firmwares();
	hvpt_hypervisor_page_ops.free_page(&stub_host.pages, empty);
}

/* An id of ours is not deleted, whatever the table calls it. */
static void test_lies_about_ours(void **state)
{
	(void)state;
	put32(AT_IDENTITY, 1);
	put32(AT_BLOCKED, 2);
	put_sum();
	remember();
	load();
	assert_int_equal(hvpt_domain_id(hvpt_iommu_identity(&hvpt_linux.iommu)),
			 1);
	assert_int_equal(hvpt_linux.left_identity, 0);
	assert_int_equal(hvpt_linux.left_blocked, 0);
	assert_false(IS_ERR(probe(&pdev.dev)));
	unplug(take());
	stub_module_exit();
	expect_dma(0x12345000, 0x12345000);
	assert_int_equal(hypervisor_domains(stub_host.hv), 1 + 2);
}

/* Whatever cannot be had: nothing is lost, and the device works. */
static void test_no_memory(void **state)
{
	unsigned int adopted = 0;
	u64 failing;

	for (failing = 1; failing < 16; failing++) {
		open_firmware(state);
		remember();
		stub_host.fail_at = failing;
		if (stub_module_init() == 0) {
			stub_host.fail_at = 0;
			adopted += !list_empty(&hvpt_linux.left);
			expect_firmwares();
			assert_false(IS_ERR(probe(&pdev.dev)));
			unplug(take());
			stub_module_exit();
		}
		close_firmware(state);
	}
	/* Six are for what firmware left, two are to register. */
	assert_int_equal(adopted, 15 - 8);
}

int test_linux_firmware(void)
{
	const struct CMUnitTest tests[] = {
		FIRMWARE_TEST(test_adopt),
		FIRMWARE_TEST(test_adopt_built_in),
		FIRMWARE_TEST(test_adopt_by_its_own_address),
		FIRMWARE_TEST(test_adopt_on_bus),
		FIRMWARE_TEST(test_adopt_again),
		FIRMWARE_TEST(test_never_found),
		FIRMWARE_TEST(test_probe_unwound),
		FIRMWARE_TEST(test_ends_with_the_kernel),
		FIRMWARE_TEST(test_no_hibernation),
		FIRMWARE_TEST(test_join_refused),
		FIRMWARE_TEST(test_join_refused_twice),
		FIRMWARE_TEST(test_kdump_does_not_look),
		FIRMWARE_TEST(test_no_efi),
		FIRMWARE_TEST(test_no_entry),
		FIRMWARE_TEST(test_in_memory_of_linux),
		FIRMWARE_TEST(test_beside_memory_of_linux),
		FIRMWARE_TEST(test_config_in_memory_of_linux),
		FIRMWARE_TEST(test_any_address),
		FIRMWARE_TEST(test_each_bit),
		FIRMWARE_TEST(test_later_version),
		cmocka_unit_test(test_lies),
		FIRMWARE_TEST(test_hostile_tables),
		FIRMWARE_TEST(test_lies_about_ours),
		cmocka_unit_test(test_no_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
