/* SPDX-License-Identifier: Apache-2.0 */
/* Stable words of purposes, states and givers. */
#include "base/base.h"

#include <tanu/consent.h>

#include <string.h>

static const struct {
	tanu_purpose purpose;
	const char *word;
} purposes[] = {
#define X(name, bit, word) {TANU_PURPOSE_##name, word},
    TANU_PURPOSE_LIST(X)
#undef X
};

#define X(name, bit, word) " " word
static const char known_purposes[] = TANU_PURPOSE_LIST(X);
#undef X

static tanu_status parse_one(unsigned *set, const char *word, size_t word_len, tanu_error *err)
{
	char place[32];

	for (size_t i = 0; i < ARRAY_LEN(purposes); i++) {
		if (strlen(purposes[i].word) == word_len &&
		    memcmp(purposes[i].word, word, word_len) == 0) {
			*set |= (unsigned)purposes[i].purpose;
			return TANU_OK;
		}
	}
	if (word_len >= sizeof(place))
		word_len = sizeof(place) - 1;
	memcpy(place, word, word_len);
	place[word_len] = '\0';
	return tanu_fail(err, TANU_ERR_USAGE, place, "not a purpose; known, separated by commas:%s",
			 known_purposes);
}

tanu_status tanu_purposes_parse(unsigned *out, const char *text, tanu_error *err)
{
	unsigned set = 0;

	for (;;) {
		size_t len = strcspn(text, ",");
		tanu_status st = parse_one(&set, text, len, err);

		if (st < 0)
			return st;
		if (!text[len])
			break;
		text += len + 1;
	}
	*out = set;
	return TANU_OK;
}

const char *tanu_purpose_name(tanu_purpose purpose)
{
	if (purpose == TANU_PURPOSE_NONE)
		return "none";
	for (size_t i = 0; i < ARRAY_LEN(purposes); i++)
		if (purposes[i].purpose == purpose)
			return purposes[i].word;
	return "unknown";
}

const char *tanu_consent_state_name(tanu_consent_state state)
{
	static const char *const words[] = {
	    [TANU_CONSENT_NONE] = "none",	    [TANU_CONSENT_REQUESTED] = "requested",
	    [TANU_CONSENT_GIVEN] = "given",	    [TANU_CONSENT_REFUSED] = "refused",
	    [TANU_CONSENT_WITHDRAWN] = "withdrawn", [TANU_CONSENT_EXPIRED] = "expired",
	    [TANU_CONSENT_LAPSED] = "lapsed",	    [TANU_CONSENT_REPLACED] = "replaced",
	};

	return (size_t)state < ARRAY_LEN(words) ? words[state] : "unknown";
}

const char *tanu_giver_name(tanu_giver giver)
{
	static const char *const words[] = {
	    [TANU_GIVER_NONE] = "none",
	    [TANU_GIVER_SELF] = "self",
	    [TANU_GIVER_GUARDIAN] = "guardian",
	};

	return (size_t)giver < ARRAY_LEN(words) ? words[giver] : "unknown";
}
