/* SPDX-License-Identifier: Apache-2.0 */
/* Each operation does what it is for, and what comes back is what openapi.yaml says. */
#include "api/office.h"

#include "api/bank.h"
#include "api/provoke.h"
#include "image/coder.h"
#include "print/scan.h"
#include "service/gates.h"
#include "service/internal.h"
#include "service/tablets.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#define OFFICE_TEST(name) cmocka_unit_test_setup_teardown(name, office_setup, office_teardown)

static const char sha[] = "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff";

static void a_person_is_added_found_and_leaves(void **state)
{
	struct office *o = *state;
	char path[96], id[ID_HEX_LEN], query[128];

	assert_api(201, api(o, ENROLMENT, "POST", "/subjects",
			    "{\"name\":\"Қанат Ёлкин\",\"born\":\"2001-05-31\"}"));
	snprintf(id, sizeof(id), "%s", word(o, "id"));
	assert_api(400, api(o, ENROLMENT, "POST", "/subjects", "{\"name\":\"X\"}"));
	assert_string_equal(word(o, "place"), "born");
	assert_api(422, api(o, ENROLMENT, "POST", "/subjects",
			    "{\"name\":\"X\",\"born\":\"2001-02-30\"}"));
	assert_api(400, api(o, ENROLMENT, "POST", "/subjects",
			    "{\"name\":\"X\",\"born\":\"2001-02-20\",\"admin\":true}"));
	/* қанат, in small letters */
	assert_api(200, api(o, OPERATOR, "GET",
			    "/subjects?q=%D2%9B%D0%B0%D0%BD%D0%B0%D1%82%20%D1%91", NULL));
	assert_int_equal(json_len(json_get(o->json, "items")), 1);
	snprintf(query, sizeof(query), "/subjects?q=%.8s", id);
	assert_api(200, api(o, OPERATOR, "GET", query, NULL));
	assert_int_equal(json_len(json_get(o->json, "items")), 1);
	assert_api(200, api(o, OPERATOR, "GET", "/subjects?limit=1", NULL));
	snprintf(query, sizeof(query), "/subjects?limit=2&cursor=%s", word(o, "next"));
	assert_api(200, api(o, OPERATOR, "GET", query, NULL));
	assert_int_equal(json_len(json_get(o->json, "items")), 2);
	assert_api(400, api(o, OPERATOR, "GET", "/subjects?cursor=_", NULL));
	assert_api(400, api(o, OPERATOR, "GET", "/subjects?limit=0", NULL));
	snprintf(path, sizeof(path), "/subjects/%s", id);
	assert_api(200, api(o, OPERATOR, "GET", path, NULL));
	assert_api(200, api(o, ENROLMENT, "DELETE", path, NULL));
	assert_non_null(strstr(o->text, "erasure"));
	assert_api(404, api(o, OPERATOR, "GET", path, NULL));
	assert_api(404, api(o, ENROLMENT, "DELETE", path, NULL));
}

static void what_has_not_changed_is_not_sent_again(void **state)
{
	struct office *o = *state;
	char header[128], tag[64];
	const char *at;

	assert_api(200, api(o, OPERATOR, "GET", at_subject(&o->mother, ""), NULL));
	at = strstr(o->answer, "ETag: ");
	assert_non_null(at);
	snprintf(tag, sizeof(tag), "%.*s", (int)strcspn(at + 6, "\r"), at + 6);
	snprintf(header, sizeof(header), "If-None-Match: %s\r\n", tag);
	assert_int_equal(ask_api(o, OPERATOR, "GET", at_subject(&o->mother, ""), header, NULL, 0),
			 304);
	assert_api(200, api(o, ADMINISTRATOR, "GET", "/settings", NULL));
	at = strstr(o->answer, "ETag: ");
	snprintf(header, sizeof(header), "If-Match: %.*s\r\n", (int)strcspn(at + 6, "\r"), at + 6);
	assert_int_equal(ask_api(o, ADMINISTRATOR, "PUT", "/settings/consent.request_days", header,
				 "{\"value\":\"20\"}", 14),
			 200);
	assert_string_equal(word(o, "value"), "20");
	assert_int_equal(ask_api(o, ADMINISTRATOR, "PUT", "/settings/consent.request_days", header,
				 "{\"value\":\"21\"}", 14),
			 409);
	assert_api(422, api(o, ADMINISTRATOR, "PUT", "/settings/consent.request_days",
			    "{\"value\":\"many\"}"));
	assert_api(422,
		   api(o, ADMINISTRATOR, "PUT", "/settings/no.such_thing", "{\"value\":\"1\"}"));
	assert_api(422, api(o, ADMINISTRATOR, "PUT", "/settings/keys.root", "{\"value\":\"tpm\"}"));
}

static void a_file_of_people_is_previewed_and_added_whole(void **state)
{
	static const char good[] = "name;born\nA One;2001-01-01\nB Two;2002-02-02\n";
	static const char bad[] = "name;born\nA One;2001-01-01\nB Two;yesterday\n";
	struct office *o = *state;
	int64_t n = -1;

	assert_int_equal(ask_api(o, ENROLMENT, "POST", "/subjects/import?preview=true",
				 "Content-Type: text/csv\r\n", good, strlen(good)),
			 200);
	MUST(json_int(&n, o->json, "added", err));
	assert_int_equal(n, 0);
	assert_int_equal(ask_api(o, ENROLMENT, "POST", "/subjects/import",
				 "Content-Type: text/csv\r\n", bad, strlen(bad)),
			 200);
	MUST(json_int(&n, o->json, "added", err));
	assert_int_equal(n, 0);
	assert_int_equal(json_len(json_get(o->json, "refused")), 1);
	assert_has(o->text, "\"code\":\"date\"");
	assert_has(o->text, "\"place\":\"born\"");
	/* So is who is born tomorrow, before anybody is added. */
	assert_int_equal(ask_api(o, ENROLMENT, "POST", "/subjects/import?preview=true",
				 "Content-Type: text/csv\r\n", "name;born\nA;2126-01-01\n", 23),
			 200);
	assert_has(o->text, "\"place\":\"born\"");
	/* A row without a name is named, and nobody is added. */
	assert_int_equal(ask_api(o, ENROLMENT, "POST", "/subjects/import",
				 "Content-Type: text/csv\r\n", "name;born\n;1990-01-01\n", 22),
			 200);
	assert_int_equal(json_len(json_get(o->json, "refused")), 1);
	assert_int_equal(ask_api(o, ENROLMENT, "POST", "/subjects/import",
				 "Content-Type: text/csv\r\n", good, strlen(good)),
			 200);
	MUST(json_int(&n, o->json, "added", err));
	assert_int_equal(n, 2);
	assert_int_equal(ask_api(o, ENROLMENT, "POST", "/subjects/import",
				 "Content-Type: text/csv\r\n", "a;b\n1;2\n", 8),
			 400);
	assert_api(400, api(o, ENROLMENT, "POST", "/subjects/import", "{}"));
}

static void a_guardian_decides_for_her_child_in_the_portal(void **state)
{
	struct office *o = *state;
	char path[160], id[ID_HEX_LEN];

	notice_put(o);
	assert_api(200, api(o, PERSON, "GET", "/notices", NULL));
	assert_api(200, api(o, PERSON, "GET", "/notices/1/en", NULL));
	assert_api(404, api(o, PERSON, "GET", "/notices/2/en", NULL));
	assert_api(200, api(o, PERSON, "GET", "/me/people", NULL));
	assert_int_equal(json_len(json_get(o->json, "items")), 2);
	assert_api(204, api(o, ENROLMENT, "POST", at_subject(&o->child, "/consents/request"),
			    "{\"purposes\":[\"access\"]," NOTICE "}"));
	/* "by" of who is signed in, whatever is sent. */
	assert_api(200, api(o, PERSON, "POST", at_subject(&o->child, "/consents"),
			    "{\"purposes\":[\"access\"],\"by\":\"self\",\"until\":\"2027-06-30\","
			    "\"assent\":true," NOTICE "}"));
	assert_api(200, api(o, PERSON, "GET", at_subject(&o->child, "/consents"), NULL));
	snprintf(id, sizeof(id), "%s",
		 json_text_of(json_get(json_at(json_get(o->json, "items"), 0), "id")));
	snprintf(path, sizeof(path), "/consents/%s/notice", id);
	assert_api(200, api(o, PERSON, "GET", at_subject(&o->child, path), NULL));
	assert_non_null(strstr(o->text, "Say no at any time"));
	/* Under another person that consent is nowhere. */
	assert_api(404, api(o, PERSON, "GET", at_subject(&o->mother, path), NULL));
	assert_api(200, api(o, PERSON, "GET", at_subject(&o->child, "/papers"), NULL));
	snprintf(path, sizeof(path), "/papers/%s",
		 json_text_of(json_get(json_at(json_get(o->json, "items"), 0), "id")));
	assert_api(200, api(o, PERSON, "GET", at_subject(&o->child, path), NULL));
	assert_api(200, api(o, PERSON, "POST", at_subject(&o->child, "/consents/withdraw"), "{}"));
	assert_api(200, api(o, PERSON, "POST", at_subject(&o->child, "/consents/refuse"),
			    "{\"purposes\":[\"visit\"]}"));
	/* Nobody asks again for a while after a no. */
	assert_api(409, api(o, ENROLMENT, "POST", at_subject(&o->child, "/consents/request"),
			    "{\"purposes\":[\"visit\"]," NOTICE "}"));
	assert_string_equal(o->code, "held");
}

