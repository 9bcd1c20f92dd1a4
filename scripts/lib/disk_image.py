# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""Makes a disk of a FAT volume: a GPT with one EFI system partition, and a
fixed VHD of it. The same volume gives the same bytes.

usage: disk_image.py VOLUME RAW VHD

Sources: UEFI 2.10, 5.3 (GPT); Microsoft, Virtual Hard Disk Image Format
Specification 1.0.
"""

import hashlib
import struct
import sys
import uuid
import zlib

SECTOR = 512
FIRST = 2048                      # the partition begins at 1 MiB
ENTRIES, ENTRY_BYTES = 128, 128
ENTRY_SECTORS = ENTRIES * ENTRY_BYTES // SECTOR
MIB = 1 << 20
ESP = uuid.UUID("c12a7328-f81f-11d2-ba4b-00a0c93ec93b")


def id_of(what, volume):
    """An id that depends on the contents alone."""
    return uuid.UUID(bytes=hashlib.sha256(what + volume).digest()[:16],
                     version=4)


def protective_mbr(sectors):
    entry = struct.pack("<8B2I", 0, 0, 2, 0, 0xee, 0xff, 0xff, 0xff, 1,
                        min(sectors - 1, 0xffffffff))
    return bytes(446) + entry + bytes(48) + b"\x55\xaa"


def entries(volume, last):
    name = "EFI system partition".encode("utf-16-le").ljust(72, b"\0")
    entry = (ESP.bytes_le + id_of(b"partition", volume).bytes_le
             + struct.pack("<3Q", FIRST, last, 0) + name)
    return entry.ljust(ENTRIES * ENTRY_BYTES, b"\0")


def header(volume, sectors, at, other, table, table_at):
    def fields(crc):
        return struct.pack(
            "<8s4I4Q16sQ3I", b"EFI PART", 0x10000, 92, crc, 0, at, other,
            2 + ENTRY_SECTORS, sectors - 2 - ENTRY_SECTORS,
            id_of(b"disk", volume).bytes_le, table_at, ENTRIES, ENTRY_BYTES,
            zlib.crc32(table))
    return fields(zlib.crc32(fields(0))).ljust(SECTOR, b"\0")


def gpt_disk(volume):
    """The partition, and a whole MiB before and behind it."""
    sectors = (len(volume) + 2 * MIB) // SECTOR
    last = FIRST + len(volume) // SECTOR - 1
    table = entries(volume, last)
    end = sectors - 1
    first = (protective_mbr(sectors)
             + header(volume, sectors, 1, end, table, 2) + table)
    behind = table + header(volume, sectors, end, 1, table,
                            end - ENTRY_SECTORS)
    gap = bytes(MIB - len(behind))
    return first.ljust(MIB, b"\0") + volume + gap + behind


def geometry(sectors):
    """Cylinders, heads and sectors, as the appendix of the VHD format has it;
    for disks below 504 MiB."""
    for heads in (4, 8, 16):
        cylinders = sectors // (17 * heads)
        if cylinders < 1024:
            return struct.pack(">HBB", cylinders, heads, 17)
    raise ValueError("the disk is too large")


def vhd_footer(disk):
    def fields(checksum):
        return struct.pack(
            ">8s2IQI4sI4s2Q4s2I16sB427x", b"conectix", 2, 0x10000,
            (1 << 64) - 1, 0, b"hvpt", 0x10000, b"Wi2k", len(disk), len(disk),
            geometry(len(disk) // SECTOR), 2, checksum,
            id_of(b"vhd", disk).bytes, 0)
    return fields(~sum(fields(0)) & 0xffffffff)


def main():
    volume_path, raw_path, vhd_path = sys.argv[1:]
    with open(volume_path, "rb") as file:
        volume = file.read()
    if len(volume) % MIB:
        sys.exit("disk_image: the volume is not whole MiB")
    disk = gpt_disk(volume)
    with open(raw_path, "wb") as file:
        file.write(disk)
    with open(vhd_path, "wb") as file:
        file.write(disk + vhd_footer(disk))


main()
