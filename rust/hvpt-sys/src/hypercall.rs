// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
//! Hypercalls, discovery and device ids: hvcall.h, discover.h, logical_id.h.

use core::ffi::c_void;

use crate::pagetable::hvpt_gpa_t;
use crate::status::hvpt_status;

// ---- hvcall.h ------------------------------------------------------

/// One 4 KiB page for input and output.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct hvpt_call_page {
    pub va: *mut c_void,
    pub gpa: hvpt_gpa_t,
    pub cookie: u64,
}

/// How this platform makes a hypercall.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct hvpt_transport_ops {
    pub borrow:
        Option<unsafe extern "C" fn(*mut c_void, *mut hvpt_call_page) -> bool>,
    pub issue: Option<
        unsafe extern "C" fn(*mut c_void, u64, hvpt_gpa_t, hvpt_gpa_t) -> u64,
    >,
    pub give_back:
        Option<unsafe extern "C" fn(*mut c_void, *mut hvpt_call_page)>,
}

/// How to reach the hypervisor: hooks, and what they get.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct hvpt_transport {
    pub ops: *const hvpt_transport_ops,
    pub ctx: *mut c_void,
}

/// What the hypervisor said, as it said it.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct hvpt_answer {
    pub result: u64,
    pub code: u16,
    pub reps: u16,
    pub trips: u32,
}

/// The answer of GET_IOMMU_CAPABILITIES.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct hvpt_iommu_caps {
    pub caps: u64,
    pub page_sizes: u64,
    pub iova_width: u8,
    pub pasid_width: u8,
}

/// What a domain does with DMA.
pub type hvpt_domain_kind = u32;
pub const HVPT_DOMAIN_IDENTITY: hvpt_domain_kind = 0;
pub const HVPT_DOMAIN_BLOCKED: hvpt_domain_kind = 1;
pub const HVPT_DOMAIN_PAGING: hvpt_domain_kind = 2;

/// The input of CONFIGURE_DEVICE_DOMAIN.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct hvpt_domain_settings {
    pub kind: hvpt_domain_kind,
    pub levels: u32,
    pub root: hvpt_gpa_t,
}

/// Gives the next entry of a flush list; false at the end.
pub type hvpt_flush_source_fn =
    Option<unsafe extern "C" fn(*mut c_void, *mut u64) -> bool>;

// ---- discover.h ----------------------------------------------------

pub const HVPT_CPUID_FEATURES: u32 = 1;
pub const HVPT_CPUID_HV_MAX: u32 = 0x40000000;
pub const HVPT_CPUID_HV_INTERFACE: u32 = 0x40000001;
pub const HVPT_CPUID_HV_FEATURES: u32 = 0x40000003;
pub const HVPT_CPUID_HV_ADVICE: u32 = 0x40000004;
pub const HVPT_CPUID_HV_HARDWARE: u32 = 0x40000006;
pub const HVPT_CPUID_HV_SVM: u32 = 0x40000008;
pub const HVPT_CPUID_HV_ISOLATION: u32 = 0x4000000c;

/// What CPUID returns.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct hvpt_cpuid {
    pub eax: u32,
    pub ebx: u32,
    pub ecx: u32,
    pub edx: u32,
}

/// All leaves that `hvpt_discover()` looks at.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct hvpt_cpuid_leaves {
    pub features: hvpt_cpuid,
    pub hv_max: hvpt_cpuid,
    pub hv_interface: hvpt_cpuid,
    pub hv_features: hvpt_cpuid,
    pub hv_advice: hvpt_cpuid,
    pub hv_hardware: hvpt_cpuid,
    pub hv_svm: hvpt_cpuid,
    pub hv_isolation: hvpt_cpuid,
}

pub const HVPT_ISOLATION_NONE: u32 = 0;
pub const HVPT_ISOLATION_VBS: u32 = 1;
pub const HVPT_ISOLATION_SNP: u32 = 2;
pub const HVPT_ISOLATION_TDX: u32 = 3;
pub const HVPT_ISOLATION_UNKNOWN: u32 = 255;

