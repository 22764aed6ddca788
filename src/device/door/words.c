/* SPDX-License-Identifier: Apache-2.0 */
#include "device/door.h"

static const char *const words[] = {
#define X(name, word) word,
    DOOR_EVENT_LIST(X)
#undef X
};

const char *door_event_word(enum door_event_kind kind)
{
	return (size_t)kind < DOOR_EVENTS ? words[kind] : "unknown";
}
