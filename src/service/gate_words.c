/* SPDX-License-Identifier: Apache-2.0 */
/* What gates report, in words for whoever watches the doors. */
#include "service/gate_inside.h"

#include "rules/rules.h"

#include <string.h>

/*
 * Words of gates that whoever watches has to know of; the others are for who keeps them. What
 * stands behind a slash names the reader.
 */
static const struct {
	const char *word, *event;
} told[] = {
    {"called", "bell"},
    {"late", "bell-late"},
    {"answered", "bell-answered"},
    {"forced", "door-forced"},
    {"forced-over", "door-shut"},
    {"held-open", "door-held"},
    {"held-open-over", "door-shut"},
    {"second-passage", "door-second"},
    {"door-fault", "door-fault"},
    {"panel-failed", "door-fault"},
    {"fire", "fire"},
    {"fire-over", "fire-over"},
    {"tamper", "tamper"},
    {"tamper-over", "tamper-over"},
    {"reader-off", "reader-off"},
    {"reader-on", "reader-on"},
    {"lockdown", "lockdown"},
    {"lockdown-over", "lockdown-over"},
    {"camera-off", "camera-off"},
    {"camera-on", "camera-on"},
    {"infrared-off", "second-camera-off"},
    {"infrared-on", "second-camera-on"},
    {"infrared-blind", "second-camera-blind"},
    {"depth-blind", "second-camera-blind"},
    {"depth-off", "second-camera-off"},
    {"depth-on", "second-camera-on"},
    {"camera-black", "camera-trouble"},
    {"camera-covered", "camera-trouble"},
    {"camera-frozen", "camera-trouble"},
};

const char *service_gate_event_word(const struct gate_event *e)
{
	size_t len;

	if (e->kind == GATE_EVENT_DECISION && e->reason == RULES_R_RELEASED)
		return "released";
	if (e->kind == GATE_EVENT_DECISION && e->reason != RULES_R_NONE)
		return e->verdict == RULES_GRANT ? "admitted" : "not-admitted";
	len = strcspn(e->word, "/");
	for (size_t i = 0; i < ARRAY_LEN(told); i++)
		if (strlen(told[i].word) == len && strncmp(told[i].word, e->word, len) == 0)
			return told[i].event;
	return NULL;
}
