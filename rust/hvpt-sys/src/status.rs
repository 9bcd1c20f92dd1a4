// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
//! What calls return, and what an OS or firmware calls it.

use crate::c_char;

// ---- status.h ------------------------------------------------------

/// What a call returns.
pub type hvpt_status = u32;
pub const HVPT_OK: hvpt_status = 0;
pub const HVPT_ERR_EMPTY: hvpt_status = 1;
pub const HVPT_ERR_ALIGN: hvpt_status = 2;
pub const HVPT_ERR_WRAP: hvpt_status = 3;
pub const HVPT_ERR_IOVA_RANGE: hvpt_status = 4;
pub const HVPT_ERR_GPA_RANGE: hvpt_status = 5;
pub const HVPT_ERR_PROT: hvpt_status = 6;
pub const HVPT_ERR_WRITE_ONLY: hvpt_status = 7;
pub const HVPT_ERR_LEVELS: hvpt_status = 8;
pub const HVPT_ERR_WIDTH: hvpt_status = 9;
pub const HVPT_ERR_PAGE_SIZES: hvpt_status = 10;
pub const HVPT_ERR_IOVA_FORM: hvpt_status = 11;
pub const HVPT_ERR_FLAGS: hvpt_status = 12;
pub const HVPT_ERR_TABLE_MASK: hvpt_status = 13;
pub const HVPT_ERR_OPS: hvpt_status = 14;
pub const HVPT_ERR_POLICY: hvpt_status = 15;
pub const HVPT_ERR_DOMAIN_ID: hvpt_status = 16;
pub const HVPT_ERR_DEVICE_ID: hvpt_status = 17;
pub const HVPT_ERR_PREFIX: hvpt_status = 18;
pub const HVPT_ERR_FUNCTION: hvpt_status = 19;
pub const HVPT_ERR_SETTINGS: hvpt_status = 20;
pub const HVPT_ERR_FOREIGN: hvpt_status = 21;
pub const HVPT_ERR_KIND: hvpt_status = 22;
pub const HVPT_ERR_FLUSH_ENTRY: hvpt_status = 23;
pub const HVPT_ERR_MESSAGE_TYPE: hvpt_status = 24;
pub const HVPT_ERR_MESSAGE_SIZE: hvpt_status = 25;
pub const HVPT_ERR_RESERVED: hvpt_status = 26;
pub const HVPT_ERR_OVERLAP: hvpt_status = 32;
pub const HVPT_ERR_NOT_MAPPED: hvpt_status = 33;
pub const HVPT_ERR_CORRUPT: hvpt_status = 34;
pub const HVPT_ERR_STOPPED: hvpt_status = 35;
pub const HVPT_ERR_CONCURRENT: hvpt_status = 36;
pub const HVPT_ERR_EXISTS: hvpt_status = 37;
pub const HVPT_ERR_UNKNOWN_SEGMENT: hvpt_status = 38;
pub const HVPT_ERR_STALE: hvpt_status = 39;
pub const HVPT_ERR_BUSY: hvpt_status = 40;
pub const HVPT_ERR_ATS_ON: hvpt_status = 41;
pub const HVPT_ERR_NOT_ATTACHED: hvpt_status = 42;
pub const HVPT_ERR_LOST: hvpt_status = 43;
pub const HVPT_ERR_NO_MEMORY: hvpt_status = 64;
pub const HVPT_ERR_TABLE_PAGE: hvpt_status = 65;
pub const HVPT_ERR_NO_IDS: hvpt_status = 66;
pub const HVPT_ERR_CALL_PAGE: hvpt_status = 67;
pub const HVPT_ERR_NO_HYPERVISOR: hvpt_status = 96;
pub const HVPT_ERR_ISOLATED: hvpt_status = 97;
pub const HVPT_ERR_NO_IOMMU: hvpt_status = 98;
pub const HVPT_ERR_NO_STAGE1: hvpt_status = 99;
pub const HVPT_ERR_IOMMU_CAPS: hvpt_status = 100;
pub const HVPT_ERR_NOT_MANAGED: hvpt_status = 101;
pub const HVPT_ERR_HV_CODE: hvpt_status = 102;
pub const HVPT_ERR_HV_INPUT: hvpt_status = 103;
pub const HVPT_ERR_HV_DENIED: hvpt_status = 104;
pub const HVPT_ERR_HV_MEMORY: hvpt_status = 105;
pub const HVPT_ERR_HV_DOMAINS: hvpt_status = 106;
pub const HVPT_ERR_HV_DEVICE: hvpt_status = 107;
pub const HVPT_ERR_HV_EXISTS: hvpt_status = 108;
pub const HVPT_ERR_HV_STATE: hvpt_status = 109;
pub const HVPT_ERR_HV_TIMEOUT: hvpt_status = 110;
pub const HVPT_ERR_HV_PROGRESS: hvpt_status = 111;
pub const HVPT_ERR_HV_FAILED: hvpt_status = 112;

// ---- status_map.h --------------------------------------------------

pub const HVPT_ERRNO_SUCCESS: i32 = 0;
pub const HVPT_ERRNO_ENOENT: i32 = 2;
pub const HVPT_ERRNO_EIO: i32 = 5;
pub const HVPT_ERRNO_ENOMEM: i32 = 12;
pub const HVPT_ERRNO_EACCES: i32 = 13;
pub const HVPT_ERRNO_EBUSY: i32 = 16;
pub const HVPT_ERRNO_EEXIST: i32 = 17;
pub const HVPT_ERRNO_ENODEV: i32 = 19;
pub const HVPT_ERRNO_EINVAL: i32 = 22;
pub const HVPT_ERRNO_ENOSPC: i32 = 28;
pub const HVPT_ERRNO_ERANGE: i32 = 34;
pub const HVPT_ERRNO_EOVERFLOW: i32 = 75;
pub const HVPT_ERRNO_EOPNOTSUPP: i32 = 95;
pub const HVPT_ERRNO_EADDRINUSE: i32 = 98;
pub const HVPT_ERRNO_ETIMEDOUT: i32 = 110;
pub const HVPT_ERRNO_ESTALE: i32 = 116;
pub const HVPT_ERRNO_ECANCELED: i32 = 125;
pub const HVPT_EFI_SUCCESS: u32 = 0;
pub const HVPT_EFI_INVALID_PARAMETER: u32 = 2;
pub const HVPT_EFI_UNSUPPORTED: u32 = 3;
pub const HVPT_EFI_NOT_READY: u32 = 6;
pub const HVPT_EFI_DEVICE_ERROR: u32 = 7;
pub const HVPT_EFI_OUT_OF_RESOURCES: u32 = 9;
pub const HVPT_EFI_NOT_FOUND: u32 = 14;
pub const HVPT_EFI_ACCESS_DENIED: u32 = 15;
pub const HVPT_EFI_TIMEOUT: u32 = 18;
pub const HVPT_EFI_NOT_STARTED: u32 = 19;
pub const HVPT_EFI_ALREADY_STARTED: u32 = 20;
pub const HVPT_EFI_ABORTED: u32 = 21;

extern "C" {
    /// The identifier of a status, for logs.
    pub fn hvpt_status_name(status: hvpt_status) -> *const c_char;
    /// The Linux error number of a status.
    pub fn hvpt_status_errno(status: hvpt_status) -> i32;
    /// The EFI status code of a status.
    pub fn hvpt_status_efi(status: hvpt_status) -> u32;
}
