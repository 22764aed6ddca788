/* SPDX-License-Identifier: Apache-2.0 */
#include "demo/story.h"

#include "demo/tree.h"

#include <stdio.h>
#include <string.h>

#define DAY_MS ((int64_t)86400000)
#define DAYS   70
#define DAYS_AT_ONCE                                                                 \
	20 /* below clock.jump_days: a longer pause would be taken for a wrong clock \
	    */

static const char notice_text[] =
    "Simulated notice of the demo. A real one says what is stored, why, how long, how to withdraw, "
    "and which equal way in needs no face.";

struct approver {
	const char *name;
	struct buf secret, vkey;
};

struct play {
	struct story *story;
	char site[DEMO_PATH];
	int64_t now_ms;
	struct service *s;
	struct approver approvers[2];
};

/* ---- the clock, and the site at a day ---- */

static int64_t played_ms(void *self)
{
	return ((struct play *)self)->now_ms++; /* no two acts in one millisecond */
}

static struct service_options options_of(struct play *p, const char *dir)
{
	return (struct service_options){
	    .data_dir = dir, .program = "tanu", .clock = {.now_ms = played_ms, .self = p}};
}

static tanu_status in_dir(const struct play *p, char out[DEMO_PATH], const char *name,
			  tanu_error *err)
{
	return os_path(out, DEMO_PATH, p->story->dir, name, err);
}

static tanu_status keep_file(const struct play *p, const char *name, const struct buf *bytes,
			     tanu_error *err)
{
	char path[DEMO_PATH];
	tanu_status st = in_dir(p, path, name, err);

	return st < 0 ? st : os_replace_file(path, bytes->data, bytes->len, 0600, err);
}

/* All that is due is published, and the clock goes on; no step is too long to be believed. */
static tanu_status pass_days(struct play *p, int days, tanu_error *err)
{
	tanu_status st = service_publish(p->s, err);

	while (days > 0 && st == TANU_OK) {
		const int step = days < DAYS_AT_ONCE ? days : DAYS_AT_ONCE;

		p->now_ms += step * DAY_MS;
		days -= step;
		st = service_publish(p->s, err);
	}
	return st;
}

static tanu_status reopen(struct play *p, tanu_error *err)
{
	const struct service_options options = options_of(p, p->site);

	service_close(&p->s);
	return service_open(&p->s, &options, err);
}

/* As it stands now, under another name. */
static tanu_status copy_site(struct play *p, const char *name, tanu_error *err)
{
	char path[DEMO_PATH];
	tanu_status st;

	service_close(&p->s);
	if ((st = in_dir(p, path, name, err)) < 0 || (st = tree_copy(path, p->site, err)) < 0)
		return st;
	return reopen(p, err);
}

/* ---- people ---- */

static tanu_status add_people(struct play *p, tanu_error *err)
{
	struct person people[4] = {0};
	tanu_id ids[4];
	tanu_status st;

	for (size_t i = 0; i < ARRAY_LEN(people); i++) {
		snprintf(people[i].name, sizeof(people[i].name), "Person %c", 'A' + (char)i);
		people[i].born = (tanu_date){1980, 1, 1};
	}
	if ((st = service_subject_add_many(p->s, ids, people, ARRAY_LEN(people), err)) < 0)
		return st;
	p->story->a = ids[0];
	p->story->b = ids[1];
	p->story->c = ids[2];
	p->story->d = ids[3];
	return TANU_OK;
}

static tanu_status consent(struct play *p, const tanu_id *who, tanu_error *err)
{
	const struct consent_order order = {
	    .subject = *who,
	    .purposes = TANU_PURPOSE_ACCESS,
	    .giver = TANU_GIVER_SELF,
	    .until = date_from_ms(p->now_ms + 300 * DAY_MS),
	    .notice = {.text = notice_text,
		       .text_len = sizeof(notice_text) - 1,
		       .language = "en",
		       .version = "demo"},
	};

	return service_consent_give(p->s, &order, err);
}

