/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * kernel.h - what the page tables of Linux need from the kernel, in an ordinary
 * process.
 *
 * Only the names and their meaning are those of the kernel, so that its code
 * compiles. Nothing here was copied from it. bench/compare includes this file
 * before everything else, and replaces each <linux/...> and <asm/...> header by
 * an empty one. Each operation costs what it costs in a distribution's kernel
 * on x86-64: an atomic exchange is one, a DMA barrier only orders the compiler,
 * and a bit search is one instruction.
 */
#ifndef PEERS_KERNEL_H
#define PEERS_KERNEL_H

#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "pool.h"

/* ---- configuration --------------------------------------------------- */

#define CONFIG_64BIT 1
#define CONFIG_SMP 1
#define CONFIG_X86 1
#define CONFIG_IOMMU_PT 1
#define CONFIG_IOMMUFD_DRIVER 1
#define CONFIG_AMD_MEM_ENCRYPT 1

/* 1 for an option that is defined as 1, 0 for any other; also after #if. */
#define PEERS_ON_1 unused, 1
#define PEERS_SECOND(first, second, ...) second
#define PEERS_PICK(...) PEERS_SECOND(__VA_ARGS__, 0, 0)
#define PEERS_ON(value) PEERS_PICK(PEERS_ON_##value)
#define IS_ENABLED(option) PEERS_ON(option)

/* ---- types ----------------------------------------------------------- */

typedef uint8_t u8;
typedef uint16_t u16;
typedef uint32_t u32;
typedef uint64_t u64;
typedef int8_t s8;
typedef int16_t s16;
typedef int32_t s32;
typedef int64_t s64;
typedef uint64_t phys_addr_t;
typedef uint64_t dma_addr_t;
typedef unsigned long pgoff_t;
typedef unsigned int gfp_t;

typedef struct {
	int counter;
} atomic_t;

typedef struct {
	int locked;
} spinlock_t;

#define U8_MAX UINT8_MAX
#define U32_MAX UINT32_MAX
#define U64_MAX UINT64_MAX
#ifndef UINT_MAX
#define UINT_MAX (~0u)
#endif
#ifndef ULONG_MAX
#define ULONG_MAX (~0ul)
#endif

/* ---- the compiler ---------------------------------------------------- */

#undef __always_inline
#define __always_inline inline __attribute__((always_inline))
#define __maybe_unused __attribute__((unused))
#define noinline __attribute__((noinline))
#define likely(x) __builtin_expect(!!(x), 1)
#define unlikely(x) __builtin_expect(!!(x), 0)
#define barrier() __asm__ volatile("" ::: "memory")
#define static_assert(condition, ...) _Static_assert(condition, "in Linux")
#define BUILD_BUG() __builtin_unreachable()
#define PEERS_JOIN(a, b) a##b
#define CONCATENATE(a, b) PEERS_JOIN(a, b)
#define PEERS_TEXT(...) #__VA_ARGS__
#define __stringify(...) PEERS_TEXT(__VA_ARGS__)

#define EXPORT_SYMBOL_GPL(symbol)
#define EXPORT_SYMBOL_NS_GPL(symbol, space)
#define MODULE_DESCRIPTION(text)
#define MODULE_IMPORT_NS(space)
#define MODULE_LICENSE(text)

/* A warning means that this comparison is wrong: stop. */
#define WARN_ON(condition)                                                     \
	({                                                                     \
		bool peers_warn = (condition);                                 \
		if (unlikely(peers_warn))                                      \
			__builtin_trap();                                      \
		peers_warn;                                                    \
	})
#define WARN_ON_ONCE(condition) WARN_ON(condition)

/* ---- arithmetic ------------------------------------------------------ */

#define BITS_PER_LONG 64
#define PAGE_SHIFT 12
#define PAGE_SIZE (1ul << PAGE_SHIFT)
#define BIT(n) (1ul << (n))
#define BIT_ULL(n) (1ull << (n))
#define GENMASK(high, low) ((~0ul << (low)) & (~0ul >> (63 - (high))))
#define GENMASK_ULL(high, low) ((~0ull << (low)) & (~0ull >> (63 - (high))))

