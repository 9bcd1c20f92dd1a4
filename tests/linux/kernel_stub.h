/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * kernel_stub.h - as much of the kernel's interface as adapters/linux uses.
 *
 * Declarations that the adapter compiles against in an ordinary process, so
 * that its logic runs under sanitizers, on the model hypervisor. Names and
 * shapes are the kernel's, because they must be; the rest is ours. What a
 * kernel would complain about aborts: sleeping under a spin lock, a mutex
 * taken twice, an allocation that may sleep where nothing may.
 */
#ifndef HVPT_TEST_LINUX_KERNEL_STUB_H
#define HVPT_TEST_LINUX_KERNEL_STUB_H

#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <linux/version.h>

#ifndef STUB_LINUX_VERSION
#define STUB_LINUX_VERSION KERNEL_VERSION(7, 3, 0)
#endif
#define STUB_7_3 (STUB_LINUX_VERSION >= KERNEL_VERSION(7, 3, 0))
#define STUB_6_12 (STUB_LINUX_VERSION >= KERNEL_VERSION(6, 12, 0))

typedef uint8_t u8;
typedef uint16_t u16;
typedef uint32_t u32;
typedef uint64_t u64;
typedef int64_t s64;
typedef uint64_t phys_addr_t;
typedef uint64_t dma_addr_t;
typedef unsigned int gfp_t;
typedef unsigned int uint;
typedef char *charp;
typedef unsigned long long ullong;

#define U64_MAX UINT64_MAX
#define PAGE_SHIFT 12
#define PAGE_SIZE 4096ul
#define likely(x) __builtin_expect(!!(x), 1)
#define unlikely(x) __builtin_expect(!!(x), 0)
#define READ_ONCE(x) (*(const volatile __typeof__(x) *)&(x))
#define WRITE_ONCE(x, v) (*(volatile __typeof__(x) *)&(x) = (v))
#define smp_mb() __atomic_thread_fence(__ATOMIC_SEQ_CST)
#define round_down(x, unit) ((x) & ~((u64)(unit)-1))
#define min(a, b) ((a) < (b) ? (a) : (b))
#define check_mul_overflow(a, b, out) __builtin_mul_overflow(a, b, out)
#define simple_strtoull(text, end, base) strtoull(text, end, base)
/* Options of the kernel's build, by name: what a test says is set. */
#define IS_ENABLED(option) stub_is_enabled(#option)
bool stub_is_enabled(const char *option);
#define container_of(ptr, type, member)                                        \
	((type *)((char *)(ptr)-offsetof(type, member)))

/* ---- modules ------------------------------------------------------------- */

struct module;
#define THIS_MODULE ((struct module *)0)
#define EXPORT_SYMBOL_GPL(x) struct stub_unused
/* Tests set them through this. */
#define module_param_named(name, value, type, mode)                            \
	type *stub_param_##name(void);                                         \
	type *stub_param_##name(void)                                          \
	{                                                                      \
		return &value;                                                 \
	}                                                                      \
	struct stub_unused
#define module_param(name, type, mode)                                         \
	module_param_named(name, name, type, mode)
#define MODULE_PARM_DESC(name, text) struct stub_unused
#define MODULE_LICENSE(text) struct stub_unused
#define MODULE_DESCRIPTION(text) struct stub_unused
#define MODULE_VERSION(text) struct stub_unused
#define MODULE_IMPORT_NS(name) struct stub_unused
#define MODULE_DEVICE_TABLE(bus, ids) struct stub_unused
#define module_init(f)                                                         \
	int stub_module_init(void);                                            \
	int stub_module_init(void)                                             \
	{                                                                      \
		return f();                                                    \
	}
#define module_exit(f)                                                         \
	void stub_module_exit(void);                                           \
	void stub_module_exit(void)                                            \
	{                                                                      \
		f();                                                           \
	}
#define __init
#define __maybe_unused __attribute__((unused))
#define __exit

/* ---- messages -------------------------------------------------------- */

