// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
//! The hypervisor's interface: hv_abi.h, hv_message.h, hv_status.h.

use crate::c_char;
use crate::status::hvpt_status;

// ---- hv_abi.h ------------------------------------------------------

pub const HVPT_HV_PAGE_BYTES: u32 = 0x1000;
pub const HVPT_HV_PARTITION_SELF: u64 = 0xffff_ffff_ffff_ffff;
pub const HVPT_HVCALL_CREATE_DEVICE_DOMAIN: u32 = 177;
pub const HVPT_HVCALL_ATTACH_DEVICE_DOMAIN: u32 = 178;
pub const HVPT_HVCALL_DETACH_DEVICE_DOMAIN: u32 = 196;
pub const HVPT_HVCALL_DELETE_DEVICE_DOMAIN: u32 = 197;
pub const HVPT_HVCALL_CONFIGURE_DEVICE_DOMAIN: u32 = 206;
pub const HVPT_HVCALL_FLUSH_DEVICE_DOMAIN: u32 = 208;
pub const HVPT_HVCALL_FLUSH_DEVICE_DOMAIN_LIST: u32 = 209;
pub const HVPT_HVCALL_GET_IOMMU_CAPABILITIES: u32 = 0x125;
pub const HVPT_HVCALL_GET_LOGICAL_DEVICE_PROPERTY: u32 = 0x127;
pub const HVPT_HV_CONTROL_COUNT_SHIFT: u32 = 32;
pub const HVPT_HV_CONTROL_START_SHIFT: u32 = 48;
pub const HVPT_HV_REP_MASK: u32 = 0xfff;
pub const HVPT_HV_NO_HYPERCALL: u64 = 0xffff_ffff_ffff_ffff;
pub const HVPT_HV_DOMAIN_TYPE_S2: u32 = 0;
pub const HVPT_HV_DOMAIN_TYPE_S1: u32 = 1;
pub const HVPT_HV_DOMAIN_TYPE_SOC: u32 = 2;
pub const HVPT_HV_DOMAIN_ID_DEFAULT: u32 = 0;
pub const HVPT_HV_DOMAIN_ID_NULL: u32 = 0xffffffff;

/// Names a device domain.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct hvpt_hv_device_domain {
    pub partition_id: u64,
    pub owner_vtl: u8,
    pub padding: [u8; 7],
    pub domain_id: u64,
}

pub const HVPT_HV_DEVICE_TYPE_SHIFT: u32 = 62;
pub const HVPT_HV_DEVICE_TYPE_MASK: u64 = 0xc000_0000_0000_0000;
pub const HVPT_HV_DEVICE_TYPE_LOGICAL: u32 = 0;
pub const HVPT_HV_CREATE_FORWARD_PROGRESS: u64 = 0x1;
pub const HVPT_HV_CREATE_INHERIT_VTL: u64 = 0x2;

/// Input of CREATE_DEVICE_DOMAIN.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct hvpt_hv_create_device_domain {
    pub domain: hvpt_hv_device_domain,
    pub flags: u32,
    pub padding: u32,
}

/// Input of DELETE_DEVICE_DOMAIN.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct hvpt_hv_delete_device_domain {
    pub domain: hvpt_hv_device_domain,
}

/// Input of ATTACH_DEVICE_DOMAIN.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct hvpt_hv_attach_device_domain {
    pub domain: hvpt_hv_device_domain,
    pub device_id: u64,
}

/// Input of DETACH_DEVICE_DOMAIN.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct hvpt_hv_detach_device_domain {
    pub partition_id: u64,
    pub device_id: u64,
}

pub const HVPT_HV_SETTINGS_TRANSLATION: u64 = 0x1;
pub const HVPT_HV_SETTINGS_BLOCKED: u64 = 0x2;
pub const HVPT_HV_SETTINGS_5_LEVELS: u64 = 0x4;

/// Input of CONFIGURE_DEVICE_DOMAIN.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct hvpt_hv_configure_device_domain {
    pub domain: hvpt_hv_device_domain,
    pub flags: u64,
    pub page_table_root: u64,
}

/// Input of FLUSH_DEVICE_DOMAIN.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct hvpt_hv_flush_device_domain {
    pub domain: hvpt_hv_device_domain,
    pub flags: u32,
    pub reserved: u32,
}

pub const HVPT_HV_FLUSH_LIST_IOMMU_FORMAT: u64 = 1;

