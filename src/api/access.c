/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Whom somebody may reach. Staff reach everybody their roles let them; each look stands in the
 * person's history, once a session and quarter of an hour. A person reaches herself and the
 * children she may speak for today: whom a court has barred finds nobody.
 */
#include "api/inside.h"

#include <stdlib.h>
#include <string.h>

#define LOOKS_MAX     4096
#define LOOK_AGAIN_MS ((int64_t)15 * 60000)

struct look {
	tanu_id session, subject;
	int64_t at_ms;
};
struct looks {
	struct look v[LOOKS_MAX];
};

tanu_status looks_open(struct looks **out, tanu_error *err)
{
	*out = calloc(1, sizeof(**out));
	return *out ? TANU_OK : tanu_fail(err, TANU_ERR_NO_MEMORY, NULL, "not enough memory");
}

void looks_close(struct looks **looks)
{
	free(*looks);
	*looks = NULL;
}

struct speaking {
	const tanu_id *guardian;
	bool may;
};

static tanu_status speaks(void *self, const struct guardian_view *v, tanu_error *err)
{
	struct speaking *s = self;

	(void)err;
	s->may = s->may || (v->may_speak && id_equal(&v->guardian, s->guardian));
	return TANU_OK;
}

tanu_status access_check(struct call *c, tanu_error *err)
{
	struct speaking s = {.guardian = &c->who.subject};
	tanu_error why = {0};
	tanu_status st;

	/* One of staff who is a person of this site too reaches others by her roles. */
	c->herself = (c->who.roles & ROLE_PERSON) && id_equal(&c->subject, &c->who.subject);
	c->own = c->herself;
	if (c->own || c->by_key || (c->op->roles & c->who.roles & ROLES_STAFF))
		return TANU_OK;
	st = service_guardian_each(c->api->service, &c->subject, speaks, &s, &why);
	if (st == TANU_OK && s.may) {
		c->own = true;
		return TANU_OK;
	}
	if (st < 0 && st != TANU_NOT_FOUND && st != TANU_REFUSED) {
		if (err)
			*err = why;
		return st;
	}
	return tanu_fail(err, TANU_ERR_SUBJECT_MISSING, NULL, "there is no such person");
}

tanu_status look_note(struct call *c, tanu_error *err)
{
	int64_t now_ms = clock_now(&c->api->clock);
	struct look *look;
	uint32_t row = 0;

	if (c->own)
		return TANU_OK;
	for (size_t i = 0; i < 4; i++)
		row = row << 8 | (uint32_t)(c->subject.b[i] ^ c->who.id.b[i]);
	look = &c->api->looks->v[row % LOOKS_MAX];
	if (id_equal(&look->session, &c->who.id) && id_equal(&look->subject, &c->subject) &&
	    now_ms >= look->at_ms && now_ms - look->at_ms < LOOK_AGAIN_MS)
		return TANU_OK;
	*look = (struct look){c->who.id, c->subject, now_ms};
	return service_staff_look(c->api->service, &c->subject, err);
}
