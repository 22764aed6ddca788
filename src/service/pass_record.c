/* SPDX-License-Identifier: Apache-2.0 */
/* Where references are kept here, and the paper of a pass: canonical JSON. */
#include "service/internal.h"

#include <string.h>

_Static_assert((int)PASS_SEALED_LEN == (int)VAULT_PASS_LEN, "a pass holds what the vault seals");

/* ---- the mode ---- */

static const char *const modes[] = {[STORAGE_VAULT] = "vault", [STORAGE_PASS] = "pass"};
static const char *const states[] = {
    [PASS_REVOKED] = "revoked", [PASS_VALID] = "valid", [PASS_EXPIRED] = "expired"};

const char *service_storage_name(enum storage_mode mode)
{
	return modes[mode];
}

const char *service_pass_state_name(enum pass_state state)
{
	return states[state];
}

enum storage_mode service_storage(const struct service *s)
{
	return strcmp(settings_text(&s->settings, "storage.mode"), modes[STORAGE_PASS]) == 0
		   ? STORAGE_PASS
		   : STORAGE_VAULT;
}

tanu_status storage_check(const struct settings *settings, tanu_error *err)
{
	const char *mode = settings_text(settings, "storage.mode");

	for (size_t i = 0; i < ARRAY_LEN(modes); i++)
		if (strcmp(mode, modes[i]) == 0)
			return TANU_OK;
	return tanu_fail(err, TANU_ERR_SETTING, "storage.mode", "this is neither vault nor pass");
}

tanu_status storage_require(const struct service *s, enum storage_mode mode, tanu_error *err)
{
	if (service_storage(s) == mode)
		return TANU_OK;
	if (mode == STORAGE_VAULT)
		return tanu_fail(
		    err, TANU_ERR_SETTING, "storage.mode",
		    "this site stores no references: \"tanu pass issue\" puts one on the "
		    "person's own pass");
	return tanu_fail(err, TANU_ERR_SETTING, "storage.mode",
			 "this site stores references itself: enrol instead, or set storage.mode "
			 "to pass");
}

/* ---- the paper ---- */

tanu_status pass_paper_encode(struct buf *out, const struct pass_paper *paper, tanu_error *err)
{
	struct json_w w;

	jw_init(&w, out);
	jw_object(&w, NULL);
	jw_int(&w, "generation", paper->generation);
	if (paper->revoked_ms)
		jw_int(&w, "revoked_ms", paper->revoked_ms);
	if (paper->spare)
		jw_bool(&w, "spare", true);
	jw_date(&w, "until", paper->until);
	jw_end_object(&w);
	return buf_check(out, err);
}

static tanu_status decode(struct pass_paper *p, json_value root, tanu_error *err)
{
	int64_t generation = 0;
	tanu_status st;

	if ((st = json_int(&generation, root, "generation", err)) < 0 ||
	    (st = sealed_date(&p->until, root, "until", err)) < 0)
		return st;
	if (generation < 1 || generation > UINT16_MAX)
		return tanu_fail(err, TANU_ERR_JSON, "generation", "generations are 1 to 65535");
	p->generation = (uint16_t)generation;
	if (json_get(root, "revoked_ms") &&
	    (st = json_int(&p->revoked_ms, root, "revoked_ms", err)) < 0)
		return st;
	return json_get(root, "spare") ? json_bool(&p->spare, root, "spare", err) : TANU_OK;
}

tanu_status pass_paper_decode(struct pass_paper *out, const struct buf *text, tanu_error *err)
{
	struct pass_paper p = {0};
	struct json_doc *doc = NULL;
	tanu_status st = json_parse(&doc, text->data, text->len, RECORD_MAX, "pass", err);

	if (st < 0)
		return st;
	if ((st = decode(&p, json_root(doc), err)) == TANU_OK)
		*out = p;
	json_free(&doc);
	return st;
}