/// Header of the input of FLUSH_DEVICE_DOMAIN_LIST; the entries follow.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct hvpt_hv_flush_device_domain_list {
    pub domain: hvpt_hv_device_domain,
    pub flags: u32,
    pub reserved: u32,
}

pub const HVPT_HV_FLUSH_LIST_MAX: u32 = 0x1fc;
pub const HVPT_HV_FLUSH_ENTRY_SHIFT_MASK: u64 = 0x3f;
pub const HVPT_HV_FLUSH_ENTRY_RESERVED: u64 = 0xfc0;
pub const HVPT_HV_FLUSH_ENTRY_PAGE_SHIFT: u32 = 12;
pub const HVPT_HV_FLUSH_ENTRY_SHIFT_MAX: u32 = 52;

/// Input of GET_IOMMU_CAPABILITIES.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct hvpt_hv_get_iommu_capabilities {
    pub partition_id: u64,
    pub reserved: u64,
}

/// Output of GET_IOMMU_CAPABILITIES.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct hvpt_hv_iommu_capabilities {
    pub size: u32,
    pub reserved: u16,
    pub max_iova_width: u8,
    pub max_pasid_width: u8,
    pub iommu_cap: u64,
    pub pgsize_bitmap: u64,
}

pub const HVPT_HV_IOMMU_CAP_PRESENT: u64 = 0x1;
pub const HVPT_HV_IOMMU_CAP_S2: u64 = 0x2;
pub const HVPT_HV_IOMMU_CAP_S1: u64 = 0x4;
pub const HVPT_HV_IOMMU_CAP_S1_5LVL: u64 = 0x8;
pub const HVPT_HV_IOMMU_CAP_PASID: u64 = 0x10;
pub const HVPT_HV_IOMMU_CAP_ATS: u64 = 0x20;
pub const HVPT_HV_IOMMU_CAP_PRI: u64 = 0x40;
pub const HVPT_HV_DEVICE_PROPERTY_PVIOMMU: u32 = 10;

/// Input of GET_LOGICAL_DEVICE_PROPERTY.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct hvpt_hv_get_logical_device_property {
    pub partition_id: u64,
    pub logical_device_id: u64,
    pub code: u32,
    pub reserved: u32,
}

/// Output of GET_LOGICAL_DEVICE_PROPERTY.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct hvpt_hv_logical_device_property {
    pub device_iommu: u64,
    pub reserved: u64,
}

pub const HVPT_HV_DEVICE_IOMMU_ENABLED: u64 = 1;

// ---- hv_message.h --------------------------------------------------

pub const HVPT_HV_MESSAGE_IOMMU_FAULT: u32 = 0x80000024;
pub const HVPT_HV_IOMMU_FAULT_SINT: u32 = 1;
pub const HVPT_HV_MESSAGE_BYTES: u32 = 0x100;
pub const HVPT_HV_MESSAGE_PAYLOAD_MAX: u32 = 240;

/// What each message of the hypervisor begins with.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct hvpt_hv_message_header {
    pub r#type: u32,
    pub payload_bytes: u8,
    pub flags: u8,
    pub reserved: [u8; 2],
    pub sender: u64,
}

pub const HVPT_HV_IOMMU_FAULT_TRANSLATION: u32 = 0;
pub const HVPT_HV_IOMMU_FAULT_BLOCKED: u32 = 1;
pub const HVPT_HV_IOMMU_FAULT_INTERRUPT: u32 = 2;
pub const HVPT_HV_IOMMU_FAULT_PERMISSION: u32 = 3;
pub const HVPT_HV_IOMMU_FAULT_ADDRESS_SIZE: u32 = 4;
pub const HVPT_HV_IOMMU_FAULT_TLB_CONFLICT: u32 = 5;
pub const HVPT_HV_IOMMU_FAULT_EXTERNAL: u32 = 6;
pub const HVPT_HV_IOMMU_FAULT_UNSUPPORTED: u32 = 7;
pub const HVPT_HV_ACCESS_READ: u32 = 0;
pub const HVPT_HV_ACCESS_WRITE: u32 = 1;
pub const HVPT_HV_ACCESS_EXECUTE: u32 = 2;
pub const HVPT_HV_IOMMU_FAULT_ADDRESS_VALID: u32 = 1;
pub const HVPT_HV_IOMMU_FAULT_DEVICE_VALID: u32 = 2;

/// The payload of an IOMMU fault message.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct hvpt_hv_iommu_fault {
    pub r#type: u32,
    pub access_type: u8,
    pub padding0: [u8; 3],
    pub flags: u32,
    pub padding1: u32,
    pub logical_device_id: u64,
    pub fault_address: u64,
}

