/* SPDX-License-Identifier: Apache-2.0 */
/* Forms to be signed by hand: codes, how long they count, what an answer makes, what is kept. */
#include "service/site.h"

#include "crypto/authority.h"

#define ACCESS	   TANU_PURPOSE_ACCESS
#define ATTENDANCE TANU_PURPOSE_ATTENDANCE

static struct form_view form_made(struct site *site, const struct consent_order *order)
{
	struct form_view form = {0};

	MUST(service_form_plan(site->s, &form, order, err));
	form.pages = 2;
	MUST(service_forms_record(site->s, &form, 1, &order->notice, err));
	return form;
}

static struct form_view form_for(struct site *site, const tanu_id *id, unsigned purposes)
{
	struct consent_order order = order_of(site, id, purposes, 60);

	return form_made(site, &order);
}

struct seek {
	const char *code;
	struct form_view found;
};

static tanu_status seek_form(void *self, const struct form_view *v, tanu_error *err)
{
	struct seek *seek = self;

	(void)err;
	if (strcmp(v->code, seek->code) == 0)
		seek->found = *v;
	return TANU_OK;
}

static struct form_view form_now(struct site *site, const struct form_view *form)
{
	struct seek seek = {.code = form->code};

	MUST(service_forms_each(site->s, NULL, seek_form, &seek, err));
	return seek.found;
}

static struct consent_evidence paper(uint8_t mark)
{
	struct consent_evidence e = {.pages_len = 1};

	memset(e.page[0].sha256, mark, sizeof(e.page[0].sha256));
	return e;
}

static tanu_status answer_with(struct site *site, const struct form_view *form, unsigned yes,
			       unsigned no, bool assent, const struct consent_evidence *evidence,
			       tanu_error *err)
{
	struct form_answer answer = {.subject = form->subject,
				     .form = form->id,
				     .yes = yes,
				     .no = no,
				     .assent = assent,
				     .evidence = evidence};
	struct erasure_receipt receipt;

	return service_form_answer(site->s, &receipt, &answer, err);
}

static tanu_status answer(struct site *site, const struct form_view *form, unsigned yes,
			  unsigned no, tanu_error *err)
{
	struct consent_evidence evidence = paper(7);

	return answer_with(site, form, yes, no, false, &evidence, err);
}

static unsigned live(struct site *site, const tanu_id *id)
{
	struct subject_view view = {0};

	MUST(service_subject_get(site->s, &view, id, err));
	return view.live_purposes;
}

/* ---- codes ---- */

static void a_code_reads_back_as_people_type_it(void **state)
{
	struct site *site = *state;
	uint8_t number[FORM_NUMBER_LEN], code[FORM_CODE_LEN], back[FORM_CODE_LEN];
	char text[FORM_CODE_TEXT_LEN], typed[FORM_CODE_TEXT_LEN];

	for (unsigned round = 0; round < 64; round++) {
		for (size_t i = 0; i < sizeof(number); i++)
			number[i] = (uint8_t)(round * 41 + i * 97);
		form_code_make(site->s, code, number);
		form_code_text(text, code);
		assert_int_equal(strlen(text), FORM_CODE_TEXT_LEN - 1);
		for (size_t i = 0; i <= strlen(text); i++)
			typed[i] = text[i] == '0'   ? 'o'
				   : text[i] == '1' ? 'l'
				   : text[i] == '-' ? ' '
						    : (char)(text[i] | (text[i] >= 'A' ? 32 : 0));
		assert_true(form_code_parse(back, typed));
		assert_memory_equal(back, code, sizeof(code));
		MUST(form_code_check(site->s, back, err));
	}
	assert_false(form_code_parse(back, ""));
	assert_false(form_code_parse(back, text + 1));
	assert_false(form_code_parse(back, "UUUU-UUUU-UUUU-UUUU-UUUU-UUUU"));
}

