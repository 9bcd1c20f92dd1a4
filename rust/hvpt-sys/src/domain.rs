// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
//! Domains, devices and faults: flush.h, wait.h, domain.h, stats.h, iommu.h,
//! device.h, handover.h, fault.h; the version.

use core::ffi::c_void;

use crate::c_char;
use crate::hypercall::hvpt_transport;
use crate::pagetable::{
    hvpt_audit, hvpt_gather, hvpt_gpa_t, hvpt_iova_range, hvpt_iova_t,
    hvpt_mapping, hvpt_pagetable, hvpt_pt_config, hvpt_segment,
    hvpt_table_check_fn,
};
use crate::status::hvpt_status;

// ---- flush.h -------------------------------------------------------

/// How ranges become descriptors of a flush.
pub type hvpt_flush_policy = u32;
pub const HVPT_FLUSH_TWO_BLOCK: hvpt_flush_policy = 0;
pub const HVPT_FLUSH_COVER: hvpt_flush_policy = 1;
pub const HVPT_FLUSH_EXACT: hvpt_flush_policy = 2;

pub const HVPT_FLUSH_NEAR: u32 = 7;

/// Descriptors of a list of ranges, one at a time.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct hvpt_flush_plan {
    pub range: *const hvpt_iova_range,
    pub count: u32,
    pub policy: hvpt_flush_policy,
    pub at: u32,
    pub busy: u32,
    pub next: u64,
    pub last: u64,
    pub emitted: u64,
    pub pages: u64,
}

// ---- wait.h --------------------------------------------------------

/// One caller that waits.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct hvpt_waiter {
    pub word: u64,
    pub cookie: u64,
}

/// Waiting on this platform.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct hvpt_wait_ops {
    pub begin:
        Option<unsafe extern "C" fn(*mut c_void, *mut hvpt_waiter) -> bool>,
    pub wait: Option<unsafe extern "C" fn(*mut c_void, *mut hvpt_waiter)>,
    pub wake: Option<unsafe extern "C" fn(*mut c_void, *mut hvpt_waiter)>,
    pub end: Option<unsafe extern "C" fn(*mut c_void, *mut hvpt_waiter)>,
}

// ---- domain.h ------------------------------------------------------

/// What a paging domain is to be.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct hvpt_domain_config {
    pub pt: hvpt_pt_config,
    pub policy: hvpt_flush_policy,
    pub wait_ops: *const hvpt_wait_ops,
    pub wait_ctx: *mut c_void,
}

pub const HVPT_LIST_TRIES: u32 = 8;
pub const HVPT_LIST_AGAIN: u32 = 0x400;
pub const HVPT_COMBINE_RANGES: u32 = 254;

/// One domain; its fields are not for callers.
#[repr(C)]
pub struct hvpt_domain {
    _private: [*mut c_void; 24],
}

// ---- stats.h -------------------------------------------------------

pub const HVPT_CALLS: u32 = 9;

/// Counts since `hvpt_iommu_init()`.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct hvpt_iommu_stats {
    pub list_flushes: u64,
    pub descriptors: u64,
    pub full_flushes: u64,
    pub fallbacks: u64,
    pub combined: u64,
    pub fallback_status: u64,
    pub list_given_up: u64,
    pub failures: [u64; HVPT_CALLS as usize],
}

// ---- iommu.h -------------------------------------------------------

pub const HVPT_DOMAIN_ID_FIRST: u32 = 1;
pub const HVPT_DOMAIN_ID_LAST: u32 = 0xfffffffe;

/// Domain ids; both ends belong to it.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct hvpt_id_range {
    pub first: u32,
    pub last: u32,
}

/// What `hvpt_iommu_init()` needs to know.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct hvpt_iommu_config {
    pub transport: hvpt_transport,
    pub ids: hvpt_id_range,
    pub width_limit: u32,
}

pub const HVPT_ID_TRIES: u32 = 64;
pub const HVPT_ID_STEPS: u32 = 32;
pub const HVPT_LIST_NEVER: u64 = 0x8000_0000_0000_0000;
pub const HVPT_QUARANTINE_RANGES: u32 = 16;

/// The pvIOMMU; its fields are not for callers.
#[repr(C)]
pub struct hvpt_iommu {
    _private: [*mut c_void; 94],
}

// ---- device.h ------------------------------------------------------