static json_value event_of(struct office *o, const char *event)
{
	json_value items = json_get(o->json, "items");

	for (size_t i = 0; i < json_len(items); i++)
		if (!strcmp(json_text_of(json_get(json_at(items, i), "event")), event))
			return json_at(items, i);
	return NULL;
}

static size_t count_of(struct office *o, const char *event)
{
	json_value items = json_get(o->json, "items");
	size_t n = 0;

	for (size_t i = 0; i < json_len(items); i++)
		n += !strcmp(json_text_of(json_get(json_at(items, i), "event")), event);
	return n;
}

static void every_look_of_staff_stands_in_her_history(void **state)
{
	struct office *o = *state;
	const char *history = at_subject(&o->mother, "/history");
	char body[96];

	assert_api(200, api(o, PERSON, "GET", history, NULL));
	assert_int_equal(count_of(o, "staff-look"), 0);
	assert_api(200, api(o, OPERATOR, "GET", at_subject(&o->mother, ""), NULL));
	assert_api(200, api(o, OPERATOR, "GET", at_subject(&o->mother, ""), NULL));
	assert_api(200, api(o, PRESENCE, "GET", history, NULL));
	assert_api(200, api(o, KEY, "GET", at_subject(&o->mother, "/consents"), NULL));
	assert_api(200, api(o, PERSON, "GET", at_subject(&o->mother, "/history"), NULL));
	assert_int_equal(count_of(o, "staff-look"), 3); /* one a session and quarter of an hour */
	o->ahead_ms += 16 * 60000;
	assert_api(200, api(o, OPERATOR, "GET", at_subject(&o->mother, ""), NULL));
	assert_api(200, api(o, PERSON, "GET", at_subject(&o->mother, "/history"), NULL));
	assert_int_equal(count_of(o, "staff-look"), 4);
	snprintf(body, sizeof(body), "{\"event\":\"%s\"}",
		 json_text_of(json_get(event_of(o, "staff-look"), "id")));
	assert_api(204, api(o, PERSON, "POST", at_subject(&o->mother, "/objections"), "%s", body));
	assert_api(404, api(o, PERSON, "POST", at_subject(&o->mother, "/objections"),
			    "{\"event\":\"%032d\"}", 5));
	assert_api(200, api(o, PERSON, "GET", at_subject(&o->mother, "/history"), NULL));
	assert_non_null(event_of(o, "objected"));
}

static void she_locks_her_face_and_takes_everything_with_her(void **state)
{
	struct office *o = *state;
	bool locked = false;

	assert_api(204, api(o, PERSON, "PUT", at_subject(&o->child, "/lock"), NULL));
	assert_api(204, api(o, PERSON, "PUT", at_subject(&o->child, "/lock"), NULL));
	assert_api(200, api(o, PERSON, "GET", at_subject(&o->child, ""), NULL));
	MUST(json_bool(&locked, o->json, "locked", err));
	assert_true(locked);
	office_restart(o);
	assert_api(200, api(o, PERSON, "GET", at_subject(&o->child, ""), NULL));
	MUST(json_bool(&locked, o->json, "locked", err));
	assert_true(locked);
	assert_api(204, api(o, PERSON, "DELETE", at_subject(&o->child, "/lock"), NULL));
	assert_api(200, api(o, PERSON, "GET", at_subject(&o->child, "/history"), NULL));
	assert_int_equal(count_of(o, "locked"), 1);
	assert_int_equal(count_of(o, "unlocked"), 1);
	assert_api(200, api(o, PERSON, "GET", at_subject(&o->child, "/export"), NULL));
	assert_api(200, api(o, PERSON, "GET", at_subject(&o->child, "/receipt"), NULL));
	assert_non_null(strstr(o->text, "tanu"));
	assert_api(200, api(o, PERSON, "GET", at_subject(&o->child, "/passes"), NULL));
	assert_api(
	    404, api(o, PERSON, "DELETE", at_subject(&o->child, "/passes/0123456789abcdef"), NULL));
}

static void guardians_are_registered_and_removed(void **state)
{
	struct office *o = *state;
	char hex[ID_HEX_LEN], rest[80];

	id_hex(hex, &o->stranger);
	assert_api(204, api(o, ENROLMENT, "POST", at_subject(&o->child, "/guardians"),
			    "{\"guardian\":\"%s\",\"relation\":\"aunt\",\"checked_by\":\"D. "
			    "O.\",\"how\":\"decision of the court\"}",
			    hex));
	assert_api(409, api(o, ENROLMENT, "POST", at_subject(&o->child, "/guardians"),
			    "{\"guardian\":\"%s\",\"relation\":\"aunt\",\"checked_by\":\"D. "
			    "O.\",\"how\":\"decision of the court\"}",
			    hex));
	assert_api(200, api(o, ENROLMENT, "GET", at_subject(&o->child, "/guardians"), NULL));
	assert_int_equal(json_len(json_get(o->json, "items")), 2);
	snprintf(rest, sizeof(rest), "/guardians/%s", hex);
	assert_api(204, api(o, ENROLMENT, "DELETE", at_subject(&o->child, rest), NULL));
	assert_api(404, api(o, ENROLMENT, "DELETE", at_subject(&o->child, rest), NULL));
	snprintf(rest, sizeof(rest), "/guardians/%s/bar", hex);
	assert_api(404, api(o, ENROLMENT, "POST", at_subject(&o->child, rest),
			    "{\"document\":\"%s\",\"from\":\"2026-01-01\"}", sha));
}

static void who_is_invited_comes_in_by_paper_and_code(void **state)
{
	struct office *o = *state;
	char token[64], code[16], body[512];

	assert_api(409, api(o, ENROLMENT, "POST", at_subject(&o->infant, "/invitations"), NULL));
	assert_api(200, api(o, ENROLMENT, "POST", at_subject(&o->stranger, "/invitations"), NULL));
	snprintf(token, sizeof(token), "%s", word(o, "path") + strlen("/portal#"));
	snprintf(code, sizeof(code), "%s", word(o, "code"));
	snprintf(body, sizeof(body),
		 "{\"token\":\"%s\",\"code\":\"%s\",\"name\":\"else\",\"password\":\"a row of "
		 "words\"}",
		 token, code);
	assert_api(200, api(o, NOBODY, "POST", "/session/invitation", "%s", body));
	assert_non_null(strstr(o->answer, "Set-Cookie: __Host-tanu="));
	assert_non_null(strstr(o->answer, "Secure; HttpOnly; SameSite=Strict"));
	assert_api(403, api(o, NOBODY, "POST", "/session/invitation", "%s", body));
}