/* Something that leaves a trace in her history: she asked for all that is held about her. */
static tanu_status export_her(struct play *p, const tanu_id *who, tanu_error *err)
{
	struct buf out = {0};
	tanu_status st = service_subject_export(p->s, &out, who, err);

	buf_wipe(&out);
	return st;
}

static tanu_status take_receipt(struct play *p, const tanu_id *who, const char *name,
				tanu_error *err)
{
	struct buf out = {0};
	tanu_status st = service_receipt(p->s, &out, who, TANU_RECEIPT_HISTORY, "", err);

	if (st == TANU_OK)
		st = keep_file(p, name, &out, err);
	buf_wipe(&out);
	return st;
}

/* ---- disclosures ---- */

static tanu_status name_approvers(struct play *p, tanu_error *err)
{
	tanu_status st = TANU_OK;

	p->approvers[0].name = "lawyer";
	p->approvers[1].name = "director";
	for (size_t i = 0; i < ARRAY_LEN(p->approvers) && st == TANU_OK; i++) {
		struct approver *a = &p->approvers[i];

		if ((st = service_approver_key(&a->secret, &a->vkey, a->name, err)) == TANU_OK)
			st = service_approver_add(p->s, buf_cstr(&a->vkey), err);
	}
	return st;
}

/* The order, signed by one approver. */
static tanu_status sign(struct play *p, struct buf *note, const tanu_id *id, size_t who,
			tanu_error *err)
{
	struct disclosure_order order;
	struct buf text = {0};
	tanu_status st = service_disclosure_text(p->s, &text, id, err);

	if (st == TANU_OK)
		st = service_approver_sign(note, &order, buf_cstr(&p->approvers[who].secret),
					   text.data, text.len, err);
	buf_free(&text);
	return st;
}

static tanu_status approve(struct play *p, const tanu_id *id, size_t who, tanu_error *err)
{
	struct buf note = {0};
	tanu_status st = sign(p, &note, id, who, err);

	if (st == TANU_OK)
		st = service_disclosure_approve(p->s, id, note.data, note.len, err);
	buf_free(&note);
	return st;
}

static tanu_status request(struct play *p, tanu_id *id, const tanu_id *about, int64_t due_ms,
			   tanu_error *err)
{
	struct disclosure_order order = {
	    .authority = "City police",
	    .basis = "an order of a court",
	    .document = {1},
	    .subjects = {*about},
	    .subjects_len = 1,
	    .fields = DISCLOSED_PROFILE,
	    .from_ms = p->now_ms - DAY_MS,
	    .to_ms = p->now_ms,
	    .due_ms = due_ms,
	};
	tanu_status st;

	if (due_ms)
		snprintf(order.due_basis, sizeof(order.due_basis), "an inquiry that is secret");
	if ((st = service_disclosure_request(p->s, &order, err)) == TANU_OK)
		*id = order.id;
	return st;
}

/* Sealed: Person A is told of it 40 days later. */
static tanu_status disclose_sealed(struct play *p, tanu_error *err)
{
	struct buf out = {0};
	tanu_id id;
	tanu_status st;

	if ((st = request(p, &id, &p->story->a, p->now_ms + 40 * DAY_MS, err)) < 0 ||
	    (st = approve(p, &id, 0, err)) < 0 || (st = approve(p, &id, 1, err)) < 0)
		return st;
	if ((st = service_disclosure_release(p->s, &out, &id, err)) == TANU_OK)
		st = service_disclosure_done(p->s, &id, err);
	buf_wipe(&out);
	return st;
}

/* One has approved; her second signature of the same order lies beside the site. */
static tanu_status approve_once(struct play *p, tanu_error *err)
{
	struct buf note = {0};
	tanu_id id;
	tanu_status st;

	if ((st = request(p, &id, &p->story->c, 0, err)) < 0 || (st = approve(p, &id, 0, err)) < 0)
		return st;
	id_hex(p->story->disclosure, &id);
	if ((st = sign(p, &note, &id, 0, err)) == TANU_OK)
		st = keep_file(p, "again.signed", &note, err);
	buf_free(&note);
	return st;
}

