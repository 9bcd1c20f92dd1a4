/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * GET_LOGICAL_DEVICE_PROPERTY, ATTACH and DETACH_DEVICE_DOMAIN, on the device
 * that was given. Other types of device ids are not asked: they could name a
 * device that was not.
 */
#include "ask.h"

#define PROPERTY_NONE 0xffffu

static uint16_t ask_property(struct conformance_run *run)
{
	struct conf_call call = conf_get_property(
		run->host->device, HVPT_HV_DEVICE_PROPERTY_PVIOMMU);
	uint16_t status = conf_status(run, &call);

	if (status != HVPT_HV_STATUS_SUCCESS)
		return status;
	run->value = call.out[0];
	if (!(call.out[0] & 1))
		conf_wrong(run, status, "bit 0 is clear");
	return status;
}

/* Bit 0 clear is as good as a failure. */
static uint16_t ask_property_absent(struct conformance_run *run)
{
	struct conf_call call = conf_get_property(
		run->host->absent, HVPT_HV_DEVICE_PROPERTY_PVIOMMU);
	uint16_t status = conf_status(run, &call);

	if (status == HVPT_HV_STATUS_SUCCESS && (call.out[0] & 1))
		conf_wrong(run, status, "bit 0 is set");
	return status;
}

static uint16_t ask_property_code(struct conformance_run *run)
{
	struct conf_call call = conf_get_property(run->host->device,
						  PROPERTY_NONE);

	return conf_status(run, &call);
}

static uint16_t ask_property_reserved(struct conformance_run *run)
{
	struct conf_call call = conf_get_property(
		run->host->device, HVPT_HV_DEVICE_PROPERTY_PVIOMMU);

	call.in[2] |= (uint64_t)1 << 32;
	return conf_status(run, &call);
}

/* It is only read: no device of that name is moved. */
static uint16_t ask_property_form(struct conformance_run *run)
{
	const uint64_t pci = (uint64_t)1 << HVPT_HV_DEVICE_TYPE_SHIFT;
	struct conf_call call = conf_get_property(
		run->host->device | pci, HVPT_HV_DEVICE_PROPERTY_PVIOMMU);

	return conf_status(run, &call);
}

static uint16_t ask_property_output(struct conformance_run *run)
{
	struct conf_call call = conf_get_property(
		run->host->device, HVPT_HV_DEVICE_PROPERTY_PVIOMMU);
	uint16_t status = conf_status(run, &call);

	if (status == HVPT_HV_STATUS_SUCCESS)
		run->value = call.out[1] | (call.out[0] & ~(uint64_t)1);
	return status;
}

/* ---- attach ---------------------------------------------------------- */

static uint16_t ask_home(struct conformance_run *run)
{
	return conf_attach(run, run->host->home);
}

static uint16_t ask_attach(struct conformance_run *run)
{
	return conf_attach(run, run->id[0]);
}

static uint16_t ask_attach_twice(struct conformance_run *run)
{
	if (ask_attach(run) != HVPT_HV_STATUS_SUCCESS)
		return conf_skip(run, "the device could not be attached");
	return conf_attach(run, run->id[0]);
}

/* The second domain is where the device is then. */
static uint16_t ask_attach_over(struct conformance_run *run)
{
	uint16_t status;

	if (ask_attach(run) != HVPT_HV_STATUS_SUCCESS)
		return conf_skip(run, "the device could not be attached");
	status = conf_attach(run, run->id[1]);
	if (status == HVPT_HV_STATUS_SUCCESS &&
	    conf_attach(run, run->id[1]) == HVPT_HV_STATUS_SUCCESS)
		conf_wrong(run, status, "the device was not moved");
	return status;
}

/* The first domain can be deleted when the device has left it. */
static uint16_t ask_attach_leaves(struct conformance_run *run)
{
	if (ask_attach(run) != HVPT_HV_STATUS_SUCCESS ||
	    conf_attach(run, run->id[1]) != HVPT_HV_STATUS_SUCCESS)
		return conf_skip(run, "the device could not be attached");
	return conf_delete(run, 0);
}

static uint16_t ask_attach_unknown(struct conformance_run *run)
{
	uint16_t status = conf_attach(run, run->unused);

	if (status != HVPT_HV_STATUS_SUCCESS &&
	    conf_attach(run, run->host->home) == HVPT_HV_STATUS_SUCCESS)
		run->note = "the device has left its domain";
	return status;
}