/* A child who is old enough comes in by herself, and nobody has to let her say no. */
static void a_child_says_no_by_herself(void **state)
{
	struct office *o = *state;
	struct caller *child = &o->caller[OPERATOR]; /* whose place she takes in this test */
	char token[64], code[16];
	const char *set;

	notice_put(o);
	assert_api(200,
		   api(o, PERSON, "POST", at_subject(&o->child, "/consents"),
		       "{\"purposes\":[\"access\"],\"until\":\"2027-06-30\",\"assent\":true," NOTICE
		       "}"));
	assert_api(200, api(o, ENROLMENT, "POST", at_subject(&o->child, "/invitations"), NULL));
	snprintf(token, sizeof(token), "%s", word(o, "path") + strlen("/portal#"));
	snprintf(code, sizeof(code), "%s", word(o, "code"));
	assert_api(200, api(o, NOBODY, "POST", "/session/invitation",
			    "{\"token\":\"%s\",\"code\":\"%s\",\"name\":\"asem\","
			    "\"password\":\"a row of words\"}",
			    token, code));
	set = strstr(o->answer, "Set-Cookie: __Host-tanu=");
	assert_non_null(set);
	snprintf(child->secret, sizeof(child->secret), "%.*s", (int)sizeof(child->secret) - 1,
		 set + strlen("Set-Cookie: __Host-tanu="));
	snprintf(child->token, sizeof(child->token), "%s", word(o, "token"));

	/* She sees herself and nobody else, and that there is a yes. */
	assert_api(200, api(o, OPERATOR, "GET", "/me/people", NULL));
	assert_int_equal(json_len(json_get(o->json, "items")), 1);
	assert_api(404, api(o, OPERATOR, "GET", at_subject(&o->mother, ""), NULL));
	assert_api(200, api(o, OPERATOR, "GET", at_subject(&o->child, ""), NULL));
	assert_int_equal(json_len(json_get(o->json, "live_purposes")), 1);
	/* A yes of her alone is none; her no ends what her mother gave, and stays. */
	assert_api(409, api(o, OPERATOR, "POST", at_subject(&o->child, "/consents"),
			    "{\"purposes\":[\"access\"],\"until\":\"2027-06-30\"," NOTICE "}"));
	assert_string_equal(o->code, "consent-rule");
	assert_api(200,
		   api(o, OPERATOR, "POST", at_subject(&o->child, "/consents/withdraw"), "{}"));
	assert_api(200, api(o, PERSON, "GET", at_subject(&o->child, ""), NULL));
	assert_int_equal(json_len(json_get(o->json, "live_purposes")), 0);
	assert_api(409, api(o, PERSON, "POST", at_subject(&o->child, "/consents"),
			    "{\"purposes\":[\"access\"],\"until\":\"2027-06-30\"," NOTICE "}"));
	assert_api(200, api(o, PERSON, "GET", at_subject(&o->child, "/consents"), NULL));
	assert_string_equal(json_text_of(json_get(json_at(json_get(o->json, "items"), 1), "state")),
			    "refused");
	assert_string_equal(json_text_of(json_get(json_at(json_get(o->json, "items"), 1), "by")),
			    "self");
	assert_api(200, api(o, OPERATOR, "GET", at_subject(&o->child, "/receipt"), NULL));
}

static void the_register_of_disclosures_asks_two_keys(void **state)
{
	struct office *o = *state;
	char id[ID_HEX_LEN], subject[ID_HEX_LEN], path[128], key[512];
	struct buf secret = {0}, vkey = {0};

	id_hex(subject, &o->mother);
	MUST(service_approver_key(&secret, &vkey, "head.example", err));
	snprintf(key, sizeof(key), "%.*s", (int)strcspn(buf_cstr(&vkey), "\n"), buf_cstr(&vkey));
	assert_api(204, api(o, ADMINISTRATOR, "POST", "/approvers", "{\"key\":\"%s\"}", key));
	assert_api(409, api(o, ADMINISTRATOR, "POST", "/approvers", "{\"key\":\"%s\"}", key));
	assert_api(200, api(o, AUDITOR, "GET", "/approvers", NULL));
	assert_api(201,
		   api(o, ADMINISTRATOR, "POST", "/disclosures",
		       "{\"authority\":\"Police\",\"basis\":\"Article 5\",\"document\":\"%s\","
		       "\"subjects\":[\"%s\"],\"fields\":[\"profile\"],\"from_ms\":1700000000000,"
		       "\"to_ms\":1795000000000}",
		       sha, subject));
	snprintf(id, sizeof(id), "%s", word(o, "id"));
	snprintf(path, sizeof(path), "/disclosures/%s/text", id);
	assert_api(200, api(o, AUDITOR, "GET", path, NULL));
	assert_non_null(strstr(o->text, "Police"));
	snprintf(path, sizeof(path), "/disclosures/%s/release", id);
	assert_api(409, api(o, ADMINISTRATOR, "POST", path, NULL));
	assert_string_equal(o->code, "approval");
	snprintf(path, sizeof(path), "/disclosures/%s/approvals", id);
	assert_true(ask_api(o, AUDITOR, "POST", path, "Content-Type: text/plain\r\n", "nonsense\n",
			    9) >= 400);
	snprintf(path, sizeof(path), "/disclosures/%s/refuse", id);
	assert_api(204, api(o, ADMINISTRATOR, "POST", path, NULL));
	assert_api(200, api(o, AUDITOR, "GET", "/disclosures", NULL));
	assert_string_equal(json_text_of(json_get(json_at(json_get(o->json, "items"), 0), "state")),
			    "refused");
	assert_api(204, api(o, ADMINISTRATOR, "DELETE", "/approvers/head.example", NULL));
	assert_api(404, api(o, ADMINISTRATOR, "DELETE", "/approvers/nobody.example", NULL));
	buf_wipe(&secret);
	buf_free(&vkey);
}

static void a_breach_has_its_clock_and_is_closed_when_it_was_told(void **state)
{
	struct office *o = *state;
	char id[ID_HEX_LEN], subject[ID_HEX_LEN], path[96];

	id_hex(subject, &o->mother);
	assert_api(
	    201, api(o, ADMINISTRATOR, "POST", "/breaches",
		     "{\"what\":\"The office laptop was stolen\",\"kinds\":[\"names\",\"history\"],"
		     "\"people\":[\"%s\"],\"about\":40}",
		     subject));
	snprintf(id, sizeof(id), "%s", word(o, "id"));
	assert_int_equal(json_number_of(json_get(o->json, "people")), 1);
	assert_int_equal(json_len(json_get(o->json, "kinds")), 2);
	assert_true(json_number_of(json_get(o->json, "due_ms")) ==
		    json_number_of(json_get(o->json, "noticed_ms")) + 72 * 3600e3);
	/* She finds it in her history; the auditor sees the register, nobody else does. */
	assert_api(200, api(o, PERSON, "GET", at_subject(&o->mother, "/history"), NULL));
	assert_non_null(strstr(o->text, "breach"));
	assert_api(200, api(o, AUDITOR, "GET", "/breaches", NULL));
	assert_int_equal(json_len(json_get(o->json, "items")), 1);
	assert_api(403, api(o, OPERATOR, "GET", "/breaches", NULL));
	assert_api(403,
		   api(o, AUDITOR, "POST", "/breaches", "{\"what\":\"x\",\"kinds\":[\"names\"]}"));
	/* While the clock runs it is not closed untold. */
	snprintf(path, sizeof(path), "/breaches/%s/close", id);
	assert_api(409, api(o, ADMINISTRATOR, "POST", path, "{\"outcome\":\"found again\"}"));
	assert_string_equal(o->code, "held");
	snprintf(path, sizeof(path), "/breaches/%s/told", id);
	assert_api(200, api(o, ADMINISTRATOR, "POST", path,
			    "{\"whom\":\"authority\",\"how\":\"through the portal, number 17\"}"));
	assert_int_equal(json_len(json_get(o->json, "told")), 1);
	assert_api(400, api(o, ADMINISTRATOR, "POST", path, "{\"whom\":\"nobody\",\"how\":\"x\"}"));
	snprintf(path, sizeof(path), "/breaches/%s/close", id);
	assert_api(200, api(o, ADMINISTRATOR, "POST", path, "{\"outcome\":\"found again\"}"));
	assert_true(json_number_of(json_get(o->json, "closed_ms")) > 0);
	assert_api(404,
		   api(o, ADMINISTRATOR, "POST", "/breaches/00000000000000000000000000000000/close",
		       "{\"outcome\":\"x\"}"));
	assert_api(204, api(o, OPERATOR, "POST", "/bell", NULL));
	assert_api(403, api(o, PERSON, "POST", "/bell", NULL));
	/* Closed with a reason, where nobody had to be told. */
	assert_api(201, api(o, ADMINISTRATOR, "POST", "/breaches",
			    "{\"what\":\"A list lay in the yard\",\"kinds\":[\"papers\"]}"));
	snprintf(path, sizeof(path), "/breaches/%s/close", word(o, "id"));
	assert_api(200, api(o, ADMINISTRATOR, "POST", path,
			    "{\"outcome\":\"torn up\",\"untold\":\"it held no names\"}"));
}