static void no_letter_of_a_code_can_be_changed(void **state)
{
	struct site *site = *state;
	uint8_t number[FORM_NUMBER_LEN] = {1, 2, 3}, code[FORM_CODE_LEN], other[FORM_CODE_LEN];
	char text[FORM_CODE_TEXT_LEN];

	form_code_make(site->s, code, number);
	form_code_text(text, code);
	for (size_t i = 0; i < strlen(text); i++) {
		char was = text[i];

		if (was == '-')
			continue;
		text[i] = was == '7' ? '8' : '7';
		assert_true(form_code_parse(other, text));
		REFUSES(TANU_ERR_FORM, form_code_check(site->s, other, err));
		text[i] = was;
	}
}

static void what_is_no_link_of_a_form_is_refused(void **state)
{
	static const char *const links[] = {
	    "",
	    "tanu:form:",
	    "https://example.org/",
	    "tanu:form:000000000000000000000000",
	    "tanu:form:000000000000000000000000:",
	    "tanu:form:000000000000000000000000:0/1",
	    "tanu:form:000000000000000000000000:2/1",
	    "tanu:form:000000000000000000000000:1/1x",
	    "tanu:form:000000000000000000000000:-1/1",
	    "tanu:form:00000000000000000000000U:1/1",
	    "tanu:form:000000000000000000000000;1/1",
	    "TANU:form:000000000000000000000000:1/1",
	    "tanu:form:000000000000000000000000:100/100",
	};
	struct form_scan scan = {0};
	struct buf link = {0};
	char good[FORM_LINK_LEN];

	(void)state;
	service_form_link(good, "0000-0000-0000-0000-0000-000Z", 3, 12);
	buf_str(&link, good);
	MUST(form_link_parse(&scan, &link, err));
	assert_string_equal(scan.code, "0000-0000-0000-0000-0000-000Z");
	assert_int_equal(scan.page, 3);
	assert_int_equal(scan.pages, 12);
	for (size_t i = 0; i < ARRAY_LEN(links); i++) {
		link.len = 0;
		buf_str(&link, links[i]);
		REFUSES(TANU_ERR_FORMAT, form_link_parse(&scan, &link, err));
	}
	buf_free(&link);
}

/* ---- how long a form counts ---- */

static void a_form_is_a_request_until_it_is_answered(void **state)
{
	struct site *site = *state;
	tanu_id id = add_person(site, "Aliya", 30);
	struct form_view form = form_for(site, &id, ACCESS | ATTENDANCE);

	assert_int_equal(form_now(site, &form).state, FORM_OPEN);
	assert_int_equal(live(site, &id), 0);
	MUST(answer(site, &form, ACCESS, 0, err));
	assert_int_equal(live(site, &id), ACCESS);
	assert_int_equal(form_now(site, &form).state, FORM_OPEN);
	REFUSES(TANU_ERR_FORM, answer(site, &form, ACCESS, 0, err)); /* twice */
	site_reopen(site);
	MUST(answer(site, &form, 0, ATTENDANCE, err));
	assert_int_equal(live(site, &id), ACCESS);
	form = form_now(site, &form);
	assert_int_equal(form.state, FORM_ANSWERED);
	assert_int_equal(form.given, ACCESS);
	assert_int_equal(form.refused, ATTENDANCE);
	REFUSES(TANU_ERR_FORM, answer(site, &form, 0, ATTENDANCE, err));
}

static void a_form_asks_only_what_stands_on_it(void **state)
{
	struct site *site = *state;
	tanu_id id = add_person(site, "Aliya", 30);
	struct form_view form = form_for(site, &id, ACCESS);

	REFUSES(TANU_ERR_USAGE, answer(site, &form, ACCESS | ATTENDANCE, 0, err));
	REFUSES(TANU_ERR_USAGE, answer(site, &form, 0, 0, err));
	REFUSES(TANU_ERR_USAGE, answer(site, &form, ACCESS, ACCESS, err));
	assert_int_equal(live(site, &id), 0);
}

static void a_form_runs_out_with_its_request(void **state)
{
	struct site *site = *state;
	tanu_id id = add_person(site, "Aliya", 30);
	struct form_view form = form_for(site, &id, ACCESS);

	assert_int_equal(form.due_ms - form.made_ms, 30 * DAY);
	site->ahead_ms += 29 * DAY;
	assert_int_equal(form_now(site, &form).state, FORM_OPEN);
	site->ahead_ms += 2 * DAY;
	assert_int_equal(form_now(site, &form).state, FORM_ENDED);
	REFUSES(TANU_ERR_FORM, answer(site, &form, ACCESS, 0, err));
	assert_int_equal(live(site, &id), 0);
}

