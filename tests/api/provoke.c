/* SPDX-License-Identifier: Apache-2.0 */
#include "api/provoke.h"

#include "api/bank.h"
#include "auth/inside.h"
#include "face/photos.h"
#include "image/coder.h"
#include "print/print.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SHA   "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"
#define RIGHT "\"password\":\"" OFFICE_PASSWORD "\""

/* ---- one request, one error ---- */

/* In path and body $M, $C, $S, $I are the mother, the child, the stranger, the infant; $Z is
 * nobody, $1 what the row before has answered as "id". */
struct row {
	enum who who;
	const char *method, *path, *body, *code; /* code NULL: it succeeds */
};

static void fill(struct buf *out, const struct office *o, const char *text, const char *last)
{
	char hex[ID_HEX_LEN];

	for (; *text; text++) {
		const tanu_id none = {{0}};
		const tanu_id *id = NULL;

		if (*text == '$')
			switch (*++text) {
			case 'M':
				id = &o->mother;
				break;
			case 'C':
				id = &o->child;
				break;
			case 'S':
				id = &o->stranger;
				break;
			case 'I':
				id = &o->infant;
				break;
			case 'Z':
				id = &none;
				break;
			default:
				buf_str(out, last);
				continue;
			}
		if (id) {
			id_hex(hex, id);
			buf_str(out, hex);
		} else {
			buf_put(out, text, 1);
		}
	}
}

static void rows_try(struct office *o, const struct row *rows, size_t len)
{
	char last[ID_HEX_LEN] = "";
	size_t wrong = 0;

	for (size_t i = 0; i < len; i++) {
		const struct row *row = &rows[i];
		struct buf path = {0}, body = {0};

		fill(&path, o, row->path, last);
		fill(&body, o, row->body ? row->body : "", last);
		ask_api(o, row->who, row->method, buf_cstr(&path),
			row->body && *row->body != '{' ? "Content-Type: text/plain\r\n" : NULL,
			row->body ? buf_cstr(&body) : NULL, body.len);
		if (row->code ? strcmp(o->code, row->code) != 0 : o->status >= 400) {
			wrong++;
			print_error("row %zu: %s %s %s: %d %s, not %s\n", i, row->method,
				    buf_cstr(&path), buf_cstr(&body), o->status, o->text,
				    row->code ? row->code : "done");
		}
		if (o->json && json_get(o->json, "id"))
			snprintf(last, sizeof(last), "%s", word(o, "id"));
		buf_free(&path);
		buf_free(&body);
	}
	assert_int_equal(wrong, 0);
}

