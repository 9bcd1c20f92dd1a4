/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * From the start of an x86-64 machine to C, in a hypervisor that boots PVH
 * images (QEMU -kernel): 32-bit mode without paging, flat segments.
 */
#define NOTE_PHYS32_ENTRY 18	/* Xen, public/elfnote.h */
#define MSR_EFER 0xc0000080	/* SDM vol. 4 table 2-2 */
#define EFER_LME (1 << 8)
#define CR0_PG (1 << 31)
#define CR4_PAE (1 << 5)
#define PRESENT_WRITE 3
#define LARGE (1 << 7)

	.section .note.pvh, "a", @note
	.balign 4
	.long 4, 8, NOTE_PHYS32_ENTRY
	.asciz "Xen"
	.quad start

	.text
	.code32
	.globl start
start:
	mov $stack_end, %esp
	/* Map the first GiB to itself, in 2 MiB pages. */
	movl $pdpt + PRESENT_WRITE, pml4
	movl $pd + PRESENT_WRITE, pdpt
	mov $pd, %edi
	mov $PRESENT_WRITE | LARGE, %eax
	mov $512, %ecx
1:	mov %eax, (%edi)
	add $0x200000, %eax
	add $8, %edi
	loop 1b

	mov $CR4_PAE, %eax
	mov %eax, %cr4
	mov $pml4, %eax
	mov %eax, %cr3
	mov $MSR_EFER, %ecx
	rdmsr
	or $EFER_LME, %eax
	wrmsr
	mov %cr0, %eax
	or $CR0_PG, %eax
	mov %eax, %cr0
	lgdt gdt_pointer
	ljmp $8, $start64

	.code64
start64:
	xor %eax, %eax
	mov %eax, %ds
	mov %eax, %es
	mov %eax, %ss
	call bare_metal_main
	/* isa-debug-exit: QEMU ends with twice this, plus 1. */
	outl %eax, $0xf4
2:	hlt
	jmp 2b

	.section .rodata
	.balign 8
gdt:
	.quad 0
	.quad 0x00af9a000000ffff	/* 64-bit code */
gdt_pointer:
	.word . - gdt - 1
	.quad gdt

	.bss
	.balign 4096
pml4:	.skip 4096
pdpt:	.skip 4096
pd:	.skip 4096
	.skip 16384
stack_end:

	.section .note.GNU-stack, "", @progbits
