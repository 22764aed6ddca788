/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Consent on paper as an office does it: forms printed, signed, scanned any way round, taken back
 * by list; and signed electronically. Scans are drawn here, and made of the real PDF where pdftoppm
 * is.
 */
#include "cli/program.h"

#include "crypto/authority.h"
#include "print/scan.h"

static char anna[ID_HEX_LEN], bek[ID_HEX_LEN], child[ID_HEX_LEN], mother[ID_HEX_LEN];

static int enter(void **state)
{
	struct outcome o = {0};

	(void)state;
	folder_enter();
	site_make();
	site_add(anna, "Анна Әлімова", "1990-04-02");
	site_add(bek, "Bek", "1985-04-02");
	site_add(child, "Child", date_in(-12 * 366));
	site_add(mother, "Mother", "1988-04-02");
	RUN(&o, 0, "guardian", "add", child, mother, "--relation", "mother", "--checked-by",
	    "D. Omarova", "--how", "identity card and birth certificate");
	outcome_done(&o);
	return 0;
}

static int leave(void **state)
{
	(void)state;
	folder_leave();
	return 0;
}

/* ---- scans ---- */

static void scan_draw(const char *path, const char *link, double degrees)
{
	struct scan scan = scan_made(link, degrees);
	struct buf out = {0};

	buf_printf(&out, "P6\n%d %d\n255\n", scan.pixels.width, scan.pixels.height);
	buf_put(&out, scan.pixels.rgb, (size_t)(scan.pixels.stride * scan.pixels.height));
	file_write(path, out.data, out.len);
	buf_free(&out);
	scan_free(&scan);
}

static void scan_page(const char *path, const char *code, int page, int pages, double degrees)
{
	char link[SCAN_LINK_LEN];

	scan_draw(path, scan_link(link, code, page, pages), degrees);
}

struct printed {
	char code[32];
	int pages;
};

static struct printed printed_of(const struct outcome *o, size_t i)
{
	json_value form = json_at(json_get(o->json, "forms"), i);
	struct printed p = {0};
	const char *code = NULL;
	int64_t pages = 0;

	assert_int_equal(json_text(&code, form, "form", NULL), TANU_OK);
	assert_int_equal(json_int(&pages, form, "pages", NULL), TANU_OK);
	snprintf(p.code, sizeof(p.code), "%s", code);
	p.pages = (int)pages;
	return p;
}

static struct printed form_print(const char *subject, const char *purposes, const char *out)
{
	struct outcome o = {0};
	struct printed p;

	RUN_JSON(&o, 0, "consent", "form", subject, "--purpose", purposes, "--until", date_in(100),
		 "--out", out);
	p = printed_of(&o, 0);
	outcome_done(&o);
	return p;
}

/* All pages of a form into scans/, the last one first. */
static void scan_all(const struct printed *p, const char *name)
{
	char path[64];

	(void)os_make_dir("scans", 0700, NULL);
	for (int page = p->pages; page >= 1; page--) {
		snprintf(path, sizeof(path), "scans/%s-%d.pgm", name, page);
		scan_page(path, p->code, page, p->pages, page * 179);
	}
}

/* The page that is signed, which is enough. */
static void scan_last(const struct printed *p, const char *name)
{
	char path[64];

	(void)os_make_dir("scans", 0700, NULL);
	snprintf(path, sizeof(path), "scans/%s.pgm", name);
	scan_page(path, p->code, p->pages, p->pages, 4);
}

static const char *member(const struct outcome *o, const char *list, size_t i, const char *key)
{
	const char *text = NULL;

	assert_int_equal(json_text(&text, json_at(json_get(o->json, list), i), key, NULL), TANU_OK);
	return text;
}

static void assert_consents(const char *subject, const char *line)
{
	struct outcome o = {0};

	RUN(&o, 0, "consent", "show", subject);
	assert_contains(o.out, line);
	outcome_done(&o);
}

