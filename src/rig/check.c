/* SPDX-License-Identifier: Apache-2.0 */
#include "rig/check.h"

#include "codec/codec.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#define RATE_LEAST  5	     /* pictures a second */
#define ROUND_MAX   50000000 /* ns */
#define VIEW_OFF    0.08F    /* of a width: farther off, a view is told anew */
#define SCALE_OFF   0.15F
#define RELIEF_GOOD 14.0F /* mm, from which on it speaks for a face (liveness.h) */

static void row(struct rig_table *out, const char *what, bool good, const char *fmt, ...)
    TANU_PRINTF(4, 5);

static void row(struct rig_table *out, const char *what, bool good, const char *fmt, ...)
{
	struct rig_row *r = &out->rows[out->len];
	va_list ap;

	if (out->len == RIG_ROWS_MAX)
		return;
	out->len++;
	snprintf(r->what, sizeof(r->what), "%s", what);
	r->good = good;
	va_start(ap, fmt);
	vsnprintf(r->text, sizeof(r->text), fmt, ap);
	va_end(ap);
}

static void camera_rows(struct rig_table *out, const struct gate_state *s,
			const struct settings *settings)
{
	bool clear = strcmp(s->camera_trouble, "none") == 0;

	if (!*settings_text(settings, "camera.source")) {
		row(out, "picture", true, "no camera is set: the lane without a face goes on");
		return;
	}
	if (!s->camera_on) {
		row(out, "picture", false, "no picture: look at cable, power and camera.source");
		return;
	}
	row(out, "picture", s->frames_per_s >= RATE_LEAST, "%.1f pictures a second%s",
	    s->frames_per_s, s->frames_per_s >= RATE_LEAST ? "" : ": 5 or more are needed");
	row(out, "light", clear, "%s",
	    clear ? "the picture is neither black, covered nor frozen" : s->camera_trouble);
}

static bool view_fits(const struct second_seen *seen, const struct settings *settings)
{
	struct second_view view;

	return second_view_parse(&view, settings_text(settings, "infrared.view")) &&
	       fabsf(seen->fits.scale / view.scale - 1) < SCALE_OFF &&
	       fabsf(seen->fits.right - view.right) < VIEW_OFF &&
	       fabsf(seen->fits.down - view.down) < VIEW_OFF;
}

static void infrared_row(struct rig_table *out, const struct second_seen *seen,
			 const struct settings *settings)
{
	if (seen->any && seen->fits_known && !view_fits(seen, settings))
		row(out, "infrared", false,
		    "the face stands elsewhere: infrared.view = %.0f %.0f %.0f",
		    (double)(100 * seen->fits.scale), (double)(100 * seen->fits.right),
		    (double)(100 * seen->fits.down));
	else if (seen->any && isnan(seen->value))
		row(out, "infrared", false,
		    "it is dark, or does not reach the face: look at its lamp and infrared.view");
	else if (seen->any && seen->value <= 0)
		row(out, "infrared", false,
		    "no face where the camera sees one: look at its lamp and direction");
	else if (seen->any)
		row(out, "infrared", true, "a face, %.1f times as bright as what is around it",
		    (double)seen->value);
	else
		row(out, "infrared", true, "it shows pictures; stand there while this runs");
}

static void depth_row(struct rig_table *out, const struct second_seen *seen)
{
	if (!seen->any)
		row(out, "depth", true, "it shows distances; stand there while this runs");
	else if (isnan(seen->value))
		row(out, "depth", false,
		    "no distances at the face: look at its direction and depth.view");
	else
		row(out, "depth", seen->value >= RELIEF_GOOD, "the nose stands out by %.0f mm%s",
		    (double)seen->value,
		    seen->value >= RELIEF_GOOD ? ""
					       : ": of a person 14 or more; look at depth.view");
}

static void second_rows(struct rig_table *out, const struct gate_state *s,
			const struct settings *settings)
{
	for (int i = 0; i < SECOND_KINDS; i++) {
		const char *kind = second_kind_word((enum second_kind)i);

		if (!s->second[i].there)
			continue;
		if (!s->second[i].on)
			row(out, kind, false,
			    "no picture, so nobody is let in by face: look at cable, lamp and "
			    "%s.source",
			    kind);
		else if (i == SECOND_INFRARED)
			infrared_row(out, &s->second[i].seen, settings);
		else
			depth_row(out, &s->second[i].seen);
	}
}

static void clock_rows(struct rig_table *out, const struct gate_state *s)
{
	char text[TIME_TEXT_LEN];

	time_text(text, s->time_ms);
	row(out, "clock", s->time_trusted, "%s%s", text,
	    s->time_trusted
		? ""
		: ": not known; connect the site, or set clock.battery where it has one");
	time_text(text, s->lease_until_ms);
	row(out, "lease", s->lease_valid,
	    s->lease_until_ms ? "until %s, %zu references, %zu cards" : "none%.0s", text,
	    s->lent.entries, s->lent.cards);
}

void rig_check(struct rig_table *out, const struct gate_state *s, const struct settings *settings)
{
	bool all = s->readers_on == s->readers;

	camera_rows(out, s, settings);
	second_rows(out, s, settings);
	row(out, "readers", s->readers > 0 && all, "%zu of %zu answer%s", s->readers_on, s->readers,
	    all ? "" : ": look at wires, address and key");
	row(out, "door", strcmp(s->door, "fault") != 0, "%s", s->door);
	clock_rows(out, s);
	row(out, "events", !s->events_stopped && !s->events_alarm, "%zu of %zu wait for the site",
	    s->events_waiting, s->events_max);
	if (s->has_link)
		row(out, "site", s->link_up, "%s", s->link_up ? "answers" : "does not answer");
}

void rig_check_rounds(struct rig_table *out, int64_t usual_ns, int64_t longest_ns)
{
	row(out, "latency", longest_ns < ROUND_MAX,
	    "a round takes %.1f ms at most, %.2f ms usually", (double)longest_ns / 1e6,
	    (double)usual_ns / 1e6);
}

void rig_table_text(struct buf *out, const struct rig_table *table)
{
	for (size_t i = 0; i < table->len; i++)
		buf_printf(out, "%-10s %-5s %s\n", table->rows[i].what,
			   table->rows[i].good ? "ok" : "LOOK", table->rows[i].text);
}

void rig_table_json(struct buf *out, const struct rig_table *table)
{
	bool good = true;
	struct json_w w;

	for (size_t i = 0; i < table->len; i++)
		good = good && table->rows[i].good;
	jw_init(&w, out);
	jw_object(&w, NULL);
	jw_bool(&w, "ok", good);
	jw_array(&w, "rows");
	for (size_t i = 0; i < table->len; i++) {
		jw_object(&w, NULL);
		jw_text(&w, "what", table->rows[i].what);
		jw_bool(&w, "ok", table->rows[i].good);
		jw_text(&w, "text", table->rows[i].text);
		jw_end_object(&w);
	}
	jw_end_array(&w);
	jw_end_object(&w);
	buf_str(out, "\n");
}
