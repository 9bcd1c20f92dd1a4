/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include "qemu_host.h"

#include "conformance/home.h"

#include <string.h>

#define RAM_BYTES UINT64_C(0x4000000)

/* Below the legacy hole, above what the VT-d takes at 0. */
#define CALL_PAGE UINT64_C(0x20000)
#define ROOT_PAGE UINT64_C(0x21000)
#define SCRATCH_PAGE UINT64_C(0x22000)
#define FIRST_PAGE UINT64_C(0x30000)

/* guest_ram wants a pool for tables; the suite has pages of its own. */
#define POOL UINT64_C(0x1000000)

#define DEVICE_ID UINT64_C(0x66558f70)
#define HOME 1u

/* The suite finds out where it went. */
static enum conformance_dma dma_write(void *ctx, uint64_t iova)
{
	struct qemu_host *host = ctx;
	struct vtd_fault fault;
	enum dma_outcome outcome = dma_probe(&host->dma, VTD_DEVICE_TEST, iova,
					     SCRATCH_PAGE);

	while (vtd_take_fault(&host->vtd, &fault))
		;
	return outcome == DMA_REFUSED ? CONFORMANCE_DMA_REFUSED :
					CONFORMANCE_DMA_ENDED;
}

static void describe(struct qemu_host *host)
{
	const struct conformance_driver driver = {
		.write = dma_write,
		.ctx = host,
		.address_bits = 64,
	};
	const struct conformance_host suite = {
		.transport = &host->transport,
		.first_id = CONFORMANCE_FIRST_ID,
		.ids = CONFORMANCE_IDS,
		.root = hvpt_gpa(ROOT_PAGE),
		.absent = CONFORMANCE_ABSENT_DEVICE,
		.has_device = true,
		.device = DEVICE_ID,
		.has_home = true,
		.home = HOME,
		.driver = &host->driver,
		.pages = host->pages,
	};
	unsigned i;

	for (i = 0; i < CONFORMANCE_PAGES; i++) {
		uint64_t gpa = FIRST_PAGE + i * UINT64_C(0x1000);

		host->pages[i].gpa = hvpt_gpa(gpa);
		host->pages[i].va = guest_ram_at(&host->ram, gpa);
	}
	host->driver = driver;
	host->host = suite;
}

const char *qemu_host_open(struct qemu_host *host)
{
	const char *program = qemu_find(QEMU_FETCHED);

	memset(host, 0, sizeof(*host));
	host->ram.fd = -1;
	if (!program)
		return "no QEMU with such a VT-d; run scripts/get-qemu";
	guest_ram_open(&host->ram, RAM_BYTES, POOL, 1);
	host->qemu = qemu_start_vtd(program, &host->ram);
	if (!host->qemu)
		return "QEMU ended before it answered; is it one with a "
		       "first-stage VT-d? HVPT_QEMU names it";
	vtd_open(&host->vtd, host->qemu, &host->ram, 0);
	dma_open(&host->dma, host->qemu, &host->ram);
	bridge_open(&host->bridge, &host->vtd, &host->ram, CALL_PAGE);
	bridge_add_device(&host->bridge, VTD_DEVICE_TEST, DEVICE_ID);
	host->transport.ops = &bridge_ops;
	host->transport.ctx = &host->bridge;
	describe(host);
	return conformance_home_make(&host->host, HVPT_DOMAIN_BLOCKED) ?
		       NULL :
		       "the bridge takes no device";
}

void qemu_host_close(struct qemu_host *host)
{
	qemu_stop(host->qemu);
	guest_ram_close(&host->ram);
}
