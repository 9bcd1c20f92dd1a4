/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The parts of an ELF core that say where guest memory is: elf(5). */
#include <elf.h>
#include <stdlib.h>

#include "memory_file.h"

/* Larger than any header that a dump was seen with. */
#define SEGMENTS_MAX 65536u

static const char *check_header(const Elf64_Ehdr *head)
{
	if (head->e_ident[EI_CLASS] != ELFCLASS64)
		return "a 32-bit ELF file; a dump of a 64-bit guest is needed";
	if (head->e_ident[EI_DATA] != ELFDATA2LSB)
		return "a big-endian ELF file";
	if (head->e_type != ET_CORE)
		return "an ELF file, but not a core";
	if (head->e_phentsize != sizeof(Elf64_Phdr))
		return "an ELF core with program headers of an unknown size";
	return NULL;
}

/* With 65535 headers or more, section 0 has their number. */
static bool count_headers(const struct memory_file *memory,
			  const Elf64_Ehdr *head, size_t *count)
{
	Elf64_Shdr first;

	*count = head->e_phnum;
	if (head->e_phnum != PN_XNUM)
		return true;
	if (head->e_shoff == 0 ||
	    !memory_read_at(memory, head->e_shoff, &first, sizeof(first)))
		return false;
	*count = first.sh_info;
	return true;
}

/* A segment as far as the file has it. */
static void add_segment(struct memory_file *memory, const Elf64_Phdr *header)
{
	struct memory_segment *segment = &memory->segments[memory->count];

	if (header->p_type != PT_LOAD || header->p_filesz == 0)
		return;
	segment->gpa = header->p_paddr;
	segment->offset = header->p_offset;
	segment->bytes = header->p_filesz;
	if (segment->bytes > UINT64_MAX - segment->gpa)
		segment->bytes = UINT64_MAX - segment->gpa;
	if (segment->offset >= memory->file_bytes) {
		memory->cut = true;
		return;
	}
	if (segment->bytes > memory->file_bytes - segment->offset) {
		segment->bytes = memory->file_bytes - segment->offset;
		memory->cut = true;
	}
	memory->count++;
}

static const char *read_headers(struct memory_file *memory,
				const Elf64_Ehdr *head, size_t count)
{
	Elf64_Phdr header;
	size_t i;

	for (i = 0; i < count; i++) {
		if (!memory_read_at(memory, head->e_phoff + i * sizeof(header),
				    &header, sizeof(header)))
			return "an ELF core that ends within its program "
			       "headers";
		add_segment(memory, &header);
	}
	return memory->count ? NULL :
			       "an ELF core without memory: it has no "
			       "PT_LOAD segment, or they are cut off";
}

const char *elf_core_read(struct memory_file *memory)
{
	const char *problem;
	Elf64_Ehdr head;
	size_t count;

	if (!memory_read_at(memory, 0, &head, sizeof(head)))
		return "an ELF file that ends within its header";
	problem = check_header(&head);
	if (problem)
		return problem;
	if (!count_headers(memory, &head, &count))
		return "an ELF core that ends before its section headers";
	if (count > SEGMENTS_MAX)
		return "an ELF core with more than 65536 program headers";
	memory->segments = calloc(count + 1, sizeof(*memory->segments));
	if (!memory->segments)
		return "out of memory";
	return read_headers(memory, &head, count);
}
