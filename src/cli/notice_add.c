/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/run.h"
#include "cli/verbs.h"

static void answer_view(struct run *run, const struct notice_view *v)
{
	char hex[2 * sizeof(v->sha256) + 1];
	struct json_w *w = &run->jw;

	hex_encode(hex, v->sha256, sizeof(v->sha256));
	jw_clean(w, "version", v->version);
	jw_clean(w, "language", v->language);
	jw_text(w, "sha256", hex);
	jw_int(w, "added_ms", v->added_ms);
}

static tanu_status notice_add(struct run *run, tanu_error *err)
{
	const struct args *args = &run->args;
	const char *path = args->operands_len ? args->operands[0] : NULL;
	struct notice_view view = {0};
	struct notice notice = {0};
	struct buf text = {0};
	tanu_status st;

	if (path && args_has(args, "children"))
		return tanu_fail(err, TANU_ERR_USAGE, NULL,
				 "--children names a text shipped with Tanu; leave FILE out");
	if ((st = run_site(run, err)) < 0 ||
	    (st = notice_load(run, &notice, &text, path, args_has(args, "children"), err)) < 0 ||
	    (st = service_notice_add(run->service, &view, &notice, err)) < 0)
		goto out;
	say(run, "Registered as ");
	say_clean(run, view.version);
	say(run, " (%s). Next: tanu consent request SUBJECT --purpose access --notice ",
	    view.language);
	say_clean(run, view.version);
	say(run, " --language %s\n", view.language);
	answer_view(run, &view);
out:
	buf_free(&text);
	return st;
}

static tanu_status each(void *self, const struct notice_view *v, tanu_error *err)
{
	struct run *run = self;
	char hex[2 * sizeof(v->sha256) + 1], added[DATE_TEXT_LEN];

	(void)err;
	hex_encode(hex, v->sha256, sizeof(v->sha256));
	say_clean(run, v->version);
	say(run, "  %s  since %s  SHA-256 %.16s...\n", v->language,
	    date_text(added, date_from_ms(v->added_ms)), hex);
	jw_object(&run->jw, NULL);
	answer_view(run, v);
	jw_end_object(&run->jw);
	return TANU_OK;
}

static tanu_status notice_list(struct run *run, tanu_error *err)
{
	size_t before;
	tanu_status st = run_site(run, err);

	if (st < 0)
		return st;
	before = run->text.len;
	jw_array(&run->jw, "notices");
	st = service_notice_each(run->service, each, run, err);
	jw_end_array(&run->jw);
	if (st == TANU_OK && run->text.len == before)
		say(run, "No notice is registered so far. Next: tanu notice add\n");
	return st;
}

const struct verb verb_notice_add = {
    .group = "notice",
    .action = "add",
    .flags = VERB_SITE,
    .brief = "Register a text that people agree to",
    .about =
	"Registers a notice with a version, a language and its SHA-256, which the public log "
	"names too. A version stands for one text for ever: a changed text gets a version of its "
	"own, and nobody who agreed to an older one has agreed to it. Asking and consenting "
	"register the notice they name by themselves.\n\nIn the text {section.key} stands for a "
	"setting of the site, as {retention.access}. What histories were promised to be kept is "
	"remembered with the notice: a later, longer setting does not stretch "
	"it.\n\nWithout FILE the text shipped with Tanu is registered, with --children the one "
	"for children; their version ends with the first digits of the SHA-256.",
    .example = "tanu notice add school-2026-09.txt --language kk",
    .operands = {{"FILE", VALUE_FILE, 0, 1,
		  "The text, in UTF-8; its name without extension becomes the version"}},
    .options = {OPTION_LANGUAGE,
		{"children", VALUE_NONE, NULL, NULL, false,
		 "The shipped text for children, told with pictures"}},
    .fields = {{"version", "version of the notice"},
	       {"language", "kk, ru or en"},
	       {"sha256", "SHA-256 of the text"},
	       {"added_ms", "when it was registered, Unix milliseconds, UTC"}},
    .run = notice_add,
};

const struct verb verb_notice_list = {
    .group = "notice",
    .action = "list",
    .flags = VERB_SITE,
    .brief = "Show the registered notices",
    .about = "One line a notice: version, language, since when, SHA-256 of its text.",
    .example = "tanu notice list",
    .fields = {{"notices[].version", "version of the notice"},
	       {"notices[].language", "kk, ru or en"},
	       {"notices[].sha256", "SHA-256 of the text"},
	       {"notices[].added_ms", "when it was registered, Unix milliseconds, UTC"}},
    .run = notice_list,
};
