/* SPDX-License-Identifier: Apache-2.0 */
/* Handlers and openapi.yaml brought together: neither may have what the other lacks. */
#include "api/operations.h"

#include <stdlib.h>
#include <string.h>

enum { GUARDED = 0, OPEN = 1 };

static const struct {
	const char *id;
	call_handler handle;
	int flags;
} handlers[] = {
#define X(id, flags) {#id, op_##id, flags},
    OPERATION_LIST(X)
#undef X
};

static tanu_status bind(struct api *api, struct operation *op, bool *used, tanu_error *err)
{
	for (size_t i = 0; i < ARRAY_LEN(handlers); i++) {
		if (strcmp(handlers[i].id, op->id) != 0)
			continue;
		if (used[i])
			break;
		used[i] = true;
		op->handle = handlers[i].handle;
		op->unguarded = handlers[i].flags == OPEN;
		op->api = api;
		return TANU_OK;
	}
	return tanu_fail(err, TANU_ERR_FORMAT, op->id, "openapi.yaml names it, nothing answers it");
}

tanu_status operations_bind(struct api *api, tanu_error *err)
{
	bool used[ARRAY_LEN(handlers)] = {false};
	tanu_status st = TANU_OK;

	for (size_t i = 0; i < api->spec->operations_len && st == TANU_OK; i++)
		st = bind(api, &api->spec->operations[i], used, err);
	for (size_t i = 0; i < ARRAY_LEN(handlers) && st == TANU_OK; i++)
		if (!used[i])
			st = tanu_fail(err, TANU_ERR_FORMAT, handlers[i].id,
				       "there is a handler, but not in openapi.yaml");
	return st;
}
