/* SPDX-License-Identifier: Apache-2.0 */
/* People: a random id in clear, everything else sealed under the profile key. */
#include "service/internal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define AGE_MAX 130 /* years */

/* ---- names ---- */

/* Length of the blank or unseen mark that the text begins with, or 0. */
static size_t blank_at(const char *text)
{
	static const char *const blanks[] = {
	    " ",
	    "\xC2\xA0",	    /* U+00A0 no-break space */
	    "\xC2\xAD",	    /* U+00AD soft hyphen */
	    "\xD8\x9C",	    /* U+061C Arabic letter mark */
	    "\xE1\x9A\x80", /* U+1680 ogham space */
	    "\xE1\xA0\x8E", /* U+180E Mongolian vowel separator */
	    "\xE2\x80\xA8",
	    "\xE2\x80\xA9", /* U+2028, U+2029 separators */
	    "\xE2\x80\xAF",
	    "\xE2\x81\x9F", /* U+202F, U+205F narrow spaces */
	    "\xE3\x80\x80",
	    "\xEF\xBB\xBF", /* U+3000, U+FEFF */
	};
	const unsigned char *p = (const unsigned char *)text;

	for (size_t i = 0; i < ARRAY_LEN(blanks); i++)
		if (strncmp(text, blanks[i], strlen(blanks[i])) == 0)
			return strlen(blanks[i]);
	if (p[0] != 0xE2)
		return 0;
	/* U+2000 .. U+200F, U+202A .. U+202E, U+2060 .. U+206F: spaces, joiners, directions */
	if (p[1] == 0x80 && ((p[2] >= 0x80 && p[2] <= 0x8F) || (p[2] >= 0xAA && p[2] <= 0xAE)))
		return 3;
	return p[1] == 0x81 && p[2] >= 0xA0 && p[2] <= 0xAF ? 3 : 0;
}

/* Where the first thing to see stands; `len`: nowhere. */
static size_t name_start(const char *name, size_t len)
{
	size_t i = 0, n;

	while (i < len && (n = blank_at(name + i)) > 0)
		i += n;
	return i;
}

/* Without what is not seen at its ends, so that two names that look alike there are the same. */
static void name_trim(char out[NAME_MAX_BYTES + 1], const char *name)
{
	size_t len = strlen(name), start = name_start(name, len), end = start;

	for (size_t i = start; i < len;) {
		size_t n = blank_at(name + i);

		i += n ? n : 1;
		if (n == 0)
			end = i;
	}
	memmove(out, name + start, end - start);
	out[end - start] = '\0';
}

/* ---- adding ---- */

static tanu_status name_check(const char *name, tanu_error *err)
{
	size_t len = strnlen(name, NAME_MAX_BYTES + 1);

	if (len <= NAME_MAX_BYTES && utf8_plain(name, len) && name_start(name, len) < len)
		return TANU_OK;
	return tanu_fail(err, TANU_ERR_USAGE, "name",
			 "a name has 1 to %d bytes of UTF-8 text on one line, and something to see",
			 NAME_MAX_BYTES);
}

tanu_status service_person_set(struct person *out, const char *name, const char *born,
			       tanu_error *err)
{
	struct person person = {0};
	tanu_status st;

	if ((st = name_check(name, err)) < 0)
		return st;
	memcpy(person.name, name, strlen(name) + 1);
	if (!date_parse(&person.born, born))
		return tanu_fail(err, TANU_ERR_DATE, "born",
				 "not a date like 2009-05-31 (year-month-day)");
	*out = person;
	return TANU_OK;
}

static tanu_status person_check(const struct person *person, int64_t now_ms, tanu_error *err)
{
	tanu_status st = name_check(person->name, err);
	int age;

	if (st < 0)
		return st;
	if (!date_valid(person->born))
		return tanu_fail(err, TANU_ERR_DATE, "born", "write the date as YYYY-MM-DD");
	age = tanu_age_on(person->born, date_from_ms(now_ms));
	if (age < 0 || age > AGE_MAX)
		return tanu_fail(err, TANU_ERR_DATE, "born",
				 "the date of birth is in the future or more than %d years ago",
				 AGE_MAX);
	return TANU_OK;
}

