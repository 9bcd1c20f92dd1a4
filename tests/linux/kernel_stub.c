/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include "stub_host.h"

#include <stdlib.h>

bool stub_probing;

unsigned int stub_errors;
unsigned int stub_warnings;
const struct iommu_ops *stub_ops;
struct stub_host stub_host;
struct stub_kernel stub_kernel;
int no_iommu;
int iommu_detected;
struct x86_init_ops x86_init;
unsigned long efi_config_table;

void stub_die(const char *what)
{
	fprintf(stderr, "kernel stub: %s\n", what);
	abort();
}

void stub_print(unsigned int *count, const char *format, ...)
{
	va_list args;

	if (count)
		++*count;
	va_start(args, format);
	vsnprintf(stub_host.said, sizeof(stub_host.said), format, args);
	va_end(args);
}

void stub_warn(const char *format, ...)
{
	va_list args;

	stub_host.warn_lines++;
	va_start(args, format);
	vsnprintf(stub_host.warned, sizeof(stub_host.warned), format, args);
	va_end(args);
	stub_print(NULL, "%s", stub_host.warned);
}

bool stub_is_enabled(const char *option)
{
	return stub_kernel.option && !strcmp(stub_kernel.option, option);
}

void pci_request_acs(void)
{
	stub_host.acs = true;
}

/* ---- tracepoints ----------------------------------------------------- */

void stub_trace(const char *name)
{
	struct stub_event *event = stub_host.event;

	while (event->name && strcmp(event->name, name))
		event++;
	event->name = name;
	event->count++;
}

unsigned int stub_traced(const char *name)
{
	const struct stub_event *event = stub_host.event;

	while (event->name && strcmp(event->name, name))
		event++;
	return event->count;
}

/* ---- locks: one thread, so what is looked at is the order ------------ */

void stub_may_sleep(void)
{
	if (stub_host.spinning || stub_host.irqs_off || stub_host.lent)
		stub_die("sleeps where it must not");
}

unsigned long stub_irq_save(void)
{
	bool off = stub_host.irqs_off;

	stub_host.irqs_off = true;
	return off;
}

void stub_irq_restore(unsigned long flags)
{
	if (!stub_host.irqs_off)
		stub_die("interrupts are enabled twice");
	stub_host.irqs_off = flags;
}

void stub_spin_lock(spinlock_t *lock)
{
	if (lock->held)
		stub_die("a spin lock is taken twice");
	lock->held = true;
	stub_host.spinning++;
	stub_host.locks++;
}

void stub_spin_unlock(spinlock_t *lock)
{
	if (!lock->held)
		stub_die("a spin lock which is not held is given up");
	lock->held = false;
	stub_host.spinning--;
}

void mutex_lock(struct mutex *mutex)
{
	stub_may_sleep();
	if (mutex->held)
		stub_die("a mutex is taken twice");
	mutex->held = true;
}

void mutex_unlock(struct mutex *mutex)
{
	if (!mutex->held)
		stub_die("a mutex which is not held is given up");
	mutex->held = false;
}

/* ---- workers: a test says when, or somebody waits ---------------------- */

bool queue_work(struct workqueue_struct *queue, struct work_struct *work)
{
	(void)queue;
	if (stub_host.work && stub_host.work != work)
		stub_die("work of two domains");
	stub_host.work = work;
	return true;
}

void stub_run_work(void)
{
	struct work_struct *work = stub_host.work;

	stub_may_sleep();
	stub_host.work = NULL;
	if (work)
		work->run(work);
}

bool flush_work(struct work_struct *work)
{
	stub_may_sleep();
	if (stub_host.work != work)
		return false;
	stub_run_work();
	return true;
}

/* ---- memory ---------------------------------------------------------- */

/* Does this allocation fail? */
static bool stub_fails(gfp_t gfp)
{
	if (gfp & GFP_KERNEL)
		stub_may_sleep();
	if (gfp & (__GFP_HIGHMEM | __GFP_DMA | __GFP_DMA32))
		stub_die("a zone was asked for");
	stub_host.allocations++;
	return stub_host.fail_at && --stub_host.fail_at == 0;
}

void *stub_kzalloc(size_t bytes, gfp_t gfp)
{
	return stub_fails(gfp) ? NULL : calloc(1, bytes);
}

void kfree(void *memory)
{
	free(memory);
}

struct page *alloc_pages_node(int node, gfp_t gfp, unsigned int order)
{
	(void)node;
	if (order || !(gfp & __GFP_ZERO))
		stub_die("not one zeroed page");
	if (stub_fails(gfp))
		return NULL;
	if (stub_host.machine)
		return stub_host.machine->alloc();
	return hvpt_hypervisor_page_ops.alloc_page(&stub_host.pages);
}

void cond_resched(void)
{
	if (stub_host.spinning || stub_host.irqs_off)
		stub_die("sleeps with a spinlock held or interrupts off");
	stub_host.rescheds++;
}

void __free_page(struct page *page)
{
	if (stub_host.machine)
		stub_host.machine->free(page);
	else
		hvpt_hypervisor_page_ops.free_page(&stub_host.pages, page);
}

void *stub_va(u64 gpa)
{
	u64 offset = stub_host.machine ? 0 : hvpt_arena_offset(stub_host.arena);

	return (void *)(uintptr_t)(gpa + offset);
}

/* A page may be kept in part. */
#define STUB_PIECE 512u

static enum e820_type stub_type_of(u64 at)
{
	const struct stub_kept *kept = stub_host.kept;

	if (stub_host.machine)
		return stub_host.machine->type_of(round_down(at, PAGE_SIZE));
	for (; kept->end; kept++)
		if (at >= kept->first && at < kept->end)
			return kept->type;
	return hvpt_arena_owns(stub_host.arena, round_down(at, PAGE_SIZE)) ?
		       E820_TYPE_RAM :
		       0;
}

