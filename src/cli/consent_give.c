/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/run.h"
#include "cli/verbs.h"

#include <string.h>

#define DOCUMENT_MAX	((size_t)64 << 20)
#define PAPER_BYTES_MAX ((size_t)8 << 20)

static void answer(struct run *run, const struct consent_order *order)
{
	struct json_w *w = &run->jw;
	char hex[ID_HEX_LEN], until[DATE_TEXT_LEN], purposes[PURPOSES_WORDS_LEN];

	id_hex(hex, &order->subject);
	date_text(until, order->until);
	say(run, "Consent to %s is given until %s (UTC, that day included), by %s, under notice ",
	    purposes_words(purposes, order->purposes), until, tanu_giver_name(order->giver));
	say_clean(run, order->notice.version);
	say(run, " (%s).\n", order->notice.language);
	answer_notice(run, &order->notice);
	if (args_has(&run->args, "paper"))
		say(run, "The signed paper is kept with the person's papers.\n");
	if (service_storage(run->service) == STORAGE_PASS)
		say(run, "Next: tanu pass issue %.8s PHOTO... --out FILE.pdf\n", hex);
	else
		say(run, "Next: tanu enrol %.8s PHOTO...\n", hex);

	jw_id(w, "subject", &order->subject);
	jw_purposes(w, "purposes", order->purposes);
	jw_text(w, "by", tanu_giver_name(order->giver));
	if (order->giver == TANU_GIVER_GUARDIAN)
		jw_id(w, "guardian", &order->guardian);
	else
		jw_null(w, "guardian");
	jw_text(w, "until", until);
	jw_bool(w, "assent", order->assent);
	jw_bool(w, "written", order->evidence != NULL);
}

/* ---- signed by hand ---- */

static bool is_scan(const struct buf *bytes)
{
	static const struct {
		const char *bytes;
		size_t len;
	} kinds[] = {{"%PDF-", 5}, {"\xFF\xD8\xFF", 3}, {"\x89PNG\r\n\x1A\n", 8}};

	for (size_t i = 0; i < ARRAY_LEN(kinds); i++)
		if (bytes->len > kinds[i].len &&
		    memcmp(bytes->data, kinds[i].bytes, kinds[i].len) == 0)
			return true;
	return false;
}

/* A scan that --paper names; `bytes` owns it, and the caller wipes that. */
static tanu_status paper_option(struct run *run, struct consent_order *order,
				struct consent_evidence *paper, struct buf *bytes, tanu_error *err)
{
	const char *path = args_get(&run->args, "paper");
	tanu_status st;

	if (!path)
		return TANU_OK;
	if (args_has(&run->args, "signature"))
		return tanu_fail(err, TANU_ERR_USAGE, NULL,
				 "either --paper, signed by hand, or --signature");
	if ((st = os_read_file(bytes, path, PAPER_BYTES_MAX, err)) < 0 ||
	    (st = service_document_sha256(paper->page[0].sha256, path, err)) < 0)
		return st;
	if (!is_scan(bytes))
		return tanu_fail(err, TANU_ERR_FORMAT, path, "a scan is a PDF, JPEG or PNG file");
	paper->page[0].keep = bytes;
	paper->pages_len = 1;
	order->evidence = paper;
	return TANU_OK;
}

/* ---- signed electronically ---- */

struct signing {
	struct buf file, document;
	struct signature_view view;
	struct consent_evidence evidence;
	struct form_view form; /* when the document is one of hers; state 0: it is not */
};

static tanu_status match_form(void *self, const struct form_view *v, tanu_error *err)
{
	struct signing *signing = self;

	(void)err;
	if (memcmp(v->pdf_sha256, signing->view.document_sha256, sizeof(v->pdf_sha256)) == 0)
		signing->form = *v;
	return TANU_OK;
}

