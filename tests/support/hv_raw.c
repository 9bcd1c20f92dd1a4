/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include "hv_raw.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

uint64_t raw_call(struct hypervisor *hv, uint64_t control, const uint64_t *in,
		  size_t words, uint64_t *out)
{
	uint64_t gpa, result;
	size_t bytes = words * 8;
	void *va;

	hypervisor_borrow(hv, &va, &gpa);
	if (bytes != 0)
		memcpy(va, in, bytes);
	result = hypervisor_call(hv, control, gpa, out ? gpa + bytes : 0);
	if (out)
		memcpy(out, (const uint8_t *)va + bytes, 32);
	hypervisor_give_back(hv, gpa);
	return result;
}

unsigned raw_status(uint64_t result)
{
	return (unsigned)(result & 0xffff);
}

unsigned raw_done(uint64_t result)
{
	return (unsigned)(result >> 32 & 0xfff);
}

/* Header, and up to two words behind it. */
static unsigned domain_call(struct hypervisor *hv, unsigned code, uint32_t id,
			    size_t words, uint64_t word_24, uint64_t word_32)
{
	const uint64_t in[] = { RAW_SELF, 0, RAW_DOMAIN(id), word_24, word_32 };

	return raw_status(raw_call(hv, code, in, words, NULL));
}

unsigned raw_create(struct hypervisor *hv, uint32_t id)
{
	return domain_call(hv, RAW_CREATE, id, 4, 1, 0);
}

unsigned raw_configure(struct hypervisor *hv, uint32_t id, uint64_t flags,
		       uint64_t root)
{
	return domain_call(hv, RAW_CONFIGURE, id, 5, flags, root);
}

unsigned raw_attach(struct hypervisor *hv, uint32_t id, uint64_t device)
{
	return domain_call(hv, RAW_ATTACH, id, 4, device, 0);
}

unsigned raw_detach(struct hypervisor *hv, uint64_t device)
{
	const uint64_t in[] = { RAW_SELF, device };

	return raw_status(raw_call(hv, RAW_DETACH, in, 2, NULL));
}

unsigned raw_delete(struct hypervisor *hv, uint32_t id)
{
	return domain_call(hv, RAW_DELETE, id, 3, 0, 0);
}

unsigned raw_flush(struct hypervisor *hv, uint32_t id)
{
	return domain_call(hv, RAW_FLUSH, id, 4, 0, 0);
}

uint64_t raw_flush_list(struct hypervisor *hv, uint32_t id,
			const uint64_t *entries, unsigned count, unsigned start)
{
	uint64_t in[512] = { RAW_SELF, 0, RAW_DOMAIN(id), 1 };

	assert_int_in_range(count, 1, 508);
	memcpy(in + 4, entries, (size_t)count * 8);
	return raw_call(hv, RAW_REP(RAW_FLUSH_LIST, count, start), in,
			4 + (size_t)count, NULL);
}

unsigned raw_flush_pages(struct hypervisor *hv, uint32_t id, uint64_t iova,
			 unsigned shift)
{
	uint64_t entry = iova | shift;

	return raw_status(raw_flush_list(hv, id, &entry, 1, 0));
}

void raw_assert_violation(struct hypervisor *hv, const char *text)
{
	const char *said = hypervisor_violation(hv);
	struct hypervisor_stats stats;

	hypervisor_read_stats(hv, &stats);
	if (!text && (stats.violations != 0 || said[0] != '\0'))
		fail_msg("violation: %s", said);
	if (text && (stats.violations == 0 || !strstr(said, text)))
		fail_msg("violation \"%s\", not \"%s\"", said, text);
}

static bool no_memory(void *ctx, uint64_t gpa, uint64_t *value)
{
	(void)ctx;
	(void)gpa;
	(void)value;
	return false;
}

const struct hypervisor_config raw_plain = {
	.read64 = no_memory,
	.caps = HYPERVISOR_CAP_PRESENT | HYPERVISOR_CAP_S1 | UINT64_C(1) << 63,
	.page_sizes = 0x40201000,
	.iova_width = 48,
};

struct hypervisor *raw_open(const struct hypervisor_config *config)
{
	struct hypervisor *hv = hypervisor_create(config);

	hypervisor_add_device(hv, 0x10, true);
	hypervisor_add_device(hv, 0x20, true);
	hypervisor_add_device(hv, 0x30, false);
	assert_int_equal(raw_create(hv, 1), RAW_OK);
	assert_int_equal(raw_create(hv, 2), RAW_OK);
	assert_int_equal(raw_create(hv, 3), RAW_OK);
	assert_int_equal(raw_configure(hv, 1, RAW_IDENTITY, 0), RAW_OK);
	assert_int_equal(raw_configure(hv, 2, RAW_BLOCKED, 0), RAW_OK);
	assert_int_equal(raw_attach(hv, 1, 0x10), RAW_OK);
	return hv;
}

void raw_is_as_opened(struct hypervisor *hv)
{
	uint32_t id = 0;

	assert_int_equal(hypervisor_domains(hv), 3);
	assert_true(hypervisor_has_domain(hv, 1));
	assert_true(hypervisor_has_domain(hv, 2));
	assert_true(hypervisor_has_domain(hv, 3));
	assert_true(hypervisor_device_domain(hv, 0x10, &id));
	assert_int_equal(id, 1);
	assert_false(hypervisor_device_domain(hv, 0x20, &id));
	raw_assert_violation(hv, NULL);
}
