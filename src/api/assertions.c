/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A relying party asks, the person looks into the camera on our own page, the relying party fetches
 * the signed answer. A check lies in memory alone: what was asked, under which nonce, the secret
 * that opens the page, and the answer until it is fetched or five minutes are over.
 */
#include "api/operations.h"
#include "service/relying.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CHECKS_MAX    64
#define CHECKS_OF_ONE 16 /* of one relying party, that wait */
#define CHECK_LIFE_MS ((int64_t)5 * 60000)

enum check_state { CHECK_WAITING = 0, CHECK_ANSWERED, CHECK_DECLINED };
static const char *const states[] = {"waiting", "answered", "declined"};

struct check {
	tanu_id id; /* zero: free */
	uint8_t token_sha256[DIGEST_LEN];
	struct relying_view relying;
	tanu_id subject;
	struct owned capture;
	char nonce[ASSERTION_NONCE_MAX + 1];
	char language[3];
	enum check_state state;
	int64_t expires_ms;
	struct buf jws;
};
struct checks {
	pthread_mutex_t lock;
	struct check v[CHECKS_MAX];
};

tanu_status checks_open(struct checks **out, tanu_error *err)
{
	*out = calloc(1, sizeof(**out));
	if (!*out)
		return tanu_fail(err, TANU_ERR_NO_MEMORY, NULL, "not enough memory");
	pthread_mutex_init(&(*out)->lock, NULL);
	return TANU_OK;
}

static void check_drop(struct check *one)
{
	buf_wipe(&one->jws);
	mem_wipe(one, sizeof(*one));
}

void checks_close(struct checks **checks)
{
	struct checks *all = *checks;

	if (!all)
		return;
	for (size_t i = 0; i < CHECKS_MAX; i++)
		check_drop(&all->v[i]);
	pthread_mutex_destroy(&all->lock);
	free(all);
	*checks = NULL;
}

/* ---- finding one, under the lock ---- */

static bool is_over(const struct check *one, int64_t now_ms)
{
	return now_ms >= one->expires_ms || now_ms < one->expires_ms - CHECK_LIFE_MS;
}

static struct check *by_id(const struct call *c, const tanu_id *id, const tanu_id *key)
{
	struct checks *all = c->api->checks;

	for (size_t i = 0; i < CHECKS_MAX; i++)
		if (!id_is_zero(id) && id_equal(&all->v[i].id, id) &&
		    id_equal(&all->v[i].relying.key, key) &&
		    !is_over(&all->v[i], clock_now(&c->api->clock)))
			return &all->v[i];
	return NULL;
}

static struct check *by_token(const struct call *c)
{
	const char *token = http_header(c->request, "X-Tanu-Check");
	struct checks *all = c->api->checks;
	uint8_t digest[DIGEST_LEN];
	struct check *found = NULL;

	sha256(digest, token ? token : "", token ? strlen(token) : 0);
	for (size_t i = 0; i < CHECKS_MAX; i++)
		if (!id_is_zero(&all->v[i].id) &&
		    crypto_equal(all->v[i].token_sha256, digest, DIGEST_LEN) &&
		    !is_over(&all->v[i], clock_now(&c->api->clock)))
			found = &all->v[i];
	return found;
}

static tanu_status missing(tanu_error *err)
{
	return tanu_fail(err, TANU_ERR_RECORD_MISSING, "check",
			 "there is no such question, or its five minutes are over: ask again");
}

static bool is_asked_anew(const struct check *one, const struct check *fresh)
{
	return id_equal(&one->relying.id, &fresh->relying.id) &&
	       id_equal(&one->subject, &fresh->subject);
}

/* What is over, or asked anew, gives its place and its frames back. */
static void make_room(struct call *c, const struct check *fresh)
{
	struct checks *all = c->api->checks;

	for (size_t i = 0; i < CHECKS_MAX; i++) {
		struct check *one = &all->v[i];

		if (id_is_zero(&one->id) ||
		    !(is_over(one, clock_now(&c->api->clock)) || is_asked_anew(one, fresh)))
			continue;
		capture_forget(c, &one->capture);
		check_drop(one);
	}
}

