# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""The bugs that scripts/plant-bugs plants.

Each is a text in one file of the core, which must be there exactly once, and
what it is replaced with. unit: unit tests, the likeliest finder first. fuzz:
"hvpt", with options, or a fuzz target.
"""

import os
import sys

import tree

BUGS = [
    {
        "name": "unmap leaves the last page",
        "file": "src/pagetable/unmap.c",
        "old": "\t(void)hvpt_entries_clear(walk.slot, count, 0, &cleared);\n"
               "\thvpt_sweep_note(sweep, first, walk.slot, 0, &cleared);\n",
        "new": "\tcount -= count > 1;\n"
               "\t(void)hvpt_entries_clear(walk.slot, count, 0, &cleared);\n"
               "\thvpt_sweep_note(sweep, first, walk.slot, 0, &cleared);\n",
        "unit": ["test_pt_unmap", "test_domain_random"],
        "fuzz": ["hvpt", "pt_sequence"],
    },
    {
        "name": "the gather misses an upper table",
        "file": "src/pagetable/reclaim.c",
        "old": "\thvpt_range_extend(&sweep->flush, first,\n"
               "\t\t\t  first + (HVPT_LEVEL_BYTES(level) - 1));\n",
        "new": "\tif (level < 2)\n"
               "\t\thvpt_range_extend(&sweep->flush, first,\n"
               "\t\t\t       first + (HVPT_LEVEL_BYTES(level) - 1));\n",
        "unit": ["test_pt_reclaim", "test_pt_unmap"],
        "fuzz": ["hvpt", "pt_sequence"],
    },
    {
        "name": "protect keeps W on a 1 GiB leaf",
        "file": "src/pagetable/protect.c",
        "old": "\t\twanted = (pte & ~HVPT_PTE_WRITE) | job->write |"
               " job->dirty;\n",
        "new": "\t\twanted = (cursor->leaf_last - cursor->leaf_first <\n"
               "\t\t\t\t\t  HVPT_LEVEL_BYTES(2) - 1 ?\n"
               "\t\t\t\t  pte & ~HVPT_PTE_WRITE :\n"
               "\t\t\t\t  pte) |\n"
               "\t\t\t job->write | job->dirty;\n",
        "unit": ["test_pt_protect"],
        "fuzz": ["hvpt", "pt_sequence"],
    },
    {
        "name": "D is lost in the split of a 1 GiB leaf",
        "file": "src/pagetable/split.c",
        "old": "\tif (level == 0)\n\t\tpte &= ~HVPT_PTE_LARGE;\n",
        "new": "\tif (level == 0)\n\t\tpte &= ~HVPT_PTE_LARGE;\n"
               "\tif (level == 1)\n\t\tpte &= ~HVPT_PTE_DIRTY;\n",
        "unit": ["test_pt_unmap", "explore_1"],
        "fuzz": ["hvpt", "pt_sequence"],
    },
    {
        "name": "reclaim takes a live table at 5 levels",
        "file": "src/pagetable/reclaim.c",
        "old": "\tif (!sweep->leaves && !hvpt_entries_are_zero(table,"
               " HVPT_TABLE_ENTRIES))\n",
        "new": "\tif (!sweep->leaves && level < 4 &&\n"
               "\t    !hvpt_entries_are_zero(table, HVPT_TABLE_ENTRIES))\n",
        "unit": ["test_pt_reclaim", "test_pt_random"],
        "fuzz": ["hvpt", "pt_sequence"],
    },
    {
        "name": "the planner emits half a block",
        "file": "src/domain/plan.c",
        "old": "\t*entry = hvpt_hv_flush_entry("
               "block.first >> block.order << block.order,\n"
               "\t\t\t\t     block.order);\n",
        "new": "\t*entry = hvpt_hv_flush_entry("
               "block.first >> block.order << block.order,\n"
               "\t\t\t\t     block.order > 1 ? block.order - 1"
               " : block.order);\n",
        "unit": ["test_flush_plan"],
        "fuzz": ["hvpt", "flush_plan"],
    },
    {
        "name": "an id is used again after a failed delete",
        "file": "src/domain/ids.c",
        "old": "\tif (hvpt_id_extend_range(iommu, id))\n\t\treturn;\n",
        "new": "\tif (hvpt_id_extend_range(iommu, id) || id != 0)\n"
               "\t\treturn;\n",
        "unit": ["test_domain_ids", "test_iommu"],
        "fuzz": ["domain_sequence"],
    },
    {
        "name": "resume forgets a device",
        "file": "src/domain/resume.c",
        "old": "\t\tstatus = hvpt_device_resume(device);\n",
        "new": "\t\tif (!device->next)\n\t\t\tcontinue;\n"
               "\t\tstatus = hvpt_device_resume(device);\n",
        "unit": ["test_resume"],
        "fuzz": ["domain_sequence"],
    },
    {
        "name": "a refused flush list has no fallback",
        "file": "src/domain/batch.c",
        "old": "\treturn hvpt_batch_fall_back(domain);\n",
        "new": "\treturn hvpt_list_may_work(domain->iommu) ?\n"
               "\t\t       HVPT_ERR_HV_MEMORY :\n"
               "\t\t       hvpt_batch_fall_back(domain);\n",
        "unit": ["test_domain_flush"],
        "fuzz": ["domain_sequence"],
    },
    {
        "name": "adopt accepts a reserved bit",
        "file": "src/pagetable/audit.c",
        "old": "\tuint64_t free = HVPT_PTE_ADDR | HVPT_PTE_ACCESSED;\n",
        "new": "\tuint64_t free = HVPT_PTE_ADDR | HVPT_PTE_ACCESSED |\n"
               "\t\t\t(uint64_t)1 << 63;\n",
        "unit": ["test_pt_adopt", "test_pt_audit"],
        "fuzz": ["raw_tables"],
    },
]


def place_of(bug, root):
    """Why the bug cannot be planted in root; empty if it can."""
    path = os.path.join(root, bug["file"])
    if not os.path.exists(path):
        return f"{bug['file']} is gone"
    count = tree.read(path).count(bug["old"])
    if count != 1:
        return f"the place is there {count} times in {bug['file']}"
    return "" if bug["old"] != bug["new"] else "it changes nothing"


def check_places(bugs, root):
    """Can all be planted? Says which cannot."""
    script = os.path.basename(sys.argv[0])
    problems = [f"{bug['name']}: {why}" for bug in bugs
                if (why := place_of(bug, root))]
    for problem in problems:
        print(f"{script}: {problem}", file=sys.stderr)
    return not problems
