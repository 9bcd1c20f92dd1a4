/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * uefi_fixture.h - the driver, the fake boot services, and the model hypervisor
 * beneath; and what a device sees.
 */
#ifndef HVPT_TEST_UEFI_UEFI_FIXTURE_H
#define HVPT_TEST_UEFI_UEFI_FIXTURE_H

#include "driver.h"
#include "fake_boot.h"
#include "oracle/hypervisor.h"
#include "hvpt/hv_abi.h"
#include "hvpt/hv_status.h"

#include <Protocol/IoMmu.h>

/* Devices of the fixture, by PCI location, which is their id. */
#define DEVICE_A 0x7f20u
#define DEVICE_B 0x7f28u
#define DEVICE_UNMANAGED 0x7f30u
#define DEVICE_UNKNOWN 0x7f38u

struct uefi_fixture {
	struct hypervisor *hv;
	EDKII_IOMMU_PROTOCOL *iommu;
	EFI_HANDLE a;
	EFI_HANDLE b;
	EFI_HANDLE unmanaged;
	EFI_HANDLE unknown;
	EFI_HANDLE no_device;
	EFI_STATUS started;
};

extern struct uefi_fixture fixture;

/* Memory below 4 GiB for drivers to map; its content is known at each open. */
#define FIXTURE_MEMORY UINT64_C(0x40000)
extern uint8_t *fixture_memory;

/* What HvptHypercallStart() of the fixture answers. */
extern EFI_STATUS fixture_hypercall_status;
extern unsigned fixture_hypercall_stops;

/* A hypervisor that lies: flushes succeed, and do nothing. */
extern bool fixture_drop_flushes;

/** A hypervisor as most tests want it. */
void fixture_default(struct hypervisor_config *config);

/** Opens everything and starts the driver. */
void fixture_open(void);
void fixture_open_with(const struct hypervisor_config *config);

/** Fails on any violation; closes. */
void fixture_close(void);

/** Opens without starting the driver. */
void fixture_open_idle(const struct hypervisor_config *config);

/** Another device the hypervisor manages, and its handle. */
EFI_HANDLE fixture_add_device(unsigned id);

/**
 * fixture_sees() - does a device reach this memory, and nothing else?
 * @write: the direction
 * @gpa: where the byte must be; 0: the access must fault
 *
 * Stale translations count: every way the access may go must be the same.
 */
bool fixture_sees(unsigned device, uint64_t iova, bool write, uint64_t gpa);

/**
 * All of a mapping, first and last byte of each page. False: some byte wrong.
 */
bool fixture_sees_all(unsigned device, uint64_t iova, uint64_t bytes,
		      uint64_t host, bool write);
bool fixture_sees_none(unsigned device, uint64_t iova, uint64_t bytes);

#endif /* HVPT_TEST_UEFI_UEFI_FIXTURE_H */