/* ---- printing ---- */

static void forms_are_written_in_every_language(void **state)
{
	static const char *const languages[] = {"kk", "ru", "en"};
	struct outcome o = {0};
	struct buf pdf = {0};
	char path[16];

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(languages); i++) {
		snprintf(path, sizeof(path), "%s.pdf", languages[i]);
		RUN_JSON(&o, 0, "consent", "form", anna, "--purpose",
			 "access,attendance,visit,identity,calibration", "--until", date_in(100),
			 "--language", languages[i], "--out", path);
		assert_in_range(printed_of(&o, 0).pages, 2, 4);
		assert_int_equal(os_read_file(&pdf, path, 1 << 20, NULL), TANU_OK);
		assert_memory_equal(pdf.data, "%PDF-1.", 7);
	}
	/* The last one counts, a file that is there is not replaced, and a form needs its words. */
	RUN(&o, 0, "consent", "forms", "--open");
	assert_contains(o.out, "open");
	assert_lacks(o.out, "ended");
	RUN_JSON(&o, 2, "consent", "form", anna, "--purpose", "access", "--until", date_in(100),
		 "--out", "kk.pdf");
	assert_string_equal(answer_error_code(&o), "conflict");
	RUN_JSON(&o, 2, "consent", "form", anna, "--until", date_in(100), "--out", "new.pdf");
	RUN_JSON(&o, 2, "consent", "form", "--purpose", "access", "--until", date_in(100), "--out",
		 "new.pdf");
	RUN_JSON(&o, 3, "consent", "form", anna, "--purpose", "access", "--until", date_in(9000),
		 "--out", "new.pdf");
	assert_false(os_exists("new.pdf"));
	buf_free(&pdf);
	outcome_done(&o);
}

static void a_class_gets_its_forms_at_once(void **state)
{
	struct outcome o = {0};

	(void)state;
	RUN(&o, 0, "consent", "request", anna, "--purpose", "access");
	RUN(&o, 0, "consent", "request", child, "--purpose", "access,attendance");
	RUN_JSON(&o, 0, "consent", "form", "--all-requested", "--until", date_in(100), "--out",
		 "all.pdf");
	assert_int_equal(json_len(json_get(o.json, "forms")), 2);
	assert_contains(o.out, "\"by\":\"guardian\"");
	assert_contains(o.out, "\"assent\":true");
	/* Who has a form gets no second one. */
	RUN_JSON(&o, 4, "consent", "form", "--all-requested", "--until", date_in(100), "--out",
		 "more.pdf");
	/* By a list, each into a file of its own; who has no guardian is told. */
	site_add(bek, "Orphan", date_in(-9 * 366));
	file_write_text("class.csv", "subject;guardian\nChild;Mother\nOrphan;\n");
	assert_int_equal(os_make_dir("each", 0700, NULL), TANU_OK);
	RUN_JSON(&o, 3, "consent", "form", "--from", "class.csv", "--purpose", "access", "--until",
		 date_in(100), "--out", "each");
	assert_int_equal(json_len(json_get(o.json, "forms")), 1);
	assert_true(os_exists(member(&o, "forms", 0, "file")));
	assert_string_equal(member(&o, "refused", 0, "code"), "consent-rule");
	file_write_text("class.csv", "subject;guardian\nNobody;\n");
	RUN(&o, 4, "consent", "form", "--from", "class.csv", "--purpose", "access", "--until",
	    date_in(100), "--out", "each");
	assert_contains(o.err, "row 2");
	outcome_done(&o);
}

/* ---- taking back ---- */