void wrong_requests_are_told_apart(void **state)
{
	static const struct row rows[] = {
	    {ADMINISTRATOR, "PUT", "/notices/1/en", "We keep numbers made from your face.\n", NULL},
	    {ADMINISTRATOR, "PUT", "/notices/1/en", "Another text.\n", "conflict"},
	    /* nobody */
	    {ENROLMENT, "PUT", "/subjects/$Z/lock", NULL, "subject-missing"},
	    {ENROLMENT, "DELETE", "/subjects/$Z/lock", NULL, "subject-missing"},
	    {ENROLMENT, "GET", "/subjects/$Z/history", NULL, "subject-missing"},
	    {ENROLMENT, "GET", "/subjects/$Z/export", NULL, "subject-missing"},
	    {ENROLMENT, "GET", "/subjects/$Z/receipt", NULL, "subject-missing"},
	    {ENROLMENT, "GET", "/subjects/$Z/papers", NULL, "subject-missing"},
	    {ENROLMENT, "GET", "/subjects/$Z/guardians", NULL, "subject-missing"},
	    {ENROLMENT, "DELETE", "/subjects/$Z/guardians/$M", NULL, "subject-missing"},
	    {ENROLMENT, "GET", "/subjects/$Z/consents", NULL, "subject-missing"},
	    {ENROLMENT, "POST", "/subjects/$Z/consents/refuse", "{\"by\":\"self\"}",
	     "subject-missing"},
	    {ENROLMENT, "POST", "/subjects/$Z/consents/withdraw", "{\"by\":\"self\"}",
	     "subject-missing"},
	    {ENROLMENT, "GET", "/subjects/$Z/consents/$Z/notice", NULL, "subject-missing"},
	    {ENROLMENT, "GET", "/subjects/$Z/forms", NULL, "subject-missing"},
	    {ENROLMENT, "POST", "/subjects/$Z/invitations", NULL, "subject-missing"},
	    {ENROLMENT, "GET", "/subjects/$Z/passes", NULL, "subject-missing"},
	    {ENROLMENT, "DELETE", "/subjects/$Z/passes/0011223344556677", NULL, "subject-missing"},
	    {ENROLMENT, "GET", "/subjects/$Z/allowed", NULL, "subject-missing"},
	    {ENROLMENT, "POST", "/captures", "{\"subject\":\"$Z\",\"use\":\"enrol\"}",
	     "subject-missing"},
	    {PERSON, "POST", "/subjects/$S/allowed/end", "{\"relying\":\"$Z\"}", "subject-missing"},
	    {ENROLMENT, "DELETE", "/captures/$Z", NULL, "record-missing"},
	    {ENROLMENT, "POST", "/captures/$Z/enrol", "{\"frames\":[1]}", "record-missing"},
	    {ENROLMENT, "POST", "/captures/$Z/verify", "{\"frames\":[1]}", "record-missing"},
	    {ENROLMENT, "POST", "/captures/$Z/passes", "{\"frames\":[1]}", "record-missing"},
	    /* people */
	    {PERSON, "POST", "/subjects/$S/objections", "{\"event\":\"$Z\"}", "subject-missing"},
	    {PERSON, "GET", "/subjects/$M/papers/$Z", NULL, "record-missing"},
	    {PERSON, "GET", "/subjects/$S/papers/$Z", NULL, "subject-missing"},
	    {ENROLMENT, "POST", "/subjects/$Z/guardians",
	     "{\"guardian\":\"$M\",\"relation\":\"aunt\",\"checked_by\":\"D\",\"how\":\"x\"}",
	     "subject-missing"},
	    {ENROLMENT, "POST", "/subjects/$C/guardians",
	     "{\"guardian\":\"$I\",\"relation\":\"aunt\",\"checked_by\":\"D\",\"how\":\"x\"}",
	     "consent-rule"},
	    {ENROLMENT, "POST", "/subjects/$Z/guardians/$M/bar",
	     "{\"document\":\"" SHA "\",\"from\":\"2026-01-01\"}", "subject-missing"},
	    {ENROLMENT, "POST", "/subjects/$C/guardians/$M/bar",
	     "{\"document\":\"" SHA "\",\"from\":\"2026-02-30\"}", "date"},
	    /* consent */
	    {ENROLMENT, "POST", "/subjects/$Z/consents",
	     "{\"purposes\":[\"access\"],\"by\":\"self\",\"until\":\"2027-06-30\"," NOTICE "}",
	     "subject-missing"},
	    {ENROLMENT, "POST", "/subjects/$M/consents",
	     "{\"purposes\":[\"access\"],\"by\":\"self\",\"until\":\"2027-06-30\","
	     "\"notice\":{\"version\":\"9\",\"language\":\"en\"}}",
	     "record-missing"},
	    {ENROLMENT, "POST", "/subjects/$M/consents",
	     "{\"purposes\":[\"access\"],\"by\":\"self\",\"until\":\"2027-02-30\"," NOTICE "}",
	     "date"},
	    {ENROLMENT, "POST", "/subjects/$Z/consents/request",
	     "{\"purposes\":[\"access\"]," NOTICE "}", "subject-missing"},
	    {ENROLMENT, "POST", "/subjects/$M/consents/request",
	     "{\"purposes\":[\"access\"],\"notice\":{\"version\":\"9\",\"language\":\"en\"}}",
	     "record-missing"},
	    {ENROLMENT, "POST", "/subjects/$I/consents/request",
	     "{\"purposes\":[\"access\"]," NOTICE "}", "consent-rule"},
	    {ENROLMENT, "POST", "/subjects/$C/consents/refuse",
	     "{\"by\":\"guardian\",\"guardian\":\"$S\"}", "consent-rule"},
	    {ENROLMENT, "POST", "/subjects/$C/consents/withdraw",
	     "{\"by\":\"guardian\",\"guardian\":\"$S\"}", "consent-rule"},
	    {ENROLMENT, "POST", "/subjects/$C/consents",
	     "{\"purposes\":[\"visit\"],\"by\":\"guardian\",\"guardian\":\"$M\",\"assent\":true,"
	     "\"until\":\"2027-06-30\"," NOTICE "}",
	     NULL},
	    {ENROLMENT, "DELETE", "/subjects/$C/guardians/$M", NULL, "consent-rule"},
	    {ENROLMENT, "POST", "/subjects/$M/consents/refuse",
	     "{\"by\":\"self\",\"purposes\":[\"identity\"]}", NULL},
	    {ENROLMENT, "POST", "/subjects/$M/consents/request",
	     "{\"purposes\":[\"identity\"]," NOTICE "}", "held"},
	    /* forms */
	    {ENROLMENT, "POST", "/subjects/$Z/forms",
	     "{\"purposes\":[\"access\"],\"by\":\"self\",\"until\":\"2027-06-30\"," NOTICE "}",
	     "subject-missing"},
	    {ENROLMENT, "POST", "/subjects/$M/forms",
	     "{\"purposes\":[\"access\"],\"by\":\"self\",\"until\":\"2027-06-30\","
	     "\"notice\":{\"version\":\"9\",\"language\":\"en\"}}",
	     "record-missing"},
	    {ENROLMENT, "POST", "/subjects/$C/forms",
	     "{\"purposes\":[\"access\"],\"by\":\"self\",\"until\":\"2027-06-30\"," NOTICE "}",
	     "consent-rule"},
	    {ENROLMENT, "POST", "/subjects/$M/forms",
	     "{\"purposes\":[\"access\"],\"by\":\"self\",\"until\":\"2027-02-30\"," NOTICE "}",
	     "date"},
	    {ENROLMENT, "POST", "/subjects/$M/forms",
	     "{\"purposes\":[\"identity\"],\"by\":\"self\",\"until\":\"2027-06-30\"," NOTICE "}",
	     "held"},
	    {ENROLMENT, "POST", "/subjects/$Z/forms/7K2M/answer",
	     "{\"scans\":[\"$Z\"],\"yes\":[\"access\"]}", "subject-missing"},
	    /* who may ask */
	    {ENROLMENT, "POST", "/subjects/$M/allowed",
	     "{\"relying\":\"$Z\",\"until\":\"2027-06-30\",\"by\":\"self\"}", "record-missing"},
	    {ENROLMENT, "POST", "/subjects/$M/allowed",
	     "{\"relying\":\"$Z\",\"until\":\"2027-02-30\",\"by\":\"self\"}", "date"},
	    {ENROLMENT, "POST", "/subjects/$M/allowed/end", "{\"relying\":\"$Z\",\"by\":\"self\"}",
	     "record-missing"},
	    /* disclosures */
	    {ADMINISTRATOR, "POST", "/disclosures",
	     "{\"authority\":\"Police\",\"basis\":\"x\",\"document\":\"" SHA
	     "\",\"subjects\":[\"$Z\"],\"fields\":[\"profile\"],\"from_ms\":1700000000000,"
	     "\"to_ms\":1795000000000}",
	     "subject-missing"},
	    {ADMINISTRATOR, "POST", "/disclosures",
	     "{\"authority\":\"Police\",\"basis\":\"x\",\"document\":\"" SHA
	     "\",\"subjects\":[\"$M\"],\"fields\":[\"profile\"],\"from_ms\":1700000000000,"
	     "\"to_ms\":1795000000000,\"extends\":\"$I\"}",
	     "record-missing"},
	    {ADMINISTRATOR, "POST", "/disclosures",
	     "{\"authority\":\"Police\",\"basis\":\"x\",\"document\":\"" SHA
	     "\",\"subjects\":[\"$M\"],\"fields\":[\"profile\"],\"from_ms\":1795000000000,"
	     "\"to_ms\":1700000000000}",
	     "usage"},
	    {ADMINISTRATOR, "POST", "/disclosures",
	     "{\"authority\":\"Police\",\"basis\":\"x\",\"document\":\"" SHA
	     "\",\"subjects\":[\"$M\"],\"fields\":[\"profile\"],\"from_ms\":1700000000000,"
	     "\"to_ms\":1795000000000,\"due_ms\":1,\"due_basis\":\"x\"}",
	     "date"},
	    {ADMINISTRATOR, "POST", "/disclosures/$Z/approvals", "x\n", "record-missing"},
	    {ADMINISTRATOR, "GET", "/disclosures/$Z/text", NULL, "record-missing"},
	    {ADMINISTRATOR, "POST", "/disclosures/$Z/refuse", NULL, "record-missing"},
	    {ADMINISTRATOR, "POST", "/disclosures/$Z/release", NULL, "record-missing"},
	    {ADMINISTRATOR, "POST", "/disclosures/$Z/done", NULL, "record-missing"},
	    {ADMINISTRATOR, "POST", "/accounts/$Z/reset", NULL, "record-missing"},
	    /* accounts and programs */
	    {ADMINISTRATOR, "PUT", "/accounts/$Z", "{\"roles\":[\"auditor\"]}", "record-missing"},
	    {ENROLMENT, "POST", "/subjects/$M/allowed/end", "{\"relying\":\"$Z\"}", "json"},
	    {OPERATOR, "POST", "/me/passkeys/remove", "{" RIGHT ",\"id\":\"A\"}", "json"},
	    {NOBODY, "POST", "/check/decline", NULL, "record-missing"},
	    {NOBODY, "GET", "/parity?days=0", NULL, "json"},
	    /* breaches */
	    {ADMINISTRATOR, "POST", "/breaches",
	     "{\"what\":\"x\",\"kinds\":[\"names\"],\"people\":[\"$Z\"]}", "subject-missing"},
	    {ADMINISTRATOR, "POST", "/breaches",
	     "{\"what\":\"x\",\"kinds\":[\"names\"],\"noticed_ms\":253402300799999}", "date"},
	    {ADMINISTRATOR, "POST", "/breaches/$Z/told", "{\"whom\":\"authority\",\"how\":\"x\"}",
	     "record-missing"},
	    {ADMINISTRATOR, "POST", "/breaches", "{\"what\":\"x\",\"kinds\":[\"papers\"]}", NULL},
	    {ADMINISTRATOR, "POST", "/breaches/$1/told",
	     "{\"whom\":\"authority\",\"how\":\"x\",\"at_ms\":253402300799999}", "date"},
	    {ADMINISTRATOR, "POST", "/breaches/$1/close",
	     "{\"outcome\":\"x\",\"untold\":\"no names\"}", NULL},
	    {ADMINISTRATOR, "POST", "/breaches/$1/close", "{\"outcome\":\"x\"}", "conflict"},
	    {ADMINISTRATOR, "POST", "/breaches/$1/told", "{\"whom\":\"authority\",\"how\":\"x\"}",
	     "conflict"},
	    /* a court has spoken: she has neither sight nor say */
	    {ENROLMENT, "POST", "/subjects/$C/guardians/$M/bar",
	     "{\"document\":\"" SHA "\",\"from\":\"2026-01-01\"}", NULL},
	    {PERSON, "GET", "/subjects/$C", NULL, "subject-missing"},
	};

	rows_try(*state, rows, ARRAY_LEN(rows));
}

