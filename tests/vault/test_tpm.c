/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The root in a real TPM 2.0 program (swtpm): what root/ shows with a double, and each trouble of
 * the TPM as a sentence with nothing destroyed.
 */
#include "vault/fixture.h"

#include "vault/chip.h"
#include "vault/swtpm.h"

#include <tss2/tss2_esys.h>
#include <tss2/tss2_tctildr.h>

static struct swtpm tpm;
static struct chip_source source;

static int set_up(void **state)
{
	struct fixture *f;
	char dir[96];

	if (fixture_prepare(state) < 0)
		return -1;
	f = *state;
	snprintf(dir, sizeof(dir), "%s/tpm", f->base);
	if (!swtpm_is_installed())
		return 0;
	if (!swtpm_start(&tpm, dir))
		return -1;
	source = vault_tpm(tpm.tcti, NULL);
	f->chip = &source;
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *f = *state;

	vault_close(&f->vault);
	swtpm_stop(&tpm);
	return fixture_tear_down(state);
}

#define TPM_TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

static void make(struct fixture *f)
{
	tanu_error err = {0};

	if (vault_create(f->keys, &f->random, f->chip, 1, &err) < 0)
		fail_msg("%s: %s", err.place, err.message);
	fixture_reopen(f);
}

static void refuses(struct fixture *f, tanu_error_code code, const char *words)
{
	tanu_error err = {0};

	assert_true(fixture_open(f, &err) < 0);
	print_message("%s: %s\n", err.place, err.message);
	assert_int_equal(err.code, code);
	assert_non_null(strstr(err.message, words));
	assert_int_equal(err.status, code == TANU_ERR_TPM ? TANU_SYSTEM : TANU_DAMAGED);
}

/* ---- what another program would do with the TPM ---- */

static ESYS_CONTEXT *other_open(TSS2_TCTI_CONTEXT **tcti)
{
	ESYS_CONTEXT *esys = NULL;

	assert_int_equal(Tss2_TctiLdr_Initialize(tpm.tcti, tcti), TSS2_RC_SUCCESS);
	assert_int_equal(Esys_Initialize(&esys, *tcti, NULL), TSS2_RC_SUCCESS);
	return esys;
}

static void other_close(ESYS_CONTEXT *esys, TSS2_TCTI_CONTEXT *tcti)
{
	Esys_Finalize(&esys);
	Tss2_TctiLdr_Finalize(&tcti);
}

static TSS2_RC define(ESYS_CONTEXT *esys, TPM2_HANDLE index, UINT16 len, TPMA_NV more)
{
	const TPM2B_NV_PUBLIC public = {
	    .nvPublic = {.nvIndex = index,
			 .nameAlg = TPM2_ALG_SHA256,
			 .attributes = TPMA_NV_AUTHREAD | TPMA_NV_AUTHWRITE | more,
			 .dataSize = len}};
	const TPM2B_AUTH auth = {.size = 4, .buffer = "1234"};
	ESYS_TR made = ESYS_TR_NONE;

	return Esys_NV_DefineSpace(esys, ESYS_TR_RH_OWNER, ESYS_TR_PASSWORD, ESYS_TR_NONE,
				   ESYS_TR_NONE, &auth, &public, &made);
}

static void undefine(ESYS_CONTEXT *esys, TPM2_HANDLE index)
{
	ESYS_TR at = ESYS_TR_NONE;

	assert_int_equal(
	    Esys_TR_FromTPMPublic(esys, index, ESYS_TR_NONE, ESYS_TR_NONE, ESYS_TR_NONE, &at),
	    TSS2_RC_SUCCESS);
	assert_int_equal(Esys_NV_UndefineSpace(esys, ESYS_TR_RH_OWNER, at, ESYS_TR_PASSWORD,
					       ESYS_TR_NONE, ESYS_TR_NONE),
			 TSS2_RC_SUCCESS);
}

static void set_owner_password(const char *old, const char *password)
{
	TSS2_TCTI_CONTEXT *tcti = NULL;
	ESYS_CONTEXT *esys = other_open(&tcti);
	TPM2B_AUTH was = {.size = (UINT16)strlen(old)}, auth = {.size = (UINT16)strlen(password)};

	memcpy(was.buffer, old, was.size);
	memcpy(auth.buffer, password, auth.size);
	assert_int_equal(Esys_TR_SetAuth(esys, ESYS_TR_RH_OWNER, &was), TSS2_RC_SUCCESS);
	assert_int_equal(Esys_HierarchyChangeAuth(esys, ESYS_TR_RH_OWNER, ESYS_TR_PASSWORD,
						  ESYS_TR_NONE, ESYS_TR_NONE, &auth),
			 TSS2_RC_SUCCESS);
	other_close(esys, tcti);
}

