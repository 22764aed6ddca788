/* SPDX-License-Identifier: Apache-2.0 */
/*
 * scenes.h - the cases of tests/vectors/receipt: receipts and a log as a good site or a cheating
 * one leaves them, with what a verifier must find, written down by hand.
 */
#ifndef TESTS_RECEIPT_SCENES_H
#define TESTS_RECEIPT_SCENES_H

#include "receipt/world.h"

#define SCENE_RECEIPTS 3

struct scene {
	struct world *world; /* its files are the log that is looked at */
	bool has_log;	     /* false: the receipts alone are checked */
	size_t receipts_len;
	struct buf receipts[SCENE_RECEIPTS];
	char policy[1024]; /* of hers; "": that of the receipts */
};

struct scene_row {
	const char *name;
	const char *about;
	void (*build)(struct scene *scene);
	const char *verdict;
	const char *findings; /* words in the order of the list, each once, "a b" */
};
extern const struct scene_row scene_rows[];
extern const size_t scene_rows_len;
const struct scene_row *scene_named(const char *name);

void scene_open(struct scene *scene, const struct scene_row *row);
void scene_close(struct scene *scene);
/* What the verifier of C finds: verify or history. */
tanu_status scene_report(tanu_report **out, struct scene *scene, tanu_error *err);
/* The report as one line of canonical JSON. */
void scene_json(struct buf *out, const tanu_report *report);

#endif
