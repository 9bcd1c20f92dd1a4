/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The driver, inside the program which starts it. */
	.section .rdata,"dr"
	.globl driver_image
	.globl driver_image_end
	.p2align 4
driver_image:
	.incbin HVPT_RAW_IMAGE
driver_image_end:
	.byte 0
