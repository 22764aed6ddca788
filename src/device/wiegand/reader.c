/* SPDX-License-Identifier: Apache-2.0 */
#include "device/wiegand.h"
#include "os/os.h"

#include <stdlib.h>
#include <string.h>

#define BEEP_MS	  100
#define LOOK_MS	  5 /* between looks at wires that can't be polled */
#define PENDING	  8 /* frames read and not fetched yet */
#define NS_PER_MS ((int64_t)1000000)

struct wiegand_reader {
	struct gpio *gpio;
	struct wiegand_options options;
	unsigned d0, d1, light, beeper;
	int fd; /* readable when either wire has an edge; -1 with wires that have none */
	struct wiegand_in in;
	struct pending {
		struct wiegand_in frame;
		enum wiegand_got got;
	} pending[PENDING];
	size_t pending_len;
	int64_t beep_until_ms;
	int64_t asked_ms;
	bool online;
};

/* ---- pulses ---- */

static void keep(struct wiegand_reader *w, enum wiegand_got got, const struct wiegand_in *frame)
{
	if (got == WIEGAND_NOTHING || w->pending_len == PENDING)
		return;
	w->pending[w->pending_len++] = (struct pending){.frame = *frame, .got = got};
}

struct next_edge {
	struct gpio_edge edge;
	bool have;
};

/* The next beginning of a pulse on a wire. */
static tanu_status fetch(struct wiegand_reader *w, unsigned pin, struct next_edge *next,
			 tanu_error *err)
{
	while (!next->have) {
		bool got;
		tanu_status st = gpio_edge(w->gpio, pin, &next->edge, &got, err);

		if (st < 0 || !got)
			return st;
		next->have = next->edge.on;
	}
	return TANU_OK;
}

/* Both wires in the order of their times, until neither has an edge. */
static tanu_status read_pulses(struct wiegand_reader *w, tanu_error *err)
{
	struct next_edge zero = {0}, one = {0};
	struct wiegand_in frame;
	tanu_status st;

	for (;;) {
		if ((st = fetch(w, w->d0, &zero, err)) < 0 || (st = fetch(w, w->d1, &one, err)) < 0)
			return st;
		if (!zero.have && !one.have)
			return TANU_OK;
		bool is_one = one.have && (!zero.have || one.edge.at_ns < zero.edge.at_ns);
		struct next_edge *first = is_one ? &one : &zero;

		keep(w, wiegand_pulse(&w->in, &frame, is_one, first->edge.at_ns), &frame);
		first->have = false;
	}
}

/* ---- frames to events ---- */

static void refuse(struct reader_event *out, const char *word)
{
	out->kind = READER_REFUSED;
	out->word = word;
}

static const struct wiegand_layout *layout_for(const struct wiegand_reader *w, size_t bits)
{
	for (size_t i = 0; i < WIEGAND_LAYOUTS_MAX && w->options.layouts[i]; i++) {
		const struct wiegand_layout *layout = wiegand_layout(w->options.layouts[i]);

		if (layout->bits == bits)
			return layout;
	}
	return NULL;
}

static bool site_is_ours(const struct wiegand_reader *w, uint32_t site)
{
	for (size_t i = 0; i < w->options.sites_len; i++)
		if (w->options.sites[i] == site)
			return true;
	return w->options.sites_len == 0;
}

static void card_event(const struct wiegand_reader *w, struct reader_event *out,
		       const struct wiegand_in *frame)
{
	const struct wiegand_layout *layout = layout_for(w, frame->bits);
	struct wiegand_card card = {0};

	if (w->options.layouts[0] && !layout)
		refuse(out, "a card of another number of bits");
	else if (layout && wiegand_read(&card, layout, frame->bytes, frame->bits, NULL) < 0)
		refuse(out, "a card whose parity is wrong");
	else if (layout && layout->site_len && !site_is_ours(w, card.site))
		refuse(out, "a card of another site");
	else {
		out->kind = READER_CARD;
		out->bits = (uint16_t)frame->bits;
		out->len = (frame->bits + 7) / 8;
		memcpy(out->bytes, frame->bytes, out->len);
	}
	mem_wipe(&card, sizeof(card));
}

static void frame_event(struct wiegand_reader *w, struct reader_event *out)
{
	struct pending p = w->pending[0];

	w->pending_len--;
	memmove(&w->pending[0], &w->pending[1], w->pending_len * sizeof(w->pending[0]));
	mem_wipe(&w->pending[w->pending_len], sizeof(w->pending[0]));
	out->at_ms = p.frame.last_ns / NS_PER_MS;
	if (p.got == WIEGAND_BROKEN)
		refuse(out, "pulses that make no card");
	else if (p.frame.bits == 4 || p.frame.bits == 8) {
		out->key = wiegand_key(p.frame.bytes, p.frame.bits);
		out->kind = READER_KEY;
		if (!out->key)
			refuse(out, "pulses that make no key");
	} else {
		card_event(w, out, &p.frame);
	}
	mem_wipe(&p, sizeof(p));
}

/* There is no telling whether a Wiegand reader is there; its wires are. */
static bool line_event(struct wiegand_reader *w, struct reader_event *out, bool works,
		       int64_t now_ms)
{
	if (works == w->online)
		return false;
	w->online = works;
	out->kind = works ? READER_ONLINE : READER_OFFLINE;
	out->at_ms = now_ms;
	return true;
}

