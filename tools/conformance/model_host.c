/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include "model_host.h"

#include "adapters/host/hv_binding.h"

#define PAGES 4u
#define PAGES_GPA 0x100000u
#define ABSENT_DEVICE 0x7fffffffu
#define FIRST_ID 0x1000u
#define IDS 0x1000u

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

/* The domain of the device, and the device in it. */
static bool make_home(const struct hvpt_transport *transport)
{
	const struct hvpt_domain_settings blocked = {
		.kind = HVPT_DOMAIN_BLOCKED,
	};
	struct hvpt_answer answer;

	return hvpt_hvcall_create_domain(transport, MODEL_HOST_HOME, &answer) ==
		       HVPT_OK &&
	       hvpt_hvcall_configure_domain(transport, MODEL_HOST_HOME,
					    &blocked, &answer) == HVPT_OK &&
	       hvpt_hvcall_attach_device(transport, MODEL_HOST_HOME,
					 MODEL_HOST_DEVICE, &answer) == HVPT_OK;
}

static void describe(struct model_host *model)
{
	struct conformance_host host = {
		.transport = &model->transport,
		.first_id = FIRST_ID,
		.ids = IDS,
		.root = hvpt_gpa((uint64_t)(uintptr_t)model->root -
				 hvpt_arena_offset(model->arena)),
		.absent = ABSENT_DEVICE,
		.has_device = true,
		.device = MODEL_HOST_DEVICE,
		.has_home = true,
		.home = MODEL_HOST_HOME,
	};

	model->host = host;
}

bool model_host_open(struct model_host *model,
		     const struct hypervisor_config *config)
{
	struct hypervisor_config with_memory = *config;

	model->arena = hvpt_arena_create(PAGES, PAGES_GPA);
	if (!model->arena)
		return false;
	with_memory.read64 = hvpt_arena_read64;
	with_memory.read_ctx = model->arena;
	model->root = hvpt_arena_ops.alloc_page(model->arena);
	model->hv = hypervisor_create(&with_memory);
	model->transport.ops = &hvpt_hypervisor_transport;
	model->transport.ctx = model->hv;
	hypervisor_add_device(model->hv, MODEL_HOST_DEVICE, true);
	if (model->root && make_home(&model->transport)) {
		describe(model);
		return true;
	}
	model_host_close(model);
	return false;
}

void model_host_close(struct model_host *model)
{
	hypervisor_destroy(model->hv);
	if (model->root)
		hvpt_arena_ops.free_page(model->arena, model->root);
	hvpt_arena_destroy(model->arena);
}