tanu_status service_person_check(const struct service *s, const struct person *person,
				 tanu_error *err)
{
	return person_check(person, clock_now(&s->clock), err);
}

static tanu_status people_check(const struct person *people, size_t len, int64_t now_ms,
				tanu_error *err)
{
	for (size_t i = 0; i < len; i++) {
		tanu_status st = person_check(&people[i], now_ms, err);

		if (st < 0) {
			if (len > 1) {
				char which[32];

				snprintf(which, sizeof(which), "person %zu", i + 1);
				error_prefix_place(err, which);
			}
			return st;
		}
	}
	return TANU_OK;
}

static tanu_status people_keys(struct service *s, const tanu_id *ids, size_t len, int64_t now_ms,
			       tanu_error *err)
{
	struct key_list keys = {0};
	uint16_t quarter = vault_quarter(now_ms);
	tanu_status st = TANU_OK;

	for (size_t i = 0; i < len && st == TANU_OK; i++) {
		if ((st = key_list_add(&keys, &ids[i], KEY_PROFILE, 0, err)) < 0 ||
		    (st = key_list_add(&keys, &ids[i], KEY_LOG, 0, err)) < 0)
			break;
		st = key_list_add(&keys, &ids[i], KEY_HISTORY, quarter, err);
	}
	if (st == TANU_OK)
		st = keys_add(s, &keys, err);
	key_list_free(&keys);
	return st;
}

static tanu_status person_put(struct service *s, const tanu_id *id, const struct person *person,
			      int64_t now_ms, tanu_error *err)
{
	struct event_record event = {.type = TANU_EVENT_SUBJECT_ADDED};
	struct profile profile = {.person = {.born = person->born}};
	struct subject_row row = {.id = *id, .state = SUBJECT_ACTIVE, .created_ms = now_ms};
	tanu_status st;

	name_trim(profile.person.name, person->name);
	sha256(profile.head.papers, NULL, 0);
	if ((st = ledger_digest(s, profile.head.consents, id, err)) < 0 ||
	    (st = profile_seal(s, &row.profile, id, &profile, err)) < 0)
		goto out;
	if ((st = DB(s, sequence_next, &row.sequence, err)) < 0 ||
	    (st = DB(s, subject_put, &row, err)) < 0)
		goto out;
	st = history_put(s, id, row.sequence, now_ms, &event, err);
out:
	mem_wipe(&profile, sizeof(profile));
	buf_free(&row.profile);
	return st;
}

tanu_status service_subject_add_many(struct service *s, tanu_id *out, const struct person *people,
				     size_t people_len, tanu_error *err)
{
	int64_t now_ms = clock_now(&s->clock);
	tanu_id *ids = NULL;
	tanu_status st;

	if (people_len == 0)
		return TANU_OK;
	if ((st = people_check(people, people_len, now_ms, err)) < 0)
		return st;
	ids = calloc(people_len, sizeof(*ids));
	if (!ids)
		return tanu_fail(err, TANU_ERR_NO_MEMORY, NULL, "not enough memory for the list");
	for (size_t i = 0; i < people_len; i++)
		id_new(s, &ids[i]);
	if ((st = people_keys(s, ids, people_len, now_ms, err)) < 0 || (st = tx_begin(s, err)) < 0)
		goto out;
	for (size_t i = 0; i < people_len && st == TANU_OK; i++)
		st = person_put(s, &ids[i], &people[i], now_ms, err);
	if ((st = tx_end(s, st, err)) == TANU_OK)
		memcpy(out, ids, people_len * sizeof(*ids));
out:
	free(ids);
	return st;
}

tanu_status service_subject_add(struct service *s, tanu_id *out, const struct person *person,
				tanu_error *err)
{
	return service_subject_add_many(s, out, person, 1, err);
}

/* ---- reading ---- */

