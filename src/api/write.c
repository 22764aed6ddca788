/* SPDX-License-Identifier: Apache-2.0 */
/* What several answers hold. A member that says nothing is left out. */
#include "api/inside.h"

#include <stdio.h>
#include <string.h>

void put_purposes(struct json_w *w, const char *key, unsigned purposes)
{
	jw_array(w, key);
	for (unsigned bit = 1; bit && bit <= purposes; bit <<= 1)
		if (purposes & bit)
			jw_text(w, NULL, tanu_purpose_name((tanu_purpose)bit));
	jw_end_array(w);
}

void put_date(struct json_w *w, const char *key, tanu_date date)
{
	char text[DATE_TEXT_LEN];

	if (date_valid(date))
		jw_text(w, key, date_text(text, date));
}

void put_sha256(struct json_w *w, const char *key, const uint8_t digest[32])
{
	static const uint8_t none[DIGEST_LEN];
	char hex[2 * DIGEST_LEN + 1];

	if (!memcmp(digest, none, sizeof(none)))
		return;
	hex_encode(hex, digest, DIGEST_LEN);
	jw_text(w, key, hex);
}

void put_clean(struct json_w *w, const char *key, const char *text)
{
	struct buf clean = {0};

	utf8_put_clean(&clean, text);
	jw_text(w, key, buf_cstr(&clean));
	if (clean.failed)
		w->out->failed = true;
	buf_wipe(&clean);
}

void put_lines(struct json_w *w, const char *key, const struct buf *text)
{
	const char *end, *at = buf_text(text, &end);
	char line[1024];

	jw_array(w, key);
	while (at < end) {
		const char *stop = memchr(at, '\n', (size_t)(end - at));
		size_t len = (size_t)((stop ? stop : end) - at);

		snprintf(line, sizeof(line), "%.*s",
			 (int)(len < sizeof(line) ? len : sizeof(line) - 1), at);
		put_clean(w, NULL, line);
		at += len + 1;
	}
	jw_end_array(w);
}

void put_roles(struct json_w *w, unsigned roles)
{
	jw_array(w, "roles");
	for (unsigned bit = 1; bit <= ROLE_PERSON; bit <<= 1)
		if (roles & bit)
			jw_text(w, NULL, role_word(bit));
	jw_end_array(w);
}

void put_account(struct json_w *w, const char *key, const struct account_view *v)
{
	jw_object(w, key);
	jw_id(w, "id", &v->id);
	put_clean(w, "name", v->name);
	put_roles(w, v->roles);
	if (!id_is_zero(&v->subject))
		jw_id(w, "subject", &v->subject);
	jw_bool(w, "totp", v->totp);
	jw_int(w, "passkeys", (int64_t)v->passkeys);
	jw_int(w, "recovery_codes", (int64_t)v->recovery_codes);
	jw_bool(w, "must_change", v->must_change);
	jw_int(w, "created_ms", v->created_ms);
	if (v->seen_ms)
		jw_int(w, "seen_ms", v->seen_ms);
	jw_end_object(w);
}

void put_subject(struct call *c, const char *key, const struct subject_view *v)
{
	struct json_w *w = &c->w;

	jw_object(w, key);
	jw_id(w, "id", &v->id);
	if (*v->person.name)
		put_clean(w, "name", v->person.name);
	put_date(w, "born", v->person.born);
	if (date_valid(v->person.born)) {
		jw_bool(w, "asked", service_is_asked(c->api->service, v->person.born));
		jw_bool(w, "minor", service_is_minor(c->api->service, v->person.born));
	}
	jw_int(w, "created_ms", v->created_ms);
	jw_bool(w, "enrolled", v->enrolled);
	jw_bool(w, "second_factor", v->second_factor);
	jw_bool(w, "locked", v->locked);
	put_purposes(w, "live_purposes", v->live_purposes);
	jw_int(w, "embeddings", (int64_t)v->embeddings);
	jw_bool(w, "damaged", v->damaged);
	jw_end_object(w);
}

tanu_status put_erasure(struct call *c, const struct erasure_receipt *receipt, tanu_error *err)
{
	return erasure_record_encode(&c->out, receipt, err);
}

void put_plain(struct call *c, const char *type)
{
	c->type = type;
	c->plain = true;
}
