/* SPDX-License-Identifier: Apache-2.0 */
/* A panel on the wall, which opens the door by rules of its own for the card that it is shown. */
#include "gate/inside.h"

static void failed(struct gate *g)
{
	gate_log(g, "panel: a card could not be sent to it: the door stays as it is");
	report_word(g, GATE_EVENT_DEVICE, "panel-failed", 0);
}

/* Of who came in with a pass, or by the guard's word, the card that the site has set aside. */
void panel_tell(struct gate *g)
{
	const struct gate_options *o = &g->options;
	bool own = g->person.card_bits > 0;

	if (!o->panel || (!own && o->panel_other_bits == 0))
		return;
	if (!panel_show(o->panel, own ? g->person.card : o->panel_other,
			own ? g->person.card_bits : o->panel_other_bits))
		failed(g);
}

void panel_watch(struct gate *g)
{
	if (g->options.panel && panel_failures(g->options.panel) > 0)
		failed(g);
}
