/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What CPUID announces beside what calls answer, and what is denied.
 *
 * Calls that need a privilege are made whether or not it is announced. Those
 * here read, and name the partition itself. No partition is named that could
 * exist beside it.
 */
#include "ask.h"

/* TLFS, HV_PARTITION_PRIVILEGE_MASK: leaf 0x40000003 EAX, and EBX in 63:32. */
#define ACCESS_HYPERCALL_MSRS 5u
#define ACCESS_PARTITION_ID 33u
#define ACCESS_MEMORY_POOL 34u
#define ACCESS_VP_REGISTERS 49u
#define ENABLE_EXTENDED_HYPERCALLS 52u
#define ISOLATION 54u

/* TLFS, Hypercall Reference; 0x46: Linux, hvgdk_mini.h. */
#define GET_PARTITION_ID 0x46u
#define GET_MEMORY_BALANCE 0x4au
#define GET_VP_REGISTERS 0x50u
#define EXT_QUERY_CAPABILITIES 0x8001u

#define VP_SELF 0xfffffffeu	      /* TLFS, HV_VP_INDEX_SELF */
#define REGISTER_VP_INDEX 0x00090003u /* TLFS, HvRegisterVpIndex */

#define NO_PARTITION 0x7fffffffffffffffu /* ids are counted from 1 */

/* TLFS, HV_INPUT_VTL: 3:0 VTL, 4 use it, 7:5 zero. */
#define VTL(n) (0x10u | (n))

/* ---- CPUID ----------------------------------------------------------- */

/* All zero when the leaf does not exist. */
static struct hvpt_cpuid leaf(const struct conformance_run *run,
			      const struct hvpt_cpuid *cpuid, uint32_t number)
{
	const struct hvpt_cpuid none = { 0, 0, 0, 0 };

	return number <= run->host->cpuid->hv_max.eax ? *cpuid : none;
}

static bool has_privilege(const struct conformance_run *run, unsigned bit)
{
	const struct hvpt_cpuid *features = &run->host->cpuid->hv_features;
	uint64_t mask = features->eax | (uint64_t)features->ebx << 32;

	return mask >> bit & 1;
}

static struct hvpt_cpuid hardware(const struct conformance_run *run)
{
	return leaf(run, &run->host->cpuid->hv_hardware,
		    HVPT_CPUID_HV_HARDWARE);
}

static uint16_t ask_hypercalls(struct conformance_run *run)
{
	struct conf_call call = conf_get_caps();

	run->value = has_privilege(run, ACCESS_HYPERCALL_MSRS);
	run->differs = !run->value;
	return conf_status(run, &call);
}

/* Bits 25:24 of EDX. */
static uint16_t ask_domains(struct conformance_run *run)
{
	struct conf_call call = conf_get_caps();
	uint16_t status = conf_status(run, &call);
	bool has = status == HVPT_HV_STATUS_SUCCESS &&
		   conf_has_stage_1(call.out);

	run->value = run->host->cpuid->hv_features.edx >> 24 & 3;
	if (has != (run->value == 3))
		conf_differs(run, "CPUID and the capabilities differ");
	return status;
}

static uint16_t ask_width(struct conformance_run *run)
{
	run->value = hardware(run).ebx & 0xffu;
	if (run->value != (run->caps[0] >> 48 & 0xffu))
		run->note = "the capabilities say otherwise";
	return HVPT_HV_STATUS_SUCCESS;
}

static uint16_t ask_remapping(struct conformance_run *run)
{
	run->value = hardware(run).eax & 0x90u;
	return HVPT_HV_STATUS_SUCCESS;
}

static uint16_t ask_pinning(struct conformance_run *run)
{
	run->value = run->host->cpuid->hv_advice.eax >> 22 & 1;
	return HVPT_HV_STATUS_SUCCESS;
}

static uint16_t ask_isolation(struct conformance_run *run)
{
	const struct hvpt_cpuid isolation = leaf(
		run, &run->host->cpuid->hv_isolation, HVPT_CPUID_HV_ISOLATION);

	if (!has_privilege(run, ISOLATION))
		return HVPT_HV_STATUS_SUCCESS;
	run->value = isolation.ebx & 0xfu;
	if (isolation.eax & 1)
		run->note = "there is a paravisor";
	return HVPT_HV_STATUS_SUCCESS;
}