/* ---- guessing ---- */

#define TRIES_MAX 40

static void slowed(struct office *o, enum who who, const char *method, const char *path,
		   const char *body)
{
	for (int i = 0; i < TRIES_MAX; i++) {
		api(o, who, method, path, "%s", body);
		if (!strcmp(o->code, "held"))
			return;
	}
	fail_msg("%s %s is never slowed: %s", method, path, o->text);
}

/* Wrong tries are counted for an account from one address, whichever way they come. */
void guessing_is_slowed(void **state)
{
	struct office *o = *state;

	slowed(o, NOBODY, "POST", "/session", "{\"name\":\"operator\",\"password\":\"wrong\"}");
	slowed(o, NOBODY, "POST", "/session/passkey",
	       "{\"name\":\"operator\",\"password\":\"wrong\"}");
	slowed(o, OPERATOR, "POST", "/me/password", "{\"old\":\"wrong\",\"new\":\"other words\"}");
	slowed(o, OPERATOR, "POST", "/me/totp", "{\"password\":\"wrong\"}");
	slowed(o, OPERATOR, "POST", "/me/passkeys", "{\"password\":\"wrong\"}");
	slowed(o, OPERATOR, "POST", "/me/passkeys/remove",
	       "{\"password\":\"wrong\",\"id\":\"AAAA\"}");
	slowed(o, OPERATOR, "PUT", "/me/totp", "{\"code\":\"000000\"}");
	slowed(o, OPERATOR, "POST", "/me/recovery-codes", "{\"password\":\"wrong\"}");
	api(o, AUDITOR, "POST", "/me/password",
	    "{\"old\":\"" OFFICE_PASSWORD "\",\"new\":\"123\"}");
	assert_string_equal(o->code, "password");
	api(o, AUDITOR, "POST", "/me/password", "{\"old\":\"wrong\",\"new\":\"other words\"}");
	assert_string_equal(o->code, "sign-in");
	api(o, PRESENCE, "POST", "/me/passkeys/remove", "{\"password\":\"wrong\",\"id\":\"AAAA\"}");
	assert_string_equal(o->code, "sign-in");
	api(o, ADMINISTRATOR, "POST", "/me/recovery-codes", "{\"password\":\"wrong\"}");
	assert_string_equal(o->code, "sign-in");
}

