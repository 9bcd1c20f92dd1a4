/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include "model_host.h"

#include <string.h>

#include "adapters/host/hv_binding.h"
#include "conformance/home.h"

#define PAGES (1 + CONFORMANCE_PAGES)
#define PAGES_GPA 0x100000u

struct hypervisor_config model_host_config(void)
{
	struct hypervisor_config config = {
		.caps = HYPERVISOR_CAP_PRESENT | HYPERVISOR_CAP_S1 |
			HYPERVISOR_CAP_ATS,
		.page_sizes = 0x40201000,
		.iova_width = 48,
	};

	return config;
}

/* ---- DMA ------------------------------------------------------------- */

uint32_t *model_host_dma(struct model_host *model, uint64_t iova, bool write)
{
	struct hypervisor_outcome outcome;
	struct hypervisor_dma all;

	hypervisor_dma(model->hv, MODEL_HOST_DEVICE, iova, write, &all);
	outcome = all.stale_count ? all.stale[0] : all.fresh;
	if (!outcome.translated ||
	    !hvpt_arena_owns(model->arena, outcome.gpa & ~UINT64_C(0xfff)))
		return NULL;
	return (uint32_t *)(uintptr_t)(outcome.gpa +
				       hvpt_arena_offset(model->arena));
}

static enum conformance_dma dma_write(void *ctx, uint64_t iova)
{
	uint32_t *to = model_host_dma(ctx, iova, true);

	if (!to)
		return CONFORMANCE_DMA_REFUSED;
	*to = ~CONFORMANCE_DMA_FILL;
	return CONFORMANCE_DMA_ENDED;
}

static enum conformance_dma dma_read(void *ctx, uint64_t iova, uint32_t *value)
{
	const uint32_t *from = model_host_dma(ctx, iova, false);

	if (!from)
		return CONFORMANCE_DMA_REFUSED;
	*value = *from;
	return CONFORMANCE_DMA_ENDED;
}

/* ---- the host -------------------------------------------------------- */

static hvpt_gpa_t gpa_of(const struct model_host *model, const void *page)
{
	return hvpt_gpa((uint64_t)(uintptr_t)page -
			hvpt_arena_offset(model->arena));
}

/* The arena has room for just these. */
static bool take_pages(struct model_host *model)
{
	unsigned i;

	model->root = hvpt_arena_ops.alloc_page(model->arena);
	if (!model->root)
		return false;
	for (i = 0; i < CONFORMANCE_PAGES; i++) {
		model->pages[i].va = hvpt_arena_ops.alloc_page(model->arena);
		if (!model->pages[i].va)
			return false;
		model->pages[i].gpa = gpa_of(model, model->pages[i].va);
	}
	return true;
}

static void give_pages_back(struct model_host *model)
{
	unsigned i;

	for (i = 0; i < CONFORMANCE_PAGES; i++)
		if (model->pages[i].va)
			hvpt_arena_ops.free_page(model->arena,
						 model->pages[i].va);
	if (model->root)
		hvpt_arena_ops.free_page(model->arena, model->root);
}

static struct hvpt_cpuid_leaves announce(const struct hypervisor_config *config)
{
	const uint64_t stage_1 = HYPERVISOR_CAP_PRESENT | HYPERVISOR_CAP_S1;
	bool has = !config->no_iommu && (config->caps & stage_1) == stage_1;
	struct hvpt_cpuid_leaves cpuid = {
		.features.ecx = UINT32_C(1) << 31,
		.hv_max.eax = HVPT_CPUID_HV_ISOLATION,
		.hv_interface.eax = 0x31237648, /* Hv#1 */
		.hv_features.eax = 1u << 5,	/* AccessHypercallMsrs */
		.hv_features.edx = has ? 3u << 24 : 0,
		.hv_hardware.ebx = config->iova_width & 0xff,
	};

	return cpuid;
}

static void describe(struct model_host *model)
{
	const struct conformance_driver driver = {
		.write = dma_write,
		.read = dma_read,
		.ctx = model,
		.address_bits = 64,
	};
	struct conformance_host host = {
		.transport = &model->transport,
		.first_id = CONFORMANCE_FIRST_ID,
		.ids = CONFORMANCE_IDS,
		.root = gpa_of(model, model->root),
		.absent = CONFORMANCE_ABSENT_DEVICE,
		.has_device = true,
		.device = MODEL_HOST_DEVICE,
		.has_home = true,
		.home = MODEL_HOST_HOME,
		.cpuid = &model->cpuid,
		.driver = &model->driver,
		.pages = model->pages,
	};

	model->driver = driver;
	model->host = host;
}

bool model_host_open(struct model_host *model,
		     const struct hypervisor_config *config)
{
	struct hypervisor_config with_memory = *config;

	memset(model, 0, sizeof(*model));
	model->cpuid = announce(config);
	model->arena = hvpt_arena_create(PAGES, PAGES_GPA);
	if (!model->arena)
		return false;
	with_memory.read64 = hvpt_arena_read64;
	with_memory.read_ctx = model->arena;
	model->hv = hypervisor_create(&with_memory);
	model->transport.ops = &hvpt_hypervisor_transport;
	model->transport.ctx = model->hv;
	hypervisor_add_device(model->hv, MODEL_HOST_DEVICE, true);
	if (take_pages(model)) {
		describe(model);
		if (conformance_home_make(&model->host, HVPT_DOMAIN_BLOCKED))
			return true;
	}
	model_host_close(model);
	return false;
}

void model_host_close(struct model_host *model)
{
	hypervisor_destroy(model->hv);
	give_pages_back(model);
	hvpt_arena_destroy(model->arena);
}
