// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* As it is in the tests with QEMU. */
#include "oracle/qemu/bridge_devices.c"
