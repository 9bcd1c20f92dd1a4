# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# The conformance suite, and the sub-command that runs it on the model.
# Neither is part of the core. Paths from the root.

set(HVPT_CONFORMANCE_SOURCES
  conformance/answers.c
  conformance/ask.c
  conformance/ask_caching.c
  conformance/ask_caps.c
  conformance/ask_control.c
  conformance/ask_devices.c
  conformance/ask_domains.c
  conformance/ask_flush.c
  conformance/ask_privileges.c
  conformance/ask_translation.c
  conformance/conformance.c
  conformance/drive.c
  conformance/home.c
)
set(HVPT_CONFORMANCE_TOOL_SOURCES
  tools/conformance/command_conformance.c
  tools/conformance/conformance_compare.c
  tools/conformance/conformance_page.c
  tools/conformance/conformance_read.c
  tools/conformance/conformance_record.c
  tools/conformance/conformance_write.c
  tools/conformance/model_fit.c
  tools/conformance/model_host.c
  tools/conformance/qemu_host.c
)