/* ---- calls that need a privilege ------------------------------------- */

/* Value: is the privilege announced? */
static uint16_t with_privilege(struct conformance_run *run,
			       struct conf_call *call, unsigned bit)
{
	uint16_t status = conf_status(run, call);

	run->value = has_privilege(run, bit);
	if (run->value != (status == HVPT_HV_STATUS_SUCCESS))
		conf_differs(run, run->value ? "it is announced" :
					       "it is not announced");
	return status;
}

static struct conf_call get_partition_id(void)
{
	struct conf_call call = {
		.control = GET_PARTITION_ID,
		.words = 1,
		.out_at = CONF_OUT_AT,
	};

	return call;
}

static uint16_t ask_partition_id(struct conformance_run *run)
{
	struct conf_call call = get_partition_id();

	return with_privilege(run, &call, ACCESS_PARTITION_ID);
}

static uint16_t ask_memory_balance(struct conformance_run *run)
{
	struct conf_call call = {
		.control = GET_MEMORY_BALANCE,
		.in = { HVPT_HV_PARTITION_SELF, 0 },
		.words = 2,
		.out_at = CONF_OUT_AT,
	};

	return with_privilege(run, &call, ACCESS_MEMORY_POOL);
}

static uint16_t ask_vp_registers(struct conformance_run *run)
{
	struct conf_call call = {
		.control = hvpt_hv_control(GET_VP_REGISTERS, 1, 0),
		.in = { HVPT_HV_PARTITION_SELF, VP_SELF, REGISTER_VP_INDEX },
		.words = 3,
		.out_at = CONF_OUT_AT,
	};

	return with_privilege(run, &call, ACCESS_VP_REGISTERS);
}

static uint16_t ask_extended(struct conformance_run *run)
{
	struct conf_call call = {
		.control = EXT_QUERY_CAPABILITIES,
		.words = 1,
		.out_at = CONF_OUT_AT,
	};

	return with_privilege(run, &call, ENABLE_EXTENDED_HYPERCALLS);
}

/* ---- partitions ------------------------------------------------------ */

static uint16_t caps_of(struct conformance_run *run, uint64_t partition)
{
	struct conf_call call = conf_get_caps();

	call.in[0] = partition;
	return conf_status(run, &call);
}

static uint16_t ask_own_id(struct conformance_run *run)
{
	struct conf_call call = get_partition_id();

	if (conf_status(run, &call) != HVPT_HV_STATUS_SUCCESS)
		return conf_skip(run, "the host does not tell the id");
	return caps_of(run, call.out[0]);
}

static uint16_t ask_no_partition(struct conformance_run *run)
{
	return caps_of(run, NO_PARTITION);
}

/* The call with partition 0. Value: its code. Return: whether it is refused. */
static bool refuses(struct conformance_run *run, struct conf_call *call,
		    uint16_t *status)
{
	call->in[0] = 0;
	run->value = call->control & 0xffffu;
	*status = conf_status(run, call);
	return *status == HVPT_HV_STATUS_INVALID_PARTITION_ID ||
	       *status == HVPT_HV_STATUS_ACCESS_DENIED;
}

/* On a domain of the suite: if the id is ignored, nobody else is met. */
static uint16_t ask_partition_domains(struct conformance_run *run)
{
	static const uint16_t codes[] = {
		HVPT_HVCALL_CREATE_DEVICE_DOMAIN,
		HVPT_HVCALL_CONFIGURE_DEVICE_DOMAIN,
		HVPT_HVCALL_FLUSH_DEVICE_DOMAIN,
		HVPT_HVCALL_DELETE_DEVICE_DOMAIN,
	};
	uint16_t status = 0;
	unsigned i;

	for (i = 0; i < CONF_COUNT(codes); i++) {
		struct conf_call call = conf_domain_call(codes[i], run->id[0]);

		call.words = 5; /* fields behind the header are 0 */
		if (codes[i] == HVPT_HVCALL_CREATE_DEVICE_DOMAIN)
			call.in[3] = HVPT_HV_CREATE_FORWARD_PROGRESS;
		if (!refuses(run, &call, &status))
			break;
	}
	if (run->value == HVPT_HVCALL_DELETE_DEVICE_DOMAIN)
		run->made[0] = status != HVPT_HV_STATUS_SUCCESS;
	return status;
}

