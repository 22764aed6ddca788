/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/run.h"
#include "cli/verbs.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* A warning is a weakness to know of; what is bad must be put right. */
enum level { LEVEL_OK, LEVEL_WARN, LEVEL_BAD };

static void finding(struct run *run, enum level level, const char *what, const char *fmt, ...)
    TANU_PRINTF(4, 5);

static void finding(struct run *run, enum level level, const char *what, const char *fmt, ...)
{
	static const char *const words[] = {"ok", "warn", "bad"};
	static const char *const padded[] = {"ok  ", "warn", "bad "};
	static const enum tint tints[] = {TINT_GOOD, TINT_WARN, TINT_BAD};
	char message[1024];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(message, sizeof(message), fmt, ap);
	va_end(ap);
	say_tint(run, tints[level], padded[level]);
	say(run, "  %-20s ", what);
	say_clean(run, message);
	say(run, "\n");
	jw_object(&run->jw, NULL);
	jw_text(&run->jw, "level", words[level]);
	jw_text(&run->jw, "what", what);
	jw_clean(&run->jw, "message", message);
	jw_end_object(&run->jw);
	if (level == LEVEL_BAD)
		run->exit = TANU_EXIT_SYSTEM;
}

static void bad(struct run *run, const char *what, const tanu_error *err)
{
	finding(run, LEVEL_BAD, what, "%s%s%s", err->place, *err->place ? ": " : "", err->message);
}

/* ---- the machine ---- */

static void check_sandbox(struct run *run)
{
	struct os_sandbox_report r = os_sandbox_probe();

	if (!r.seccomp || !r.no_new_privs)
		finding(run, LEVEL_BAD, "sandbox",
			"this kernel refuses seccomp: photographs cannot be decoded safely, so "
			"none are");
	else if (!r.landlock)
		finding(
		    run, LEVEL_WARN, "sandbox",
		    "seccomp and limits; no Landlock on this kernel, which would be a second wall");
	else
		finding(run, LEVEL_OK, "sandbox", "seccomp, Landlock (ABI %d), limits%s",
			r.landlock_abi, r.limits ? "" : " not applied in this build");
}

static tanu_status each_model(void *self, const struct model_view *v, tanu_error *err)
{
	struct run *run = self;

	(void)err;
	if (v->checked < 0)
		bad(run, "model", &v->error);
	else
		finding(run, LEVEL_OK, "model", "%s (%s%s), SHA-256 %.16s...", v->name, v->task,
			v->in_use ? "" : ", not in use", v->sha256);
	return TANU_OK;
}

static void check_machine(struct run *run)
{
	tanu_error err = {0};
	char version[64];

	finding(run, LEVEL_OK, "processor", "comparison code \"%s\", %d cores", tanu_match_kernel(),
		os_cpu_count());
	check_sandbox(run);
	if (service_runtime_version(version, sizeof(version), &err) < 0)
		bad(run, "inference", &err);
	else
		finding(run, LEVEL_OK, "inference", "ONNX Runtime %s", version);
	if (service_models_each(NULL, true, each_model, run, &err) < 0)
		bad(run, "models", &err);
}

/* ---- the site ---- */

/* A file or folder of the site that others than its owner can reach. */
static void check_mode(struct run *run, const char *folder, const char *name)
{
	struct stat info;
	char path[1024];

	if (os_path(path, sizeof(path), folder, name, NULL) < 0 || stat(path, &info) != 0)
		finding(run, LEVEL_BAD, "files", "%s is not there", *name ? name : folder);
	else if (info.st_mode & (S_IRWXG | S_IRWXO))
		finding(run, LEVEL_BAD, "files",
			"%s can be reached by others (mode %04o); type: chmod go= %s", path,
			(unsigned)info.st_mode & 07777, path);
	else
		finding(run, LEVEL_OK, "files", "%s: mode %04o", *name ? name : "folder",
			(unsigned)info.st_mode & 07777);
}

