/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/run.h"
#include "cli/verbs.h"

static tanu_status consent_notice(struct run *run, tanu_error *err)
{
	struct consent_view view = {0};
	char hex[2 * sizeof(view.notice_sha256) + 1];
	struct buf text = {0};
	tanu_id id;
	tanu_status st;

	if ((st = run_site(run, err)) < 0 ||
	    (st = service_consent_find(run->service, &id, run->args.operands[0], err)) < 0 ||
	    (st = service_consent_notice(run->service, &text, &view, &id, err)) < 0)
		goto out;
	hex_encode(hex, view.notice_sha256, sizeof(view.notice_sha256));
	if (text.len)
		say_lines(run, &text);
	else
		say(run, "No notice was shown.\n");
	jw_id(&run->jw, "consent", &id);
	jw_id(&run->jw, "subject", &view.consent.subject);
	jw_object(&run->jw, "notice");
	jw_clean(&run->jw, "version", view.notice_version);
	jw_clean(&run->jw, "language", view.notice_language);
	jw_text(&run->jw, "sha256", hex);
	jw_end_object(&run->jw);
	jw_lines(&run->jw, "lines", &text);
out:
	buf_free(&text);
	return st;
}

const struct verb verb_consent_notice = {
    .group = "consent",
    .action = "notice",
    .flags = VERB_SITE,
    .brief = "Show the text that a consent was given under",
    .about =
	"Prints the notice exactly as it was when the person agreed, or was asked, whatever the "
	"present one says. \"tanu consent show\" lists the ids.",
    .example = "tanu consent notice 5be0c41d",
    .operands = {{"CONSENT", VALUE_WORD, 1, 1, "Id of a consent, at least its first 6 digits"}},
    .fields = {{"consent", "id of the consent"},
	       {"subject", "the person's id"},
	       NOTICE_FIELDS,
	       {"notice.sha256", "SHA-256 of the text"},
	       {"lines", "the text, array of its lines"}},
    .run = consent_notice,
};