static void a_newer_form_is_the_one_that_counts(void **state)
{
	struct site *site = *state;
	tanu_id id = add_person(site, "Aliya", 30);
	struct form_view first = form_for(site, &id, ACCESS);
	struct form_view second = form_for(site, &id, ACCESS);

	REFUSES(TANU_ERR_FORM, answer(site, &first, ACCESS, 0, err));
	MUST(answer(site, &second, ACCESS, 0, err));
}

static void a_no_after_the_form_voids_it(void **state)
{
	struct site *site = *state;
	tanu_id refused = add_person(site, "Aliya", 30), withdrawn = add_person(site, "Bek", 40);
	struct form_view first = form_for(site, &refused, ACCESS), second;
	struct consent_say say = {.subject = refused, .purposes = ACCESS, .by = TANU_GIVER_SELF};
	struct erasure_receipt receipt;

	MUST(service_consent_refuse(site->s, &receipt, &say, err));
	REFUSES(TANU_ERR_FORM, answer(site, &first, ACCESS, 0, err));
	assert_int_equal(live(site, &refused), 0);
	/* A consent runs; its renewal is printed; then she withdraws. The paper is older than that.
	 */
	give(site, &withdrawn, ACCESS, 10);
	second = form_for(site, &withdrawn, ACCESS);
	MUST(service_consent_withdraw(site->s, &receipt, &withdrawn, ACCESS, err));
	REFUSES(TANU_ERR_FORM, answer(site, &second, ACCESS, 0, err));
	assert_int_equal(live(site, &withdrawn), 0);
}

static void who_may_not_be_asked_gets_no_form(void **state)
{
	struct site *site = *state;
	tanu_id child = add_person(site, "Child", 12), mother = add_person(site, "Mother", 40);
	struct consent_order order = order_of(site, &child, ACCESS, 60);
	struct form_view form = {0};

	REFUSES(TANU_ERR_CONSENT_RULE, service_form_plan(site->s, &form, &order, err));
	order = order_by(site, &child, &mother, ACCESS, 60);
	REFUSES(TANU_ERR_CONSENT_RULE, service_form_plan(site->s, &form, &order, err));
	add_guardian(site, &child, &mother);
	MUST(service_form_plan(site->s, &form, &order, err));
	assert_true(form.assent);
	order.until = date_in(site, 600);
	REFUSES(TANU_ERR_CONSENT_RULE, service_form_plan(site->s, &form, &order, err));
}

static void a_child_of_that_age_signs_too(void **state)
{
	struct site *site = *state;
	tanu_id child = add_person(site, "Child", 12), mother = add_person(site, "Mother", 40);
	struct consent_order order = order_by(site, &child, &mother, ACCESS, 60);
	struct consent_evidence evidence = paper(3);
	struct form_view form;

	add_guardian(site, &child, &mother);
	form = form_made(site, &order);
	REFUSES(TANU_ERR_CONSENT_RULE, answer_with(site, &form, ACCESS, 0, false, &evidence, err));
	assert_int_equal(form_now(site, &form).state, FORM_OPEN);
	MUST(answer_with(site, &form, ACCESS, 0, true, &evidence, err));
	assert_int_equal(live(site, &child), ACCESS);
}

/* ---- what is kept ---- */

struct evidence_seen {
	int records, papers;
	uint8_t event[DIGEST_LEN];
	uint8_t record[DIGEST_LEN];
	struct json_doc *doc;
};

static tanu_status see_record(void *self, const struct consent_record_view *v,
			      const struct buf *text, tanu_error *unused)
{
	struct evidence_seen *seen = self;

	(void)unused;
	if (v->kind != CONSENT_RECORD_GIVEN)
		return TANU_OK;
	seen->records++;
	memcpy(seen->record, v->sha256, DIGEST_LEN);
	json_free(&seen->doc);
	MUST(json_parse(&seen->doc, text->data, text->len, RECORD_MAX, "record", err));
	assert_true(json_is_canonical(seen->doc, text->data, text->len));
	return TANU_OK;
}