static void a_form_comes_back_any_way_round(void **state)
{
	struct printed form = form_print(anna, "access,attendance", "form.pdf");
	struct outcome o = {0};

	(void)state;
	scan_all(&form, "anna");
	scan_page("scans/skewed.pgm", form.code, form.pages, form.pages, 187);
	RUN_JSON(&o, 0, "consent", "import-scans", "scans");
	assert_int_equal(json_len(json_get(o.json, "forms")), 1);
	assert_string_equal(member(&o, "forms", 0, "state"), "ready");
	assert_int_equal(json_len(json_get(json_at(json_get(o.json, "forms"), 0), "files")),
			 form.pages);
	assert_string_equal(member(&o, "refused", 0, "code"), "conflict"); /* a page twice */
	assert_true(answer_number(&o, "recorded") == 0);
	RUN_JSON(&o, 0, "consent", "import-scans", "scans", "--accept", "--keep");
	assert_true(answer_number(&o, "recorded") == 1);
	assert_consents(anna, form.code);
	RUN_JSON(&o, 0, "consent", "show", anna);
	assert_contains(o.out, "\"how\":\"hand\"");
	/* Once more: it is known, and nothing happens. */
	RUN(&o, 3, "consent", "import-scans", "scans", "--accept");
	assert_contains(o.out, "recorded before");
	RUN(&o, 0, "consent", "receipt", anna, "--out", "anna.tanu-receipt");
	RUN_JSON(&o, 0, "receipt", "verify", "anna.tanu-receipt");
	outcome_done(&o);
}

static void what_is_of_no_use_is_listed(void **state)
{
	struct printed form = form_print(anna, "access", "form.pdf");
	struct printed gone = form_print(bek, "access", "gone.pdf");
	struct outcome o = {0};
	struct buf page = {0};
	char forged[32];

	(void)state;
	scan_all(&form, "a");
	assert_int_equal(os_read_file(&page, "scans/a-1.pgm", 1 << 26, NULL), TANU_OK);
	file_write("scans/b-copy.pgm", page.data, page.len);
	scan_page("scans/c-gone.pgm", gone.code, 1, gone.pages, 0);
	RUN(&o, 0, "subject", "remove", bek);
	snprintf(forged, sizeof(forged), "%s", form.code);
	forged[0] = forged[0] == '7' ? '8' : '7';
	scan_page("scans/d-forged.pgm", forged, 1, form.pages, 0);
	scan_draw("scans/e-other.pgm", "https://example.org/a-poster", 0);
	file_write_text("scans/f-whole.pdf", "%PDF-1.7 and so on");
	file_write_text("scans/g-junk.jpg", "not a picture");
	file_write("scans/h-cut.pgm", page.data, page.len / 2);
	file_write_text("scans/i-alone.p7s", "whose?");
	file_write_text("scans/.hidden", "passed over");
	RUN_JSON(&o, 4, "consent", "import-scans", "scans", "--accept");
	assert_true(answer_number(&o, "recorded") == 1); /* the good one, all the same */
	assert_int_equal(json_len(json_get(o.json, "refused")), 8);
	assert_string_equal(member(&o, "refused", 0, "code"), "conflict");
	assert_string_equal(member(&o, "refused", 1, "code"), "form");
	assert_string_equal(member(&o, "refused", 2, "code"), "form");
	assert_string_equal(member(&o, "refused", 3, "code"), "format");
	assert_string_equal(member(&o, "refused", 4, "code"), "format");
	assert_string_equal(member(&o, "refused", 5, "code"), "image-type");
	assert_string_equal(member(&o, "refused", 6, "code"), "image-truncated");
	assert_string_equal(member(&o, "refused", 7, "code"), "file-missing");
	RUN(&o, 4, "consent", "import-scans", "scans/f-whole.pdf");
	assert_contains(o.out, "pdftoppm");
	buf_free(&page);
	outcome_done(&o);
}

static void another_site_s_form_is_known_as_such(void **state)
{
	struct printed form = form_print(anna, "access", "form.pdf");
	struct outcome o = {0};

	(void)state;
	scan_last(&form, "a");
	RUN(&o, 0, "init", "other", "--site", "Other");
	RUN(&o, 0, "subject", "add", "--name", "Anna", "--born", "1990-04-02", "--data", "other");
	RUN(&o, 3, "consent", "import-scans", "scans", "--accept", "--data", "other");
	assert_contains(o.out, "another site");
	outcome_done(&o);
}

