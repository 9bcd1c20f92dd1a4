# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""Broken variants of the core that scripts/prove must refute.

As in planted.py: a text that is in one file exactly once, and what it is
replaced with. proof: which proof refutes it; run: which of its runs, the first
if there is none.
"""

BUGS = [
    {
        "proof": "range_check",
        "name": "a range may reach into the hole",
        "file": "include/hvpt/internal/pt_walk.h",
        "old": "\treturn pt->upper_first != 0 && first >= pt->upper_first;",
        "new": "\treturn pt->upper_first != 0 && last >= pt->upper_first;",
    },
    {
        "proof": "configure",
        "name": "1 GiB leaves are taken without 2 MiB leaves",
        "file": "src/pagetable/init.c",
        "old": "\twhile (level < HVPT_LEAF_LEVELS &&\n"
               "\t       (page_sizes & HVPT_LEVEL_BYTES(level)))\n"
               "\t\tlevels |= 1u << level++;",
        "new": "\tfor (; level < HVPT_LEAF_LEVELS; level++)\n"
               "\t\tif (page_sizes & HVPT_LEVEL_BYTES(level))\n"
               "\t\t\tlevels |= 1u << level;",
    },
    {
        "proof": "index",
        "name": "an index has one bit too many",
        "file": "include/hvpt/internal/pte_access.h",
        "old": "\t       (HVPT_TABLE_ENTRIES - 1u);",
        "new": "\t       (2u * HVPT_TABLE_ENTRIES - 1u);",
    },
    {
        "proof": "leaf_level",
        "name": "the largest leaf that fits is not taken",
        "file": "src/pagetable/map_steps.c",
        "old": "\t\t    job->left >> HVPT_LEVEL_LG2(level))",
        "new": "\t\t    job->left >> HVPT_LEVEL_LG2(level) > 1)",
    },
    {
        "proof": "leaf_length",
        "name": "1 GiB counts as the length of a 2 MiB leaf",
        "file": "include/hvpt/internal/pt_leaf.h",
        "old": "\tif (length == HVPT_LEVEL_BYTES(1u))",
        "new": "\tif (length == HVPT_LEVEL_BYTES(1u) ||"
               " length == HVPT_LEVEL_BYTES(2u))",
    },
    {
        "proof": "entry",
        "name": "a 4 KiB leaf sets PAT",
        "file": "include/hvpt/internal/pte_access.h",
        "old": "\tif (level > 0)\n"
               "\t\tbits |= HVPT_PTE_LARGE;",
        "new": "\tbits |= HVPT_PTE_LARGE;",
    },
    {
        "proof": "hypercall_words",
        "name": "a misaligned descriptor counts as right",
        "file": "include/hvpt/hv_abi.h",
        "old": "\t       (page & (((uint64_t)1 << shift) - 1)) == 0;",
        "new": "\t       (page & (((uint64_t)1 << shift >> 1) - 1)) == 0;",
    },
    {
        "proof": "logical_id",
        "name": "the prefix takes a wrong byte of the GUID",
        "file": "include/hvpt/logical_id.h",
        "old": "(uint32_t)guid[5] << 24 | (uint32_t)guid[4] << 16",
        "new": "(uint32_t)guid[4] << 24 | (uint32_t)guid[5] << 16",
    },
    {
        "proof": "status_maps",
        "name": "an unknown refusal counts as success",
        "file": "src/hvcall/hv_status.c",
        "old": "(enum hvpt_status)row->status : HVPT_ERR_HV_FAILED",
        "new": "(enum hvpt_status)row->status : HVPT_OK",
    },
    {
        "proof": "flush_lists",
        "name": "one list is enough",
        "file": "src/hvcall/flush_list.c",
        "old": " && answer->reps == HVPT_HV_FLUSH_LIST_MAX);",
        "new": " && answer->reps > HVPT_HV_FLUSH_LIST_MAX);",
    },
    {
        "proof": "flush_blocks",
        "name": "the first block ends one page early",
        "file": "src/domain/plan.c",
        "old": "\treturn (last >> (order - 1) << (order - 1)) - 1;",
        "new": "\treturn (last >> (order - 1) << (order - 1)) - 2;",
    },
    {
        "proof": "flush_exact",
        "name": "a block reaches behind the range",
        "file": "src/domain/plan.c",
        "old": "\tunsigned fits = hvpt_flush_bits(last - first + 1) - 1;",
        "new": "\tunsigned fits = hvpt_flush_bits(last - first + 1);",
    },
    {
        "proof": "flush_many",
        "name": "two equal blocks are both left out",
        "file": "src/domain/plan.c",
        "old": "\t\t\t\t\t    i < at, block))",
        "new": "\t\t\t\t\t    true, block))",
    },
    {
        "proof": "flush_two_block",
        "name": "equal blocks lead from one to the other",
        "file": "src/domain/plan.c",
        "old": "\t\t    order + same > block->order)",
        "new": "\t\t    order + 1 > block->order)",
    },
    {
        "proof": "flush_two_block",
        "run": "list",
        "name": "the second block of a range is forgotten",
        "file": "src/domain/plan.c",
        "old": "\t\tself->at += !self->busy;",
        "new": "\t\tself->at++;",
    },
    {
        "proof": "domain_ids",
        "name": "the last id of a quarantined range is free",
        "file": "src/domain/ids.c",
        "old": "\t\t    id <= iommu->quarantine[i].last)\n"
               "\t\t\treturn true;",
        "new": "\t\t    id < iommu->quarantine[i].last)\n"
               "\t\t\treturn true;",
    },
    {
        "proof": "gather_ranges",
        "name": "a joined range forgets its beginning",
        "file": "src/pagetable/gather.c",
        "old": "\t\tif (range->first.value < first.value)\n"
               "\t\t\tfirst = range->first;\n",
        "new": "\t\tif (range->first.value > first.value)\n"
               "\t\t\tfirst = range->first;\n",
    },
    {
        "proof": "gather_ranges",
        "run": "full",
        "name": "a gather that is full grows the farthest range",
        "file": "src/pagetable/gather.c",
        "old": "\t\tif (gap < *best_gap) {\n",
        "new": "\t\tif (i == 0 || gap > *best_gap) {\n",
    },
    {
        "proof": "widen",
        "name": "a 1 GiB split widens to 2 MiB only",
        "file": "src/pagetable/gather.c",
        "old": "\tunsigned level = HVPT_LEAF_LEVELS - 1;\n"
               "\n"
               "\twhile",
        "new": "\tunsigned level = HVPT_LEAF_LEVELS - 2;\n"
               "\n"
               "\twhile",
    },
    {
        "proof": "sweep_inside",
        "name": "an entry that begins at the range is passed over",
        "file": "src/pagetable/reclaim.c",
        "old": "\tuint64_t head = (0 - sweep->first) & mask;",
        "new": "\tuint64_t head = mask + 1 - (sweep->first & mask);",
    },
    {
        "proof": "split_count",
        "name": "a table of both ends is counted twice",
        "file": "src/pagetable/split.c",
        "old": "\t\tif (level > other_level ||"
               " !hvpt_level_offset(other, level) ||",
        "new": "\t\tif (level >= other_level ||"
               " !hvpt_level_offset(other, level) ||",
    },
    {
        "proof": "reserved",
        "name": "a range that ends where a reserved one begins is free",
        "file": "src/pagetable/walk.c",
        "old": "\t\tif (pt->reserved[i].first.value <= last &&",
        "new": "\t\tif (pt->reserved[i].first.value < last &&",
    },
    {
        "proof": "rep_loop",
        "name": "a call that made no progress is made again",
        "file": "src/hvcall/call.c",
        "old": "\t\tif (!sane || reps == done)\n",
        "new": "\t\tif (!sane)\n",
    },
    {
        "proof": "rep_loop",
        "name": "a count that is too high is believed",
        "file": "src/hvcall/call.c",
        "old": "\t\tbool sane = reps >= done && reps <= count;\n",
        "new": "\t\tbool sane = reps >= done;\n",
    },
    {
        "proof": "look_up",
        "name": "the offset in a 2 MiB leaf is that in its page",
        "file": "include/hvpt/pagetable.h",
        "old": "\t\thvpt_pte_decode(pte, level, iova.value, out);\n"
               "\treturn HVPT_OK;\n",
        "new": "\t\thvpt_pte_decode(pte, level, iova.value & 4095, out);\n"
               "\treturn HVPT_OK;\n",
    },
    {
        "proof": "explain",
        "name": "the lowest entry that forbids to write is named",
        "file": "src/domain/fault.c",
        "old": "\t\tif (!denied && write && ",
        "new": "\t\tif (write && ",
    },
    {
        "proof": "explain",
        "run": "levels_5",
        "name": "an entry with reserved bits is followed",
        "file": "src/domain/fault.c",
        "old": "\tif (hvpt_pte_reserved(pt, pte, level))\n",
        "new": "\tif (!hvpt_pte_is_table(pte, level) &&\n"
               "\t    hvpt_pte_reserved(pt, pte, level))\n",
    },
    {
        "proof": "explain",
        "run": "domain",
        "name": "an address that is no gpa is looked for in memory",
        "file": "src/domain/fault.c",
        "old": "fault->iova.value >> HVPT_GPA_LG2 ?",
        "new": "fault->iova.value >> HVPT_GPA_LG2 > 1 ?",
    },
    {
        "proof": "part",
        "name": "a part begins anew at each start",
        "file": "include/hvpt/map.h",
        "old": "\tuint64_t part = bytes - (iova.value & (bytes - 1));\n",
        "new": "\tuint64_t part = bytes;\n\n\t(void)iova;\n",
    },
    {
        "proof": "configure",
        "name": "maps behind the start of the last reserved range are plain",
        "file": "src/pagetable/init.c",
        "old": "\t\t\t\t  range->last.value);\n",
        "new": "\t\t\t\t  range->first.value);\n",
    },
    {
        "proof": "one_leaf",
        "name": "a leaf that ends where reserved ranges begin is mapped",
        "file": "include/hvpt/internal/pt_walk.h",
        "old": "\treturn last < pt->checked.first.value ||",
        "new": "\treturn last <= pt->checked.first.value ||",
    },
    {
        "proof": "one_leaf",
        "name": "a leaf replaces another",
        "file": "include/hvpt/internal/pt_leaf.h",
        "old": "\tif (!slot || hvpt_pte_load(slot) != 0)\n",
        "new": "\tif (!slot)\n",
    },
    {
        "proof": "one_leaf",
        "run": "unmap_4",
        "name": "a table is cleared as if it were a leaf",
        "file": "include/hvpt/internal/pt_leaf.h",
        "old": "\t    !hvpt_pte_is_leaf(hvpt_pte_load(slot),"
               " hvpt_leaf_level(length)))\n",
        "new": "\t    !hvpt_pte_is_present(hvpt_pte_load(slot)))\n",
    },
    {
        "proof": "typed_calls",
        "name": "a domain that blocks is configured not to translate",
        "file": "src/hvcall/domain_calls.c",
        "old": "\t\treturn HVPT_HV_SETTINGS_TRANSLATION |"
               " HVPT_HV_SETTINGS_BLOCKED;",
        "new": "\t\treturn HVPT_HV_SETTINGS_BLOCKED;",
    },
    {
        "proof": "typed_calls",
        "name": "the page keeps what was in it",
        "file": "src/hvcall/call.c",
        "old": "\tfor (offset = 0; offset < input_bytes; offset += 8)\n",
        "new": "\tfor (offset = 0; offset + 8 < input_bytes; offset += 8)\n",
    },
    {
        "proof": "list_call",
        "name": "a wrong descriptor ends the list",
        "file": "src/hvcall/flush_list.c",
        "old": "\t\t\treturn HVPT_ERR_FLUSH_ENTRY;",
        "new": "\t\t\tbreak;",
    },
    {
        "proof": "host_facts",
        "name": "a leaf that is not there tells how the VM is isolated",
        "file": "src/hvcall/discover.c",
        "old": "\tif (host->max_leaf < HVPT_CPUID_HV_ISOLATION) {",
        "new": "\tif (host->max_leaf + 1 < HVPT_CPUID_HV_ISOLATION) {",
    },
    {
        "proof": "host_facts",
        "name": "a locked hypercall page is placed",
        "file": "include/hvpt/discover.h",
        "old": "\tif (hvpt_hypercall_msr_enabled(before) ||\n"
               "\t    hvpt_hypercall_msr_locked(before))\n",
        "new": "\tif (hvpt_hypercall_msr_enabled(before))\n",
    },
    {
        "proof": "ends",
        "name": "a page that cannot be a table is lost",
        "file": "src/pagetable/pages.c",
        "old": "\tpt->ops->free_page(pt->ctx, *page);\n"
               "\treturn HVPT_ERR_TABLE_PAGE;",
        "new": "\treturn HVPT_ERR_TABLE_PAGE;",
    },
    {
        "proof": "ends",
        "run": "destroy",
        "name": "the first entry of a table is passed over",
        "file": "src/pagetable/init.c",
        "old": "\t\ttable[at] = hvpt_pt_table(pt, pte);\n\t\ti = 0;\n",
        "new": "\t\ttable[at] = hvpt_pt_table(pt, pte);\n\t\ti = 1;\n",
    },
    {
        "proof": "ends",
        "run": "release",
        "name": "splits stay counted",
        "file": "src/pagetable/pages.c",
        "old": "\t\tHVPT_PORT_ADD(&pt->splits, 0 - gather->splits);\n",
        "new": "",
    },
    {
        "proof": "dirty_step",
        "name": "D of a leaf that is partly outside is cleared",
        "file": "src/pagetable/dirty.c",
        "old": "\tif (cursor->leaf_first < cursor->first ||\n"
               "\t    cursor->leaf_last > cursor->last)\n",
        "new": "\tif (cursor->leaf_first < cursor->first)\n",
    },
    {
        "proof": "visit_step",
        "name": "a leaf begins where the range does",
        "file": "src/pagetable/visit.c",
        "old": "\treturn fn(ctx, hvpt_iova(cursor->leaf_first), &mapping);",
        "new": "\treturn fn(ctx, hvpt_iova(cursor->leaf_first <"
               " cursor->first ? cursor->first : cursor->leaf_first),"
               " &mapping);",
    },
    {
        "proof": "map_step",
        "name": "a map goes on without a page that it did not get",
        "file": "src/pagetable/map_steps.c",
        "old": "\tfor (at = job->walk.at; at > job->level &&"
               " status == HVPT_OK; at--)",
        "new": "\tfor (at = job->walk.at; at > job->level; at--)",
    },
    {
        "proof": "map_step",
        "name": "an empty table that a large leaf replaces is not flushed",
        "file": "src/pagetable/map_steps.c",
        "old": "\tif (call->gather)\n"
               "\t\thvpt_range_gather(&job.flush, call->gather);\n",
        "new": "",
        "run": "at_0_2",
    },
    {
        "proof": "map_step",
        "run": "at_0_4",
        "name": "the entry of a large leaf looks like that of a table",
        "file": "src/pagetable/map_steps.c",
        "old": "\t\tpte |= HVPT_PTE_LARGE;\n",
        "new": "",
    },
    {
        "proof": "audit_step",
        "name": "the address of a large leaf may be any",
        "file": "src/pagetable/audit.c",
        "old": "\tif (hvpt_level_offset(pte & HVPT_PTE_ADDR, level))\n"
               "\t\treturn HVPT_FAULT_LEAF_ADDR;\n",
        "new": "",
    },
    {
        "proof": "audit_step",
        "run": "adopt",
        "name": "the tables of an adopted tree are not counted",
        "file": "src/pagetable/audit.c",
        "old": "\tpt->table_count = report->tables;\n",
        "new": "",
    },
    {
        "proof": "audit_step",
        "run": "refused",
        "name": "a report does not say that the root is wrong",
        "file": "src/pagetable/audit.c",
        "old": "\t\thvpt_audit_root(report, pt->levels, root.value);\n",
        "new": "",
    },
    {
        "proof": "reclaim_step",
        "name": "a table with a mapping in its last entry counts as empty",
        "file": "src/pagetable/reclaim.c",
        "old": "\tif (!sweep->leaves &&"
               " !hvpt_entries_are_zero(table, HVPT_TABLE_ENTRIES))",
        "new": "\tif (!sweep->leaves &&"
               " !hvpt_entries_are_zero(table, HVPT_TABLE_ENTRIES - 1))",
    },
    {
        "proof": "names",
        "name": "an unknown fault has no name",
        "file": "src/pagetable/audit.c",
        "old": "\treturn \"HVPT_FAULT_UNKNOWN\";",
        "new": "\treturn 0;",
    },
    {
        "proof": "handover_table",
        "name": "a table may be longer than what may be read",
        "file": "src/domain/handover.c",
        "old": "\treturn all <= bytes && devices",
        "new": "\treturn devices",
    },
    {
        "proof": "fault_message",
        "name": "a payload may end behind the message",
        "file": "src/domain/fault.c",
        "old": " || bytes - head < payload)",
        "new": ")",
    },
    {
        "proof": "gather_join",
        "name": "the destination's pages are lost",
        "file": "src/pagetable/gather.c",
        "old": "\t\tHVPT_PORT_STORE(&from->tables_end[0],\n"
               "\t\t\t\t(uint64_t)(uintptr_t)to->tables);\n",
        "new": "",
    },
    {
        "proof": "segment_step",
        "name": "a removed segment takes those behind it along",
        "file": "src/logical_id/registry.c",
        "old": "\tHVPT_PORT_STORE_RELEASE(link,"
               " HVPT_PORT_LOAD(&node->next));",
        "new": "\tHVPT_PORT_STORE_RELEASE(link, 0);",
    },
    {
        "proof": "unmap_step",
        "name": "the leaf that the first end cuts is not gathered",
        "file": "src/pagetable/split.c",
        "old": "\thvpt_split_note(flush, first, first_level);\n",
        "new": "",
        "run": "at_1_2",
    },
    {
        "proof": "protect_step",
        "name": "a leaf that changed is not gathered",
        "file": "src/pagetable/protect.c",
        "old": "\thvpt_range_extend(flush, cursor->leaf_first,"
               " cursor->leaf_last);\n",
        "new": "\t(void)flush;\n",
    },
    {
        "proof": "device_step",
        "run": "gone",
        "name": "a domain forgets the device that it may get back",
        "file": "src/domain/device.c",
        "old": "\thvpt_domain_leave_behind(device->domain);\n",
        "new": "",
    },
    {
        "proof": "device_step",
        "run": "attach",
        "name": "a device in doubt forgets the domain that it may be in",
        "file": "src/domain/device.c",
        "old": "\telse if (device->tried)\n\t\treturn;\n",
        "new": "",
    },
    {
        "proof": "device_step",
        "run": "detach",
        "name": "a domain in doubt forgets the device that may still be in it",
        "file": "src/domain/device.c",
        "old": "\thvpt_domain_leave_behind(device->tried);\n",
        "new": "",
    },
    {
        "proof": "device_step",
        "run": "remove",
        "name": "a device whose move was refused is unlinked",
        "file": "src/domain/device.c",
        "old": "\tif (status == HVPT_OK)\n"
               "\t\thvpt_device_unlink(device);\n"
               "\tif (status < HVPT_ERR_HV_CODE ||",
        "new": "\thvpt_device_unlink(device);\n"
               "\tif (status < HVPT_ERR_HV_CODE ||",
    },
    {
        "proof": "resume_step",
        "run": "resume",
        "name": "a device comes back into a domain that is lost",
        "file": "src/domain/resume.c",
        "old": "\tif (status == HVPT_OK && hvpt_domain_is_lost(domain))\n"
               "\t\tstatus = HVPT_ERR_LOST;\n",
        "new": "",
    },
    {
        "proof": "resume_step",
        "run": "takeover",
        "name": "a device whose first attach was refused is left alone",
        "file": "src/domain/resume.c",
        "old": "\treturn device->state == HVPT_DEVICE_NEW ||\n"
               "\t       (device->state == HVPT_DEVICE_IN_DOUBT &&"
               " !device->domain);",
        "new": "\treturn device->state == HVPT_DEVICE_NEW;",
    },
    {
        "proof": "flush_step",
        "run": "sync",
        "name": "tables are freed although the flush failed",
        "file": "src/domain/sync.c",
        "old": "\tif (status == HVPT_OK)\n"
               "\t\thvpt_pt_release(&domain->pt, gather);",
        "new": "\thvpt_pt_release(&domain->pt, gather);",
    },
    {
        "proof": "flush_step",
        "run": "flush",
        "name": "splits of other calls do not widen a flush",
        "file": "src/domain/sync.c",
        "old": "HVPT_PORT_LOAD_ACQUIRE(&domain->pt.splits) == 0",
        "new": "true",
    },
    {
        "proof": "flush_step",
        "run": "flush",
        "name": "a list that failed counts as a flush",
        "file": "src/domain/batch.c",
        "old": "\treturn hvpt_batch_fall_back(domain);",
        "new": "\treturn HVPT_OK;",
    },
    {
        "proof": "flush_step",
        "run": "all",
        "name": "a lost domain is flushed",
        "file": "src/domain/sync.c",
        "old": "\treturn hvpt_domain_is_lost(domain) ?\n"
               "\t\t       HVPT_ERR_LOST :\n"
               "\t\t       hvpt_domain_flush_ranges(domain, NULL, 0);",
        "new": "\treturn hvpt_domain_flush_ranges(domain, NULL, 0);",
    },
    {
        "proof": "flush_step",
        "run": "stats",
        "name": "a call that was not made counts as refused",
        "file": "src/domain/probe.c",
        "old": "\tif (status != HVPT_OK && answer->trips != 0) {",
        "new": "\tif (status != HVPT_OK) {",
    },
    {
        "proof": "domain_end",
        "run": "destroy",
        "name": "tables that the hypervisor may still have are freed",
        "file": "src/domain/domain.c",
        "old": "\tif (!domain->leaks)\n\t\thvpt_pt_destroy(&domain->pt);",
        "new": "\thvpt_pt_destroy(&domain->pt);",
    },
    {
        "proof": "domain_end",
        "run": "abandon",
        "name": "the id of an abandoned domain is used again",
        "file": "src/domain/domain.c",
        "old": "\thvpt_id_quarantine(domain->iommu, domain->id);\n"
               "\thvpt_domain_unlink(domain);",
        "new": "\thvpt_domain_unlink(domain);",
    },
    {
        "proof": "domain_forms",
        "name": "the identity domain has no end",
        "file": "include/hvpt/domain.h",
        "old": "\tif (iova.value >> HVPT_GPA_LG2)\n"
               "\t\treturn HVPT_ERR_GPA_RANGE;\n",
        "new": "",
    },
    {
        "proof": "domain_forms",
        "name": "a list is mapped without its gather",
        "file": "include/hvpt/domain.h",
        "old": "segments, count, prot,\n\t\t\t\tgather);",
        "new": "segments, count, prot,\n\t\t\t\tNULL);",
    },
    {
        "proof": "domain_begin",
        "name": "a root that the hypervisor may still have is freed",
        "file": "src/domain/domain.c",
        "old": "\tif (status != HVPT_OK && !stuck)\n",
        "new": "\tif (status != HVPT_OK)\n",
    },
    {
        "proof": "domain_begin",
        "name": "an id that cannot be deleted counts as free",
        "file": "src/domain/domain.c",
        "old": "\tif (*stuck)\n\t\thvpt_id_quarantine(iommu, domain->id);\n",
        "new": "",
    },
    {
        "proof": "domain_begin",
        "run": "adopt",
        "name": "an adopted domain counts as never cached",
        "file": "src/domain/handover.c",
        "old": "\tdomain->cached = 1;\n",
        "new": "",
    },
    {
        "proof": "id_tries",
        "name": "an id that exists is skipped one time too often",
        "file": "src/domain/domain.c",
        "old": "\tfor (found = 0; found < HVPT_ID_TRIES; found++) {",
        "new": "\tfor (found = 0; found <= HVPT_ID_TRIES; found++) {",
    },
    {
        "proof": "iommu_ends",
        "name": "the identity domain is forgotten without a blocked one",
        "file": "src/domain/iommu.c",
        "old": "\t(void)!hvpt_hvcall_delete_domain(&iommu->transport,"
               " iommu->identity.id,\n\t\t\t\t\t &answer);\n",
        "new": "",
    },
    {
        "proof": "iommu_ends",
        "run": "destroy",
        "name": "an identity domain with devices is deleted",
        "file": "src/domain/iommu.c",
        "old": "\tif (!iommu->handed_over && hvpt_iommu_has(",
        "new": "\tif (hvpt_iommu_has(",
    },
    {
        "proof": "map_list_step",
        "name": "lengths whose sum wraps are accepted",
        "file": "src/pagetable/map.c",
        "old": "\t\twraps |= sum < length;\n",
        "new": "",
    },
    {
        "proof": "map_list_step",
        "run": "at_1_2",
        "name": "segments that do not touch count as one",
        "file": "src/pagetable/map_steps.c",
        "old": "job->segments->gpa.value == job->gpa + job->left);",
        "new": "job->segments->gpa.value >= job->gpa + job->left);",
    },
    {
        "proof": "map_list_step",
        "run": "at_0_2",
        "name": "segments that touch are mapped one by one",
        "file": "src/pagetable/map_steps.c",
        "old": "\t} while (job->count &&\n"
               "\t\t job->segments->gpa.value == job->gpa + job->left);",
        "new": "\t} while (false);",
    },
    {
        "proof": "resume_all",
        "name": "the first failure hides what fails after it",
        "file": "src/domain/resume.c",
        "old": "\t\tstatus = hvpt_resume_domain(domain);\n"
               "\t\tif (first == HVPT_OK)\n\t\t\tfirst = status;\n",
        "new": "\t\tstatus = hvpt_resume_domain(domain);\n"
               "\t\tif (status != HVPT_OK)\n\t\t\treturn status;\n",
    },
    {
        "proof": "resume_all",
        "name": "devices are not blocked before the domains are rebuilt",
        "file": "src/domain/resume.c",
        "old": "\t\tignored = hvpt_resume_park(device);\n",
        "new": "\t\tignored = HVPT_OK;\n",
    },
    {
        "proof": "resume_all",
        "name": "tables that another domain may have are not leaked",
        "file": "src/domain/resume.c",
        "old": "\tdomain->leaks = true;\n",
        "new": "",
    },
    {
        "proof": "resume_all",
        "run": "retry",
        "name": "a retry counts the epoch again",
        "file": "src/domain/resume.c",
        "old": "\tif (!retry)\n\t\thvpt_resume_begin(iommu);\n",
        "new": "\t(void)retry;\n\thvpt_resume_begin(iommu);\n",
    },
    {
        "proof": "resume_all",
        "run": "retry",
        "name": "a domain that could not be deleted is created over",
        "file": "src/domain/resume.c",
        "old": "\tif (!domain->delete_failed)\n"
               "\t\tstatus = hvpt_resume_create_any(domain);\n",
        "new": "\tstatus = hvpt_resume_create_any(domain);\n",
    },
    {
        "proof": "combine_step",
        "run": "alone",
        "name": "a caller that cannot wait takes part",
        "file": "src/domain/combine.c",
        "old": "\tif (!ops || !ops->begin(domain->wait_ctx,"
               " &request->waiter))\n",
        "new": "\tif (!ops || (ops->begin(domain->wait_ctx,"
               " &request->waiter), false))\n",
    },
    {
        "proof": "combine_step",
        "run": "lead",
        "name": "the word says that no call is in flight, but one is",
        "file": "src/domain/combine.c",
        "old": "\t\tnext = newest == HVPT_NO_WAITER ? 0 : HVPT_NO_WAITER;\n",
        "new": "\t\tnext = 0;\n",
    },
    {
        "proof": "combine_step",
        "run": "wait",
        "name": "who waits is told success, whatever the call said",
        "file": "src/domain/combine.c",
        "old": "\t\tother->status = status;\n",
        "new": "\t\tother->status = HVPT_OK;\n",
    },
    {
        "proof": "combine_step",
        "run": "wait",
        "name": "a hook that is not there is called",
        "file": "src/domain/combine.c",
        "old": "\tif (domain->wait_ops->wake)\n"
               "\t\tdomain->wait_ops->wake(",
        "new": "\tdomain->wait_ops->wake(",
    },
    {
        "proof": "combine_step",
        "run": "told",
        "name": "a request that is gone is read",
        "file": "src/domain/combine.c",
        "old": "\t\tnext = other->next;\n\t\tother->status = status;\n"
               "\t\thvpt_request_tell(domain, other, HVPT_REQUEST_DONE);\n",
        "new": "\t\tother->status = status;\n"
               "\t\thvpt_request_tell(domain, other, HVPT_REQUEST_DONE);\n"
               "\t\tnext = other->next;\n",
    },
]
