// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
//! The C interface of hvpt, as it is: names, values and layouts.
//!
//! hvpt gives a Hyper-V guest its own stage-1 IO translation. The contracts of
//! all functions are in the headers, in the folder `include/hvpt`: units,
//! bounds, locking, errors, and what remains after a failure. All functions are
//! unsafe to call. Names of C are kept, so that the headers can be searched.
//!
//! A structure whose only field is private belongs to hvpt: allocate it
//! (`MaybeUninit`), let its init function fill it, and pass its address. Zero
//! the structures that you fill yourself.
#![no_std]
#![allow(non_camel_case_types)]

mod abi;
mod domain;
mod hypercall;
mod pagetable;
mod status;

pub use abi::*;
pub use domain::*;
pub use hypercall::*;
pub use pagetable::*;
pub use status::*;

/// C's `char`: signed on x86-64, unsigned on aarch64.
#[cfg(not(target_arch = "aarch64"))]
pub type c_char = i8;
#[cfg(target_arch = "aarch64")]
pub type c_char = u8;