/// What was found; callers may read all of it.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct hvpt_host {
    pub privileges: u64,
    pub shared_gpa_boundary: u64,
    pub svm_spaces: u32,
    pub svm_pasids: u32,
    pub max_leaf: u32,
    pub isolation: u8,
    pub domain_width: u8,
    pub hypervisor: bool,
    pub hyperv: bool,
    pub may_call: bool,
    pub xmm_input: bool,
    pub xmm_output: bool,
    pub msr_lock: bool,
    pub device_domains: bool,
    pub stage1_domains: bool,
    pub paravisor: bool,
    pub dma_remapping: bool,
    pub dma_protection: bool,
    pub gpa_pinning: bool,
    pub svm: bool,
}

pub const HVPT_MSR_GUEST_OS_ID: u32 = 0x40000000;
pub const HVPT_MSR_HYPERCALL: u32 = 0x40000001;
pub const HVPT_MSR_VP_INDEX: u32 = 0x40000002;
pub const HVPT_GUEST_OS_LINUX: u32 = 1;
pub const HVPT_GUEST_OS_FREEBSD: u32 = 2;
pub const HVPT_GUEST_OS_XEN: u32 = 3;
pub const HVPT_GUEST_OS_ILLUMOS: u32 = 4;
pub const HVPT_HYPERCALL_MSR_ENABLE: u64 = 1;
pub const HVPT_HYPERCALL_MSR_LOCKED: u64 = 2;
pub const HVPT_HYPERCALL_MSR_PRESERVE: u64 = 0xffc;

// ---- logical_id.h --------------------------------------------------

pub const HVPT_LOGICAL_FUNCTION_MASK: u32 = 7;

/// What a lookup found.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct hvpt_segment_ref {
    pub generation: u64,
    pub prefix: u32,
}

pub const HVPT_REGISTRY_BUCKETS: u32 = 64;

/// A registration; its fields are not for callers.
#[repr(C)]
pub struct hvpt_segment_id {
    _private: [*mut c_void; 3],
}

/// From segments to prefixes; its fields are not for callers.
#[repr(C)]
pub struct hvpt_registry {
    _private: [*mut c_void; 65],
}