/// What is known about where it is.
pub type hvpt_device_state = u32;
pub const HVPT_DEVICE_NEW: hvpt_device_state = 0;
pub const HVPT_DEVICE_ATTACHED: hvpt_device_state = 1;
pub const HVPT_DEVICE_DETACHED: hvpt_device_state = 2;
pub const HVPT_DEVICE_IN_DOUBT: hvpt_device_state = 3;
pub const HVPT_DEVICE_LOST: hvpt_device_state = 4;
pub const HVPT_DEVICE_PARKED: hvpt_device_state = 5;

/// What the caller has to do with ATS of a device.
pub type hvpt_ats_duty = u32;
pub const HVPT_ATS_NOTHING: hvpt_ats_duty = 0;
pub const HVPT_ATS_ENABLE: hvpt_ats_duty = 1;
pub const HVPT_ATS_DISABLE: hvpt_ats_duty = 2;

/// One device; its fields are not for callers.
#[repr(C)]
pub struct hvpt_device {
    _private: [*mut c_void; 6],
}

// ---- handover.h ----------------------------------------------------

pub const HVPT_HANDOVER_SIGNATURE: u64 = 0x444e_4148_5450_5648;
pub const HVPT_HANDOVER_VERSION: u32 = 1;
pub const HVPT_HANDOVER_HEADER: u32 = 64;
pub const HVPT_HANDOVER_ENTRY: u32 = 32;
pub const HVPT_HANDOVER_DEVICES_MAX: u32 = 0x10000;

/// Where firmware left its devices.
pub type hvpt_handover_policy = u32;
pub const HVPT_HANDOVER_IDENTITY: hvpt_handover_policy = 0;
pub const HVPT_HANDOVER_BLOCKED: hvpt_handover_policy = 1;
pub const HVPT_HANDOVER_DETACHED: hvpt_handover_policy = 2;
pub const HVPT_HANDOVER_KEEP: hvpt_handover_policy = 3;

/// The head of a table.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct hvpt_handover {
    pub table: *const c_void,
    pub policy: u32,
    pub identity_id: u32,
    pub blocked_id: u32,
    pub devices: u32,
}

/// A device that was left in its domain.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct hvpt_handover_device {
    pub device_id: u64,
    pub root: u64,
    pub domain_id: u32,
    pub levels: u32,
    pub width: u32,
}

// ---- fault.h -------------------------------------------------------

/// A decoded message.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct hvpt_iommu_fault {
    pub device_id: u64,
    pub iova: hvpt_iova_t,
    pub r#type: u32,
    pub access: u32,
    pub has_device: bool,
    pub has_iova: bool,
}

/// Why an access was refused.
pub type hvpt_fault_reason = u32;
pub const HVPT_REASON_MAPPED_NOW: hvpt_fault_reason = 0;
pub const HVPT_REASON_NOT_PRESENT: hvpt_fault_reason = 1;
pub const HVPT_REASON_READ_ONLY: hvpt_fault_reason = 2;
pub const HVPT_REASON_RESERVED: hvpt_fault_reason = 3;
pub const HVPT_REASON_SUPERVISOR: hvpt_fault_reason = 4;
pub const HVPT_REASON_OUTSIDE: hvpt_fault_reason = 5;
pub const HVPT_REASON_NO_ADDRESS: hvpt_fault_reason = 6;
pub const HVPT_REASON_INTERRUPT: hvpt_fault_reason = 7;
pub const HVPT_REASON_BLOCKED: hvpt_fault_reason = 8;
pub const HVPT_REASON_IDENTITY: hvpt_fault_reason = 9;

/// An access explained.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct hvpt_fault_cause {
    pub reason: hvpt_fault_reason,
    pub level: u32,
    pub entry: u64,
    pub reserved: u64,
}

// ---- hvpt.h --------------------------------------------------------

pub const HVPT_VERSION_MAJOR: i32 = 0;
pub const HVPT_VERSION_MINOR: i32 = 3;
pub const HVPT_VERSION_PATCH: i32 = 0;

