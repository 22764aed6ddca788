/* SPDX-License-Identifier: Apache-2.0 */
/* breach.h - what the files about breaches share; nobody else includes it. */
#ifndef SERVICE_BREACH_H
#define SERVICE_BREACH_H

#include "service/internal.h"

/* Inside a paper of RECORD_BREACH: what is shown, and whom it concerns. */
struct breach {
	struct breach_view view;
	struct id_list people; /* freed by breach_free */
};

tanu_status breach_encode(struct buf *out, const struct breach *breach, tanu_error *err);
/* TANU_INPUT (json), naming the member that is not as it must be. */
tanu_status breach_decode(struct breach *out, const struct buf *text, tanu_error *err);
void breach_free(struct breach *breach); /* wipes */

/* TANU_NOT_FOUND (record-missing). */
tanu_status breach_get(struct service *s, struct breach *out, const tanu_id *id, tanu_error *err);

#endif