// ---- hv_status.h ---------------------------------------------------

/// The hypervisor's status of a call.
pub type hvpt_hv_status = u32;
pub const HVPT_HV_STATUS_SUCCESS: hvpt_hv_status = 0;
pub const HVPT_HV_STATUS_INVALID_HYPERCALL_CODE: hvpt_hv_status = 2;
pub const HVPT_HV_STATUS_INVALID_HYPERCALL_INPUT: hvpt_hv_status = 3;
pub const HVPT_HV_STATUS_INVALID_ALIGNMENT: hvpt_hv_status = 4;
pub const HVPT_HV_STATUS_INVALID_PARAMETER: hvpt_hv_status = 5;
pub const HVPT_HV_STATUS_ACCESS_DENIED: hvpt_hv_status = 6;
pub const HVPT_HV_STATUS_INVALID_PARTITION_STATE: hvpt_hv_status = 7;
pub const HVPT_HV_STATUS_OPERATION_DENIED: hvpt_hv_status = 8;
pub const HVPT_HV_STATUS_UNKNOWN_PROPERTY: hvpt_hv_status = 9;
pub const HVPT_HV_STATUS_PROPERTY_VALUE_OUT_OF_RANGE: hvpt_hv_status = 10;
pub const HVPT_HV_STATUS_INSUFFICIENT_MEMORY: hvpt_hv_status = 11;
pub const HVPT_HV_STATUS_PARTITION_TOO_DEEP: hvpt_hv_status = 12;
pub const HVPT_HV_STATUS_INVALID_PARTITION_ID: hvpt_hv_status = 13;
pub const HVPT_HV_STATUS_INVALID_VP_INDEX: hvpt_hv_status = 14;
pub const HVPT_HV_STATUS_NOT_FOUND: hvpt_hv_status = 16;
pub const HVPT_HV_STATUS_INVALID_PORT_ID: hvpt_hv_status = 17;
pub const HVPT_HV_STATUS_INVALID_CONNECTION_ID: hvpt_hv_status = 18;
pub const HVPT_HV_STATUS_INSUFFICIENT_BUFFERS: hvpt_hv_status = 19;
pub const HVPT_HV_STATUS_NOT_ACKNOWLEDGED: hvpt_hv_status = 20;
pub const HVPT_HV_STATUS_INVALID_VP_STATE: hvpt_hv_status = 21;
pub const HVPT_HV_STATUS_ACKNOWLEDGED: hvpt_hv_status = 22;
pub const HVPT_HV_STATUS_INVALID_SAVE_RESTORE_STATE: hvpt_hv_status = 23;
pub const HVPT_HV_STATUS_INVALID_SYNIC_STATE: hvpt_hv_status = 24;
pub const HVPT_HV_STATUS_OBJECT_IN_USE: hvpt_hv_status = 25;
pub const HVPT_HV_STATUS_INVALID_PROXIMITY_DOMAIN_INFO: hvpt_hv_status = 26;
pub const HVPT_HV_STATUS_NO_DATA: hvpt_hv_status = 27;
pub const HVPT_HV_STATUS_INACTIVE: hvpt_hv_status = 28;
pub const HVPT_HV_STATUS_NO_RESOURCES: hvpt_hv_status = 29;
pub const HVPT_HV_STATUS_FEATURE_UNAVAILABLE: hvpt_hv_status = 30;
pub const HVPT_HV_STATUS_PARTIAL_PACKET: hvpt_hv_status = 31;
pub const HVPT_HV_STATUS_PROCESSOR_FEATURE_NOT_SUPPORTED: hvpt_hv_status = 32;
pub const HVPT_HV_STATUS_PROCESSOR_CACHE_LINE_FLUSH_SIZE_INCOMPATIBLE:
    hvpt_hv_status = 48;
pub const HVPT_HV_STATUS_INSUFFICIENT_BUFFER: hvpt_hv_status = 51;
pub const HVPT_HV_STATUS_INCOMPATIBLE_PROCESSOR: hvpt_hv_status = 55;
pub const HVPT_HV_STATUS_INSUFFICIENT_DEVICE_DOMAINS: hvpt_hv_status = 56;
pub const HVPT_HV_STATUS_CPUID_FEATURE_VALIDATION_ERROR: hvpt_hv_status = 60;
pub const HVPT_HV_STATUS_CPUID_XSAVE_FEATURE_VALIDATION_ERROR: hvpt_hv_status =
    61;
