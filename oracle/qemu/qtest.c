/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * QEMU's qtest protocol (its docs/devel/testing/qtest): one line for a
 * command, one for its answer, in order. "OK", perhaps with a number, or
 * "FAIL" or "ERR" with a reason. Lines with "IRQ" come whenever they like.
 */
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "qemu_internal.h"

static void send_batch(struct qemu *qemu)
{
	if (qemu->batch_used == 0)
		return;
	stream_send(&qemu->qtest, qemu->batch, qemu->batch_used);
	qemu->batch_used = 0;
}

static const char *one_answer(struct qemu *qemu)
{
	const char *line;

	do
		line = stream_line(&qemu->qtest);
	while (strncmp(line, "IRQ", 3) == 0);
	if (strncmp(line, "OK", 2) != 0)
		walker_die("qtest: %s", line);
	qemu->posted--;
	return line + 2;
}

void qtest_drain(struct qemu *qemu)
{
	send_batch(qemu);
	while (qemu->posted > 0)
		one_answer(qemu);
}

static void post(struct qemu *qemu, const char *format, va_list arguments)
{
	char *text;
	size_t room;
	int length;

	if (qemu->posted == QTEST_BATCH)
		qtest_drain(qemu);
	text = qemu->batch + qemu->batch_used;
	room = sizeof(qemu->batch) - qemu->batch_used;
	length = vsnprintf(text, room, format, arguments);
	if (length < 0 || (size_t)length + 1 >= room)
		walker_die("qtest: command too long");
	text[length] = '\n';
	qemu->batch_used += (size_t)length + 1;
	qemu->posted++;
}

void qtest_post(struct qemu *qemu, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	post(qemu, format, arguments);
	va_end(arguments);
}

uint64_t qtest_ask(struct qemu *qemu, const char *format, ...)
{
	const char *answer = "";
	va_list arguments;

	va_start(arguments, format);
	post(qemu, format, arguments);
	va_end(arguments);
	send_batch(qemu);
	while (qemu->posted > 0)
		answer = one_answer(qemu);
	return strtoull(answer, NULL, 0);
}

void qtest_write32(struct qemu *qemu, uint64_t address, uint32_t value)
{
	qtest_post(qemu, "writel 0x%" PRIx64 " 0x%" PRIx32, address, value);
}

void qtest_write64(struct qemu *qemu, uint64_t address, uint64_t value)
{
	qtest_post(qemu, "writeq 0x%" PRIx64 " 0x%" PRIx64, address, value);
}

uint32_t qtest_read32(struct qemu *qemu, uint64_t address)
{
	return (uint32_t)qtest_ask(qemu, "readl 0x%" PRIx64, address);
}

uint64_t qtest_read64(struct qemu *qemu, uint64_t address)
{
	return qtest_ask(qemu, "readq 0x%" PRIx64, address);
}
