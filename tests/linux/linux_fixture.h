/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * linux_fixture.h - the adapter, a model hypervisor, and one device on a
 * virtual PCI bus; and what Linux does with them.
 */
#ifndef HVPT_TEST_LINUX_LINUX_FIXTURE_H
#define HVPT_TEST_LINUX_LINUX_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "adapters/linux/linux_internal.h"
#include "stub_host.h"

#define K4 0x1000ul
#define M2 0x200000ul
#define G1 0x40000000ul
#define RW (IOMMU_READ | IOMMU_WRITE)
#define ARENA_GPA 0x40000000ull
#define DATA 0x1000000000ull
/* Not aligned as the IOVAs are, so that only small leaves will do. */
#define FINE (DATA + K4)
#define ID 0x66558f70ull
#define HV_CREATE HVPT_HVCALL_CREATE_DEVICE_DOMAIN
#define HV_ATTACH HVPT_HVCALL_ATTACH_DEVICE_DOMAIN
#define HV_DETACH HVPT_HVCALL_DETACH_DEVICE_DOMAIN
#define HV_DELETE HVPT_HVCALL_DELETE_DEVICE_DOMAIN
#define HV_CONFIGURE HVPT_HVCALL_CONFIGURE_DEVICE_DOMAIN
#define HV_FLUSH HVPT_HVCALL_FLUSH_DEVICE_DOMAIN
#define HV_FLUSH_LIST HVPT_HVCALL_FLUSH_DEVICE_DOMAIN_LIST

int stub_module_init(void);
void stub_module_exit(void);
bool *stub_param_full_width(void);
bool *stub_param_combine(void);
bool *stub_param_dirty_tracking(void);
char **stub_param_reserve(void);
ullong *stub_param_handover(void);

/* The device, its bus, and what the bus is on. */
extern struct pci_dev pdev;
extern struct pci_bus bus;
extern struct pci_host_bridge host_bridge;
extern struct hv_device channel;

int open_fixture(void **state);

/* A device the host took away is where it was when it comes back. */
int open_fixture_gone_stays(void **state);
int close_fixture(void **state);

#define FIXTURE_TEST(name)                                                     \
	cmocka_unit_test_setup_teardown(name, open_fixture, close_fixture)

/* The groups of tests. */
int test_linux_start(void);
int test_linux_life(void);
int test_linux_paging(void);
int test_linux_parts(void);
int test_linux_lists(void);
int test_linux_firmware(void);

void load(void);

/* Nothing but what was handed over is left in the hypervisor. */
void unload(void);

int attach_to(struct pci_dev *to, struct iommu_domain *domain);
int attach(struct iommu_domain *domain);
struct iommu_domain *blocked(void);
struct iommu_domain *identity(void);

/* As Linux makes one for a driver; NULL when it cannot be made. */
struct iommu_domain *new_domain(void);
struct iommu_device *probe(struct device *dev);
struct iommu_domain *plug(void);

/* In the order of Linux: release, then the domain is freed. */
void unplug(struct iommu_domain *domain);

int map(struct iommu_domain *domain, u64 iova, u64 gpa, size_t size,
	size_t count);

/* In pages of 4 KiB, where the kernel makes a call for one size. */
int map_gfp(struct iommu_domain *domain, u64 iova, u64 gpa, size_t bytes,
	    gfp_t gfp, size_t *mapped);

/* What iommu_unmap() does in one step: unmap, then sync. */
size_t unmap_some(struct iommu_domain *domain, u64 iova, size_t size,
		  size_t count);
void unmap(struct iommu_domain *domain, u64 iova, size_t size, size_t count);

/* Does the device get to @gpa, and nowhere else, at @iova? */
void expect_dma(u64 iova, u64 gpa);
void expect_fault(u64 iova);

/* Nothing but what the library writes is in the tables. */
void expect_sound(struct iommu_domain *domain);

/* The next @times calls of @code are refused with @status, and not made. */
void refuse(uint16_t code, uint64_t times, uint16_t status);
void inject(uint16_t code, uint64_t times);

#endif /* HVPT_TEST_LINUX_LINUX_FIXTURE_H */
