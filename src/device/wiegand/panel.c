/* SPDX-License-Identifier: Apache-2.0 */
#include "device/panel.h"

#include "os/os.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#define TRIES	 3
#define PAUSE_MS 200 /* between two cards: a panel takes a shorter one for one frame */

struct panel {
	struct wiegand_out wires;
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t wake;
	bool stop, waiting; /* a card waits, or is being sent */
	uint8_t bytes[WIEGAND_BYTES];
	size_t bits;
	unsigned failures;
};

/* The next card; false: it is over. */
static bool card_wait(struct panel *p, uint8_t bytes[WIEGAND_BYTES], size_t *bits)
{
	bool got;

	pthread_mutex_lock(&p->lock);
	while (!p->waiting && !p->stop)
		pthread_cond_wait(&p->wake, &p->lock);
	if ((got = p->waiting)) {
		memcpy(bytes, p->bytes, WIEGAND_BYTES);
		*bits = p->bits;
	}
	pthread_mutex_unlock(&p->lock);
	return got;
}

static void card_done(struct panel *p, bool sent)
{
	pthread_mutex_lock(&p->lock);
	p->failures += !sent;
	p->waiting = false;
	mem_wipe(p->bytes, sizeof(p->bytes));
	pthread_mutex_unlock(&p->lock);
}

static bool card_send(struct panel *p, const uint8_t *bytes, size_t bits)
{
	for (int i = 0; i < TRIES; i++) {
		bool sent = wiegand_send(&p->wires, bytes, bits, NULL) == TANU_OK;

		p->wires.wait_until(p->wires.self,
				    p->wires.now(p->wires.self) + PAUSE_MS * (int64_t)1000000);
		if (sent)
			return true;
	}
	return false;
}

static void *run(void *self)
{
	struct panel *p = self;
	uint8_t bytes[WIEGAND_BYTES];
	size_t bits = 0;

	while (card_wait(p, bytes, &bits))
		card_done(p, card_send(p, bytes, bits));
	mem_wipe(bytes, sizeof(bytes));
	return NULL;
}

tanu_status panel_open(struct panel **out, const struct wiegand_out *wires, tanu_error *err)
{
	struct panel *p = calloc(1, sizeof(*p));

	if (!p)
		return tanu_fail(err, TANU_ERR_NO_MEMORY, "panel", "not enough memory");
	p->wires = *wires;
	pthread_mutex_init(&p->lock, NULL);
	pthread_cond_init(&p->wake, NULL);
	if (pthread_create(&p->thread, NULL, run, p) != 0) {
		free(p);
		return tanu_fail(err, TANU_ERR_NO_MEMORY, "panel", "no thread for the panel");
	}
	*out = p;
	return TANU_OK;
}

void panel_close(struct panel **panel)
{
	struct panel *p = *panel;

	if (!p)
		return;
	pthread_mutex_lock(&p->lock);
	p->stop = true;
	pthread_cond_signal(&p->wake);
	pthread_mutex_unlock(&p->lock);
	pthread_join(p->thread, NULL);
	pthread_cond_destroy(&p->wake);
	pthread_mutex_destroy(&p->lock);
	mem_wipe(p, sizeof(*p));
	free(p);
	*panel = NULL;
}

bool panel_show(struct panel *panel, const uint8_t *bytes, size_t bits)
{
	bool taken;

	if (bits == 0 || bits > WIEGAND_BITS_MAX)
		return false;
	pthread_mutex_lock(&panel->lock);
	if ((taken = !panel->waiting)) {
		memcpy(panel->bytes, bytes, (bits + 7) / 8);
		panel->bits = bits;
		panel->waiting = true;
		pthread_cond_signal(&panel->wake);
	}
	pthread_mutex_unlock(&panel->lock);
	return taken;
}

unsigned panel_failures(struct panel *panel)
{
	unsigned failures;

	pthread_mutex_lock(&panel->lock);
	failures = panel->failures;
	panel->failures = 0;
	pthread_mutex_unlock(&panel->lock);
	return failures;
}
