/* SPDX-License-Identifier: Apache-2.0 */
/* The two parts of a document as plain bytes, little-endian: docs/lease.md. */
#include "lease/inside.h"

#include <string.h>

tanu_status fail_bytes(tanu_error *err, const char *what)
{
	return tanu_fail(err, TANU_ERR_FORMAT, "lease", "%s: ask the site for a new one", what);
}

tanu_status fail_lease(tanu_error *err, const char *why)
{
	return tanu_fail(err, TANU_ERR_LEASE, NULL, "%s", why);
}

static void put_id(struct buf *out, const tanu_id *id)
{
	buf_put(out, id->b, sizeof(id->b));
}

static void get_id(struct rd *r, tanu_id *out)
{
	rd_copy(r, out->b, sizeof(out->b));
}

/* ---- references ---- */

static void entry_put(struct buf *out, const struct lease_entry *e)
{
	put_id(out, &e->subject);
	buf_u8(out, (uint8_t)e->form);
	if (e->form == LEASE_GONE)
		return;
	buf_u16le(out, e->generation);
	put_id(out, &e->consent);
	buf_u64le(out, e->sequence);
	buf_u64le(out, (uint64_t)e->given_ms);
	buf_u64le(out, (uint64_t)e->not_after_ms);
	buf_u16le(out, e->material_len);
	buf_put(out, e->material, e->material_len);
}

void gallery_put(struct buf *out, const struct lease_entry *entries, size_t entries_len)
{
	buf_u32le(out, (uint32_t)entries_len);
	for (size_t i = 0; i < entries_len; i++)
		entry_put(out, &entries[i]);
}

uint32_t count_get(struct rd *r, uint32_t max)
{
	uint32_t count = rd_u32le(r);

	if (count > max)
		rd_fail(r);
	return rd_ok(r) ? count : 0;
}

/* A reference has no generation, a pass has one; each has material of one length. */
static bool entry_possible(const struct lease_entry *e, bool sealed)
{
	size_t plain = e->form == LEASE_REFERENCE ? TANU_REFERENCE_LEN : SECRET_LEN;

	if (e->form != LEASE_REFERENCE && e->form != LEASE_PASS)
		return false;
	return (e->generation == 0) == (e->form == LEASE_REFERENCE) && e->given_ms > 0 &&
	       e->not_after_ms > e->given_ms && !id_is_zero(&e->consent) &&
	       e->material_len == plain + (sealed ? SEAL_OVERHEAD : 0);
}

void entry_get(struct rd *r, struct lease_entry *out, bool sealed)
{
	*out = (struct lease_entry){0};
	get_id(r, &out->subject);
	out->form = (enum lease_form)rd_u8(r);
	if (id_is_zero(&out->subject))
		rd_fail(r);
	if (out->form == LEASE_GONE && !sealed)
		return;
	out->generation = rd_u16le(r);
	get_id(r, &out->consent);
	out->sequence = rd_u64le(r);
	out->given_ms = rd_i64le(r);
	out->not_after_ms = rd_i64le(r);
	out->material_len = rd_u16le(r);
	if (!rd_ok(r) || !entry_possible(out, sealed))
		rd_fail(r);
	else
		rd_copy(r, out->material, out->material_len);
}

/* ---- the zone ---- */

static void text_put(struct buf *out, const char *text)
{
	buf_u16le(out, (uint16_t)strlen(text));
	buf_str(out, text);
}

/* Printable, and shorter than its place. */
static void text_get(struct rd *r, char *out, size_t out_len)
{
	size_t len = rd_u16le(r);

	if (len >= out_len)
		rd_fail(r);
	if (rd_ok(r))
		rd_copy(r, out, len);
	if (!rd_ok(r))
		return;
	out[len] = '\0';
	for (size_t i = 0; i < len; i++)
		if ((unsigned char)out[i] < 0x20 || out[i] == 0x7f)
			rd_fail(r);
}

void zone_put(struct buf *out, const struct lease_zone *zone)
{
	buf_u8(out, zone != NULL);
	if (!zone)
		return;
	text_put(out, zone->name);
	buf_u8(out, (uint8_t)zone->windows_len);
	for (size_t i = 0; i < zone->windows_len; i++)
		text_put(out, zone->window[i]);
	buf_u8(out, (uint8_t)zone->holidays_len);
	for (size_t i = 0; i < zone->holidays_len; i++)
		buf_u32le(out, (uint32_t)date_to_days(zone->holiday[i]));
	buf_u8(out, zone->passback);
	buf_u8(out, zone->no_clock);
	buf_u8(out, zone->guard_release);
	buf_put(out, zone->model, sizeof(zone->model));
	buf_f32le(out, zone->threshold.score);
	buf_f32le(out, zone->fused_score);
	buf_u32le(out, (uint32_t)(zone->threshold.fmr * 1e9 + 0.5));
	buf_u8(out, zone->threshold.extrapolated);
}

static bool flag_get(struct rd *r)
{
	uint8_t v = rd_u8(r);

	if (v > 1)
		rd_fail(r);
	return v == 1;
}

#define DAYS_MAX 65535 /* to the year 2149 */