static void a_form_without_its_signed_page_waits(void **state)
{
	struct printed form = form_print(anna, "access", "form.pdf");
	struct outcome o = {0};

	(void)state;
	assert_true(form.pages > 1);
	scan_page("first.pgm", form.code, 1, form.pages, 0);
	RUN(&o, 3, "consent", "import-scans", "first.pgm", "--accept");
	assert_contains(o.out, "is not here");
	scan_page("last.pgm", form.code, form.pages, form.pages, 0);
	RUN(&o, 0, "consent", "import-scans", "first.pgm", "last.pgm", "--accept");
	outcome_done(&o);
}

static void a_list_says_what_is_ticked(void **state)
{
	struct printed a = form_print(anna, "access,attendance,visit", "a.pdf");
	struct printed c = form_print(child, "access,attendance", "c.pdf");
	struct outcome o = {0};
	struct buf list = {0};
	char text[256];

	(void)state;
	scan_last(&a, "a");
	scan_last(&c, "c");
	RUN_JSON(&o, 0, "consent", "import-scans", "scans", "--write-list", "list.csv");
	assert_int_equal(os_read_file(&list, "list.csv", 1 << 16, NULL), TANU_OK);
	assert_contains(buf_cstr(&list), "code;name;asked;yes;no;assent;files");
	assert_contains(buf_cstr(&list), "Анна Әлімова");
	/* Given back as it is, it says nothing. */
	RUN_JSON(&o, 0, "consent", "import-scans", "scans", "--list", "list.csv");
	assert_true(answer_number(&o, "recorded") == 0);
	/* The child has not signed; a code may be shortened. */
	snprintf(text, sizeof(text),
		 "code,yes,no,assent\n%.10s,access; visit,attendance,\n%s,all,,\n", a.code, c.code);
	file_write_text("list.csv", text);
	RUN_JSON(&o, 3, "consent", "import-scans", "scans", "--list", "list.csv");
	assert_true(answer_number(&o, "recorded") == 1);
	assert_consents(anna, "refused");
	RUN(&o, 0, "consent", "forms");
	assert_contains(o.out, "yes to access, visit; no to attendance");
	snprintf(text, sizeof(text), "code,yes,no,assent\n%s,-,all,\n", c.code);
	file_write_text("list.csv", text);
	RUN_JSON(&o, 3, "consent", "import-scans", "scans", "--list", "list.csv");
	assert_true(answer_number(&o, "recorded") == 1); /* a no needs no assent */
	assert_consents(child, "refused");
	buf_free(&list);
	outcome_done(&o);
}

static void a_list_that_is_wrong_records_nothing(void **state)
{
	static const char *const lists[] = {
	    "name,yes\nA,all\n", "code,yes\nZZZZ,all\n", "code,yes\n7777-7777-7777,all\n",
	    "code,yes\n%s,everything\n", "code,yes\n%s,all\n%s,all\n"};
	struct printed a = form_print(anna, "access", "a.pdf");
	struct outcome o = {0};
	char text[256];

	(void)state;
	scan_last(&a, "a");
	for (size_t i = 0; i < ARRAY_LEN(lists); i++) {
		struct buf list = {0};

		for (const char *c = lists[i]; *c; c++)
			if (c[0] == '%' && c[1] == 's')
				buf_str(&list, a.code), c++;
			else
				buf_put(&list, c, 1);
		snprintf(text, sizeof(text), "%s", buf_cstr(&list));
		buf_free(&list);
		file_write_text("list.csv", text);
		RUN_JSON(&o, 4, "consent", "import-scans", "scans", "--list", "list.csv");
		assert_string_equal(answer_error_code(&o), "csv");
		assert_true(answer_number(&o, "recorded") == 0);
	}
	RUN_JSON(&o, 2, "consent", "import-scans", "scans", "--accept", "--dry-run");
	outcome_done(&o);
}

