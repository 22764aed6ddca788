/* SPDX-License-Identifier: Apache-2.0 */
#include "api/bank.h"

#include <stdio.h>
#include <string.h>

void notice_put(struct office *o)
{
	assert_int_equal(ask_api(o, ADMINISTRATOR, "PUT", "/notices/1/en",
				 "Content-Type: text/plain\r\n",
				 "We keep numbers made from your face.\nSay no at any time.\n", 57),
			 200);
}

void bank_key(struct office *o, char relying[ID_HEX_LEN])
{
	assert_api(201, api(o, ADMINISTRATOR, "POST", "/relying-parties",
			    "{\"name\":\"Bank\",\"audience\":\"https://bank.example\"}"));
	snprintf(relying, ID_HEX_LEN, "%s", word(o, "id"));
	snprintf(o->caller[KEY].key, sizeof(o->caller[KEY].key), "%s", word(o, "key"));
}

void mother_allows(struct office *o, const char *relying, char person[ID_HEX_LEN])
{
	notice_put(o);
	assert_api(200, api(o, PERSON, "POST", at_subject(&o->mother, "/consents"),
			    "{\"purposes\":[\"identity\"],\"until\":\"2027-06-30\"," NOTICE "}"));
	assert_api(200, api(o, PERSON, "POST", at_subject(&o->mother, "/allowed"),
			    "{\"relying\":\"%s\",\"until\":\"2027-06-30\"}", relying));
	snprintf(person, ID_HEX_LEN, "%s", word(o, "person"));
}

void ask_bank(struct office *o, struct question *q, const char *person)
{
	assert_api(201, api(o, KEY, "POST", "/assertions",
			    "{\"person\":\"%s\"," NONCE ",\"language\":\"ru\"}", person));
	snprintf(q->assertion, sizeof(q->assertion), "/assertions/%s", word(o, "assertion"));
	snprintf(q->header, sizeof(q->header), "X-Tanu-Check: %s\r\n", word(o, "token"));
	snprintf(q->as_photo, sizeof(q->as_photo), "%sContent-Type: image/jpeg\r\n", q->header);
}

int page(struct office *o, const struct question *q, const char *method, const char *path,
	 const char *body)
{
	return ask_api(o, NOBODY, method, path, q->header, body, body ? strlen(body) : 0);
}
