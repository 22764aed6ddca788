/* SPDX-License-Identifier: Apache-2.0 */
/* Whom a text means: an id, the beginning of one, or a name. Names never reach an error. */
#include "service/internal.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#define PREFIX_MIN 6 /* hex digits */
#define SHORT_ID   8
#define LISTED_MAX 5

struct search {
	struct service *s;
	const char *text;
	size_t text_len;
	bool by_name;
	struct id_list found;
};

static tanu_status match_row(void *self, const struct subject_row *row, tanu_error *err)
{
	struct search *search = self;
	struct profile profile;
	char hex[ID_HEX_LEN];
	bool hit;
	tanu_status st;

	if (row->state != SUBJECT_ACTIVE)
		return TANU_OK;
	if (search->by_name) {
		st = profile_open(search->s, &profile, row, err);
		if (st == TANU_DAMAGED) /* nobody else is locked out for it */
			return TANU_OK;
		if (st < 0)
			return st;
		hit = strcmp(profile.person.name, search->text) == 0;
		mem_wipe(&profile, sizeof(profile));
	} else {
		id_hex(hex, &row->id);
		hit = strncasecmp(hex, search->text, search->text_len) == 0;
	}
	return hit ? id_list_add(&search->found, &row->id, err) : TANU_OK;
}

static bool is_hex(const char *text, size_t len)
{
	return strspn(text, "0123456789abcdefABCDEF") == len;
}

static bool is_id_prefix(const char *text, size_t len)
{
	return len >= PREFIX_MIN && len < ID_HEX_LEN && is_hex(text, len);
}

static tanu_status fail_missing(const char *text, size_t len, tanu_error *err)
{
	if (len > 0 && len < PREFIX_MIN && is_hex(text, len))
		return tanu_fail(err, TANU_ERR_SUBJECT_MISSING, NULL,
				 "nobody here has this name; of an id give at least %d digits",
				 PREFIX_MIN);
	return tanu_fail(err, TANU_ERR_SUBJECT_MISSING, NULL,
			 "nobody here has this id or this name");
}

static tanu_status fail_ambiguous(const struct id_list *found, tanu_error *err)
{
	char list[LISTED_MAX * (SHORT_ID + 2) + 8] = "";
	char hex[ID_HEX_LEN];
	size_t len = 0;

	for (size_t i = 0; i < found->len && i < LISTED_MAX; i++) {
		id_hex(hex, &found->v[i]);
		len += (size_t)snprintf(list + len, sizeof(list) - len, "%s%.*s", i ? ", " : "",
					SHORT_ID, hex);
	}
	return tanu_fail(err, TANU_ERR_SUBJECT_AMBIGUOUS, NULL,
			 "%zu people fit: name one by its id (%s%s)", found->len, list,
			 found->len > LISTED_MAX ? ", ..." : "");
}

tanu_status service_subject_find(struct service *s, tanu_id *out, const char *text, tanu_error *err)
{
	struct search search = {.s = s, .text = text, .text_len = strlen(text)};
	tanu_status st = TANU_OK;

	if (is_id_prefix(text, search.text_len))
		st = DB(s, subject_each, match_row, &search, err);
	if (st == TANU_OK && search.found.len == 0 && search.text_len > 0) {
		search.by_name = true;
		st = DB(s, subject_each, match_row, &search, err);
	}
	if (st < 0)
		goto out;
	if (search.found.len == 0)
		st = fail_missing(text, search.text_len, err);
	else if (search.found.len > 1)
		st = fail_ambiguous(&search.found, err);
	else
		*out = search.found.v[0];
out:
	id_list_free(&search.found);
	return st;
}
