/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/run.h"
#include "cli/verbs.h"

static void step(void *self, uint64_t done, uint64_t total)
{
	struct progress *p = self;

	p->total = (size_t)((done > total ? done : total) >> 20);
	progress_step(p, (size_t)(done >> 20));
}

static void answer(struct run *run, const struct backup_made *made, const char *path)
{
	char until[MINUTE_TEXT_LEN], size[THOUSANDS_LEN];

	say(run, "Backed up into ");
	say_clean(run, path);
	say(run,
	    ": %s bytes, SHA-256 %s.\nIt opens with the recovery key until %s; make another one "
	    "before that. Faces are in no backup.\n",
	    thousands(size, made->size), made->sha256, minute_text(until, made->forget_ms));
	jw_clean(&run->jw, "file", path);
	jw_int(&run->jw, "bytes", (int64_t)made->size);
	jw_text(&run->jw, "sha256", made->sha256);
	jw_int(&run->jw, "period", made->period);
	jw_int(&run->jw, "created_ms", made->created_ms);
	jw_int(&run->jw, "forget_ms", made->forget_ms);
}

static tanu_status backup(struct run *run, tanu_error *err)
{
	struct progress progress;
	struct backup_order order = {
	    .path = args_get(&run->args, "out"), .progress = step, .self = &progress};
	struct backup_made made = {0};
	tanu_status st = run_site(run, err);

	if (st < 0)
		return st;
	progress_start(&progress, "MiB", 0);
	st = service_backup(run->service, &made, &order, err);
	progress_end(&progress);
	if (st == TANU_OK)
		answer(run, &made, order.path);
	return st;
}

const struct verb verb_backup = {
    .group = "backup",
    .flags = VERB_SITE,
    .brief = "Back up a site, sealed to the recovery key",
    .about =
	"Settings, database, public log, and all keys but those of faces, in one file that only "
	"the "
	"holder of the recovery key opens. The site is in use meanwhile. The keys folder is in no "
	"backup: never copy it by other means.\n\n"
	"A backup opens until the holder turns the key past its period; then a newer one is "
	"needed. "
	"Setting backup.days has \"tanu doctor\" warn when the last one is old.",
    .example = "tanu backup --out /media/safe/school-2026-09-01.tanu-backup",
    .options = {{"out", VALUE_FILE, "FILE", NULL, true, "The file to write"}},
    .fields = {{"file", "the file, as it was given"},
	       {"bytes", "its length"},
	       {"sha256", "digest of all but the signed note at its end"},
	       {"period", "of the recovery key"},
	       {"created_ms", "Unix milliseconds, UTC"},
	       {"forget_ms", "after it nothing opens this backup"}},
    .run = backup,
};