static tanu_status row_get(struct service *s, struct subject_row *out, const tanu_id *id,
			   tanu_error *err)
{
	tanu_status st = DB(s, subject_get, out, id, err);

	if (st < 0 || out->state == SUBJECT_ACTIVE)
		return st;
	buf_free(&out->profile);
	return tanu_fail(err, TANU_ERR_SUBJECT_MISSING, NULL, "this person has left");
}

tanu_status subject_must_exist(struct service *s, const tanu_id *id, tanu_error *err)
{
	struct subject_row row = {0};
	tanu_status st = row_get(s, &row, id, err);

	buf_free(&row.profile);
	return st;
}

tanu_status subject_person(struct service *s, struct person *out, const tanu_id *id,
			   tanu_error *err)
{
	struct subject_row row = {0};
	struct profile profile = {0};
	tanu_status st = row_get(s, &row, id, err);

	if (st == TANU_OK && (st = profile_open(s, &profile, &row, err)) == TANU_OK)
		*out = profile.person;
	buf_free(&row.profile);
	mem_wipe(&profile, sizeof(profile));
	return st;
}

static tanu_status view_fill(struct service *s, struct subject_view *out,
			     const struct subject_row *row, tanu_error *err)
{
	struct subject_view view = {.id = row->id, .created_ms = row->created_ms};
	struct consent_list ledger = {0};
	struct profile profile = {0};
	tanu_status st;

	if ((st = profile_open(s, &profile, row, err)) < 0 ||
	    (st = reference_until(s, &view.enrolled_until_ms, &row->id, err)) < 0 ||
	    (st = second_factor_needed(s, &view.second_factor, &row->id, err)) < 0 ||
	    (st = ledger_load(s, &ledger, &row->id, err)) < 0)
		goto out;
	view.enrolled = view.enrolled_until_ms != 0;
	view.person = profile.person;
	view.embeddings = profile.head.embeddings;
	view.locked = profile.head.locked;
	view.live_purposes = ledger_live_purposes(&ledger, &row->id, clock_now(&s->clock));
	*out = view;
out:
	consent_list_free(&ledger);
	mem_wipe(&profile, sizeof(profile));
	mem_wipe(&view, sizeof(view));
	return st;
}

tanu_status service_subject_get(struct service *s, struct subject_view *out, const tanu_id *id,
				tanu_error *err)
{
	struct subject_row row = {0};
	tanu_status st = row_get(s, &row, id, err);

	if (st == TANU_OK)
		st = view_fill(s, out, &row, err);
	buf_free(&row.profile);
	return st;
}

/* One damaged person is shown as such and keeps nobody out of a list. */
static tanu_status view_or_damaged(struct service *s, struct subject_view *out, const tanu_id *id,
				   tanu_error *err)
{
	struct person person = {0};
	struct subject_row row = {0};
	tanu_status st = service_subject_get(s, out, id, err);

	if (st != TANU_DAMAGED)
		return st;
	(void)subject_person(s, &person, id, NULL); /* it may be her consents alone */
	*out = (struct subject_view){.id = *id, .person = person, .damaged = true};
	if ((st = row_get(s, &row, id, err)) == TANU_OK)
		out->created_ms = row.created_ms;
	buf_free(&row.profile);
	mem_wipe(&person, sizeof(person));
	return st;
}

static tanu_status take_active(void *self, const struct subject_row *row, tanu_error *err)
{
	return row->state == SUBJECT_ACTIVE ? id_list_add(self, &row->id, err) : TANU_OK;
}

tanu_status subject_ids(struct service *s, struct id_list *out, tanu_error *err)
{
	return DB(s, subject_each, take_active, out, err);
}

tanu_status service_subject_each(struct service *s,
				 tanu_status (*each)(void *self, const struct subject_view *v,
						     tanu_error *err),
				 void *self, tanu_error *err)
{
	struct id_list ids = {0};
	struct subject_view view;
	tanu_status st = subject_ids(s, &ids, err);

	for (size_t i = 0; i < ids.len && st == TANU_OK; i++)
		if ((st = view_or_damaged(s, &view, &ids.v[i], err)) == TANU_OK)
			st = each(self, &view, err);
	mem_wipe(&view, sizeof(view));
	id_list_free(&ids);
	return st;
}
