// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * hvpt_bench - what DMA calls cost, in instructions, split into the driver
 * core, the tables and the flushes. bench/guest runs it.
 *
 * No driver may be bound to the device at SLOT of bus 0, or vfio-pci.
 */
#include "bench_module.h"

#include <linux/completion.h>
#include <linux/dma-mapping.h>
#include <linux/kthread.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/sort.h>

#include <asm/msr.h>

/* The place of edu in tests/guest/guest.py. */
#define BENCH_SLOT 7
#define BENCH_CPUS 2

/*
 * A batch is twice what the queue of lazy flushes holds for a processor. The
 * mean of the middle half of the batches counts: now and then the kernel does
 * something else, and lazy mode takes other addresses each time.
 */
#define BENCH_BATCHES 16
#define BENCH_BATCH 512

static struct pci_dev *bench_device;
static DEFINE_MUTEX(bench_lock); /* all below */
static char bench_result[160];

/* ---- threads ----------------------------------------------------------- */

/**
 * struct bench_race - threads that run a batch at the same time
 * @waiting: threads that are not there yet
 * @running: threads that have not ended yet
 * @begin: when the last of them was there
 * @end: when the last of them ended
 * @done: all have ended
 */
struct bench_race {
	atomic_t waiting;
	atomic_t running;
	u64 begin;
	u64 end;
	struct completion done;
};

struct bench_thread {
	const struct bench_row *row;
	struct bench_memory *memory;
	struct bench_race *race;
	struct task_struct *task;
	int err;
};

static void bench_batch(struct bench_thread *thread)
{
	unsigned int i;

	for (i = 0; i < BENCH_BATCH && !thread->err; i++)
		thread->err = thread->row->once(thread->memory);
}

static int bench_thread_run(void *arg)
{
	struct bench_thread *thread = arg;
	struct bench_race *race = thread->race;

	if (atomic_dec_and_test(&race->waiting))
		race->begin = rdtsc();
	while (atomic_read(&race->waiting))
		cond_resched();
	bench_batch(thread);
	if (atomic_dec_and_test(&race->running)) {
		race->end = rdtsc();
		complete(&race->done);
	}
	return 0;
}

/* All or none. */
static int bench_create(struct bench_thread *thread, unsigned int cpus)
{
	unsigned int i;

	for (i = 0; i < cpus; i++) {
		thread[i].task = kthread_create_on_cpu(
			bench_thread_run, &thread[i], i, "hvpt_bench/%u");
		if (!IS_ERR(thread[i].task))
			continue;
		while (i-- > 0)
			kthread_stop(thread[i].task);
		return -ENOMEM;
	}
	return 0;
}

static int bench_race_once(struct bench_thread *thread, unsigned int cpus,
			   u64 *spent)
{
	struct bench_race race = {
		.waiting = ATOMIC_INIT(cpus),
		.running = ATOMIC_INIT(cpus),
	};
	unsigned int i;
	int err = bench_create(thread, cpus);

	if (err)
		return err;
	init_completion(&race.done);
	for (i = 0; i < cpus; i++) {
		thread[i].race = &race;
		wake_up_process(thread[i].task);
	}
	wait_for_completion(&race.done);
	for (i = 0; i < cpus; i++)
		err = err ?: thread[i].err;
	*spent = race.end - race.begin;
	return err;
}

/* ---- a row ------------------------------------------------------------- */

struct bench_batch {
	u64 spent;
	struct bench_counts counts;
};

static int bench_compare(const void *one, const void *other)
{
	u64 a = ((const struct bench_batch *)one)->spent;
	u64 b = ((const struct bench_batch *)other)->spent;

	return a < b ? -1 : a > b;
}

/* Of the middle half of the batches. */
static void bench_sum(struct bench_batch *batch, struct bench_batch *sum)
{
	unsigned int i, part;

	sort(batch, BENCH_BATCHES, sizeof(*batch), bench_compare, NULL);
	memset(sum, 0, sizeof(*sum));
	for (i = BENCH_BATCHES / 4; i < BENCH_BATCHES / 4 * 3; i++) {
		sum->spent += batch[i].spent;
		for (part = 0; part < BENCH_PARTS; part++) {
			sum->counts.part[part] += batch[i].counts.part[part];
			sum->counts.calls[part] += batch[i].counts.calls[part];
		}
	}
}

static int bench_time(struct bench_thread *thread, unsigned int cpus,
		      struct bench_batch *sum)
{
	struct bench_batch *batch;
	unsigned int i;
	int err;

	batch = kcalloc(BENCH_BATCHES, sizeof(*batch), GFP_KERNEL);
	if (!batch)
		return -ENOMEM;
	/* The first of all, to fill what the kernel keeps. */
	err = bench_race_once(thread, cpus, &batch[0].spent);
	for (i = 0; i < BENCH_BATCHES && !err; i++) {
		bench_counts_clear();
		err = bench_race_once(thread, cpus, &batch[i].spent);
		bench_counts_read(&batch[i].counts);
	}
	if (!err)
		bench_sum(batch, sum);
	kfree(batch);
	return err;
}

