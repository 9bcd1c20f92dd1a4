// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#include <linux/io.h>

#include "guest_access.h"
#include "left.h"

/* Names of edk2's headers, for the one that both sides share. */
#define UINT8 u8
#define UINT32 u32
#define UINT64 u64
#include "adapters/uefi/HvptPkg/Library/HvptHypercallLibVtd/Left.h"

/* A register: 11.4. */
#define RTADDR (GUEST_VTD_BASE + 0x20)

/* The root table is in the second page. */
#define LEFT_BYTES PAGE_SIZE

static_assert(HVPT_LEFT_DOMAINS == BRIDGE_DOMAINS);
static_assert(sizeof(HVPT_LEFT) <= LEFT_BYTES);

/* Kinds of HVPT_LEFT_DOMAIN. */
static const enum vtd_translation guest_left_kinds[] = {
	[0] = VTD_BLOCKED,
	[1] = VTD_FIRST_STAGE,
	[4] = VTD_PASS_THROUGH,
};

/* It is reserved memory, which the direct map does not have. */
int guest_left_open(struct qemu *access)
{
	const HVPT_LEFT *left;
	u64 root = qtest_read64(access, RTADDR) & PAGE_MASK;

	if (!root)
		return -ENODEV;
	guest_keep.gpa = root - LEFT_BYTES;
	guest_keep.bytes = VTD_MEMORY_BYTES;
	guest_keep.va = memremap(guest_keep.gpa, guest_keep.bytes, MEMREMAP_WB);
	if (!guest_keep.va)
		return -ENOMEM;
	left = guest_keep.va;
	if (left->Magic == HVPT_LEFT_MAGIC)
		return 0;
	memunmap(guest_keep.va);
	guest_keep = (struct guest_keep){ 0 };
	return -ENODEV;
}

static void guest_left_domains(struct bridge *bridge, const HVPT_LEFT *left)
{
	unsigned int i;

	for (i = 0; i < BRIDGE_DOMAINS; i++) {
		const HVPT_LEFT_DOMAIN *from = &left->Domain[i];

		if (from->Id)
			bridge->domain[i] = (struct bridge_domain){
				.id = from->Id,
				.configured = true,
				.translation = guest_left_kinds[from->Kind],
				.root = from->Root,
			};
	}
}

void guest_left_load(struct bridge *bridge, struct vtd *vtd, u64 call_page)
{
	const HVPT_LEFT *left = guest_keep.va;
	unsigned int slot, tag;

	vtd_resume(vtd, vtd->qemu, NULL, guest_keep.gpa);
	bridge->vtd = vtd;
	bridge->call_page = call_page;
	guest_left_domains(bridge, left);
	for (slot = 0; slot < VTD_DEVICE_END; slot++) {
		tag = left->In[slot << 3];
		bridge->device[slot] = (struct bridge_device){
			.id = slot << 3,
			.known = true,
			.domain = tag ? &bridge->domain[tag - 1] : NULL,
		};
	}
}
