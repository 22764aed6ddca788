/* SPDX-License-Identifier: Apache-2.0 */
/* "Steal it": what a thief gets from the database, from database and keys, from an old backup. */
#include "demo/run.h"
#include "demo/tree.h"

#include <stdio.h>
#include <string.h>

static void note_theft(struct demo *d, bool right, const char *what, const char *expected,
		       const char *seen)
{
	struct demo_theft *theft = &d->thefts[d->thefts_len++];

	theft->what = what;
	theft->expected = expected;
	theft->right = right;
	snprintf(theft->seen, sizeof(theft->seen), "%s", seen);
	tell(d, "%s", seen);
	tell_outcome(d, right, "%s: %s", what, expected);
}

/* Open another folder as a site would be, in place of the demo's own. */
static tanu_status open_folder(struct service **out, const char *dir, tanu_error *err)
{
	const struct service_options options = {.data_dir = dir};

	return service_open(out, &options, err);
}

/* Does this site recognise the person of `photo` as `subject`? The reason goes to `seen`. */
static bool still_opens(struct service *s, const tanu_id *subject, const char *photo, char *seen,
			size_t seen_len)
{
	struct verify_result result = {0};
	tanu_error err = {0};
	tanu_status st = service_verify(s, &result, subject, TANU_PURPOSE_ACCESS, photo, &err);

	if (st < 0) {
		snprintf(seen, seen_len, "%.200s", err.message);
		return false;
	}
	snprintf(seen, seen_len, "the reference opens, score %.3f", (double)result.decision.score);
	return result.decision.result == TANU_MATCH;
}

/* The database file alone: it does not even open. */
static tanu_status steal_database(struct demo *d, const char *loot, tanu_error *err)
{
	struct service *s = NULL;
	tanu_error refusal = {0};
	tanu_status st;

	tell(d, "$ cp site/tanu.db site/tanu.ini loot/");
	if ((st = os_make_dir(loot, 0700, err)) < 0 ||
	    (st = tree_copy_file(loot, d->site, "tanu.db", err)) < 0 ||
	    (st = tree_copy_file(loot, d->site, "tanu.ini", err)) < 0)
		return st;
	st = open_folder(&s, loot, &refusal);
	service_close(&s);
	note_theft(d, st < 0, "the database", "does not open", st < 0 ? refusal.message : "opens");
	return TANU_OK;
}

/* The database beside keys that the thief made himself: nothing in it opens. */
static tanu_status forge_keys(struct demo *d, const char *forged, tanu_error *err)
{
	const struct service_options options = {.data_dir = forged};
	struct service *s = NULL;
	char seen[256] = "";
	size_t opened = 0;
	tanu_error refusal = {0};
	tanu_status st;

	tell(d, "$ tanu init forged --site Mine && cp site/tanu.db forged/");
	if ((st = service_create(&options, "Mine", err)) < 0 ||
	    (st = tree_copy_file(forged, d->site, "tanu.db", err)) < 0)
		return st;
	if (open_folder(&s, forged, &refusal) < 0) {
		snprintf(seen, sizeof(seen), "%.250s", refusal.message);
	} else {
		opened += still_opens(s, &d->man, d->man_photo, seen, sizeof(seen));
		for (size_t i = 0; i < DEMO_OTHERS; i++)
			opened +=
			    still_opens(s, &d->other[i], d->other_photo[i], seen, sizeof(seen));
	}
	service_close(&s);
	note_theft(d, opened == 0, "the database, with the thief's own keys",
		   "does not open: nothing in it was sealed under them", seen);
	return TANU_OK;
}

/* Everything: those with consent open, and we say so. */
static tanu_status steal_everything(struct demo *d, const char *copy, tanu_error *err)
{
	struct service *s = NULL;
	char seen[256] = "";
	size_t opened = 0;
	tanu_status st;

	tell(d, "$ cp -r site everything/");
	if ((st = tree_copy(copy, d->site, err)) < 0 || (st = open_folder(&s, copy, err)) < 0)
		return st;
	opened += still_opens(s, &d->man, d->man_photo, seen, sizeof(seen));
	for (size_t i = 0; i < DEMO_OTHERS; i++)
		opened += still_opens(s, &d->other[i], d->other_photo[i], seen, sizeof(seen));
	service_close(&s);
	note_theft(d, opened == 1 + DEMO_OTHERS, "database and keys",
		   "those with a live consent open: guard the keys", seen);
	return TANU_OK;
}

static tanu_status withdraw_man(struct demo *d, tanu_error *err)
{
	struct erasure_receipt receipt = {0};
	char seen[256] = "";
	tanu_status st;

	tell_command(d, "consent withdraw \"Person A\"");
	if ((st = demo_open_site(d, err)) < 0 ||
	    (st = service_consent_withdraw(d->service, &receipt, &d->man, 0, err)) < 0)
		return st;
	tell(d, "keys destroyed: %zu; rollback-resistant: %s", receipt.keys_destroyed,
	     receipt.rollback_resistant ? "yes" : "no");
	tell_outcome(d, receipt.reference_erased, "Person A withdraws: his reference is erased");
	tell_outcome(d, !still_opens(d->service, &d->man, d->man_photo, seen, sizeof(seen)),
		     "and at that instant: %s", seen);
	service_close(&d->service);
	return TANU_OK;
}

/* The database of before the withdrawal under today's keys. */
static tanu_status restore_backup(struct demo *d, const char *backup, tanu_error *err)
{
	char seen[256] = "", other[256] = "";
	size_t others = 0;
	bool man;
	tanu_status st;

	tell(d, "$ cp backup/tanu.db site/      # from before the withdrawal");
	if ((st = tree_copy_file(d->site, backup, "tanu.db", err)) < 0 ||
	    (st = demo_open_site(d, err)) < 0)
		return st;
	man = still_opens(d->service, &d->man, d->man_photo, seen, sizeof(seen));
	for (size_t i = 0; i < DEMO_OTHERS; i++)
		others +=
		    still_opens(d->service, &d->other[i], d->other_photo[i], other, sizeof(other));
	service_close(&d->service);
	note_theft(d, !man, "an old backup, for Person A", "his reference does not open", seen);
	note_theft(d, others == DEMO_OTHERS, "the same backup, for the others", "theirs open",
		   other);
	return TANU_OK;
}

tanu_status demo_steal(struct demo *d, tanu_error *err)
{
	char loot[DEMO_PATH], forged[DEMO_PATH], everything[DEMO_PATH];
	tanu_status st;

	tell_heading(d, "6. Steal it");
	service_close(&d->service);
	if ((st = os_path(loot, sizeof(loot), d->dir, "loot", err)) < 0 ||
	    (st = os_path(forged, sizeof(forged), d->dir, "forged", err)) < 0 ||
	    (st = os_path(everything, sizeof(everything), d->dir, "everything", err)) < 0 ||
	    (st = steal_database(d, loot, err)) < 0 || (st = forge_keys(d, forged, err)) < 0 ||
	    (st = steal_everything(d, everything, err)) < 0 || (st = withdraw_man(d, err)) < 0)
		return st;
	return restore_backup(d, loot, err);
}
