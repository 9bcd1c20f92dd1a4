# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""What the Linux kernel's include/hyperv/ and hvpt must agree about.

Pairs of expressions in C: one of the kernel, one of hvpt. The kernel's headers
are the source; nothing of them is kept here but names. Statuses and calls are
not listed: each that both have by the same name is compared.
"""

# Kernels from 7.3 on have these.
FACTS = [
    ("HV_PARTITION_ID_SELF", "HVPT_HV_PARTITION_SELF"),
    ("HV_X64_MSR_GUEST_OS_ID", "HVPT_MSR_GUEST_OS_ID"),
    ("HV_X64_MSR_HYPERCALL", "HVPT_MSR_HYPERCALL"),
    ("HV_X64_MSR_VP_INDEX", "HVPT_MSR_VP_INDEX"),
    ("HV_X64_MSR_HYPERCALL_ENABLE", "HVPT_HYPERCALL_MSR_ENABLE"),
    ("HYPERV_CPUID_VENDOR_AND_MAX_FUNCTIONS", "HVPT_CPUID_HV_MAX"),
    ("HYPERV_CPUID_INTERFACE", "HVPT_CPUID_HV_INTERFACE"),
    ("HYPERV_CPUID_FEATURES", "HVPT_CPUID_HV_FEATURES"),
    ("HYPERV_CPUID_ENLIGHTMENT_INFO", "HVPT_CPUID_HV_ADVICE"),
    ("HYPERV_CPUID_ISOLATION_CONFIG", "HVPT_CPUID_HV_ISOLATION"),
    ("HYPERV_CPUID_MIN", "HVPT_CPUID_HV_LEAST"),
    ("HV_MSR_HYPERCALL_AVAILABLE", "HVPT_FEATURES_EAX_HYPERCALL_MSRS"),
    ("HV_ISOLATION", "HVPT_FEATURES_EBX_ISOLATION"),
    ("HV_X64_HYPERCALL_XMM_INPUT_AVAILABLE", "HVPT_FEATURES_EDX_XMM_INPUT"),
    ("HV_X64_HYPERCALL_XMM_OUTPUT_AVAILABLE", "HVPT_FEATURES_EDX_XMM_OUTPUT"),
    ("HV_PARAVISOR_PRESENT", "HVPT_ISOLATION_EAX_PARAVISOR"),
    ("HV_ISOLATION_TYPE", "HVPT_ISOLATION_EBX_TYPE_MASK"),
    ("HV_SHARED_GPA_BOUNDARY_ACTIVE", "HVPT_ISOLATION_EBX_BOUNDARY"),
    ("HV_SHARED_GPA_BOUNDARY_BITS",
     "HVPT_ISOLATION_EBX_BITS_MASK << HVPT_ISOLATION_EBX_BITS_SHIFT"),
    ("HV_ISOLATION_TYPE_NONE", "HVPT_ISOLATION_NONE"),
    ("HV_ISOLATION_TYPE_VBS", "HVPT_ISOLATION_VBS"),
    ("HV_ISOLATION_TYPE_SNP", "HVPT_ISOLATION_SNP"),
    ("HV_ISOLATION_TYPE_TDX", "HVPT_ISOLATION_TDX"),
    ("HV_HYPERCALL_REP_COMP_OFFSET", "HVPT_HV_CONTROL_COUNT_SHIFT"),
    ("HV_HYPERCALL_REP_START_OFFSET", "HVPT_HV_CONTROL_START_SHIFT"),
    ("HV_HYPERCALL_REP_COMP_MASK >> HV_HYPERCALL_REP_COMP_OFFSET",
     "HVPT_HV_REP_MASK"),
    ("HV_HYPERCALL_RESULT_MASK", "hvpt_hv_result_status(~(uint64_t)0)"),
    ("HV_HYP_PAGE_SIZE", "HVPT_HV_PAGE_BYTES"),
    ("HV_MESSAGE_SIZE", "HVPT_HV_MESSAGE_BYTES"),
    ("HV_MESSAGE_PAYLOAD_BYTE_COUNT", "HVPT_HV_MESSAGE_PAYLOAD_MAX"),
    ("HV_SYNIC_IOMMU_FAULT_SINT_INDEX", "HVPT_HV_IOMMU_FAULT_SINT"),
    ("HV_DEVICE_TYPE_LOGICAL", "HVPT_HV_DEVICE_TYPE_LOGICAL"),
    ("sizeof(union hv_input_vtl)",
     "sizeof(((struct hvpt_hv_device_domain *)0)->owner_vtl)"),
    ("sizeof(union hv_device_id)",
     "sizeof(((struct hvpt_hv_attach_device_domain *)0)->device_id)"),
    ("sizeof(struct hv_message_header)",
     "sizeof(struct hvpt_hv_message_header)"),
] + [
    (f"offsetof(struct hv_message_header, {theirs})",
     f"offsetof(struct hvpt_hv_message_header, {ours})")
    for theirs, ours in (("message_type", "type"),
                         ("payload_size", "payload_bytes"),
                         ("message_flags", "flags"),
                         ("reserved", "reserved"), ("sender", "sender"))
]
# Kernel name: of hvpt. The sizes are compared once a kernel ships them.
LATER = {
    "hv_input_device_domain": "hvpt_hv_device_domain",
    "hv_input_create_device_domain": "hvpt_hv_create_device_domain",
    "hv_input_delete_device_domain": "hvpt_hv_delete_device_domain",
    "hv_input_attach_device_domain": "hvpt_hv_attach_device_domain",
    "hv_input_detach_device_domain": "hvpt_hv_detach_device_domain",
    "hv_input_configure_device_domain": "hvpt_hv_configure_device_domain",
    "hv_input_flush_device_domain": "hvpt_hv_flush_device_domain",
    "hv_input_flush_device_domain_list": "hvpt_hv_flush_device_domain_list",
    "hv_input_get_iommu_capabilities": "hvpt_hv_get_iommu_capabilities",
    "hv_output_get_iommu_capabilities": "hvpt_hv_iommu_capabilities",
    "hv_input_get_logical_device_property":
        "hvpt_hv_get_logical_device_property",
    "hv_output_get_logical_device_property":
        "hvpt_hv_logical_device_property",
}