static uint16_t ask_partition_list(struct conformance_run *run)
{
	uint64_t entry = hvpt_hv_flush_entry(0, 0);
	struct conf_call call = conf_list_call(run->id[0], &entry, 1, 1);
	uint16_t status;

	refuses(run, &call, &status);
	return status;
}

static uint16_t ask_partition_device(struct conformance_run *run)
{
	struct conf_call attach = conf_attach_call(
				 run->id[0],
				 hvpt_hv_device_logical(run->host->device)),
			 detach = conf_detach_call(
				 hvpt_hv_device_logical(run->host->device)),
			 property = conf_get_property(
				 run->host->device,
				 HVPT_HV_DEVICE_PROPERTY_PVIOMMU);
	uint16_t status;

	run->moved = true;
	if (refuses(run, &attach, &status) && refuses(run, &detach, &status))
		refuses(run, &property, &status);
	return status;
}

/* ---- trust levels ---------------------------------------------------- */

static uint16_t flush_of(struct conformance_run *run, unsigned vtl)
{
	struct conf_call call = conf_domain_call(
		HVPT_HVCALL_FLUSH_DEVICE_DOMAIN, run->id[0]);

	call.in[1] = vtl;
	return conf_status(run, &call);
}

static uint16_t ask_vtl_own(struct conformance_run *run)
{
	return flush_of(run, VTL(0));
}

static uint16_t ask_vtl_higher(struct conformance_run *run)
{
	return flush_of(run, VTL(1));
}

static uint16_t ask_vtl_reserved(struct conformance_run *run)
{
	return flush_of(run, 1u << 5);
}

#define GROUP CONFORMANCE_PRIVILEGES
#define CPUID CONFORMANCE_NEEDS_CPUID
#define PVIOMMU CONFORMANCE_NEEDS_PVIOMMU
#define PAGING (PVIOMMU | CONFORMANCE_NEEDS_IDS | CONFORMANCE_NEEDS_PAGING)
#define MOVES                                                                  \
	(PVIOMMU | CONFORMANCE_NEEDS_IDS | CONFORMANCE_NEEDS_BLOCKED |         \
	 CONFORMANCE_NEEDS_DEVICE | CONFORMANCE_NEEDS_HOME)
#define MASK "TLFS, HV_PARTITION_PRIVILEGE_MASK"
#define MU "mu_msvm, HvGuestCpuid.h"
#define VTLS "TLFS, HV_INPUT_VTL; not these calls"
#define FOLLOWS "it succeeds exactly with the privilege"
#define NOBODY "no pvIOMMU guest makes the call"
#define SENDS_ZERO "Linux and hvpt send zero"
#define NO_SUCH_ID                                                             \
	"INVALID_PARTITION_ID; privilege failures may be ACCESS_DENIED",       \
		"TLFS, HV_PARTITION_ID", "Linux and hvpt say SELF"
#define NONE CONF_IS2(INVALID_PARTITION_ID, ACCESS_DENIED)