static void accounts_and_keys_are_made_changed_and_ended(void **state)
{
	struct office *o = *state;
	char id[ID_HEX_LEN], path[96];

	assert_api(201, api(o, ADMINISTRATOR, "POST", "/accounts",
			    "{\"name\":\"new one\",\"roles\":[\"operator\"]}"));
	snprintf(id, sizeof(id), "%s", json_text_of(json_get(json_get(o->json, "account"), "id")));
	assert_api(409, api(o, ADMINISTRATOR, "POST", "/accounts",
			    "{\"name\":\"NEW one\",\"roles\":[\"operator\"]}"));
	snprintf(path, sizeof(path), "/accounts/%s", id);
	assert_api(200, api(o, ADMINISTRATOR, "PUT", path, "{\"roles\":[\"auditor\"]}"));
	assert_api(400, api(o, ADMINISTRATOR, "PUT", path, "{\"roles\":[\"person\"]}"));
	assert_api(200, api(o, AUDITOR, "GET", "/accounts", NULL));
	assert_int_equal(json_len(json_get(o->json, "items")), 7);
	snprintf(path, sizeof(path), "/accounts/%s/reset", id);
	assert_api(200, api(o, ADMINISTRATOR, "POST", path, NULL));
	snprintf(path, sizeof(path), "/accounts/%s", id);
	assert_api(204, api(o, ADMINISTRATOR, "DELETE", path, NULL));
	assert_api(404, api(o, ADMINISTRATOR, "DELETE", path, NULL));
	assert_api(201, api(o, ADMINISTRATOR, "POST", "/api-keys",
			    "{\"name\":\"payroll\",\"scopes\":[\"people:read\"],\"until\":"
			    "\"2027-12-31\"}"));
	snprintf(path, sizeof(path), "/api-keys/%s", word(o, "id"));
	assert_api(200, api(o, ADMINISTRATOR, "GET", "/api-keys", NULL));
	assert_api(204, api(o, ADMINISTRATOR, "DELETE", path, NULL));
	assert_api(404, api(o, ADMINISTRATOR, "DELETE", path, NULL));
}

static void ones_own_account_is_changed_after_a_password(void **state)
{
	struct office *o = *state;

	assert_api(200, api(o, OPERATOR, "GET", "/session", NULL));
	assert_api(200, api(o, OPERATOR, "GET", "/me", NULL));
	assert_api(401, api(o, OPERATOR, "POST", "/me/totp", "{\"password\":\"wrong\"}"));
	assert_api(
	    200, api(o, OPERATOR, "POST", "/me/totp", "{\"password\":\"the words of everybody\"}"));
	assert_int_equal(strlen(word(o, "secret")), 32);
	assert_api(401, api(o, OPERATOR, "PUT", "/me/totp", "{\"code\":\"000000\"}"));
	assert_api(401, api(o, OPERATOR, "POST", "/me/recovery-codes",
			    "{\"password\":\"the words of everybody\"}"));
	assert_api(204, api(o, OPERATOR, "POST", "/me/password",
			    "{\"old\":\"the words of everybody\",\"new\":\"quite other words\"}"));
	assert_api(401, api(o, NOBODY, "POST", "/session",
			    "{\"name\":\"operator\",\"password\":\"the words of everybody\"}"));
	assert_api(200, api(o, NOBODY, "POST", "/session",
			    "{\"name\":\"operator\",\"password\":\"quite other words\"}"));
	assert_api(204, api(o, OPERATOR, "DELETE", "/session", NULL));
	assert_api(401, api(o, OPERATOR, "GET", "/session", NULL));
}

/* A gate of that name, paired, that has just asked: its answer from the site. */
static struct lease_pair gate_there(struct office *o, const char *name, struct secret *sign)
{
	struct pair_reply answer;
	struct pair_request request = {.tls_pin = {7}};
	struct buf asked = {0}, reply = {0};
	struct random_source random = os_random();
	char code[PAIR_CODE_LEN];
	struct gate_view gate;
	struct secret key;

	MUST(service_gate_add(o->service, &gate, code, name, "main", err));
	MUST(pair_code_key(&key, code, err));
	random_fill(&random, sign, sizeof(*sign));
	sign_public_key(request.sign_key, sign);
	pair_request_put(&asked, &request, &key);
	MUST(service_gate_pair(o->service, &reply, &gate, asked.data, asked.len, NULL, err));
	MUST(service_gate_by_pin(o->service, &gate, request.tls_pin, err));
	MUST(pair_reply_get(&answer, reply.data, reply.len, &request, &key, err));
	buf_free(&asked);
	buf_free(&reply);
	return answer.pair;
}

/* As a gate signs it; of a use that the site has not heard of. */
static struct buf ticket_made(const struct lease_pair *pair, const tanu_id *subject,
			      const struct secret *sign_key)
{
	struct gate_ticket t = {.site = pair->site,
				.gate = pair->gate,
				.subject = *subject,
				.number = 1,
				.at_ms = 1790578800000,
				.admitted = true,
				.way = "card+face",
				.features = 2};
	uint8_t key[PUBLIC_KEY_LEN], signature[SIGNATURE_LEN];
	struct buf note = {0};

	gate_ticket_text(&note, &t);
	sign(signature, sign_key, note.data, note.len);
	sign_public_key(key, sign_key);
	gate_note_end(&note, &pair->gate, key, signature);
	assert_false(note.failed);
	return note;
}

static int ticket_send(struct office *o, enum who who, const tanu_id *subject,
		       const struct buf *note)
{
	return ask_api(o, who, "POST", at_subject(subject, "/tickets"),
		       "Content-Type: text/plain\r\n", note->data, note->len);
}

static void a_ticket_is_checked_for_the_one_who_took_it(void **state)
{
	struct office *o = *state;
	struct secret own, forged;
	struct lease_pair pair = gate_there(o, "north door", &own), other = pair;
	struct random_source random = os_random();
	struct buf note = ticket_made(&pair, &o->mother, &own);

	assert_api(200, ticket_send(o, PERSON, &o->mother, &note));
	assert_string_equal(word(o, "name"), "north door");
	assert_string_equal(word(o, "way"), "card+face");
	assert_string_equal(word(o, "standing"), "awaited");
	assert_api(200, ticket_send(o, ENROLMENT, &o->mother, &note));
	/* of somebody else nothing is told */
	assert_api(404, ticket_send(o, PERSON, &o->child, &note));
	assert_api(404, ticket_send(o, PERSON, &o->stranger, &note));
	buf_cstr(&note);				 /* with a zero behind it */
	*strstr((char *)note.data, "features 2\n") ^= 1; /* no ticket any more */
	assert_api(400, ticket_send(o, PERSON, &o->mother, &note));
	*strstr((char *)note.data, "geatures 2\n") ^= 1;
	strstr((char *)note.data, "features 2\n")[9] = '1'; /* one that nobody signed */
	assert_true(ticket_send(o, PERSON, &o->mother, &note) >= 400);
	assert_string_equal(o->code, "signature");
	buf_free(&note);
	random_fill(&random, &forged, sizeof(forged));
	note = ticket_made(&pair, &o->mother, &forged);
	assert_true(ticket_send(o, PERSON, &o->mother, &note) >= 400);
	assert_string_equal(o->code, "no-signature");
	buf_free(&note);
	other.gate.b[0] ^= 1;
	note = ticket_made(&other, &o->mother, &own);
	assert_api(404, ticket_send(o, PERSON, &o->mother, &note));
	note.data[20] = 'x'; /* no id */
	assert_api(400, ticket_send(o, PERSON, &o->mother, &note));
	assert_string_equal(o->code, "format");
	buf_free(&note);
}

static void doors_are_locked_and_opened_by_who_may(void **state)
{
	static const char *const wrong[] = {"{}", "{\"on\":1}", "{\"on\":true,\"gates\":[]}",
					    "{\"on\":true,\"gates\":[\"all\"]}",
					    "{\"on\":true,\"zone\":\"main\"}"};
	struct office *o = *state;
	char path[96], hex[ID_HEX_LEN], body[96];
	struct secret sign;
	tanu_id id = gate_there(o, "north door", &sign).gate;

	id_hex(hex, &id);
	snprintf(path, sizeof(path), "/gates/%s/release", hex);
	assert_api(202, api(o, OPERATOR, "POST", path, NULL));
	assert_api(403, api(o, ADMINISTRATOR, "POST", path, NULL));
	assert_api(403, api(o, AUDITOR, "POST", path, NULL));
	assert_api(403, api(o, PERSON, "POST", "/gates/lockdown", "{\"on\":true}"));
	assert_api(401, api(o, NOBODY, "POST", "/gates/lockdown", "{\"on\":true}"));
	for (size_t i = 0; i < ARRAY_LEN(wrong); i++)
		assert_api(400, api(o, OPERATOR, "POST", "/gates/lockdown", "%s", wrong[i]));
	assert_api(200, api(o, OPERATOR, "POST", "/gates/lockdown", "{\"on\":true}"));
	assert_has(o->answer, "\"lockdown\":\"ordered\",\"lockdown_by_site\":true");
	service_gate_says(o->service, &id, true);
	assert_api(200, api(o, AUDITOR, "GET", "/gates", NULL));
	assert_has(o->answer, "\"lockdown\":\"on\"");
	snprintf(body, sizeof(body), "{\"on\":false,\"gates\":[\"%s\"]}", hex);
	assert_api(200, api(o, ADMINISTRATOR, "POST", "/gates/lockdown", "%s", body));
	assert_has(o->answer, "\"lockdown_by_site\":false");
	assert_api(404, api(o, OPERATOR, "POST", "/gates/lockdown",
			    "{\"on\":true,\"gates\":[\"00000000000000000000000000000001\"]}"));
	assert_api(
	    404, api(o, OPERATOR, "POST", "/gates/00000000000000000000000000000001/release", NULL));
	assert_api(204, api(o, OPERATOR, "POST", "/bell/answer", "{}"));
	assert_api(204, api(o, ENROLMENT, "POST", "/bell/answer", "{\"gate\":\"%s\"}", hex));
	assert_api(404, api(o, OPERATOR, "POST", "/bell/answer",
			    "{\"gate\":\"00000000000000000000000000000001\"}"));
	assert_api(403, api(o, PERSON, "POST", "/bell/answer", "{}"));
	MUST(service_gate_revoke(o->service, &id, err));
	assert_api(409, api(o, OPERATOR, "POST", "/bell/answer", "{\"gate\":\"%s\"}", hex));
	assert_api(409, api(o, OPERATOR, "POST", path, NULL)); /* it gets nothing any more */
	assert_string_equal(word(o, "code"), "gate");
	snprintf(body, sizeof(body), "{\"on\":true,\"gates\":[\"%s\"]}", hex);
	assert_api(409, api(o, OPERATOR, "POST", "/gates/lockdown", "%s", body));
}