static tanu_status signing_read(struct run *run, struct signing *g, const tanu_id *subject,
				tanu_error *err)
{
	const char *signature = args_get(&run->args, "signature");
	const char *document = args_get(&run->args, "signed-document");
	tanu_status st;

	if (!signature != !document)
		return tanu_fail(err, TANU_ERR_USAGE, NULL,
				 "--signature and --signed-document go together");
	if (!signature)
		return TANU_OK;
	if ((st = os_read_file(&g->document, document, DOCUMENT_MAX, err)) < 0 ||
	    (st = os_read_file(&g->file, signature, DOCUMENT_MAX, err)) < 0 ||
	    (st = service_signature_check(run->service, &g->view, &g->file, &g->document, err)) <
		0 ||
	    (st = service_forms_each(run->service, subject, match_form, g, err)) < 0)
		return st;
	g->view.checked_elsewhere = args_has(&run->args, "checked-elsewhere");
	memcpy(g->evidence.page[0].sha256, g->view.document_sha256,
	       sizeof(g->view.document_sha256));
	g->evidence.pages_len = 1;
	g->evidence.signature = &g->view;
	g->evidence.signature_file = &g->file;
	return TANU_OK;
}

/* The document is a form: what it says holds, and the words of this call may not contradict it. */
static tanu_status give_on_form(struct run *run, const struct signing *g,
				const struct consent_order *order, tanu_error *err)
{
	const struct form_answer answer = {.subject = order->subject,
					   .form = g->form.id,
					   .yes = order->purposes,
					   .assent = order->assent,
					   .evidence = &g->evidence};
	struct erasure_receipt none = {0};

	if (date_to_days(order->until) != date_to_days(g->form.until) ||
	    order->giver != g->form.giver || !id_equal(&order->guardian, &g->form.guardian))
		return tanu_fail(err, TANU_ERR_USAGE, g->form.code,
				 "the form that was signed names another day, or somebody else");
	return service_form_answer(run->service, &none, &answer, err);
}

static void answer_signature(struct run *run, const struct signing *g)
{
	struct json_w *w = &run->jw;

	if (!g->evidence.signature) {
		jw_null(w, "signature");
		return;
	}
	say(run, "Signed electronically by ");
	say_clean(run, *g->view.signer ? g->view.signer : "somebody whose certificate is missing");
	say(run, ": %s", g->view.result);
	say(run, *g->view.reason ? " (" : "");
	say_clean(run, g->view.reason);
	say(run, *g->view.reason ? ").\n" : ".\n");
	say(run,
	    "Whether that is the person who agrees, you have to see: Tanu compares no names.\n");
	jw_object(w, "signature");
	jw_text(w, "result", g->view.result);
	jw_clean(w, "reason", g->view.reason);
	jw_clean(w, "signer", g->view.signer);
	jw_text(w, "serial", g->view.serial);
	jw_text(w, "form", g->form.state ? g->form.code : NULL);
	jw_end_object(w);
}

/* ---- the verb ---- */

static tanu_status give(struct run *run, struct signing *g, struct consent_order *order,
			tanu_error *err)
{
	if (g->form.state)
		return give_on_form(run, g, order, err);
	if (g->evidence.signature)
		order->evidence = &g->evidence;
	return service_consent_give(run->service, order, err);
}

static tanu_status consent_give(struct run *run, tanu_error *err)
{
	const struct args *args = &run->args;
	struct consent_order order = {.assent = args_has(args, "assent")};
	struct signing signing = {0};
	struct consent_evidence paper = {0};
	struct buf text = {0}, scan = {0};
	tanu_status st;

	if ((st = tanu_purposes_parse(&order.purposes, args_get(args, "purpose"), err)) < 0 ||
	    (st = args_date(&order.until, args, "until", err)) < 0 ||
	    (st = run_subject(run, &order.subject, err)) < 0 ||
	    (st = notice_option(run, &order.notice, &text, err)) < 0 ||
	    (st = giver_parse(run, &order.giver, &order.guardian, err)) < 0 ||
	    (st = signing_read(run, &signing, &order.subject, err)) < 0 ||
	    (st = paper_option(run, &order, &paper, &scan, err)) < 0 ||
	    (st = give(run, &signing, &order, err)) < 0)
		goto out;
	if (signing.form.state) { /* its notice is that of the consent */
		memcpy(order.notice.version, signing.form.version, sizeof(order.notice.version));
		memcpy(order.notice.language, signing.form.language, sizeof(order.notice.language));
	}
	answer(run, &order);
	answer_signature(run, &signing);
out:
	buf_free(&text);
	buf_wipe(&scan);
	buf_wipe(&signing.file);
	buf_wipe(&signing.document);
	mem_wipe(&signing.view, sizeof(signing.view));
	return st;
}

