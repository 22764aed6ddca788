/* SPDX-License-Identifier: Apache-2.0 */
/*
 * relying.h - relying parties: who may ask "is this live person the holder of that reference?" and
 * gets yes or no, signed, and nothing else (docs/relying.md).
 *
 * A person allows each one by name, beside a live consent to purpose identity, and takes it back as
 * easily. Each knows her by a pseudonym of its own: two that put their lists together find nobody.
 */
#ifndef SERVICE_RELYING_H
#define SERVICE_RELYING_H

#include "service/service.h"

#define RELYING_NAME_MAX     120
#define RELYING_AUDIENCE_MAX 200
struct relying_view {
	tanu_id id;
	char name[RELYING_NAME_MAX + 1];	 /* as people are told it */
	char audience[RELYING_AUDIENCE_MAX + 1]; /* its address, https: the `aud` of answers */
	tanu_id key;				 /* of its program (auth/) */
	int64_t added_ms, ended_ms;		 /* 0: it may ask */
};
/* TANU_USAGE: conflict (the name is taken), usage (a name, an https address). */
tanu_status service_relying_check(struct service *s, const char *name, const char *audience,
				  tanu_error *err);
tanu_status service_relying_add(struct service *s, struct relying_view *out, const char *name,
				const char *audience, const tanu_id *key, tanu_error *err);
tanu_status service_relying_each(struct service *s,
				 tanu_status (*each)(void *self, const struct relying_view *v,
						     tanu_error *err),
				 void *self, tanu_error *err);
/* TANU_NOT_FOUND (record-missing). */
tanu_status service_relying_get(struct service *s, struct relying_view *out, const tanu_id *id,
				tanu_error *err);
/* The one whose program has this key, that may ask; TANU_REFUSED (role) otherwise. */
tanu_status service_relying_by_key(struct service *s, struct relying_view *out, const tanu_id *key,
				   tanu_error *err);
/* It may ask nothing any more. `out`: as it was. */
tanu_status service_relying_end(struct service *s, struct relying_view *out, const tanu_id *id,
				tanu_error *err);

/* ---- what a person allows ---- */

#define PSEUDONYM_LEN 33 /* 32 hex digits, and zero */
struct allowed_view {
	tanu_id id, relying;
	char name[RELYING_NAME_MAX + 1];
	char pseudonym[PSEUDONYM_LEN]; /* as this relying party knows her */
	int64_t given_ms, ended_ms;
	tanu_date until;  /* last day */
	bool live;	  /* with the consent to identity that it was given under */
	int64_t asked_ms; /* the last time; 0: never */
};
struct allowed_order {
	tanu_id subject, relying;
	tanu_date until; /* at most that of the consent to identity */
	tanu_giver by;
	tanu_id guardian;
};
/*
 * TANU_REFUSED: no-consent without a live consent to identity, consent-rule when somebody else has
 * to say it. Allowing again replaces what was allowed before.
 */
tanu_status service_allowed_give(struct service *s, struct allowed_view *out,
				 const struct allowed_order *order, tanu_error *err);
/* At once. `order->until` is not read. TANU_NOT_FOUND (record-missing): nothing is allowed. */
tanu_status service_allowed_end(struct service *s, const struct allowed_order *order,
				tanu_error *err);
/* Oldest first, ended ones too. */
tanu_status service_allowed_each(struct service *s, const tanu_id *subject,
				 tanu_status (*each)(void *self, const struct allowed_view *v,
						     tanu_error *err),
				 void *self, tanu_error *err);

/* ---- answers ---- */

/*
 * Whose pseudonym it is, and may this one ask about her now? TANU_NOT_FOUND (subject-missing):
 * nobody's. TANU_REFUSED: no-consent (she has not allowed it, or not any more), held (she was asked
 * as often as setting relying.attempts lets everybody together in a day), lock.
 */
tanu_status service_assertion_may(struct service *s, tanu_id *subject,
				  const struct relying_view *relying, const char *pseudonym,
				  tanu_error *err);
#define ASSERTION_NONCE_MAX 128
#define ASSERTION_LIFE_MS   ((int64_t)120000)
struct assertion_ask {
	const struct relying_view *relying;
	const tanu_id *subject;
	const char *nonce;
	const struct photograph *photos;
	size_t photos_len;
	const struct liveness_result *live; /* as of struct verify_ask */
};
/*
 * One attempt: counted before anything is looked at, and an entry of her history whatever comes of
 * it. `jws` gets the signed answer (compact, RFC 7515; EdDSA), yes or no: no also for what is
 * clearly no live face. Photographs that can't be used are an error (face-quality), and an attempt;
 * likewise where too little was seen of a face to tell whether it is alive (not-live).
 */
tanu_status service_assertion_answer(struct service *s, struct buf *jws, bool *yes,
				     const struct assertion_ask *ask, tanu_error *err);
/* She would rather not: an attempt as well, and an entry of her history. */
tanu_status service_assertion_decline(struct service *s, const struct relying_view *relying,
				      const tanu_id *subject, tanu_error *err);
/* The key that answers are signed with, as a JWK set (RFC 7517, RFC 8037), appended. */
tanu_status service_assertion_keys(struct service *s, struct buf *out, tanu_error *err);

#endif
