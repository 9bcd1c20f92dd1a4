/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * CREATE, CONFIGURE and DELETE_DEVICE_DOMAIN, without devices.
 */
#include "ask.h"

/* Bits of a uint64_t. */
#define LIMIT_TRIED 64u

/* In no VM there is memory: processors address 52 bits at most. */
#define NO_MEMORY ((uint64_t)1 << 51)

static uint16_t ask_create(struct conformance_run *run)
{
	return conf_create(run, 0);
}

static uint16_t ask_create_twice(struct conformance_run *run)
{
	if (conf_create(run, 0) != HVPT_HV_STATUS_SUCCESS)
		return conf_skip(run, "no domain could be made");
	return conf_create(run, 0);
}

/* A domain with an id of its own meaning may exist; it is left alone then. */
static uint16_t create_special(struct conformance_run *run, uint32_t id)
{
	run->id[0] = id;
	if (conf_flush(run, id) == HVPT_HV_STATUS_SUCCESS)
		return conf_skip(run, "a domain with that id exists");
	return conf_create(run, 0);
}

static uint16_t ask_id_default(struct conformance_run *run)
{
	return create_special(run, HVPT_HV_DOMAIN_ID_DEFAULT);
}

static uint16_t ask_id_null(struct conformance_run *run)
{
	return create_special(run, HVPT_HV_DOMAIN_ID_NULL);
}

static uint16_t ask_id_reserved(struct conformance_run *run)
{
	struct conf_call call = conf_domain_call(
		HVPT_HVCALL_FLUSH_DEVICE_DOMAIN, run->id[0]);

	call.in[2] |= (uint64_t)1 << 4;
	return conf_status(run, &call);
}

/* The domain of stage 1 with that id exists; is another type another? */
static uint16_t flush_type(struct conformance_run *run, unsigned type)
{
	struct conf_call call = conf_domain_call(
		HVPT_HVCALL_FLUSH_DEVICE_DOMAIN, run->id[0]);

	call.in[2] = hvpt_hv_domain_id(type, run->id[0]);
	return conf_status(run, &call);
}

static uint16_t ask_type_stage_2(struct conformance_run *run)
{
	return flush_type(run, HVPT_HV_DOMAIN_TYPE_S2);
}

static uint16_t ask_type_unknown(struct conformance_run *run)
{
	return flush_type(run, 15);
}

static uint16_t ask_flags_none(struct conformance_run *run)
{
	return conf_create_with(run, 0, 0, 0);
}

static uint16_t ask_flags_unknown(struct conformance_run *run)
{
	return conf_create_with(run, 0, HVPT_HV_CREATE_FORWARD_PROGRESS | 4, 0);
}

static uint16_t ask_padding(struct conformance_run *run)
{
	return conf_create_with(run, 0, HVPT_HV_CREATE_FORWARD_PROGRESS, 1);
}

/* Creates domains until one is refused, and deletes them. */
static uint16_t ask_limit(struct conformance_run *run)
{
	uint32_t id, first = (uint32_t)run->next;
	uint64_t made = 0;
	uint16_t status = HVPT_HV_STATUS_SUCCESS;
	unsigned n;

	while (status == HVPT_HV_STATUS_SUCCESS && conf_take_id(run, &id) &&
	       id - first < LIMIT_TRIED) {
		struct conf_call call = conf_create_call(
			id, HVPT_HV_CREATE_FORWARD_PROGRESS, 0);

		status = conf_status(run, &call);
		if (status == HVPT_HV_STATUS_SUCCESS)
			made |= (uint64_t)1 << (id - first);
	}
	for (n = 0; n < LIMIT_TRIED; n++) {
		if (!(made >> n & 1))
			continue;
		run->value++;
		conf_clean(run, first + n);
	}
	return status;
}

/* ---- configure ------------------------------------------------------- */

static uint16_t configure_new(struct conformance_run *run, uint64_t flags,
			      uint64_t root)
{
	if (conf_create(run, 0) != HVPT_HV_STATUS_SUCCESS)
		return conf_skip(run, "no domain could be made");
	return conf_configure(run, run->id[0], flags, root);
}

