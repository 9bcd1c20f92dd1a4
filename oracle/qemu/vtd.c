/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include "vtd.h"

#include <string.h>

#define BASE UINT64_C(0xfed90000)

/* Registers: 11.4. */
#define CAP (BASE + 0x08)
#define ECAP (BASE + 0x10)
#define GCMD (BASE + 0x18)
#define GSTS (BASE + 0x1c)
#define RTADDR (BASE + 0x20)
#define FSTS (BASE + 0x34)
#define FECTL (BASE + 0x38)
#define IQT (BASE + 0x88)
#define IQA (BASE + 0x90)

#define ECAP_SMTS (UINT64_C(1) << 43)
#define ECAP_FSTS (UINT64_C(1) << 47)
#define CMD_QUEUE (UINT32_C(1) << 26)
#define CMD_ROOT (UINT32_C(1) << 30)
#define CMD_TRANSLATE (UINT32_C(1) << 31)
#define RTADDR_SCALABLE (UINT64_C(1) << 10)
#define IQA_WIDE (UINT64_C(1) << 11)
#define FECTL_MASK (UINT32_C(1) << 31)
#define FSTS_PENDING (UINT32_C(1) << 1)

/* Where structures are in its memory. */
#define ROOT_TABLE(vtd) ((vtd)->memory + 0x1000)
#define CONTEXT_TABLE(vtd) ((vtd)->memory + 0x2000)
#define QUEUE(vtd) ((vtd)->memory + 0x3000)
#define WAIT_WORD(vtd) ((vtd)->memory + 0x4000)
#define PASID_DIRECTORY(vtd, device)                                           \
	((vtd)->memory + 0x10000 + (device)*UINT64_C(0x2000))
#define PASID_TABLE(vtd, device) (PASID_DIRECTORY(vtd, device) + 0x1000)

#define PRESENT UINT64_C(1)

/* Scalable-mode structures: 9.4 - 9.6. */
#define CONTEXT_BYTES 32u
#define PASID_WIDTH_48 (UINT64_C(2) << 2)
#define PASID_TYPE_FIRST_STAGE (UINT64_C(1) << 6)
#define PASID_TYPE_PASS_THROUGH (UINT64_C(4) << 6)

/* Descriptors of 256 bits: 6.5.2. */
#define QUEUE_DESCRIPTORS 128u
#define DESCRIPTOR_BYTES 32u
#define INV_CONTEXT_GLOBAL (UINT64_C(1) | UINT64_C(1) << 4)
#define INV_PASID_GLOBAL (UINT64_C(7) | UINT64_C(3) << 4)
#define INV_IOTLB_GLOBAL (UINT64_C(2) | UINT64_C(1) << 4)
#define INV_PIOTLB_ALL (UINT64_C(6) | UINT64_C(2) << 4)
#define INV_PIOTLB_PAGES (UINT64_C(6) | UINT64_C(3) << 4)
#define INV_DOMAIN(domain) ((uint64_t)(domain) << 16)
#define INV_WAIT (UINT64_C(5) | UINT64_C(1) << 5)
#define WAIT_DATA UINT64_C(0x600d)

/* ---- the invalidation queue -------------------------------------------- */

static void put_descriptor(struct vtd *vtd, uint64_t low, uint64_t high)
{
	uint64_t at = QUEUE(vtd) + (uint64_t)vtd->tail * DESCRIPTOR_BYTES;

	guest_ram_store(vtd->ram, at, low);
	guest_ram_store(vtd->ram, at + 8, high);
	guest_ram_store(vtd->ram, at + 16, 0);
	guest_ram_store(vtd->ram, at + 24, 0);
	vtd->tail = (vtd->tail + 1) % QUEUE_DESCRIPTORS;
}

/* Lets the unit work off the queue, and sees that it did. */
static void run_queue(struct vtd *vtd)
{
	guest_ram_store(vtd->ram, WAIT_WORD(vtd), 0);
	put_descriptor(vtd, INV_WAIT | WAIT_DATA << 32, WAIT_WORD(vtd));
	qtest_write64(vtd->qemu, IQT, (uint64_t)vtd->tail * DESCRIPTOR_BYTES);
	qtest_drain(vtd->qemu);
	if ((uint32_t)guest_ram_load(vtd->ram, WAIT_WORD(vtd)) != WAIT_DATA)
		walker_die("VT-d: the invalidation queue stopped, status %#x",
			   qtest_read32(vtd->qemu, FSTS));
}

static void put_flush(struct vtd *vtd, uint16_t domain, uint64_t iova,
		      unsigned order)
{
	vtd->flushes++;
	if (order > VTD_ORDER_MAX)
		put_descriptor(vtd, INV_PIOTLB_ALL | INV_DOMAIN(domain), 0);
	else
		put_descriptor(vtd, INV_PIOTLB_PAGES | INV_DOMAIN(domain),
			       (iova & ~UINT64_C(0xfff)) | order);
}

void vtd_flush_domain(struct vtd *vtd, uint16_t domain)
{
	put_flush(vtd, domain, 0, VTD_ORDER_MAX + 1);
	run_queue(vtd);
}

void vtd_flush_blocks(struct vtd *vtd, uint16_t domain,
		      const struct vtd_block *blocks, size_t count)
{
	size_t i;

	for (i = 0; i < count; i++) {
		put_flush(vtd, domain, blocks[i].iova, blocks[i].order);
		if ((i + 1) % (QUEUE_DESCRIPTORS / 2) == 0)
			run_queue(vtd);
	}
	run_queue(vtd);
}

