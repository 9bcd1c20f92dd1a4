# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# What hvpt is made of: data only, relative to this file. Everything which
# needs a list of sources reads this one (CMake, scripts/, other builds).

# Public headers, in the order in which each sees only those before it.
set(HVPT_CORE_HEADERS
  include/hvpt/types.h
  include/hvpt/port.h
  include/hvpt/status.h
  include/hvpt/status_map.h
  include/hvpt/addr.h
  include/hvpt/pte.h
  include/hvpt/gather.h
  include/hvpt/pt_config.h
  include/hvpt/pagetable.h
  include/hvpt/map.h
  include/hvpt/inspect.h
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
  src/pagetable/map_long.c
  src/pagetable/unmap.c
  src/pagetable/cut.c
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
)

# The host adapter: table pages, a model and a walker for an ordinary process.
set(HVPT_HOST_SOURCES
  adapters/host/arena.c
  adapters/host/hv_binding.c
  adapters/host/hypervisor.c
  adapters/host/hypervisor_cache.c
  adapters/host/hypervisor_call.c
  adapters/host/hypervisor_calls.c
  adapters/host/hypervisor_device_calls.c
  adapters/host/hypervisor_devices.c
  adapters/host/hypervisor_dma.c
  adapters/host/hypervisor_inject.c
  adapters/host/hypervisor_map.c
  adapters/host/hypervisor_tree.c
  adapters/host/model.c
  adapters/host/sdm_walk.c
  adapters/host/source.c
)

# Random calls, for fuzzing and tests: on a page table, made elsewhere; and on
# a pvIOMMU over the model hypervisor, made and checked.
set(HVPT_RANDOM_SOURCES
  fuzz/domain_dma.c
  fuzz/domain_fixture.c
  fuzz/domain_host.c
  fuzz/domain_moves.c
  fuzz/domain_owners.c
  fuzz/domain_steps.c
  fuzz/stale.c
  fuzz/world/produce.c
  fuzz/world/produce_config.c
)

# The hvpt command; the rest of it is a library, for its tests.
set(HVPT_TOOL_MAIN
  tools/main.c
)
set(HVPT_TOOL_SOURCES
  tools/apply.c
  tools/apply_change.c
  tools/command_fault.c
  tools/command_fuzz.c
  tools/command_replay.c
  tools/decoder.c
  tools/decoder_bzip2.c
  tools/decoder_gzip.c
  tools/decoder_lzma.c
  tools/decoder_zstd.c
  tools/dma_judge.c
  tools/domain.c
  tools/domain_setup.c
  tools/fuzz_check.c
  tools/fuzz_command_line.c
  tools/fuzz_draw.c
  tools/fuzz_failure.c
  tools/fuzz_generate.c
  tools/fuzz_jobs.c
  tools/fuzz_options.c
  tools/inject.c
  tools/input.c
  tools/input_kind.c
  tools/judge.c
  tools/judge_whole.c
  tools/option_values.c
  tools/options.c
  tools/output.c
  tools/pairing.c
  tools/replay.c
  tools/report.c
  tools/report_json.c
  tools/say.c
  tools/settle.c
  tools/shrink.c
  tools/step.c
  tools/teardown.c
  tools/text.c
  tools/trace.c
  tools/trace_dat.c
  tools/trace_head.c
  tools/trace_load.c
  tools/trace_lost.c
  tools/trace_write.c
  tools/walk.c
  tools/walk_cpu.c
  tools/walk_vtd.c
  tools/world.c
)