static uint16_t ask_attach_blank(struct conformance_run *run)
{
	if (conf_create(run, 0) != HVPT_HV_STATUS_SUCCESS)
		return conf_skip(run, "no domain could be made");
	return ask_attach(run);
}

static uint16_t ask_attach_absent(struct conformance_run *run)
{
	struct conf_call call = conf_attach_call(
		run->id[0], hvpt_hv_device_logical(run->host->absent));

	return conf_status(run, &call);
}

/* ---- detach ---------------------------------------------------------- */

/* Then it is in no domain, so that ATTACH moves it. */
static uint16_t ask_detach(struct conformance_run *run)
{
	uint16_t status;

	if (ask_attach(run) != HVPT_HV_STATUS_SUCCESS)
		return conf_skip(run, "the device could not be attached");
	status = conf_detach(run);
	if (status == HVPT_HV_STATUS_SUCCESS &&
	    ask_attach(run) == HVPT_HV_STATUS_DEVICE_ALREADY_IN_DOMAIN)
		conf_wrong(run, status, "the device is still in its domain");
	return status;
}

static uint16_t ask_detach_twice(struct conformance_run *run)
{
	if (conf_detach(run) != HVPT_HV_STATUS_SUCCESS)
		return conf_skip(run, "the device could not be detached");
	return conf_detach(run);
}

static uint16_t ask_detach_absent(struct conformance_run *run)
{
	struct conf_call call = conf_detach_call(
		hvpt_hv_device_logical(run->host->absent));

	return conf_status(run, &call);
}

/* ---- a domain with a device ------------------------------------------ */

static uint16_t ask_delete_occupied(struct conformance_run *run)
{
	if (ask_attach(run) != HVPT_HV_STATUS_SUCCESS)
		return conf_skip(run, "the device could not be attached");
	return conf_delete(run, 0);
}

static uint16_t ask_configure_occupied(struct conformance_run *run)
{
	if (ask_attach(run) != HVPT_HV_STATUS_SUCCESS)
		return conf_skip(run, "the device could not be attached");
	return conf_configure(run, run->id[0], CONF_BLOCKED, 0);
}

#define MINI "Linux, hvhdk_mini.h"
#define GUEST "Linux, hv-iommu-guest.c"
#define READS (CONFORMANCE_NEEDS_PVIOMMU | CONFORMANCE_NEEDS_DEVICE)
#define MOVES                                                                  \
	(READS | CONFORMANCE_NEEDS_HOME | CONFORMANCE_NEEDS_IDS |              \
	 CONFORMANCE_NEEDS_BLOCKED)
#define GROUP CONFORMANCE_DEVICES
#define NO_SOURCE "no source says"