/* ---- coming in ---- */

static void invited(struct office *o, const tanu_id *who, char body[256], const char *name,
		    const char *password)
{
	assert_api(200, api(o, ENROLMENT, "POST", at_subject(who, "/invitations"), NULL));
	snprintf(body, 256,
		 "{\"token\":\"%s\",\"code\":\"%s\",\"name\":\"%s\",\"password\":\"%s\"}",
		 strchr(word(o, "path"), '#') + 1, word(o, "code"), name, password);
}

void an_invitation_is_for_one(void **state)
{
	struct office *o = *state;
	char body[256], *digit;

	invited(o, &o->stranger, body, "stranger", "123");
	assert_api(422, api(o, NOBODY, "POST", "/session/invitation", "%s", body));
	assert_string_equal(o->code, "password");
	invited(o, &o->stranger, body, "operator", "wrong words here");
	assert_api(401, api(o, NOBODY, "POST", "/session/invitation", "%s", body));
	assert_string_equal(o->code, "sign-in");
	invited(o, &o->stranger, body, "person", OFFICE_PASSWORD); /* the mother's */
	assert_api(409, api(o, NOBODY, "POST", "/session/invitation", "%s", body));
	assert_string_equal(o->code, "conflict");
	invited(o, &o->stranger, body, "stranger", "words of the stranger");
	digit = strstr(body, "\"code\":\"") + 8;
	*digit = *digit == '7' ? '8' : '7';
	slowed(o, NOBODY, "POST", "/session/invitation", body);
}

void a_second_proof_is_asked_where_there_is_one(void **state)
{
	struct office *o = *state;
	uint8_t key[TOTP_KEY_LEN];
	struct account account = {0};
	char code[7];

	assert_api(200, api(o, OPERATOR, "POST", "/me/totp", "{" RIGHT "}"));
	assert_api(200, api(o, OPERATOR, "GET", "/me", NULL));
	MUST(store_enter(o->api->auth, err));
	MUST(account_load_name(o->api->auth, &account, "operator", err));
	store_leave(o->api->auth);
	memcpy(key, account.totp_next, sizeof(key));
	MUST(totp_code(code, key, clock_now(&o->api->clock) / TOTP_STEP_MS, err));
	assert_api(200, api(o, OPERATOR, "PUT", "/me/totp", "{\"code\":\"%s\"}", code));
	assert_api(200, api(o, OPERATOR, "POST", "/me/recovery-codes", "{" RIGHT "}"));
	assert_api(401, api(o, NOBODY, "POST", "/session", "{\"name\":\"operator\"," RIGHT "}"));
	assert_string_equal(o->code, "second-factor");
	o->host = "[::1]"; /* no name that a passkey could be for */
	assert_api(401, api(o, PRESENCE, "POST", "/me/passkeys", "{" RIGHT "}"));
	assert_string_equal(o->code, "second-factor");
	o->host = NULL;
}

void the_last_administrator_stays(void **state)
{
	struct office *o = *state;
	char path[64];
	json_value items;

	assert_api(200, api(o, ADMINISTRATOR, "GET", "/accounts", NULL));
	items = json_get(o->json, "items");
	for (size_t i = 0; i < json_len(items); i++)
		if (!strcmp(json_text_of(json_get(json_at(items, i), "name")), "administrator"))
			snprintf(path, sizeof(path), "/accounts/%s",
				 json_text_of(json_get(json_at(items, i), "id")));
	assert_api(409, api(o, ADMINISTRATOR, "PUT", path, "{\"roles\":[\"auditor\"]}"));
	assert_string_equal(o->code, "conflict");
	assert_api(409, api(o, ADMINISTRATOR, "DELETE", path, NULL));
	assert_string_equal(o->code, "conflict");
	assert_api(200, api(o, ADMINISTRATOR, "GET", "/webhooks", NULL));
	for (int i = 0; i < 64 && !*o->code; i++)
		api(o, ADMINISTRATOR, "POST", "/webhooks", "{\"url\":\"https://a.example/%d\"}", i);
	assert_string_equal(o->code, "conflict");
}

/* ---- two keys ---- */

struct approver {
	struct buf secret, vkey;
};

static struct approver approver_add(struct office *o, const char *name)
{
	struct approver a = {.secret = {0}};

	MUST(service_approver_key(&a.secret, &a.vkey, name, err));
	assert_api(204, api(o, ADMINISTRATOR, "POST", "/approvers", "{\"key\":\"%.*s\"}",
			    (int)strcspn(buf_cstr(&a.vkey), "\n"), buf_cstr(&a.vkey)));
	return a;
}

static void approver_done(struct approver *a)
{
	buf_wipe(&a->secret);
	buf_free(&a->vkey);
}

/* "/disclosures/ID" of a new one about the mother. */
static void disclosure_asked(struct office *o, char path[80])
{
	char subject[ID_HEX_LEN];

	id_hex(subject, &o->mother);
	assert_api(
	    201, api(o, ADMINISTRATOR, "POST", "/disclosures",
		     "{\"authority\":\"Police\",\"basis\":\"Article 5\",\"document\":\"" SHA
		     "\",\"subjects\":[\"%s\"],\"fields\":[\"profile\"],\"from_ms\":1700000000000,"
		     "\"to_ms\":1795000000000}",
		     subject));
	snprintf(path, 80, "/disclosures/%s", word(o, "id"));
}

