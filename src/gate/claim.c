/* SPDX-License-Identifier: Apache-2.0 */
/* What people show and type: cards, passes, PINs; and what becomes of the readers themselves. */
#include "gate/inside.h"

#include "codec/pass.h"

#include <stdio.h>
#include <string.h>

#define DAY_MS ((int64_t)86400000)

/* ---- whose is it? ---- */

/* Dates count only while the time is known. */
static enum rules_claim claim_of(struct gate *g, const struct lease_card *card)
{
	int64_t now_ms = gate_now(g);

	if (card->state != LEASE_CARD_VALID)
		return RULES_CLAIM_BLOCKED;
	if (gate_time_known(g) && (now_ms < card->from_ms || now_ms >= card->until_ms))
		return RULES_CLAIM_OUT_OF_DATE;
	return RULES_CLAIM_VALID;
}

static enum rules_claim card_look(struct gate *g, tanu_id *subject, enum lease_card_sort sort,
				  const uint8_t *bytes, size_t bits)
{
	uint8_t digest[DIGEST_LEN];
	struct lease_card card = {0};

	if (!g->has_keys)
		return RULES_CLAIM_UNKNOWN;
	lease_card_digest(digest, &g->keys.cards, sort, bytes, bits);
	if (!lease_card_find(g->lease, &card, digest))
		return RULES_CLAIM_UNKNOWN;
	*subject = card.subject;
	return claim_of(g, &card);
}

/* A new visit, unless this is the other half of the one that goes on. */
static bool visit_for(struct gate *g, size_t reader, bool is_pass, int64_t now_ms)
{
	struct rules_request *r = &g->person.request;
	bool goes_on = (g->visit.state == VISIT_FACE || g->visit.state == VISIT_PIN ||
			g->visit.state == VISIT_GUARD) &&
		       g->person.reader == reader &&
		       (is_pass ? r->pass == RULES_CLAIM_NONE && r->card != RULES_CLAIM_NONE
				: r->card == RULES_CLAIM_NONE && r->pass != RULES_CLAIM_NONE);

	if (!goes_on && !person_begin(g, now_ms))
		return false;
	g->person.reader = reader;
	r->direction = g->options.readers[reader].direction;
	if (!goes_on)
		g->person.since_ms = now_ms;
	return true;
}

/* The claim names somebody: is it the one who was named before? */
static void name_person(struct gate *g, const tanu_id *subject)
{
	struct person *p = &g->person;

	if (id_is_zero(subject))
		return;
	if (id_is_zero(&p->subject)) {
		p->subject = *subject;
		p->request.one_person = true;
		lease_person_find(g->lease, &p->known, subject);
	} else if (!id_equal(&p->subject, subject)) {
		p->request.one_person = false;
	}
}

static void take_card(struct gate *g, size_t reader, enum lease_card_sort sort,
		      const uint8_t *bytes, size_t bits, int64_t now_ms)
{
	tanu_id subject = {{0}};

	if (!visit_for(g, reader, false, now_ms))
		return;
	g->person.request.card = card_look(g, &subject, sort, bytes, bits);
	if (g->person.request.card == RULES_CLAIM_VALID && sort == LEASE_CARD_BITS &&
	    bits <= WIEGAND_BITS_MAX) {
		memcpy(g->person.card, bytes, (bits + 7) / 8);
		g->person.card_bits = bits;
	}
	name_person(g, &subject);
	person_bring(g, VISIT_BROUGHT, now_ms);
}

/* ---- passes ---- */

/* Of this site and its model, by what is printed on it. The seal is tried with the face. */
static enum rules_claim head_check(struct gate *g, const struct pass_head *head)
{
	struct lease_zone zone = {0};
	int64_t end_ms = (date_to_days(head->until) + 1) * DAY_MS;

	if (memcmp(head->site, g->identity.pair.site.b, sizeof(head->site)) != 0)
		return RULES_CLAIM_FORGED;
	if (lease_zone_get(g->lease, &zone) &&
	    memcmp(head->model, zone.model, sizeof(head->model)) != 0)
		return RULES_CLAIM_OUT_OF_DATE;
	return gate_time_known(g) && gate_now(g) >= end_ms ? RULES_CLAIM_OUT_OF_DATE
							   : RULES_CLAIM_VALID;
}

static void pass_keep(struct gate *g, const struct pass *pass)
{
	struct pass_shown *shown = &g->person.pass;

	_Static_assert(PASS_HEAD_LEN + TANU_ID_LEN <= sizeof(shown->ad), "head and site");
	_Static_assert(PASS_SEALED_LEN <= sizeof(shown->sealed), "what is sealed");
	pass_put_head(shown->ad, &pass->head);
	memcpy(shown->ad + PASS_HEAD_LEN, g->identity.pair.site.b, TANU_ID_LEN);
	shown->ad_len = PASS_HEAD_LEN + TANU_ID_LEN;
	memcpy(shown->sealed, pass->sealed, PASS_SEALED_LEN);
	shown->sealed_len = PASS_SEALED_LEN;
	shown->there = true;
	g->person.generation = pass->head.generation;
}