/* How many NV indices the TPM has. */
static size_t count_indices(void)
{
	TSS2_TCTI_CONTEXT *tcti = NULL;
	ESYS_CONTEXT *esys = other_open(&tcti);
	TPMS_CAPABILITY_DATA *data = NULL;
	TPMI_YES_NO more;
	size_t n;

	assert_int_equal(Esys_GetCapability(esys, ESYS_TR_NONE, ESYS_TR_NONE, ESYS_TR_NONE,
					    TPM2_CAP_HANDLES, TPM2_HR_NV_INDEX, 100, &more, &data),
			 TSS2_RC_SUCCESS);
	n = data->data.handles.count;
	Esys_Free(data);
	other_close(esys, tcti);
	return n;
}

/* ---- what it is for ---- */

static void an_old_copy_of_the_disk_opens_nothing_after_an_erasure(void **state)
{
	struct fixture *f = *state;
	const tanu_id anna = person(3, 1), berik = person(3, 2);
	struct buf annas = {0}, beriks = {0};
	struct snapshot *before, *after;

	NEEDS_SWTPM();
	make(f);
	add_person(f, &anna);
	add_person(f, &berik);
	seal_text(f, &annas, &anna);
	seal_text(f, &beriks, &berik);
	before = snapshot_take(f->keys);
	vault_close(&f->vault);
	snapshot_restore(before); /* the control: the copy opens, until somebody is erased */
	fixture_reopen(f);
	assert_int_equal(unseal_text(f, &annas, &anna), TANU_OK);
	assert_int_equal(vault_kill_subjects(f->vault, &anna, 1, 2, NULL), TANU_OK);
	vault_close(&f->vault);
	after = snapshot_take(f->keys);
	snapshot_restore(before);
	refuses(f, TANU_ERR_KEYS_DAMAGED, "is an old copy");
	snapshot_restore(after);
	fixture_reopen(f);
	assert_int_equal(unseal_text(f, &annas, &anna), TANU_ERASED);
	assert_int_equal(unseal_text(f, &beriks, &berik), TANU_OK);
	snapshot_free(before);
	snapshot_free(after);
	buf_free(&annas);
	buf_free(&beriks);
}

static void survives_a_restart_of_the_tpm(void **state)
{
	struct fixture *f = *state;
	const tanu_id anna = person(3, 1);
	char dir[96];

	NEEDS_SWTPM();
	make(f);
	add_person(f, &anna);
	for (int i = 0; i < 3; i++) {
		const tanu_id gone = person(5, 1);

		add_person(f, &gone);
		assert_int_equal(vault_kill_subjects(f->vault, &gone, 1, 2, NULL), TANU_OK);
		vault_close(&f->vault);
		snprintf(dir, sizeof(dir), "%s", tpm.dir);
		swtpm_stop(&tpm);
		assert_true(swtpm_start(&tpm, dir));
		source = vault_tpm(tpm.tcti, NULL);
		fixture_reopen(f);
		assert_int_equal(count_keys_of(f, &anna), 4);
		assert_int_equal(count_keys_of(f, &gone), 0);
	}
	assert_int_equal(vault_status(f->vault).turns, 3);
}

static void says_which_tpm_it_is_and_that_it_is_a_program(void **state)
{
	struct fixture *f = *state;
	struct vault_status status;

	NEEDS_SWTPM();
	make(f);
	status = vault_status(f->vault);
	print_message("%s\n", status.chip);
	assert_true(status.rollback_resistant);
	assert_true(status.chip_software);
	assert_non_null(strstr(status.chip, "TPM 2.0 of IBM"));
}

static void moves_in_and_out_and_leaves_nothing_behind(void **state)
{
	struct fixture *f = *state;
	const tanu_id anna = person(3, 1);
	const struct chip_source *chip = f->chip;
	size_t indices;

	NEEDS_SWTPM();
	indices = count_indices();
	f->chip = NULL;
	assert_int_equal(vault_create(f->keys, &f->random, NULL, 1, NULL), TANU_OK);
	fixture_reopen(f);
	add_person(f, &anna);
	assert_int_equal(vault_move_root(f->vault, chip, 1, NULL), TANU_OK);
	vault_close(&f->vault);
	assert_int_equal(count_indices(), indices + 3);
	f->chip = chip;
	fixture_reopen(f);
	assert_int_equal(count_keys_of(f, &anna), 4);
	assert_int_equal(vault_move_root(f->vault, NULL, 1, NULL), TANU_OK);
	vault_close(&f->vault);
	assert_int_equal(count_indices(), indices);
	fixture_reopen(f);
	assert_int_equal(count_keys_of(f, &anna), 4);
}

/* ---- troubles ---- */