static void zone_lists(struct rd *r, struct lease_zone *z)
{
	z->windows_len = rd_u8(r);
	if (z->windows_len > LEASE_WINDOWS_MAX)
		rd_fail(r);
	for (size_t i = 0; rd_ok(r) && i < z->windows_len; i++)
		text_get(r, z->window[i], sizeof(z->window[i]));
	z->holidays_len = rd_u8(r);
	if (z->holidays_len > LEASE_HOLIDAYS_MAX)
		rd_fail(r);
	for (size_t i = 0; rd_ok(r) && i < z->holidays_len; i++) {
		uint32_t days = rd_u32le(r);

		if (days > DAYS_MAX)
			rd_fail(r);
		z->holiday[i] = date_from_days(days > DAYS_MAX ? 0 : days);
	}
}

void zone_get(struct rd *r, struct lease_zone *out, bool *present)
{
	struct lease_zone z = {0};

	*present = flag_get(r);
	if (!*present)
		return;
	text_get(r, z.name, sizeof(z.name));
	zone_lists(r, &z);
	z.passback = rd_u8(r);
	z.no_clock = rd_u8(r);
	z.guard_release = flag_get(r);
	rd_copy(r, z.model, sizeof(z.model));
	z.threshold.score = rd_f32le(r);
	z.fused_score = rd_f32le(r);
	z.threshold.fmr = (double)rd_u32le(r) / 1e9;
	z.threshold.extrapolated = flag_get(r);
	/* a cosine, as a share of at most all */
	if (!(z.threshold.score > 0 && z.threshold.score <= 1) ||
	    !(z.fused_score >= z.threshold.score && z.fused_score <= 1) ||
	    !(z.threshold.fmr > 0 && z.threshold.fmr <= 1))
		rd_fail(r);
	if (rd_ok(r))
		*out = z;
}

/* ---- people and cards ---- */

enum person_bits {
	PERSON_GONE = 1,
	PERSON_ALLOWED = 2,
	PERSON_WAIVER = 4,
	PERSON_SECOND_FACTOR = 8,
	PERSON_PIN = 16,
	PERSON_BITS = 31,
};

static void person_put(struct buf *out, const struct lease_person *p)
{
	put_id(out, &p->subject);
	buf_u8(out, (uint8_t)((p->gone ? PERSON_GONE : 0) | (p->allowed ? PERSON_ALLOWED : 0) |
			      (p->waiver ? PERSON_WAIVER : 0) |
			      (p->second_factor ? PERSON_SECOND_FACTOR : 0) |
			      (p->has_pin ? PERSON_PIN : 0)));
	if (!p->has_pin)
		return;
	buf_put(out, p->salt, sizeof(p->salt));
	buf_put(out, p->pin, sizeof(p->pin));
}

void person_get(struct rd *r, struct lease_person *out)
{
	uint8_t bits;

	*out = (struct lease_person){0};
	get_id(r, &out->subject);
	bits = rd_u8(r);
	if (bits & ~PERSON_BITS || id_is_zero(&out->subject) ||
	    ((bits & PERSON_GONE) && bits != PERSON_GONE))
		rd_fail(r);
	out->gone = bits & PERSON_GONE;
	out->allowed = bits & PERSON_ALLOWED;
	out->waiver = bits & PERSON_WAIVER;
	out->second_factor = bits & PERSON_SECOND_FACTOR;
	out->has_pin = bits & PERSON_PIN;
	if (!out->has_pin)
		return;
	rd_copy(r, out->salt, sizeof(out->salt));
	rd_copy(r, out->pin, sizeof(out->pin));
}

static void card_put(struct buf *out, const struct lease_card *c)
{
	buf_put(out, c->digest, sizeof(c->digest));
	buf_u8(out, (uint8_t)c->state);
	if (c->state == LEASE_CARD_GONE)
		return;
	put_id(out, &c->subject);
	buf_u64le(out, (uint64_t)c->from_ms);
	buf_u64le(out, (uint64_t)c->until_ms);
}

void card_get(struct rd *r, struct lease_card *out)
{
	*out = (struct lease_card){0};
	rd_copy(r, out->digest, sizeof(out->digest));
	out->state = (enum lease_card_state)rd_u8(r);
	if (out->state > LEASE_CARD_BLOCKED)
		rd_fail(r);
	if (out->state == LEASE_CARD_GONE)
		return;
	get_id(r, &out->subject);
	out->from_ms = rd_i64le(r);
	out->until_ms = rd_i64le(r);
	if (id_is_zero(&out->subject) || out->from_ms < 0 || out->until_ms < out->from_ms)
		rd_fail(r);
}

void cards_put(struct buf *out, const struct lease_person *people, size_t people_len,
	       const struct lease_card *cards, size_t cards_len)
{
	buf_u32le(out, (uint32_t)people_len);
	for (size_t i = 0; i < people_len; i++)
		person_put(out, &people[i]);
	buf_u32le(out, (uint32_t)cards_len);
	for (size_t i = 0; i < cards_len; i++)
		card_put(out, &cards[i]);
}

/* ---- a card as a keyed digest ---- */

void lease_card_digest(uint8_t out[DIGEST_LEN], const struct secret *cards_key,
		       enum lease_card_sort sort, const uint8_t *bytes, size_t bits)
{
	static const char label[] = "tanu card 1";
	const uint8_t head[3] = {(uint8_t)sort, (uint8_t)bits, (uint8_t)(bits >> 8)};
	const struct bytes parts[] = {
	    {label, sizeof(label) - 1}, {head, sizeof(head)}, {bytes, (bits + 7) / 8}};

	mac_parts(out, cards_key, parts, ARRAY_LEN(parts));
}
