# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# The compilers that hvpt was built with, without a warning: the first and the
# last major version of each. HVPT_WERROR holds for these. Another version may
# warn of other things, which is no fault of whoever builds hvpt.

set(HVPT_TESTED_GNU 12 14)
set(HVPT_TESTED_Clang 14 19)