bool e820__mapped_any(u64 start, u64 end, enum e820_type type)
{
	for (; start < end; start += STUB_PIECE)
		if (stub_type_of(start) == type)
			return true;
	return false;
}

/* Only what is outside of the direct map. */
void *memremap(u64 gpa, size_t bytes, unsigned long flags)
{
	stub_may_sleep();
	if (flags != MEMREMAP_WB || !bytes ||
	    e820__mapped_any(round_down(gpa, PAGE_SIZE), gpa + bytes,
			     E820_TYPE_RAM))
		stub_die("memory of Linux is mapped a second time");
	if (stub_fails(GFP_KERNEL))
		return NULL;
	stub_host.remapped++;
	return stub_va(gpa);
}

void memunmap(void *va)
{
	if (!stub_host.remapped--)
		stub_die("what is not mapped is unmapped");
}

unsigned long *bitmap_zalloc(unsigned int bits, gfp_t gfp)
{
	return stub_kzalloc((bits + 63) / 64 * sizeof(long), gfp);
}

void mod_node_page_state(struct pglist_data *node, int counter, long by)
{
	(void)node;
	stub_host.counted[counter] += by;
}

/* ---- devices --------------------------------------------------------- */

int pci_enable_ats(struct pci_dev *pdev, int shift)
{
	if (pdev->ats_enabled || shift != PAGE_SHIFT)
		stub_die("ATS is on already, or of a wrong unit");
	if (pdev->ats_broken)
		return -EINVAL;
	pdev->ats_enabled = true;
	hypervisor_set_ats(stub_host.hv, pdev->id, true);
	return 0;
}

void pci_disable_ats(struct pci_dev *pdev)
{
	if (!pdev->ats_enabled)
		stub_die("ATS is off already");
	pdev->ats_enabled = false;
	hypervisor_set_ats(stub_host.hv, pdev->id, false);
}

int iommu_device_sysfs_add(struct iommu_device *iommu, struct device *parent,
			   const void *groups, const char *name)
{
	(void)iommu, (void)parent, (void)groups, (void)name;
	return stub_fails(GFP_KERNEL) ? -ENOMEM : 0;
}

void iommu_device_sysfs_remove(struct iommu_device *iommu)
{
	(void)iommu;
}

int iommu_device_register(struct iommu_device *iommu,
			  const struct iommu_ops *ops, struct device *hwdev)
{
	(void)iommu, (void)hwdev;
	stub_may_sleep();
	if (stub_fails(GFP_KERNEL))
		return -ENOMEM;
	stub_ops = ops;
	stub_probing = true;
	if (stub_host.on_bus)
		ops->probe_device(&stub_host.on_bus->dev);
	stub_probing = false;
	return 0;
}

void iommu_device_unregister(struct iommu_device *iommu)
{
	(void)iommu;
	stub_ops = NULL;
}

struct pci_dev *stub_next_pci(const struct pci_dev *from)
{
	return from ? NULL : stub_host.on_bus;
}

struct iommu_group *pci_device_group(struct device *dev)
{
	return (struct iommu_group *)dev;
}

struct iommu_resv_region *
iommu_alloc_resv_region(phys_addr_t start, size_t length, int prot,
			enum iommu_resv_type type, gfp_t gfp)
{
	struct iommu_resv_region *region;

	(void)prot;
	region = stub_kzalloc(sizeof(*region), gfp);
	if (region) {
		region->start = start;
		region->length = length;
		region->type = type;
	}
	return region;
}

void iova_bitmap_set(struct iova_bitmap *bitmap, unsigned long iova,
		     size_t length)
{
	(void)bitmap, (void)iova;
	stub_host.dirty_bytes += length;
}

/* ---- debugfs --------------------------------------------------------- */

void seq_printf(struct seq_file *seq, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	seq->used += (size_t)vsnprintf(seq->text + seq->used,
				       seq->room - seq->used, format, args);
	va_end(args);
	if (seq->used >= seq->room)
		stub_die("a file of debugfs is too long for its test");
}

void seq_puts(struct seq_file *seq, const char *text)
{
	seq_printf(seq, "%s", text);
}

struct dentry *debugfs_create_dir(const char *name, struct dentry *parent)
{
	(void)name;
	return parent;
}

void debugfs_create_file(const char *name, int mode, struct dentry *parent,
			 void *data, const struct file_operations *fops)
{
	struct stub_file *file = &stub_host.file[stub_host.files++];

	(void)mode, (void)parent, (void)data;
	file->name = name;
	file->fops = fops;
}

struct dentry *debugfs_lookup(const char *name, struct dentry *parent)
{
	(void)parent;
	if (!stub_host.folder || strcmp(name, stub_host.folder))
		return NULL;
	stub_host.folders_held++;
	return (struct dentry *)(uintptr_t)stub_host.folder;
}

void dput(struct dentry *dentry)
{
	(void)dentry;
	stub_host.folders_held--;
}

void debugfs_remove_recursive(struct dentry *dir)
{
	(void)dir;
	stub_host.files = 0;
}

/* ---- power ----------------------------------------------------------- */

void register_syscore(struct syscore *syscore)
{
	stub_host.syscore = syscore;
}

void unregister_syscore(struct syscore *syscore)
{
	(void)syscore;
	stub_host.syscore = NULL;
}

int register_pm_notifier(struct notifier_block *block)
{
	stub_host.pm = block;
	return 0;
}

int unregister_pm_notifier(struct notifier_block *block)
{
	(void)block;
	stub_host.pm = NULL;
	return 0;
}
