/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What happened to a person, as the next leaf of her chain; what the site says in public. Both wait
 * in the database, in the transaction of the act, until a batch is published.
 */
#include "service/internal.h"

#include <string.h>

/* ---- a person's leaves ---- */

static tanu_status leaf_make(struct service *s, tanu_leaf *out, uint8_t slot[TANU_OPENING_LEN],
			     const struct log_chain *chain, const tanu_id *subject,
			     const struct buf *event, tanu_error *err)
{
	uint8_t random[TANU_LEAF_PART], nonce[SEAL_NONCE_LEN];
	struct secret key;
	tanu_status st;

	if (event->len > TANU_EVENT_MAX)
		return tanu_fail(err, TANU_ERR_USAGE, "event",
				 "what is said about an event is longer than %d bytes: shorten "
				 "the names in it",
				 TANU_EVENT_MAX);
	if ((st = vault_log_key(s->vault, &key, subject, chain->generation, err)) < 0)
		return st;
	random_fill(&s->random, random, sizeof(random));
	random_fill(&s->random, nonce, sizeof(nonce));
	st = tanu_leaf_make(out, key.b, chain->n, chain->n ? &chain->last : NULL, event->data,
			    event->len, random, err);
	if (st == TANU_OK)
		st = tanu_opening_make(slot, key.b, chain->n, event->data, event->len, nonce, err);
	secret_wipe(&key);
	return st;
}

static tanu_status leaf_put(struct service *s, const tanu_leaf *leaf,
			    const uint8_t slot[TANU_OPENING_LEN], const tanu_id *hold,
			    int64_t now_ms, tanu_error *err)
{
	struct log_entry_row row = {.personal = true, .at_ms = now_ms};
	tanu_status st;

	id_new(s, &row.id);
	if (hold)
		row.hold = *hold;
	buf_put(&row.entry, leaf, TANU_LEAF_LEN);
	buf_put(&row.opening, slot, TANU_OPENING_LEN);
	if ((st = buf_check(&row.entry, err)) == TANU_OK &&
	    (st = buf_check(&row.opening, err)) == TANU_OK)
		st = DB(s, log_put, &row, err);
	buf_free(&row.entry);
	buf_free(&row.opening);
	return st;
}

tanu_status journal_put(struct service *s, const tanu_id *subject, int64_t now_ms,
			const struct buf *event, bool hold, tanu_error *err)
{
	uint8_t slot[TANU_OPENING_LEN];
	struct profile profile = {0};
	struct log_chain *chain = &profile.head.log;
	tanu_leaf leaf;
	tanu_status st;

	if ((st = profile_get(s, &profile, subject, err)) < 0)
		return st;
	if ((st = leaf_make(s, &leaf, slot, chain, subject, event, err)) < 0 ||
	    (st = leaf_put(s, &leaf, slot, hold ? subject : NULL, now_ms, err)) < 0)
		goto out;
	chain->last = leaf;
	chain->n++;
	if (!hold)
		profile.head.events++;
	st = profile_set(s, subject, &profile, err);
out:
	mem_wipe(&profile, sizeof(profile));
	return st;
}

tanu_status journal_release(struct service *s, const tanu_id *subject, tanu_error *err)
{
	return DB(s, log_release, subject, err);
}

/* ---- another key ---- */

static tanu_status next_generation(struct service *s, uint16_t *out, const tanu_id *subject,
				   tanu_error *err)
{
	struct ledger_head head = {0};
	tanu_status st = head_get(s, &head, subject, err);

	if (st < 0)
		return st;
	if (head.log.generation + 1 >= LOG_KEYS_MAX)
		return tanu_fail(err, TANU_ERR_HELD, NULL,
				 "this person's log key was renewed %d times: no more are kept",
				 LOG_KEYS_MAX - 1);
	*out = (uint16_t)(head.log.generation + 1);
	return TANU_OK;
}

tanu_status journal_renew_ready(struct service *s, const tanu_id *subject, tanu_error *err)
{
	struct key_list keys = {0};
	uint16_t generation = 0;
	tanu_status st;

	if ((st = next_generation(s, &generation, subject, err)) == TANU_OK &&
	    (st = key_list_add(&keys, subject, KEY_LOG, generation, err)) == TANU_OK)
		st = keys_add(s, &keys, err);
	key_list_free(&keys);
	return st;
}

/* The new chain begins: nothing of hers stands under the new key yet. */
static tanu_status chain_turn(struct service *s, const tanu_id *subject, tanu_error *err)
{
	struct profile profile = {0};
	struct log_chain *chain = &profile.head.log;
	tanu_status st = profile_get(s, &profile, subject, err);

	if (st == TANU_OK) {
		chain->ended[chain->generation++] = chain->n;
		chain->n = 0;
		st = profile_set(s, subject, &profile, err);
	}
	mem_wipe(&profile, sizeof(profile));
	return st;
}

tanu_status journal_renew(struct service *s, const tanu_id *subject, uint64_t sequence,
			  int64_t now_ms, tanu_error *err)
{
	struct event_record event = {.type = TANU_EVENT_LOG_KEY_RENEWED, .by = "site"};
	struct secret key = {{0}};
	uint16_t generation = 0;
	tanu_status st;

	if ((st = next_generation(s, &generation, subject, err)) < 0 ||
	    (st = vault_log_key(s->vault, &key, subject, generation, err)) < 0)
		return st;
	sha256(event.document, key.b, sizeof(key.b));
	secret_wipe(&key);
	if ((st = history_put(s, subject, sequence, now_ms, &event, err)) < 0)
		return st;
	return chain_turn(s, subject, err);
}

/* ---- public statements ---- */

tanu_status journal_state(struct service *s, const struct statement *statement, tanu_error *err)
{
	struct log_entry_row row = {.at_ms = statement->at_ms};
	tanu_status st = statement_sign(&row.entry, &s->journal.signer, statement, err);

	if (st == TANU_OK) {
		id_new(s, &row.id);
		st = DB(s, log_put, &row, err);
	}
	buf_free(&row.entry);
	return st;
}