static void both_lanes_are_shown_to_anybody(void **state)
{
	struct office *o = *state;

	assert_api(200, api(o, NOBODY, "GET", "/parity", NULL));
	assert_has(o->answer, "\"days\":30,\"lanes\":[{\"lane\":\"face\",\"admitted\":0,");
	assert_api(200, api(o, NOBODY, "GET", "/parity?days=92", NULL));
	assert_api(400, api(o, NOBODY, "GET", "/parity?days=93", NULL));
	assert_api(400, api(o, NOBODY, "GET", "/parity?days=all", NULL));
}

/* Eight points over a third of the box. */
#define STROKES "M100 300L150 200L200 310L250 180L300 300L350 220M400 300L450 250"

static void a_signature_is_drawn_at_the_desk(void **state)
{
	static const char *const wrong[] = {
	    "M",     "L1 2",   "M1001 2L3 4", "M1 401",
	    "M1 2L", "M1 2 3", "M1  2",	      "M99999999999999999999 1",
	    "M1 2M"};
	struct office *o = *state;
	char body[512];

	notice_put(o);
	for (size_t i = 0; i < ARRAY_LEN(wrong); i++) {
		snprintf(body, sizeof(body),
			 "{\"purposes\":[\"access\"],\"by\":\"self\",\"until\":\"2027-06-30\","
			 "\"signature\":\"%s\"," NOTICE "}",
			 wrong[i]);
		assert_api(400, api(o, ENROLMENT, "POST", at_subject(&o->mother, "/consents"), "%s",
				    body));
	}
	assert_api(422, api(o, ENROLMENT, "POST", at_subject(&o->mother, "/consents"),
			    "{\"purposes\":[\"access\"],\"by\":\"self\",\"until\":\"2027-06-30\","
			    "\"signature\":\"M1 1L2 2\"," NOTICE "}"));
	assert_api(422, api(o, PERSON, "POST", at_subject(&o->mother, "/consents"),
			    "{\"purposes\":[\"access\"],\"until\":\"2027-06-30\","
			    "\"signature\":\"" STROKES "\"," NOTICE "}"));
	assert_api(200, api(o, ENROLMENT, "POST", at_subject(&o->mother, "/consents"),
			    "{\"purposes\":[\"access\"],\"by\":\"self\",\"until\":\"2027-06-30\","
			    "\"signature\":\"" STROKES "\"," NOTICE "}"));
	assert_api(200, api(o, ENROLMENT, "GET", at_subject(&o->mother, "/papers"), NULL));
	assert_has(o->answer, "consent");
	{
		char path[160];

		snprintf(path, sizeof(path), "%s/%s", at_subject(&o->mother, "/papers"),
			 json_text_of(json_get(json_at(json_get(o->json, "items"), 0), "id")));
		assert_api(200, api(o, ENROLMENT, "GET", path, NULL));
	}
	assert_has(o->answer, "\"drawn_on_screen\":true");
	assert_has(o->answer, "signed on a screen");
	assert_api(200, api(o, ENROLMENT, "POST", at_subject(&o->stranger, "/consents/refuse"),
			    "{\"by\":\"self\",\"signature\":\"" STROKES "\"}"));
	/* where a law asks for writing it is none */
	MUST(service_setting_set(o->service, "consent.written", "yes", err));
	office_restart(o);
	assert_api(409, api(o, ENROLMENT, "POST", at_subject(&o->mother, "/consents"),
			    "{\"purposes\":[\"visit\"],\"by\":\"self\",\"until\":\"2027-06-30\","
			    "\"signature\":\"" STROKES "\"," NOTICE "}"));
	assert_string_equal(o->code, "consent-rule");
}

/* ---- forms on paper ---- */

/* Printed for her, and its code; her own signature is asked. */
static void form_printed(struct office *o, const tanu_id *subject, char code[32])
{
	json_value items;

	assert_api(200, api(o, ENROLMENT, "POST", at_subject(subject, "/forms"),
			    "{\"purposes\":[\"access\",\"visit\"],\"by\":\"self\","
			    "\"until\":\"2027-06-30\"," NOTICE "}"));
	assert_has(o->answer, "\r\n\r\n%PDF-");
	assert_api(200, api(o, ENROLMENT, "GET", at_subject(subject, "/forms"), NULL));
	items = json_get(o->json, "items");
	snprintf(code, 32, "%s",
		 json_text_of(json_get(json_at(items, json_len(items) - 1), "form")));
	assert_int_equal(strlen(code), FORM_CODE_TEXT_LEN - 1);
}

static int scan_send(struct office *o, enum who who, const char *code, int page, int pages)
{
	char link[SCAN_LINK_LEN];
	struct scan scan = scan_made(scan_link(link, code, page, pages), 2);
	const struct jpeg_form grey = {.colour = JPEG_GREY};
	struct buf jpeg = {0};
	int status;

	code_jpeg(&jpeg, &scan.pixels, &grey);
	status =
	    ask_api(o, who, "POST", "/scans", "Content-Type: image/jpeg\r\n", jpeg.data, jpeg.len);
	buf_free(&jpeg);
	scan_free(&scan);
	return status;
}

static const char *at_form(const tanu_id *subject, const char *code)
{
	static char path[160];

	snprintf(path, sizeof(path), "%s/%s/answer", at_subject(subject, "/forms"), code);
	return path;
}

static tanu_status count_scan(void *self, const struct paper *paper, tanu_error *err)
{
	(void)paper;
	(void)err;
	++*(size_t *)self;
	return TANU_OK;
}

static size_t scans_kept(struct office *o, const tanu_id *subject)
{
	size_t n = 0;

	MUST(papers_each(o->service, subject, RECORD_SCAN, count_scan, &n, err));
	return n;
}

