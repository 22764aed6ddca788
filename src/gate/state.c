/* SPDX-License-Identifier: Apache-2.0 */
/* What the gate shows of itself: to its own socket, and to `check`. No person stands in it. */
#include "gate/inside.h"

#include "codec/codec.h"

#include <poll.h>
#include <stdio.h>
#include <string.h>

static const char *const shows[READER_SHOWS] = {[READER_SHOW_READY] = "ready",
						[READER_SHOW_WAIT] = "wait",
						[READER_SHOW_ASK] = "ask",
						[READER_SHOW_GO] = "go",
						[READER_SHOW_ASSIST] = "assist"};

static void lease_state(struct gate *g, struct gate_state *out)
{
	struct lease_head head = lease_head(g->lease);

	out->lease_until_ms = head.not_after_ms;
	out->lease_issued_ms = head.issued_ms;
	out->lease_valid = lend_state(g) == RULES_LEASE_VALID;
	out->lent = lease_count(g->lease);
	snprintf(out->zone, sizeof(out->zone), "%s", g->zone_name);
}

static void lanes_state(struct gate *g, struct gate_state *out)
{
	for (int lane = 0; lane < 2; lane++) {
		out->waited_p50[lane] = waits_percentile(&g->waits, lane, 50);
		out->waited_p99[lane] = waits_percentile(&g->waits, lane, 99);
		out->lane_grants[lane] = g->waits.grants[lane];
		out->lane_refusals[lane] = g->waits.refusals[lane];
	}
	out->grants = g->grants;
	out->refusals = g->refusals;
	out->embeddings = g->embeddings;
	out->permits = g->permits;
}

void gate_state(struct gate *gate, struct gate_state *out, int64_t now_ms)
{
	struct spool_state spool = spool_state(gate->spool);
	struct eye_counts counts = {0};

	*out = (struct gate_state){.visit = visit_state_word(gate->visit.state),
				   .shown = shows[gate->shown],
				   .told = gate->told ? gate->told : "",
				   .text = words_of(settings_text(gate->settings, "gate.language"),
						    gate->told ? gate->told : ""),
				   .door = doorway_state_word(gate->doorway.state),
				   .last_reason = rules_reason_word(gate->last_reason),
				   .released = gate->released,
				   .time_trusted = gate_time_known(gate),
				   .time_ms = gate_now(gate),
				   .events_waiting = spool.waiting,
				   .events_max = spool.max,
				   .events_alarm = spool.alarm,
				   .events_stopped = gate->stopped,
				   .has_link = gate->link != NULL,
				   .link_up = gate->link_up,
				   .camera_on = gate->camera_on,
				   .camera_trouble = camera_trouble_word(gate->trouble),
				   .readers = gate->options.readers_len,
				   .commands = gate->view.commands,
				   .ticket = gate->ticket.base64,
				   .bell = gate->bell,
				   .bell_ms = gate->bell ? now_ms - gate->bell_since_ms : 0};
	snprintf(out->name, sizeof(out->name), "%s", gate->identity.name);
	for (size_t i = 0; i < gate->options.readers_len; i++)
		out->readers_on += gate->reader_on[i];
	if (gate->eye)
		counts = eye_count(gate->eye);
	out->frames = counts.frames;
	out->models_ns = counts.models_ns;
	out->frames_per_s = counts.frames_per_s;
	for (int i = 0; i < SECOND_KINDS; i++) {
		out->second[i].there = gate->second_there[i];
		out->second[i].on = gate->second_on[i];
		out->second[i].seen = counts.second[i];
	}
	lease_state(gate, out);
	lanes_state(gate, out);
}

static void lane_json(struct json_w *w, const char *key, const struct gate_state *s, int lane)
{
	jw_object(w, key);
	jw_int(w, "grants", (int64_t)s->lane_grants[lane]);
	jw_int(w, "refusals", (int64_t)s->lane_refusals[lane]);
	jw_int(w, "waited_p50_ms", s->waited_p50[lane]);
	jw_int(w, "waited_p99_ms", s->waited_p99[lane]);
	jw_end_object(w);
}

