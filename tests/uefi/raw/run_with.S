/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Runs a function on other page tables, with 4 or 5 levels.
 *
 * UINT64 run_with(UINT64 cr3, UINT64 cr4_bits, function, argument)
 *
 * CR4.LA57 can only be changed with paging off, and paging can only be turned
 * off outside 64-bit mode (SDM vol. 3A 4.1.1, 10.8.5): so each switch goes
 * through compatibility mode. Code, stack and tables lie below 4 GiB and are
 * mapped one to one. Interrupts stay off; SMEP and SMAP, for tables whose pages
 * are the user's, and PCIDE are off meanwhile.
 */
	.data
	.p2align 4
segments:
	.quad 0
	.quad 0x00cf9a000000ffff	/* 0x08: code, 32 bits */
	.quad 0x00cf92000000ffff	/* 0x10: data */
	.quad 0x00af9a000000ffff	/* 0x18: code, 64 bits */
segments_end:
	.p2align 4
own_table:
	.word segments_end - segments - 1
	.quad 0
old_table:
	.word 0
	.quad 0

	.text
	.globl run_with
run_with:
	pushq %rbx
	pushq %rbp
	pushq %rdi
	pushq %rsi
	pushq %r12
	pushq %r13
	pushq %r14
	pushq %r15
	pushfq
	cli
	movq %r8, %r12			/* function */
	movq %r9, %r13			/* argument */
	movq %cr3, %r14			/* to come back to */
	movq %cr4, %r15
	movl %cs, %eax
	pushq %rax
	movl %ss, %eax
	pushq %rax
	movl %ds, %eax
	pushq %rax
	movl %es, %eax
	pushq %rax
	sgdt old_table(%rip)
	leaq segments(%rip), %rax
	movq %rax, own_table+2(%rip)
	lgdt own_table(%rip)

	movl %ecx, %ebx			/* new CR3 */
	movl %r15d, %edi		/* new CR4 */
	andl $0xffcdefff, %edi		/* LA57, PCIDE, SMEP, SMAP: off */
	andl $0xfffdffff, %edi
	orl %edx, %edi
	callq change
	movq %r13, %rcx
	movq %rsp, %rbp
	andq $-16, %rsp
	subq $32, %rsp
	callq *%r12
	movq %rbp, %rsp
	movq %rax, %r13			/* what it returned */
	movl %r14d, %ebx
	movl %r15d, %edi
	callq change

	lgdt old_table(%rip)
	popq %rax
	movl %eax, %es
	popq %rax
	movl %eax, %ds
	popq %rax
	movl %eax, %ss
	popq %rax
	leaq back(%rip), %rcx
	pushq %rax
	pushq %rcx
	lretq
back:
	movq %r13, %rax
	popfq
	popq %r15
	popq %r14
	popq %r13
	popq %r12
	popq %rsi
	popq %rdi
	popq %rbp
	popq %rbx
	retq

/* CR3 from EBX, CR4 from EDI. */
change:
	leaq narrow(%rip), %rax
	leaq wide(%rip), %rsi
	pushq $0x08
	pushq %rax
	lretq
	.code32
narrow:
	movl $0x10, %eax
	movl %eax, %ss
	movl %eax, %ds
	movl %eax, %es
	movl %cr0, %eax
	andl $0x7fffffff, %eax
	movl %eax, %cr0
	movl %edi, %cr4
	movl %ebx, %cr3
	orl $0x80000000, %eax
	movl %eax, %cr0
	pushl $0x18
	pushl %esi
	lretl
	.code64
wide:
	retq
