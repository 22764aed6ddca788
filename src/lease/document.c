/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A document: head | box of the gallery | box of the cards | signature. Each box is to the gate's
 * key, and holds the part sealed under a key of the lease; the head is bound into both seals.
 */
#include "lease/inside.h"

#include <stdlib.h>
#include <string.h>

#define VERSION	      1
#define PART_OVERHEAD (BOX_OVERHEAD + SEAL_OVERHEAD)

static const uint8_t magic[3] = {'T', 'G', 'L'};

static uint8_t *put(uint8_t *at, const void *bytes, size_t len)
{
	memcpy(at, bytes, len);
	return at + len;
}

static uint8_t *put_le(uint8_t *at, uint64_t v, size_t len)
{
	for (size_t i = 0; i < len; i++)
		at[i] = (uint8_t)(v >> (8 * i));
	return at + len;
}

void lease_head_put(uint8_t out[HEAD_LEN], const struct lease_head *head, uint8_t tag)
{
	out = put(out, magic, sizeof(magic));
	*out++ = VERSION;
	*out++ = tag;
	*out++ = (uint8_t)head->kind;
	out = put(out, head->site.b, TANU_ID_LEN);
	out = put(out, head->gate.b, TANU_ID_LEN);
	out = put(out, head->series.b, TANU_ID_LEN);
	out = put_le(out, head->number, 4);
	out = put_le(out, (uint64_t)head->issued_ms, 8);
	put_le(out, (uint64_t)head->not_after_ms, 8);
}

bool lease_head_get(struct rd *r, struct lease_head *out, uint8_t tag)
{
	const uint8_t *begin = rd_bytes(r, sizeof(magic));
	uint8_t version = rd_u8(r), got = rd_u8(r);

	out->kind = (enum lease_kind)rd_u8(r);
	rd_copy(r, out->site.b, TANU_ID_LEN);
	rd_copy(r, out->gate.b, TANU_ID_LEN);
	rd_copy(r, out->series.b, TANU_ID_LEN);
	out->number = rd_u32le(r);
	out->issued_ms = rd_i64le(r);
	out->not_after_ms = rd_i64le(r);
	if (!begin || memcmp(begin, magic, sizeof(magic)) != 0 || version != VERSION || got != tag)
		rd_fail(r);
	if ((out->kind != LEASE_FULL && out->kind != LEASE_DELTA) || out->issued_ms <= 0 ||
	    out->not_after_ms <= out->issued_ms || (out->kind == LEASE_FULL) != (out->number == 0))
		rd_fail(r);
	return rd_ok(r);
}

/* ---- writing ---- */

/* One part: sealed under the lease's key, then boxed. */
static tanu_status part_put(struct buf *out, const struct buf *plain, const uint8_t *ad,
			    const struct secret *key, const uint8_t to[BOX_KEY_LEN],
			    const struct random_source *random, tanu_error *err)
{
	size_t inner_len = plain->len + SEAL_OVERHEAD, len = inner_len + BOX_OVERHEAD;
	uint8_t *inner = malloc(inner_len), *box = malloc(len);
	tanu_status st;

	if (!inner || !box)
		st = tanu_fail(err, TANU_ERR_NO_MEMORY, NULL, "not enough memory for a lease");
	else if ((st = seal(inner, inner_len, key, plain->data, plain->len, ad, HEAD_LEN, random,
			    err)) == TANU_OK)
		st = box_seal(box, len, to, inner, inner_len, ad, HEAD_LEN, random, err);
	if (st == TANU_OK) {
		buf_u32le(out, (uint32_t)len);
		buf_put(out, box, len);
	}
	free(inner);
	free(box);
	return st;
}

static tanu_status limits_check(const struct lease_content *c, tanu_error *err)
{
	if (c->entries_len > LEASE_ENTRIES_MAX || c->people_len > LEASE_PEOPLE_MAX ||
	    c->cards_len > LEASE_CARDS_MAX)
		return tanu_fail(err, TANU_ERR_FILE_TOO_LARGE, "lease",
				 "a gate takes at most %d people: divide them among zones",
				 LEASE_PEOPLE_MAX);
	if (c->zone && (c->zone->windows_len > LEASE_WINDOWS_MAX ||
			c->zone->holidays_len > LEASE_HOLIDAYS_MAX))
		return tanu_fail(err, TANU_ERR_FILE_TOO_LARGE, "lease",
				 "a zone has at most %d windows and %d holidays", LEASE_WINDOWS_MAX,
				 LEASE_HOLIDAYS_MAX);
	return TANU_OK;
}

