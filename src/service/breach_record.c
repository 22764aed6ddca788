/* SPDX-License-Identifier: Apache-2.0 */
/* A breach as canonical JSON. */
#include "service/breach.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- words ---- */

void service_breach_kinds_text(char out[BREACH_KINDS_LEN], unsigned kinds)
{
	size_t len = 0;

	out[0] = '\0';
#define X(name, bit, word)                                                                         \
	if (kinds & BREACH_##name)                                                                 \
		len += (size_t)snprintf(out + len, BREACH_KINDS_LEN - len, "%s%s", len ? "," : "", \
					word);
	BREACH_KIND_LIST(X)
#undef X
}

#define X(name, bit, word) " " word
static const char known_kinds[] = BREACH_KIND_LIST(X);
#undef X

tanu_status service_breach_kinds_parse(unsigned *out, const char *text, tanu_error *err)
{
	unsigned set = 0;

	for (bool more = true; more;) {
		size_t len = strcspn(text, ",");
		unsigned bit = 0;

#define X(name, number, word)                                     \
	if (len == strlen(word) && strncmp(text, word, len) == 0) \
		bit = BREACH_##name;
		BREACH_KIND_LIST(X)
#undef X
		if (!bit)
			return tanu_fail(
			    err, TANU_ERR_USAGE, "kinds",
			    "\"%.*s\" is no kind of data; known, separated by commas:%s",
			    (int)(len < 32 ? len : 32), text, known_kinds);
		set |= bit;
		more = text[len] == ',';
		text += len + more;
	}
	*out = set;
	return TANU_OK;
}

static const char *const told_words[] = {[BREACH_TOLD_NONE] = NULL,
#define X(name, word) [BREACH_TOLD_##name] = (word),
					 BREACH_TOLD_LIST(X)
#undef X
};

const char *service_breach_told_name(enum breach_told whom)
{
	const char *word = (size_t)whom < ARRAY_LEN(told_words) ? told_words[whom] : NULL;

	return word ? word : "none";
}

tanu_status service_breach_told_parse(enum breach_told *out, const char *word, tanu_error *err)
{
	for (int whom = BREACH_TOLD_AUTHORITY; whom < BREACH_TOLDS; whom++)
		if (strcmp(word, service_breach_told_name((enum breach_told)whom)) == 0) {
			*out = (enum breach_told)whom;
			return TANU_OK;
		}
	return tanu_fail(err, TANU_ERR_USAGE, "WHOM", "authority, result, persons or other");
}

int64_t service_breach_told_ms(const struct breach_view *v, enum breach_told whom)
{
	int64_t first_ms = 0;

	for (size_t i = 0; i < v->notices_len; i++)
		if (v->notices[i].whom == whom && (first_ms == 0 || v->notices[i].at_ms < first_ms))
			first_ms = v->notices[i].at_ms;
	return first_ms;
}

void breach_free(struct breach *breach)
{
	id_list_free(&breach->people);
	mem_wipe(breach, sizeof(*breach));
}

/* ---- writing ---- */

static void put_notices(struct json_w *w, const struct breach_view *v)
{
	jw_array(w, "notices");
	for (size_t i = 0; i < v->notices_len; i++) {
		jw_object(w, NULL);
		jw_int(w, "at_ms", v->notices[i].at_ms);
		jw_text(w, "how", v->notices[i].how);
		jw_text(w, "whom", service_breach_told_name(v->notices[i].whom));
		jw_end_object(w);
	}
	jw_end_array(w);
}

tanu_status breach_encode(struct buf *out, const struct breach *breach, tanu_error *err)
{
	const struct breach_view *v = &breach->view;
	char kinds[BREACH_KINDS_LEN];
	struct json_w w;

	service_breach_kinds_text(kinds, v->kinds);
	jw_init(&w, out);
	jw_object(&w, NULL);
	jw_int(&w, "about", v->about);
	jw_int(&w, "closed_ms", v->closed_ms);
	jw_int(&w, "due_ms", v->due_ms);
	jw_text(&w, "kinds", kinds);
	jw_text(&w, "measures", v->measures);
	put_notices(&w, v);
	jw_int(&w, "noticed_ms", v->noticed_ms);
	jw_int(&w, "opened_ms", v->opened_ms);
	jw_text(&w, "outcome", v->outcome);
	jw_array(&w, "people");
	for (size_t i = 0; i < breach->people.len; i++)
		jw_id(&w, NULL, &breach->people.v[i]);
	jw_end_array(&w);
	jw_int(&w, "result_due_ms", v->result_due_ms);
	jw_text(&w, "what", v->what);
	jw_end_object(&w);
	return buf_check(out, err);
}

/* ---- reading ---- */

static tanu_status get_number(int64_t *out, json_value object, const char *key, tanu_error *err)
{
	tanu_status st = json_int(out, object, key, err);

	if (st == TANU_OK && *out < 0)
		st = tanu_fail(err, TANU_ERR_JSON, key, "a count or time is not negative");
	return st;
}

static tanu_status get_numbers(struct breach_view *v, json_value root, tanu_error *err)
{
	tanu_status st;

	if ((st = get_number(&v->about, root, "about", err)) < 0 ||
	    (st = get_number(&v->closed_ms, root, "closed_ms", err)) < 0 ||
	    (st = get_number(&v->due_ms, root, "due_ms", err)) < 0 ||
	    (st = get_number(&v->noticed_ms, root, "noticed_ms", err)) < 0 ||
	    (st = get_number(&v->opened_ms, root, "opened_ms", err)) < 0)
		return st;
	return get_number(&v->result_due_ms, root, "result_due_ms", err);
}

static tanu_status get_texts(struct breach_view *v, json_value root, tanu_error *err)
{
	char kinds[BREACH_KINDS_LEN];
	tanu_status st;

	if ((st = sealed_text(v->measures, sizeof(v->measures), root, "measures", err)) < 0 ||
	    (st = sealed_text(v->outcome, sizeof(v->outcome), root, "outcome", err)) < 0 ||
	    (st = sealed_text(v->what, sizeof(v->what), root, "what", err)) < 0 ||
	    (st = sealed_text(kinds, sizeof(kinds), root, "kinds", err)) < 0)
		return st;
	if (service_breach_kinds_parse(&v->kinds, kinds, NULL) < 0)
		return tanu_fail(err, TANU_ERR_JSON, "kinds", "these are no kinds of data");
	return TANU_OK;
}

static tanu_status get_notice(struct breach_notice *out, json_value notice, tanu_error *err)
{
	int whom = 0;
	tanu_status st;

	if ((st = get_number(&out->at_ms, notice, "at_ms", err)) < 0 ||
	    (st = sealed_text(out->how, sizeof(out->how), notice, "how", err)) < 0 ||
	    (st = sealed_word(&whom, told_words, ARRAY_LEN(told_words), notice, "whom", err)) < 0)
		return st;
	out->whom = (enum breach_told)whom;
	return TANU_OK;
}

static tanu_status get_notices(struct breach_view *v, json_value root, tanu_error *err)
{
	json_value notices = NULL;
	tanu_status st = json_list(&notices, root, "notices", err);

	if (st < 0)
		return st;
	if (json_len(notices) > BREACH_NOTICES_MAX)
		return tanu_fail(err, TANU_ERR_JSON, "notices", "more than %d", BREACH_NOTICES_MAX);
	v->notices_len = json_len(notices);
	for (size_t i = 0; i < v->notices_len && st == TANU_OK; i++)
		st = get_notice(&v->notices[i], json_at(notices, i), err);
	return st;
}

static tanu_status get_people(struct id_list *out, json_value root, tanu_error *err)
{
	json_value people = NULL;
	const char *text = NULL;
	tanu_id id;
	tanu_status st = json_list(&people, root, "people", err);

	for (size_t i = 0; st == TANU_OK && i < json_len(people); i++) {
		if ((st = json_text_at(&text, people, i, err)) < 0)
			return st;
		if (!id_parse(&id, text))
			return tanu_fail(err, TANU_ERR_JSON, "people",
					 "this is not an id of 32 hex digits");
		st = id_list_add(out, &id, err);
	}
	return st;
}

tanu_status breach_decode(struct breach *out, const struct buf *text, tanu_error *err)
{
	struct json_doc *doc = NULL;
	tanu_status st = json_parse(&doc, text->data, text->len, PAPER_MAX, "breach", err);

	*out = (struct breach){0};
	if (st < 0)
		return st;
	if ((st = get_numbers(&out->view, json_root(doc), err)) == TANU_OK &&
	    (st = get_texts(&out->view, json_root(doc), err)) == TANU_OK &&
	    (st = get_notices(&out->view, json_root(doc), err)) == TANU_OK)
		st = get_people(&out->people, json_root(doc), err);
	out->view.people = out->people.len;
	json_free(&doc);
	if (st < 0)
		breach_free(out);
	return st;
}
