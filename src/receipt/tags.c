/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The tags of her next leaves, so that each entry is looked up once. A gap of up to TAGS_AHEAD
 * missing leaves is seen; behind a longer one the chain seems to end.
 */
#include "receipt/history.h"

#include <stdlib.h>
#include <string.h>

/* Tags are as good as random: eight bytes of them spread the rows. */
static size_t place_of(const struct tags *tags, const uint8_t *tag)
{
	uint64_t v;

	memcpy(&v, tag, sizeof(v));
	return (size_t)(v & (tags->rows_len - 1));
}

static struct tag_row *row_for(const struct tags *tags, const uint8_t *tag)
{
	size_t i = place_of(tags, tag);

	while (tags->rows[i].used && memcmp(tags->rows[i].tag, tag, TANU_LEAF_PART) != 0)
		i = (i + 1) & (tags->rows_len - 1);
	return &tags->rows[i];
}

static tanu_status make_room(struct tags *tags, size_t more, tanu_error *err)
{
	struct tags larger = {.rows_len = tags->rows_len}; /* the rows alone */

	while (2 * (tags->used + more) > larger.rows_len)
		larger.rows_len = larger.rows_len ? 2 * larger.rows_len : 4096;
	if (larger.rows_len == tags->rows_len)
		return TANU_OK;
	larger.rows = calloc(larger.rows_len, sizeof(*larger.rows));
	if (!larger.rows)
		return tanu_fail(err, TANU_ERR_NO_MEMORY, NULL, "not enough memory");
	for (size_t i = 0; i < tags->rows_len; i++)
		if (tags->rows[i].used)
			*row_for(&larger, tags->rows[i].tag) = tags->rows[i];
	free(tags->rows);
	tags->rows = larger.rows;
	tags->rows_len = larger.rows_len;
	return TANU_OK;
}

static tanu_status look_for(struct tags *tags, uint32_t key, uint64_t end, tanu_error *err)
{
	uint8_t tag[TANU_LEAF_PART];
	tanu_status st;

	if (end <= tags->end[key])
		return TANU_OK;
	if ((st = make_room(tags, (size_t)(end - tags->end[key]), err)) < 0)
		return st;
	for (uint64_t n = tags->end[key]; n < end; n++) {
		struct tag_row *row;

		tanu_leaf_tag(tag, tags->keys[key].key, n);
		row = row_for(tags, tag);
		if (row->used) /* the same key twice in a receipt */
			continue;
		*row = (struct tag_row){.key = key, .n = n, .used = true};
		memcpy(row->tag, tag, sizeof(tag));
		tags->used++;
	}
	tags->end[key] = end;
	return TANU_OK;
}

tanu_status tags_open(struct tags *tags, const tanu_receipt_key *keys, size_t keys_len,
		      tanu_error *err)
{
	tanu_status st = TANU_OK;

	*tags = (struct tags){.keys = keys, .keys_len = keys_len};
	for (uint32_t key = 0; st == TANU_OK && key < keys_len; key++)
		st = look_for(tags, key, TAGS_AHEAD, err);
	return st;
}

void tags_close(struct tags *tags)
{
	free(tags->rows);
	*tags = (struct tags){0};
}

const struct tag_row *tags_find(const struct tags *tags, const uint8_t tag[TANU_LEAF_PART])
{
	const struct tag_row *row = tags->rows_len ? row_for(tags, tag) : NULL;

	return row && row->used ? row : NULL;
}

tanu_status tags_advance(struct tags *tags, uint32_t key, uint64_t n, tanu_error *err)
{
	return look_for(tags, key, n + 1 + TAGS_AHEAD, err);
}
