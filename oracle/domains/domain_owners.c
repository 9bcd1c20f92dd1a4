/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * domain_owners.c - several kernels in sequence over one hypervisor.
 *
 * The model hypervisor checks that DMA of a device that the present kernel has
 * attached does not go through tables of another one.
 */
#include "domain_fixture.h"

#include <string.h>

static void touch(struct domain_fixture *df, uint64_t iova)
{
	struct hypervisor_dma seen;
	unsigned d;

	memset(&seen, 0, sizeof(seen));
	for (d = 0; d < df->devices; d++)
		hypervisor_dma(df->hv, df_device_id(d), iova, false, &seen);
}

static void ats_off_everywhere(struct domain_fixture *df)
{
	unsigned d;

	for (d = 0; d < df->devices; d++)
		hypervisor_set_ats(df->hv, df_device_id(d), false);
}

/* ---- kexec ----------------------------------------------------------- */

/* The first kernel is gone, and its tables are nobody's. */
static void die_running(struct domain_fixture *df)
{
	unsigned n;

	for (n = 0; n < df->domains; n++)
		df_forget_domain(df, n);
	df->leaked = hvpt_arena_in_use(df->arena);
	df->spent += (uint32_t)hypervisor_domains(df->hv);
	hypervisor_new_owner(df->hv);
}

static void take_devices(struct domain_fixture *df)
{
	unsigned d;

	for (d = 0; d < df->devices; d++)
		DF_CHECK_OK(df, hvpt_device_probe(&df->device[d], &df->iommu,
						  df_device_id(d), true));
	DF_CHECK_OK(df, hvpt_iommu_takeover(&df->iommu));
	for (d = 0; d < df->devices; d++)
		df->where[d] = df_blocked(df);
}

void df_kexec(struct domain_fixture *df)
{
	enum hvpt_status status;
	unsigned n;

	if (!df_has_ids(df, hypervisor_domains(df->hv)))
		return;
	df_disarm(df);
	die_running(df);
	touch(df, df->base);
	ats_off_everywhere(df);
	status = hvpt_iommu_init(&df->iommu, &df->config);
	DF_CHECK_OK(df, status);
	touch(df, df->base);
	take_devices(df);
	touch(df, df->base);
	for (n = 0; n < df->domains; n++)
		df_make_domain(df, n);
	df_count_orphans(df);
	for (n = 0; n < df->devices; n++)
		DF_CHECK_OK(df, df_attach(df, n, n % df->domains));
	touch(df, df->base);
}

/* ---- a restored image ------------------------------------------------ */

/* The kernel that loads the image: its domains have the image's ids. */
struct boot {
	struct hvpt_iommu iommu;
	struct hvpt_domain domain[DF_DOMAINS];
	struct hvpt_device device[DF_DEVICES];
};

static void boot_domain(struct domain_fixture *df, struct boot *boot,
			unsigned n)
{
	DF_CHECK_OK(df, hvpt_domain_init(&boot->domain[n], &boot->iommu,
					 &df->domain_config));
	DF_CHECK_OK(df, hvpt_domain_map(&boot->domain[n], hvpt_iova(df->base),
					hvpt_gpa(0), DF_LARGE, HVPT_PROT_MASK,
					NULL));
}

static void boot_device(struct domain_fixture *df, struct boot *boot,
			unsigned d)
{
	DF_CHECK(df, df->domains != 0, "no domain for a device");
	DF_CHECK_OK(df, hvpt_device_probe(&boot->device[d], &boot->iommu,
					  df_device_id(d), false));
	DF_CHECK_OK(df, hvpt_device_attach(&boot->device[d],
					   &boot->domain[d % df->domains]));
}

static void load_image(struct domain_fixture *df)
{
	static struct boot boot;
	unsigned n;

	DF_CHECK_OK(df, hvpt_iommu_init(&boot.iommu, &df->config));
	for (n = 0; n < df->domains; n++)
		boot_domain(df, &boot, n);
	for (n = 0; n < df->devices; n++)
		boot_device(df, &boot, n);
	touch(df, df->base);
}

void df_restore(struct domain_fixture *df)
{
	enum hvpt_status status;
	size_t pages;
	unsigned n;

	if (!df_has_ids(df, df_own_domains(df)))
		return;
	df_disarm(df);
	for (n = 0; n < df->domains; n++)
		df_must_sync(df, n);
	pages = hvpt_arena_in_use(df->arena);
	hypervisor_lose_state(df->hv);
	ats_off_everywhere(df);
	load_image(df);
	df->leaked += hvpt_arena_in_use(df->arena) - pages;
	hypervisor_new_owner(df->hv);
	status = hvpt_iommu_resume(&df->iommu, false);
	DF_CHECK_OK(df, status);
	df->resumed = true;
	df->spent += df_own_domains(df);
	df_count_orphans(df);
	for (n = 0; n < df->devices; n++)
		if (df->where[n] == DF_NOWHERE)
			df->where[n] = df_blocked(df);
	touch(df, df->base);
}