static void a_tpm_that_is_not_there_is_said(void **state)
{
	struct fixture *f = *state;
	struct chip_source none = vault_tpm("device:/dev/there-is-no-tpm", NULL);
	tanu_error err = {0};

	NEEDS_SWTPM();
	assert_int_equal(vault_create(f->keys, &f->random, &none, 1, &err), TANU_SYSTEM);
	assert_int_equal(err.code, TANU_ERR_TPM);
	assert_non_null(strstr(err.message, "no TPM answers"));
	make(f);
	vault_close(&f->vault);
	swtpm_stop(&tpm);
	refuses(f, TANU_ERR_TPM, "no TPM answers");
	f->chip = &none;
	refuses(f, TANU_ERR_TPM, "no TPM answers");
}

static void a_tpm_that_goes_away_stops_an_erasure_and_the_next_finishes_it(void **state)
{
	struct fixture *f = *state;
	const tanu_id anna = person(3, 1);
	struct snapshot *before;
	char dir[96];
	tanu_error err = {0};

	NEEDS_SWTPM();
	make(f);
	add_person(f, &anna);
	before = snapshot_take(f->keys);
	snprintf(dir, sizeof(dir), "%s", tpm.dir);
	swtpm_stop(&tpm);
	assert_int_equal(vault_kill_subjects(f->vault, &anna, 1, 2, &err), TANU_SYSTEM);
	assert_int_equal(err.code, TANU_ERR_TPM);
	vault_close(&f->vault);
	assert_true(swtpm_start(&tpm, dir));
	source = vault_tpm(tpm.tcti, NULL);
	fixture_reopen(f);
	assert_int_equal(vault_kill_subjects(f->vault, &anna, 1, 2, NULL), TANU_OK);
	assert_int_equal(count_keys_of(f, &anna), 0);
	vault_close(&f->vault);
	snapshot_restore(before);
	refuses(f, TANU_ERR_KEYS_DAMAGED, "is an old copy");
	snapshot_free(before);
}

static void another_tpm_is_said(void **state)
{
	struct fixture *f = *state;
	char dir[96];

	NEEDS_SWTPM();
	make(f);
	vault_close(&f->vault);
	swtpm_stop(&tpm);
	snprintf(dir, sizeof(dir), "%s/other-tpm", f->base);
	assert_true(swtpm_start(&tpm, dir));
	source = vault_tpm(tpm.tcti, NULL);
	refuses(f, TANU_ERR_TPM, "it is another one, or it was cleared");
}

/* Its own number, but made by somebody else. */
static void an_index_of_another_program_is_said(void **state)
{
	struct fixture *f = *state;
	TSS2_TCTI_CONTEXT *tcti = NULL;
	ESYS_CONTEXT *esys;
	uint32_t place;
	char dir[96];

	NEEDS_SWTPM();
	make(f);
	place = vault_status(f->vault).place;
	vault_close(&f->vault);
	swtpm_stop(&tpm);
	snprintf(dir, sizeof(dir), "%s/other-tpm", f->base);
	assert_true(swtpm_start(&tpm, dir));
	source = vault_tpm(tpm.tcti, NULL);
	esys = other_open(&tcti);
	for (uint32_t i = 0; i < 2; i++)
		assert_int_equal(define(esys, place + i, CHIP_SLOT_LEN, 0), TSS2_RC_SUCCESS);
	assert_int_equal(define(esys, place + 2, 8, TPM2_NT_COUNTER << TPMA_NV_TPM2_NT_SHIFT),
			 TSS2_RC_SUCCESS);
	other_close(esys, tcti);
	refuses(f, TANU_ERR_TPM, "refuses this site's authorisation");
}

static void a_full_tpm_is_said_and_nothing_is_left_in_it(void **state)
{
	struct fixture *f = *state;
	TSS2_TCTI_CONTEXT *tcti = NULL;
	ESYS_CONTEXT *esys;
	size_t indices;
	TPM2_HANDLE at = 0x01000000;
	tanu_error err = {0};

	NEEDS_SWTPM();
	esys = other_open(&tcti);
	for (UINT16 len = 2048; len > 0; len = (UINT16)(len / 2))
		while (define(esys, at, len, 0) == TSS2_RC_SUCCESS)
			at++;
	other_close(esys, tcti);
	indices = count_indices();
	assert_int_equal(vault_create(f->keys, &f->random, f->chip, 1, &err), TANU_SYSTEM);
	print_message("%s: %s\n", err.place, err.message);
	assert_int_equal(err.code, TANU_ERR_TPM);
	assert_non_null(strstr(err.message, "has no room"));
	assert_int_equal(count_indices(), indices);
	assert_false(file_is_there(f, "root.tpm"));
}

