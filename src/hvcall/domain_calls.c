/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * domain_calls.c - creating, configuring, flushing and deleting a domain.
 */
#include "hvcall_internal.h"

enum hvpt_status
hvpt_hvcall_create_domain(const struct hvpt_transport *transport,
			  uint32_t domain_id, struct hvpt_answer *answer)
{
	struct hvpt_call call;
	enum hvpt_status status = hvpt_call_begin_domain(
		&call, transport, answer, HVPT_HVCALL_CREATE_DEVICE_DOMAIN,
		domain_id, sizeof(struct hvpt_hv_create_device_domain));

	if (status != HVPT_OK)
		return status;
	HVPT_CALL_SET(&call, struct hvpt_hv_create_device_domain, flags,
		      HVPT_HV_CREATE_FORWARD_PROGRESS);
	return hvpt_call_finish(&call);
}

/* Return: OK, SETTINGS, LEVELS, ALIGN, GPA_RANGE. */
static enum hvpt_status
hvpt_settings_check(const struct hvpt_domain_settings *settings)
{
	uint64_t root = settings->root.value;

	switch (settings->kind) {
	case HVPT_DOMAIN_IDENTITY:
	case HVPT_DOMAIN_BLOCKED:
		return settings->levels || root ? HVPT_ERR_SETTINGS : HVPT_OK;
	case HVPT_DOMAIN_PAGING:
		break;
	default:
		return HVPT_ERR_SETTINGS;
	}
	if (settings->levels < HVPT_MIN_LEVELS ||
	    settings->levels > HVPT_MAX_LEVELS)
		return HVPT_ERR_LEVELS;
	if (root & (HVPT_PAGE_BYTES - 1))
		return HVPT_ERR_ALIGN;
	return root >> HVPT_GPA_LG2 ? HVPT_ERR_GPA_RANGE : HVPT_OK;
}

/* The flags of checked settings. BLOCKED needs TRANSLATION too. */
static uint64_t hvpt_settings_flags(const struct hvpt_domain_settings *settings)
{
	if (settings->kind == HVPT_DOMAIN_IDENTITY)
		return 0;
	if (settings->kind == HVPT_DOMAIN_BLOCKED)
		return HVPT_HV_SETTINGS_TRANSLATION | HVPT_HV_SETTINGS_BLOCKED;
	if (settings->levels == HVPT_MAX_LEVELS)
		return HVPT_HV_SETTINGS_TRANSLATION | HVPT_HV_SETTINGS_5_LEVELS;
	return HVPT_HV_SETTINGS_TRANSLATION;
}

enum hvpt_status hvpt_hvcall_configure_domain(
	const struct hvpt_transport *transport, uint32_t domain_id,
	const struct hvpt_domain_settings *settings, struct hvpt_answer *answer)
{
	struct hvpt_call call;
	enum hvpt_status status;

	hvpt_answer_clear(answer, HVPT_HVCALL_CONFIGURE_DEVICE_DOMAIN);
	status = hvpt_domain_id_check(domain_id);
	if (status == HVPT_OK)
		status = hvpt_settings_check(settings);
	if (status == HVPT_OK)
		status = hvpt_call_begin_domain(
			&call, transport, answer,
			HVPT_HVCALL_CONFIGURE_DEVICE_DOMAIN, domain_id,
			sizeof(struct hvpt_hv_configure_device_domain));
	if (status != HVPT_OK)
		return status;
	HVPT_CALL_SET(&call, struct hvpt_hv_configure_device_domain, flags,
		      hvpt_settings_flags(settings));
	HVPT_CALL_SET(&call, struct hvpt_hv_configure_device_domain,
		      page_table_root, settings->root.value);
	return hvpt_call_finish(&call);
}

enum hvpt_status
hvpt_hvcall_flush_domain(const struct hvpt_transport *transport,
			 uint32_t domain_id, struct hvpt_answer *answer)
{
	struct hvpt_call call;
	enum hvpt_status status = hvpt_call_begin_domain(
		&call, transport, answer, HVPT_HVCALL_FLUSH_DEVICE_DOMAIN,
		domain_id, sizeof(struct hvpt_hv_flush_device_domain));

	return status == HVPT_OK ? hvpt_call_finish(&call) : status;
}

enum hvpt_status
hvpt_hvcall_delete_domain(const struct hvpt_transport *transport,
			  uint32_t domain_id, struct hvpt_answer *answer)
{
	struct hvpt_call call;
	enum hvpt_status status = hvpt_call_begin_domain(
		&call, transport, answer, HVPT_HVCALL_DELETE_DEVICE_DOMAIN,
		domain_id, sizeof(struct hvpt_hv_delete_device_domain));

	return status == HVPT_OK ? hvpt_call_finish(&call) : status;
}
