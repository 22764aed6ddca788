/* SPDX-License-Identifier: Apache-2.0 */
/* passes.h - a site that stores no references, and passes of faces that nobody has. */
#ifndef TESTS_SERVICE_PASSES_H
#define TESTS_SERVICE_PASSES_H

#include "service/site.h"

/* The site of site_setup, with storage.mode = pass. */
int pass_site_setup(void **state);
#define PASS_TEST(name) cmocka_unit_test_setup_teardown(name, pass_site_setup, site_teardown)

/* Add a line to tanu.ini and open again. */
void site_set(struct site *site, const char *section, const char *line);

/* An embedding of this site's model; its reference is near to that of reference_of. */
tanu_embedding embedding_of(struct site *site, uint32_t seed);
struct pass_issued issue_passes(struct site *site, const tanu_id *subject, uint32_t seed,
				size_t count);
/* Show a pass and open it, as a verification under purpose access would. */
tanu_status open_pass(struct service *s, tanu_reference *out, const tanu_id *subject,
		      const struct pass *pass, tanu_error *err);
/* It opens, and is of this seed. */
void assert_pass_opens(struct site *site, const tanu_id *subject, const struct pass *pass,
		       uint32_t seed);
/* Refused with the code `pass` and a word of why. */
void assert_pass_refused(struct site *site, const tanu_id *subject, const struct pass *pass,
			 const char *word);

/* How many of her passes are in a state. */
size_t count_passes(struct service *s, const tanu_id *subject, enum pass_state state);
/* How many keys of passes there are, of anybody. */
size_t count_pass_keys(struct service *s);

#endif