static tanu_status end_beep(struct wiegand_reader *w, int64_t now_ms, tanu_error *err)
{
	if (!w->beep_until_ms || now_ms < w->beep_until_ms)
		return TANU_OK;
	w->beep_until_ms = 0;
	return gpio_set(w->gpio, w->beeper, false, err);
}

static tanu_status wiegand_next(void *self, struct reader_event *out, int64_t now_ms,
				tanu_error *err)
{
	struct wiegand_reader *w = self;
	struct wiegand_in frame;
	bool works;

	out->kind = READER_NOTHING;
	w->asked_ms = now_ms;
	works = read_pulses(w, err) >= 0 && end_beep(w, now_ms, err) >= 0;
	keep(w, wiegand_quiet(&w->in, &frame, now_ms * NS_PER_MS), &frame);
	mem_wipe(&frame, sizeof(frame));
	if (!line_event(w, out, works, now_ms) && works && w->pending_len > 0)
		frame_event(w, out);
	return TANU_OK;
}

/* ---- the rest ---- */

static tanu_status wiegand_show(void *self, enum reader_show show, int64_t now_ms, tanu_error *err)
{
	struct wiegand_reader *w = self;
	bool beep = show == READER_SHOW_GO || show == READER_SHOW_ASSIST;
	tanu_status st = TANU_OK;

	if (w->options.has_light)
		st = gpio_set(w->gpio, w->light, show == READER_SHOW_GO, err);
	if (st >= 0 && w->options.has_beeper && beep) {
		w->beep_until_ms = now_ms + BEEP_MS;
		st = gpio_set(w->gpio, w->beeper, true, err);
	}
	return st;
}

static int wiegand_fd(const void *self)
{
	return ((const struct wiegand_reader *)self)->fd;
}

/* While a frame is coming its end has to be noticed; wires without a descriptor are looked at. */
static int64_t wiegand_wake(const void *self)
{
	const struct wiegand_reader *w = self;
	int64_t at = INT64_MAX;

	if (w->fd < 0)
		return w->asked_ms + LOOK_MS;
	if (w->pending_len > 0)
		return w->asked_ms;
	if (w->in.bits > 0)
		at = (w->in.last_ns + WIEGAND_GAP_NS) / NS_PER_MS + 1;
	if (w->beep_until_ms && w->beep_until_ms < at)
		at = w->beep_until_ms;
	return at;
}

static void wiegand_close(void *self)
{
	struct wiegand_reader *w = self;

	os_line_close(&w->fd);
	mem_wipe(w, sizeof(*w));
	free(w);
}

static const struct reader_ops ops = {.kind = "wiegand",
				      .next = wiegand_next,
				      .show = wiegand_show,
				      .fd = wiegand_fd,
				      .wake_ms = wiegand_wake,
				      .close = wiegand_close};

static tanu_status check_layouts(const struct wiegand_options *o, tanu_error *err)
{
	for (size_t i = 0; i < WIEGAND_LAYOUTS_MAX && o->layouts[i]; i++) {
		const struct wiegand_layout *layout = wiegand_layout(o->layouts[i]);

		if (!layout)
			return tanu_fail(err, TANU_ERR_SETTING, o->layouts[i],
					 "cards are 26, 26n, 34, 34n, 37 or 37n");
		for (size_t k = 0; k < i; k++)
			if (wiegand_layout(o->layouts[k])->bits == layout->bits)
				return tanu_fail(err, TANU_ERR_SETTING, o->layouts[i],
						 "two layouts of %d bits can't be told apart",
						 layout->bits);
	}
	if (o->sites_len > WIEGAND_SITES_MAX)
		return tanu_fail(err, TANU_ERR_SETTING, "sites", "more than %d sites",
				 WIEGAND_SITES_MAX);
	if (o->sites_len && !o->layouts[0])
		return tanu_fail(err, TANU_ERR_SETTING, "sites",
				 "sites can be told only where the layout of cards is named");
	return TANU_OK;
}

static tanu_status take_wires(struct wiegand_reader *w, tanu_error *err)
{
	const struct wiegand_options *o = &w->options;
	tanu_status st;

	if ((st = gpio_input(w->gpio, &w->d0, &o->d0, err)) < 0 ||
	    (st = gpio_input(w->gpio, &w->d1, &o->d1, err)) < 0)
		return st;
	if (o->has_light && (st = gpio_output(w->gpio, &w->light, &o->light, false, err)) < 0)
		return st;
	if (o->has_beeper && (st = gpio_output(w->gpio, &w->beeper, &o->beeper, false, err)) < 0)
		return st;
	int fds[2] = {gpio_fd(w->gpio, w->d0), gpio_fd(w->gpio, w->d1)};

	return fds[0] < 0 ? TANU_OK : os_together(&w->fd, fds, 2, err);
}

tanu_status wiegand_reader_open(struct reader *out, struct gpio *gpio,
				const struct wiegand_options *options, tanu_error *err)
{
	struct wiegand_reader *w;
	tanu_status st = check_layouts(options, err);

	if (st < 0)
		return st;
	if (!(w = calloc(1, sizeof(*w))))
		return tanu_fail(err, TANU_ERR_NO_MEMORY, "wiegand", "not enough memory");
	w->fd = -1;
	w->gpio = gpio;
	w->options = *options;
	if ((st = take_wires(w, err)) < 0) {
		wiegand_close(w);
		return st;
	}
	*out = (struct reader){.ops = &ops, .self = w};
	return TANU_OK;
}