static void a_form_comes_back_on_paper(void **state)
{
	struct office *o = *state;
	char code[32], first[ID_HEX_LEN], last[ID_HEX_LEN], forged[32], guardian[ID_HEX_LEN];
	int pages;

	notice_put(o);
	form_printed(o, &o->mother, code);
	pages = (int)json_number_of(json_get(json_at(json_get(o->json, "items"), 0), "pages"));
	assert_true(pages > 1);
	assert_api(201, scan_send(o, ENROLMENT, code, 1, pages));
	snprintf(first, sizeof(first), "%s", word(o, "scan"));
	assert_string_equal(json_text_of(json_get(json_get(o->json, "form"), "form")), code);
	assert_api(409, api(o, ENROLMENT, "POST", at_form(&o->mother, code),
			    "{\"scans\":[\"%s\"],\"yes\":[\"access\"]}", first));
	assert_has(o->answer, "the one that is signed");
	assert_api(201, scan_send(o, ENROLMENT, code, pages, pages));
	snprintf(last, sizeof(last), "%s", word(o, "scan"));
	assert_api(201, scan_send(o, ENROLMENT, code, pages, pages));
	assert_string_equal(word(o, "scan"), last); /* the same once more */
	assert_api(201, scan_send(o, KEY, code, pages, pages));
	o->ahead_ms = -(int64_t)3 * 86400000;
	assert_api(409, api(o, KEY, "POST", at_form(&o->mother, code),
			    "{\"scans\":[\"%s\"],\"yes\":[\"access\"]}", word(o, "scan")));
	assert_string_equal(o->code, "clock");
	o->ahead_ms = 0;
	/* what is not asked, said twice, or another's */
	assert_api(422, api(o, ENROLMENT, "POST", at_form(&o->mother, code),
			    "{\"scans\":[\"%s\"],\"yes\":[\"identity\"]}", last));
	assert_api(422, api(o, ENROLMENT, "POST", at_form(&o->mother, code),
			    "{\"scans\":[\"%s\"],\"yes\":[\"access\"],\"no\":[\"access\"]}", last));
	assert_api(422, api(o, ENROLMENT, "POST", at_form(&o->mother, code), "{\"scans\":[\"%s\"]}",
			    last));
	assert_api(404, api(o, ENROLMENT, "POST", at_form(&o->stranger, code),
			    "{\"scans\":[\"%s\"],\"yes\":[\"access\"]}", last));
	assert_api(404, api(o, ENROLMENT, "POST", at_form(&o->mother, code),
			    "{\"scans\":[\"%032d\"],\"yes\":[\"access\"]}", 0));
	assert_api(404, api(o, KEY, "POST", at_form(&o->mother, code),
			    "{\"scans\":[\"%s\"],\"yes\":[\"access\"]}", last));
	assert_api(200, api(o, ENROLMENT, "POST", at_form(&o->mother, code),
			    "{\"scans\":[\"%s\",\"%s\"],\"yes\":[\"access\"],\"no\":[\"visit\"],"
			    "\"keep\":true}",
			    first, last));
	assert_string_equal(json_text_of(json_get(json_get(o->json, "form"), "state")), "answered");
	assert_int_equal(scans_kept(o, &o->mother), 2);
	assert_api(409, api(o, ENROLMENT, "POST", at_form(&o->mother, code),
			    "{\"scans\":[\"%s\"],\"yes\":[\"access\"]}", last));
	assert_string_equal(o->code, "form");
	assert_api(200, api(o, ENROLMENT, "GET", at_subject(&o->mother, "/consents"), NULL));
	assert_has(o->answer, code);
	/* where the child is asked too, her signature is looked for */
	id_hex(guardian, &o->mother);
	assert_api(200, api(o, ENROLMENT, "POST", at_subject(&o->child, "/forms"),
			    "{\"purposes\":[\"access\"],\"by\":\"guardian\",\"guardian\":\"%s\","
			    "\"until\":\"2027-06-30\"," NOTICE "}",
			    guardian));
	assert_api(200, api(o, PERSON, "GET", at_subject(&o->child, "/forms"), NULL));
	snprintf(code, sizeof(code), "%s",
		 json_text_of(json_get(json_at(json_get(o->json, "items"), 0), "form")));
	assert_api(201, scan_send(o, ENROLMENT, code, pages, pages));
	snprintf(last, sizeof(last), "%s", word(o, "scan"));
	assert_api(409, api(o, ENROLMENT, "POST", at_form(&o->child, code),
			    "{\"scans\":[\"%s\"],\"yes\":[\"access\"]}", last));
	assert_string_equal(o->code, "consent-rule");
	assert_api(200, api(o, ENROLMENT, "POST", at_form(&o->child, code),
			    "{\"scans\":[\"%s\"],\"yes\":[\"access\"],\"assent\":true}", last));
	assert_int_equal(scans_kept(o, &o->child), 0); /* nobody chose it */
	/* scans are of one account, for two hours, and of this site */
	form_printed(o, &o->stranger, code);
	assert_api(201, scan_send(o, KEY, code, pages, pages));
	snprintf(last, sizeof(last), "%s", word(o, "scan"));
	o->ahead_ms += (int64_t)2 * 3600000;
	assert_api(404, api(o, KEY, "POST", at_form(&o->stranger, code),
			    "{\"scans\":[\"%s\"],\"yes\":[\"access\"]}", last));
	o->ahead_ms -= (int64_t)2 * 3600000;
	snprintf(forged, sizeof(forged), "%s", code);
	forged[0] = forged[0] == '7' ? '8' : '7';
	assert_api(409, scan_send(o, ENROLMENT, forged, 1, pages));
	assert_string_equal(o->code, "form");
	assert_api(200, api(o, ENROLMENT, "DELETE", at_subject(&o->stranger, ""), NULL));
	office_restart(o);
	assert_api(409, scan_send(o, ENROLMENT, code, 1, pages));
	assert_has(o->answer, "has left");
	assert_api(400, ask_api(o, ENROLMENT, "POST", "/scans", "Content-Type: image/png\r\n",
				"%PDF-1.7", 8));
	assert_string_equal(o->code, "format");
}

static void webhooks_are_kept_by_the_administrator(void **state)
{
	struct office *o = *state;
	char path[96];

	assert_api(403, api(o, OPERATOR, "POST", "/webhooks", "{\"url\":\"https://x.example/\"}"));
	assert_api(422,
		   api(o, ADMINISTRATOR, "POST", "/webhooks", "{\"url\":\"http://x.example/\"}"));
	assert_api(201, api(o, ADMINISTRATOR, "POST", "/webhooks",
			    "{\"url\":\"https://x.example/\",\"people\":true}"));
	assert_has(word(o, "secret"), "whsec_");
	snprintf(path, sizeof(path), "/webhooks/%s", word(o, "id"));
	assert_api(200, api(o, AUDITOR, "GET", "/webhooks", NULL));
	assert_null(strstr(o->answer, "whsec_"));
	assert_has(o->answer, "\"people\":true");
	assert_api(403, api(o, AUDITOR, "DELETE", path, NULL));
	assert_api(204, api(o, ADMINISTRATOR, "DELETE", path, NULL));
	assert_api(404, api(o, ADMINISTRATOR, "DELETE", path, NULL));
}

/* What an authenticator does is in tests/auth and in a browser; here, who is asked for what. */
static void passkeys_are_for_who_has_a_password(void **state)
{
	struct office *o = *state;

	assert_api(200, api(o, OPERATOR, "GET", "/me/passkeys", NULL));
	assert_has(o->answer, "\"passkeys\":[]");
	assert_api(401, api(o, OPERATOR, "POST", "/me/passkeys", "{\"password\":\"wrong\"}"));
	assert_api(200, api(o, OPERATOR, "POST", "/me/passkeys",
			    "{\"password\":\"the words of everybody\"}"));
	assert_has(o->answer, "\"rp_id\":\"x\"");
	assert_int_equal(strlen(word(o, "challenge")), 43);
	assert_api(401, api(o, OPERATOR, "PUT", "/me/passkeys",
			    "{\"name\":\"phone\",\"client_data\":\"e30\","
			    "\"authenticator_data\":\"AAAA\"}"));
	assert_string_equal(o->code, "second-factor");
	assert_api(400, api(o, OPERATOR, "PUT", "/me/passkeys",
			    "{\"name\":\"phone\",\"client_data\":\"{}\","
			    "\"authenticator_data\":\"AAAA\"}"));
	assert_api(404, api(o, OPERATOR, "POST", "/me/passkeys/remove",
			    "{\"password\":\"the words of everybody\",\"id\":\"AAAA\"}"));
	assert_api(401, api(o, NOBODY, "POST", "/session/passkey",
			    "{\"name\":\"operator\",\"password\":\"wrong\"}"));
	assert_string_equal(o->code, "sign-in");
	assert_api(401, api(o, NOBODY, "POST", "/session/passkey",
			    "{\"name\":\"operator\",\"password\":\"the words of everybody\"}"));
	assert_string_equal(o->code, "second-factor");
	assert_api(403, api(o, KEY, "GET", "/me/passkeys", NULL));
}

static void the_site_tells_what_it_is(void **state)
{
	struct office *o = *state;
	struct gate_view gate;
	char code[PAIR_CODE_LEN];

	assert_api(200, api(o, AUDITOR, "GET", "/report", NULL));
	assert_string_equal(word(o, "site"), "School 5");
	assert_api(200, api(o, NOBODY, "GET", "/log", NULL));
	MUST(service_gate_add(o->service, &gate, code, "north door", "main", err));
	assert_api(200, api(o, OPERATOR, "GET", "/gates", NULL));
	assert_has(o->answer, "\"name\":\"north door\"");
	assert_has(o->answer, "\"online\":false");
	assert_api(200, api(o, AUDITOR, "GET", "/thresholds", NULL));
	assert_has(get(&o->site, "/healthz"), "\"ok\"");
	assert_has(get(&o->site, "/metrics"), "tanu_http_requests_total{method=\"GET\"");
	assert_null(strstr(get(&o->site, "/metrics"), "Akhmetova"));
	assert_has(get(&o->site, "/api/v1/openapi.json"), "\"openapi\":\"3.1.0\"");
}