static void check_clock(struct run *run, const struct service_report *r)
{
	char now[MINUTE_TEXT_LEN], known[MINUTE_TEXT_LEN];

	minute_text(now, r->now_ms);
	minute_text(known, r->known_ms);
	if (r->clock_behind)
		finding(run, LEVEL_BAD, "clock",
			"%s, but the site was used at %s: no consent is taken and no face compared "
			"until the clock is set, or accepted with tanu doctor --accept-clock",
			now, known);
	else if (r->clock_jumped)
		finding(run, LEVEL_WARN, "clock",
			"%s, long after the last use at %s: %zu people's ended consents wait, "
			"nothing is erased; if the clock is right, type tanu doctor --accept-clock",
			now, known, r->held);
	else
		finding(run, LEVEL_OK, "clock", "%s", now);
}

/* What makers promise of NV memory begins at 100,000 writes; each turn writes either slot once. */
#define TURNS_MANY 60000

static void check_root(struct run *run, const struct service_report *r)
{
	char since[MINUTE_TEXT_LEN];

	if (!r->rollback_resistant) {
		finding(run, LEVEL_WARN, "rollback-resistant",
			"no: the root of the keys is a file; a copy taken together with it opens");
		return;
	}
	finding(run, r->tpm_software ? LEVEL_WARN : LEVEL_OK, "rollback-resistant",
		"yes, against copies of the disk made since %s: root in the %s%s",
		minute_text(since, r->resistant_since_ms), r->tpm,
		r->tpm_software ? "; it is a program, and a copy with its memory opens" : "");
	if (r->tpm_turns > TURNS_MANY)
		finding(
		    run, LEVEL_WARN, "wear of the TPM",
		    "its secret was replaced %llu times; its memory is made for some 100,000 "
		    "writes: move the root (tanu keys root file, then tpm) to fresh places, and "
		    "erase in batches",
		    (unsigned long long)r->tpm_turns);
}

static tanu_status check_cosigner(void *self, const struct log_cosigner *c, tanu_error *err)
{
	struct run *run = self;
	char at[MINUTE_TEXT_LEN];

	(void)err;
	if (c->size == 0)
		finding(run, LEVEL_WARN, "witness",
			"%s has cosigned nothing that is kept: tanu log "
			"cosign says why",
			c->name);
	else
		finding(run, LEVEL_OK, "witness", "%s has cosigned %llu entries, on %s", c->name,
			(unsigned long long)c->size, minute_text(at, c->at_ms));
	return TANU_OK;
}

static void check_witnesses(struct run *run)
{
	struct log_standing s = {0};
	char since[MINUTE_TEXT_LEN];
	tanu_error err = {0};

	if (service_log_standing(run->service, &s, &err) < 0 ||
	    service_log_cosigners_each(run->service, check_cosigner, run, &err) < 0) {
		bad(run, "witnesses", &err);
		return;
	}
	if (s.trouble.status < 0)
		bad(run, "witnesses", &s.trouble);
	else if (s.witnesses == 0)
		finding(run, LEVEL_WARN, "witnesses",
			"none: two versions of the log can be shown to people who never meet; "
			"docs/witness.md");
	if (s.held_since_ms)
		finding(
		    run, LEVEL_WARN, "public log",
		    "stands at %llu of %llu entries since %s, for witnesses that do not answer: "
		    "tanu log cosign says why",
		    (unsigned long long)s.published, (unsigned long long)s.size,
		    minute_text(since, s.held_since_ms));
}

