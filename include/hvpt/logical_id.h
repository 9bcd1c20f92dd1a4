/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * hvpt/logical_id.h - the hypervisor's name of a device.
 *
 * The hypervisor knows a passed-through PCI function by a logical device id. A
 * generic PCI layer knows it by segment (in Linux: PCI domain), bus, device
 * and function. The two are related, and not convertible: the id comes from
 * the VMBus instance GUID of the virtual PCI bus, of which the segment number
 * is at most a part. So the bus driver, which knows the GUID, registers the
 * segment's id prefix before it scans the bus, and unregisters it after the
 * last device of the bus has been moved to the blocked domain; whoever needs
 * an id looks it up. Attach, property queries and interrupt retargeting all
 * use the id this header makes.
 *
 * Worked example: GUID bytes 4 .. 7 are 55 66 77 8f (Data2 0x6655, Data3
 * 0x8f77 as stored little-endian); the prefix is 0x66558f70, and function 3 of
 * that bus has the id 0x66558f73.
 *
 * Source: Linux drivers/pci/controller/pci-hyperv.c and OpenVMM
 * vmm_core/src/device_builder.rs, which agree.
 *
 * The host guarantees that ids are unique among the devices of a VM at any one
 * moment, and nothing more: an id may come back as another device, and so may
 * a segment number. Hence generations, below.
 */
#ifndef HVPT_LOGICAL_ID_H
#define HVPT_LOGICAL_ID_H

#include "hvpt/addr.h"
#include "hvpt/status.h"

/* Functions of a PCI device: the low 3 bits of an id. */
#define HVPT_LOGICAL_FUNCTION_MASK 7u

/* Lists of the registry: a power of two. More segments make them longer. */
#define HVPT_REGISTRY_BUCKETS 64u

/* ---- making ids ------------------------------------------------------ */

/**
 * hvpt_logical_prefix() - the id prefix of a virtual PCI bus
 * @guid: in: the VMBus channel's instance GUID, 16 bytes as stored (in
 *	Microsoft's mixed-endian order); not the class GUID
 *
 * Return: Data2 << 16 | (Data3 & 0xfff8).
 */
HVPT_INLINE uint32_t hvpt_logical_prefix(const uint8_t guid[16])
{
	return (uint32_t)guid[5] << 24 | (uint32_t)guid[4] << 16 |
	       (uint32_t)guid[7] << 8 |
	       ((uint32_t)guid[6] & ~HVPT_LOGICAL_FUNCTION_MASK);
}

/**
 * hvpt_logical_id() - the id of one function of a bus
 * @prefix: from hvpt_logical_prefix()
 * @function: the PCI function number, 0 .. 7; the device number has no part
 * @id: out: written only with HVPT_OK
 *
 * Return: HVPT_OK; HVPT_ERR_PREFIX when one of the low 3 bits of @prefix is
 * set, for functions would collide; HVPT_ERR_FUNCTION.
 */
HVPT_INLINE HVPT_MUST_CHECK enum hvpt_status
hvpt_logical_id(uint32_t prefix, unsigned function, uint64_t *id)
{
	if (prefix & HVPT_LOGICAL_FUNCTION_MASK)
		return HVPT_ERR_PREFIX;
	if (function > HVPT_LOGICAL_FUNCTION_MASK)
		return HVPT_ERR_FUNCTION;
	*id = (uint64_t)prefix | function;
	return HVPT_OK;
}

/* ---- the registry ---------------------------------------------------- */

/**
 * struct hvpt_segment_id - a registration; storage of the caller's
 * @next: the registry's; a pointer, or 0; atomic
 * @generation: tells this registration from an earlier one of its segment
 * @segment: the key
 * @prefix: what it is registered for
 *
 * From registration until a grace period after unregistration it must not be
 * freed, changed or registered again: a lookup may still be reading it.
 */
struct hvpt_segment_id {
	uint64_t next;
	uint64_t generation;
	uint32_t segment;
	uint32_t prefix;
};

/**
 * struct hvpt_registry - from segment to prefix; fields are hvpt's own
 * @bucket: pointers to the first of each list, or 0; atomic
 * @generation: of the newest registration; never repeats
 *
 * Writers (register, unregister) are serialised by the caller, by any lock.
 * Lookups take no lock, wait for nobody and may run in any context, an
 * interrupt included, beside writers. The grace period is the platform's: RCU
 * in Linux, none where no lookup can be under way (one processor, TPL held).
 */
struct hvpt_registry {
	uint64_t bucket[HVPT_REGISTRY_BUCKETS];
	uint64_t generation;
};

/**
 * struct hvpt_segment_ref - what a lookup found
 * @generation: of the registration, for hvpt_registry_check()
 * @prefix: of the bus
 */
struct hvpt_segment_ref {
	uint64_t generation;
	uint32_t prefix;
};

HVPT_EXTERN_C_BEGIN

/** hvpt_registry_init() - make it empty, whatever it held. No lookup runs. */
void hvpt_registry_init(struct hvpt_registry *registry);

/**
 * hvpt_registry_add() - register a segment, before its bus is scanned
 * @registry: in/out
 * @node: out: storage of the caller's, not registered now
 * @segment: PCI segment number, any value
 * @prefix: hvpt_logical_prefix() of its bus
 *
 * Writers' lock held. Return: HVPT_OK; HVPT_ERR_PREFIX; HVPT_ERR_EXISTS when
 * the segment is registered, with the same prefix too: the one before is
 * either still in use or was forgotten. On failure *@node is unchanged.
 */
HVPT_MUST_CHECK enum hvpt_status
hvpt_registry_add(struct hvpt_registry *registry, struct hvpt_segment_id *node,
		  uint32_t segment, uint32_t prefix);

/**
 * hvpt_registry_remove() - unregister, after the bus's last device has gone
 * @registry: in/out
 * @node: in: as registered; the caller's again after a grace period
 *
 * Writers' lock held. Return: HVPT_OK; HVPT_ERR_UNKNOWN_SEGMENT when nothing
 * is registered for its segment; HVPT_ERR_STALE when something else is.
 */
HVPT_MUST_CHECK enum hvpt_status
hvpt_registry_remove(struct hvpt_registry *registry,
		     struct hvpt_segment_id *node);

/**
 * hvpt_registry_lookup() - the prefix of a segment
 * @registry: in
 * @segment: PCI segment number
 * @ref: out: written only with HVPT_OK
 *
 * Context: any, lock-free, inside a read-side section of the grace period.
 * Look ids up before interrupts go off for a hypercall all the same.
 * Return: HVPT_OK; HVPT_ERR_UNKNOWN_SEGMENT: devices there are not managed.
 */
HVPT_MUST_CHECK enum hvpt_status
hvpt_registry_lookup(const struct hvpt_registry *registry, uint32_t segment,
		     struct hvpt_segment_ref *ref);

/**
 * hvpt_registry_check() - is what a lookup found still so?
 * @registry: in
 * @segment: as looked up
 * @generation: as found
 *
 * For those who kept an id over a time in which the bus may have gone.
 * Context: as lookup. Return: HVPT_OK; HVPT_ERR_UNKNOWN_SEGMENT;
 * HVPT_ERR_STALE when the segment has been registered anew.
 */
HVPT_MUST_CHECK enum hvpt_status
hvpt_registry_check(const struct hvpt_registry *registry, uint32_t segment,
		    uint64_t generation);

HVPT_EXTERN_C_END

#endif /* HVPT_LOGICAL_ID_H */
