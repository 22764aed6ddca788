/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Read before each file by tools/check-tidy alone. The analyzer looks at one file at a time;
 * without this it imagines a tanu_fail that succeeds, and then outputs that were never set.
 */
#include <tanu/error.h>

#define tanu_fail(...) (tanu_fail(__VA_ARGS__), TANU_ARG)
