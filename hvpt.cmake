# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# What hvpt is made of: data only, relative to this file. Everything that
# needs a list of sources reads this one (CMake, scripts/, other builds).

# Public headers, in the order in which each sees only those before it; those in
# internal/ are what inline functions need.
set(HVPT_CORE_HEADERS
  include/hvpt/types.h
  include/hvpt/port.h
  include/hvpt/status.h
  include/hvpt/status_map.h
  include/hvpt/addr.h
  include/hvpt/pte.h
  include/hvpt/internal/pte_access.h
  include/hvpt/gather.h
  include/hvpt/pt_config.h
  include/hvpt/internal/pt_walk.h
  include/hvpt/pagetable.h
  include/hvpt/internal/pt_leaf.h
  include/hvpt/map.h
  include/hvpt/inspect.h
  include/hvpt/internal/hv_layout.h
  include/hvpt/hv_abi.h
  include/hvpt/hv_message.h
  include/hvpt/hv_status.h
  include/hvpt/hvcall.h
  include/hvpt/discover.h
  include/hvpt/logical_id.h
  include/hvpt/flush.h
  include/hvpt/domain.h
  include/hvpt/stats.h
  include/hvpt/iommu.h
  include/hvpt/device.h
  include/hvpt/handover.h
  include/hvpt/fault.h
  include/hvpt/hvpt.h
)

# Shared by the sources of one module; not for users.
set(HVPT_INTERNAL_HEADERS
  src/pagetable/pt_internal.h
  src/hvcall/hvcall_internal.h
  src/domain/domain_internal.h
)

# The core: freestanding, one translation unit each.
set(HVPT_CORE_SOURCES
  src/common/status.c
  src/pagetable/init.c
  src/pagetable/pages.c
  src/pagetable/walk.c
  src/pagetable/entries.c
  src/pagetable/map.c
  src/pagetable/map_steps.c
  src/pagetable/unmap.c
  src/pagetable/split.c
  src/pagetable/protect.c
  src/pagetable/reclaim.c
  src/pagetable/dirty.c
  src/pagetable/visit.c
  src/pagetable/audit.c
  src/pagetable/gather.c
  src/hvcall/hv_status.c
  src/hvcall/call.c
  src/hvcall/query.c
  src/hvcall/domain_calls.c
  src/hvcall/device_calls.c
  src/hvcall/flush_list.c
  src/hvcall/discover.c
  src/logical_id/registry.c
  src/domain/plan.c
  src/domain/ids.c
  src/domain/probe.c
  src/domain/iommu.c
  src/domain/domain.c
  src/domain/device.c
  src/domain/stats.c
  src/domain/sync.c
  src/domain/resume.c
  src/domain/fault.c
  src/domain/handover.c
)

# Traces: read, written, shrunk. Of hvpt they know the public headers only.
set(HVPT_TRACE_SOURCES
  trace/decoder.c
  trace/decoder_bzip2.c
  trace/decoder_gzip.c
  trace/decoder_lzma.c
  trace/decoder_zstd.c
  trace/event_domains.c
  trace/input.c
  trace/input_kind.c
  trace/pairing.c
  trace/say.c
  trace/shrink.c
  trace/text.c
  trace/trace.c
  trace/trace_dat.c
  trace/trace_head.c
  trace/trace_load.c
  trace/trace_lost.c
  trace/trace_write.c
)

# What checks the core and shares nothing with it: a walker from the SDM, an
# interval map, a model hypervisor; and random choices.
set(HVPT_ORACLE_SOURCES
  oracle/hypervisor.c
  oracle/hypervisor_base.c
  oracle/hypervisor_cache.c
  oracle/hypervisor_call.c
  oracle/hypervisor_calls.c
  oracle/hypervisor_device_calls.c
  oracle/hypervisor_devices.c
  oracle/hypervisor_dma.c
  oracle/hypervisor_header.c
  oracle/hypervisor_inject.c
  oracle/hypervisor_map.c
  oracle/hypervisor_text.c
  oracle/hypervisor_tree.c
  oracle/model.c
  oracle/sdm_scan.c
  oracle/sdm_walk.c
  oracle/source.c
  oracle/stale.c
)