extern "C" {
    /// Did the hypervisor get the call?
    pub fn hvpt_answer_is_heard(answer: *const hvpt_answer) -> bool;
    /// GET_IOMMU_CAPABILITIES.
    pub fn hvpt_hvcall_get_caps(
        transport: *const hvpt_transport,
        caps: *mut hvpt_iommu_caps,
        answer: *mut hvpt_answer,
    ) -> hvpt_status;
    /// GET_LOGICAL_DEVICE_PROPERTY: does the pvIOMMU manage a device?
    pub fn hvpt_hvcall_get_device_iommu(
        transport: *const hvpt_transport,
        device_id: u64,
        enabled: *mut bool,
        answer: *mut hvpt_answer,
    ) -> hvpt_status;
    /// CREATE_DEVICE_DOMAIN.
    pub fn hvpt_hvcall_create_domain(
        transport: *const hvpt_transport,
        domain_id: u32,
        answer: *mut hvpt_answer,
    ) -> hvpt_status;
    /// CONFIGURE_DEVICE_DOMAIN.
    pub fn hvpt_hvcall_configure_domain(
        transport: *const hvpt_transport,
        domain_id: u32,
        settings: *const hvpt_domain_settings,
        answer: *mut hvpt_answer,
    ) -> hvpt_status;
    /// ATTACH_DEVICE_DOMAIN.
    pub fn hvpt_hvcall_attach_device(
        transport: *const hvpt_transport,
        domain_id: u32,
        device_id: u64,
        answer: *mut hvpt_answer,
    ) -> hvpt_status;
    /// DETACH_DEVICE_DOMAIN.
    pub fn hvpt_hvcall_detach_device(
        transport: *const hvpt_transport,
        device_id: u64,
        answer: *mut hvpt_answer,
    ) -> hvpt_status;
    /// FLUSH_DEVICE_DOMAIN.
    pub fn hvpt_hvcall_flush_domain(
        transport: *const hvpt_transport,
        domain_id: u32,
        answer: *mut hvpt_answer,
    ) -> hvpt_status;
    /// FLUSH_DEVICE_DOMAIN_LIST (0xd1).
    pub fn hvpt_hvcall_flush_list(
        transport: *const hvpt_transport,
        domain_id: u32,
        source: hvpt_flush_source_fn,
        ctx: *mut c_void,
        answer: *mut hvpt_answer,
    ) -> hvpt_status;
    /// `hvpt_hvcall_flush_list()` until `source` is empty.
    pub fn hvpt_hvcall_flush_lists(
        transport: *const hvpt_transport,
        domain_id: u32,
        source: hvpt_flush_source_fn,
        ctx: *mut c_void,
        answer: *mut hvpt_answer,
    ) -> hvpt_status;
    /// DELETE_DEVICE_DOMAIN.
    pub fn hvpt_hvcall_delete_domain(
        transport: *const hvpt_transport,
        domain_id: u32,
        answer: *mut hvpt_answer,
    ) -> hvpt_status;
    /// Read all leaves that `hvpt_discover()` looks at.
    pub fn hvpt_cpuid_read(
        leaves: *mut hvpt_cpuid_leaves,
        read: Option<unsafe extern "C" fn(u32, *mut hvpt_cpuid)>,
    );
    /// Can hypercalls be made the ordinary way?
    pub fn hvpt_discover(
        leaves: *const hvpt_cpuid_leaves,
        host: *mut hvpt_host,
    ) -> hvpt_status;
    /// The identity of the guest, in the open-source layout.
    pub fn hvpt_guest_os_id(
        os: u32,
        extra: u32,
        version: u32,
        build: u32,
    ) -> u64;
    /// Is the interface active? Then use its page, and leave the page there.
    pub fn hvpt_hypercall_msr_enabled(msr: u64) -> bool;
    /// Is it locked, so that it cannot change until the VM is reset?
    pub fn hvpt_hypercall_msr_locked(msr: u64) -> bool;
    /// Where the hypercall page is when the interface is active.
    pub fn hvpt_hypercall_msr_page(msr: u64) -> hvpt_gpa_t;
    /// What to write to place the hypercall page.
    pub fn hvpt_hypercall_msr_place(
        before: u64,
        page: hvpt_gpa_t,
        after: *mut u64,
    ) -> hvpt_status;
    /// The id prefix of a virtual PCI bus.
    pub fn hvpt_logical_prefix(guid: *const u8) -> u32;
    /// The id of one function of a bus.
    pub fn hvpt_logical_id(
        prefix: u32,
        function: u32,
        id: *mut u64,
    ) -> hvpt_status;
    /// Make it empty. No lookup may be running.
    pub fn hvpt_registry_init(registry: *mut hvpt_registry);
    /// Register a segment, before its bus is scanned.
    pub fn hvpt_registry_add(
        registry: *mut hvpt_registry,
        node: *mut hvpt_segment_id,
        segment: u32,
        prefix: u32,
    ) -> hvpt_status;
    /// Unregister, after the last device of the bus is gone.
    pub fn hvpt_registry_remove(
        registry: *mut hvpt_registry,
        node: *mut hvpt_segment_id,
    ) -> hvpt_status;
    /// The prefix of a segment.
    pub fn hvpt_registry_lookup(
        registry: *const hvpt_registry,
        segment: u32,
        found: *mut hvpt_segment_ref,
    ) -> hvpt_status;
    /// Is what a lookup found still registered?
    pub fn hvpt_registry_check(
        registry: *const hvpt_registry,
        segment: u32,
        generation: u64,
    ) -> hvpt_status;
}