static const char *below(const char *path, const char *rest)
{
	static char all[112];

	snprintf(all, sizeof(all), "%s/%s", path, rest);
	return all;
}

static void approved(struct office *o, const char *path, struct approver *a, bool damaged,
		     const char *code)
{
	struct disclosure_order order;
	struct buf note = {0};

	assert_api(200, api(o, AUDITOR, "GET", below(path, "text"), NULL));
	MUST(service_approver_sign(&note, &order, buf_cstr(&a->secret), o->text, strlen(o->text),
				   err));
	if (damaged) /* a letter of the signature, in base64 */
		note.data[note.len - 8] = note.data[note.len - 8] == 'A' ? 'B' : 'A';
	ask_api(o, AUDITOR, "POST", below(path, "approvals"), "Content-Type: text/plain\r\n",
		note.data, note.len);
	if (code ? strcmp(o->code, code) != 0 : o->status >= 400)
		fail_msg("%d %s, not %s", o->status, o->text, code ? code : "done");
	buf_free(&note);
}

void what_two_signed_is_released_and_nothing_else(void **state)
{
	struct office *o = *state;
	struct approver one = approver_add(o, "one.example"), two = approver_add(o, "two.example");
	char path[80], other[80];

	office_later(o, (int64_t)30 * 86400000); /* from then on they count */
	disclosure_asked(o, path);
	approved(o, path, &one, true, "signature");
	approved(o, path, &one, false, NULL);
	approved(o, path, &one, false, "approval");
	assert_api(409, api(o, ADMINISTRATOR, "POST", below(path, "release"), NULL));
	approved(o, path, &two, false, NULL);
	assert_api(409, api(o, ADMINISTRATOR, "POST", below(path, "done"), NULL));
	assert_api(200, api(o, ADMINISTRATOR, "POST", below(path, "release"), NULL));
	assert_has(o->text, "Police");
	assert_api(204, api(o, ADMINISTRATOR, "POST", below(path, "done"), NULL));
	disclosure_asked(o, other);
	assert_api(204, api(o, ADMINISTRATOR, "POST", below(other, "refuse"), NULL));
	assert_api(409, api(o, ADMINISTRATOR, "POST", below(other, "refuse"), NULL));
	approver_done(&one);
	approver_done(&two);
}

/* ---- pictures ---- */

/* Where pictures are sent, and as whom. */
struct lens {
	enum who who;
	const char *path, *headers;
};
#define AS_PNG "Content-Type: image/png\r\n"

static void picture(struct office *o, const struct lens *to, const void *bytes, size_t len,
		    const char *code)
{
	ask_api(o, to->who, "POST", to->path, to->headers, bytes, len);
	if (strcmp(o->code, code) != 0)
		fail_msg("%s: %d %s, not %s", to->path, o->status, o->text, code);
}

static void pictures_try(struct office *o, const struct lens *to)
{
	static uint8_t grey[3 * 64 * 64];
	const tanu_pixels pixels = {grey, 64, 64, 3 * 64};
	const struct png_form form = {.colour_type = 2, .depth = 8};
	struct buf png = {0};

	memset(grey, 128, sizeof(grey));
	code_png(&png, &pixels, &form);
	if (!strcmp(to->path, "/scans") || strstr(to->path, "/pass") ||
	    strstr(to->path, "/tickets"))
		picture(o, to, png.data, png.len, "no-code");
	picture(o, to, "no picture at all", 17, "image-type");
	picture(o, to, png.data, png.len / 2, "image-truncated");
	png.data[png.len - 20] ^= 0x55; /* in the compressed rows, or their sum */
	picture(o, to, png.data, png.len, "image-corrupt");
	png.data[18] = 0x7F; /* 32,576 columns */
	picture(o, to, png.data, png.len, "image-limit");
	if (strcmp(to->path, "/scans") != 0 && !strstr(to->path, "/tickets"))
		picture(o, to, "", 0, "image-empty");
	buf_free(&png);
}

void what_is_no_picture_is_refused(void **state)
{
	struct office *o = *state;
	char hex[ID_HEX_LEN], path[96], capture[ID_HEX_LEN];

	id_hex(hex, &o->mother);
	notice_put(o);
	assert_api(200,
		   api(o, ENROLMENT, "POST", at_subject(&o->mother, "/consents"),
		       "{\"purposes\":[\"access\"],\"by\":\"self\",\"until\":\"2027-06-30\"," NOTICE
		       "}"));
	assert_api(201, api(o, ENROLMENT, "POST", "/captures",
			    "{\"subject\":\"%s\",\"use\":\"enrol\"}", hex));
	snprintf(capture, sizeof(capture), "%s", word(o, "capture"));
	snprintf(path, sizeof(path), "/captures/%s/frames", capture);
	pictures_try(o, &(struct lens){ENROLMENT, path, AS_PNG});
	pictures_try(o, &(struct lens){ENROLMENT, "/scans", AS_PNG});
	snprintf(path, sizeof(path), "/subjects/%s/tickets", hex);
	pictures_try(o, &(struct lens){PERSON, path, AS_PNG});
	snprintf(path, sizeof(path), "/captures/%s/pass", capture);
	pictures_try(o, &(struct lens){ENROLMENT, path, AS_PNG});
	snprintf(path, sizeof(path), "/captures/%032d/pass", 0);
	picture(o, &(struct lens){ENROLMENT, path, AS_PNG}, "x", 1, "record-missing");
	snprintf(path, sizeof(path), "/captures/%032d/frames", 0);
	picture(o, &(struct lens){ENROLMENT, path, AS_PNG}, "x", 1, "record-missing");
}

/* ---- faces ---- */

static void consent_put(struct office *o, const char *purpose)
{
	assert_api(
	    200, api(o, ENROLMENT, "POST", at_subject(&o->mother, "/consents"),
		     "{\"purposes\":[\"%s\"],\"by\":\"self\",\"until\":\"2027-06-30\"," NOTICE "}",
		     purpose));
}

