/* SPDX-License-Identifier: Apache-2.0 */
/* A guardianship as its paper says it: canonical JSON, sealed under the child's profile key. */
#include "service/internal.h"

#include <string.h>

static const char *const states[] = {
    [GUARDIAN_SPEAKS] = "speaks", [GUARDIAN_BARRED] = "barred", [GUARDIAN_REMOVED] = "removed"};

const char *service_guardian_state_name(enum guardian_state state)
{
	return (size_t)state < ARRAY_LEN(states) && states[state] ? states[state] : "unknown";
}

tanu_status guardianship_encode(struct buf *out, const struct guardian_view *g, tanu_error *err)
{
	static const uint8_t none[DIGEST_LEN];
	struct json_w w;

	jw_init(&w, out);
	jw_object(&w, NULL);
	jw_text(&w, "checked_by", g->checked_by);
	if (memcmp(g->document, none, sizeof(none)) != 0)
		jw_digest(&w, "document", g->document);
	if (g->state == GUARDIAN_BARRED)
		jw_date(&w, "from", g->from);
	jw_id(&w, "guardian", &g->guardian);
	jw_text(&w, "how", g->how);
	jw_text(&w, "relation", g->relation);
	if (g->silenced)
		jw_bool(&w, "silenced", true);
	jw_text(&w, "state", service_guardian_state_name(g->state));
	jw_end_object(&w);
	return buf_check(out, err);
}

static tanu_status decode(struct guardian_view *g, json_value root, tanu_error *err)
{
	int state = 0;
	tanu_status st;

	if ((st = sealed_id(&g->guardian, root, "guardian", err)) < 0 ||
	    (st = sealed_text(g->relation, sizeof(g->relation), root, "relation", err)) < 0 ||
	    (st = sealed_text(g->checked_by, sizeof(g->checked_by), root, "checked_by", err)) < 0 ||
	    (st = sealed_text(g->how, sizeof(g->how), root, "how", err)) < 0 ||
	    (st = sealed_word(&state, states, ARRAY_LEN(states), root, "state", err)) < 0)
		return st;
	g->state = (enum guardian_state)state;
	if (json_get(root, "document") &&
	    (st = sealed_digest(g->document, root, "document", err)) < 0)
		return st;
	if (json_get(root, "silenced") && (st = json_bool(&g->silenced, root, "silenced", err)) < 0)
		return st;
	return g->state == GUARDIAN_BARRED ? sealed_date(&g->from, root, "from", err) : TANU_OK;
}

tanu_status guardianship_decode(struct guardian_view *out, const struct buf *text, tanu_error *err)
{
	struct guardian_view g = {0};
	struct json_doc *doc = NULL;
	tanu_status st = json_parse(&doc, text->data, text->len, RECORD_MAX, "guardianship", err);

	if (st < 0)
		return st;
	if ((st = decode(&g, json_root(doc), err)) == TANU_OK)
		*out = g;
	json_free(&doc);
	return st;
}
