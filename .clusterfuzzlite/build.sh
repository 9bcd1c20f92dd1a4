#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
exec "${HVPT_ROOT:-$SRC/hvpt}/fuzz/oss-fuzz/build.sh"