static void a_paper_older_than_a_no_counts_for_nothing(void **state)
{
	struct printed form = form_print(anna, "access", "form.pdf");
	struct outcome o = {0};

	(void)state;
	scan_last(&form, "a");
	RUN(&o, 0, "consent", "refuse", anna, "--by", "self", "--purpose", "access");
	RUN_JSON(&o, 3, "consent", "import-scans", "scans", "--accept");
	assert_true(answer_number(&o, "recorded") == 0);
	assert_string_equal(member(&o, "forms", 0, "state"), "not-ready");
	/* Nor is a new one printed soon after a no. */
	RUN_JSON(&o, 3, "consent", "form", anna, "--purpose", "access", "--until", date_in(100),
		 "--out", "new.pdf");
	assert_string_equal(answer_error_code(&o), "held");
	outcome_done(&o);
}

/* Where consent is to be in writing, the way through a form is open and a word is not. */
static void a_form_serves_where_writing_is_asked(void **state)
{
	struct outcome o = {0};
	struct printed form;

	(void)state;
	site_settings("[consent]\nwritten = yes\n");
	RUN_JSON(&o, 3, "consent", "give", anna, "--purpose", "access", "--by", "self", "--until",
		 date_in(50));
	assert_string_equal(answer_error_code(&o), "consent-rule");
	form = form_print(anna, "access", "form.pdf");
	scan_last(&form, "a");
	RUN(&o, 0, "consent", "import-scans", "scans", "--accept");
	assert_consents(anna, form.code);
	outcome_done(&o);
}

/* The PDF itself, made into pictures as an office machine would. */
static void the_printed_form_is_read(void **state)
{
	struct printed form = form_print(child, "access,attendance", "form.pdf");
	struct outcome o = {0};

	(void)state;
	if (system("pdftoppm -v >/dev/null 2>&1") != 0) {
		print_message("skipped: pdftoppm (poppler-utils) is not here\n");
		skip();
	}
	assert_int_equal(system("mkdir scans && pdftoppm -r 120 -gray form.pdf scans/page"), 0);
	RUN_JSON(&o, 0, "consent", "import-scans", "scans", "--accept");
	assert_int_equal(json_len(json_get(json_at(json_get(o.json, "forms"), 0), "files")),
			 form.pages);
	assert_consents(child, form.code);
	outcome_done(&o);
}

/* ---- signed electronically ---- */

static void sign_file(const char *document, const struct holder *holder, const char *out)
{
	struct buf bytes = {0}, file = {0};

	assert_int_equal(os_read_file(&bytes, document, 1 << 20, NULL), TANU_OK);
	holder_sign(&file, holder, bytes.data, bytes.len, SIGNED_BESIDE, false);
	file_write(out, file.data, file.len);
	buf_free(&bytes);
	buf_free(&file);
}

static void trust(const struct holder *holder)
{
	struct buf pem = {0};

	holder_pem(&pem, holder);
	file_write("s/ca.pem", pem.data, pem.len);
	site_settings("[signature]\nca = ca.pem\n");
	buf_free(&pem);
}