/* clang-format off */
const struct conformance_question conf_devices_questions[] = {
	{ "devices.property",
	  "Is the device behind the pvIOMMU? Value: the answer.",
	  "bit 0 is set for a device behind the pvIOMMU", MINI,
	  "Linux and hvpt leave other devices alone", GROUP, READS,
	  CONF_IS(SUCCESS), CONF_IS(SUCCESS), ask_property },
	{ "devices.property-absent",
	  "What does the property call answer for a device that is not there?",
	  NULL, NO_SOURCE,
	  "Linux and hvpt want a failure, or bit 0 clear", GROUP,
	  CONFORMANCE_NEEDS_PVIOMMU, CONF_ANY, CONF_ANY, ask_property_absent },
	{ "devices.property-code",
	  "What does a property code answer that has no name?", NULL,
	  "TLFS has UNKNOWN_PROPERTY, but not this call",
	  "nobody asks it; the model says UNKNOWN_PROPERTY", GROUP, READS,
	  CONF_ANY, CONF_ANY, ask_property_code },
	{ "devices.property-reserved",
	  "What does a reserved input field answer that is not zero?", NULL,
	  MINI ": reserved; no status is named",
	  "Linux and hvpt send zero; the model refuses others", GROUP, READS,
	  CONF_ANY, CONF_ANY, ask_property_reserved },
	{ "devices.property-form",
	  "What does the property call answer for an id of another type?",
	  NULL, MINI " takes a logical id, not the form with a type",
	  "Linux and hvpt send 32 bits", GROUP, READS, CONF_ANY, CONF_ANY,
	  ask_property_form },
	{ "devices.property-output",
	  "What is in the reserved output? Value: it, and bits 63:1.", NULL,
	  MINI " names the fields only", "nobody reads it", GROUP, READS,
	  CONF_ANY, CONF_ANY, ask_property_output },
	{ "devices.attach-home",
	  "Is the device in the domain that was given as its home?",
	  "DEVICE_ALREADY_IN_DOMAIN", GUEST, "Linux and hvpt take it as done",
	  GROUP, MOVES, CONF_IS(DEVICE_ALREADY_IN_DOMAIN),
	  CONF_IS2(DEVICE_ALREADY_IN_DOMAIN, SUCCESS), ask_home },
	{ "devices.attach", "Can a device be attached over another domain?",
	  "it succeeds without a detach before", GUEST,
	  "Linux and hvpt never detach first", GROUP, MOVES, CONF_IS(SUCCESS),
	  CONF_IS(SUCCESS), ask_attach },
	{ "devices.attach-twice",
	  "What does a second ATTACH to the same domain answer?",
	  "DEVICE_ALREADY_IN_DOMAIN", GUEST, "Linux and hvpt take it as done",
	  GROUP, MOVES, CONF_IS(DEVICE_ALREADY_IN_DOMAIN),
	  CONF_IS2(DEVICE_ALREADY_IN_DOMAIN, SUCCESS), ask_attach_twice },
	{ "devices.attach-over",
	  "Is a device in the second of two domains after ATTACH to it?",
	  "ATTACH switches from the old domain to the new one", GUEST,
	  "Linux and hvpt rely on it", GROUP, MOVES, CONF_IS(SUCCESS),
	  CONF_IS(SUCCESS), ask_attach_over },
	{ "devices.attach-leaves",
	  "Can the first of two domains be deleted after ATTACH to the other?",
	  "ATTACH switches from the old domain to the new one", GUEST,
	  "Linux and hvpt rely on it", GROUP, MOVES, CONF_IS(SUCCESS),
	  CONF_IS(SUCCESS), ask_attach_leaves },
	{ "devices.attach-unknown",
	  "What does ATTACH answer for a domain that does not exist?", NULL,
	  NO_SOURCE,
	  "hvpt counts the device in both domains; the model leaves it",
	  GROUP, MOVES, CONF_ANY, CONF_REFUSED, ask_attach_unknown },
	{ "devices.attach-blank",
	  "What does ATTACH answer for a domain that is not configured?", NULL,
	  NO_SOURCE, "Linux and hvpt configure it first; the model refuses it",
	  GROUP, READS | CONFORMANCE_NEEDS_HOME | CONFORMANCE_NEEDS_IDS,
	  CONF_ANY, CONF_ANY, ask_attach_blank },
	{ "devices.attach-absent",
	  "What does ATTACH answer for a device that is not there?", NULL,
	  NO_SOURCE, "the model says INVALID_DEVICE_ID", GROUP, MOVES,
	  CONF_ANY, CONF_REFUSED, ask_attach_absent },
	{ "devices.detach", "Is a device in no domain after DETACH?",
	  "DETACH clears the entry of the device",
	  "the linux-hyperv list, 20 May 2026",
	  "Linux does not call it; hvpt does after blocking", GROUP, MOVES,
	  CONF_IS(SUCCESS), CONF_IS(SUCCESS), ask_detach },
	{ "devices.detach-twice",
	  "What does DETACH answer for a device that is in no domain?", NULL,
	  NO_SOURCE, "the model says INVALID_DEVICE_STATE", GROUP,
	  MOVES, CONF_ANY, CONF_ANY, ask_detach_twice },
	{ "devices.detach-absent",
	  "What does DETACH answer for a device that is not there?", NULL,
	  NO_SOURCE, "the model says INVALID_DEVICE_ID", GROUP, MOVES,
	  CONF_ANY, CONF_REFUSED, ask_detach_absent },
	{ "devices.delete-occupied",
	  "What does DELETE answer for a domain with a device?", NULL,
	  NO_SOURCE,
	  "Linux and hvpt do not do it; the model says OBJECT_IN_USE", GROUP,
	  MOVES, CONF_ANY, CONF_ANY, ask_delete_occupied },
	{ "devices.configure-occupied",
	  "Can a blocked domain with a device be configured as blocked again?",
	  NULL, NO_SOURCE, "nobody does it; the model allows it", GROUP,
	  MOVES, CONF_ANY, CONF_ANY, ask_configure_occupied },
};
/* clang-format on */
const size_t conf_devices_count = CONF_COUNT(conf_devices_questions);
