/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * domain_owners.c - several kernels in sequence over one hypervisor.
 *
 * The model hypervisor judges: DMA of a device that the kernel of now has
 * attached may not go through tables of another one.
 */
#include "domain_world.h"
#include "fuzz.h"

#include <string.h>

/* Are there ids for so many domains more? */
static bool has_ids_for(const struct dw *dw, size_t more)
{
	uint32_t all = dw->config.ids.last - dw->config.ids.first + 1;

	return dw->config.ids.first == 0 ||
	       all >= dw->spent + DW_OWN_DOMAINS + more + 2;
}

static void touch(struct dw *dw, uint64_t iova)
{
	struct hypervisor_dma seen;
	unsigned d;

	memset(&seen, 0, sizeof(seen));
	for (d = 0; d < DW_DEVICES; d++)
		hypervisor_dma(dw->hv, dw_device_id(d), iova, false, &seen);
}

static void ats_off_everywhere(struct dw *dw)
{
	unsigned d;

	for (d = 0; d < DW_DEVICES; d++)
		hypervisor_set_ats(dw->hv, dw_device_id(d), false);
}

/* ---- kexec ----------------------------------------------------------- */

/* The first kernel is gone, and its tables are nobody's. */
static void die_running(struct dw *dw)
{
	unsigned n;

	for (n = 0; n < DW_DOMAINS; n++) {
		hvpt_model_destroy(dw->model[n]);
		dw->model[n] = NULL;
	}
	dw->leaked = hvpt_arena_in_use(dw->arena);
	dw->spent += (uint32_t)hypervisor_domains(dw->hv);
	hypervisor_new_owner(dw->hv);
}

static void take_devices(struct dw *dw)
{
	unsigned d;

	for (d = 0; d < DW_DEVICES; d++)
		FUZZ_CHECK(hvpt_device_probe(&dw->device[d], &dw->iommu,
					     dw_device_id(d), true) == HVPT_OK,
			   "probe of a device somebody left");
	FUZZ_CHECK(hvpt_iommu_takeover(&dw->iommu) == HVPT_OK, "takeover");
	for (d = 0; d < DW_DEVICES; d++)
		dw->where[d] = DW_DOMAINS + 1;
}

void dw_kexec(struct dw *dw)
{
	enum hvpt_status status;
	unsigned n;

	if (!has_ids_for(dw, hypervisor_domains(dw->hv)))
		return;
	dw_disarm(dw);
	die_running(dw);
	touch(dw, dw->base);
	ats_off_everywhere(dw);
	status = hvpt_iommu_init(&dw->iommu, &dw->config);
	FUZZ_CHECK(status == HVPT_OK, hvpt_status_name(status));
	touch(dw, dw->base);
	take_devices(dw);
	touch(dw, dw->base);
	for (n = 0; n < DW_DOMAINS; n++)
		dw_make_domain(dw, n);
	dw_count_orphans(dw);
	for (n = 0; n < DW_DEVICES; n++)
		FUZZ_CHECK(dw_attach(dw, n, n) == HVPT_OK, "attach");
	touch(dw, dw->base);
}

/* ---- a restored image ------------------------------------------------ */

/* The kernel which loads the image: its domains have the image's ids. */
struct boot {
	struct hvpt_iommu iommu;
	struct hvpt_domain domain[DW_DOMAINS];
	struct hvpt_device device[DW_DEVICES];
};

static void boot_domain(struct dw *dw, struct boot *boot, unsigned n)
{
	FUZZ_CHECK(hvpt_domain_init(&boot->domain[n], &boot->iommu,
				    &dw->domain_config) == HVPT_OK,
		   "a domain of the kernel which loads");
	FUZZ_CHECK(hvpt_domain_map(&boot->domain[n], hvpt_iova(dw->base),
				   hvpt_gpa(0), DW_LARGE, HVPT_PROT_MASK,
				   NULL) == HVPT_OK,
		   "its map");
}

static void boot_device(struct boot *boot, unsigned d)
{
	FUZZ_CHECK(hvpt_device_probe(&boot->device[d], &boot->iommu,
				     dw_device_id(d), false) == HVPT_OK,
		   "a device of the kernel which loads");
	FUZZ_CHECK(hvpt_device_attach(&boot->device[d],
				      &boot->domain[d % DW_DOMAINS]) == HVPT_OK,
		   "its attach");
}

static void load_image(struct dw *dw)
{
	static struct boot boot;
	unsigned n;

	FUZZ_CHECK(hvpt_iommu_init(&boot.iommu, &dw->config) == HVPT_OK,
		   "the kernel which loads");
	for (n = 0; n < DW_DOMAINS; n++)
		boot_domain(dw, &boot, n);
	for (n = 0; n < DW_DEVICES; n++)
		boot_device(&boot, n);
	touch(dw, dw->base);
}

void dw_restore(struct dw *dw)
{
	enum hvpt_status status;
	size_t pages;
	unsigned n;

	if (!has_ids_for(dw, DW_OWN_DOMAINS))
		return;
	dw_disarm(dw);
	for (n = 0; n < DW_DOMAINS; n++)
		dw_must_sync(dw, n);
	pages = hvpt_arena_in_use(dw->arena);
	hypervisor_lose_state(dw->hv);
	ats_off_everywhere(dw);
	load_image(dw);
	dw->leaked += hvpt_arena_in_use(dw->arena) - pages;
	hypervisor_new_owner(dw->hv);
	status = hvpt_iommu_resume(&dw->iommu, false);
	FUZZ_CHECK(status == HVPT_OK, hvpt_status_name(status));
	dw->resumed = true;
	dw->spent += DW_OWN_DOMAINS;
	dw_count_orphans(dw);
	for (n = 0; n < DW_DEVICES; n++)
		if (dw->where[n] == DW_NOWHERE)
			dw->where[n] = DW_DOMAINS + 1;
	touch(dw, dw->base);
}
