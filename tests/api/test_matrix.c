/* SPDX-License-Identifier: Apache-2.0 */
/* Every operation asked by every role, made from openapi.yaml: who may not is refused before
 * anything is looked at, who may is not. */
#include "api/office.h"

#include <stdio.h>

static const unsigned role_bits[WHOS] = {
    [OPERATOR] = ROLE_OPERATOR, [ENROLMENT] = ROLE_ENROLMENT, [PRESENCE] = ROLE_PRESENCE,
    [AUDITOR] = ROLE_AUDITOR,	[PERSON] = ROLE_PERSON,	      [ADMINISTRATOR] = ROLE_ADMINISTRATOR,
};

/* The pattern with something that fits its form for each {word}: nobody's id. */
static void path_of(char out[256], const struct operation *op)
{
	static const struct {
		const char *name, *value;
	} others[] = {{"{number}", "0123456789abcdef"},
		      {"{version}", "none"},
		      {"{language}", "en"},
		      {"{name}", "match.nothing"}};
	const char *at = op->pattern + strlen(API_PREFIX);
	size_t len = 0;

	while (*at) {
		const char *value = "0123456789abcdef0123456789abcdef";
		size_t word_len = strcspn(at, "}") + 1;

		if (*at != '{') {
			out[len++] = *at++;
			continue;
		}
		for (size_t i = 0; i < ARRAY_LEN(others); i++)
			if (!strncmp(others[i].name, at, word_len))
				value = others[i].value;
		len += (size_t)snprintf(out + len, 256 - len, "%s", value);
		at += word_len;
	}
	out[len] = '\0';
}

static bool may(const struct operation *op, enum who who)
{
	if (op->anyone)
		return true;
	if (who == KEY)
		return op->scope != 0;
	return (op->roles & role_bits[who]) != 0;
}

static void try(struct office *o, const struct operation *op, enum who who)
{
	bool takes_body = op->content != NULL;
	char path[256];

	path_of(path, op);
	ask_api(o, who, op->method, path, NULL, takes_body ? "{}" : NULL, takes_body ? 2 : 0);
}

static void every_role_gets_exactly_what_the_table_says(void **state)
{
	struct office *o = *state;
	const struct spec *spec = o->api->spec;
	size_t asked = 0;

	for (size_t i = 0; i < spec->operations_len; i++) {
		const struct operation *op = &spec->operations[i];

		/* One ends the session it is asked in, one never ends: tested apart. */
		if (!strcmp(op->id, "session_end") || !strcmp(op->id, "events_stream"))
			continue;
		for (enum who who = NOBODY; who < WHOS; who++, asked++) {
			try(o, op, who);
			if (may(op, who) && (!strcmp(o->code, "role") || o->status == 401))
				fail_msg("%s refuses %s: %d %s", op->id, who_words[who], o->status,
					 o->text);
			if (!may(op, who) && (o->status != (who == NOBODY ? 401 : 403)))
				fail_msg("%s does not refuse %s: %d %s", op->id, who_words[who],
					 o->status, o->text);
		}
	}
	assert_true(asked > 500);
}

/* A key that lacks just the one scope. */
static void a_key_does_nothing_but_its_scopes(void **state)
{
	struct office *o = *state;
	const struct spec *spec = o->api->spec;
	struct caller whole = o->caller[KEY];

	for (unsigned scope = 1; scope <= SCOPE_FACES_ASK; scope <<= 1) {
		struct api_key_view view;

		MUST(auth_key_add(o->api->auth, o->caller[KEY].key, &view, "less",
				  (~0u >> 24) & ~scope, 0, err));
		for (size_t i = 0; i < spec->operations_len; i++) {
			if (spec->operations[i].scope != scope)
				continue;
			if (!strcmp(spec->operations[i].id, "events_stream"))
				continue;
			try(o, &spec->operations[i], KEY);
			if (o->status != 403)
				fail_msg("%s: %d", spec->operations[i].id, o->status);
		}
	}
	o->caller[KEY] = whole;
}

/* Not a role but a person: her own child she reaches, another's she does not even find. */
static void a_person_reaches_herself_and_her_child_and_nobody_else(void **state)
{
	struct office *o = *state;
	const struct spec *spec = o->api->spec;
	char hex[ID_HEX_LEN], path[256];

	id_hex(hex, &o->stranger);
	for (size_t i = 0; i < spec->operations_len; i++) {
		const struct operation *op = &spec->operations[i];
		bool body = op->body != NULL;
		char *at;

		if (!(op->roles & ROLE_PERSON) || !strstr(op->pattern, "{subject}"))
			continue;
		path_of(path, op);
		at = strstr(path, "/subjects/") + strlen("/subjects/");
		memcpy(at, hex, ID_HEX_LEN - 1);
		ask_api(o, PERSON, op->method, path, NULL, body ? "{}" : NULL, body ? 2 : 0);
		if (o->status == 400) /* the body is looked at first: it says nothing of her */
			continue;
		if (o->status != 404 || strcmp(o->code, "subject-missing") != 0)
			fail_msg("%s: %d %s", op->id, o->status, o->text);
	}
	assert_api(200, api(o, PERSON, "GET", at_subject(&o->mother, ""), NULL));
	assert_api(200, api(o, PERSON, "GET", at_subject(&o->child, ""), NULL));
	assert_api(404, api(o, PERSON, "GET", at_subject(&o->stranger, ""), NULL));
}

static void whom_a_court_has_barred_finds_the_child_no_more(void **state)
{
	struct office *o = *state;
	char hex[ID_HEX_LEN], rest[80];

	id_hex(hex, &o->mother);
	snprintf(rest, sizeof(rest), "/guardians/%s/bar", hex);
	assert_api(200, api(o, ENROLMENT, "POST", at_subject(&o->child, rest),
			    "{\"document\":\"%064d\",\"from\":\"2020-01-01\"}", 7));
	assert_api(404, api(o, PERSON, "GET", at_subject(&o->child, ""), NULL));
	assert_api(404, api(o, PERSON, "GET", at_subject(&o->child, "/history"), NULL));
	assert_api(200, api(o, PERSON, "GET", "/me/people", NULL));
	assert_int_equal(json_len(json_get(o->json, "items")), 1);
}

#define OFFICE_TEST(name) cmocka_unit_test_setup_teardown(name, office_setup, office_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    OFFICE_TEST(every_role_gets_exactly_what_the_table_says),
	    OFFICE_TEST(a_key_does_nothing_but_its_scopes),
	    OFFICE_TEST(a_person_reaches_herself_and_her_child_and_nobody_else),
	    OFFICE_TEST(whom_a_court_has_barred_finds_the_child_no_more),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
