// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * /sys/kernel/debug/hvpt: domains, devices, tables (the mappings), flushes.
 *
 * A reader holds the iommu lock, so no domain is destroyed meanwhile. Mapping
 * continues.
 */
#include "linux_internal.h"

#include <linux/debugfs.h>
#include <linux/seq_file.h>

/* The most mappings shown of one domain. */
#define HVPT_LINUX_SHOWN 4096u

static struct dentry *hvpt_linux_debugfs;

static int domains_show(struct seq_file *seq, void *unused)
{
	struct hvpt_linux_domain *domain;

	mutex_lock(&hvpt_linux.lock);
	list_for_each_entry(domain, &hvpt_linux.domains, link)
		seq_printf(seq, "%u devices %u tables %llu spare %u limbo %u\n",
			   hvpt_domain_id(&domain->core),
			   hvpt_domain_device_count(&domain->core),
			   hvpt_pt_tables(hvpt_domain_pagetable(&domain->core)),
			   READ_ONCE(domain->pool.count),
			   READ_ONCE(domain->limbo.table_count));
	mutex_unlock(&hvpt_linux.lock);
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(domains);

/* In the order of enum hvpt_device_state. */
static const char *const hvpt_linux_states[] = {
	"new", "attached", "detached", "in_doubt", "lost", "parked",
};

static int devices_show(struct seq_file *seq, void *unused)
{
	struct hvpt_linux_device *hdev;
	struct hvpt_domain *domain;

	mutex_lock(&hvpt_linux.lock);
	list_for_each_entry(hdev, &hvpt_linux.devices, link) {
		domain = hvpt_device_domain(&hdev->core);
		seq_printf(seq, "%s id %#llx %s domain %u ats %d\n",
			   hdev->pdev ? pci_name(hdev->pdev) : "(released)",
			   hvpt_device_id(&hdev->core),
			   hvpt_linux_states[hvpt_device_state(&hdev->core)],
			   domain ? hvpt_domain_id(domain) : 0,
			   hvpt_device_has_ats_on(&hdev->core));
	}
	mutex_unlock(&hvpt_linux.lock);
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(devices);

/* struct hvpt_linux_shown - where to print, and how many were printed */
struct hvpt_linux_shown {
	struct seq_file *seq;
	unsigned int count;
};

static bool hvpt_linux_show_leaf(void *ctx, hvpt_iova_t iova,
				 const struct hvpt_mapping *mapping)
{
	struct hvpt_linux_shown *shown = ctx;

	seq_printf(shown->seq, "  %#llx -> %#llx 2^%u r%c%c%c\n", iova.value,
		   mapping->gpa.value, mapping->leaf_lg2,
		   mapping->prot & HVPT_PROT_WRITE ? 'w' : '-',
		   mapping->accessed ? 'a' : '-', mapping->dirty ? 'd' : '-');
	return ++shown->count < HVPT_LINUX_SHOWN;
}

/* The last line has the count, so that a reader sees if the text is whole. */
static void hvpt_linux_show_domain(struct seq_file *seq,
				   struct hvpt_linux_domain *domain)
{
	struct hvpt_pagetable *pt = hvpt_domain_pagetable(&domain->core);
	struct hvpt_linux_shown shown = { .seq = seq };

	seq_printf(seq, "domain %u last %#llx\n", hvpt_domain_id(&domain->core),
		   domain->iodom.geometry.aperture_end);
	hvpt_linux_visit_begin(domain);
	if (hvpt_pt_visit(pt, NULL, hvpt_linux_show_leaf, &shown) ==
	    HVPT_ERR_STOPPED)
		seq_puts(seq, "  ...\n");
	hvpt_linux_visit_end(domain);
	seq_printf(seq, "end %u\n", shown.count);
}

static int tables_show(struct seq_file *seq, void *unused)
{
	struct hvpt_linux_domain *domain;

	mutex_lock(&hvpt_linux.lock);
	list_for_each_entry(domain, &hvpt_linux.domains, link)
		hvpt_linux_show_domain(seq, domain);
	mutex_unlock(&hvpt_linux.lock);
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(tables);

/* In the order of struct hvpt_iommu_stats. */
static const char *const hvpt_linux_calls[HVPT_CALLS] = {
	"create", "attach",	"detach",	"delete",   "configure",
	"flush",  "flush_list", "capabilities", "property",
};

static int flushes_show(struct seq_file *seq, void *unused)
{
	struct hvpt_iommu_stats stats;
	unsigned int i;

	hvpt_linux_read_stats(&stats);
	seq_printf(seq, "range_flushes %llu\n", stats.list_flushes);
	seq_printf(seq, "descriptors %llu\n", stats.descriptors);
	seq_printf(seq, "full_flushes %llu\n", stats.full_flushes);
	seq_printf(seq, "fallbacks %llu\n", stats.fallbacks);
	seq_printf(seq, "combined %llu\n", stats.combined);
	seq_printf(seq, "fallback_status %#llx\n", stats.fallback_status);
	seq_printf(seq, "ranges_given_up %u\n", stats.list_given_up != 0);
	seq_printf(seq, "failed_flushes %lld\n",
		   atomic64_read(&hvpt_linux.failed_flushes));
	for (i = 0; i < HVPT_CALLS; i++)
		seq_printf(seq, "refused_%s %llu\n", hvpt_linux_calls[i],
			   stats.failures[i]);
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(flushes);

void hvpt_linux_debugfs_init(void)
{
	struct dentry *dir = debugfs_create_dir(HVPT_LINUX_NAME, NULL);

	hvpt_linux_debugfs = dir;
	debugfs_create_file("domains", 0400, dir, NULL, &domains_fops);
	debugfs_create_file("devices", 0400, dir, NULL, &devices_fops);
	debugfs_create_file("tables", 0400, dir, NULL, &tables_fops);
	debugfs_create_file("flushes", 0400, dir, NULL, &flushes_fops);
}

void hvpt_linux_debugfs_exit(void)
{
	debugfs_remove_recursive(hvpt_linux_debugfs);
}
