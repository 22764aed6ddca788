/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/recovery.h"
#include "cli/verbs.h"

#include <string.h>

static void step(void *self, uint64_t done, uint64_t total)
{
	struct progress *p = self;

	p->total = (size_t)(total >> 20);
	progress_step(p, (size_t)(done >> 20));
}

static void answer(struct run *run, const struct restore_result *r)
{
	char created[MINUTE_TEXT_LEN], notice[MINUTE_TEXT_LEN];
	struct json_w *w = &run->jw;

	say(run,
	    "Restored the site as of %s: %zu people, with names, papers, consents and history.\n",
	    minute_text(created, r->created_ms), r->people);
	say(run, "Faces are in no backup: %zu people have to be enrolled again.\n", r->faces);
	say(run,
	    "Since then %zu people have left and %zu consents have ended: they did not come "
	    "back.\n",
	    r->left, r->ended);
	if (r->newer)
		say(run,
		    "%zu people have given consents since that are not in the backup: ask them "
		    "again.\n",
		    r->newer);
	if (r->notice_ms)
		say(run, "The holder's notice is of %s.\n", minute_text(notice, r->notice_ms));
	else if (!r->log_leaves)
		say(run,
		    "Nothing was known of the time since the backup: whoever has left or withdrawn "
		    "in it is back, and has to be asked.\n");
	jw_int(w, "created_ms", r->created_ms);
	jw_int(w, "people", (int64_t)r->people);
	jw_int(w, "faces", (int64_t)r->faces);
	jw_int(w, "left", (int64_t)r->left);
	jw_int(w, "ended", (int64_t)r->ended);
	jw_int(w, "newer_consents", (int64_t)r->newer);
	jw_int(w, "log_leaves", (int64_t)r->log_leaves);
	if (r->notice_ms)
		jw_int(w, "notice_ms", r->notice_ms);
	else
		jw_null(w, "notice_ms");
}

static tanu_status restore_with(struct run *run, const struct holder_file *holder,
				const char *owner_auth, tanu_error *err)
{
	const struct args *args = &run->args;
	const char *root = args_get(args, "root");
	struct progress progress;
	struct service_options options = {.data_dir = run_folder(run),
					  .tpm = root && strcmp(root, "tpm") == 0,
					  .tcti = args_get(args, "tcti"),
					  .owner_auth = owner_auth};
	struct restore_order order = {.backup = args->operands[0],
				      .code = holder->code,
				      .log_dir = args_get(args, "log"),
				      .no_newer_log = args_has(args, "no-newer-log"),
				      .notice = args_get(args, "notice"),
				      .progress = step,
				      .self = &progress};
	struct restore_result result = {0};
	tanu_status st;

	if (strcmp(options.data_dir, ".") == 0)
		return tanu_fail(err, TANU_ERR_USAGE, NULL,
				 "name the new folder of the site with --data");
	if (root && !options.tpm && strcmp(root, "file") != 0)
		return tanu_fail(err, TANU_ERR_USAGE, NULL, "--root is file or tpm");
	progress_start(&progress, "MiB", 0);
	st = service_restore(&options, &order, &result, err);
	progress_end(&progress);
	if (st == TANU_OK)
		answer(run, &result);
	return st;
}

static tanu_status restore(struct run *run, tanu_error *err)
{
	struct holder_file holder = {0};
	char owner_auth[OWNER_AUTH_LEN] = "";
	tanu_status st;

	if ((st = holder_read(&holder, args_get(&run->args, "recovery-key"), err)) == TANU_OK &&
	    (st = args_owner_auth(owner_auth, &run->args, err)) == TANU_OK)
		st = restore_with(run, &holder, owner_auth, err);
	mem_wipe(&holder, sizeof(holder));
	mem_wipe(owner_auth, sizeof(owner_auth));
	return st;
}

const struct verb verb_restore = {
    .group = "restore",
    .flags = VERB_SITE,
    .brief = "Make a site anew from a backup",
    .about = "Into a new folder (--data), with the holder's recovery key. Names, papers, consents, "
	     "history "
	     "and the public log's key come back; faces don't, and people enrol again. Nothing of "
	     "the backup "
	     "is believed before its digest and the site's signature were compared.\n\n"
	     "Who has left and what was withdrawn since the backup does not come back, as far as "
	     "it is known: "
	     "from the newest copy of the public log (--log: the web server, a monitor or a mirror "
	     "has one), "
	     "and from the holder's notice (--notice). The log is asked for in any case, because "
	     "going on "
	     "behind one that others have seen would be a fork; say --no-newer-log when nobody can "
	     "have.\n\n"
	     "After a failure remove the folder and begin again.",
    .example =
	"tanu restore school.tanu-backup --recovery-key recovery.key --log mirror/ --data new",
    .operands = {{"FILE", VALUE_FILE, 1, 1, "The backup"}},
    .options = {{"recovery-key", VALUE_FILE, "FILE", NULL, true,
		 "The holder's file, or one with the code that stands on paper"},
		{"log", VALUE_DIR, "DIR", NULL, false, "The newest copy of the public log"},
		{"no-newer-log", VALUE_NONE, NULL, NULL, false,
		 "Nobody can have seen a later log than the backup has"},
		{"notice", VALUE_FILE, "FILE", NULL, false, "The holder's last notice"},
		{"root", VALUE_CHOICE, "WHERE", "file tpm", false,
		 "Where the root of the new keys is; in files if not given"},
		OPTIONS_TPM},
    .fields = {{"created_ms", "of the backup"},
	       {"people", "that came back"},
	       {"faces", "that did not: people to be enrolled again"},
	       {"left", "people who have left since and did not come back"},
	       {"ended", "consents that have ended since"},
	       {"newer_consents", "people who have consented since, and have to be asked again"},
	       {"log_leaves", "entries of the log that are newer than the backup"},
	       {"notice_ms", "of the holder's notice; null: none was given"}},
    .run = restore,
};
