/* SPDX-License-Identifier: Apache-2.0 */
#include "lease/ticket.h"

#include "codec/codec.h"
#include "tlog/tlog.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define HEADING "tanu gate use 1"
#define UNKNOWN "unknown"

void gate_ticket_text(struct buf *out, const struct gate_ticket *t)
{
	char site[ID_HEX_LEN], gate[ID_HEX_LEN], subject[ID_HEX_LEN], spool[ID_HEX_LEN];
	char when[TIME_TEXT_LEN] = UNKNOWN;

	id_hex(site, &t->site);
	id_hex(gate, &t->gate);
	id_hex(subject, &t->subject);
	id_hex(spool, &t->spool);
	if (t->at_ms)
		time_text(when, t->at_ms);
	buf_printf(out,
		   HEADING "\n"
			   "site %s\n"
			   "gate %s\n"
			   "subject %s\n"
			   "event %s %llu\n"
			   "at %s\n"
			   "decision %s %s\n"
			   "way %s\n"
			   "features %u\n",
		   site, gate, subject, spool, (unsigned long long)t->number, when,
		   t->outwards ? "exit" : "entry", t->admitted ? "admitted" : "not-admitted",
		   t->way, t->features);
}

/* ---- reading ---- */

bool gate_ticket_begins(const void *bytes, size_t len)
{
	return len > sizeof(HEADING) && memcmp(bytes, HEADING "\n", sizeof(HEADING)) == 0;
}

struct lines {
	const char *at, *end;
	bool failed;
};

/* The value of the next line, which begins with this key; "" when it is another. */
static void value_next(struct lines *l, char *out, size_t out_len, const char *key)
{
	const char *feed = memchr(l->at, '\n', (size_t)(l->end - l->at));
	size_t key_len = strlen(key), len = feed ? (size_t)(feed - l->at) : 0;

	out[0] = '\0';
	if (l->failed || !feed || len < key_len || memcmp(l->at, key, key_len) != 0 ||
	    len - key_len >= out_len) {
		l->failed = true;
		return;
	}
	memcpy(out, l->at + key_len, len - key_len);
	out[len - key_len] = '\0';
	l->failed = strlen(out) != len - key_len;
	l->at = feed + 1;
}

static void id_next(struct lines *l, tanu_id *out, const char *key)
{
	char text[ID_HEX_LEN];

	value_next(l, text, sizeof(text), key);
	l->failed = l->failed || !id_parse(out, text);
}

/* Decimal digits without a sign or zeros before them, as printf writes them. */
static uint64_t number_of(struct lines *l, const char *text)
{
	char *end = NULL;
	unsigned long long n = strtoull(text, &end, 10);

	l->failed = l->failed || *text < '0' || *text > '9' || *end || strlen(text) > 18 ||
		    (*text == '0' && text[1]);
	return n;
}

static void event_next(struct lines *l, struct gate_ticket *t)
{
	char text[ID_HEX_LEN + 24] = {0};

	value_next(l, text, sizeof(text), "event ");
	if (strlen(text) < ID_HEX_LEN + 1 || text[ID_HEX_LEN - 1] != ' ') {
		l->failed = true;
		return;
	}
	text[ID_HEX_LEN - 1] = '\0';
	l->failed = l->failed || !id_parse(&t->spool, text);
	t->number = number_of(l, text + ID_HEX_LEN);
}

static void decision_next(struct lines *l, struct gate_ticket *t)
{
	char text[32];
	const char *space;

	value_next(l, text, sizeof(text), "decision ");
	space = strchr(text, ' ');
	t->outwards = strncmp(text, "exit ", 5) == 0;
	t->admitted = space && strcmp(space, " admitted") == 0;
}

tanu_status gate_ticket_read(struct gate_ticket *out, const char *text, size_t text_len,
			     tanu_error *err)
{
	struct lines l = {.at = text, .end = text + text_len};
	struct gate_ticket t = {.number = 0};
	struct buf again = {.max = GATE_TICKET_MAX};
	char value[64];
	bool same;

	value_next(&l, value, sizeof(value), HEADING);
	l.failed = l.failed || value[0];
	id_next(&l, &t.site, "site ");
	id_next(&l, &t.gate, "gate ");
	id_next(&l, &t.subject, "subject ");
	event_next(&l, &t);
	value_next(&l, value, sizeof(value), "at ");
	if (strcmp(value, UNKNOWN) != 0)
		l.failed = !time_parse(&t.at_ms, value) || l.failed;
	decision_next(&l, &t);
	value_next(&l, t.way, sizeof(t.way), "way ");
	l.failed = l.failed || !t.way[0] || t.way[strspn(t.way, "abcdefghijklmnopqrstuvwxyz+")];
	value_next(&l, value, sizeof(value), "features ");
	t.features = (uint32_t)number_of(&l, value);
	/* a ticket has one form: what is read is written again and compared */
	gate_ticket_text(&again, &t);
	same = !again.failed && again.len == text_len && memcmp(again.data, text, text_len) == 0;
	buf_free(&again);
	if (l.failed || !same)
		return tanu_fail(err, TANU_ERR_FORMAT, "ticket",
				 "this is not a ticket of a gate, or not whole");
	*out = t;
	return TANU_OK;
}

void gate_key_name(char out[GATE_KEY_NAME], const tanu_id *gate)
{
	char id[ID_HEX_LEN];

	id_hex(id, gate);
	snprintf(out, GATE_KEY_NAME, "gate-%s", id);
}

void gate_note_end(struct buf *out, const tanu_id *gate, const uint8_t key[PUBLIC_KEY_LEN],
		   const uint8_t signature[SIGNATURE_LEN])
{
	char name[GATE_KEY_NAME];
	uint8_t line[4 + SIGNATURE_LEN];
	uint32_t hint;

	gate_key_name(name, gate);
	hint = key_id_of(name, TANU_KEY_ED25519, key);
	for (int i = 0; i < 4; i++)
		line[i] = (uint8_t)(hint >> (24 - 8 * i));
	memcpy(line + 4, signature, SIGNATURE_LEN);
	buf_printf(out, "\n\xE2\x80\x94 %s ", name);
	base64_put(out, line, sizeof(line));
	buf_str(out, "\n");
}