static void check_report(struct run *run, const struct service_report *r)
{
	char late[MINUTE_TEXT_LEN];

	finding(run, LEVEL_OK, "site", "%s: %zu people, %zu live consents, %zu references", r->site,
		r->subjects, r->consents_live, r->references);
	if (service_storage(run->service) == STORAGE_PASS && r->references)
		finding(run, LEVEL_WARN, "storage.mode",
			"pass, but %zu references are still stored: each goes when its owner is "
			"issued a pass, or withdraws",
			r->references);
	else
		finding(run, LEVEL_OK, "storage.mode", "%s",
			service_storage_name(service_storage(run->service)));
	finding(run, LEVEL_OK, "keys", "%zu, as of ledger entry %llu", r->keys,
		(unsigned long long)r->keys_sequence);
	if (r->rolled_back)
		finding(run, LEVEL_BAD, "rollback",
			"the database (entry %llu) is older than the keys (entry %llu): an old "
			"copy was "
			"put back",
			(unsigned long long)r->sequence, (unsigned long long)r->keys_sequence);
	check_root(run, r);
	finding(run, r->embeddings == r->permits ? LEVEL_OK : LEVEL_BAD, "embeddings = permits",
		"%llu embeddings, %llu permits", (unsigned long long)r->embeddings,
		(unsigned long long)r->permits);
	if (r->log_stopped.status < 0)
		bad(run, "public log", &r->log_stopped);
	else
		finding(run, LEVEL_OK, "public log", "%llu entries",
			(unsigned long long)r->log_size);
	check_witnesses(run);
	check_clock(run, r);
	if (r->erased_late)
		finding(run, LEVEL_WARN, "erased late",
			"%zu erasures were done only now, later than setting erase.hours allows; "
			"the oldest was due to begin at %s: have the site opened every day, with "
			"tanu doctor from a timer",
			r->erased_late, minute_text(late, r->late_since_ms));
	if (r->repaired_tombstones || r->dropped_orphans || r->expired || r->aged)
		finding(run, LEVEL_OK, "at this opening",
			"%zu interrupted erasures finished, %zu unused keys dropped, %zu consents "
			"expired, %zu references too old and erased",
			r->repaired_tombstones, r->dropped_orphans, r->expired, r->aged);
}

#define DAY_MS ((int64_t)86400000)

static void check_backups(struct run *run, const struct recovery_state *r, int64_t now_ms)
{
	const int64_t days = settings_int(service_setting_values(run->service), "backup.days");
	char last[MINUTE_TEXT_LEN];

	if (r->backup_ms == 0)
		finding(run, LEVEL_WARN, "backup", "none was made yet: tanu backup --out FILE");
	else if (days > 0 && now_ms - r->backup_ms > days * DAY_MS)
		finding(run, LEVEL_WARN, "backup", "the last is of %s, older than %lld days",
			minute_text(last, r->backup_ms), (long long)days);
	else
		finding(run, LEVEL_OK, "backup", "the last is of %s",
			minute_text(last, r->backup_ms));
	if (r->notice.status < 0)
		finding(run, LEVEL_WARN, "recovery notice", "%s: %s", r->notice.place,
			r->notice.message);
}

static void check_recovery(struct run *run, int64_t now_ms)
{
	struct recovery_state r;
	tanu_error err = {0};

	if (service_recovery_state(run->service, &r, &err) < 0) {
		bad(run, "recovery key", &err);
		return;
	}
	if (!r.there) {
		finding(run, LEVEL_WARN, "recovery key",
			"none: after the loss of the disk nothing comes back; tanu recovery init");
		return;
	}
	if (r.over || (int)r.period + 2 >= r.periods)
		finding(run, LEVEL_WARN, "recovery key",
			"its periods run out: make another one with tanu recovery init");
	else if (r.tested_ms == 0 || now_ms - r.tested_ms > 365 * DAY_MS)
		finding(run, LEVEL_WARN, "recovery key",
			"nobody has seen the holder's half open %s: tanu recovery test",
			r.tested_ms ? "for a year" : "yet");
	else
		finding(run, LEVEL_OK, "recovery key", "period %u, the holder's half opens",
			(unsigned)r.period);
	check_backups(run, &r, now_ms);
}

