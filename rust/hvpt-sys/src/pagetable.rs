// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
//! Page tables: addr.h, pte.h, gather.h, pt_config.h, pagetable.h, map.h,
//! inspect.h.

use core::ffi::c_void;

use crate::c_char;
use crate::status::hvpt_status;

// ---- addr.h --------------------------------------------------------

/// The input of stage 1: a device's address. Any value can be held.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct hvpt_iova_t {
    pub value: u64,
}

/// The output of stage 1: a guest-physical address.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct hvpt_gpa_t {
    pub value: u64,
}

/// A range of IOVAs; both ends belong to it.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct hvpt_iova_range {
    pub first: hvpt_iova_t,
    pub last: hvpt_iova_t,
}

pub const HVPT_PAGE_LG2: u32 = 12;
pub const HVPT_PAGE_BYTES: u64 = 0x1000;
pub const HVPT_GPA_LG2: u32 = 52;
pub const HVPT_INDEX_BITS: u32 = 9;
pub const HVPT_TABLE_ENTRIES: u32 = 0x200;
pub const HVPT_MIN_LEVELS: u32 = 4;
pub const HVPT_MAX_LEVELS: u32 = 5;
pub const HVPT_LEAF_LEVELS: u32 = 3;
pub const HVPT_PAGE_SIZE_4K: u64 = 0x1000;
pub const HVPT_PAGE_SIZE_2M: u64 = 0x200000;
pub const HVPT_PAGE_SIZE_1G: u64 = 0x40000000;

// ---- pte.h ---------------------------------------------------------

pub const HVPT_PTE_PRESENT: u64 = 0x1;
pub const HVPT_PTE_WRITE: u64 = 0x2;
pub const HVPT_PTE_USER: u64 = 0x4;
pub const HVPT_PTE_ACCESSED: u64 = 0x20;
pub const HVPT_PTE_DIRTY: u64 = 0x40;
pub const HVPT_PTE_LARGE: u64 = 0x80;
pub const HVPT_PTE_CLEAN: u64 = 0x800;
pub const HVPT_PTE_ADDR: u64 = 0xf_ffff_ffff_f000;
pub const HVPT_PTE_TABLE_BITS: u64 = 0x27;
pub const HVPT_PTE_LEAF_BITS: u64 = 0x25;
pub const HVPT_PROT_READ: u32 = 1;
pub const HVPT_PROT_WRITE: u32 = 2;
pub const HVPT_PROT_MASK: u32 = 3;

// ---- gather.h ------------------------------------------------------

pub const HVPT_GATHER_RANGES: u32 = 8;

/// Ranges and table pages that wait for a flush.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct hvpt_gather {
    pub tables: *mut u64,
    pub splits: u64,
    pub table_count: u32,
    pub range_count: u32,
    pub tables_end: *mut u64,
    pub range: [hvpt_iova_range; HVPT_GATHER_RANGES as usize],
}

// ---- pt_config.h ---------------------------------------------------

/// Where table pages come from.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct hvpt_page_ops {
    pub alloc_page: Option<unsafe extern "C" fn(*mut c_void) -> *mut c_void>,
    pub free_page: Option<unsafe extern "C" fn(*mut c_void, *mut c_void)>,
    pub write_back:
        Option<unsafe extern "C" fn(*mut c_void, *const c_void, usize)>,
}

/// Which 64-bit values are IOVAs.
pub type hvpt_iova_form = u32;
pub const HVPT_IOVA_PLAIN: hvpt_iova_form = 0;
pub const HVPT_IOVA_LOWER: hvpt_iova_form = 1;
pub const HVPT_IOVA_CANONICAL: hvpt_iova_form = 2;

pub const HVPT_PT_TRACK_DIRTY: u32 = 1;
pub const HVPT_PT_FLAGS_MASK: u32 = 1;

/// What a page table is to be.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct hvpt_pt_config {
    pub ops: *const hvpt_page_ops,
    pub ctx: *mut c_void,
    pub direct_map_offset: u64,
    pub table_gpa_mask: u64,
    pub page_sizes: u64,
    pub levels: u32,
    pub width: u32,
    pub form: hvpt_iova_form,
    pub flags: u32,
    pub reserved: *const hvpt_iova_range,
    pub reserved_count: u32,
}

// ---- pagetable.h ---------------------------------------------------

/// One page table.
#[repr(C)]
pub struct hvpt_pagetable {
    _private: [*mut c_void; 14],
}