static tanu_status see_event(void *self, const struct history_view *v, tanu_error *err)
{
	struct evidence_seen *seen = self;

	(void)err;
	if (v->event == TANU_EVENT_CONSENT_GIVEN)
		memcpy(seen->event, v->document, DIGEST_LEN);
	seen->papers += v->event == TANU_EVENT_PAPER_ADDED;
	return TANU_OK;
}

static struct evidence_seen look(struct site *site, const tanu_id *id)
{
	struct evidence_seen seen = {0};

	MUST(service_consent_record_each(site->s, id, see_record, &seen, err));
	MUST(service_history_each(site->s, id, see_event, &seen, err));
	assert_int_equal(seen.records, 1);
	assert_memory_equal(seen.event, seen.record, DIGEST_LEN);
	return seen;
}

static const char *word(json_value object, const char *key)
{
	const char *text = NULL;

	MUST(json_text(&text, object, key, err));
	return text;
}

static tanu_status take_paper(void *self, const struct paper *paper, tanu_error *err)
{
	struct buf *out = self;

	(void)err;
	buf_put(out, paper->text.data, paper->text.len);
	return TANU_OK;
}

static void the_record_states_what_was_signed(void **state)
{
	static const char pixels[] = "\xFF\xD8\xFF a page";
	struct site *site = *state;
	tanu_id id = add_person(site, "Aliya", 30);
	struct form_view form = form_for(site, &id, ACCESS);
	struct consent_evidence evidence = paper(9);
	struct buf page = {0}, kept = {0};
	char hex[2 * DIGEST_LEN + 1];
	struct evidence_seen seen;
	const char *digest = NULL;
	json_value e;
	bool is_kept = false;

	buf_str(&page, pixels);
	service_sha256(evidence.page[0].sha256, &page);
	evidence.page[0].keep = &page;
	MUST(answer_with(site, &form, ACCESS, 0, false, &evidence, err));
	site_reopen(site);
	seen = look(site, &id);
	assert_int_equal(seen.papers, 1);
	assert_string_equal(word(json_root(seen.doc), "collectionMethod"), "in writing");
	e = json_get(json_root(seen.doc), "evidence");
	assert_string_equal(word(e, "form"), form.code);
	hex_encode(hex, evidence.page[0].sha256, DIGEST_LEN);
	MUST(json_text_at(&digest, json_get(e, "document_sha256"), 0, err));
	assert_string_equal(digest, hex);
	MUST(json_bool(&is_kept, e, "documents_kept", err));
	assert_true(is_kept);
	MUST(papers_each(site->s, &id, RECORD_SCAN, take_paper, &kept, err));
	assert_int_equal(kept.len, page.len);
	assert_memory_equal(kept.data, page.data, page.len);
	assert_int_equal(files_holding(site->dir, " a page", 7), 0); /* sealed */
	kept.len = 0;
	MUST(service_subject_export(site->s, &kept, &id, err));
	assert_non_null(strstr(buf_cstr(&kept), "\"how\":\"hand\""));
	assert_non_null(strstr(buf_cstr(&kept), form.code));
	json_free(&seen.doc);
	buf_free(&page);
	buf_free(&kept);
}

/* ---- signed electronically ---- */

static struct signature_view signature_of(struct site *site, struct buf *file,
					  const struct holder *holder, const char *document)
{
	struct signature_view view = {0};
	struct buf signed_text = {0};

	buf_str(&signed_text, "I agree.");
	file->len = 0;
	holder_sign(file, holder, document, strlen(document), SIGNED_BESIDE, false);
	MUST(service_signature_check(site->s, &view, file, &signed_text, err));
	buf_free(&signed_text);
	return view;
}