/* First what the caller sees, without hooks; then the parts of it. */
static int bench_row(const struct bench_row *row, struct bench_memory *memory,
		     unsigned int cpus)
{
	struct bench_thread thread[BENCH_CPUS] = {
		{ .row = row, .memory = &memory[0] },
		{ .row = row, .memory = &memory[1] },
	};
	struct bench_batch all, hooked;
	int err = bench_time(thread, cpus, &all);

	if (!err)
		err = bench_hooks_put(bench_device);
	if (err)
		return err;
	err = bench_time(thread, cpus, &hooked);
	bench_hooks_take_away();
	if (err)
		return err;
	scnprintf(bench_result, sizeof(bench_result),
		  "%s %u %u %llu %llu %llu %llu %llu\n", row->name, cpus,
		  cpus * BENCH_BATCH * (BENCH_BATCHES / 2), all.spent,
		  hooked.counts.part[BENCH_TABLE],
		  hooked.counts.calls[BENCH_TABLE],
		  hooked.counts.part[BENCH_FLUSH],
		  hooked.counts.calls[BENCH_FLUSH]);
	return 0;
}

static int bench_run(const struct bench_row *row, unsigned int cpus)
{
	struct bench_memory memory[BENCH_CPUS] = {};
	unsigned int i;
	int err = 0;

	for (i = 0; i < BENCH_CPUS && !err; i++)
		err = bench_memory_open(&memory[i], bench_device);
	if (!err)
		err = bench_row(row, memory, cpus);
	while (i-- > 0)
		bench_memory_close(&memory[i]);
	return err;
}

/* ---- parameters -------------------------------------------------------- */

/*
 * Writing "ROW CPUS" runs it, on the first CPUS processors. Reading returns
 *	ROW CPUS OPERATIONS INSTRUCTIONS OF-TABLES CALLS OF-FLUSHES CALLS
 */
static int bench_run_set(const char *value, const struct kernel_param *param)
{
	const struct bench_row *row;
	unsigned int cpus;
	char name[16];
	int err;

	if (sscanf(value, "%15s %u", name, &cpus) != 2 || !cpus ||
	    cpus > BENCH_CPUS)
		return -EINVAL;
	row = bench_row_find(name);
	if (!row)
		return -ENOENT;
	mutex_lock(&bench_lock);
	bench_result[0] = '\0';
	err = bench_run(row, cpus);
	mutex_unlock(&bench_lock);
	return err;
}

static int bench_run_get(char *buffer, const struct kernel_param *param)
{
	int count;

	mutex_lock(&bench_lock);
	count = sysfs_emit(buffer, "%s", bench_result);
	mutex_unlock(&bench_lock);
	return count;
}

static const struct kernel_param_ops bench_run_ops = {
	.set = bench_run_set,
	.get = bench_run_get,
};
module_param_cb(run, &bench_run_ops, NULL, 0600);

/*
 * For a program of user space: writing 1 puts the hooks on and clears the
 * counts, writing 0 takes them away.
 */
static int bench_hooks_set(const char *value, const struct kernel_param *param)
{
	bool on;
	int err = kstrtobool(value, &on);

	if (err)
		return err;
	mutex_lock(&bench_lock);
	bench_hooks_take_away();
	bench_counts_clear();
	if (on)
		err = bench_hooks_put(bench_device);
	mutex_unlock(&bench_lock);
	return err;
}

static const struct kernel_param_ops bench_hooks_ops = {
	.set = bench_hooks_set,
};
module_param_cb(hooks, &bench_hooks_ops, NULL, 0200);

/* OF-TABLES CALLS OF-FLUSHES CALLS */
static int bench_counts_get(char *buffer, const struct kernel_param *param)
{
	struct bench_counts counts;

	bench_counts_read(&counts);
	return sysfs_emit(buffer, "%llu %llu %llu %llu\n",
			  counts.part[BENCH_TABLE], counts.calls[BENCH_TABLE],
			  counts.part[BENCH_FLUSH], counts.calls[BENCH_FLUSH]);
}

static const struct kernel_param_ops bench_counts_ops = {
	.get = bench_counts_get,
};
module_param_cb(counts, &bench_counts_ops, NULL, 0400);

/* ---- life -------------------------------------------------------------- */

static int __init bench_init(void)
{
	bench_device = pci_get_domain_bus_and_slot(0, 0,
						   PCI_DEVFN(BENCH_SLOT, 0));
	if (!bench_device)
		return -ENODEV;
	bench_hooks_open();
	return dma_set_mask_and_coherent(&bench_device->dev, DMA_BIT_MASK(64));
}
module_init(bench_init);

static void __exit bench_exit(void)
{
	bench_hooks_take_away();
	pci_dev_put(bench_device);
}
module_exit(bench_exit);

MODULE_DESCRIPTION("counts the instructions of DMA calls, for bench/guest");
MODULE_LICENSE("Dual BSD/GPL");