/// One translation.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct hvpt_mapping {
    pub gpa: hvpt_gpa_t,
    pub prot: u32,
    pub leaf_lg2: u32,
    pub accessed: bool,
    pub dirty: bool,
}

// ---- map.h ---------------------------------------------------------

/// One piece of a scatter list: page-aligned, a page multiple, not empty.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct hvpt_segment {
    pub gpa: hvpt_gpa_t,
    pub length: u64,
}

// ---- inspect.h -----------------------------------------------------

/// Sees one leaf; returns true to go on, false to stop.
pub type hvpt_visit_fn = Option<
    unsafe extern "C" fn(*mut c_void, hvpt_iova_t, *const hvpt_mapping) -> bool,
>;

/// Learns that `iova` .. `iova + bytes - 1` was written.
pub type hvpt_dirty_fn =
    Option<unsafe extern "C" fn(*mut c_void, hvpt_iova_t, u64)>;

pub const HVPT_DIRTY_KEEP: u32 = 1;

/// What is wrong with a page table.
pub type hvpt_fault = u32;
pub const HVPT_FAULT_NONE: hvpt_fault = 0;
pub const HVPT_FAULT_NOT_PRESENT: hvpt_fault = 1;
pub const HVPT_FAULT_TABLE_BITS: hvpt_fault = 2;
pub const HVPT_FAULT_LEAF_BITS: hvpt_fault = 3;
pub const HVPT_FAULT_LEAF_SIZE: hvpt_fault = 4;
pub const HVPT_FAULT_LEAF_ADDR: hvpt_fault = 5;
pub const HVPT_FAULT_TABLE_ADDR: hvpt_fault = 6;
pub const HVPT_FAULT_OUTSIDE: hvpt_fault = 7;
pub const HVPT_FAULT_COUNT: hvpt_fault = 8;
pub const HVPT_FAULT_RESERVED: hvpt_fault = 9;

/// The result of an audit.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct hvpt_audit {
    pub fault: hvpt_fault,
    pub level: u32,
    pub iova: hvpt_iova_t,
    pub pte: u64,
    pub tables: u64,
    pub leaves: [u64; HVPT_LEAF_LEVELS as usize],
}

/// May this page be a table of this level?
pub type hvpt_table_check_fn =
    Option<unsafe extern "C" fn(*mut c_void, hvpt_gpa_t, u32) -> bool>;