/* Room for one of the three: it is taken back. */
static void a_nearly_full_tpm_is_left_as_it_was(void **state)
{
	struct fixture *f = *state;
	TSS2_TCTI_CONTEXT *tcti = NULL;
	ESYS_CONTEXT *esys;
	size_t indices;
	TPM2_HANDLE at = 0x01000000;
	tanu_error err = {0};

	NEEDS_SWTPM();
	esys = other_open(&tcti);
	while (define(esys, at, CHIP_SLOT_LEN, 0) == TSS2_RC_SUCCESS)
		at++;
	while (define(esys, at, 1, 0) == TSS2_RC_SUCCESS)
		at++;
	undefine(esys, 0x01000000);
	other_close(esys, tcti);
	indices = count_indices();
	assert_int_equal(vault_create(f->keys, &f->random, f->chip, 1, &err), TANU_SYSTEM);
	assert_non_null(strstr(err.message, "has no room"));
	assert_int_equal(count_indices(), indices);
}

static void an_owner_password_is_asked_for(void **state)
{
	struct fixture *f = *state;
	tanu_error err = {0};

	NEEDS_SWTPM();
	set_owner_password("", "sesame");
	assert_int_equal(vault_create(f->keys, &f->random, f->chip, 1, &err), TANU_SYSTEM);
	print_message("%s\n", err.message);
	assert_non_null(strstr(err.message, "the owner of the TPM has a password"));
	source = vault_tpm(tpm.tcti, "wrong");
	assert_int_equal(vault_create(f->keys, &f->random, f->chip, 1, &err), TANU_SYSTEM);
	assert_non_null(strstr(err.message, "has another password"));
	source = vault_tpm(tpm.tcti, "sesame");
	make(f);
	source = vault_tpm(tpm.tcti, NULL); /* of no further use, until the root leaves */
	fixture_reopen(f);
	vault_close(&f->vault);
}

/* Somebody guesses at another object until the TPM locks; the root is left out of that. */
static void is_not_locked_out_by_other_programs(void **state)
{
	struct fixture *f = *state;
	TSS2_TCTI_CONTEXT *tcti = NULL;
	ESYS_CONTEXT *esys;
	const TPM2B_AUTH wrong = {.size = 5, .buffer = "wrong"};
	const TPM2B_MAX_NV_BUFFER data = {.size = 1};
	const tanu_id anna = person(3, 1);
	ESYS_TR index = ESYS_TR_NONE;
	TSS2_RC rc = TSS2_RC_SUCCESS;

	NEEDS_SWTPM();
	make(f);
	add_person(f, &anna);
	vault_close(&f->vault);
	esys = other_open(&tcti);
	assert_int_equal(define(esys, 0x01000001, 1, 0), TSS2_RC_SUCCESS);
	assert_int_equal(Esys_TR_FromTPMPublic(esys, 0x01000001, ESYS_TR_NONE, ESYS_TR_NONE,
					       ESYS_TR_NONE, &index),
			 TSS2_RC_SUCCESS);
	Esys_TR_SetAuth(esys, index, &wrong);
	for (int i = 0; i < 100 && (rc & 0xFFF) != TPM2_RC_LOCKOUT; i++)
		rc = Esys_NV_Write(esys, index, index, ESYS_TR_PASSWORD, ESYS_TR_NONE, ESYS_TR_NONE,
				   &data, 0);
	assert_int_equal(rc & 0xFFF, TPM2_RC_LOCKOUT);
	other_close(esys, tcti);
	fixture_reopen(f);
	assert_int_equal(vault_kill_subjects(f->vault, &anna, 1, 2, NULL), TANU_OK);
	fixture_reopen(f);
	assert_int_equal(count_keys_of(f, &anna), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    TPM_TEST(an_old_copy_of_the_disk_opens_nothing_after_an_erasure),
	    TPM_TEST(survives_a_restart_of_the_tpm),
	    TPM_TEST(says_which_tpm_it_is_and_that_it_is_a_program),
	    TPM_TEST(moves_in_and_out_and_leaves_nothing_behind),
	    TPM_TEST(a_tpm_that_is_not_there_is_said),
	    TPM_TEST(a_tpm_that_goes_away_stops_an_erasure_and_the_next_finishes_it),
	    TPM_TEST(another_tpm_is_said),
	    TPM_TEST(an_index_of_another_program_is_said),
	    TPM_TEST(a_full_tpm_is_said_and_nothing_is_left_in_it),
	    TPM_TEST(a_nearly_full_tpm_is_left_as_it_was),
	    TPM_TEST(an_owner_password_is_asked_for),
	    TPM_TEST(is_not_locked_out_by_other_programs),
	};

	setenv("TSS2_LOG", "all+none", 0);
	return cmocka_run_group_tests_name("vault/tpm", tests, NULL, NULL);
}
