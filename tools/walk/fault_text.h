/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * fault_text.h - what somebody pastes about a refused DMA: the hypervisor's
 * message in hexadecimal, or a line of the kernel about it.
 *
 * The lines are those of adapters/linux/fault.c, with anything before them:
 *
 *	[   12.345678] hvpt_iommu: 0000:00:04.0: write refused, iova
 *	    0xfffbd000, TRANSLATION: HVPT_REASON_NOT_PRESENT, entry 0
 *	... hvpt_fault: device=0x66558f70 iova=0xfffbd000 type=0 access=1
 *	    reason=1
 */
#ifndef TOOLS_WALK_FAULT_TEXT_H
#define TOOLS_WALK_FAULT_TEXT_H

#include <stddef.h>

#include "hvpt/fault.h"

/* The longest line; a message has at most 256 bytes, each of 3 characters. */
#define FAULT_TEXT_MAX 1024u

/**
 * struct fault_text - a refused DMA
 * @fault: what was refused
 * @device: its name, in a line of the log; "" if the device id is known
 * @type: of the fault in a line of the log; "" if its number is known
 * @then: why, as the kernel saw it then; "" with a message
 * @entry: with @then in a line of the log: the entry that decided
 * @has_entry: there is one
 */
struct fault_text {
	struct hvpt_iommu_fault fault;
	char device[64];
	char type[32];
	char then[48];
	uint64_t entry;
	bool has_entry;
};

/**
 * fault_text_read() - reads a message or a line
 * @text: all words, with a space between them
 *
 * Return: false after a message to people.
 */
bool fault_text_read(struct fault_text *fault, const char *text);

#endif /* TOOLS_WALK_FAULT_TEXT_H */