pub const HVPT_HV_STATUS_PROCESSOR_STARTUP_TIMEOUT: hvpt_hv_status = 62;
pub const HVPT_HV_STATUS_SMX_ENABLED: hvpt_hv_status = 63;
pub const HVPT_HV_STATUS_INVALID_LP_INDEX: hvpt_hv_status = 65;
pub const HVPT_HV_STATUS_INVALID_REGISTER_VALUE: hvpt_hv_status = 80;
pub const HVPT_HV_STATUS_INVALID_VTL_STATE: hvpt_hv_status = 81;
pub const HVPT_HV_STATUS_NX_NOT_DETECTED: hvpt_hv_status = 85;
pub const HVPT_HV_STATUS_INVALID_DEVICE_ID: hvpt_hv_status = 87;
pub const HVPT_HV_STATUS_INVALID_DEVICE_STATE: hvpt_hv_status = 88;
pub const HVPT_HV_STATUS_PENDING_PAGE_REQUESTS: hvpt_hv_status = 89;
pub const HVPT_HV_STATUS_PAGE_REQUEST_INVALID: hvpt_hv_status = 96;
pub const HVPT_HV_STATUS_KEY_ALREADY_EXISTS: hvpt_hv_status = 101;
pub const HVPT_HV_STATUS_DEVICE_ALREADY_IN_DOMAIN: hvpt_hv_status = 102;
pub const HVPT_HV_STATUS_INVALID_CPU_GROUP_ID: hvpt_hv_status = 111;
pub const HVPT_HV_STATUS_INVALID_CPU_GROUP_STATE: hvpt_hv_status = 112;
pub const HVPT_HV_STATUS_OPERATION_FAILED: hvpt_hv_status = 113;
pub const HVPT_HV_STATUS_NOT_ALLOWED_WITH_NESTED_VIRT_ACTIVE: hvpt_hv_status =
    114;
pub const HVPT_HV_STATUS_INSUFFICIENT_ROOT_MEMORY: hvpt_hv_status = 115;
pub const HVPT_HV_STATUS_EVENT_BUFFER_ALREADY_FREED: hvpt_hv_status = 116;
pub const HVPT_HV_STATUS_INSUFFICIENT_CONTIGUOUS_MEMORY: hvpt_hv_status = 117;
pub const HVPT_HV_STATUS_TIMEOUT: hvpt_hv_status = 120;
pub const HVPT_HV_STATUS_CALL_PENDING: hvpt_hv_status = 121;
pub const HVPT_HV_STATUS_INSUFFICIENT_CONTIGUOUS_ROOT_MEMORY: hvpt_hv_status =
    131;
pub const HVPT_HV_STATUS_VTL_ALREADY_ENABLED: hvpt_hv_status = 134;
pub const HVPT_HV_STATUS_UNKNOWN_REGISTER_NAME: hvpt_hv_status = 135;
pub const HVPT_HV_STATUS_NO_HYPERCALL: hvpt_hv_status = 0xffff;

extern "C" {
    /// The control word of a memory-based call; a simple call has 0 reps.
    pub fn hvpt_hv_control(code: u16, count: u32, start: u32) -> u64;
    /// The status in a hypercall's result.
    pub fn hvpt_hv_result_status(result: u64) -> u16;
    /// How many reps were completed, counted from element 0.
    pub fn hvpt_hv_result_reps(result: u64) -> u32;
    /// The id of a domain of `kind`, as hypercalls have it.
    pub fn hvpt_hv_domain_id(kind: u32, id: u32) -> u64;
    /// A logical device, as hypercalls have it.
    pub fn hvpt_hv_device_logical(id: u64) -> u64;
    /// An entry from `page`, of 52 bits, and `shift`, of 6 bits.
    pub fn hvpt_hv_flush_entry(page: u64, shift: u32) -> u64;
    /// No reserved bit set, a shift of at most 52, an aligned page number?
    pub fn hvpt_hv_flush_entry_ok(entry: u64) -> bool;
    /// The hypervisor's name of a status, for logs.
    pub fn hvpt_hv_status_name(raw: u16) -> *const c_char;
    /// The status that a raw status becomes.
    pub fn hvpt_hv_status_map(raw: u16) -> hvpt_status;
    /// The Linux error number of a raw status.
    pub fn hvpt_hv_status_errno(raw: u16) -> i32;
    /// May it mean "there is no such device"?
    pub fn hvpt_hv_status_is_absence(raw: u16) -> bool;
}