static void check_settings(struct run *run)
{
	const struct settings *s = service_setting_values(run->service);
	size_t changed = 0;

	for (size_t i = 0; i < s->count; i++)
		changed += strcmp(settings_text(s, s->rows[i].name), s->rows[i].value) != 0;
	finding(run, LEVEL_OK, "settings", "%zu of %zu differ from their defaults", changed,
		s->count);
}

static tanu_status each_rule(void *self, const struct profile_rule_view *v, tanu_error *err)
{
	struct run *run = self;

	(void)err;
	if (v->lifted)
		finding(run, LEVEL_WARN, "rule",
			"%s = %s: the site states its accreditation (%s), which lifts the "
			"profile's %s (%s)",
			v->setting, v->value,
			settings_text(service_setting_values(run->service), "site.accreditation"),
			v->profile, v->source);
	else
		finding(run, LEVEL_OK, "rule", "%s = %s; profile: %s%s%s (%s)", v->setting,
			v->value, v->profile, *v->bound ? ", " : "", v->bound, v->source);
	return TANU_OK;
}

/* The rules in force by the site's jurisdiction; one that was set looser does not open at all. */
static void check_profile(struct run *run)
{
	const char *word = service_profile(run->service);
	tanu_error err = {0};

	if (strcmp(word, "none") == 0)
		finding(run, LEVEL_WARN, "profile",
			"none: no law's rules are in force here; setting site.profile, see "
			"docs/jurisdictions.md");
	else
		finding(run, LEVEL_OK, "profile", "%s; its rules are no legal advice", word);
	if (service_profile_each(run->service, each_rule, run, &err) < 0)
		bad(run, "profile", &err);
}

static void remind(struct run *run, const struct breach_view *v, const char *whom, int64_t due_ms)
{
	const struct clock_source clock = os_clock();
	char hex[ID_HEX_LEN], due[MINUTE_TEXT_LEN];
	bool late = clock_now(&clock) > due_ms;

	id_hex(hex, &v->id);
	finding(run, late ? LEVEL_BAD : LEVEL_WARN, "breach",
		"%.8s: %s %s by %s: tanu breach draft, send it, tanu breach notify", hex, whom,
		late ? "was to be told" : "is told", minute_text(due, due_ms));
}

/* Clocks that run. */
static tanu_status each_breach(void *self, const struct breach_view *v, tanu_error *err)
{
	struct run *run = self;
	bool told = service_breach_told_ms(v, BREACH_TOLD_AUTHORITY) != 0;
	bool result = service_breach_told_ms(v, BREACH_TOLD_RESULT) != 0;

	(void)err;
	if (v->closed_ms)
		return TANU_OK;
	if (v->due_ms && !told)
		remind(run, v, "the authority", v->due_ms);
	else if (v->result_due_ms && !result)
		remind(run, v, "the authority, of what was found out,", v->result_due_ms);
	else
		finding(run, LEVEL_WARN, "breach", "one is open: tanu breach list");
	return TANU_OK;
}

static void check_breaches(struct run *run)
{
	tanu_error err = {0};

	if (service_breach_each(run->service, each_breach, run, &err) < 0)
		bad(run, "breach", &err);
}

static tanu_status count_due(void *self, const struct due_view *v, tanu_error *err)
{
	(void)v;
	(void)err;
	++*(size_t *)self;
	return TANU_OK;
}

static void check_due(struct run *run)
{
	int64_t days = settings_int(service_setting_values(run->service), "consent.warn_days");
	tanu_error err = {0};
	size_t count = 0;

	if (service_due_each(run->service, days, count_due, &count, &err) < 0)
		bad(run, "due", &err);
	else if (count)
		finding(run, LEVEL_OK, "due",
			"%zu within %lld days: tanu consent due lists what ends and who is to be "
			"asked",
			count, (long long)days);
}

