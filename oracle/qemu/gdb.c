/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * gdb's remote serial protocol ("Debugging with GDB", appendix E): packets
 * $text#checksum, each acknowledged with a plus. Registers are sent in the
 * target's byte order, as two digits a byte.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "hex.h"
#include "qemu_internal.h"

#define PACKET_MAX 8192

static void send_packet(struct qemu *qemu, const char *text)
{
	char packet[PACKET_MAX];
	unsigned sum = 0;
	const char *at;
	int length;

	for (at = text; *at; at++)
		sum += (unsigned char)*at;
	length = snprintf(packet, sizeof(packet), "$%s#%02x", text, sum & 255u);
	stream_send(&qemu->gdb, packet, (size_t)length);
}

/* Reads one packet, acknowledgements before it passed over. */
static void take_packet(struct qemu *qemu, char text[PACKET_MAX])
{
	size_t used = 0;
	char letter;

	while (stream_byte(&qemu->gdb) != '$')
		;
	while ((letter = stream_byte(&qemu->gdb)) != '#') {
		if (used == PACKET_MAX - 1)
			walker_die("gdb: packet too long");
		text[used++] = letter;
	}
	text[used] = '\0';
	stream_byte(&qemu->gdb); /* the checksum; a socket loses nothing */
	stream_byte(&qemu->gdb);
	stream_send(&qemu->gdb, "+", 1);
}

static void ask(struct qemu *qemu, const char *text, char answer[PACKET_MAX])
{
	send_packet(qemu, text);
	take_packet(qemu, answer);
}

/* Control registers are known only to clients who ask for descriptions. */
void gdb_begin(struct qemu *qemu)
{
	char answer[PACKET_MAX];

	ask(qemu, "qSupported:xmlRegisters=i386", answer);
	ask(qemu, "qXfer:features:read:target.xml:0,ffb", answer);
	if (answer[0] != 'l' && answer[0] != 'm')
		walker_die("gdb: no description of registers: %s", answer);
}

uint64_t qemu_read_register(struct qemu *qemu, unsigned number)
{
	char text[32], answer[PACKET_MAX];
	const char *at = answer;
	uint64_t value;

	snprintf(text, sizeof(text), "p%x", number);
	ask(qemu, text, answer);
	if (strlen(answer) > 16)
		answer[16] = '\0';
	if (!hex_read(&at, &value) || at != answer + 16)
		walker_die("gdb: register %u: %s", number, answer);
	return __builtin_bswap64(value);
}

void qemu_write_register(struct qemu *qemu, unsigned number, uint64_t value)
{
	char text[64], answer[PACKET_MAX];

	snprintf(text, sizeof(text), "P%x=%016" PRIx64, number,
		 __builtin_bswap64(value));
	ask(qemu, text, answer);
	if (strcmp(answer, "OK") != 0)
		walker_die("gdb: register %u: %s", number, answer);
}