/* Counted; WARN by itself. */
extern unsigned int stub_errors;
extern unsigned int stub_warnings;
void stub_print(unsigned int *count, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
void stub_warn(const char *format, ...) __attribute__((format(printf, 1, 2)));
#define pr_debug(...) ((void)0)
#define pr_info(...) stub_print(NULL, __VA_ARGS__)
#define pr_notice(...) stub_print(NULL, __VA_ARGS__)
#define pr_warn(...) stub_warn(__VA_ARGS__)
#define pr_err(...) stub_print(&stub_errors, __VA_ARGS__)
#define pr_err_ratelimited(...) stub_print(&stub_errors, __VA_ARGS__)
#define pr_warn_ratelimited(...) stub_warn(__VA_ARGS__)
#define dev_dbg(dev, ...) ((void)(dev))
#define dev_warn(dev, ...) ((void)(dev), stub_print(NULL, __VA_ARGS__))
#define dev_err(dev, ...) ((void)(dev), stub_print(&stub_errors, __VA_ARGS__))
#define pci_dbg(pdev, ...) dev_dbg(&(pdev)->dev, __VA_ARGS__)
#define pci_notice(pdev, ...) dev_warn(&(pdev)->dev, __VA_ARGS__)
#define pci_warn(pdev, ...) dev_warn(&(pdev)->dev, __VA_ARGS__)
#define pci_err(pdev, ...) dev_err(&(pdev)->dev, __VA_ARGS__)
#define WARN_ON_ONCE(cond)                                                     \
	({                                                                     \
		bool stub_cond = (cond);                                       \
		if (stub_cond)                                                 \
			stub_warnings++;                                       \
		stub_cond;                                                     \
	})
#define WARN_ONCE(cond, ...) ((void)WARN_ON_ONCE(cond))

/* ---- locks ----------------------------------------------------------- */

typedef struct {
	bool held;
} spinlock_t;

struct mutex {
	bool held;
};

#define __MUTEX_INITIALIZER(name)                                              \
	{                                                                      \
		.held = false                                                  \
	}
#define DEFINE_MUTEX(name) struct mutex name = __MUTEX_INITIALIZER(name)

void stub_may_sleep(void);
void stub_spin_lock(spinlock_t *lock);
void stub_spin_unlock(spinlock_t *lock);
void mutex_lock(struct mutex *mutex);
void mutex_unlock(struct mutex *mutex);
unsigned long stub_irq_save(void);
void stub_irq_restore(unsigned long flags);
#define local_irq_save(flags) ((flags) = stub_irq_save())
#define local_irq_restore(flags) stub_irq_restore(flags)
/* One CPU: nobody would ever wake who waits. */
#define cpu_relax() stub_die("a CPU waits for itself")
void stub_die(const char *what) __attribute__((noreturn));
#define spin_lock_init(lock) ((lock)->held = false)
#define spin_lock_irqsave(lock, flags) ((flags) = 0, stub_spin_lock(lock))
#define spin_unlock_irqrestore(lock, flags)                                    \
	((void)(flags), stub_spin_unlock(lock))
#define rcu_read_lock() ((void)0)
#define rcu_read_unlock() ((void)0)
#define rcu_barrier() ((void)0)
struct rcu_head {
	int unused;
};
#define kfree_rcu(ptr, member) kfree(ptr)

typedef struct {
	s64 counter;
} atomic64_t;
#define atomic64_inc(v) ((void)__atomic_fetch_add(&(v)->counter, 1, 5))
#define atomic64_add(n, v) ((void)__atomic_fetch_add(&(v)->counter, (n), 5))
#define atomic64_set(v, n) (__atomic_store_n(&(v)->counter, (n), 5))
#define atomic64_read(v) (__atomic_load_n(&(v)->counter, 5))

/* One processor. */
#define __percpu
#define DEFINE_PER_CPU(type, name) type name
#define for_each_possible_cpu(cpu) for ((cpu) = 0; (cpu) < 1; (cpu)++)
#define per_cpu_ptr(ptr, cpu) ((void)(cpu), (ptr))
#define this_cpu_add(at, more) ((void)((at) += (more)))

/* ---- workers --------------------------------------------------------- */

struct workqueue_struct;
struct work_struct {
	void (*run)(struct work_struct *work);
};
#define INIT_WORK(work, function) ((work)->run = (function))
#define system_unbound_wq ((struct workqueue_struct *)0)
#define system_dfl_wq ((struct workqueue_struct *)0)
bool queue_work(struct workqueue_struct *queue, struct work_struct *work);
bool flush_work(struct work_struct *work);
/* Runs what was queued. */
void stub_run_work(void);

/* ---- lists ----------------------------------------------------------- */

struct list_head {
	struct list_head *next, *prev;
};
#define LIST_HEAD_INIT(name)                                                   \
	{                                                                      \
		&(name), &(name)                                               \
	}
#define LIST_HEAD(name) struct list_head name = LIST_HEAD_INIT(name)
#define list_empty(head) ((head)->next == (head))
#define list_entry(ptr, type, member) container_of(ptr, type, member)
#define list_for_each_entry(pos, head, member)                                 \
	for (pos = list_entry((head)->next, __typeof__(*pos), member);         \
	     &pos->member != (head);                                           \
	     pos = list_entry(pos->member.next, __typeof__(*pos), member))
#define list_for_each_entry_safe(pos, n, head, member)                         \
	for (pos = list_entry((head)->next, __typeof__(*pos), member),         \
	    n = list_entry(pos->member.next, __typeof__(*pos), member);        \
	     &pos->member != (head);                                           \
	     pos = n, n = list_entry(n->member.next, __typeof__(*n), member))

static inline void list_add(struct list_head *entry, struct list_head *head)
{
	entry->next = head->next;
	entry->prev = head;
	head->next->prev = entry;
	head->next = entry;
}

static inline void list_add_tail(struct list_head *entry,
				 struct list_head *head)
{
	list_add(entry, head->prev);
}

static inline void list_del(struct list_head *entry)
{
	entry->next->prev = entry->prev;
	entry->prev->next = entry->next;
}

/* ---- memory ---------------------------------------------------------- */

#define GFP_KERNEL 1u
#define GFP_ATOMIC 2u
#define GFP_KERNEL_ACCOUNT (GFP_KERNEL | 4u)
#define __GFP_ZERO 8u
#define __GFP_HIGHMEM 16u
#define __GFP_DMA 32u
#define __GFP_DMA32 64u
#define NUMA_NO_NODE (-1)
enum stub_counter {
	NR_IOMMU_PAGES,
	NR_SECONDARY_PAGETABLE
};

struct page;
struct pglist_data;
void *stub_kzalloc(size_t bytes, gfp_t gfp);
void kfree(void *memory);
void cond_resched(void);
#define gfpflags_allow_blocking(gfp) (((gfp)&GFP_KERNEL) != 0)
struct page *alloc_pages_node(int node, gfp_t gfp, unsigned int order);
void __free_page(struct page *page);
void *stub_va(u64 gpa);
void mod_node_page_state(struct pglist_data *node, int counter, long by);
#define mod_lruvec_page_state(page, counter, by)                               \
	((void)(page), mod_node_page_state(NULL, counter, by))
#define get_zeroed_page(gfp) ((unsigned long)stub_kzalloc(PAGE_SIZE, gfp))
static inline void free_page(unsigned long page)
{
	kfree((void *)page);
}
#define virt_to_phys(va) ((phys_addr_t)(uintptr_t)(va))
#define kzalloc(bytes, gfp) stub_kzalloc(bytes, gfp)
#define page_address(page) ((void *)(page))
#define virt_to_page(va) ((struct page *)(va))
#define page_pgdat(page) ((struct pglist_data *)0)
#define __va(gpa) stub_va(gpa)

/* Memory outside of the direct map, and what firmware's map says of it. */
enum e820_type {
	E820_TYPE_RAM = 1,
	E820_TYPE_RESERVED = 2,
	E820_TYPE_ACPI = 3,
};
#define MEMREMAP_WB 1
bool e820__mapped_any(u64 start, u64 end, enum e820_type type);
void *memremap(u64 gpa, size_t bytes, unsigned long flags);
void memunmap(void *va);
unsigned long *bitmap_zalloc(unsigned int bits, gfp_t gfp);
#define bitmap_free(bitmap) kfree(bitmap)

static inline bool __test_and_set_bit(u64 bit, unsigned long *bitmap)
{
	unsigned long mask = 1ul << bit % 64;
	bool was = bitmap[bit / 64] & mask;

	bitmap[bit / 64] |= mask;
	return was;
}

static inline void *ERR_PTR(long error)
{
	return (void *)(intptr_t)error;
}

static inline void *ERR_CAST(const void *ptr)
{
	return (void *)(uintptr_t)ptr;
}

static inline bool IS_ERR(const void *ptr)
{
	return (uintptr_t)ptr >= (uintptr_t)-4095;
}

static inline bool IS_ERR_OR_NULL(const void *ptr)
{
	return !ptr || IS_ERR(ptr);
}

static inline long PTR_ERR(const void *ptr)
{
	return (long)(intptr_t)ptr;
}

/* ---- devices --------------------------------------------------------- */

struct bus_type {
	const char *name;
};

struct device_driver {
	const char *name;
};

struct device {
	const struct bus_type *bus;
	struct device_driver *driver;
	struct device *parent;
	void *iommu_priv;
	bool pci;
};

typedef struct {
	u8 b[16];
} guid_t;

struct hv_device {
	guid_t dev_instance;
	struct device device;
};

struct hv_vmbus_device_id {
	guid_t guid;
};
#define HV_PCIE_GUID .guid = { { 0 } }

#define device_to_hv_device(dev) container_of(dev, struct hv_device, device)

struct pci_host_bridge {
	struct device dev;
};

struct pci_bus {
	int domain;
	struct pci_host_bridge *bridge;
};

struct pci_dev {
	struct device dev;
	struct pci_bus *bus;
	unsigned int devfn;
	bool gone;
	bool master;
	bool mapped;
	bool ats_cap;
	bool ats_enabled;
	bool ats_broken;
	u64 id;
};
#define pci_device_is_present(pdev) (!(pdev)->gone)
#define pci_clear_master(pdev) ((void)((pdev)->master = false))
#define device_iommu_mapped(device) (to_pci_dev(device)->mapped)
#define pci_dev_put(pdev) ((void)(pdev))
/* The next after @from; what a test puts on the bus. */
struct pci_dev *stub_next_pci(const struct pci_dev *from);
#define for_each_pci_dev(pdev) while (((pdev) = stub_next_pci(pdev)) != NULL)
#define to_pci_dev(device) container_of(device, struct pci_dev, dev)
#define dev_is_pci(device) ((device)->pci)
#define dev_to_node(dev) NUMA_NO_NODE
#define dev_iommu_priv_get(dev) ((dev)->iommu_priv)
/* Counts an error outside of the probe, as lockdep does in 7.3. */
extern bool stub_probing;
#define dev_iommu_priv_set(dev, priv)                                          \
	((void)(stub_errors += !stub_probing, (dev)->iommu_priv = (priv)))
#define pci_find_host_bridge(b) ((b)->bridge)
#define pci_domain_nr(b) ((b)->domain)
#define pci_name(pdev) "stub"
#define PCI_FUNC(devfn) ((devfn)&7)
int pci_enable_ats(struct pci_dev *pdev, int shift);
void pci_disable_ats(struct pci_dev *pdev);
#define pci_ats_supported(pdev) ((pdev)->ats_cap)
#define pci_prepare_ats(pdev, shift) 0

/* ---- the IOMMU layer ------------------------------------------------- */

#define IOMMU_READ 1
#define IOMMU_WRITE 2
#define IOMMU_DOMAIN_BLOCKED 0u
#define IOMMU_DOMAIN_IDENTITY 4u
#define IOMMU_DOMAIN_UNMANAGED 1u
#define IOMMU_DOMAIN_DMA 3u
#define IOMMU_DOMAIN_DMA_FQ 11u
#define IOMMU_HWPT_ALLOC_NEST_PARENT 1u
#define IOMMU_HWPT_ALLOC_DIRTY_TRACKING 2u
#define IOMMU_DIRTY_NO_CLEAR 1ul

enum iommu_cap {
	IOMMU_CAP_CACHE_COHERENCY,
	IOMMU_CAP_NOEXEC,
	IOMMU_CAP_DEFERRED_FLUSH,
	IOMMU_CAP_DIRTY_TRACKING,
};
enum iommu_resv_type {
	IOMMU_RESV_MSI,
	IOMMU_RESV_RESERVED
};

struct iommu_iotlb_gather {
	unsigned long start;
	unsigned long end;
	bool queued;
};
#define iommu_iotlb_gather_queued(gather) ((gather) && (gather)->queued)

static inline void iommu_iotlb_gather_init(struct iommu_iotlb_gather *gather)
{
	gather->start = ~0ul;
	gather->end = 0;
	gather->queued = false;
}

static inline void
iommu_iotlb_gather_add_range(struct iommu_iotlb_gather *gather,
			     unsigned long iova, size_t size)
{
	if (gather->start > iova)
		gather->start = iova;
	if (gather->end < iova + size - 1)
		gather->end = iova + size - 1;
}

struct iova_bitmap;
void iova_bitmap_set(struct iova_bitmap *bitmap, unsigned long iova,
		     size_t length);
struct iommu_dirty_bitmap {
	struct iova_bitmap *bitmap;
	struct iommu_iotlb_gather *gather;
};

/* struct scatterlist - a segment; an array of them is a list */
struct scatterlist {
	u64 phys;
	unsigned int length;
	bool bus;
};
#define sg_phys(sg) ((sg)->phys)
#define sg_next(sg) ((sg) + 1)
#define sg_dma_is_bus_address(sg) ((sg)->bus)

#if STUB_7_3
#define HVPT_LINUX_LISTS
#endif

struct iommu_domain_ops;
struct iommu_dirty_ops;
struct iommu_domain {
	unsigned int type;
#if STUB_7_3
	bool is_iommupt;
#endif
	const struct iommu_domain_ops *ops;
	const struct iommu_dirty_ops *dirty_ops;
	unsigned long pgsize_bitmap;
	struct {
		dma_addr_t aperture_start;
		dma_addr_t aperture_end;
		bool force_aperture;
	} geometry;
};

struct iommu_domain_ops {
#if STUB_7_3
	int (*attach_dev)(struct iommu_domain *domain, struct device *dev,
			  struct iommu_domain *old);
#else
	int (*attach_dev)(struct iommu_domain *domain, struct device *dev);
#endif
	int (*map_pages)(struct iommu_domain *domain, unsigned long iova,
			 phys_addr_t paddr, size_t pgsize, size_t pgcount,
			 int prot, gfp_t gfp, size_t *mapped);
	int (*map_sg)(struct iommu_domain *domain, unsigned long iova,
		      struct scatterlist *sg, unsigned int nents, int prot,
		      gfp_t gfp, size_t *mapped);
	size_t (*unmap_pages)(struct iommu_domain *domain, unsigned long iova,
			      size_t pgsize, size_t pgcount,
			      struct iommu_iotlb_gather *gather);
	void (*flush_iotlb_all)(struct iommu_domain *domain);
	void (*iotlb_sync)(struct iommu_domain *domain,
			   struct iommu_iotlb_gather *gather);
	phys_addr_t (*iova_to_phys)(struct iommu_domain *domain,
				    dma_addr_t iova);
	void (*free)(struct iommu_domain *domain);
};

struct iommu_dirty_ops {
	int (*set_dirty_tracking)(struct iommu_domain *domain, bool enabled);
	int (*read_and_clear_dirty)(struct iommu_domain *domain,
				    unsigned long iova, size_t size,
				    unsigned long flags,
				    struct iommu_dirty_bitmap *dirty);
};

#if STUB_7_3
struct pt_iommu;
struct pt_iommu_ops {
	int (*map_range)(struct pt_iommu *table, dma_addr_t iova,
			 phys_addr_t paddr, dma_addr_t len, unsigned int prot,
			 gfp_t gfp, size_t *mapped);
	size_t (*unmap_range)(struct pt_iommu *table, dma_addr_t iova,
			      dma_addr_t len,
			      struct iommu_iotlb_gather *gather);
};

struct pt_iommu {
	struct iommu_domain domain;
	const struct pt_iommu_ops *ops;
};
#endif

struct iommu_device {
	int unused;
};

struct iommu_group;
struct iommu_user_data;
struct iommu_resv_region {
	struct list_head list;
	phys_addr_t start;
	size_t length;
	enum iommu_resv_type type;
};

struct iommu_ops {
	bool (*capable)(struct device *dev, enum iommu_cap cap);
	struct iommu_domain *(*domain_alloc)(unsigned int type);
	struct iommu_domain *(*domain_alloc_user)(
		struct device *dev, u32 flags, struct iommu_domain *parent,
		const struct iommu_user_data *user_data);
	struct iommu_domain *(*domain_alloc_paging_flags)(
		struct device *dev, u32 flags,
		const struct iommu_user_data *user_data);
	struct iommu_domain *(*domain_alloc_paging)(struct device *dev);
	struct iommu_device *(*probe_device)(struct device *dev);
	void (*release_device)(struct device *dev);
	bool (*is_attach_deferred)(struct device *dev);
	void (*probe_finalize)(struct device *dev);
	struct iommu_group *(*device_group)(struct device *dev);
	void (*get_resv_regions)(struct device *dev, struct list_head *list);
	const struct iommu_domain_ops *default_domain_ops;
	unsigned long pgsize_bitmap;
	struct module *owner;
	struct iommu_domain *identity_domain;
	struct iommu_domain *blocked_domain;
	struct iommu_domain *release_domain;
};

/* What the adapter registered, NULL when nothing is. */
extern const struct iommu_ops *stub_ops;
int iommu_device_sysfs_add(struct iommu_device *iommu, struct device *parent,
			   const void *groups, const char *name);
void iommu_device_sysfs_remove(struct iommu_device *iommu);
int iommu_device_register(struct iommu_device *iommu,
			  const struct iommu_ops *ops, struct device *hwdev);
void iommu_device_unregister(struct iommu_device *iommu);
struct iommu_group *pci_device_group(struct device *dev);
struct iommu_resv_region *
iommu_alloc_resv_region(phys_addr_t start, size_t length, int prot,
			enum iommu_resv_type type, gfp_t gfp);
#define set_dma_ops(dev, ops) ((void)(dev))
#define iommu_setup_dma_ops(dev, base, limit) ((void)(dev))

/* ---- debugfs --------------------------------------------------------- */

struct dentry;
struct seq_file {
	char *text;
	size_t room;
	size_t used;
};
struct file_operations {
	int (*show)(struct seq_file *seq, void *unused);
};
void seq_printf(struct seq_file *seq, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
void seq_puts(struct seq_file *seq, const char *text);
#define DEFINE_SHOW_ATTRIBUTE(name)                                            \
	static const struct file_operations name##_fops = {                    \
		.show = name##_show,                                           \
	}
struct dentry *debugfs_create_dir(const char *name, struct dentry *parent);
void debugfs_create_file(const char *name, int mode, struct dentry *parent,
			 void *data, const struct file_operations *fops);
void debugfs_remove_recursive(struct dentry *dir);
/* A folder of another module, which a test puts there. */
struct dentry *debugfs_lookup(const char *name, struct dentry *parent);
void dput(struct dentry *dentry);

/* ---- power ----------------------------------------------------------- */

#define NOTIFY_DONE 0
#define PM_HIBERNATION_PREPARE 1
#define PM_POST_HIBERNATION 2
#define PM_RESTORE_PREPARE 5
#define PM_POST_RESTORE 6
struct notifier_block {
	int (*notifier_call)(struct notifier_block *block, unsigned long event,
			     void *data);
};
#define notifier_from_errno(err) (0x8000 | (1 - (err)))
struct syscore_ops {
	int (*suspend)(void *data);
	void (*resume)(void *data);
	void (*shutdown)(void *data);
};
struct syscore {
	const struct syscore_ops *ops;
};
void register_syscore(struct syscore *syscore);
void unregister_syscore(struct syscore *syscore);
int register_pm_notifier(struct notifier_block *block);
int unregister_pm_notifier(struct notifier_block *block);

/* ---- what kernel it is ----------------------------------------------- */

/* struct stub_kernel - what a test says of it */
struct stub_kernel {
	bool not_hyperv;
	bool root;
	bool isolated;
	bool kdump;
	const char *option;
	bool no_efi;
};
extern struct stub_kernel stub_kernel;
extern int no_iommu;
extern int iommu_detected;
extern unsigned long efi_config_table;
#define CONFIG_EFI 1
#define EFI_64BIT 5
#define EFI_CONFIG_TABLES 2
#define EFI_INVALID_TABLE_ADDR (~0ul)
#define efi_enabled(feature) (!stub_kernel.no_efi && (feature))
#define hv_is_hyperv_initialized() (!stub_kernel.not_hyperv)
#define hv_root_partition() (stub_kernel.root)
#define hv_is_isolation_supported() (stub_kernel.isolated)
#define strscpy(to, from, bytes) snprintf(to, bytes, "%s", from)
void cpuid(u32 leaf, u32 *eax, u32 *ebx, u32 *ecx, u32 *edx);
#define is_kdump_kernel() (stub_kernel.kdump)

/* ---- the driver is built in ------------------------------------------ */

struct x86_init_ops {
	struct {
		int (*iommu_init)(void);
	} iommu;
};
extern struct x86_init_ops x86_init;
void hvpt_iommu_detect(void);
void pci_request_acs(void);

/* ---- tracepoints: counted, by name ----------------------------------- */

void stub_trace(const char *name);
unsigned int stub_traced(const char *name);
#define TP_PROTO(...) (__VA_ARGS__)
#define TRACE_EVENT(name, proto, args, ...)                                    \
	static inline void trace_##name proto                                  \
	{                                                                      \
		stub_trace(#name);                                             \
	}                                                                      \
	struct stub_unused

#endif /* HVPT_TEST_LINUX_KERNEL_STUB_H */
