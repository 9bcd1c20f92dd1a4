/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * guest_access.h - VTD_ACCESS_HEADER inside a guest: memory by the direct map,
 * registers by a mapping of them.
 */
#ifndef HVPT_GUEST_ACCESS_H
#define HVPT_GUEST_ACCESS_H

#include <linux/bug.h>
#include <linux/io.h>
#include <linux/mm.h>
#include <linux/types.h>

#define UINT32_C(x) x##U
#define UINT64_C(x) x##ULL
#define UINT32_MAX U32_MAX

struct guest_ram;

/* The emulated VT-d's registers. */
struct qemu {
	void __iomem *registers;
};

#define GUEST_VTD_BASE UINT64_C(0xfed90000)
#define GUEST_VTD_BYTES 0x1000

/* There is no way to go on, and nobody but a test to be hurt. */
#define walker_die(...) panic("hvpt bridge: " __VA_ARGS__)

/* Memory of a PCI device, which has no place in the direct map; see keep.c. */
struct guest_keep {
	u64 gpa;
	u64 bytes;
	void *va;
};
extern struct guest_keep guest_keep;

static inline bool guest_is_kept(u64 gpa)
{
	return gpa - guest_keep.gpa < guest_keep.bytes;
}

static inline void *guest_ram_at(const struct guest_ram *ram, u64 gpa)
{
	if (guest_is_kept(gpa))
		return guest_keep.va + (gpa - guest_keep.gpa);
	return phys_to_virt(gpa);
}

static inline u64 guest_ram_load(const struct guest_ram *ram, u64 gpa)
{
	return READ_ONCE(*(u64 *)guest_ram_at(ram, gpa));
}

static inline void guest_ram_store(const struct guest_ram *ram, u64 gpa,
				   u64 value)
{
	WRITE_ONCE(*(u64 *)guest_ram_at(ram, gpa), value);
}

static inline bool guest_ram_has(const struct guest_ram *ram, u64 gpa,
				 u64 bytes)
{
	return pfn_valid(PHYS_PFN(gpa)) && pfn_valid(PHYS_PFN(gpa + bytes - 1));
}

static inline void __iomem *guest_register(struct qemu *qemu, u64 address)
{
	return qemu->registers + (address - GUEST_VTD_BASE);
}

static inline u32 qtest_read32(struct qemu *qemu, u64 address)
{
	return readl(guest_register(qemu, address));
}

static inline u64 qtest_read64(struct qemu *qemu, u64 address)
{
	return readq(guest_register(qemu, address));
}

static inline void qtest_write32(struct qemu *qemu, u64 address, u32 value)
{
	writel(value, guest_register(qemu, address));
}

static inline void qtest_write64(struct qemu *qemu, u64 address, u64 value)
{
	writeq(value, guest_register(qemu, address));
}

/* The unit works its queue off while the register is written. */
static inline void qtest_drain(struct qemu *qemu)
{
	mb();
}

#endif /* HVPT_GUEST_ACCESS_H */