/* ---- the days ---- */

static tanu_status erase_d(struct play *p, tanu_error *err)
{
	struct erasure_receipt erased;
	struct buf out = {0};
	tanu_status st;

	if ((st = service_subject_remove(p->s, &erased, &p->story->d, err)) == TANU_OK &&
	    (st = service_erasure_receipt(p->s, &out, &erased, err)) == TANU_OK)
		st = keep_file(p, "gone.tanu-receipt", &out, err);
	buf_wipe(&out);
	return st;
}

static tanu_status first_days(struct play *p, tanu_error *err)
{
	tanu_status st;

	if ((st = add_people(p, err)) < 0 || (st = name_approvers(p, err)) < 0 ||
	    (st = consent(p, &p->story->a, err)) < 0 || (st = consent(p, &p->story->b, err)) < 0 ||
	    (st = consent(p, &p->story->d, err)) < 0 ||
	    (st = take_receipt(p, &p->story->a, "a-early.tanu-receipt", err)) < 0 ||
	    (st = pass_days(p, 20, err)) < 0 || (st = disclose_sealed(p, err)) < 0)
		return st;
	return pass_days(p, 5, err);
}

static tanu_status later_days(struct play *p, tanu_error *err)
{
	struct erasure_receipt erased;
	tanu_status st;

	if ((st = export_her(p, &p->story->a, err)) < 0 ||
	    (st = service_consent_withdraw(p->s, &erased, &p->story->b, 0, err)) < 0 ||
	    (st = pass_days(p, 25, err)) < 0 || (st = erase_d(p, err)) < 0 ||
	    (st = pass_days(p, 10, err)) < 0 || /* the sealed disclosure is told now */
	    (st = pass_days(p, 10, err)) < 0 || (st = approve_once(p, err)) < 0 ||
	    (st = export_her(p, &p->story->a, err)) < 0 ||
	    (st = take_receipt(p, &p->story->a, "a.tanu-receipt", err)) < 0)
		return st;
	return take_receipt(p, &p->story->b, "b.tanu-receipt", err);
}

/* One act more, which is not published. */
static tanu_status leave_waiting(struct play *p, tanu_error *err)
{
	tanu_status st = copy_site(p, "waiting", err);

	service_close(&p->s);
	if (st < 0 || (st = in_dir(p, p->site, "waiting", err)) < 0 || (st = reopen(p, err)) < 0)
		return st;
	st = export_her(p, &p->story->a, err);
	service_close(&p->s);
	return st;
}

static tanu_status play(struct play *p, tanu_error *err)
{
	const struct service_options options = options_of(p, p->site);
	tanu_status st;

	if ((st = service_create(&options, "Demo school", err)) < 0 || (st = reopen(p, err)) < 0 ||
	    (st = first_days(p, err)) < 0 || (st = copy_site(p, "then", err)) < 0 ||
	    (st = later_days(p, err)) < 0 || (st = service_publish(p->s, err)) < 0)
		return st;
	return leave_waiting(p, err);
}

tanu_status story_play(struct story *out, const char *dir, tanu_error *err)
{
	const struct clock_source machine = os_clock();
	struct play p = {.story = out};
	tanu_date today;
	tanu_status st;

	*out = (struct story){0};
	snprintf(out->dir, sizeof(out->dir), "%s", dir);
	p.now_ms = clock_now(&machine);
	today = date_from_ms(p.now_ms);
	out->month = (int64_t)today.year * 12 + today.month - 1;
	p.now_ms -= DAYS * DAY_MS + 60000; /* the minute is for the acts themselves */
	if ((st = in_dir(&p, p.site, "site", err)) >= 0)
		st = play(&p, err);
	service_close(&p.s);
	for (size_t i = 0; i < ARRAY_LEN(p.approvers); i++) {
		buf_wipe(&p.approvers[i].secret);
		buf_free(&p.approvers[i].vkey);
	}
	return st;
}