#define FIELD_GET(mask, value)                                                 \
	((__typeof__(mask))(((value) & (mask)) / ((mask) & -(mask))))
#define FIELD_PREP(mask, value)                                                \
	(((__typeof__(mask))(value) * ((mask) & -(mask))) & (mask))

#define min(a, b)                                                              \
	({                                                                     \
		__auto_type peers_a = (a);                                     \
		__auto_type peers_b = (b);                                     \
		peers_b < peers_a ? peers_b : peers_a;                         \
	})
#define max(a, b)                                                              \
	({                                                                     \
		__auto_type peers_a = (a);                                     \
		__auto_type peers_b = (b);                                     \
		peers_a < peers_b ? peers_b : peers_a;                         \
	})
#define min_t(type, a, b) min((type)(a), (type)(b))
#define max_t(type, a, b) max((type)(a), (type)(b))

#define check_add_overflow(a, b, sum) __builtin_add_overflow(a, b, sum)

#define container_of(pointer, type, member)                                    \
	((type *)((uintptr_t)(pointer)-offsetof(type, member)))
#define memset_after(object, value, member)                                    \
	do {                                                                   \
		size_t peers_end = offsetof(__typeof__(*(object)), member) +   \
				   sizeof((object)->member);                   \
		memset((char *)(object) + peers_end, value,                    \
		       sizeof(*(object)) - peers_end);                         \
	} while (0)

#define ERR_PTR(error) ((void *)(long)(error))
#define PTR_ERR(pointer) ((long)(pointer))
#define IS_ERR(pointer) ((unsigned long)(pointer) >= (unsigned long)-4095l)

/* The lowest bit set; not for 0. tzcnt if available. */
static __always_inline unsigned long __ffs(unsigned long x)
{
	unsigned long bit;

	__asm__("rep bsf %1, %0" : "=r"(bit) : "r"(x));
	return bit;
}

#define __ffs64(x) __ffs(x)
#define ffz(x) __ffs(~(unsigned long)(x))

/* The highest bit set, from 1 on; 0 for 0. bsr leaves the result then. */
static __always_inline int fls64(u64 x)
{
	long bit = -1;

	__asm__("bsr %1, %0" : "+r"(bit) : "r"(x));
	return (int)bit + 1;
}

static __always_inline int fls(unsigned int x)
{
	return fls64(x);
}

#define ilog2(x) (63 - __builtin_clzll((unsigned long long)(x)))

/* ---- memory ---------------------------------------------------------- */

#define READ_ONCE(x) (*(const volatile __typeof__(x) *)&(x))
#define WRITE_ONCE(x, value) (*(volatile __typeof__(x) *)&(x) = (value))
#define dma_wmb() barrier()
#define smp_mb() __atomic_thread_fence(__ATOMIC_SEQ_CST)

static __always_inline bool peers_exchange(u64 *slot, u64 *seen, u64 value)
{
	return __atomic_compare_exchange_n(slot, seen, value, false,
					   __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST);
}

#define try_cmpxchg64(slot, seen, value) peers_exchange(slot, seen, value)
#define try_cmpxchg64_release(slot, seen, value)                               \
	peers_exchange(slot, seen, value)
#define try_cmpxchg_release(slot, seen, value)                                 \
	__atomic_compare_exchange_n(slot, seen, value, false,                  \
				    __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST)

static __always_inline u64 cmpxchg64(u64 *slot, u64 seen, u64 value)
{
	(void)peers_exchange(slot, &seen, value);
	return seen;
}

/* No other thread runs. */
#define spin_lock_irqsave(lock, flags) ((void)(lock), (flags) = 0)
#define spin_unlock_irqrestore(lock, flags) ((void)(lock), (void)(flags))

/* Memory encryption could be on, as far as the compiler knows; it is off. */
extern u64 peers_encryption;
#define __sme_set(x) ((x) | peers_encryption)
#define __sme_clr(x) ((x) & ~peers_encryption)

#define __va(pa) pool_va(pa)

static __always_inline phys_addr_t virt_to_phys(const volatile void *va)
{
	return (phys_addr_t)(uintptr_t)va - page_offset_base;
}

/* The walker snoops: never called while timed. */
static inline void clflush_cache_range(void *start, unsigned int bytes)
{
	(void)start;
	(void)bytes;
	__builtin_trap();
}

