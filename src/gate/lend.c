/* SPDX-License-Identifier: Apache-2.0 */
/* Leases at the gate: taken in, kept, erased when their time is over. */
#include "gate/inside.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What the site wrote as text becomes rules; a zone that does not parse lets nobody in. */
void lend_zone(struct gate *g)
{
	struct lease_zone zone = {0};
	struct rules_zone rules = {0};

	g->has_zone = false;
	if (!lease_zone_get(g->lease, &zone))
		return;
	for (size_t i = 0; i < zone.windows_len; i++)
		if (rules_window_parse(&rules.windows[rules.windows_len++], zone.window[i], NULL) <
		    0)
			return;
	rules.holidays_len = zone.holidays_len;
	memcpy(rules.holidays, zone.holiday, sizeof(rules.holidays));
	rules.passback = (enum rules_passback)zone.passback;
	rules.no_clock = (enum rules_no_clock)zone.no_clock;
	rules.guard_release = zone.guard_release;
	if (rules_zone_check(&rules, NULL) < 0)
		return;
	g->zone = rules;
	g->has_zone = true;
	snprintf(g->zone_name, sizeof(g->zone_name), "%s", zone.name);
}

/*
 * The gate's signed word that what it held of this person is gone. It is dated no earlier than what
 * made the gate erase it, by the site's clock: verifiers take no word from before the request.
 */
static void confirm(struct gate *g, const tanu_id *subject, uint32_t number, int64_t since_ms)
{
	const int64_t now_ms = gate_now(g);
	struct gate_event e = {.kind = GATE_EVENT_ERASED,
			       .subject = *subject,
			       .number = number,
			       .at_ms = now_ms > since_ms ? now_ms : since_ms,
			       .time_trusted = gate_time_known(g),
			       .is_signed = true};
	struct buf text = {.max = 1024};

	gate_erased_text(&text, &g->identity.pair.site, &g->identity.pair.gate, subject, number,
			 e.at_ms);
	if (!text.failed) {
		sign(e.signature, &g->identity.sign, text.data, text.len);
		report(g, &e);
	}
	buf_free(&text);
}

/* All that was lent goes, and the gate's word on it for everybody: also for who has withdrawn while
 * nobody could tell the gate. */
static void drop_all(struct gate *g, uint32_t number, int64_t since_ms)
{
	tanu_id *people = NULL;
	size_t len = 0;

	if (lease_lent_people(g->lease, &people, &len, NULL) < 0)
		gate_log(g, "not enough memory to sign that the references are erased");
	keep_drop_gallery(g);
	for (size_t i = 0; i < len; i++)
		confirm(g, &people[i], number, since_ms);
	free(people);
}

/*
 * The disk first, then the word that it is done: when the new files can't be written, the old ones
 * are destroyed, so that nothing that was withdrawn stays.
 */
static void settle(struct gate *g, const struct lease_news *news)
{
	const struct lease_head *head = &news->head;
	tanu_error why = {0};

	if (keep_lease(g, &why) < 0) {
		char place[sizeof(why.place)];

		snprintf(place, sizeof(place), "%s", why.place);
		gate_log(g, "the lease can't be kept on the disk (%s): %s", place, why.message);
		if (news->gone_any)
			drop_all(g, head->number, head->issued_ms);
	}
	for (size_t i = 0; i < news->gone_len; i++)
		confirm(g, &news->gone[i], head->number, head->issued_ms);
}

tanu_status lend_take(struct gate *g, const void *doc, size_t doc_len,
		      const struct lease_keys *keys, tanu_error *err)
{
	struct lease_news news = {0};
	tanu_status st;

	if (!g->identity.paired)
		return tanu_fail(err, TANU_ERR_GATE, NULL,
				 "this gate is not paired yet: tanu-gate pair");
	st = lease_apply(g->lease, &news, doc, doc_len, &g->identity.pair, &g->identity.box, keys,
			 err);
	if (st < 0)
		return st;
	g->keys = *keys;
	g->has_keys = true;
	g->expired_told = false;
	lend_zone(g);
	settle(g, &news);
	if (news.head.kind == LEASE_FULL || news.gone_any) {
		gate_log(g, "lease %u taken: %zu references, %zu people, %zu cards",
			 news.head.number, lease_count(g->lease).entries,
			 lease_count(g->lease).people, lease_count(g->lease).cards);
		report_word(g, GATE_EVENT_LEASE, "lease-taken", news.head.number);
	}
	lease_news_free(&news);
	return TANU_OK;
}

enum rules_lease lend_state(struct gate *g)
{
	struct lease_head head = lease_head(g->lease);

	if (head.kind == LEASE_NONE)
		return RULES_LEASE_NONE;
	if (!gate_time_known(g) || gate_now(g) >= head.not_after_ms)
		return RULES_LEASE_EXPIRED;
	return RULES_LEASE_VALID;
}

void lend_watch(struct gate *g)
{
	struct lease_head head = lease_head(g->lease);

	if (head.kind == LEASE_NONE || g->expired_told || !gate_time_known(g) ||
	    gate_now(g) < head.not_after_ms)
		return;
	g->expired_told = true;
	drop_all(g, head.number, head.not_after_ms);
	gate_log(g, "the lease has run out: its references are erased, cards and PINs go on");
	report_word(g, GATE_EVENT_LEASE, "lease-expired", head.number);
}

tanu_status gate_lease_take(struct gate *gate, const void *doc, size_t doc_len,
			    const struct lease_keys *keys, tanu_error *err)
{
	return lend_take(gate, doc, doc_len, keys, err);
}
