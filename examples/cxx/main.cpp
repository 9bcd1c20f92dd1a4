/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The page tables of one device, from C++17: table pages come from a vector,
 * and the end of the object frees them.
 */
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <iostream>
#include <stdexcept>

#include "hvpt/hvpt.h"

class Tables {
public:
	Tables()
	{
		hvpt_pt_config config = {};

		config.ops = &ops;
		config.page_sizes = HVPT_PAGE_SIZE_4K | HVPT_PAGE_SIZE_2M;
		config.width = 48;
		check(hvpt_pt_init(&pt, &config));
	}

	~Tables()
	{
		hvpt_pt_destroy(&pt);
	}

	Tables(const Tables &) = delete;
	Tables &operator=(const Tables &) = delete;

	void map(std::uint64_t iova, std::uint64_t gpa, std::uint64_t length)
	{
		check(hvpt_pt_map(&pt, hvpt_iova(iova), hvpt_gpa(gpa), length,
				  HVPT_PROT_READ | HVPT_PROT_WRITE, nullptr));
	}

	std::uint64_t translate(std::uint64_t iova) const
	{
		hvpt_mapping seen;

		check(hvpt_pt_lookup(&pt, hvpt_iova(iova), &seen));
		return seen.gpa.value;
	}

private:
	static void check(hvpt_status status)
	{
		if (status != HVPT_OK)
			throw std::runtime_error(hvpt_status_name(status));
	}

	/* A gpa is the address in this process. */
	static void *alloc_page(void *)
	{
		void *page = std::aligned_alloc(4096, 4096);

		return page ? std::memset(page, 0, 4096) : nullptr;
	}

	static void free_page(void *, void *page)
	{
		std::free(page);
	}

	static hvpt_page_ops make_ops()
	{
		hvpt_page_ops made = {};

		made.alloc_page = alloc_page;
		made.free_page = free_page;
		return made;
	}

	static const hvpt_page_ops ops;
	hvpt_pagetable pt;
};

const hvpt_page_ops Tables::ops = Tables::make_ops();

int main()
{
	Tables tables;

	tables.map(0x100000, 0x4000000, 0x8000);
	std::cout << "iova 0x101000 -> gpa 0x" << std::hex
		  << tables.translate(0x101000) << "\n";
	try {
		tables.map(0x100000, 0x4000000, 1);
	} catch (const std::runtime_error &error) {
		std::cout << error.what() << "\n";
	}
	return 0;
}