/* One face of the sheet, the whole sheet (a crowd), or nobody. */
static void photo_jpeg(struct buf *out, struct photo photo)
{
	const tanu_pixels pixels = pixels_of(&photo);
	const struct jpeg_form form = {.colour = JPEG_YCBCR, .whole_chroma = true};

	code_jpeg(out, &pixels, &form);
	photo_free(&photo);
}

struct camera {
	struct buf face, crowd, blurred, nobody;
};

static struct camera camera_on(void)
{
	struct photo small = sheet_face(0, 0);
	struct camera c = {.face = {0}};

	photo_jpeg(&c.face, photo_scaled(&small, 312, 312));
	photo_jpeg(&c.blurred, photo_scaled(&small, 60, 60));
	photo_free(&small);
	photo_jpeg(&c.crowd, sheet_whole());
	photo_jpeg(&c.nobody, photo_grey(200, 200, 128));
	return c;
}

static void camera_off(struct camera *c)
{
	buf_free(&c->face);
	buf_free(&c->crowd);
	buf_free(&c->blurred);
	buf_free(&c->nobody);
}

/* A capture with one frame, unmeasured; its path. */
static const char *captured(struct office *o, const char *use, const struct buf *frame)
{
	static char path[64];
	char hex[ID_HEX_LEN], frames[96];

	id_hex(hex, &o->mother);
	assert_api(
	    201, api(o, KEY, "POST", "/captures", "{\"subject\":\"%s\",\"use\":\"%s\"}", hex, use));
	snprintf(path, sizeof(path), "/captures/%s", word(o, "capture"));
	snprintf(frames, sizeof(frames), "%s/frames?guide=false", path);
	assert_int_equal(ask_api(o, KEY, "POST", frames, "Content-Type: image/jpeg\r\n",
				 frame->data, frame->len),
			 200);
	return path;
}

static void used(struct office *o, const char *capture, const char *use, const char *code)
{
	char path[96];

	snprintf(path, sizeof(path), "%s/%s", capture, use);
	api(o, KEY, "POST", path, "{\"frames\":[1]}");
	if (code ? strcmp(o->code, code) != 0 : o->status != 200)
		fail_msg("%s: %d %s, not %s", use, o->status, o->text, code ? code : "done");
}

static void withdraw(struct office *o)
{
	assert_api(200, api(o, ENROLMENT, "POST", at_subject(&o->mother, "/consents/withdraw"),
			    "{\"by\":\"self\"}"));
}

static void lock(struct office *o, bool locked)
{
	assert_api(
	    204, api(o, PERSON, locked ? "PUT" : "DELETE", at_subject(&o->mother, "/lock"), NULL));
}

void faces_are_used_as_agreed_or_not_at_all(void **state)
{
	struct office *o = *state;
	struct camera c = camera_on();
	char path[96], hex[ID_HEX_LEN], capture[64];

	id_hex(hex, &o->mother);
	notice_put(o);
	consent_put(o, "access");
	snprintf(capture, sizeof(capture), "%s", captured(o, "enrol", &c.face));
	withdraw(o);
	used(o, capture, "enrol", "no-consent");
	consent_put(o, "access");
	used(o, captured(o, "enrol", &c.nobody), "enrol", "no-face");
	used(o, captured(o, "enrol", &c.crowd), "enrol", "face-quality");
	used(o, captured(o, "enrol", &c.face), "passes", "setting");
	snprintf(capture, sizeof(capture), "%s", captured(o, "enrol", &c.face));
	snprintf(path, sizeof(path), "%s/frames?guide=false", capture);
	for (int i = 2; i <= SAMPLES_MAX + 1; i++)
		ask_api(o, KEY, "POST", path, "Content-Type: image/jpeg\r\n", c.face.data,
			c.face.len);
	assert_string_equal(o->code, "gallery-full");
	o->ahead_ms = -(int64_t)3 * 86400000;
	used(o, capture, "enrol", "clock");
	o->ahead_ms = 0;
	snprintf(path, sizeof(path), "%s/frames", captured(o, "enrol", &c.face));
	assert_int_equal(
	    ask_api(o, KEY, "POST", path, "Content-Type: image/jpeg\r\n", c.face.data, c.face.len),
	    200);
	assert_api(204, api(o, KEY, "DELETE", captured(o, "enrol", &c.face), NULL));
	MUST(service_setting_set(o->service, "enrol.liveness_min", "1", err));
	office_restart(o);
	used(o, captured(o, "enrol", &c.face), "enrol", "not-live");
	MUST(service_setting_set(o->service, "enrol.liveness_min", "0", err));
	office_restart(o);
	used(o, captured(o, "enrol", &c.face), "enrol", NULL);
	used(o, captured(o, "verify", &c.face), "verify", NULL);
	assert_has(o->answer, "\"match\":true");
	used(o, captured(o, "verify", &c.nobody), "verify", "no-face");
	used(o, captured(o, "verify", &c.blurred), "verify", "face-quality");
	snprintf(capture, sizeof(capture), "%s", captured(o, "verify", &c.face));
	o->ahead_ms = -(int64_t)3 * 86400000;
	used(o, capture, "verify", "clock");
	o->ahead_ms = 0;
	snprintf(capture, sizeof(capture), "%s", captured(o, "verify", &c.face));
	lock(o, true);
	used(o, capture, "verify", "held");
	api(o, KEY, "POST", "/captures", "{\"subject\":\"%s\",\"use\":\"verify\"}", hex);
	assert_string_equal(o->code, "held");
	lock(o, false);
	snprintf(capture, sizeof(capture), "%s", captured(o, "verify", &c.face));
	withdraw(o);
	used(o, capture, "verify", "no-consent");
	consent_put(o, "access");
	used(o, captured(o, "enrol", &c.face), "enrol", NULL);
	snprintf(capture, sizeof(capture), "%s", captured(o, "verify", &c.face));
	withdraw(o);
	consent_put(o, "access");
	used(o, capture, "verify", "no-reference");
	camera_off(&c);
}