# A reference for the page table: each call predicted, made and compared.
set(HVPT_REFERENCE_SOURCES
  oracle/reference/reference.c
  oracle/reference/reference_apply.c
  oracle/reference/reference_changes.c
  oracle/reference/reference_pages.c
  oracle/reference/reference_predict.c
  oracle/reference/reference_reads.c
  oracle/reference/reference_scan.c
  oracle/reference/reference_stale.c
  oracle/reference/reference_tree.c
  oracle/reference/reference_violation.c
)

# QEMU's VT-d and processor, which read our tables.
set(HVPT_QEMU_SOURCES
  oracle/qemu/bridge.c
  oracle/qemu/bridge_devices.c
  oracle/qemu/cpu_walk.c
  oracle/qemu/dma.c
  oracle/qemu/gdb.c
  oracle/qemu/guest_ram.c
  oracle/qemu/monitor.c
  oracle/qemu/qemu.c
  oracle/qemu/qtest.c
  oracle/qemu/stream.c
  oracle/qemu/vtd.c
)

# How an ordinary process binds the core: table pages, hypercalls.
set(HVPT_HOST_SOURCES
  adapters/host/arena.c
  adapters/host/hv_binding.c
)

# Random calls, for fuzzing and tests: on a page table, made elsewhere; and on
# a pvIOMMU over the model hypervisor, made and checked.
set(HVPT_RANDOM_SOURCES
  oracle/domains/domain_base.c
  oracle/domains/domain_dma.c
  oracle/domains/domain_fixture.c
  oracle/domains/domain_host.c
  oracle/domains/domain_life.c
  oracle/domains/domain_moves.c
  oracle/domains/domain_owners.c
  oracle/domains/domain_steps.c
  oracle/reference/produce.c
  oracle/reference/produce_config.c
)

# The hvpt command; the rest of it is a library, for its tests.
set(HVPT_TOOL_MAIN
  tools/commands.c
  tools/main.c
)
set(HVPT_TOOL_SOURCES
  tools/abi/abi_lookup.c
  tools/abi/abi_others.c
  tools/abi/abi_table.c
  tools/abi/command_abi.c
  tools/abi/command_decode.c
  tools/abi/decode.c
  tools/abi/decode_words.c
  tools/abi/show_abi.c
  tools/abi/show_rows.c
  tools/diff/command_diff.c
  tools/diff/figures.c
  tools/diff/figures_file.c
  tools/diff/figures_pair.c
  tools/diff/figures_print.c
  tools/dump/command_dump.c
  tools/dump/dump.c
  tools/dump/dump_check.c
  tools/dump/dump_debugfs.c
  tools/dump/dump_json.c
  tools/dump/dump_svg.c
  tools/dump/dump_tables.c
  tools/dump/dump_text.c
  tools/fuzz/command_fuzz.c
  tools/fuzz/fuzz_check.c
  tools/fuzz/fuzz_command_line.c
  tools/fuzz/fuzz_draw.c
  tools/fuzz/fuzz_failure.c
  tools/fuzz/fuzz_generate.c
  tools/fuzz/fuzz_jobs.c
  tools/fuzz/fuzz_options.c
  tools/colour.c
  tools/completion.c
  tools/help.c
  tools/hex_bytes.c
  tools/json_cursor.c
  tools/inject.c
  tools/manual.c
  tools/option_values.c
  tools/option_words.c
  tools/options.c
  tools/output.c
  tools/replay/apply.c
  tools/replay/apply_change.c
  tools/replay/backend_cpu.c
  tools/replay/backend_model.c
  tools/replay/backend_qemu.c
  tools/replay/backend_vtd.c
  tools/replay/check.c
  tools/replay/check_dma.c
  tools/replay/check_whole.c
  tools/replay/command_replay.c
  tools/replay/replay.c
  tools/replay/replay_domain.c
  tools/replay/replay_domain_setup.c
  tools/replay/replay_host.c
  tools/replay/replay_sync.c
  tools/replay/report.c
  tools/replay/report_json.c
  tools/replay/session.c
  tools/replay/step.c
  tools/replay/teardown.c
  tools/suggest.c
  tools/tables/elf_core.c
  tools/tables/memory_file.c
  tools/tables/memory_read.c
  tools/tables/tables.c
  tools/tables/tables_options.c
  tools/tables/trace_tables.c
  tools/walk/command_fault.c
  tools/walk/command_walk.c
  tools/walk/entry_fields.c
  tools/walk/fault_print.c
  tools/walk/fault_text.c
  tools/walk/page_walk.c
  tools/walk/walk_json.c
  tools/walk/walk_text.c
  tools/wrap.c
)
