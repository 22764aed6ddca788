/* SPDX-License-Identifier: Apache-2.0 */
/*
 * site.h - a site in a temporary folder for the tests of service/: its clock can be moved, its
 * people are invented, their references are random numbers.
 */
#ifndef TESTS_SERVICE_SITE_H
#define TESTS_SERVICE_SITE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "service/internal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DAY ((int64_t)86400000)

struct site {
	char root[64]; /* temporary folder; the site is in root/data */
	char dir[80];
	int64_t ahead_ms; /* of the machine's clock */
	int64_t step_ms;  /* added to it by each reading */
	struct service *s;
};

/* Stop with the error's own words. */
#define MUST(call)                                                                       \
	do {                                                                             \
		tanu_error must_err = {0};                                               \
		tanu_error *err = &must_err;                                             \
		tanu_status must_st = (call);                                            \
                                                                                         \
		(void)err;                                                               \
		if (must_st != TANU_OK)                                                  \
			fail_msg("%s: %s: %s", #call, must_err.place, must_err.message); \
	} while (0)

/* The call is refused with exactly this code. */
#define REFUSES(code_, call)                                                                 \
	do {                                                                                 \
		tanu_error must_err = {0};                                                   \
		tanu_error *err = &must_err;                                                 \
                                                                                             \
		assert_true((call) < 0);                                                     \
		assert_string_equal(tanu_error_name(must_err.code), tanu_error_name(code_)); \
		assert_true(strlen(must_err.message) > 10);                                  \
	} while (0)

/* Pass as a test's set-up and teardown; `*state` is the site, open. */
int site_setup(void **state);
int site_teardown(void **state);
#define SITE_TEST(name) cmocka_unit_test_setup_teardown(name, site_setup, site_teardown)

int64_t site_clock(void *site);
struct service_options site_options(struct site *site, const char *dir);
void site_open_dir(struct site *site, const char *dir);
void site_reopen(struct site *site);
void site_remove_tree(const char *path);
void site_copy(const char *from, const char *to); /* a file or a folder */

/* Statements of a type in the public log, and the last of them. */
struct statements {
	struct service *s;
	enum statement_type type;
	size_t found;
	struct statement last;
};
struct statements stated(struct site *site, enum statement_type type);

/* ---- people ---- */

tanu_date date_in(struct site *site, int days); /* from today on */
tanu_id add_person(struct site *site, const char *name, int age_years);
extern const char notice_text[];
/* Of the person herself, under notice_text. */
struct consent_order order_of(struct site *site, const tanu_id *subject, unsigned purposes,
			      int days);
void give(struct site *site, const tanu_id *subject, unsigned purposes, int days);
/* For a child who agrees, by a guardian who is registered with add_guardian. */
struct consent_order order_by(struct site *site, const tanu_id *child, const tanu_id *guardian,
			      unsigned purposes, int days);
void add_guardian(struct site *site, const tanu_id *child, const tanu_id *guardian);

/* ---- faces that nobody has ---- */

tanu_reference reference_of(uint32_t seed);
tanu_id keep_reference(struct site *site, const tanu_id *subject, uint32_t seed);
/* Open what is stored, as a verification under purpose access would. */
tanu_status open_reference(struct service *s, tanu_reference *out, const tanu_id *subject,
			   tanu_error *err);
void assert_opens(struct service *s, const tanu_id *subject, uint32_t seed);

/* In how many files of the folder and those below it the bytes stand. */
size_t files_holding(const char *dir, const void *bytes, size_t len);

#endif