tanu_status lease_write(struct buf *out, const struct lease_content *content,
			const struct lease_keys *keys, const struct secret *sign_seed,
			const uint8_t to[BOX_KEY_LEN], const struct random_source *random,
			tanu_error *err)
{
	struct buf gallery = {0}, cards = {0}, doc = {.max = LEASE_BYTES_MAX};
	uint8_t head[HEAD_LEN], signature[SIGNATURE_LEN];
	tanu_status st = limits_check(content, err);

	if (st < 0)
		return st;
	lease_head_put(head, &content->head, 'D');
	gallery_put(&gallery, content->entries, content->entries_len);
	zone_put(&cards, content->zone);
	cards_put(&cards, content->people, content->people_len, content->cards, content->cards_len);
	buf_put(&doc, head, sizeof(head));
	if ((st = buf_check(&gallery, err)) == TANU_OK &&
	    (st = buf_check(&cards, err)) == TANU_OK &&
	    (st = part_put(&doc, &gallery, head, &keys->gallery, to, random, err)) == TANU_OK &&
	    (st = part_put(&doc, &cards, head, &keys->cards, to, random, err)) == TANU_OK &&
	    (st = buf_check(&doc, err)) == TANU_OK) {
		sign(signature, sign_seed, doc.data, doc.len);
		buf_put(out, doc.data, doc.len);
		buf_put(out, signature, sizeof(signature));
		st = buf_check(out, err);
	}
	buf_wipe(&gallery);
	buf_wipe(&cards);
	buf_free(&doc);
	return st;
}

/* ---- reading ---- */

struct frame {
	struct lease_head head;
	const uint8_t *bytes; /* of the head: what is bound in */
	const uint8_t *gallery, *cards;
	size_t gallery_len, cards_len;
};

static const uint8_t *box_get(struct rd *r, size_t *len)
{
	*len = rd_u32le(r);
	if (*len < PART_OVERHEAD)
		rd_fail(r);
	return rd_ok(r) ? rd_bytes(r, *len) : NULL;
}

static tanu_status frame_get(struct frame *out, const uint8_t *bytes, size_t bytes_len,
			     const struct lease_pair *pair, tanu_error *err)
{
	size_t signed_len = bytes_len > SIGNATURE_LEN ? bytes_len - SIGNATURE_LEN : 0;
	struct rd r;

	if (bytes_len > LEASE_BYTES_MAX)
		return tanu_fail(err, TANU_ERR_FILE_TOO_LARGE, "lease",
				 "larger than any lease, %zu bytes", LEASE_BYTES_MAX);
	if (signed_len == 0)
		return fail_bytes(err, "this is no lease, or not all of one");
	if (!sign_verify(bytes + signed_len, pair->site_sign, bytes, signed_len))
		return tanu_fail(err, TANU_ERR_SIGNATURE, "lease",
				 "the lease is not signed by the site that this gate is paired "
				 "with, or was changed");
	out->bytes = bytes;
	rd_init(&r, bytes, signed_len);
	lease_head_get(&r, &out->head, 'D');
	out->gallery = box_get(&r, &out->gallery_len);
	out->cards = box_get(&r, &out->cards_len);
	if (!rd_end(&r))
		return fail_bytes(err, "this lease does not follow its form");
	if (!id_equal(&out->head.site, &pair->site) || !id_equal(&out->head.gate, &pair->gate))
		return fail_lease(err, "this lease is for another gate");
	return TANU_OK;
}

static tanu_status part_get(struct buf *out, const uint8_t *box, size_t box_len, const uint8_t *ad,
			    const struct secret *gate_box, const struct secret *key,
			    tanu_error *err)
{
	size_t inner_len = box_len - BOX_OVERHEAD, len = box_len - PART_OVERHEAD;
	uint8_t *inner = malloc(inner_len), *plain = malloc(len ? len : 1);
	tanu_status st;

	if (!inner || !plain)
		st = tanu_fail(err, TANU_ERR_NO_MEMORY, NULL, "not enough memory for a lease");
	else if ((st = box_open(inner, inner_len, gate_box, box, box_len, ad, HEAD_LEN, err)) ==
		 TANU_OK)
		st = seal_open(plain, len, key, inner, inner_len, ad, HEAD_LEN, err);
	free(inner);
	if (st < 0) {
		free(plain);
		return st;
	}
	*out = (struct buf){.data = plain, .len = len, .cap = len ? len : 1};
	return TANU_OK;
}

tanu_status parts_open(struct parts *out, const uint8_t *bytes, size_t bytes_len,
		       const struct lease_pair *pair, const struct secret *gate_box,
		       const struct lease_keys *keys, tanu_error *err)
{
	struct parts parts = {0};
	struct frame f = {0};
	tanu_status st = frame_get(&f, bytes, bytes_len, pair, err);

	if (st < 0)
		return st;
	parts.head = f.head;
	if ((st = part_get(&parts.gallery, f.gallery, f.gallery_len, f.bytes, gate_box,
			   &keys->gallery, err)) == TANU_OK)
		st = part_get(&parts.cards, f.cards, f.cards_len, f.bytes, gate_box, &keys->cards,
			      err);
	if (st == TANU_OK)
		*out = parts;
	else
		parts_wipe(&parts);
	return st;
}

void parts_wipe(struct parts *parts)
{
	buf_wipe(&parts->gallery);
	buf_wipe(&parts->cards);
}
