/* SPDX-License-Identifier: Apache-2.0 */
/* inside.h - (inside hook/) the list of hooks, and the files that wait. */
#ifndef HOOK_INSIDE_H
#define HOOK_INSIDE_H

#include "hook/hook.h"

tanu_status hooks_save(const struct hooks *hooks, const char *folder, tanu_error *err);
struct hook *hook_find(struct hooks *hooks, const char *text); /* NULL: none, or several */
/* All that waits for this hook is removed. */
tanu_status queue_drop(const char *folder, const tanu_id *hook, tanu_error *err);

#endif