/* ---- contexts ---------------------------------------------------------- */

void vtd_set_context(struct vtd *vtd, unsigned device,
		     enum vtd_translation translation, uint16_t domain,
		     uint64_t root)
{
	uint64_t entry = PASID_TABLE(vtd, device), type = 0;
	uint64_t before = guest_ram_load(vtd->ram, entry + 8);

	if (translation == VTD_PASS_THROUGH)
		type = PRESENT | PASID_WIDTH_48 | PASID_TYPE_PASS_THROUGH;
	else if (translation == VTD_FIRST_STAGE)
		type = PRESENT | PASID_WIDTH_48 | PASID_TYPE_FIRST_STAGE;
	guest_ram_store(vtd->ram, entry, 0);
	guest_ram_store(vtd->ram, entry + 8, domain);
	guest_ram_store(vtd->ram, entry + 16,
			translation == VTD_FIRST_STAGE ? root : 0);
	guest_ram_store(vtd->ram, entry, type);
	put_descriptor(vtd, INV_PASID_GLOBAL, 0);
	put_descriptor(vtd, INV_PIOTLB_ALL | INV_DOMAIN(before), 0);
	run_queue(vtd);
}

static void put_structures(struct vtd *vtd)
{
	unsigned device;

	memset(guest_ram_at(vtd->ram, vtd->memory), 0, VTD_MEMORY_BYTES);
	guest_ram_store(vtd->ram, ROOT_TABLE(vtd),
			CONTEXT_TABLE(vtd) | PRESENT);
	for (device = 0; device < VTD_DEVICE_END; device++) {
		uint64_t context = CONTEXT_TABLE(vtd) +
				   UINT64_C(8) * device * CONTEXT_BYTES;

		guest_ram_store(vtd->ram, context,
				PASID_DIRECTORY(vtd, device) | PRESENT);
		guest_ram_store(vtd->ram, PASID_DIRECTORY(vtd, device),
				PASID_TABLE(vtd, device) | PRESENT);
	}
}

void vtd_open(struct vtd *vtd, struct qemu *qemu, const struct guest_ram *ram,
	      uint64_t memory)
{
	uint64_t wanted = ECAP_SMTS | ECAP_FSTS;

	*vtd = (struct vtd){ .qemu = qemu, .ram = ram, .memory = memory };
	if ((qtest_read64(qemu, ECAP) & wanted) != wanted)
		walker_die("VT-d: no first-stage translation; old QEMU?");
	put_structures(vtd);
	qtest_write32(qemu, FECTL, FECTL_MASK);
	qtest_write64(qemu, IQA, QUEUE(vtd) | IQA_WIDE);
	qtest_write64(qemu, IQT, 0);
	qtest_write32(qemu, GCMD, CMD_QUEUE);
	qtest_write64(qemu, RTADDR, ROOT_TABLE(vtd) | RTADDR_SCALABLE);
	qtest_write32(qemu, GCMD, CMD_QUEUE | CMD_ROOT);
	put_descriptor(vtd, INV_CONTEXT_GLOBAL, 0);
	put_descriptor(vtd, INV_PASID_GLOBAL, 0);
	put_descriptor(vtd, INV_IOTLB_GLOBAL, 0);
	run_queue(vtd);
	qtest_write32(qemu, GCMD, CMD_QUEUE | CMD_TRANSLATE);
	if (!(qtest_read32(qemu, GSTS) & CMD_TRANSLATE))
		walker_die("VT-d: translation cannot be enabled");
}

void vtd_resume(struct vtd *vtd, struct qemu *qemu, const struct guest_ram *ram,
		uint64_t memory)
{
	*vtd = (struct vtd){ .qemu = qemu, .ram = ram, .memory = memory };
	vtd->tail = (unsigned)(qtest_read64(qemu, IQT) / DESCRIPTOR_BYTES);
}

void vtd_close(struct vtd *vtd)
{
	qtest_write32(vtd->qemu, GCMD, CMD_QUEUE);
	qtest_write32(vtd->qemu, GCMD, 0);
	qtest_drain(vtd->qemu);
}

/* ---- faults: 11.4.7.6, 11.4.14 ------------------------------------------ */

bool vtd_take_fault(struct vtd *vtd, struct vtd_fault *fault)
{
	uint64_t cap, record, low, high;
	bool found = false;
	unsigned i, count;

	if (!(qtest_read32(vtd->qemu, FSTS) & FSTS_PENDING))
		return false;
	cap = qtest_read64(vtd->qemu, CAP);
	record = BASE + ((cap >> 24) & 0x3ff) * 16;
	count = (unsigned)(cap >> 40 & 0xff) + 1;
	for (i = 0; i < count; i++, record += 16) {
		low = qtest_read64(vtd->qemu, record);
		high = qtest_read64(vtd->qemu, record + 8);
		if (!(high >> 63))
			continue;
		fault->address = low & ~UINT64_C(0xfff);
		fault->device = (unsigned)(high >> 3) & 31u;
		fault->reason = (unsigned)(high >> 32) & 0xff;
		fault->write = !(high >> 62 & 1);
		qtest_write32(vtd->qemu, record + 12, UINT32_C(1) << 31);
		found = true;
	}
	qtest_write32(vtd->qemu, FSTS, qtest_read32(vtd->qemu, FSTS));
	return found;
}