static void a_form_is_signed_electronically(void **state)
{
	struct holder root = holder_new("Authority", NULL, -10, 100);
	struct holder signer = holder_new("Anna", &root, -10, 100);
	struct holder expired = holder_new("Bek", &root, -10, -5);
	struct outcome o = {0};

	(void)state;
	trust(&root);
	assert_int_equal(os_make_dir("scans", 0700, NULL), TANU_OK);
	form_print(anna, "access", "scans/anna.pdf");
	form_print(bek, "access", "scans/bek.pdf");
	form_print(mother, "access", "scans/mother.pdf");
	sign_file("scans/anna.pdf", &signer, "scans/anna.p7s");
	sign_file("scans/bek.pdf", &expired, "scans/bek.pdf.p7s");
	sign_file("scans/anna.pdf", &signer, "scans/mother.p7s"); /* of another document */
	RUN_JSON(&o, 3, "consent", "import-scans", "scans", "--accept");
	assert_true(answer_number(&o, "recorded") == 2);
	assert_contains(o.out, "\"result\":\"valid\"");
	assert_contains(o.out, "\"result\":\"untrusted\"");
	assert_contains(o.out, "\"result\":\"false\"");
	assert_consents(anna, "signed electronically");
	assert_consents(mother, "requested");
	holder_free(&root);
	holder_free(&signer);
	holder_free(&expired);
	outcome_done(&o);
}

static void a_consent_is_given_with_a_signature(void **state)
{
	struct holder root = holder_new("Authority", NULL, -10, 100);
	struct holder signer = holder_new("Anna", &root, -10, 100);
	struct outcome o = {0};

	(void)state;
	trust(&root);
	file_write_text("words.txt", "I agree to access.");
	file_write_text("other.txt", "I agree to all.");
	sign_file("words.txt", &signer, "words.p7s");
	RUN_JSON(&o, 2, "consent", "give", anna, "--purpose", "access", "--by", "self", "--until",
		 date_in(50), "--signature", "words.p7s");
	RUN_JSON(&o, 3, "consent", "give", anna, "--purpose", "access", "--by", "self", "--until",
		 date_in(50), "--signature", "words.p7s", "--signed-document", "other.txt");
	assert_string_equal(answer_error_code(&o), "consent-rule");
	RUN_JSON(&o, 4, "consent", "give", anna, "--purpose", "access", "--by", "self", "--until",
		 date_in(50), "--signature", "other.txt", "--signed-document", "words.txt");
	assert_string_equal(answer_error_code(&o), "format");
	RUN(&o, 0, "consent", "give", anna, "--purpose", "access", "--by", "self", "--until",
	    date_in(50), "--signature", "words.p7s", "--signed-document", "words.txt");
	assert_contains(o.out, "CN=Anna: valid");
	assert_consents(anna, "signed electronically");
	/* A form: what it says holds. */
	form_print(bek, "access", "bek.pdf");
	sign_file("bek.pdf", &signer, "bek.p7s");
	RUN_JSON(&o, 2, "consent", "give", bek, "--purpose", "access", "--by", "self", "--until",
		 date_in(50), "--signature", "bek.p7s", "--signed-document", "bek.pdf");
	RUN_JSON(&o, 0, "consent", "give", bek, "--purpose", "access", "--by", "self", "--until",
		 date_in(100), "--signature", "bek.p7s", "--signed-document", "bek.pdf");
	assert_consents(bek, "on form");
	holder_free(&root);
	holder_free(&signer);
	outcome_done(&o);
}

#define FORM_TEST(name) cmocka_unit_test_setup_teardown(name, enter, leave)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    FORM_TEST(forms_are_written_in_every_language),
	    FORM_TEST(a_class_gets_its_forms_at_once),
	    FORM_TEST(a_form_comes_back_any_way_round),
	    FORM_TEST(what_is_of_no_use_is_listed),
	    FORM_TEST(another_site_s_form_is_known_as_such),
	    FORM_TEST(a_form_without_its_signed_page_waits),
	    FORM_TEST(a_list_says_what_is_ticked),
	    FORM_TEST(a_list_that_is_wrong_records_nothing),
	    FORM_TEST(a_paper_older_than_a_no_counts_for_nothing),
	    FORM_TEST(a_form_serves_where_writing_is_asked),
	    FORM_TEST(the_printed_form_is_read),
	    FORM_TEST(a_form_is_signed_electronically),
	    FORM_TEST(a_consent_is_given_with_a_signature),
	};

	return cmocka_run_group_tests_name("cli/forms", tests, NULL, NULL);
}