const struct verb verb_consent_give = {
    .group = "consent",
    .action = "give",
    .flags = VERB_SITE,
    .brief = "Record that a person agreed",
    .about =
	"Records a consent: who agreed to which purposes, until when, under which notice. The text "
	"of the "
	"notice is kept with the consent. It holds until the end of the last day, UTC, and can be "
	"withdrawn at any moment.\n\nCalibration is another kind of purpose: it lets the person's "
	"reference be compared with those of others who agreed to it, so that the site knows its "
	"error rates (\"tanu calibrate --site\") and who needs a second factor. It covers no "
	"enrolment by itself.\n\nBelow the age of majority a registered guardian consents "
	"(\"tanu guardian add\"), from then on only the person herself. From "
	"consent.assent_years of age on the child is asked as well, and --assent says that she "
	"agreed. While a no of the child or of another guardian stands, it is refused. Below "
	"enrol.min_years no face is taken, so no consent is either.\n\nWhere consent.written is on "
	"(profiles kz and ru), a consent is taken only with what was signed, by hand or "
	"electronically. Forms signed by hand come back through \"tanu consent import-scans\"; a "
	"single paper can be given with --paper, and is kept sealed with the person's papers. What "
	"was signed electronically is given with --signed-document, a form or any other file, and "
	"--signature, "
	"the file of the signing program (CMS: .p7s, .sig). It is checked against the certificates "
	"of setting signature.ca; the file and what came of it are kept, and stand in the record. "
	"A "
	"signature that does not fit the document is refused; one that could not be checked, or is "
	"not trusted, is told as such.",
    .example =
	"tanu consent give 3f9a41c2 --purpose access --by self --until 2027-06-30 --language kk",
    .operands = {OPERAND_SUBJECT},
    .options = {{"purpose", VALUE_WORD, "PURPOSE[,...]", NULL, true,
		 "One or more of access, attendance, visit, identity, calibration"},
		{"by", VALUE_CHOICE, "WHO", "self guardian", true,
		 "Who agreed: the person herself, or a guardian"},
		OPTION_GUARDIAN,
		{"assent", VALUE_NONE, NULL, NULL, false,
		 "The child was asked as well, and agreed"},
		{"paper", VALUE_FILE, "FILE", NULL, false, "The signed form as a PDF, JPEG or PNG"},
		{"until", VALUE_WORD, "DATE", NULL, true, "The last day on which it holds"},
		{"signature", VALUE_FILE, "FILE", NULL, false,
		 "Electronic signature of the document that follows"},
		{"signed-document", VALUE_FILE, "FILE", NULL, false, "What was signed"},
		OPTION_CHECKED_ELSEWHERE,
		OPTION_NOTICE,
		OPTION_LANGUAGE},
    .fields = {{"subject", "the person's id"},
	       {"purposes", "what was agreed to, array of words"},
	       {"by", "self or guardian"},
	       {"guardian", "the guardian's id, or null"},
	       {"until", "last day, YYYY-MM-DD, UTC"},
	       {"assent", "true: the child agreed too"},
	       {"written", "true: something was signed"},
	       {"signature", "null, or of an electronic signature:"},
	       {"signature.result", "valid, untrusted, unsupported or not-checked"},
	       {"signature.reason", "why not valid, in words"},
	       {"signature.signer", "subject of the signer's certificate"},
	       {"signature.serial", "its serial number, hexadecimal"},
	       {"signature.form", "code of the form that was signed, or null"},
	       NOTICE_FIELDS},
    .run = consent_give,
};
