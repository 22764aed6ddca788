/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/run.h"
#include "cli/verbs.h"

static void jw_time(struct run *run, const char *key, int64_t ms)
{
	if (ms)
		jw_int(&run->jw, key, ms);
	else
		jw_null(&run->jw, key);
}

static void say_time(struct run *run, const char *what, int64_t ms, const char *never)
{
	char text[MINUTE_TEXT_LEN];

	say(run, "  %-26s %s\n", what, ms ? minute_text(text, ms) : never);
}

static tanu_status recovery_show(struct run *run, tanu_error *err)
{
	struct recovery_state r;
	tanu_status st;

	if ((st = run_site(run, err)) < 0 ||
	    (st = service_recovery_state(run->service, &r, err)) < 0)
		return st;
	if (!r.there)
		say(run, "There is no recovery key yet. Next: tanu recovery init\n");
	else
		say(run, "Recovery key, periods of %d days; now period %u of %d%s.\n", r.days,
		    (unsigned)r.period, r.periods, r.over ? ": they have run out" : "");
	if (r.there) {
		say_time(run, "the holder's half opened", r.tested_ms, "never tried");
		say_time(run, "she turns to it by", r.turn_ms, "it is the first");
		say_time(run, "last backup", r.backup_ms, "none");
		say_time(run, "no backup opens after", r.horizon_ms, "none does now");
	}
	jw_bool(&run->jw, "there", r.there);
	jw_int(&run->jw, "period", r.period);
	jw_int(&run->jw, "days", r.days);
	jw_int(&run->jw, "periods", r.periods);
	jw_bool(&run->jw, "over", r.over);
	jw_int(&run->jw, "backups", (int64_t)r.backups);
	jw_time(run, "turn_ms", r.turn_ms);
	jw_time(run, "tested_ms", r.tested_ms);
	jw_time(run, "backup_ms", r.backup_ms);
	jw_time(run, "horizon_ms", r.horizon_ms);
	return TANU_OK;
}

const struct verb verb_recovery_show = {
    .group = "recovery",
    .action = "show",
    .flags = VERB_SITE,
    .brief = "Show the state of recovery key and backups",
    .about =
	"Which period it is, when the holder was last seen to open, when the last backup was made, "
	"and after which time none of them opens any more: from then on nobody who was erased "
	"before is in any copy that can be opened.",
    .example = "tanu recovery show",
    .fields = {{"there", "true: there is a recovery key"},
	       {"period", "the present one, from 0"},
	       {"days", "length of a period"},
	       {"periods", "how many there are"},
	       {"over", "true: they have run out, and another key is needed"},
	       {"backups", "how many can still be opened"},
	       {"turn_ms", "by when the holder turns to the present period; null: it is the first"},
	       {"tested_ms", "when her half was last seen to open; null: never"},
	       {"backup_ms", "the last backup; null: none"},
	       {"horizon_ms", "after it no backup opens; null: none does now"}},
    .run = recovery_show,
};