/* ---- lists ----------------------------------------------------------- */

#include "kernel_list.h"

/* ---- pages ----------------------------------------------------------- */

#define GFP_ATOMIC 0x820u
#define GFP_KERNEL 0xcc0u
#define NUMA_NO_NODE (-1)

struct device {
	int nothing;
};

/* The descriptor of a page: pool.h has 64 bytes for each. */
struct folio {
	unsigned long flags;
	struct list_head list;
	unsigned long head; /* bit 0: a tail page; none is one */
};

static __always_inline struct folio *virt_to_folio(const void *va)
{
	unsigned long n = ((unsigned long)va - pool_base) >> PAGE_SHIFT;
	unsigned long info = pool_info + n * POOL_INFO_BYTES;
	unsigned long head = READ_ONCE(((struct folio *)info)->head);

	return (struct folio *)(unlikely(head & 1) ? head - 1 : info);
}

/* ---- IOMMU core ------------------------------------------------------ */

#define IOMMU_READ BIT(0)
#define IOMMU_WRITE BIT(1)
#define IOMMU_CACHE BIT(2)
#define IOMMU_NOEXEC BIT(3)
#define IOMMU_MMIO BIT(4)
#define __IOMMU_DOMAIN_PAGING BIT(0)
#define IOMMU_DIRTY_NO_CLEAR BIT(0)

struct iommu_pages_list {
	struct list_head pages;
};

#define IOMMU_PAGES_LIST_INIT(name)                                            \
	((struct iommu_pages_list){ LIST_HEAD_INIT((name).pages) })

struct iommu_iotlb_gather {
	unsigned long start;
	unsigned long end;
	union {
		size_t pgsize;
		struct {
			u8 leaf_levels_bitmap;
			u8 table_levels_bitmap;
		} pt;
	};
	struct iommu_pages_list freelist;
	bool queued;
};

struct iommu_domain;
struct iova_bitmap;

struct iommu_dirty_bitmap {
	struct iova_bitmap *bitmap;
	struct iommu_iotlb_gather *gather;
};

struct iommu_domain_ops {
	void (*iotlb_sync)(struct iommu_domain *domain,
			   struct iommu_iotlb_gather *gather);
	phys_addr_t (*iova_to_phys)(struct iommu_domain *domain,
				    dma_addr_t iova);
};

struct iommu_domain {
	unsigned int type;
	bool is_iommupt;
	const struct iommu_domain_ops *ops;
	unsigned long pgsize_bitmap;
	struct {
		dma_addr_t aperture_start;
		dma_addr_t aperture_end;
		bool force_aperture;
	} geometry;
};

void iova_bitmap_set(struct iova_bitmap *bitmap, unsigned long iova,
		     size_t bytes);

static inline void iommu_iotlb_gather_init(struct iommu_iotlb_gather *gather)
{
	memset(gather, 0, sizeof(*gather));
	gather->start = ULONG_MAX;
	gather->freelist = IOMMU_PAGES_LIST_INIT(gather->freelist);
}

static inline bool iommu_iotlb_gather_queued(struct iommu_iotlb_gather *gather)
{
	return gather && gather->queued;
}

static inline void
iommu_iotlb_gather_add_range(struct iommu_iotlb_gather *gather,
			     unsigned long iova, size_t bytes)
{
	unsigned long last = iova + bytes - 1;

	if (iova < gather->start)
		gather->start = iova;
	if (last > gather->end)
		gather->end = last;
}

/* Does the range neither touch nor overlap what is there? */
static inline bool
iommu_iotlb_gather_is_disjoint(struct iommu_iotlb_gather *gather,
			       unsigned long iova, size_t bytes)
{
	unsigned long end = iova + bytes;

	if (gather->end == 0)
		return false;
	return end < gather->start || iova > gather->end + 1;
}

static inline void iommu_iotlb_sync(struct iommu_domain *domain,
				    struct iommu_iotlb_gather *gather)
{
	if (domain->ops->iotlb_sync && likely(gather->start < gather->end))
		domain->ops->iotlb_sync(domain, gather);
	iommu_iotlb_gather_init(gather);
}

#endif /* PEERS_KERNEL_H */