static void devices_json(struct json_w *w, const struct gate_state *s)
{
	jw_bool(w, "camera", s->camera_on);
	jw_text(w, "camera_trouble", s->camera_trouble);
	for (int i = 0; i < SECOND_KINDS; i++)
		if (s->second[i].there)
			jw_bool(w, second_kind_word((enum second_kind)i), s->second[i].on);
	jw_real(w, "frames_per_s", (double)(int64_t)(s->frames_per_s * 10 + 0.5) / 10);
	jw_int(w, "readers", (int64_t)s->readers);
	jw_int(w, "readers_on", (int64_t)s->readers_on);
	jw_bool(w, "link", s->link_up);
	jw_bool(w, "time_known", s->time_trusted);
}

static void lease_json(struct json_w *w, const struct gate_state *s)
{
	jw_bool(w, "lease", s->lease_valid);
	jw_int(w, "lease_until_ms", s->lease_until_ms);
	jw_int(w, "references", (int64_t)s->lent.entries);
	jw_int(w, "people", (int64_t)s->lent.people);
	jw_int(w, "cards", (int64_t)s->lent.cards);
	jw_int(w, "events_waiting", (int64_t)s->events_waiting);
	jw_bool(w, "events_alarm", s->events_alarm);
	jw_bool(w, "events_stopped", s->events_stopped);
}

void gate_state_json(struct gate *gate, struct buf *out, int64_t now_ms)
{
	struct gate_state s;
	struct json_w w;

	gate_state(gate, &s, now_ms);
	jw_init(&w, out);
	jw_object(&w, NULL);
	jw_text(&w, "gate", s.name);
	jw_text(&w, "zone", s.zone);
	jw_int(&w, "time_ms", s.time_ms);
	jw_int(&w, "commands", (int64_t)s.commands);
	jw_text(&w, "visit", s.visit);
	jw_text(&w, "shown", s.shown);
	jw_text(&w, "told", s.told);
	jw_text(&w, "text", s.text);
	jw_text(&w, "door", s.door);
	jw_bool(&w, "released", s.released);
	jw_text(&w, "last_reason", s.last_reason);
	jw_text(&w, "ticket", s.ticket);
	jw_bool(&w, "bell", s.bell);
	jw_int(&w, "bell_ms", s.bell_ms);
	devices_json(&w, &s);
	lease_json(&w, &s);
	jw_int(&w, "grants", (int64_t)s.grants);
	jw_int(&w, "refusals", (int64_t)s.refusals);
	jw_int(&w, "embeddings", (int64_t)s.embeddings);
	jw_int(&w, "permits", (int64_t)s.permits);
	lane_json(&w, "lane_face", &s, 0);
	lane_json(&w, "lane_other", &s, 1);
	jw_end_object(&w);
	buf_str(out, "\n");
}

/* ---- waiting ---- */

static void wait_on(struct pollfd *fds, size_t *len, int fd)
{
	if (fd >= 0)
		fds[(*len)++] = (struct pollfd){.fd = fd, .events = POLLIN};
}

static int64_t earlier(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

void gate_wait(struct gate *gate, int64_t now_ms, int64_t at_most_ms)
{
	struct pollfd fds[GATE_READERS_MAX + VIEWERS_MAX + 4];
	int64_t wake_ms = earlier(now_ms + at_most_ms, gate->door_wake_ms);
	size_t len = 0;

	wake_ms = earlier(wake_ms, door_wake_ms(&gate->options.door));
	wake_ms = earlier(wake_ms, gate->visit.until_ms);
	wait_on(fds, &len, door_fd(&gate->options.door));
	for (size_t i = 0; i < gate->options.readers_len; i++) {
		wait_on(fds, &len, reader_fd(&gate->options.readers[i].reader));
		wake_ms = earlier(wake_ms, reader_wake_ms(&gate->options.readers[i].reader));
	}
	if (gate->eye)
		wait_on(fds, &len, eye_fd(gate->eye));
	if (gate->link)
		wait_on(fds, &len, link_fd(gate->link));
	wait_on(fds, &len, gate->view.listening);
	for (size_t i = 0; i < VIEWERS_MAX; i++)
		wait_on(fds, &len, gate->view.client[i]);
	if (wake_ms > now_ms)
		poll(fds, len, (int)(wake_ms - now_ms));
}
