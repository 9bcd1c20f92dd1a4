# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# For the Kbuild of any module: the core, with the kernel's types and atomics.
#
#	obj-m := example.o
#	example-y := main.o
#	include $(src)/hvpt/adapters/linux/hvpt.mk
#	example-y += $(hvpt-y)
#
# hvpt is a copy of the whole project in the module's folder. The paths are
# relative to that folder, for all versions of Kbuild.
hvpt-linux := $(patsubst $(src)/%,%,$(dir $(lastword $(MAKEFILE_LIST))))

hvpt-y := $(addprefix $(hvpt-linux),core_common.o core_pagetable.o \
	core_hvcall.o core_logical_id.o core_domain.o)

ccflags-y += -I$(src)/$(hvpt-linux)../../include -I$(src)/$(hvpt-linux)
ccflags-y += -DHVPT_TYPES_HEADER='"types_linux.h"'
ccflags-y += -DHVPT_PORT_HEADER='"port_linux.h"'
