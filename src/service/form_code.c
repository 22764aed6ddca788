/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The code on a form: a random number, whose site, and a MAC by this site over both. It names
 * nobody; on paper it stands in letters and in the QR code of each page.
 */
#include "service/recovery.h"

#include <stdio.h>
#include <string.h>

#define SITE_LEN 3
#define MAC_PART 4
#define LETTERS	 24 /* 5 bits each */
#define GROUP	 4
#define PREFIX	 "tanu:form:"

_Static_assert(FORM_NUMBER_LEN + SITE_LEN + MAC_PART == FORM_CODE_LEN, "parts of a code");
_Static_assert(LETTERS * 5 == FORM_CODE_LEN * 8, "letters of a code");
_Static_assert(LETTERS + LETTERS / GROUP == FORM_CODE_TEXT_LEN, "groups of a code");

void form_code_text(char out[FORM_CODE_TEXT_LEN], const uint8_t code[FORM_CODE_LEN])
{
	char plain[LETTERS + 1];
	size_t len = 0;

	base32_put(plain, code, FORM_CODE_LEN);
	service_form_code_tidy(out, &len, plain);
}

bool service_form_code_tidy(char out[FORM_CODE_TEXT_LEN], size_t *len, const char *text)
{
	size_t n = 0, written = 0;

	for (; *text; text++) {
		int value = base32_value(*text);

		if (value == -1)
			continue;
		if (value < 0 || n == LETTERS)
			return false;
		if (n && n % GROUP == 0)
			out[written++] = '-';
		out[written++] = base32_letters[value];
		n++;
	}
	out[written] = '\0';
	*len = n;
	return n > 0;
}

bool form_code_parse(uint8_t out[FORM_CODE_LEN], const char *text)
{
	return base32_get(out, FORM_CODE_LEN, text);
}

/* ---- made by this site ---- */

static void code_mac(struct service *s, uint8_t out[MAC_LEN], const uint8_t number[FORM_NUMBER_LEN])
{
	const struct bytes parts[] = {{s->site.b, sizeof(s->site.b)}, {number, FORM_NUMBER_LEN}};
	struct secret key;

	kdf(&key, s->journal.signer.seed.b, sizeof(s->journal.signer.seed.b), NULL, 0,
	    "tanu consent form v1");
	mac_parts(out, &key, parts, ARRAY_LEN(parts));
	secret_wipe(&key);
}

void form_code_make(struct service *s, uint8_t out[FORM_CODE_LEN],
		    const uint8_t number[FORM_NUMBER_LEN])
{
	uint8_t mac[MAC_LEN];

	code_mac(s, mac, number);
	memcpy(out, number, FORM_NUMBER_LEN);
	memcpy(out + FORM_NUMBER_LEN, s->site.b, SITE_LEN);
	memcpy(out + FORM_NUMBER_LEN + SITE_LEN, mac, MAC_PART);
}

tanu_status form_code_check(struct service *s, const uint8_t code[FORM_CODE_LEN], tanu_error *err)
{
	uint8_t mac[MAC_LEN];

	if (memcmp(code + FORM_NUMBER_LEN, s->site.b, SITE_LEN) != 0)
		return tanu_fail(err, TANU_ERR_FORM, NULL, "this form is of another site");
	code_mac(s, mac, code);
	if (!crypto_equal(code + FORM_NUMBER_LEN + SITE_LEN, mac, MAC_PART))
		return tanu_fail(err, TANU_ERR_FORM, NULL,
				 "this form was not made here: its code was changed or made up");
	return TANU_OK;
}

/* ---- what the QR code of a page holds ---- */

void service_form_link(char out[FORM_LINK_LEN], const char *code, int page, int pages)
{
	char plain[LETTERS + 1];
	size_t len = 0;

	for (; *code && len < LETTERS; code++)
		if (*code != '-')
			plain[len++] = *code;
	plain[len] = '\0';
	snprintf(out, FORM_LINK_LEN, PREFIX "%s:%d/%d", plain, page, pages);
}

static tanu_status not_a_form(tanu_error *err)
{
	return tanu_fail(err, TANU_ERR_FORMAT, NULL,
			 "the QR code here is not that of a consent form");
}

/* 1 to 99, without a zero before it; what follows it, or NULL. */
static const char *page_number(int *out, const char *text)
{
	*out = 0;
	for (; *text >= (*out ? '0' : '1') && *text <= '9' && *out < 10; text++)
		*out = *out * 10 + (*text - '0');
	return *out ? text : NULL;
}

/* "2/3", the first not beyond the second. */
static bool pages_parse(struct form_scan *out, const char *text)
{
	text = page_number(&out->page, text);
	if (!text || *text != '/')
		return false;
	text = page_number(&out->pages, text + 1);
	return text && *text == '\0' && out->page <= out->pages;
}

tanu_status form_link_parse(struct form_scan *out, const struct buf *link, tanu_error *err)
{
	const size_t head = sizeof(PREFIX) - 1;
	char text[FORM_LINK_LEN], code[LETTERS + 1];
	uint8_t bytes[FORM_CODE_LEN];

	if (link->len <= head + LETTERS + 1 || link->len >= sizeof(text) ||
	    memchr(link->data, '\0', link->len) || memcmp(link->data, PREFIX, head) != 0)
		return not_a_form(err);
	memcpy(text, link->data, link->len);
	text[link->len] = '\0';
	memcpy(code, text + head, LETTERS);
	code[LETTERS] = '\0';
	if (text[head + LETTERS] != ':' || !form_code_parse(bytes, code) ||
	    !pages_parse(out, text + head + LETTERS + 1))
		return not_a_form(err);
	form_code_text(out->code, bytes);
	return TANU_OK;
}
