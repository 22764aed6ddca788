/* SPDX-License-Identifier: Apache-2.0 */
/* relying_inside.h - what the files about relying parties share; nobody else includes it. */
#ifndef SERVICE_RELYING_INSIDE_H
#define SERVICE_RELYING_INSIDE_H

#include "service/internal.h"
#include "service/relying.h"

#define RECORD_ALLOWED ((enum record_kind)24) /* of a person */
#define RECORD_RELYING ((enum record_kind)51) /* of the site */

/* ---- verify.c ---- */

/* Who asks from outside about a face before our own camera page. */
struct verify_asker {
	tanu_id id;
	const char *name; /* stands in her history */
	float liveness_min;
};
/* `*yes`: it is she, and the face looks alive. */
tanu_status verify_for(struct service *s, struct verify_result *out, bool *yes,
		       const struct verify_asker *asker, const struct assertion_ask *ask,
		       tanu_error *err);

/* Made when first needed. */
struct relying_keys {
	struct secret sign, pseudonyms;
};
tanu_status relying_keys(struct service *s, struct relying_keys *out, tanu_error *err);
tanu_status relying_pseudonym(struct service *s, char out[PSEUDONYM_LEN], const tanu_id *relying,
			      const tanu_id *subject, tanu_error *err);

/* What she has allowed, and how often it was used on the day of `asked_ms` (UTC). */
struct allowed_paper {
	tanu_id id; /* zero: not stored yet */
	tanu_id relying, consent;
	int64_t given_ms, ended_ms;
	tanu_date until;
	int64_t asked_ms, attempts;
};
/* Part of a transaction. */
tanu_status allowed_store(struct service *s, const tanu_id *subject, struct allowed_paper *a,
			  tanu_error *err);
/* The one that has not ended, live or not. */
tanu_status allowed_find(struct service *s, struct allowed_paper *out, bool *found,
			 const tanu_id *subject, const tanu_id *relying, tanu_error *err);
/* TANU_REFUSED: no-consent, held. */
tanu_status assertion_may(struct service *s, struct allowed_paper *out,
			  const struct relying_view *relying, const tanu_id *subject,
			  tanu_error *err);

#endif