/* ---- relying parties ---- */

static const char *id_hex_of(const tanu_id *id)
{
	static char hex[ID_HEX_LEN];

	id_hex(hex, id);
	return hex;
}

/* A new question about the mother is answered with this frame. */
static void answered(struct office *o, const char *person, const struct buf *frame,
		     const char *code)
{
	struct question q;

	ask_bank(o, &q, person);
	assert_int_equal(ask_api(o, NOBODY, "POST", "/check/frames?guide=false", q.as_photo,
				 frame->data, frame->len),
			 200);
	if (!strcmp(code, "held"))
		lock(o, true);
	if (!strcmp(code, "no-consent"))
		withdraw(o);
	page(o, &q, "POST", "/check/answer", "{\"frames\":[1]}");
	if (strcmp(o->code, code) != 0)
		fail_msg("answer: %d %s, not %s", o->status, o->text, code);
	if (!strcmp(code, "held"))
		lock(o, false);
}

static void check_pictures(struct office *o, const char *person, const struct buf *face)
{
	struct question q;

	ask_bank(o, &q, person);
	pictures_try(o, &(struct lens){NOBODY, "/check/frames", q.as_photo});
	picture(o, &(struct lens){NOBODY, "/check/frames", "Content-Type: image/jpeg\r\n"}, "x", 1,
		"record-missing");
	for (int i = 0; i <= SAMPLES_MAX; i++)
		ask_api(o, NOBODY, "POST", "/check/frames?guide=false", q.as_photo, face->data,
			face->len);
	assert_string_equal(o->code, "gallery-full");
}

/* A new pass of the mother's, as a picture of its front. */
static void pass_picture(struct office *o, struct buf *png, const struct buf *face)
{
	const struct photograph photo = {.name = "photo", .bytes = face->data, .len = face->len};
	struct print_card card = {.name = "Mother",
				  .site = "School 5",
				  .until = "2027-06-30",
				  .number = "0000",
				  .language = "en"};
	struct pass_issued issued;
	struct buf code = {0};

	MUST(service_pass_issue_photos(o->service, &issued, &o->mother, &photo, 1, false, err));
	pass_put(&code, &issued.pass[0]);
	card.code = code.data;
	card.code_len = code.len;
	MUST(print_card_png(png, &card, err));
	buf_free(&code);
}

static void shown(struct office *o, const char *capture, const struct buf *png, const char *code)
{
	char path[96];

	snprintf(path, sizeof(path), "%s/pass", capture);
	ask_api(o, KEY, "POST", path, AS_PNG, png->data, png->len);
	if (code ? strcmp(o->code, code) != 0 : o->status != 200)
		fail_msg("pass: %d %s, not %s", o->status, o->text, code ? code : "done");
}

static void passes_are_shown(struct office *o, const struct camera *c)
{
	char mine[64], others[64], path[96], hex[ID_HEX_LEN];
	struct buf png = {0};

	pass_picture(o, &png, &c->face);
	snprintf(mine, sizeof(mine), "%s", captured(o, "verify", &c->face));
	shown(o, mine, &png, NULL);
	snprintf(path, sizeof(path), "/passes/%s", word(o, "number"));
	used(o, mine, "verify", NULL);
	assert_has(o->answer, "\"match\":true");
	/* in another's capture, and when it has been revoked */
	id_hex(hex, &o->stranger);
	assert_api(200,
		   api(o, ENROLMENT, "POST", at_subject(&o->stranger, "/consents"),
		       "{\"purposes\":[\"access\"],\"by\":\"self\",\"until\":\"2027-06-30\"," NOTICE
		       "}"));
	assert_api(
	    201, api(o, KEY, "POST", "/captures", "{\"subject\":\"%s\",\"use\":\"verify\"}", hex));
	snprintf(others, sizeof(others), "/captures/%s", word(o, "capture"));
	shown(o, others, &png, "pass");
	assert_api(204, api(o, PERSON, "DELETE", at_subject(&o->mother, path), NULL));
	shown(o, captured(o, "verify", &c->face), &png, "pass");
	buf_free(&png);
}

/* The same where references are on people's own passes. */
void passes_are_made_of_who_agreed(void **state)
{
	struct office *o = *state;
	struct camera c = camera_on();
	char path[96], capture[64], relying[ID_HEX_LEN], person[ID_HEX_LEN];

	notice_put(o);
	MUST(service_setting_set(o->service, "storage.mode", "pass", err));
	office_restart(o);
	consent_put(o, "access");
	used(o, captured(o, "enrol", &c.face), "enrol", "setting");
	used(o, captured(o, "enrol", &c.nobody), "passes", "no-face");
	used(o, captured(o, "enrol", &c.crowd), "passes", "face-quality");
	snprintf(capture, sizeof(capture), "%s", captured(o, "enrol", &c.face));
	o->ahead_ms = -(int64_t)3 * 86400000;
	used(o, capture, "passes", "clock");
	o->ahead_ms = 0;
	used(o, captured(o, "enrol", &c.face), "passes", NULL);
	assert_has(o->answer, "%PDF");
	assert_api(200, api(o, KEY, "GET", at_subject(&o->mother, "/passes"), NULL));
	snprintf(path, sizeof(path), "/passes/%s",
		 json_text_of(json_get(json_at(json_get(o->json, "items"), 0), "number")));
	assert_api(204, api(o, PERSON, "DELETE", at_subject(&o->mother, path), NULL));
	used(o, captured(o, "verify", &c.face), "verify", "pass");
	passes_are_shown(o, &c);
	MUST(service_setting_set(o->service, "enrol.liveness_min", "1", err));
	office_restart(o);
	used(o, captured(o, "enrol", &c.face), "passes", "not-live");
	snprintf(capture, sizeof(capture), "%s", captured(o, "enrol", &c.face));
	withdraw(o);
	used(o, capture, "passes", "no-consent");
	bank_key(o, relying);
	mother_allows(o, relying, person);
	answered(o, person, &c.face, "pass");
	camera_off(&c);
}

