// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* The file of the walker tests, unchanged. */
#include "oracle/qemu/bridge.c"