static void a_retry_does_nothing_twice(void **state)
{
	static const char body[] = "{\"name\":\"Once Only\",\"born\":\"2001-05-31\"}";
	static const char other[] = "{\"name\":\"Another\",\"born\":\"2001-05-31\"}";
	struct office *o = *state;
	char id[ID_HEX_LEN];

	assert_int_equal(ask_api(o, ENROLMENT, "POST", "/subjects",
				 "Idempotency-Key: 0123456789\r\n", body, strlen(body)),
			 201);
	snprintf(id, sizeof(id), "%s", word(o, "id"));
	office_restart(o);
	assert_int_equal(ask_api(o, ENROLMENT, "POST", "/subjects",
				 "Idempotency-Key: 0123456789\r\n", body, strlen(body)),
			 201);
	assert_string_equal(word(o, "id"), id);
	assert_has(o->answer, "Idempotency-Replayed: true");
	assert_int_equal(ask_api(o, ENROLMENT, "POST", "/subjects",
				 "Idempotency-Key: 0123456789\r\n", other, strlen(other)),
			 409);
	assert_string_equal(o->code, "repeated");
	assert_api(200, api(o, OPERATOR, "GET", "/subjects?q=once", NULL));
	assert_int_equal(json_len(json_get(o->json, "items")), 1);
	/* Refused without being done: the same key may be tried again. */
	assert_int_equal(
	    ask_api(o, ENROLMENT, "POST", "/subjects", "Idempotency-Key: 9876543210\r\n", "{}", 2),
	    400);
	assert_int_equal(ask_api(o, ENROLMENT, "POST", "/subjects",
				 "Idempotency-Key: 9876543210\r\n", other, strlen(other)),
			 201);
}

static void what_happens_is_told_live(void **state)
{
	struct office *o = *state;
	char request[512], heard[4096] = "";
	size_t len = 0;
	ssize_t n;
	int fd = dial(&o->site);

	snprintf(request, sizeof(request),
		 "GET " API_PREFIX "/events HTTP/1.1\r\nHost: x\r\nCookie: __Host-tanu=%s\r\n\r\n",
		 o->caller[AUDITOR].secret);
	say(fd, request);
	while (!strstr(heard, "\r\n\r\n") &&
	       (n = recv(fd, heard + len, sizeof(heard) - 1 - len, 0)) > 0)
		heard[len += (size_t)n] = '\0';
	assert_has(heard, "text/event-stream");
	assert_api(204, api(o, PERSON, "PUT", at_subject(&o->mother, "/lock"), NULL));
	while (!strstr(heard, "\"locked\"") &&
	       (n = recv(fd, heard + len, sizeof(heard) - 1 - len, 0)) > 0)
		heard[len += (size_t)n] = '\0';
	assert_has(heard, "\"event\":\"locked\"");
	assert_null(strstr(heard, "subject")); /* an auditor sees no people */
	close(fd);
}

static void no_photograph_is_taken_without_consent(void **state)
{
	struct office *o = *state;
	char hex[ID_HEX_LEN];

	id_hex(hex, &o->mother);
	assert_api(409, api(o, ENROLMENT, "POST", "/captures",
			    "{\"subject\":\"%s\",\"use\":\"enrol\"}", hex));
	assert_string_equal(o->code, "no-consent");
	notice_put(o);
	assert_api(200, api(o, ENROLMENT, "POST", at_subject(&o->mother, "/consents"),
			    "{\"purposes\":[\"access\"],\"by\":\"self\",\"until\":\"2027-06-30\","
			    "" NOTICE "}"));
	assert_api(403, api(o, OPERATOR, "POST", "/captures",
			    "{\"subject\":\"%s\",\"use\":\"enrol\"}", hex));
	/* a face is compared at a tablet that the site knows, or by a program */
	assert_api(403, api(o, OPERATOR, "POST", "/captures",
			    "{\"subject\":\"%s\",\"use\":\"verify\"}", hex));
	assert_string_equal(o->code, "tablet");
	MUST(service_setting_set(o->service, "kiosk.paired", "no", err));
	assert_api(404, api(o, OPERATOR, "POST", "/captures",
			    "{\"subject\":\"%s\",\"use\":\"verify\"}", hex));
	assert_string_equal(o->code, "no-reference");
	assert_api(201, api(o, ENROLMENT, "POST", "/captures",
			    "{\"subject\":\"%s\",\"use\":\"enrol\"}", hex));
}

/* ---- tablets ---- */

static void tablets_are_known_until_they_are_ended(void **state)
{
	struct office *o = *state;
	char path[64], name[16];
	uint8_t pin[TABLET_PIN_LEN] = {0};
	struct tablet_view v;

	assert_api(201, api(o, ADMINISTRATOR, "POST", "/tablets", "{\"name\":\"ward 3\"}"));
	snprintf(path, sizeof(path), "/tablets/%s", word(o, "id"));
	assert_int_equal(strlen(word(o, "password")), HTTP_PACK_PASSWORD - 1);
	assert_true(strlen(word(o, "certificate")) > 500);
	assert_api(409, api(o, ADMINISTRATOR, "POST", "/tablets", "{\"name\":\"ward 3\"}"));
	assert_string_equal(o->code, "conflict");
	assert_api(422, api(o, ADMINISTRATOR, "POST", "/tablets",
			    "{\"name\":\"Планшет у двери на втором этаже слева\"}"));
	assert_api(200, api(o, AUDITOR, "GET", "/tablets", NULL));
	assert_int_equal(json_len(json_get(o->json, "items")), 1);
	assert_null(strstr(o->text, "password"));
	assert_api(204, api(o, ADMINISTRATOR, "DELETE", path, NULL));
	assert_api(404, api(o, ADMINISTRATOR, "DELETE", path, NULL));
	assert_api(200, api(o, AUDITOR, "GET", "/tablets", NULL));
	assert_has(o->text, "ended_ms");
	for (int i = 0; i < TABLETS_MAX; i++) {
		pin[0] = (uint8_t)i;
		pin[1] = 1;
		snprintf(name, sizeof(name), "t%d", i);
		MUST(service_tablet_add(o->service, &v, name, pin, err));
	}
	assert_api(409, api(o, ADMINISTRATOR, "POST", "/tablets", "{\"name\":\"one more\"}"));
	assert_string_equal(o->code, "gallery-full");
}

/* ---- relying parties ---- */

static void who_may_ask_is_the_persons_to_say(void **state)
{
	struct office *o = *state;
	char relying[ID_HEX_LEN], person[ID_HEX_LEN], path[96];

	assert_api(403, api(o, KEY, "POST", "/assertions",
			    "{\"person\":\"00112233445566778899aabbccddeeff\"," NONCE "}"));
	bank_key(o, relying);
	assert_api(409, api(o, ADMINISTRATOR, "POST", "/relying-parties",
			    "{\"name\":\"Bank\",\"audience\":\"https://b.example\"}"));
	assert_api(400, api(o, ADMINISTRATOR, "POST", "/relying-parties",
			    "{\"name\":\"Bank 2\",\"audience\":\"http://b.example\"}"));
	assert_api(403, api(o, KEY, "GET", "/subjects", NULL)); /* it can do nothing but ask */
	assert_api(409, api(o, PERSON, "POST", at_subject(&o->mother, "/allowed"),
			    "{\"relying\":\"%s\",\"until\":\"2027-06-30\"}", relying));
	assert_string_equal(o->code, "no-consent");
	mother_allows(o, relying, person);
	assert_api(200, api(o, PERSON, "GET", "/relying-parties", NULL));
	assert_api(400, api(o, ENROLMENT, "POST", at_subject(&o->mother, "/allowed"),
			    "{\"relying\":\"%s\",\"until\":\"2027-06-30\"}", relying));
	assert_string_equal(word(o, "place"), "by");
	assert_api(404, api(o, PERSON, "POST", at_subject(&o->stranger, "/allowed"),
			    "{\"relying\":\"%s\",\"until\":\"2027-06-30\"}", relying));
	assert_api(404, api(o, KEY, "POST", "/assertions",
			    "{\"person\":\"00112233445566778899aabbccddeeff\"," NONCE "}"));
	assert_api(400, api(o, KEY, "POST", "/assertions",
			    "{\"person\":\"%s\",\"nonce\":\"short\"}", person));
	assert_api(201,
		   api(o, KEY, "POST", "/assertions", "{\"person\":\"%s\"," NONCE "}", person));
	assert_api(204, api(o, PERSON, "POST", at_subject(&o->mother, "/allowed/end"),
			    "{\"relying\":\"%s\"}", relying));
	assert_api(409,
		   api(o, KEY, "POST", "/assertions", "{\"person\":\"%s\"," NONCE "}", person));
	assert_string_equal(o->code, "no-consent");
	assert_api(200, api(o, PERSON, "GET", at_subject(&o->mother, "/allowed"), NULL));
	assert_has(o->answer, "\"live\":false");
	assert_api(200, api(o, PERSON, "GET", at_subject(&o->mother, "/history"), NULL));
	assert_has(o->answer, "\"recipient\":\"Bank\"");
	snprintf(path, sizeof(path), "/relying-parties/%s", relying);
	assert_api(403, api(o, OPERATOR, "DELETE", path, NULL));
	assert_api(204, api(o, ADMINISTRATOR, "DELETE", path, NULL));
	assert_api(401,
		   api(o, KEY, "POST", "/assertions", "{\"person\":\"%s\"," NONCE "}", person));
	assert_api(404, api(o, ADMINISTRATOR, "DELETE",
			    "/relying-parties/00112233445566778899aabbccddeeff", NULL));
}