extern "C" {
    /// An IOVA from its value.
    pub fn hvpt_iova(value: u64) -> hvpt_iova_t;
    /// A gpa from its value.
    pub fn hvpt_gpa(value: u64) -> hvpt_gpa_t;
    /// Can `prot` be expressed?
    pub fn hvpt_prot_check(prot: u32) -> hvpt_status;
    /// Make `gather` empty, whatever it held. Any context.
    pub fn hvpt_gather_init(gather: *mut hvpt_gather);
    /// Is there nothing to flush?
    pub fn hvpt_gather_is_empty(gather: *const hvpt_gather) -> bool;
    /// Is there more in it than ranges?
    pub fn hvpt_gather_must_release(gather: *const hvpt_gather) -> bool;
    /// Order the unmap before "is a device attached?".
    pub fn hvpt_gather_publish(gather: *const hvpt_gather) -> bool;
    /// Add all of one gather to another.
    pub fn hvpt_gather_move(to: *mut hvpt_gather, from: *mut hvpt_gather);
    /// Are all bytes first .. last in one of the ranges?
    pub fn hvpt_gather_covers(
        gather: *const hvpt_gather,
        first: hvpt_iova_t,
        last: hvpt_iova_t,
    ) -> bool;
    /// Add the range first .. last.
    pub fn hvpt_gather_add(
        gather: *mut hvpt_gather,
        first: hvpt_iova_t,
        last: hvpt_iova_t,
    );
    /// Make an empty page table.
    pub fn hvpt_pt_init(
        pt: *mut hvpt_pagetable,
        config: *const hvpt_pt_config,
    ) -> hvpt_status;
    /// Say what a leaf means.
    pub fn hvpt_pte_decode(
        pte: u64,
        level: u32,
        iova: u64,
        out: *mut hvpt_mapping,
    );
    /// `hvpt_pt_lookup()` with the levels as a constant.
    pub fn hvpt_pt_lookup_levels(
        pt: *const hvpt_pagetable,
        levels: u32,
        iova: hvpt_iova_t,
        out: *mut hvpt_mapping,
    ) -> hvpt_status;
    /// Find what a device sees at an IOVA.
    pub fn hvpt_pt_lookup(
        pt: *const hvpt_pagetable,
        iova: hvpt_iova_t,
        out: *mut hvpt_mapping,
    ) -> hvpt_status;
    /// Find the root, for the IOMMU.
    pub fn hvpt_pt_root_gpa(pt: *const hvpt_pagetable) -> hvpt_gpa_t;
    /// Count the table pages in the tree, root included.
    pub fn hvpt_pt_tables(pt: *const hvpt_pagetable) -> u64;
    /// List the ranges that are never mapped.
    pub fn hvpt_pt_reserved(
        pt: *const hvpt_pagetable,
        index: u32,
    ) -> *const hvpt_iova_range;
    /// Make a gather's ranges cover leaves that others split.
    pub fn hvpt_pt_widen(pt: *const hvpt_pagetable, gather: *mut hvpt_gather);
    /// Give back a gather's table pages and splits.
    pub fn hvpt_pt_release(pt: *mut hvpt_pagetable, gather: *mut hvpt_gather);
    /// Give back every table page.
    pub fn hvpt_pt_destroy(pt: *mut hvpt_pagetable);
    /// How much of a long range to give to one call.
    pub fn hvpt_pt_part(
        pt: *const hvpt_pagetable,
        iova: hvpt_iova_t,
        length: u64,
    ) -> u64;
    /// Map one contiguous range.
    pub fn hvpt_pt_map(
        pt: *mut hvpt_pagetable,
        iova: hvpt_iova_t,
        gpa: hvpt_gpa_t,
        length: u64,
        prot: u32,
        gather: *mut hvpt_gather,
    ) -> hvpt_status;
    /// Take a range away from devices.
    pub fn hvpt_pt_unmap(
        pt: *mut hvpt_pagetable,
        iova: hvpt_iova_t,
        length: u64,
        gather: *mut hvpt_gather,
        unmapped: *mut u64,
    ) -> hvpt_status;
    /// Map a scatter list to one contiguous IOVA range.
    pub fn hvpt_pt_map_list(
        pt: *mut hvpt_pagetable,
        iova: hvpt_iova_t,
        segments: *const hvpt_segment,
        count: usize,
        prot: u32,
        gather: *mut hvpt_gather,
    ) -> hvpt_status;
    /// Change the permission of a mapped range.
    pub fn hvpt_pt_protect(
        pt: *mut hvpt_pagetable,
        iova: hvpt_iova_t,
        length: u64,
        prot: u32,
        gather: *mut hvpt_gather,
    ) -> hvpt_status;
    /// Take empty tables out of the tree.
    pub fn hvpt_pt_reclaim(
        pt: *mut hvpt_pagetable,
        iova: hvpt_iova_t,
        length: u64,
        gather: *mut hvpt_gather,
        reclaimed: *mut u64,
    ) -> hvpt_status;
    /// See every leaf of a range, in address order.
    pub fn hvpt_pt_visit(
        pt: *const hvpt_pagetable,
        range: *const hvpt_iova_range,
        callback: hvpt_visit_fn,
        ctx: *mut c_void,
    ) -> hvpt_status;
    /// Report what devices wrote, and clear it.
    pub fn hvpt_pt_read_dirty(
        pt: *mut hvpt_pagetable,
        iova: hvpt_iova_t,
        length: u64,
        flags: u32,
        callback: hvpt_dirty_fn,
        ctx: *mut c_void,
        gather: *mut hvpt_gather,
    ) -> hvpt_status;
    /// Check every entry of every table.
    pub fn hvpt_pt_audit(
        pt: *const hvpt_pagetable,
        check: hvpt_table_check_fn,
        ctx: *mut c_void,
        report: *mut hvpt_audit,
    ) -> hvpt_status;
    /// Take over a tree built earlier.
    pub fn hvpt_pt_adopt(
        pt: *mut hvpt_pagetable,
        config: *const hvpt_pt_config,
        root: hvpt_gpa_t,
        check: hvpt_table_check_fn,
        ctx: *mut c_void,
        report: *mut hvpt_audit,
    ) -> hvpt_status;
    /// The identifier of a fault, for logs. Never NULL.
    pub fn hvpt_fault_name(fault: hvpt_fault) -> *const c_char;
}
