// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
//! The page table of one device, from Rust: makes it, maps, looks up, unmaps.

use std::alloc::{alloc_zeroed, dealloc, Layout};
use std::ffi::{c_void, CStr};
use std::mem::MaybeUninit;
use std::ptr;

use hvpt_sys::*;

/// A page, aligned to its size.
fn page_layout() -> Layout {
    Layout::from_size_align(4096, 4096).unwrap()
}

/// Table pages come from the heap; a gpa is the address in this process.
unsafe extern "C" fn alloc_page(_ctx: *mut c_void) -> *mut c_void {
    alloc_zeroed(page_layout()).cast()
}

unsafe extern "C" fn free_page(_ctx: *mut c_void, page: *mut c_void) {
    dealloc(page.cast(), page_layout());
}

static OPS: hvpt_page_ops = hvpt_page_ops {
    alloc_page: Some(alloc_page),
    free_page: Some(free_page),
    write_back: None,
};

/// The page tables of a device. The end of the object frees them.
struct Tables(hvpt_pagetable);

impl Tables {
    fn new() -> Result<Tables, String> {
        let config = hvpt_pt_config {
            ops: &OPS,
            ctx: ptr::null_mut(),
            direct_map_offset: 0,
            table_gpa_mask: 0,
            page_sizes: HVPT_PAGE_SIZE_4K | HVPT_PAGE_SIZE_2M,
            levels: 0, // they follow from the width
            width: 48,
            form: HVPT_IOVA_PLAIN,
            flags: 0,
            reserved: ptr::null(),
            reserved_count: 0,
        };
        let mut pt = MaybeUninit::uninit();
        check(unsafe { hvpt_pt_init(pt.as_mut_ptr(), &config) })?;
        Ok(Tables(unsafe { pt.assume_init() }))
    }

    fn map(&mut self, iova: u64, gpa: u64, length: u64) -> Result<(), String> {
        check(unsafe {
            hvpt_pt_map(
                &mut self.0,
                hvpt_iova_t { value: iova },
                hvpt_gpa_t { value: gpa },
                length,
                HVPT_PROT_READ | HVPT_PROT_WRITE,
                ptr::null_mut(),
            )
        })
    }

    fn translate(&self, iova: u64) -> Result<u64, String> {
        let iova = hvpt_iova_t { value: iova };
        let mut seen = MaybeUninit::uninit();
        check(unsafe { hvpt_pt_lookup(&self.0, iova, seen.as_mut_ptr()) })?;
        Ok(unsafe { seen.assume_init() }.gpa.value)
    }

    /// Unmaps, and returns the bytes that were mapped.
    fn unmap(&mut self, iova: u64, length: u64) -> Result<u64, String> {
        let iova = hvpt_iova_t { value: iova };
        let mut gather = MaybeUninit::uninit();
        let mut unmapped = 0;
        unsafe {
            hvpt_gather_init(gather.as_mut_ptr());
            check(hvpt_pt_unmap(
                &mut self.0,
                iova,
                length,
                gather.as_mut_ptr(),
                &mut unmapped,
            ))?;
            // Flush the IOMMU here; only then may the gather be released.
            hvpt_pt_release(&mut self.0, gather.as_mut_ptr());
        }
        Ok(unmapped)
    }
}

impl Drop for Tables {
    fn drop(&mut self) {
        unsafe { hvpt_pt_destroy(&mut self.0) }
    }
}

fn check(status: hvpt_status) -> Result<(), String> {
    if status == HVPT_OK {
        return Ok(());
    }
    let name = unsafe { CStr::from_ptr(hvpt_status_name(status)) };
    Err(name.to_string_lossy().into_owned())
}

fn main() -> Result<(), String> {
    let mut tables = Tables::new()?;
    tables.map(0x100000, 0x4000000, 0x8000)?;
    println!("iova 0x101000 -> gpa {:#x}", tables.translate(0x101000)?);
    println!("unmapped {:#x} bytes", tables.unmap(0x100000, 0x8000)?);
    println!("{}", tables.translate(0x101000).unwrap_err());
    Ok(())
}
