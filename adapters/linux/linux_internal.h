/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * linux_internal.h - the adapter's own structures.
 *
 * Locks, outermost first: the group's mutex (Linux holds it around attach),
 * hvpt_linux.lock (the library's iommu lock), hvpt_linux_domain.limbo_lock and
 * hvpt_linux_pool.lock, which are leaves. Mapping and flushing take only the
 * leaves, and may run in any context.
 */
#ifndef HVPT_LINUX_INTERNAL_H
#define HVPT_LINUX_INTERNAL_H

#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include "compat.h"
#include "hvpt_linux.h"

#include <linux/workqueue.h>

#define HVPT_LINUX_NAME "hvpt"

/**
 * struct hvpt_linux_pool - table pages taken in advance
 *
 * The core's page hook has no gfp_t and cannot sleep, so it takes pages from
 * this pool. The mapping call fills the pool as its gfp_t allows. Pages are
 * zero except for the link in their first word.
 */
struct hvpt_linux_pool {
	/* private: */
	spinlock_t lock; /* the next three */
	u64 *first;
	unsigned int count;
	unsigned int wanted; /* by calls that run */
	int node;
	bool ending; /* the domain ends, in a call that may sleep */
};

/**
 * struct hvpt_linux_domain - a paging domain
 * @core: the library's object, the first: memory of kmalloc() that is not small
 *	starts a cache line, as the object wants
 * @iodom: Linux's object
 * @table: the same, in a kernel that maps whole ranges
 * @pool: for its tables
 * @limbo_lock: @limbo, @limbo_used, @visitors and @flushed
 * @limbo: table pages that left the tree, and the ranges to flush before the
 *	pages can be reused; Linux's own gathers have no room for them
 * @limbo_used: there may be something in @limbo; read without the lock
 * @visitors: readers of the whole table; nothing in limbo is freed meanwhile
 * @flushed: many tables that no IOMMU reads any more
 * @free_work: frees them
 * @link: in hvpt_linux.domains
 */
struct hvpt_linux_domain {
	struct hvpt_domain core;
	HVPT_COMPAT_IODOM
	struct hvpt_linux_pool pool;
	spinlock_t limbo_lock; /* the next four */
	struct hvpt_gather limbo;
	bool limbo_used;
	unsigned int visitors;
	struct hvpt_gather flushed;
	struct work_struct free_work;
	struct list_head link;
};

static inline struct hvpt_linux_domain *
hvpt_linux_domain(struct iommu_domain *iodom)
{
	return container_of(iodom, struct hvpt_linux_domain, iodom);
}

/**
 * struct hvpt_linux_device - one device
 * @core: the library's object
 * @pdev: NULL: released by Linux; kept, detached, to be handed over
 * @known: the library knows it; if not, its id may mean another device by now
 * @ats: ATS is on, as far as the PCI layer knows
 * @link: in hvpt_linux.devices, while it is known
 */
struct hvpt_linux_device {
	struct hvpt_device core;
	struct pci_dev *pdev;
	bool known;
	bool ats;
	struct list_head link;
};

/**
 * struct hvpt_linux_left - a domain in which firmware left a device
 * @core: the library's object; its tables are firmware's
 * @device_id: of the device
 * @joined: Linux has found the device, and it was attached here
 * @link: in hvpt_linux.left
 */
struct hvpt_linux_left {
	struct hvpt_domain core;
	u64 device_id;
	bool joined;
	struct list_head link;
};

/**
 * struct hvpt_linux_window - memory of firmware, mapped to read page tables
 * @first: gpa of its first page
 * @bytes: how many
 * @va: where it is mapped
 * @seen: a bit for each page: a table
 * @link: in hvpt_linux.windows
 */
struct hvpt_linux_window {
	u64 first;
	u64 bytes;
	void *va;
	unsigned long *seen;
	struct list_head link;
};

/**
 * struct hvpt_linux - the one pvIOMMU
 * @lock: the library's iommu lock; the lists too
 * @platform: NULL when not started
 * @transport: the platform's, traced
 * @ended: all was handed over: the kernel is about to end
 * @iommu: the library's object
 * @iodev: Linux's
 * @domains: paging domains of Linux'
 * @kept: those Linux has freed, which the hypervisor did not delete yet
 * @devices: in the order of their probes
 * @left: domains of firmware that were adopted
 * @windows: what was mapped to read their tables
 * @left_identity: the identity domain that firmware left; 0: none
 * @left_blocked: the blocked domain that firmware left; 0: none
 * @failed_flushes: of all domains
 */
struct hvpt_linux {
	struct mutex lock; /* the library's iommu lock */
	const struct hvpt_linux_platform *platform;
	struct hvpt_transport transport;
	bool ended;
	struct hvpt_iommu iommu;
	struct iommu_device iodev;
	struct list_head domains;
	struct list_head kept;
	struct list_head devices;
	struct list_head left;
	struct list_head windows;
	u32 left_identity;
	u32 left_blocked;
	atomic64_t failed_flushes;
};

extern struct hvpt_linux hvpt_linux;

/* state.c */
int hvpt_linux_errno(enum hvpt_status status);
void hvpt_linux_complain(const char *what, enum hvpt_status status);
extern bool hvpt_linux_dirty_tracking;
u64 hvpt_linux_page_sizes(void);

/* calls.c */
void hvpt_linux_trace_transport(const struct hvpt_transport *transport);

/* platform.c */
extern const struct hvpt_linux_platform hvpt_linux_native;

/* pages.c */
extern const struct hvpt_page_ops hvpt_linux_page_ops;
void hvpt_linux_pool_init(struct hvpt_linux_pool *pool, int node);
bool hvpt_linux_pool_reserve(struct hvpt_linux_pool *pool, unsigned int count,
			     gfp_t gfp);
void hvpt_linux_pool_done(struct hvpt_linux_pool *pool, unsigned int count);
void hvpt_linux_pool_empty(struct hvpt_linux_pool *pool);

/* limbo.c */
void hvpt_linux_limbo_init(struct hvpt_linux_domain *domain);
void hvpt_linux_limbo_put(struct hvpt_linux_domain *domain,
			  struct hvpt_gather *gather);
void hvpt_linux_limbo_take(struct hvpt_linux_domain *domain,
			   struct hvpt_gather *gather);
void hvpt_linux_limbo_flushed(struct hvpt_linux_domain *domain,
			      struct hvpt_gather *gather,
			      enum hvpt_status status);
void hvpt_linux_visit_begin(struct hvpt_linux_domain *domain);
void hvpt_linux_visit_end(struct hvpt_linux_domain *domain);

/* counts.c */
void hvpt_linux_count(uint64_t *counter, uint64_t more);
void hvpt_linux_counts_clear(void);
void hvpt_linux_read_stats(struct hvpt_iommu_stats *stats);

/* wait.c */
const struct hvpt_wait_ops *hvpt_linux_wait_ops(void);

/* map.c */
unsigned int hvpt_linux_prot(int prot);
enum hvpt_status
hvpt_linux_map_fill(struct hvpt_linux_domain *domain, unsigned long iova,
		    const struct hvpt_segment *segment, unsigned int count,
		    size_t size, unsigned int prot, gfp_t gfp,
		    struct hvpt_gather *gather);
enum hvpt_status hvpt_linux_map_flush(struct hvpt_linux_domain *domain,
				      unsigned long iova, size_t size,
				      struct hvpt_gather *gather);
int hvpt_linux_map_whole(struct hvpt_linux_domain *domain, unsigned long iova,
			 phys_addr_t paddr, size_t size, int prot, gfp_t gfp,
			 size_t *mapped);

/* parts.c */

/* A longer map is made in parts. */
#define HVPT_LINUX_MAP_MOST (1ul << 30)

int hvpt_linux_map_range(struct hvpt_linux_domain *domain, unsigned long iova,
			 phys_addr_t paddr, size_t size, int prot, gfp_t gfp,
			 size_t *mapped);

/* tables.c */
void hvpt_linux_tables_init(struct hvpt_linux_domain *domain);
void hvpt_linux_tables_end(struct hvpt_linux_domain *domain);
void hvpt_linux_tables_free(struct hvpt_linux_domain *domain,
			    struct hvpt_gather *gather);

/* paging.c */
extern const struct iommu_domain_ops hvpt_linux_paging_ops;
size_t hvpt_linux_unmap_range(struct hvpt_linux_domain *domain,
			      unsigned long iova, size_t size,
			      struct iommu_iotlb_gather *iogather);
void hvpt_linux_gather_add(struct iommu_iotlb_gather *iogather,
			   const struct hvpt_gather *gather);
void hvpt_linux_sync(struct hvpt_linux_domain *domain,
		     struct hvpt_gather *gather);

/* lists.c */
int hvpt_linux_map_sg(struct iommu_domain *iodom, unsigned long iova,
		      struct scatterlist *sg, unsigned int nents, int prot,
		      gfp_t gfp, size_t *mapped);

/* ranges.c */
extern const struct pt_iommu_ops hvpt_linux_range_ops;

/* domain_end.c */
void hvpt_linux_domain_free(struct iommu_domain *iodom);
void hvpt_linux_domains_retry(void);

/* domain.c */
extern struct iommu_domain hvpt_linux_identity;
extern struct iommu_domain hvpt_linux_blocked;
struct iommu_domain *hvpt_linux_domain_new(struct device *dev, bool dirty);

/* reserved.c */
int hvpt_linux_reserved_init(void);
const struct hvpt_iova_range *hvpt_linux_reserved(u32 *count);
void hvpt_linux_get_resv_regions(struct device *dev, struct list_head *list);

/* dirty.c */
extern const struct iommu_dirty_ops hvpt_linux_dirty_ops;

/* attach.c */
int hvpt_linux_attach(struct device *dev, struct hvpt_domain *domain);
void hvpt_linux_ats_off(struct hvpt_linux_device *hdev);

/* device.c */
extern const struct iommu_ops hvpt_linux_ops_template;

/* life.c */
int hvpt_linux_device_id(const struct hvpt_linux_platform *platform,
			 struct pci_dev *pdev, u64 *id);
struct iommu_device *hvpt_linux_probe_device(struct device *dev);
bool hvpt_linux_is_attach_deferred(struct device *dev);
void hvpt_linux_release_device(struct device *dev);
void hvpt_linux_device_unlink(struct hvpt_linux_device *hdev);

/* firmware.c */
void hvpt_linux_left_find(void);
void hvpt_linux_left_join(struct hvpt_linux_device *hdev);
bool hvpt_linux_is_left(const struct hvpt_domain *domain);
void hvpt_linux_left_retry(void);
void hvpt_linux_left_end(void);

/* firmware_memory.c */
void *hvpt_linux_firmware_table(u64 gpa, u64 *bytes);
struct hvpt_linux_window *hvpt_linux_window_at(u64 root);
bool hvpt_linux_window_check(void *ctx, hvpt_gpa_t table, unsigned int level);
void hvpt_linux_windows_close(void);

/* handover.c */
void hvpt_linux_hand_over(void);
void hvpt_linux_hand_over_released(void);

/* vpci.c */
int hvpt_vpci_device_id(struct pci_dev *pdev, u64 *id);

/* debugfs.c */
void hvpt_linux_debugfs_init(void);
void hvpt_linux_debugfs_exit(void);

/* power.c */
void hvpt_linux_power_init(void);
void hvpt_linux_power_exit(void);

#endif /* HVPT_LINUX_INTERNAL_H */