static void the_page_asks_the_person(void **state)
{
	struct office *o = *state;
	char relying[ID_HEX_LEN], person[ID_HEX_LEN];
	struct question q, other;

	bank_key(o, relying);
	mother_allows(o, relying, person);
	ask_bank(o, &q, person);
	assert_api(200, api(o, KEY, "GET", q.assertion, NULL));
	assert_string_equal(word(o, "state"), "waiting");
	assert_int_equal(page(o, &q, "GET", "/check", NULL), 200);
	assert_string_equal(word(o, "relying"), "Bank");
	assert_string_equal(word(o, "language"), "ru");
	assert_null(strstr(o->answer, "Akhmetova"));
	assert_api(404, api(o, NOBODY, "GET", "/check", NULL)); /* no token */
	assert_int_equal(ask_api(o, NOBODY, "GET", "/check",
				 "X-Tanu-Check: 0123456789012345678901234567890123456789012\r\n",
				 NULL, 0),
			 404);
	/* what is no picture leaves the question open */
	assert_int_equal(ask_api(o, NOBODY, "POST", "/check/frames?guide=false", q.as_photo,
				 "\xFF\xD8\xFF\xE0 none", 9),
			 200);
	assert_int_equal(page(o, &q, "POST", "/check/answer", "{\"frames\":[2]}"), 404);
	assert_int_equal(page(o, &q, "POST", "/check/decline", NULL), 204);
	assert_int_equal(page(o, &q, "GET", "/check", NULL), 404);
	assert_api(200, api(o, KEY, "GET", q.assertion, NULL));
	assert_string_equal(word(o, "state"), "declined");
	assert_api(404, api(o, KEY, "GET", q.assertion, NULL)); /* fetched once */
	assert_api(200, api(o, PERSON, "GET", at_subject(&o->mother, "/history?limit=1"), NULL));
	assert_has(o->answer, "\"event\":\"verify-refused\""); /* her no stands there too */
	assert_has(o->answer, "\"recipient\":\"Bank\"");
	/* a new question ends the one before, and its time ends by itself */
	ask_bank(o, &q, person);
	ask_bank(o, &other, person);
	assert_int_equal(page(o, &q, "GET", "/check", NULL), 404);
	assert_int_equal(page(o, &other, "GET", "/check", NULL), 200);
	o->ahead_ms += 6 * 60000;
	assert_int_equal(page(o, &other, "GET", "/check", NULL), 404);
	assert_api(404, api(o, KEY, "GET", other.assertion, NULL));
}

/* The first photographs of somebody of whom there are two; false: the data is not here. */
static bool photo_of(struct buf *out, int number)
{
	const char *data = getenv("TANU_TEST_DATA");
	char path[512];

	snprintf(path, sizeof(path), "%s/lfw-dev/images/Ricardo_Lagos/Ricardo_Lagos_%04d.jpg",
		 data ? data : TANU_SOURCE_DIR "/../shared/data", number);
	return os_exists(path) && os_read_file(out, path, 1 << 20, NULL) == TANU_OK;
}

static void yes_reaches_who_asked_and_nobody_else(void **state)
{
	struct office *o = *state;
	char relying[ID_HEX_LEN], person[ID_HEX_LEN];
	struct enrol_result enrolled = {.used = 0};
	struct photograph first = {.name = "frame"};
	struct buf one = {0}, two = {0};
	struct question q;

	if (!photo_of(&one, 1) || !photo_of(&two, 2)) {
		print_message("lfw-dev is not here (TANU_TEST_DATA): skipped\n");
		buf_free(&one);
		skip();
	}
	first.bytes = one.data;
	first.len = one.len;
	bank_key(o, relying);
	mother_allows(o, relying, person);
	MUST(service_enrol_photos(o->service, &enrolled, &o->mother, &first, 1, err));
	ask_bank(o, &q, person);
	assert_int_equal(ask_api(o, NOBODY, "POST", "/check/frames", q.as_photo, two.data, two.len),
			 200);
	assert_has(o->answer, "\"frame\":1");
	assert_int_equal(page(o, &q, "POST", "/check/answer", "{\"frames\":[1]}"), 204);
	assert_int_equal(page(o, &q, "POST", "/check/answer", "{\"frames\":[1]}"), 404);
	assert_api(200, api(o, KEY, "GET", q.assertion, NULL));
	assert_string_equal(word(o, "state"), "answered");
	assert_has(word(o, "jws"), "eyJhbGciOiJFZERTQSIsImtpZCI6");
	assert_api(404, api(o, KEY, "GET", q.assertion, NULL));
	assert_api(200, api(o, NOBODY, "GET", "/assertion-keys", NULL));
	assert_has(o->answer, "\"kty\":\"OKP\"");
	buf_free(&one);
	buf_free(&two);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    OFFICE_TEST(who_may_ask_is_the_persons_to_say),
	    OFFICE_TEST(the_page_asks_the_person),
	    OFFICE_TEST(yes_reaches_who_asked_and_nobody_else),
	    OFFICE_TEST(a_person_is_added_found_and_leaves),
	    OFFICE_TEST(what_has_not_changed_is_not_sent_again),
	    OFFICE_TEST(a_file_of_people_is_previewed_and_added_whole),
	    OFFICE_TEST(a_guardian_decides_for_her_child_in_the_portal),
	    OFFICE_TEST(every_look_of_staff_stands_in_her_history),
	    OFFICE_TEST(she_locks_her_face_and_takes_everything_with_her),
	    OFFICE_TEST(guardians_are_registered_and_removed),
	    OFFICE_TEST(who_is_invited_comes_in_by_paper_and_code),
	    OFFICE_TEST(a_child_says_no_by_herself),
	    OFFICE_TEST(a_breach_has_its_clock_and_is_closed_when_it_was_told),
	    OFFICE_TEST(the_register_of_disclosures_asks_two_keys),
	    OFFICE_TEST(accounts_and_keys_are_made_changed_and_ended),
	    OFFICE_TEST(ones_own_account_is_changed_after_a_password),
	    OFFICE_TEST(a_ticket_is_checked_for_the_one_who_took_it),
	    OFFICE_TEST(doors_are_locked_and_opened_by_who_may),
	    OFFICE_TEST(both_lanes_are_shown_to_anybody),
	    OFFICE_TEST(a_signature_is_drawn_at_the_desk),
	    OFFICE_TEST(a_form_comes_back_on_paper),
	    OFFICE_TEST(webhooks_are_kept_by_the_administrator),
	    OFFICE_TEST(passkeys_are_for_who_has_a_password),
	    OFFICE_TEST(the_site_tells_what_it_is),
	    OFFICE_TEST(a_retry_does_nothing_twice),
	    OFFICE_TEST(what_happens_is_told_live),
	    OFFICE_TEST(no_photograph_is_taken_without_consent),
	    OFFICE_TEST(tablets_are_known_until_they_are_ended),
	    OFFICE_TEST(wrong_requests_are_told_apart),
	    OFFICE_TEST(guessing_is_slowed),
	    OFFICE_TEST(an_invitation_is_for_one),
	    OFFICE_TEST(a_second_proof_is_asked_where_there_is_one),
	    OFFICE_TEST(the_last_administrator_stays),
	    OFFICE_TEST(what_two_signed_is_released_and_nothing_else),
	    OFFICE_TEST(a_relying_party_is_told_no_more_than_its_no),
	    OFFICE_TEST(what_is_no_picture_is_refused),
	    OFFICE_TEST(faces_are_used_as_agreed_or_not_at_all),
	    OFFICE_TEST(passes_are_made_of_who_agreed),
	    OFFICE_TEST(a_clock_that_went_back_stops_what_needs_it),
#ifdef TANU_SYNTHETIC_LIVENESS
	    OFFICE_TEST(a_face_that_lives_over_frames_is_compared),
	    OFFICE_TEST(before_it_is_seen_to_live_nothing_is_compared),
	    OFFICE_TEST(frames_of_who_stood_there_before_are_gone),
	    OFFICE_TEST(with_the_real_evidence_a_photograph_is_denied),
	    OFFICE_TEST(a_relying_party_is_told_no_of_a_picture),
	    OFFICE_TEST(every_error_of_the_contract_was_provoked),
#endif
	    OFFICE_TEST(every_operation_has_succeeded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
