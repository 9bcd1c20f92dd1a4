# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""Replaces what qemu-img draws at random for a fixed VHDX, so that the same
disk gives the same bytes: ids, the first sequence number, and the log of the
writes, which is empty when the file is closed. Its own name goes, too.

usage: vhdx_ids.py RAW VHDX

Source: Microsoft, [MS-VHDX]: Virtual Hard Disk v2 File Format, 2.2 to 2.6.
"""

import hashlib
import struct
import sys
import uuid

KIB = 1 << 10
HEADERS, HEADER_BYTES = (64 * KIB, 128 * KIB), 4096
REGIONS = 192 * KIB
CREATOR, CREATOR_BYTES = 8, 512
METADATA = uuid.UUID("8b7ca206-4790-4b9a-b8fe-575f050f886e")
PAGE_83 = uuid.UUID("beca12ab-b2e6-4523-93ef-c309e000c746")
CASTAGNOLI = 0x82f63b78


def crc32c(data):
    crc = 0xffffffff
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = crc >> 1 ^ (CASTAGNOLI if crc & 1 else 0)
    return crc ^ 0xffffffff


def id_of(what, disk):
    return uuid.UUID(bytes=hashlib.sha256(what + disk).digest()[:16],
                     version=4).bytes_le


def expect(condition, what):
    if not condition:
        sys.exit(f"vhdx_ids: {what}")


def fix_header(data, at, sequence, disk):
    """Its checksum is made with the checksum as zero."""
    struct.pack_into("<IQ16s16s", data, at + 4, 0, sequence,
                     id_of(b"file write", disk), id_of(b"data write", disk))
    crc = crc32c(data[at:at + HEADER_BYTES])
    struct.pack_into("<I", data, at + 4, crc)


def fix_headers(data, disk):
    for at in HEADERS:
        expect(data[at:at + 4] == b"head", "a header is missing")
        expect(not any(data[at + 48:at + 64]), "the log is not empty")
    order = sorted(HEADERS, key=lambda at: data[at + 8:at + 16][::-1])
    length, log = struct.unpack_from("<IQ", data, order[1] + 68)
    data[log:log + length] = bytes(length)
    for sequence, at in enumerate(order, 1):
        fix_header(data, at, sequence, disk)


def find(data, at, count, entry_bytes, wanted):
    """The offset in the entry with an id; entries have it first."""
    for entry in range(at, at + count * entry_bytes, entry_bytes):
        if data[entry:entry + 16] == wanted.bytes_le:
            return entry + 16
    return expect(False, f"no entry {wanted}")


def fix_metadata(data, disk):
    expect(data[REGIONS:REGIONS + 4] == b"regi", "no region table")
    count = struct.unpack_from("<I", data, REGIONS + 8)[0]
    metadata = struct.unpack_from("<Q", data, find(
        data, REGIONS + 16, count, 32, METADATA))[0]
    expect(data[metadata:metadata + 8] == b"metadata", "no metadata")
    count = struct.unpack_from("<H", data, metadata + 10)[0]
    item = metadata + struct.unpack_from("<I", data, find(
        data, metadata + 32, count, 32, PAGE_83))[0]
    data[item:item + 16] = id_of(b"page 83", disk)


def main():
    raw, vhdx = sys.argv[1:]
    with open(raw, "rb") as file:
        disk = file.read()
    with open(vhdx, "rb") as file:
        data = bytearray(file.read())
    expect(data[:8] == b"vhdxfile", "no VHDX")
    data[CREATOR:CREATOR + CREATOR_BYTES] = "hvpt".encode(
        "utf-16-le").ljust(CREATOR_BYTES, b"\0")
    fix_headers(data, disk)
    fix_metadata(data, disk)
    with open(vhdx, "wb") as file:
        file.write(data)


main()