void a_relying_party_is_told_no_more_than_its_no(void **state)
{
	struct office *o = *state;
	char relying[ID_HEX_LEN], person[ID_HEX_LEN];
	struct camera c = camera_on();

	notice_put(o);
	consent_put(o, "access");
	used(o, captured(o, "enrol", &c.face), "enrol", NULL);
	bank_key(o, relying);
	mother_allows(o, relying, person);
	check_pictures(o, person, &c.face);
	answered(o, person, &c.nobody, "no-face");
	answered(o, person, &c.blurred, "face-quality");
	answered(o, person, &c.face, "held");
	answered(o, person, &c.face, "no-consent");
	mother_allows(o, relying, person);
	answered(o, person, &c.face, "no-reference");
	assert_api(409, api(o, ENROLMENT, "POST", at_subject(&o->child, "/allowed"),
			    "{\"relying\":\"%s\",\"until\":\"2027-06-30\",\"by\":\"guardian\","
			    "\"guardian\":\"%s\"}",
			    relying, id_hex_of(&o->stranger)));
	assert_string_equal(o->code, "consent-rule");
	assert_api(409, api(o, ENROLMENT, "POST", at_subject(&o->mother, "/allowed/end"),
			    "{\"relying\":\"%s\",\"by\":\"guardian\",\"guardian\":\"%s\"}", relying,
			    id_hex_of(&o->stranger)));
	assert_string_equal(o->code, "consent-rule");
	MUST(service_setting_set(o->service, "relying.attempts", "3", err)); /* were made today */
	office_restart(o);
	api(o, KEY, "POST", "/assertions", "{\"person\":\"%s\"," NONCE "}", person);
	assert_string_equal(o->code, "held");
	camera_off(&c);
}

/* ---- the clock ---- */

void a_clock_that_went_back_stops_what_needs_it(void **state)
{
	static const struct row rows[] = {
	    {KEY, "POST", "/subjects/$M/consents",
	     "{\"purposes\":[\"visit\"],\"by\":\"self\",\"until\":\"2027-06-30\"," NOTICE "}",
	     "clock"},
	    {KEY, "POST", "/captures", "{\"subject\":\"$M\",\"use\":\"enrol\"}", "clock"},
	};
	struct office *o = *state;

	notice_put(o);
	assert_api(200,
		   api(o, KEY, "POST", at_subject(&o->mother, "/consents"),
		       "{\"purposes\":[\"access\"],\"by\":\"self\",\"until\":\"2027-06-30\"," NOTICE
		       "}"));
	o->ahead_ms = -(int64_t)3 * 86400000;
	rows_try(o, rows, ARRAY_LEN(rows));
	o->ahead_ms = 0;
}

/* ---- all of them ---- */

/* Not brought about here: where it is, or why it is nowhere. Operation NULL: of all. */
static const struct {
	const char *operation, *code, *why;
} elsewhere[] = {
    {NULL, "child-died", "tests/worker"},
    {NULL, "child-timeout", "tests/worker"},
    {NULL, "model-missing", "tests/tensor"},
    {NULL, "runtime-missing", "tests/tensor"},
    {NULL, "font-missing", "tests/print"},
    {NULL, "log-fork", "tests/service"},
    {NULL, "log-damaged", "tests/service"},
    {"me_passkey_confirm", "conflict", "tests/auth/test_passkey.c: it takes an authenticator"},
    {"subject_remove", "held", "tests/service: the recovery key's periods have run out"},
    {"consent_give", "held", "likewise"},
    {"form_answer", "held", "likewise"},
};

static bool is_elsewhere(const char *operation, const char *code)
{
	for (size_t i = 0; i < ARRAY_LEN(elsewhere); i++)
		if (!strcmp(elsewhere[i].code, code) &&
		    (!elsewhere[i].operation || !strcmp(elsewhere[i].operation, operation)))
			return true;
	return false;
}

void every_error_of_the_contract_was_provoked(void **state)
{
	struct office *o = *state;
	const struct spec *spec = o->api->spec;
	size_t missing = 0;

	for (size_t i = 0; i < spec->operations_len; i++) {
		json_value list = json_get(spec->operations[i].node, "x-errors");

		for (size_t j = 0; j < json_len(list); j++) {
			const char *code = json_text_of(json_at(list, j));
			const char *operation = spec->operations[i].id;

			if (!office_provoked(i, j) && !office_common(code) &&
			    !is_elsewhere(operation, code)) {
				print_message("%s: %s\n", operation, code);
				missing++;
			}
		}
	}
	if (missing)
		fail_msg("%zu errors were never provoked", missing);
}

void every_operation_has_succeeded(void **state)
{
	/* An authenticator is in tests/auth and in the browser's tests; a stream never ends. */
	static const char *const apart[] = {"session_passkey", "me_passkey_confirm",
					    "me_passkey_remove", "events_stream"};
	struct office *o = *state;
	const struct spec *spec = o->api->spec;
	size_t missing = 0;

	for (size_t i = 0; i < spec->operations_len; i++) {
		bool excused = office_driven(i);

		for (size_t j = 0; j < ARRAY_LEN(apart); j++)
			excused = excused || !strcmp(apart[j], spec->operations[i].id);
		if (!excused) {
			print_message("%s\n", spec->operations[i].id);
			missing++;
		}
	}
	assert_int_equal(missing, 0);
}
