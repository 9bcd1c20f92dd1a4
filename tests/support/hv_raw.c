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
