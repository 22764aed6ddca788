/* SPDX-License-Identifier: Apache-2.0 */
#include "service/passes.h"

void site_set(struct site *site, const char *section, const char *line)
{
	char path[OS_PATH_MAX];
	FILE *ini;

	service_close(&site->s);
	MUST(os_path(path, sizeof(path), site->dir, "tanu.ini", err));
	ini = fopen(path, "a");
	assert_non_null(ini);
	fprintf(ini, "\n[%s]\n%s\n", section, line);
	fclose(ini);
	site_open_dir(site, site->dir);
}

int pass_site_setup(void **state)
{
	if (site_setup(state) != 0)
		return -1;
	site_set(*state, "storage", "mode = pass");
	return 0;
}

tanu_embedding embedding_of(struct site *site, uint32_t seed)
{
	tanu_reference reference = reference_of(seed);
	const tanu_calibration *calibration = NULL;
	tanu_embedding out;

	MUST(site_calibration(site->s, &calibration, err));
	tanu_reference_to(&out, &reference);
	memcpy(out.model, site->s->model, sizeof(out.model));
	return out;
}

struct pass_issued issue_passes(struct site *site, const tanu_id *subject, uint32_t seed,
				size_t count)
{
	tanu_embedding embedding = embedding_of(site, seed);
	struct pass_issued out = {0};

	MUST(passes_keep(site->s, &out, subject, &embedding, count, err));
	assert_int_equal(out.len, count);
	return out;
}

tanu_status open_pass(struct service *s, tanu_reference *out, const tanu_id *subject,
		      const struct pass *pass, tanu_error *err)
{
	const tanu_calibration *calibration = NULL;
	struct consent_list ledger = {0};
	struct permit permit = {0};
	tanu_id paper;
	tanu_status st;

	if ((st = consent_require(s, &ledger, subject, TANU_PURPOSE_ACCESS, clock_now(&s->clock),
				  err)) < 0 ||
	    (st = site_calibration(s, &calibration, err)) < 0 ||
	    (st = pass_claim(s, &paper, subject, pass, err)) < 0 ||
	    (st = permit_issue(s->book, &permit, subject, TANU_PURPOSE_ACCESS, PERMIT_CLAIM_PASS,
			       ledger.v, ledger.len, err)) < 0)
		goto out;
	assert_memory_equal(paper.b, pass->head.number, PASS_NUMBER_LEN);
	st = pass_open(s, out, &permit, subject, pass, err);
out:
	consent_list_free(&ledger);
	return st;
}

void assert_pass_opens(struct site *site, const tanu_id *subject, const struct pass *pass,
		       uint32_t seed)
{
	tanu_embedding expected = embedding_of(site, seed), found;
	tanu_reference opened = {0};
	float score = 0;

	MUST(open_pass(site->s, &opened, subject, pass, err));
	tanu_reference_to(&found, &opened);
	MUST(tanu_compare_float(&score, &expected, &found, err));
	assert_true(score > 0.98f); /* an even distribution is not what the levels are made for */
}

void assert_pass_refused(struct site *site, const tanu_id *subject, const struct pass *pass,
			 const char *word)
{
	static const tanu_reference blank;
	tanu_reference out = {0};
	tanu_error err = {0};

	assert_int_equal(open_pass(site->s, &out, subject, pass, &err), TANU_REFUSED);
	assert_string_equal(tanu_error_name(err.code), "pass");
	if (!strstr(err.message, word))
		fail_msg("no word \"%s\" in: %s", word, err.message);
	assert_memory_equal(&out, &blank, sizeof(out));
}

struct state_count {
	enum pass_state state;
	size_t found;
};

static tanu_status count_state(void *self, const struct pass_view *v, tanu_error *err)
{
	struct state_count *count = self;

	(void)err;
	count->found += v->state == count->state;
	return TANU_OK;
}

size_t count_passes(struct service *s, const tanu_id *subject, enum pass_state state)
{
	struct state_count count = {.state = state};

	MUST(service_pass_each(s, subject, count_state, &count, err));
	return count.found;
}

static tanu_status count_key(void *self, const struct key_name *name, tanu_error *err)
{
	(void)err;
	*(size_t *)self += name->kind == KEY_PASS;
	return TANU_OK;
}

size_t count_pass_keys(struct service *s)
{
	size_t keys = 0;

	MUST(vault_each_key(s->vault, count_key, &keys, err));
	return keys;
}
