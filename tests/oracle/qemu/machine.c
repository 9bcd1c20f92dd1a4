/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include "machine.h"

#include <stdio.h>

/* An address below all data, where a refused write would have to land. */
#define NOWHERE (MACHINE_DATA - KIB4)

bool machine_open(struct machine *machine)
{
	const char *program = qemu_find(QEMU_FETCHED);

	if (!program) {
		puts("SKIP: no QEMU with first-stage VT-d; "
		     "scripts/get-qemu fetches one");
		return false;
	}
	guest_ram_open(&machine->ram, MACHINE_BYTES, MACHINE_POOL,
		       MACHINE_POOL_PAGES);
	machine->qemu = qemu_start_vtd(program, &machine->ram);
	if (!machine->qemu)
		walker_die("%s does not answer", program);
	vtd_open(&machine->vtd, machine->qemu, &machine->ram, 0);
	dma_open(&machine->dma, machine->qemu, &machine->ram);
	return true;
}

void machine_close(struct machine *machine)
{
	qemu_stop(machine->qemu);
	guest_ram_close(&machine->ram);
}

void table_open(struct table *table, struct machine *machine, unsigned levels,
		unsigned width, enum hvpt_iova_form form, unsigned flags)
{
	static uint16_t domain;
	struct hvpt_pt_config config = {
		.ops = &guest_ram_ops,
		.ctx = &machine->ram,
		.direct_map_offset = guest_ram_offset(&machine->ram),
		.page_sizes = SIZES_ALL,
		.levels = levels,
		.width = width,
		.form = form,
		.flags = flags,
	};
	uint64_t root;

	guest_ram_reset(&machine->ram);
	table->machine = machine;
	table->domain = ++domain;
	hvpt_gather_init(&table->gather);
	assert_int_equal(hvpt_pt_init(&table->pt, &config), HVPT_OK);
	if (levels == 5)
		return;
	root = hvpt_pt_root_gpa(&table->pt).value;
	vtd_set_context(&machine->vtd, VTD_DEVICE_TEST, VTD_FIRST_STAGE,
			table->domain, root);
	vtd_set_context(&machine->vtd, VTD_DEVICE_EDU, VTD_FIRST_STAGE,
			table->domain, root);
}

void table_close(struct table *table)
{
	struct machine *machine = table->machine;
	struct vtd_fault fault;

	vtd_set_context(&machine->vtd, VTD_DEVICE_TEST, VTD_BLOCKED, 0, 0);
	vtd_set_context(&machine->vtd, VTD_DEVICE_EDU, VTD_BLOCKED, 0, 0);
	while (vtd_take_fault(&machine->vtd, &fault))
		;
	hvpt_pt_release(&table->pt, &table->gather);
	hvpt_pt_destroy(&table->pt);
	assert_int_equal(machine->ram.in_use, 0);
}

void table_map(struct table *table, uint64_t iova, uint64_t gpa,
	       uint64_t length, unsigned prot)
{
	assert_int_equal(hvpt_pt_map(&table->pt, hvpt_iova(iova), hvpt_gpa(gpa),
				     length, prot, &table->gather),
			 HVPT_OK);
}

void table_unmap(struct table *table, uint64_t iova, uint64_t length)
{
	uint64_t unmapped;

	assert_int_equal(hvpt_pt_unmap(&table->pt, hvpt_iova(iova), length,
				       &table->gather, &unmapped),
			 HVPT_OK);
}

void table_protect(struct table *table, uint64_t iova, uint64_t length,
		   unsigned prot)
{
	assert_int_equal(hvpt_pt_protect(&table->pt, hvpt_iova(iova), length,
					 prot, &table->gather),
			 HVPT_OK);
}

size_t machine_blocks(uint64_t first, uint64_t last, struct vtd_block *blocks)
{
	uint64_t page = first >> 12, end = (last >> 12) + 1;
	size_t count = 0;

	while (page < end) {
		unsigned order = 0;

		while (order < VTD_ORDER_MAX && !(page >> order & 1) &&
		       page + (UINT64_C(2) << order) <= end)
			order++;
		if (count == MACHINE_BLOCKS_MAX)
			return 0;
		blocks[count++] = (struct vtd_block){ page << 12, order };
		page += UINT64_C(1) << order;
	}
	return count;
}

void table_flush(struct table *table)
{
	struct vtd_block blocks[MACHINE_BLOCKS_MAX];
	struct vtd *vtd = &table->machine->vtd;
	uint32_t i;

	for (i = 0; i < table->gather.range_count; i++) {
		struct hvpt_iova_range range = table->gather.range[i];
		size_t count = machine_blocks(range.first.value,
					      range.last.value, blocks);

		if (count)
			vtd_flush_blocks(vtd, table->domain, blocks, count);
		else
			vtd_flush_domain(vtd, table->domain);
	}
	hvpt_pt_release(&table->pt, &table->gather);
}

uint64_t table_slot(const struct table *table, uint64_t iova, unsigned level)
{
	const struct guest_ram *ram = &table->machine->ram;
	uint64_t at = hvpt_pt_root_gpa(&table->pt).value;
	unsigned above;

	for (above = table->pt.levels - 1u;; above--) {
		at += (iova >> (12 + 9 * above) & 511) * 8;
		if (above == level)
			return at;
		at = guest_ram_load(ram, at) & UINT64_C(0xffffffffff000);
		assert_int_not_equal(at, 0);
	}
}

void expect_hit_at(struct table *table, uint64_t iova, uint64_t gpa,
		   const char *file, int line)
{
	enum dma_outcome outcome = dma_probe(&table->machine->dma,
					     VTD_DEVICE_TEST, iova, gpa);
	struct vtd_fault fault = { 0, 0, 0, false };

	if (outcome == DMA_HIT)
		return;
	vtd_take_fault(&table->machine->vtd, &fault);
	print_error("iova %#llx: not at gpa %#llx, fault %#x\n",
		    (unsigned long long)iova, (unsigned long long)gpa,
		    fault.reason);
	_fail(file, line);
}

void expect_fault_at(struct table *table, uint64_t iova, unsigned reason,
		     const char *file, int line)
{
	struct vtd *vtd = &table->machine->vtd;
	struct vtd_fault fault = { 0, 0, 0, false };
	enum dma_outcome outcome = dma_probe(&table->machine->dma,
					     VTD_DEVICE_TEST, iova, NOWHERE);

	if (outcome == DMA_REFUSED && vtd_take_fault(vtd, &fault) &&
	    fault.reason == reason && fault.write &&
	    fault.device == VTD_DEVICE_TEST &&
	    fault.address == (iova & ~(KIB4 - 1)))
		return;
	print_error("iova %#llx: expected fault %#x, got outcome %d, fault "
		    "%#x at %#llx\n",
		    (unsigned long long)iova, reason, outcome, fault.reason,
		    (unsigned long long)fault.address);
	_fail(file, line);
}

void expect_range_at(struct table *table, uint64_t iova, uint64_t gpa,
		     uint64_t length, const char *file, int line)
{
	uint64_t middle = (length / 2) & ~(KIB4 - 1);

	expect_hit_at(table, iova, gpa, file, line);
	expect_hit_at(table, iova + middle + 8, gpa + middle + 8, file, line);
	expect_hit_at(table, iova + length - 4, gpa + length - 4, file, line);
}