/* clang-format off */
const struct conformance_question conf_privileges_questions[] = {
	{ "privileges.hypercalls",
	  "Is AccessHypercallMsrs announced, now that calls can be made? "
	  "Value: 1 if so.", "calls need it", MASK,
	  "hvpt makes no call without it", GROUP, CPUID, CONF_ANY, CONF_ANY,
	  ask_hypercalls },
	{ "privileges.device-domains",
	  "Are EDX 24 and 25 of leaf 0x40000003 set exactly with a pvIOMMU? "
	  "Value: them.", "device domains, and those of stage 1, are available",
	  MU, "Linux ignores them, hvpt takes them as hints", GROUP, CPUID,
	  CONF_ANY, CONF_ANY, ask_domains },
	{ "privileges.width",
	  "Which width has leaf 0x40000006 in EBX 7:0? Value: bits.", NULL,
	  "OpenVMM names the field only", "Linux and hvpt ignore it", GROUP,
	  CPUID | PVIOMMU, CONF_ANY, CONF_ANY, ask_width },
	{ "privileges.remapping",
	  "Are EAX 4 and 7 of leaf 0x40000006 set? Value: them.", NULL,
	  "TLFS: DMA remapping, and protection by it, are in use",
	  "Linux and hvpt ignore them", GROUP, CPUID, CONF_ANY, CONF_ANY,
	  ask_remapping },
	{ "privileges.pinning",
	  "Is EAX 22 of leaf 0x40000004 set? Value: 1 if so.", NULL,
	  MU ": memory for DMA is to be pinned; the call is not public",
	  "hvpt leaves it to its caller", GROUP, CPUID, CONF_ANY, CONF_ANY,
	  ask_pinning },
	{ "privileges.isolation",
	  "How is the VM isolated? Value: leaf 0x4000000c EBX 3:0.", NULL,
	  "TLFS does not say whether stage-1 tables may be private",
	  "hvpt makes no call in an isolated VM without paravisor", GROUP,
	  CPUID, CONF_ANY, CONF_ANY, ask_isolation },
	{ "privileges.partition-id",
	  "Does GET_PARTITION_ID go with AccessPartitionId? "
	  "Value: 1 if announced.", FOLLOWS, MASK, NOBODY, GROUP, CPUID,
	  CONF_ANY, CONF_ANY, ask_partition_id },
	{ "privileges.memory-balance",
	  "Does GET_MEMORY_BALANCE go with AccessMemoryPool? "
	  "Value: 1 if announced.", FOLLOWS, MASK, NOBODY, GROUP, CPUID,
	  CONF_ANY, CONF_ANY, ask_memory_balance },
	{ "privileges.vp-registers",
	  "Does GET_VP_REGISTERS go with AccessVpRegisters? "
	  "Value: 1 if announced.", FOLLOWS, MASK, NOBODY, GROUP, CPUID,
	  CONF_ANY, CONF_ANY, ask_vp_registers },
	{ "privileges.extended",
	  "Does EXT_QUERY_CAPABILITIES go with EnableExtendedHypercalls? "
	  "Value: 1 if announced.", FOLLOWS, MASK, NOBODY, GROUP, CPUID,
	  CONF_ANY, CONF_ANY, ask_extended },
	{ "privileges.own-id",
	  "May a partition name itself by its id?",
	  "SELF stands for the id of the caller", "TLFS, HV_PARTITION_ID",
	  "Linux and hvpt say SELF", GROUP, PVIOMMU, CONF_IS(SUCCESS),
	  CONF_ANY, ask_own_id },
	{ "privileges.no-partition",
	  "Is partition id 2^63 - 1 refused, which nobody has?",
	  NO_SUCH_ID, GROUP, PVIOMMU,
	  NONE, CONF_REFUSED, ask_no_partition },
	{ "privileges.partition-domains",
	  "Do CREATE, CONFIGURE, FLUSH and DELETE refuse partition id 0? "
	  "Value: the last code tried.",
	  NO_SUCH_ID, GROUP, PAGING,
	  NONE, CONF_REFUSED, ask_partition_domains },
	{ "privileges.partition-list",
	  "Does FLUSH_LIST refuse partition id 0? Value: its code.",
	  NO_SUCH_ID, GROUP,
	  PAGING | CONFORMANCE_NEEDS_LIST, NONE, CONF_REFUSED,
	  ask_partition_list },
	{ "privileges.partition-device",
	  "Do ATTACH, DETACH and the property call refuse partition id 0? "
	  "Value: the last code tried.",
	  NO_SUCH_ID, GROUP, MOVES,
	  NONE, CONF_REFUSED, ask_partition_device },
	{ "privileges.vtl-own",
	  "What does FLUSH answer when the owner's VTL is given as 0?", NULL,
	  VTLS, SENDS_ZERO "; the model refuses it", GROUP, PAGING, CONF_ANY,
	  CONF_ANY, ask_vtl_own },
	{ "privileges.vtl-higher",
	  "What does FLUSH answer when the owner's VTL is given as 1?", NULL,
	  VTLS, SENDS_ZERO "; the model refuses it", GROUP, PAGING, CONF_ANY,
	  CONF_ANY, ask_vtl_higher },
	{ "privileges.vtl-reserved",
	  "What does FLUSH answer when bit 5 of the VTL is set?", NULL, VTLS,
	  SENDS_ZERO "; the model refuses it", GROUP, PAGING, CONF_ANY,
	  CONF_ANY, ask_vtl_reserved },
};
/* clang-format on */
const size_t conf_privileges_count = CONF_COUNT(conf_privileges_questions);