/* One that asks and asks must leave room for others, and for the desk. */
static bool asks_too_much(const struct call *c, const struct check *fresh)
{
	size_t n = 0;

	for (size_t i = 0; i < CHECKS_MAX; i++)
		n += id_equal(&c->api->checks->v[i].relying.id, &fresh->relying.id);
	return n >= CHECKS_OF_ONE;
}

/* ---- the relying party's side ---- */

static tanu_status keep_check(struct call *c, struct check *fresh, tanu_error *err)
{
	struct checks *all = c->api->checks;
	struct check *place = NULL;
	tanu_status st = TANU_OK;

	pthread_mutex_lock(&all->lock);
	make_room(c, fresh);
	for (size_t i = 0; i < CHECKS_MAX && !place; i++)
		if (id_is_zero(&all->v[i].id))
			place = &all->v[i];
	if (!place)
		st = tanu_fail(err, TANU_ERR_FOLDER_BUSY, NULL,
			       "too many questions wait at once: try again in a minute");
	else if (asks_too_much(c, fresh))
		st = tanu_fail(err, TANU_ERR_HELD, NULL,
			       "%d questions of yours wait: let them be answered first",
			       CHECKS_OF_ONE);
	if (st == TANU_OK && (st = capture_make(c, &fresh->capture, &fresh->subject,
						TANU_PURPOSE_IDENTITY, err)) == TANU_OK)
		*place = *fresh;
	pthread_mutex_unlock(&all->lock);
	return st;
}

tanu_status op_assertion_begin(struct call *c, tanu_error *err)
{
	struct random_source random = os_random();
	const char *language = call_text(c, "language");
	struct check fresh = {.expires_ms = clock_now(&c->api->clock) + CHECK_LIFE_MS};
	struct buf token = {0};
	uint8_t secret[32];
	tanu_status st;

	if ((st = service_relying_by_key(c->api->service, &fresh.relying, &c->who.id, err)) < 0 ||
	    (st = service_assertion_may(c->api->service, &fresh.subject, &fresh.relying,
					call_text(c, "person"), err)) < 0)
		return st;
	random_fill(&random, &fresh.id, sizeof(fresh.id));
	random_fill(&random, secret, sizeof(secret));
	base64url_put(&token, secret, sizeof(secret));
	sha256(fresh.token_sha256, buf_cstr(&token), token.len);
	fresh.capture.owner = fresh.id;
	snprintf(fresh.nonce, sizeof(fresh.nonce), "%s", call_text(c, "nonce"));
	snprintf(fresh.language, sizeof(fresh.language), "%.2s", *language ? language : "kk");
	if ((st = keep_check(c, &fresh, err)) == TANU_OK) {
		c->status = 201;
		jw_object(&c->w, NULL);
		jw_id(&c->w, "assertion", &fresh.id);
		jw_text(&c->w, "token", buf_cstr(&token));
		jw_int(&c->w, "expires_ms", fresh.expires_ms);
		jw_end_object(&c->w);
	}
	mem_wipe(secret, sizeof(secret));
	buf_wipe(&token);
	mem_wipe(&fresh, sizeof(fresh));
	return st;
}

/* What was fetched is not kept. */
tanu_status op_assertion_get(struct call *c, tanu_error *err)
{
	const tanu_id id = call_param_id(c, "assertion");
	struct check *one;

	pthread_mutex_lock(&c->api->checks->lock);
	if ((one = by_id(c, &id, &c->who.id))) {
		jw_object(&c->w, NULL);
		jw_text(&c->w, "state", states[one->state]);
		if (one->state == CHECK_ANSWERED)
			jw_text(&c->w, "jws", buf_cstr(&one->jws));
		jw_end_object(&c->w);
		if (one->state != CHECK_WAITING)
			check_drop(one);
	}
	pthread_mutex_unlock(&c->api->checks->lock);
	return one ? TANU_OK : missing(err);
}