static void trust(struct site *site, const struct holder *holder)
{
	char path[96], ini[96];
	struct buf pem = {0}, text = {0};

	snprintf(path, sizeof(path), "%s/ca.pem", site->root);
	snprintf(ini, sizeof(ini), "%s/tanu.ini", site->dir);
	holder_pem(&pem, holder);
	MUST(os_replace_file(path, pem.data, pem.len, 0600, err));
	MUST(os_read_file(&text, ini, 1 << 20, err));
	buf_printf(&text, "\n[signature]\nca = %s\n", path);
	MUST(os_replace_file(ini, text.data, text.len, 0600, err));
	site_reopen(site);
	buf_free(&pem);
	buf_free(&text);
}

static void a_signature_is_kept_with_what_came_of_it(void **state)
{
	struct site *site = *state;
	struct holder root = holder_new("Authority", NULL, -10, 100);
	struct holder aliya = holder_new("Aliya", &root, -10, 100);
	tanu_id id = add_person(site, "Aliya", 30);
	struct consent_order order = order_of(site, &id, ACCESS, 60);
	struct consent_evidence evidence = {0};
	struct buf file = {0}, kept = {0};
	struct evidence_seen seen;
	struct signature_view view = signature_of(site, &file, &aliya, "I agree.");
	json_value s;

	assert_string_equal(view.result, "not-checked");
	trust(site, &root);
	view = signature_of(site, &file, &aliya, "I agree.");
	assert_string_equal(view.result, "valid");
	assert_string_equal(view.signer, "CN=Aliya");
	evidence.signature = &view;
	evidence.signature_file = &file;
	order.evidence = &evidence;
	MUST(service_consent_give(site->s, &order, err));
	seen = look(site, &id);
	assert_string_equal(word(json_root(seen.doc), "collectionMethod"), "electronic signature");
	s = json_get(json_get(json_root(seen.doc), "evidence"), "signature");
	assert_string_equal(word(s, "result"), "valid");
	assert_string_equal(word(s, "serial"), view.serial);
	assert_int_equal(strlen(word(s, "signer_sha256")), 2 * DIGEST_LEN);
	assert_null(json_get(s, "signer")); /* no name where a digest does */
	MUST(papers_each(site->s, &id, RECORD_SIGNATURE, take_paper, &kept, err));
	assert_non_null(memmem(kept.data, kept.len, file.data, file.len));
	assert_non_null(memmem(kept.data, kept.len, "\"result\":\"valid\"", 16));
	json_free(&seen.doc);
	buf_free(&kept);
	buf_free(&file);
	holder_free(&root);
	holder_free(&aliya);
}

static void nothing_is_agreed_to_with_a_false_signature(void **state)
{
	struct site *site = *state;
	struct holder root = holder_new("Authority", NULL, -10, 100);
	tanu_id id = add_person(site, "Aliya", 30);
	struct consent_order order = order_of(site, &id, ACCESS, 60);
	struct consent_evidence evidence = {0};
	struct buf file = {0};
	struct signature_view view = signature_of(site, &file, &root, "I agree to everything.");

	assert_string_equal(view.result, "false");
	evidence.signature = &view;
	evidence.signature_file = &file;
	order.evidence = &evidence;
	REFUSES(TANU_ERR_CONSENT_RULE, service_consent_give(site->s, &order, err));
	assert_int_equal(live(site, &id), 0);
	buf_free(&file);
	holder_free(&root);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    SITE_TEST(a_code_reads_back_as_people_type_it),
	    SITE_TEST(no_letter_of_a_code_can_be_changed),
	    SITE_TEST(what_is_no_link_of_a_form_is_refused),
	    SITE_TEST(a_form_is_a_request_until_it_is_answered),
	    SITE_TEST(a_form_asks_only_what_stands_on_it),
	    SITE_TEST(a_form_runs_out_with_its_request),
	    SITE_TEST(a_newer_form_is_the_one_that_counts),
	    SITE_TEST(a_no_after_the_form_voids_it),
	    SITE_TEST(who_may_not_be_asked_gets_no_form),
	    SITE_TEST(a_child_of_that_age_signs_too),
	    SITE_TEST(the_record_states_what_was_signed),
	    SITE_TEST(a_signature_is_kept_with_what_came_of_it),
	    SITE_TEST(nothing_is_agreed_to_with_a_false_signature),
	};

	return cmocka_run_group_tests_name("service/forms", tests, NULL, NULL);
}
