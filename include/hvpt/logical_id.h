/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * hvpt/logical_id.h - the hypervisor's number of a device.
 *
 * The hypervisor knows a passed-through PCI function by a logical device id. A
 * generic PCI layer knows it by segment (in Linux: PCI domain), bus, device and
 * function. One cannot be computed from the other: the id comes from the VMBus
 * instance GUID of the virtual PCI bus, and the segment number holds at most a
 * part of that. So the bus driver, which knows the GUID, registers the
 * segment's id prefix before it scans the bus. It unregisters the prefix after
 * the last device of the bus was moved to the blocked domain. Code that needs
 * an id looks up the prefix. Attaching, property queries and interrupt
 * retargeting all use this id.
 *
 * Worked example: GUID bytes 4 .. 7 are 55 66 77 8f (Data2 0x6655, Data3
 * 0x8f77 as stored little-endian); the prefix is 0x66558f70, and function 3 of
 * that bus has the id 0x66558f73.
 *
 * Source: Linux drivers/pci/controller/pci-hyperv.c and OpenVMM
 * vmm_core/src/device_builder.rs, which agree.
 *
 * The host guarantees only that at any time ids are unique among the devices of
 * a VM. An id may later mean another device, and so may a segment number.
 * Therefore registrations have generations.
 *
 * Locking. Writers (hvpt_registry_add(), hvpt_registry_remove()) are serialised
 * by a lock of the caller's. Lookups take no lock, never wait, and may run in
 * any context, interrupts included, beside writers. The caller provides the
 * grace period: RCU in Linux; none where no lookup can be running (one
 * processor, TPL raised).
 */
#ifndef HVPT_LOGICAL_ID_H
#define HVPT_LOGICAL_ID_H

#include "hvpt/addr.h"
#include "hvpt/status.h"

/* Functions of a PCI device: the low 3 bits of an id. */
#define HVPT_LOGICAL_FUNCTION_MASK 7u

/* ---- making ids ------------------------------------------------------ */

/**
 * hvpt_logical_prefix() - the id prefix of a virtual PCI bus
 * @guid: in: the instance GUID of the VMBus channel, 16 bytes as stored (in
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
 * @function: the PCI function number, 0 .. 7; the device number is not used
 * @id: out: written only with HVPT_OK
 *
 * Return: HVPT_OK; HVPT_ERR_PREFIX when one of the low 3 bits of @prefix is
 * set, because functions would collide; HVPT_ERR_FUNCTION.
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

struct hvpt_segment_id;
struct hvpt_registry;

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

/**
 * hvpt_registry_init() - make it empty
 * @registry: out: it forgets the segments that it has, and no lookup may be
 *	running
 */
void hvpt_registry_init(struct hvpt_registry *registry);

/**
 * hvpt_registry_add() - register a segment, before its bus is scanned
 * @registry: in/out
 * @node: out: storage of the caller's that is not registered
 * @segment: PCI segment number, any value
 * @prefix: hvpt_logical_prefix() of its bus
 *
 * Context: writers' lock held.
 * Return: HVPT_OK; HVPT_ERR_PREFIX; HVPT_ERR_EXISTS when the segment is already
 * registered, even with the same prefix: the earlier registration is in use, or
 * its removal was omitted. On failure *@node is unchanged.
 */
HVPT_MUST_CHECK enum hvpt_status
hvpt_registry_add(struct hvpt_registry *registry, struct hvpt_segment_id *node,
		  uint32_t segment, uint32_t prefix);

/**
 * hvpt_registry_remove() - unregister, after the last device of the bus is gone
 * @registry: in/out
 * @node: in: as registered; it may be reused after a grace period
 *
 * Context: writers' lock held.
 * Return: HVPT_OK; HVPT_ERR_UNKNOWN_SEGMENT when nothing is registered for its
 * segment; HVPT_ERR_STALE when another node is.
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
 * Context: any, inside a read-side section of the grace period. Still, look ids
 * up before interrupts are disabled for a hypercall.
 * Return: HVPT_OK; HVPT_ERR_UNKNOWN_SEGMENT: its devices are not managed.
 */
HVPT_MUST_CHECK enum hvpt_status
hvpt_registry_lookup(const struct hvpt_registry *registry, uint32_t segment,
		     struct hvpt_segment_ref *ref);

/**
 * hvpt_registry_check() - is what a lookup found still registered?
 * @registry: in
 * @segment: as looked up
 * @generation: as found
 *
 * For callers that kept an id while the bus may have gone away.
 *
 * Context: as hvpt_registry_lookup().
 * Return: HVPT_OK; HVPT_ERR_UNKNOWN_SEGMENT; HVPT_ERR_STALE when the segment
 * was registered again.
 */
HVPT_MUST_CHECK enum hvpt_status
hvpt_registry_check(const struct hvpt_registry *registry, uint32_t segment,
		    uint64_t generation);

HVPT_EXTERN_C_END

/* ---- internal: storage ----------------------------------------------- */

/* How many lists the registry has: a power of two. */
#define HVPT_REGISTRY_BUCKETS 64u

/**
 * struct hvpt_segment_id - a registration; its fields are not for callers
 * @next: a pointer to the next of the list, or 0; atomic
 * @generation: tells this registration from earlier ones of its segment
 * @segment: the key
 * @prefix: the value
 *
 * Storage of the caller's. From registration until a grace period after
 * unregistration it must not be freed, changed or registered again, because a
 * lookup may still be reading it.
 */
struct hvpt_segment_id {
	uint64_t next;
	uint64_t generation;
	uint32_t segment;
	uint32_t prefix;
};

/**
 * struct hvpt_registry - from segments to prefixes; its fields are not for
 *	callers
 * @bucket: pointers to the first of each list, or 0; atomic
 * @generation: of the last registration; never repeats
 */
struct hvpt_registry {
	uint64_t bucket[HVPT_REGISTRY_BUCKETS];
	uint64_t generation;
};

#endif /* HVPT_LOGICAL_ID_H */