extern "C" {
    /// Begin.
    pub fn hvpt_flush_plan_init(
        plan: *mut hvpt_flush_plan,
        range: *const hvpt_iova_range,
        count: u32,
        policy: hvpt_flush_policy,
    ) -> hvpt_status;
    /// The next descriptor.
    pub fn hvpt_flush_plan_next(plan: *mut c_void, entry: *mut u64) -> bool;
    /// Create a paging domain with nothing mapped.
    pub fn hvpt_domain_init(
        domain: *mut hvpt_domain,
        iommu: *mut hvpt_iommu,
        config: *const hvpt_domain_config,
    ) -> hvpt_status;
    /// `hvpt_pt_map()` in a domain.
    pub fn hvpt_domain_map(
        domain: *mut hvpt_domain,
        iova: hvpt_iova_t,
        gpa: hvpt_gpa_t,
        length: u64,
        prot: u32,
        gather: *mut hvpt_gather,
    ) -> hvpt_status;
    /// `hvpt_pt_map_list()` in a domain.
    pub fn hvpt_domain_map_list(
        domain: *mut hvpt_domain,
        iova: hvpt_iova_t,
        segments: *const hvpt_segment,
        count: usize,
        prot: u32,
        gather: *mut hvpt_gather,
    ) -> hvpt_status;
    /// `hvpt_pt_unmap()` in a domain.
    pub fn hvpt_domain_unmap(
        domain: *mut hvpt_domain,
        iova: hvpt_iova_t,
        length: u64,
        gather: *mut hvpt_gather,
        unmapped: *mut u64,
    ) -> hvpt_status;
    /// What does a device in this domain reach at `iova`?
    pub fn hvpt_domain_lookup(
        domain: *const hvpt_domain,
        iova: hvpt_iova_t,
        out: *mut hvpt_mapping,
    ) -> hvpt_status;
    /// The page table of a domain.
    pub fn hvpt_domain_pagetable(
        domain: *mut hvpt_domain,
    ) -> *mut hvpt_pagetable;
    /// The hypervisor's number of the domain, for logs.
    pub fn hvpt_domain_id(domain: *const hvpt_domain) -> u32;
    /// How many devices are, or may be, in the domain.
    pub fn hvpt_domain_device_count(domain: *const hvpt_domain) -> u32;
    /// Flush what is in a gather, then free its tables.
    pub fn hvpt_domain_sync(
        domain: *mut hvpt_domain,
        gather: *mut hvpt_gather,
    ) -> hvpt_status;
    /// Flush what is in a gather, and keep the gather.
    pub fn hvpt_domain_flush(
        domain: *mut hvpt_domain,
        gather: *const hvpt_gather,
    ) -> hvpt_status;
    /// Flush everything cached of the domain.
    pub fn hvpt_domain_flush_all(domain: *mut hvpt_domain) -> hvpt_status;
    /// Delete the domain, then free its tables.
    pub fn hvpt_domain_destroy(domain: *mut hvpt_domain) -> hvpt_status;
    /// Give up a domain that cannot be destroyed.
    pub fn hvpt_domain_abandon(domain: *mut hvpt_domain) -> hvpt_status;
    /// Read all counters, each by itself.
    pub fn hvpt_iommu_read_stats(
        iommu: *const hvpt_iommu,
        stats: *mut hvpt_iommu_stats,
    );
    /// The last refusal of the hypervisor.
    pub fn hvpt_iommu_last_failure(
        iommu: *const hvpt_iommu,
        code: *mut u16,
        hv_status: *mut u16,
    ) -> bool;
    /// Probe the pvIOMMU and create its two special domains.
    pub fn hvpt_iommu_init(
        iommu: *mut hvpt_iommu,
        config: *const hvpt_iommu_config,
    ) -> hvpt_status;
    /// Block the devices that another owner may have left in domains of its
    /// own.
    pub fn hvpt_iommu_takeover(iommu: *mut hvpt_iommu) -> hvpt_status;
    /// The domain in which the iova is the gpa.
    pub fn hvpt_iommu_identity(iommu: *mut hvpt_iommu) -> *mut hvpt_domain;
    /// The domain in which all DMA is refused.
    pub fn hvpt_iommu_blocked(iommu: *mut hvpt_iommu) -> *mut hvpt_domain;
    /// IOVA bits in use, 13 to 57; no domain has more.
    pub fn hvpt_iommu_width(iommu: *const hvpt_iommu) -> u32;
    /// The leaf sizes that the host reported.
    pub fn hvpt_iommu_page_sizes(iommu: *const hvpt_iommu) -> u64;
    /// May devices use ATS at all?
    pub fn hvpt_iommu_has_ats(iommu: *const hvpt_iommu) -> bool;
    /// Rebuild everything after the hypervisor lost its state.
    pub fn hvpt_iommu_resume(
        iommu: *mut hvpt_iommu,
        retry: bool,
    ) -> hvpt_status;
    /// Has a resume not brought the domain back yet?
    pub fn hvpt_domain_is_lost(domain: *const hvpt_domain) -> bool;
    /// Delete the two special domains.
    pub fn hvpt_iommu_destroy(iommu: *mut hvpt_iommu) -> hvpt_status;
    /// Ask whether the pvIOMMU manages a device.
    pub fn hvpt_device_probe(
        device: *mut hvpt_device,
        iommu: *mut hvpt_iommu,
        device_id: u64,
        ats_capable: bool,
    ) -> hvpt_status;
    /// Move a device into a domain.
    pub fn hvpt_device_attach(
        device: *mut hvpt_device,
        domain: *mut hvpt_domain,
    ) -> hvpt_status;
    /// Take a device out of its domain, into none.
    pub fn hvpt_device_detach(device: *mut hvpt_device) -> hvpt_status;
    /// Release a device that goes away.
    pub fn hvpt_device_remove(device: *mut hvpt_device) -> hvpt_status;
    /// Release a device that the host took away.
    pub fn hvpt_device_gone(device: *mut hvpt_device);
    /// Leave a device to the next owner.
    pub fn hvpt_device_hand_over(device: *mut hvpt_device) -> hvpt_status;
    /// Bring back a device that a resume left behind.
    pub fn hvpt_device_resume(device: *mut hvpt_device) -> hvpt_status;
    /// Its logical device id.
    pub fn hvpt_device_id(device: *const hvpt_device) -> u64;
    /// What is known about where it is.
    pub fn hvpt_device_state(device: *const hvpt_device) -> hvpt_device_state;
    /// The domain that a device is in.
    pub fn hvpt_device_domain(device: *const hvpt_device) -> *mut hvpt_domain;
    /// Has a resume not brought it back yet?
    pub fn hvpt_device_is_lost(device: *const hvpt_device) -> bool;
    /// Must `hvpt_iommu_takeover()` leave it alone?
    pub fn hvpt_device_set_deferred(device: *mut hvpt_device, deferred: bool);
    /// What to do before it is attached to `domain`.
    pub fn hvpt_device_duty_before(
        device: *const hvpt_device,
        domain: *const hvpt_domain,
    ) -> hvpt_ats_duty;
    /// What to do where it is now; in doubt: nothing.
    pub fn hvpt_device_duty(device: *const hvpt_device) -> hvpt_ats_duty;
    /// The caller has switched ATS on or off.
    pub fn hvpt_device_set_ats(device: *mut hvpt_device, on: bool);
    /// As last set by the caller or by a resume.
    pub fn hvpt_device_has_ats_on(device: *const hvpt_device) -> bool;
    /// Check a table, and read its head.
    pub fn hvpt_handover_read(
        table: *const c_void,
        bytes: u64,
        handover: *mut hvpt_handover,
    ) -> hvpt_status;
    /// Read an entry.
    pub fn hvpt_handover_read_device(
        handover: *const hvpt_handover,
        index: u32,
        device: *mut hvpt_handover_device,
    );
    /// Make a domain of firmware's ours.
    pub fn hvpt_domain_adopt(
        domain: *mut hvpt_domain,
        iommu: *mut hvpt_iommu,
        config: *const hvpt_domain_config,
        from: *const hvpt_handover_device,
        check: hvpt_table_check_fn,
        ctx: *mut c_void,
        report: *mut hvpt_audit,
    ) -> hvpt_status;
    /// Read a fault message.
    pub fn hvpt_iommu_fault_decode(
        message: *const c_void,
        bytes: usize,
        fault: *mut hvpt_iommu_fault,
    ) -> hvpt_status;
    /// The hypervisor's name of a type, for logs.
    pub fn hvpt_iommu_fault_type_name(kind: u32) -> *const c_char;
    /// What would a page walk now do with an access?
    pub fn hvpt_pt_explain(
        pt: *const hvpt_pagetable,
        iova: hvpt_iova_t,
        write: bool,
        cause: *mut hvpt_fault_cause,
    );
    /// Explain a fault by the domain of its device.
    pub fn hvpt_domain_explain(
        domain: *const hvpt_domain,
        fault: *const hvpt_iommu_fault,
        cause: *mut hvpt_fault_cause,
    );
    /// Its identifier, for logs. Never NULL.
    pub fn hvpt_fault_reason_name(reason: hvpt_fault_reason) -> *const c_char;
}
