/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#define _GNU_SOURCE
#include "cpu_walk.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "hex.h"

/* Numbers of QEMU's gdb description of a 64-bit processor. */
#define REG_CR0 27u
#define REG_CR3 29u
#define REG_CR4 30u
#define REG_EFER 32u

/* SDM vol. 3A 2.5 and 2.2.1. */
#define CR0_PE (UINT64_C(1) << 0)
#define CR0_ET (UINT64_C(1) << 4)
#define CR0_WP (UINT64_C(1) << 16)
#define CR0_CD_NW (UINT64_C(3) << 29)
#define CR0_PG (UINT64_C(1) << 31)
#define CR4_PAE (UINT64_C(1) << 5)
#define CR4_LA57 (UINT64_C(1) << 12)
#define EFER_LME (UINT64_C(1) << 8)
#define EFER_NXE (UINT64_C(1) << 11)

/* A line of "info tlb" has 46. */
#define LINE_MAX_BYTES 80u

uint64_t cpu_walk_sign_extend(uint64_t va, unsigned levels)
{
	unsigned unused = 64 - (levels == 5 ? 57 : 48);

	return (uint64_t)((int64_t)(va << unused) >> unused);
}

/* SDM vol. 3A 10.8.5: paging is off while the mode is changed. */
void cpu_walk_load(struct qemu *qemu, uint64_t root, unsigned levels)
{
	uint64_t off = CR0_CD_NW | CR0_ET;
	uint64_t on = CR0_PG | CR0_WP | CR0_PE | off;

	qemu_write_register(qemu, REG_CR0, off);
	qemu_write_register(qemu, REG_EFER, EFER_LME | EFER_NXE);
	qemu_write_register(qemu, REG_CR4,
			    CR4_PAE | (levels == 5 ? CR4_LA57 : 0));
	qemu_write_register(qemu, REG_CR3, root);
	qemu_write_register(qemu, REG_CR0, on);
	if (qemu_read_register(qemu, REG_CR3) != root ||
	    !(qemu_read_register(qemu, REG_CR4) & CR4_LA57) != (levels == 4))
		walker_die("the processor does not take its registers");
}

bool cpu_walk_translate(struct qemu *qemu, uint64_t va, uint64_t *pa)
{
	char command[64];
	const char *at;
	char *text;
	bool mapped;

	snprintf(command, sizeof(command), "gva2gpa 0x%" PRIx64, va);
	text = qemu_monitor(qemu, command);
	at = text + 4;
	mapped = strncmp(text, "gpa:", 4) == 0 && hex_read(&at, pa);
	if (!mapped && strncmp(text, "Unmapped", 8) != 0)
		walker_die("gva2gpa: %s", text);
	free(text);
	return mapped;
}

/* "address: physical XGPDACTUW", a dash for each flag that is clear. */
static struct cpu_leaf parse_leaf(const char *line)
{
	struct cpu_leaf leaf;
	const char *flags = line;

	if (!hex_read(&flags, &leaf.va) || *flags++ != ':' ||
	    !hex_read(&flags, &leaf.pa) || *flags++ != ' ' ||
	    strspn(flags, "XGPDACTUW-") != 9 ||
	    (flags[9] && !isspace((unsigned char)flags[9])))
		walker_die("info tlb: %.60s", line);
	leaf.no_execute = flags[0] == 'X';
	leaf.global = flags[1] == 'G';
	leaf.large = flags[2] == 'P';
	leaf.dirty = flags[3] == 'D';
	leaf.accessed = flags[4] == 'A';
	leaf.cache_disable = flags[5] == 'C';
	leaf.write_through = flags[6] == 'T';
	leaf.user = flags[7] == 'U';
	leaf.writable = flags[8] == 'W';
	return leaf;
}

/*
 * One line, taken out of the text: functions of <string.h> may look at all of
 * a string, which is long here. Return: where the next begins.
 */
static const char *take_line(const char *at, char line[LINE_MAX_BYTES])
{
	size_t used = 0;

	for (; *at && *at != '\n'; at++)
		if (*at != '\r' && used < LINE_MAX_BYTES - 1)
			line[used++] = *at;
	line[used] = '\0';
	return *at ? at + 1 : at;
}

static void append(struct cpu_leaf **leaves, size_t count, struct cpu_leaf leaf)
{
	/* Room is doubled at each power of two. */
	if ((count & (count - 1)) == 0) {
		size_t room = count ? 2 * count : 1;

		*leaves = realloc(*leaves, room * sizeof(**leaves));
		if (!*leaves)
			walker_die("out of memory");
	}
	(*leaves)[count] = leaf;
}

size_t cpu_walk_dump(struct qemu *qemu, struct cpu_leaf **leaves)
{
	char *text = qemu_monitor(qemu, "info tlb");
	char line[LINE_MAX_BYTES];
	const char *at = text;
	size_t count = 0;

	*leaves = NULL;
	while (*at) {
		at = take_line(at, line);
		if (line[0])
			append(leaves, count++, parse_leaf(line));
	}
	free(text);
	return count;
}
