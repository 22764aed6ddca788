/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pair.h - an OSDP reader gets a key of its own: in place of the one of the factory, which is
 * printed in the standard, or of the one that it has. Whoever hears the line while a reader of the
 * factory is paired can work out the new key: on a bench, or with only that reader on the line.
 */
#ifndef RIG_PAIR_H
#define RIG_PAIR_H

#include "base/base.h"

enum rig_pair {
	RIG_PAIR_NEW,	/* it has the key of the factory */
	RIG_PAIR_AGAIN, /* it has the key of the settings, and gets another */
};

/*
 * The new key is made, and on the disk before the reader hears of it; a gate that lost its power in
 * between goes on where it was when it is called again. Waits for the reader, at most so long.
 * TANU_USAGE (setting): no OSDP reader, or no file for its key. TANU_SYSTEM (device): it did not
 * answer, or refused; the message says what to look at.
 */
tanu_status rig_pair(const struct settings *settings, int number, enum rig_pair how,
		     int64_t patience_ms, tanu_error *err);

#endif