tanu_status op_assertion_keys(struct call *c, tanu_error *err)
{
	put_plain(c, "application/jwk-set+json");
	return service_assertion_keys(c->api->service, &c->out, err);
}

/* ---- the page's side: whoever has the token ---- */

static bool find(const struct call *c, struct check *out)
{
	struct check *one;

	pthread_mutex_lock(&c->api->checks->lock);
	if ((one = by_token(c)) && one->state == CHECK_WAITING) {
		*out = *one;
		out->jws = (struct buf){0};
	} else {
		one = NULL;
	}
	pthread_mutex_unlock(&c->api->checks->lock);
	return one != NULL;
}

static void settle(const struct call *c, const tanu_id *id, enum check_state state,
		   const struct buf *jws)
{
	struct checks *all = c->api->checks;

	pthread_mutex_lock(&all->lock);
	for (size_t i = 0; i < CHECKS_MAX; i++)
		if (id_equal(&all->v[i].id, id)) {
			all->v[i].state = state;
			if (jws)
				buf_put(&all->v[i].jws, jws->data, jws->len);
		}
	pthread_mutex_unlock(&all->lock);
}

tanu_status op_check_get(struct call *c, tanu_error *err)
{
	struct check check;

	if (!find(c, &check))
		return missing(err);
	jw_object(&c->w, NULL);
	put_clean(&c->w, "relying", check.relying.name);
	jw_text(&c->w, "purpose", tanu_purpose_name(TANU_PURPOSE_IDENTITY));
	jw_text(&c->w, "language", check.language);
	jw_int(&c->w, "expires_ms", check.expires_ms);
	jw_end_object(&c->w);
	return TANU_OK;
}

tanu_status op_check_frame(struct call *c, tanu_error *err)
{
	struct check check;

	return find(c, &check) ? capture_take(c, &check.capture, err) : missing(err);
}

/* The page is told only that it is done. */
tanu_status op_check_answer(struct call *c, tanu_error *err)
{
	struct check check;
	struct buf jws = {0};
	bool yes = false, unusable;
	struct assertion_ask ask;
	struct use use;
	tanu_status st;

	c->status = 204;
	if (!find(c, &check))
		return missing(err);
	if ((st = use_begin(c, &use, &check.capture, false, err)) < 0)
		return st;
	ask = (struct assertion_ask){.relying = &check.relying,
				     .subject = &check.subject,
				     .nonce = check.nonce,
				     .photos = use.photo,
				     .photos_len = use.len,
				     .live = &use.live};
	st = service_assertion_answer(c->api->service, &jws, &yes, &ask, err);
	/* photographs that can't be used leave the question open for others */
	unusable = st == TANU_INPUT || (st == TANU_REFUSED && (err->code == TANU_ERR_FACE_QUALITY ||
							       err->code == TANU_ERR_NOT_LIVE ||
							       err->code == TANU_ERR_NO_FACE));
	use_end(c, &use, !unusable);
	if (st == TANU_OK) {
		settle(c, &check.id, CHECK_ANSWERED, &jws);
		feed_say(c->api, yes ? "verified" : "verify-no-match", &check.subject);
	} else if (!unusable) {
		settle(c, &check.id, CHECK_DECLINED, NULL);
	}
	buf_wipe(&jws);
	return st;
}

tanu_status op_check_decline(struct call *c, tanu_error *err)
{
	struct check check;

	c->status = 204;
	if (!find(c, &check))
		return missing(err);
	capture_forget(c, &check.capture);
	settle(c, &check.id, CHECK_DECLINED, NULL);
	return service_assertion_decline(c->api->service, &check.relying, &check.subject, err);
}
