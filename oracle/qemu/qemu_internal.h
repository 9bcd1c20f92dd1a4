/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * qemu_internal.h - what the files that talk to a QEMU share.
 */
#ifndef ORACLE_QEMU_QEMU_INTERNAL_H
#define ORACLE_QEMU_QEMU_INTERNAL_H

#include <sys/types.h>

#include "qemu.h"
#include "stream.h"

/* Commands sent before an answer is read: few enough for socket buffers. */
#define QTEST_BATCH 64u

/**
 * struct qemu - one that runs
 * @qtest: registers, of the machine with the VT-d
 * @monitor: QMP, of the machine with the processor
 * @gdb: its gdb stub
 * @posted: commands in @batch and on their way, not answered yet
 * @batch_used: bytes of @batch not sent yet
 */
struct qemu {
	pid_t pid;
	struct stream qtest;
	struct stream monitor;
	struct stream gdb;
	unsigned posted;
	size_t batch_used;
	char batch[QTEST_BATCH * 64u];
};

/** Says hello, so that commands are taken. */
void monitor_begin(struct qemu *qemu);
void gdb_begin(struct qemu *qemu);

#endif /* ORACLE_QEMU_QEMU_INTERNAL_H */
