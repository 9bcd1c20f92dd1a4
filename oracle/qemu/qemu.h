/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * qemu.h - start a QEMU whose memory we share, and talk to it.
 *
 * Two kinds are started. One has no processor that runs (-accel qtest): an
 * emulated VT-d and PCI devices, driven register by register. The other has a
 * paused processor whose page walker is asked through the monitor. Neither
 * runs guest code. Neither changes the file system; both end with this process.
 *
 * A QEMU that ends, closes a socket or answers what is not understood is a
 * case for walker_die(); qemu_stop() is still to be called.
 */
#ifndef ORACLE_QEMU_QEMU_H
#define ORACLE_QEMU_QEMU_H

#include <stdint.h>

#include "guest_ram.h"

struct qemu;

enum qemu_source {
	QEMU_FETCHED = 0, /* by scripts/get-qemu */
	QEMU_SYSTEM = 1,  /* the first on PATH */
};

/**
 * qemu_find() - the program to start
 *
 * HVPT_QEMU in the environment names one to be used for both; set but empty
 * it says that there is none. Return: a path; NULL when there is none.
 */
const char *qemu_find(enum qemu_source source);

/**
 * qemu_start_vtd() - the machine with the VT-d
 * @program: 11 or later
 *
 * Return: NULL when it ends, or says nothing, before its first answer.
 */
struct qemu *qemu_start_vtd(const char *program, const struct guest_ram *ram);

/** The same with the paused processor, any version. */
struct qemu *qemu_start_cpu(const char *program, const struct guest_ram *ram);

/** @qemu may be NULL. */
void qemu_stop(struct qemu *qemu);

/* ---- qtest: registers and ports, for the machine with the VT-d -------- */

/**
 * qtest_post() - send one command, without waiting
 *
 * In order with all others. Effects are there once a later qtest_ask() or
 * qtest_drain() returns.
 */
void qtest_post(struct qemu *qemu, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/** Sends one command. Return: the number in its answer. */
uint64_t qtest_ask(struct qemu *qemu, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/** Returns when everything posted is done. */
void qtest_drain(struct qemu *qemu);

void qtest_write32(struct qemu *qemu, uint64_t address, uint32_t value);
void qtest_write64(struct qemu *qemu, uint64_t address, uint64_t value);
uint32_t qtest_read32(struct qemu *qemu, uint64_t address);
uint64_t qtest_read64(struct qemu *qemu, uint64_t address);

/* ---- monitor and gdb stub, for the machine with the processor --------- */

/** Runs a monitor command for people. Return: its text, to be freed. */
char *qemu_monitor(struct qemu *qemu, const char *command);

/** Registers by gdb's number of them. */
uint64_t qemu_read_register(struct qemu *qemu, unsigned number);
void qemu_write_register(struct qemu *qemu, unsigned number, uint64_t value);

#endif /* ORACLE_QEMU_QEMU_H */