static void take_pass(struct gate *g, size_t reader, const uint8_t *bytes, size_t len,
		      int64_t now_ms)
{
	enum rules_claim claim = RULES_CLAIM_FORGED;
	tanu_id subject = {{0}};
	struct pass pass;

	if (!visit_for(g, reader, true, now_ms))
		return;
	if (pass_read(&pass, bytes, len, NULL) == TANU_OK &&
	    (claim = head_check(g, &pass.head)) == RULES_CLAIM_VALID) {
		claim = card_look(g, &subject, LEASE_CARD_PASS, pass.head.number,
				  8 * sizeof(pass.head.number));
		if (claim == RULES_CLAIM_VALID)
			pass_keep(g, &pass);
	}
	g->person.request.pass = claim;
	name_person(g, &subject);
	person_bring(g, VISIT_BROUGHT, now_ms);
	mem_wipe(&pass, sizeof(pass));
}

/* ---- PINs ---- */

static bool pin_fits(const struct person *p)
{
	uint8_t stretched[SECRET_LEN];
	bool ok;

	if (!p->known.has_pin || p->digits_len == 0)
		return false;
	ok = pin_stretch(stretched, p->digits, p->known.salt, NULL) == TANU_OK &&
	     crypto_equal(stretched, p->known.pin, sizeof(stretched));
	mem_wipe(stretched, sizeof(stretched));
	return ok;
}

static void pin_try(struct gate *g, int64_t now_ms)
{
	unsigned most = (unsigned)settings_int(g->settings, "pin.tries");
	int64_t lock_ms = settings_int(g->settings, "pin.lock_s") * 1000;
	struct person *p = &g->person;

	if (pin_is_locked(&g->tries, &p->subject, most, lock_ms, now_ms)) {
		p->request.pin = RULES_PIN_LOCKED;
	} else if (pin_fits(p)) {
		pin_was_right(&g->tries, &p->subject);
		p->request.pin = RULES_PIN_RIGHT;
	} else {
		pin_was_wrong(&g->tries, &p->subject, now_ms);
		p->request.pin = RULES_PIN_WRONG;
	}
	mem_wipe(p->digits, sizeof(p->digits));
	p->digits_len = 0;
	person_bring(g, VISIT_BROUGHT, now_ms);
}

static void take_key(struct gate *g, size_t reader, char key, int64_t now_ms)
{
	struct person *p = &g->person;

	/* Whoever has just been let in or not may take the gate's word of it home. */
	if (key == '*' && (g->visit.state == VISIT_READY || g->visit.state == VISIT_GO ||
			   g->visit.state == VISIT_ASSIST)) {
		ticket_ask(g, reader, now_ms);
		return;
	}
	/* A PIN belongs to a claim: alone it names nobody here. */
	if (key == 'A' || (key == '#' && id_is_zero(&p->subject))) {
		person_bell(g, now_ms);
		return;
	}
	if (id_is_zero(&p->subject) || p->reader != reader || g->visit.state == VISIT_READY ||
	    g->visit.state == VISIT_GO)
		return;
	if (key == '*') {
		mem_wipe(p->digits, sizeof(p->digits));
		p->digits_len = 0;
	} else if (key == '#') {
		if (p->digits_len > 0)
			pin_try(g, now_ms);
	} else if (key >= '0' && key <= '9') {
		if (p->digits_len < PIN_DIGITS_MAX)
			p->digits[p->digits_len++] = key;
		/* a person who types is not to be hurried away */
		g->visit.until_ms = now_ms + g->visit_options.pin_ms;
	}
}

/* ---- readers ---- */

static void reader_word(struct gate *g, size_t reader, const char *word)
{
	char text[GATE_EVENT_WORD];

	snprintf(text, sizeof(text), "%s/%.12s", word, g->options.readers[reader].name);
	gate_log(g, "reader %s: %s", g->options.readers[reader].name, word);
	report_word(g, GATE_EVENT_DEVICE, text, 0);
}

static void reader_line(struct gate *g, size_t reader, const struct reader_event *e)
{
	switch (e->kind) {
	case READER_ONLINE:
		if (!g->reader_on[reader])
			reader_word(g, reader, "reader-on");
		g->reader_on[reader] = true;
		break;
	case READER_OFFLINE:
		if (g->reader_on[reader])
			reader_word(g, reader, "reader-off");
		g->reader_on[reader] = false;
		break;
	case READER_TAMPER:
		reader_word(g, reader, e->on ? "tamper" : "tamper-over");
		break;
	case READER_POWER:
		reader_word(g, reader, e->on ? "power-low" : "power-ok");
		break;
	case READER_PAIRED:
		reader_word(g, reader, "reader-paired");
		break;
	case READER_REFUSED:
		reader_word(g, reader, "reader-refused");
		break;
	case READER_NOTHING:
	case READER_CARD:
	case READER_CODE:
	case READER_PASS:
	case READER_KEY:
	case READER_INPUT:
	case READER_OUTPUT:
		break;
	}
}

void claim_take(struct gate *g, size_t reader, const struct reader_event *e, int64_t now_ms)
{
	switch (e->kind) {
	case READER_CARD:
		take_card(g, reader, LEASE_CARD_BITS, e->bytes, e->bits, now_ms);
		break;
	case READER_CODE:
		take_card(g, reader, LEASE_CARD_DIGITS, e->bytes, 8 * e->len, now_ms);
		break;
	case READER_PASS:
		take_pass(g, reader, e->bytes, e->len, now_ms);
		break;
	case READER_KEY:
		take_key(g, reader, e->key, now_ms);
		break;
	case READER_NOTHING:
	case READER_ONLINE:
	case READER_OFFLINE:
	case READER_TAMPER:
	case READER_POWER:
	case READER_INPUT:
	case READER_OUTPUT:
	case READER_PAIRED:
	case READER_REFUSED:
		reader_line(g, reader, e);
		break;
	}
}
