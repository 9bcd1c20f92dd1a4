# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""A language without C headers: it knows names and layouts.

Usage: foreign.py LIBRARY
"""

import ctypes as c
import sys

hvpt = c.CDLL(sys.argv[1])
libc = c.CDLL(None)
libc.aligned_alloc.restype = c.c_void_p
libc.aligned_alloc.argtypes = [c.c_size_t, c.c_size_t]
libc.memset.argtypes = [c.c_void_p, c.c_int, c.c_size_t]
libc.free.argtypes = [c.c_void_p]
ALLOC = c.CFUNCTYPE(c.c_void_p, c.c_void_p)
FREE = c.CFUNCTYPE(None, c.c_void_p, c.c_void_p)


class Ops(c.Structure):
    _fields_ = [("alloc_page", ALLOC), ("free_page", FREE),
                ("write_back", c.c_void_p)]


class Config(c.Structure):
    _fields_ = [("ops", c.POINTER(Ops)), ("ctx", c.c_void_p),
                ("direct_map_offset", c.c_uint64),
                ("table_gpa_mask", c.c_uint64), ("page_sizes", c.c_uint64),
                ("levels", c.c_uint32), ("width", c.c_uint32),
                ("form", c.c_uint32), ("flags", c.c_uint32),
                ("reserved", c.c_void_p), ("reserved_count", c.c_uint32)]


class Mapping(c.Structure):
    _fields_ = [("gpa", c.c_uint64), ("prot", c.c_uint32),
                ("leaf_lg2", c.c_uint32), ("accessed", c.c_bool),
                ("dirty", c.c_bool)]


def alloc(ctx):
    page = libc.aligned_alloc(4096, 4096)
    libc.memset(page, 0, 4096)
    return page


def check(status):
    assert status == 0, status


ops = Ops(ALLOC(alloc), FREE(lambda ctx, page: libc.free(page)))
config = Config(c.pointer(ops), page_sizes=1 << 12 | 1 << 21, width=48)
pt, gather = (c.create_string_buffer(4096) for _ in range(2))
seen, unmapped = Mapping(), c.c_uint64()
u64 = c.c_uint64
check(hvpt.hvpt_pt_init(pt, c.byref(config)))
check(hvpt.hvpt_pt_map(pt, u64(0x100000), u64(0x4000000), u64(0x8000), 3,
                       None))
check(hvpt.hvpt_pt_lookup(pt, u64(0x100000), c.byref(seen)))
print(f"iova 0x100000 -> gpa {seen.gpa:#x}")
hvpt.hvpt_gather_init(gather)
check(hvpt.hvpt_pt_unmap(pt, u64(0x100000), u64(0x8000), gather,
                         c.byref(unmapped)))
assert unmapped.value == 0x8000
hvpt.hvpt_pt_release(pt, gather)
hvpt.hvpt_pt_destroy(pt)