static uint16_t ask_identity(struct conformance_run *run)
{
	return configure_new(run, 0, 0);
}

static uint16_t ask_blocked(struct conformance_run *run)
{
	return configure_new(run, CONF_BLOCKED, 0);
}

static uint16_t ask_paging(struct conformance_run *run)
{
	return configure_new(run, CONF_PAGING, run->host->root.value);
}

static uint16_t ask_blocked_alone(struct conformance_run *run)
{
	return configure_new(run, HVPT_HV_SETTINGS_BLOCKED, 0);
}

static uint16_t ask_settings_unknown(struct conformance_run *run)
{
	return configure_new(run, CONF_PAGING | 8, run->host->root.value);
}

static uint16_t ask_root_unaligned(struct conformance_run *run)
{
	return configure_new(run, CONF_PAGING, run->host->root.value + 8);
}

static uint16_t ask_root_beyond(struct conformance_run *run)
{
	return configure_new(run, CONF_PAGING,
			     run->host->root.value | (uint64_t)1 << 52);
}

static uint16_t ask_root_absent(struct conformance_run *run)
{
	return configure_new(run, CONF_PAGING, NO_MEMORY);
}

static uint16_t ask_root_none(struct conformance_run *run)
{
	return configure_new(run, CONF_PAGING, 0);
}

static uint16_t ask_root_identity(struct conformance_run *run)
{
	return configure_new(run, 0, run->host->root.value);
}

static uint16_t ask_levels_identity(struct conformance_run *run)
{
	return configure_new(run, HVPT_HV_SETTINGS_5_LEVELS, 0);
}

static uint16_t ask_root_blocked(struct conformance_run *run)
{
	return configure_new(run, CONF_BLOCKED, run->host->root.value);
}

static uint16_t ask_five(struct conformance_run *run)
{
	bool can = run->caps[1] & HVPT_HV_IOMMU_CAP_S1_5LVL;
	uint16_t status = configure_new(run,
					CONF_PAGING | HVPT_HV_SETTINGS_5_LEVELS,
					run->host->root.value);

	run->value = can;
	if (!run->skip && can != (status == HVPT_HV_STATUS_SUCCESS))
		conf_wrong(run, status, "the capabilities say otherwise");
	return status;
}

static uint16_t ask_again(struct conformance_run *run)
{
	if (configure_new(run, CONF_BLOCKED, 0) != HVPT_HV_STATUS_SUCCESS)
		return conf_skip(run, "no domain could be made");
	return conf_configure(run, run->id[0], CONF_PAGING,
			      run->host->root.value);
}

static uint16_t ask_configure_unknown(struct conformance_run *run)
{
	return conf_configure(run, run->id[0], CONF_BLOCKED, 0);
}

/* ---- delete ---------------------------------------------------------- */

static uint16_t ask_delete(struct conformance_run *run)
{
	if (configure_new(run, CONF_BLOCKED, 0) != HVPT_HV_STATUS_SUCCESS)
		return conf_skip(run, "no domain could be made");
	return conf_delete(run, 0);
}

static uint16_t ask_delete_unknown(struct conformance_run *run)
{
	return conf_delete(run, 0);
}

static uint16_t ask_reuse(struct conformance_run *run)
{
	if (ask_delete(run) != HVPT_HV_STATUS_SUCCESS)
		return conf_skip(run, "no domain could be made and deleted");
	return conf_create(run, 0);
}

#define MINI "Linux, hvhdk_mini.h"
#define GUEST "Linux, hv-iommu-guest.c"
#define IDS (CONFORMANCE_NEEDS_PVIOMMU | CONFORMANCE_NEEDS_IDS)
#define GROUP CONFORMANCE_DOMAINS
#define NO_STATUS MINI "; no status is named"