static void check_database(struct run *run)
{
	struct service_report report = {0};
	tanu_error err = {0};

	if (args_has(&run->args, "accept-clock") && service_clock_accept(run->service, &err) < 0) {
		bad(run, "clock", &err);
		return;
	}
	if (service_report(run->service, &report, &err) < 0) {
		bad(run, "site", &err);
		return;
	}
	check_report(run, &report);
	check_recovery(run, report.now_ms);
	if (service_check(run->service, &err) < 0)
		bad(run, "database", &err);
	else
		finding(run, LEVEL_OK, "database", "%s, checked whole", report.store);
}

/* The site does not open: people may be waiting for it. */
static void check_waiting(struct run *run, const char *folder)
{
	const struct service_options options = {.data_dir = folder};
	char since[MINUTE_TEXT_LEN], due[MINUTE_TEXT_LEN];
	int64_t since_ms = 0, due_ms = 0;
	size_t count = 0;

	if (service_erasures_waiting(&options, &count, &since_ms, &due_ms, NULL) < 0 || count == 0)
		return;
	finding(run, LEVEL_BAD, "erasures waiting",
		"%zu, the oldest asked for at %s and due by %s: they are finished when the site "
		"opens",
		count, minute_text(since, since_ms), minute_text(due, due_ms));
}

static void check_site(struct run *run)
{
	static const char *const files[] = {"", "tanu.ini", "tanu.db", "keys"};
	bool named = args_has(&run->args, "data") || getenv("TANU_DATA");
	const char *folder = run_folder(run);
	tanu_error err = {0};
	tanu_status st = run_site(run, &err);

	if (st < 0 && err.code == TANU_ERR_FOLDER_MISSING && !named) {
		finding(run, LEVEL_WARN, "site",
			"none in this folder: only the machine was checked");
		return;
	}
	if (st < 0 && err.code == TANU_ERR_FOLDER_MISSING) {
		bad(run, "site", &err);
		return;
	}
	for (size_t i = 0; i < ARRAY_LEN(files); i++)
		check_mode(run, folder, files[i]);
	if (st < 0) {
		bad(run, "site", &err);
		check_waiting(run, folder);
		return;
	}
	finding(run, LEVEL_OK, "lock", "no other program has the folder open");
	check_settings(run);
	check_profile(run);
	check_breaches(run);
	check_due(run);
	check_database(run);
}

static tanu_status doctor(struct run *run, tanu_error *err)
{
	(void)err;
	jw_array(&run->jw, "findings");
	check_machine(run);
	check_site(run);
	jw_end_array(&run->jw);
	jw_bool(&run->jw, "ok", run->exit == TANU_EXIT_YES);
	if (run->exit != TANU_EXIT_YES)
		say(run, "Something is bad; see above.\n");
	return TANU_OK;
}

const struct verb verb_doctor = {
    .group = "doctor",
    .flags = VERB_SITE,
    .brief = "Check machine and site, and say what holds",
    .about = "Checks the sandbox that this kernel grants, the inference runtime, the models' "
	     "digests; and of a "
	     "site the modes of its files, settings, the whole database, keys, whether the "
	     "database is older "
	     "than the keys, whether the files of the public log fit the database, and whether "
	     "embeddings made equal permits spent. Exit code 0 when "
	     "nothing is bad, "
	     "else 5. A warning is a weakness to know of.\n\nA clock that is far ahead of the "
	     "site's last use "
	     "(setting clock.jump_days) is shown, and nothing is erased for its sake; one that is "
	     "behind it "
	     "takes no consent and compares no face. After a long rest, or when a wrong clock was "
	     "set right, "
	     "\"tanu doctor --accept-clock\" says that it is right now.",
    .example = "tanu doctor --data school",
    .options = {{"accept-clock", VALUE_NONE, NULL, NULL, false,
		 "The clock is right: go by it from now on, and erase what has ended"}},
    .fields = {{"ok", "true: nothing is bad"},
	       {"findings[].level", "ok, warn or bad"},
	       {"findings[].what", "what was checked"},
	       {"findings[].message", "what was found, in words"}},
    .run = doctor,
};
