/* SPDX-License-Identifier: Apache-2.0 */
#include "liveness/liveness.h"

const char *liveness_part_word(enum liveness_part part)
{
	static const char *const words[] = {
#define X(name, word, attack) [LIVENESS_##name] = (word),
	    LIVENESS_PART_LIST(X)
#undef X
	};

	return (size_t)part < ARRAY_LEN(words) ? words[part] : "unknown";
}

const char *liveness_part_attack(enum liveness_part part)
{
	static const char *const words[] = {
#define X(name, word, attack) [LIVENESS_##name] = (attack),
	    LIVENESS_PART_LIST(X)
#undef X
	};

	return (size_t)part < ARRAY_LEN(words) ? words[part] : "unknown";
}

const char *liveness_state_word(enum liveness_state state)
{
	static const char *const words[] = {
	    [LIVENESS_UNKNOWN] = "unknown",
	    [LIVENESS_ATTACK] = "attack",
	    [LIVENESS_THIN] = "thin",
	    [LIVENESS_LIVE] = "live",
	};

	return (size_t)state < ARRAY_LEN(words) ? words[state] : "unknown";
}

const char *liveness_challenge_word(enum liveness_challenge challenge)
{
	static const char *const words[] = {
#define X(name, word) [LIVENESS_TURN_##name] = (word),
	    LIVENESS_CHALLENGE_LIST(X)
#undef X
	};

	return (size_t)challenge < ARRAY_LEN(words) ? words[challenge] : "unknown";
}