/* clang-format off */
const struct conformance_question conf_domains_questions[] = {
	{ "domains.create", "Can a domain be created?", "it succeeds", GUEST,
	  "all guests need it", GROUP, IDS, CONF_IS(SUCCESS), CONF_IS(SUCCESS),
	  ask_create },
	{ "domains.create-twice",
	  "What does CREATE answer for an id that is in use?", NULL,
	  "no source says",
	  "hvpt makes a FLUSH first; the model says KEY_ALREADY_EXISTS",
	  GROUP, IDS, CONF_ANY, CONF_REFUSED, ask_create_twice },
	{ "domains.id-default", "Can a domain with id 0 be created?", NULL,
	  MINI ": DEFAULT; no meaning for stage 1",
	  "Linux and hvpt do not use it; the model refuses it", GROUP, IDS,
	  CONF_ANY, CONF_ANY, ask_id_default },
	{ "domains.id-null", "Can a domain with id 0xffffffff be created?",
	  NULL, MINI ": NULL; no meaning for stage 1",
	  "Linux and hvpt do not use it; the model refuses it", GROUP, IDS,
	  CONF_ANY, CONF_ANY, ask_id_null },
	{ "domains.id-reserved",
	  "What does FLUSH answer when a reserved bit of the domain is set?",
	  NULL, NO_STATUS, "Linux and hvpt send zero; the model refuses it",
	  GROUP, IDS | CONFORMANCE_NEEDS_PAGING, CONF_ANY, CONF_ANY,
	  ask_id_reserved },
	{ "domains.type-stage-2",
	  "What does FLUSH answer for type 0 and the id of a domain of type 1?",
	  NULL, "no source says whether types share ids",
	  "Linux and hvpt send 1; the model refuses it", GROUP,
	  IDS | CONFORMANCE_NEEDS_PAGING, CONF_ANY, CONF_ANY,
	  ask_type_stage_2 },
	{ "domains.type-unknown",
	  "What does FLUSH answer for type 15, which has no name?", NULL,
	  NO_STATUS, "Linux and hvpt send 1; the model refuses it", GROUP,
	  IDS | CONFORMANCE_NEEDS_PAGING, CONF_ANY, CONF_ANY,
	  ask_type_unknown },
	{ "domains.create-no-flags", "Can a domain be created with flags 0?",
	  NULL, MINI " names two flags, not their meaning",
	  "all known guests send 1", GROUP, IDS, CONF_ANY, CONF_ANY,
	  ask_flags_none },
	{ "domains.create-flags",
	  "What does CREATE answer for a flag that has no name?", NULL,
	  NO_STATUS, "Linux and hvpt send zero; the model refuses it", GROUP,
	  IDS, CONF_ANY, CONF_ANY, ask_flags_unknown },
	{ "domains.create-padding",
	  "Does CREATE ignore padding that is not zero?",
	  "the hypervisor ignores padding", "TLFS, Hypercall Inputs",
	  "Linux and hvpt send zero; the model is stricter and refuses it",
	  GROUP, IDS, CONF_IS(SUCCESS), CONF_ANY, ask_padding },
	{ "domains.limit",
	  "How many more domains can be created, of 64 tried? Value: so many.",
	  NULL, "mu_msvm, HvStatus.h names INSUFFICIENT_DEVICE_DOMAINS",
	  "hvpt reports the status; the model has no limit", GROUP, IDS,
	  CONF_ANY, CONF_ANY, ask_limit },
	{ "domains.identity", "Can a domain become an identity domain?",
	  "it succeeds", GUEST, "Linux and hvpt use it", GROUP, IDS,
	  CONF_IS(SUCCESS), CONF_IS(SUCCESS), ask_identity },
	{ "domains.blocked", "Can a domain become a blocked domain?",
	  "it succeeds", GUEST, "Linux and hvpt need it", GROUP, IDS,
	  CONF_IS(SUCCESS), CONF_IS(SUCCESS), ask_blocked },
	{ "domains.paging", "Can a domain get a table with 4 levels?",
	  "it succeeds", GUEST, "Linux and hvpt need it", GROUP, IDS,
	  CONF_IS(SUCCESS), CONF_IS(SUCCESS), ask_paging },
	{ "domains.five-levels",
	  "Can a domain get a table with 5 levels exactly if S1_5LVL is set? "
	  "Value: the capability.",
	  "S1_5LVL tells whether the host takes 5 levels", MINI,
	  "Linux and hvpt choose the levels by it", GROUP, IDS, CONF_ANY,
	  CONF_ANY, ask_five },
	{ "domains.blocked-alone",
	  "Is blocked refused without translation enabled?",
	  "the host wants translation enabled too", GUEST,
	  "Linux and hvpt set both bits", GROUP, IDS, CONF_REFUSED, CONF_ANY,
	  ask_blocked_alone },
	{ "domains.settings-flags",
	  "What does CONFIGURE answer for a flag that has no name?", NULL,
	  NO_STATUS, "Linux and hvpt send zero; the model refuses it", GROUP,
	  IDS, CONF_ANY, CONF_ANY, ask_settings_unknown },
	{ "domains.root-alignment",
	  "What does CONFIGURE answer for a root at an offset of 8?", NULL,
	  NO_STATUS, "Linux and hvpt align it; the model refuses it", GROUP,
	  IDS, CONF_ANY, CONF_ANY, ask_root_unaligned },
	{ "domains.root-beyond",
	  "What does CONFIGURE answer for a root above 2^52?", NULL, NO_STATUS,
	  "Linux and hvpt stay below; the model refuses it", GROUP, IDS,
	  CONF_ANY, CONF_ANY, ask_root_beyond },
	{ "domains.root-absent",
	  "What does CONFIGURE answer for a root where no memory is?", NULL,
	  NO_STATUS, "Linux and hvpt do not do it; the model accepts it", GROUP,
	  IDS, CONF_ANY, CONF_ANY, ask_root_absent },
	{ "domains.root-none",
	  "What does CONFIGURE answer for a table with root 0?", NULL,
	  "no source says", "hvpt could use page 0; the model accepts it",
	  GROUP, IDS, CONF_ANY, CONF_ANY, ask_root_none },
	{ "domains.root-identity",
	  "What does CONFIGURE answer for an identity domain with a root?",
	  NULL, "no source says", "Linux and hvpt send 0; the model refuses it",
	  GROUP, IDS, CONF_ANY, CONF_ANY, ask_root_identity },
	{ "domains.levels-identity",
	  "What does CONFIGURE answer for an identity domain with 5 levels?",
	  NULL, "no source says", "Linux and hvpt send 0; the model refuses it",
	  GROUP, IDS, CONF_ANY, CONF_ANY, ask_levels_identity },
	{ "domains.root-blocked",
	  "What does CONFIGURE answer for a blocked domain with a root?", NULL,
	  "no source says", "Linux and hvpt send 0; the model refuses it",
	  GROUP, IDS, CONF_ANY, CONF_ANY, ask_root_blocked },
	{ "domains.configure-again",
	  "Can a blocked domain be configured again, as a paging domain?",
	  NULL, "no source says",
	  "hvpt does it only after a loss of state; the model allows it",
	  GROUP, IDS, CONF_ANY, CONF_ANY, ask_again },
	{ "domains.configure-unknown",
	  "What does CONFIGURE answer for a domain that does not exist?", NULL,
	  "no source says", "guests need a failure; the model says NOT_FOUND",
	  GROUP, IDS, CONF_ANY, CONF_REFUSED, ask_configure_unknown },
	{ "domains.delete", "Can a domain without devices be deleted?",
	  "it succeeds", GUEST, "Linux and hvpt need it", GROUP, IDS,
	  CONF_IS(SUCCESS), CONF_IS(SUCCESS), ask_delete },
	{ "domains.delete-unknown",
	  "What does DELETE answer for a domain that does not exist?", NULL,
	  "no source says", "the model says NOT_FOUND", GROUP, IDS, CONF_ANY,
	  CONF_REFUSED, ask_delete_unknown },
	{ "domains.reuse", "Can an id be used again at once after DELETE?",
	  NULL, "no source says", "Linux and hvpt do it", GROUP, IDS, CONF_ANY,
	  CONF_IS(SUCCESS), ask_reuse },
};
/* clang-format on */
const size_t conf_domains_count = CONF_COUNT(conf_domains_questions);
