/* SPDX-License-Identifier: Apache-2.0 */
/* Refusals in words a person can act on, and the names of measures. */
#include "face/session.h"

#include <stdio.h>

static const struct {
	const char *word, *unit;
} names[TANU_QUALITY_COUNT] = {
#define X(name, word, unit) {word, unit},
    TANU_QUALITY_LIST(X)
#undef X
};

/* What stands in the way of the others comes first. */
static const tanu_quality_measure order[TANU_QUALITY_COUNT] = {
    TANU_QUALITY_SINGLE,   TANU_QUALITY_WHOLE,	   TANU_QUALITY_INTER_EYE, TANU_QUALITY_CENTRED,
    TANU_QUALITY_EXPOSURE, TANU_QUALITY_ROLL,	   TANU_QUALITY_YAW,	   TANU_QUALITY_PITCH,
    TANU_QUALITY_CONTRAST, TANU_QUALITY_SHARPNESS, TANU_QUALITY_EYES_LIT,  TANU_QUALITY_EYES_OPEN,
};

/* Of each measure: the sentence when it is too low, too high. At most two numbers: value, bound. */
static const struct {
	const char *low, *high;
} sentences[TANU_QUALITY_COUNT] = {
    [TANU_QUALITY_INTER_EYE] = {"move closer: %.0f px between the eyes, %.0f needed",
				"move back a little: %.0f px between the eyes, at most %.0f"},
    [TANU_QUALITY_SHARPNESS] =
	{"hold still, and wipe the lens: the picture is blurred (sharpness %.2f, %.2f needed)",
	 "the picture is grainy: more light is needed (sharpness %.2f, at most %.2f)"},
    [TANU_QUALITY_EXPOSURE] =
	{"too dark: more light on the face is needed (brightness %.0f, %.0f needed)",
	 "too bright: less light on the face is needed (brightness %.0f, at most %.0f)"},
    [TANU_QUALITY_CONTRAST] =
	{"the picture is too flat: wipe the lens, or change the light (contrast %.0f, %.0f needed)",
	 "the light is too hard: softer light is needed (contrast %.0f, at most %.0f)"},
    [TANU_QUALITY_YAW] =
	{"turn your face a little to your left, towards the camera (%.0f degrees, %.0f at most)",
	 "turn your face a little to your right, towards the camera (%.0f degrees, %.0f at most)"},
    [TANU_QUALITY_PITCH] = {"lift your chin a little (%.0f degrees, %.0f at most)",
			    "lower your chin a little (%.0f degrees, %.0f at most)"},
    [TANU_QUALITY_ROLL] =
	{"hold your head upright: tilt it a little to your left (%.0f degrees, %.0f at most)",
	 "hold your head upright: tilt it a little to your right (%.0f degrees, %.0f at most)"},
    [TANU_QUALITY_EYES_OPEN] = {"open your eyes, please (%.2f, %.2f needed)",
				"open your eyes, please (%.2f, %.2f)"},
    [TANU_QUALITY_EYES_LIT] =
	{"take off dark glasses, or push the cap back: the eyes are in the dark (%.2f, %.2f "
	 "needed)",
	 "less light on the eyes is needed (%.2f, at most %.2f)"},
    [TANU_QUALITY_WHOLE] = {"the whole face must be in the picture: %.2f of it is, %.2f needed",
			    "the whole face must be in the picture"},
    [TANU_QUALITY_CENTRED] = {"move towards the middle of the picture",
			      "move towards the middle of the picture (%.2f off, at most %.2f)"},
    [TANU_QUALITY_SINGLE] =
	{"only one person in the picture, please",
	 "only one person in the picture, please (the other face has %.2f of the size, at most "
	 "%.2f)"},
};

tanu_quality_measure tanu_quality_advice(char *text, size_t text_len, const tanu_quality *quality,
					 const tanu_quality_bounds *bounds)
{
	if (text_len)
		text[0] = '\0';
	for (size_t i = 0; i < TANU_QUALITY_COUNT; i++) {
		tanu_quality_measure m = order[i];
		float v = quality->value[m];

		if (!(v >= bounds->min[m])) {
			snprintf(text, text_len, sentences[m].low, (double)v,
				 (double)bounds->min[m]);
			return m;
		}
		if (!(v <= bounds->max[m])) {
			snprintf(text, text_len, sentences[m].high, (double)v,
				 (double)bounds->max[m]);
			return m;
		}
	}
	return TANU_QUALITY_COUNT;
}

const char *tanu_quality_name(tanu_quality_measure measure)
{
	return (unsigned)measure < TANU_QUALITY_COUNT ? names[measure].word : "unknown";
}

const char *tanu_quality_unit(tanu_quality_measure measure)
{
	return (unsigned)measure < TANU_QUALITY_COUNT ? names[measure].unit : "";
}

const char *tanu_choice_name(tanu_choice choice)
{
	switch (choice) {
	case TANU_CHOICE_NONE:
		return "none";
	case TANU_CHOICE_ONLY:
		return "only";
	case TANU_CHOICE_LARGEST:
		return "largest";
	case TANU_CHOICE_CENTRAL:
		return "central";
	}
	return "unknown";
}
