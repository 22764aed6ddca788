/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A TPM 2.0 as the chip of the root; the one file that knows the TSS. Three NV indices of the owner
 * hierarchy: two of CHIP_SLOT_LEN bytes and a counter, all read and written under one
 * authorisation value, in an HMAC session whose parameters are encrypted: what crosses the bus is
 * not the secret. They are left out of the TPM's protection against guessing (the value is 256
 * random bits), so that somebody else's wrong PINs do not lock them.
 */
#include "vault/chip.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <tss2/tss2_esys.h>
#include <tss2/tss2_tctildr.h>

#define PLACES	   (CHIP_SLOTS + 1) /* the last is the counter */
#define BUSY_TRIES 40
#define BUSY_MS	   250
#define RC_VALUE   0xFFFu /* of a TSS2_RC: without the layer it came from */
#define RC_KIND	   0xBFu  /* of a format-one code: without handle, parameter or session number */

struct tpm {
	struct chip chip;
	char at[128];
	TSS2_TCTI_CONTEXT *tcti;
	ESYS_CONTEXT *esys;
	ESYS_TR session;
	ESYS_TR place[PLACES];
	uint32_t first;
	TPM2B_AUTH auth, owner;
};

static struct tpm *tpm_of(struct chip *chip)
{
	return (struct tpm *)chip;
}

/* ---- errors ---- */

/* The TPM's own code, comparable with TPM2_RC_...; 0: it came from elsewhere. */
static TSS2_RC tpm_code(TSS2_RC rc)
{
	if ((rc & ~RC_VALUE) != 0 && (rc & ~RC_VALUE) != TSS2_RESMGR_TPM_RC_LAYER)
		return 0;
	rc &= RC_VALUE;
	return rc & TPM2_RC_FMT1 ? rc & RC_KIND : rc;
}

static const char *sentence_of(TSS2_RC code)
{
	switch (code) {
	case TPM2_RC_HANDLE:
		return "this TPM does not hold the root of these keys: it is another one, or it "
		       "was "
		       "cleared. Put the disk back into its own machine; if that TPM is gone, its "
		       "keys are, and only a backup with its recovery key brings back what is not "
		       "a face";
	case TPM2_RC_AUTH_FAIL:
	case TPM2_RC_BAD_AUTH:
		return "the TPM refuses this site's authorisation: the keys folder is of another "
		       "installation, or the NV index of another program";
	case TPM2_RC_LOCKOUT:
		return "the TPM is locked out after too many wrong authorisations, by whatever "
		       "program: wait, or reset it with the lockout password "
		       "(tpm2_dictionarylockout)";
	case TPM2_RC_NV_SPACE:
		return "the TPM has no room for three small NV indices: remove unused ones "
		       "(tpm2_nvreadpublic lists them, tpm2_nvundefine removes one)";
	case TPM2_RC_NV_RATE:
	case TPM2_RC_NV_UNAVAILABLE:
	case TPM2_RC_RETRY:
		return "the TPM spares its memory and takes no writes now: try again in some "
		       "minutes";
	case TPM2_RC_HIERARCHY:
		return "the owner hierarchy of the TPM is switched off: see its firmware settings";
	case TPM2_RC_INITIALIZE:
		return "the TPM was not started: the firmware or the resource manager does that";
	case TPM2_RC_FAILURE:
		return "the TPM has failed its own test and answers nothing more";
	default:
		return "the TPM refused";
	}
}

static tanu_status tpm_fail(const struct tpm *t, TSS2_RC rc, const char *doing, tanu_error *err)
{
	const TSS2_RC code = tpm_code(rc);

	if (code == 0)
		return tanu_fail(err, TANU_ERR_TPM, t->at,
				 "no TPM answers (to %s, 0x%x): it must be switched on in the "
				 "firmware, and this user allowed to use it (group tss); setting "
				 "keys.tcti says where it is",
				 doing, (unsigned)rc);
	return tanu_fail(err, TANU_ERR_TPM, t->at, "%s (to %s, 0x%x)", sentence_of(code), doing,
			 (unsigned)rc);
}

/* What an owner's password, or the lack of one, leads to. */
static tanu_status owner_fail(const struct tpm *t, TSS2_RC rc, const char *doing, tanu_error *err)
{
	const TSS2_RC code = tpm_code(rc);

	if (code != TPM2_RC_AUTH_FAIL && code != TPM2_RC_BAD_AUTH)
		return tpm_fail(t, rc, doing, err);
	return tanu_fail(err, TANU_ERR_TPM, t->at,
			 "the owner of the TPM has %s password: give the file that holds it with "
			 "--owner-auth",
			 t->owner.size ? "another" : "a");
}

/* Is the TPM only busy? Then wait a little. */
static bool busy(TSS2_RC rc, unsigned *tries)
{
	const struct timespec pause = {.tv_nsec = BUSY_MS * 1000000L};
	const TSS2_RC code = tpm_code(rc);

	if ((code != TPM2_RC_NV_RATE && code != TPM2_RC_NV_UNAVAILABLE && code != TPM2_RC_RETRY) ||
	    ++*tries > BUSY_TRIES)
		return false;
	nanosleep(&pause, NULL);
	return true;
}

/* `call` again while the TPM is busy. */
#define PATIENT(rc, call)                    \
	do {                                 \
		unsigned tries_ = 0;         \
                                             \
		do                           \
			(rc) = (call);       \
		while (busy((rc), &tries_)); \
	} while (0)

/* ---- opening ---- */

static void tpm_close(struct chip *chip)
{
	struct tpm *t = tpm_of(chip);

	if (t->esys) {
		if (t->session != ESYS_TR_NONE)
			Esys_FlushContext(t->esys, t->session);
		Esys_Finalize(&t->esys);
	}
	if (t->tcti)
		Tss2_TctiLdr_Finalize(&t->tcti);
	mem_wipe(t, sizeof(*t));
	free(t);
}

/* HMAC session; AES-128-CFB for the parameters. Neither salted nor bound: each command's key comes
 * from the authorisation of what it is about. */
static TSS2_RC session_start(struct tpm *t)
{
	const TPMT_SYM_DEF aes = {
	    .algorithm = TPM2_ALG_AES, .keyBits = {.aes = 128}, .mode = {.aes = TPM2_ALG_CFB}};

	return Esys_StartAuthSession(t->esys, ESYS_TR_NONE, ESYS_TR_NONE, ESYS_TR_NONE,
				     ESYS_TR_NONE, ESYS_TR_NONE, NULL, TPM2_SE_HMAC, &aes,
				     TPM2_ALG_SHA256, &t->session);
}

static TSS2_RC session_mode(struct tpm *t, TPMA_SESSION secrecy)
{
	return Esys_TRSess_SetAttributes(t->esys, t->session,
					 TPMA_SESSION_CONTINUESESSION | secrecy, 0xFF);
}

/* One fixed property; 0 when the TPM does not tell. */
static uint32_t property(struct tpm *t, TPM2_PT which)
{
	TPMS_CAPABILITY_DATA *data = NULL;
	TPMI_YES_NO more;
	uint32_t value = 0;

	if (Esys_GetCapability(t->esys, ESYS_TR_NONE, ESYS_TR_NONE, ESYS_TR_NONE,
			       TPM2_CAP_TPM_PROPERTIES, which, 1, &more, &data) != TSS2_RC_SUCCESS)
		return 0;
	if (data->data.tpmProperties.count > 0 &&
	    data->data.tpmProperties.tpmProperty[0].property == which)
		value = data->data.tpmProperties.tpmProperty[0].value;
	Esys_Free(data);
	return value;
}

/* Four letters, the first one highest; others than plain ones are left out. */
static void put_letters(char **at, uint32_t letters)
{
	for (int shift = 24; shift >= 0; shift -= 8) {
		const char c = (char)(letters >> shift & 0xFF);

		if (c > ' ' && c < 0x7F)
			*(*at)++ = c;
	}
}

/* Makers whose TPMs are programs: libtpms and simulators, and those of clouds and hypervisors. */
static bool is_program(const char *maker)
{
	static const char *const programs[] = {"IBM", "MSFT", "AMZN", "GOOG", "VMW", "XCG", "SW"};

	for (size_t i = 0; i < ARRAY_LEN(programs); i++)
		if (strcmp(maker, programs[i]) == 0)
			return true;
	return false;
}

static void describe(struct tpm *t)
{
	const uint32_t version = property(t, TPM2_PT_FIRMWARE_VERSION_1);
	char maker[5] = "", vendor[17] = "", *at = maker;

	put_letters(&at, property(t, TPM2_PT_MANUFACTURER));
	*at = '\0';
	at = vendor;
	for (TPM2_PT i = 0; i < 4; i++)
		put_letters(&at, property(t, TPM2_PT_VENDOR_STRING_1 + i));
	*at = '\0';
	t->chip.software = is_program(maker);
	snprintf(t->chip.name, sizeof(t->chip.name), "TPM 2.0 of %s, %s, firmware %u.%u",
		 *maker ? maker : "an unknown maker", *vendor ? vendor : "no model named",
		 (unsigned)(version >> 16), (unsigned)(version & 0xFFFF));
}

static TSS2_RC connect_to(struct tpm *t)
{
	TSS2_RC rc = Tss2_TctiLdr_Initialize(t->at, &t->tcti);

	if (rc == TSS2_RC_SUCCESS)
		rc = Esys_Initialize(&t->esys, t->tcti, NULL);
	if (rc == TSS2_RC_SUCCESS)
		rc = session_start(t);
	return rc;
}

static const struct chip_calls tpm_calls;

static tanu_status tpm_open(struct chip **out, const struct chip_source *source, tanu_error *err)
{
	const char *owner = source->owner_auth ? source->owner_auth : "";
	struct tpm *t;
	TSS2_RC rc;

	if (strlen(owner) > sizeof(t->owner.buffer) || strlen(source->at) >= sizeof(t->at))
		return tanu_fail(err, TANU_ERR_SETTING, "keys.tcti",
				 "the password of the TPM's owner, or the way to it, is too long");
	t = calloc(1, sizeof(*t));
	if (!t)
		return tanu_fail(err, TANU_ERR_NO_MEMORY, NULL, "not enough memory");
	/* The TSS writes its own words to standard error; ours say the same in a sentence. */
	setenv("TSS2_LOG", "all+none", 0);
	t->chip.calls = &tpm_calls;
	t->session = ESYS_TR_NONE;
	snprintf(t->at, sizeof(t->at), "%s", source->at);
	t->owner.size = (UINT16)strlen(owner);
	memcpy(t->owner.buffer, owner, t->owner.size);
	if ((rc = connect_to(t)) != TSS2_RC_SUCCESS) {
		tanu_status st = tpm_fail(t, rc, "be opened", err);

		tpm_close(&t->chip);
		return st;
	}
	describe(t);
	*out = &t->chip;
	return TANU_OK;
}

struct chip_source vault_tpm(const char *tcti, const char *owner_auth)
{
	return (struct chip_source){.open = tpm_open, .at = tcti, .owner_auth = owner_auth};
}

/* ---- slots and counter ---- */

static tanu_status tpm_read(struct chip *chip, uint8_t out[CHIP_SLOT_LEN], unsigned slot,
			    tanu_error *err)
{
	struct tpm *t = tpm_of(chip);
	TPM2B_MAX_NV_BUFFER *data = NULL;
	TSS2_RC rc = session_mode(t, TPMA_SESSION_ENCRYPT);

	if (rc == TSS2_RC_SUCCESS)
		PATIENT(rc, Esys_NV_Read(t->esys, t->place[slot], t->place[slot], t->session,
					 ESYS_TR_NONE, ESYS_TR_NONE, CHIP_SLOT_LEN, 0, &data));
	if (rc == TSS2_RC_SUCCESS && data->size != CHIP_SLOT_LEN)
		rc = TPM2_RC_HANDLE;
	if (rc == TSS2_RC_SUCCESS)
		memcpy(out, data->buffer, CHIP_SLOT_LEN);
	if (data) {
		mem_wipe(data, sizeof(*data));
		Esys_Free(data);
	}
	return rc == TSS2_RC_SUCCESS ? TANU_OK : tpm_fail(t, rc, "read a slot", err);
}

static tanu_status tpm_write(struct chip *chip, unsigned slot, const uint8_t bytes[CHIP_SLOT_LEN],
			     tanu_error *err)
{
	struct tpm *t = tpm_of(chip);
	TPM2B_MAX_NV_BUFFER data = {.size = CHIP_SLOT_LEN};
	TSS2_RC rc = session_mode(t, TPMA_SESSION_DECRYPT);

	memcpy(data.buffer, bytes, CHIP_SLOT_LEN);
	if (rc == TSS2_RC_SUCCESS)
		PATIENT(rc, Esys_NV_Write(t->esys, t->place[slot], t->place[slot], t->session,
					  ESYS_TR_NONE, ESYS_TR_NONE, &data, 0));
	mem_wipe(&data, sizeof(data));
	return rc == TSS2_RC_SUCCESS ? TANU_OK : tpm_fail(t, rc, "write a slot", err);
}

static tanu_status tpm_counter(struct chip *chip, uint64_t *out, tanu_error *err)
{
	struct tpm *t = tpm_of(chip);
	TPM2B_MAX_NV_BUFFER *data = NULL;
	const ESYS_TR at = t->place[CHIP_SLOTS];
	TSS2_RC rc = session_mode(t, 0);
	uint64_t count = 0;

	if (rc == TSS2_RC_SUCCESS)
		PATIENT(rc, Esys_NV_Read(t->esys, at, at, t->session, ESYS_TR_NONE, ESYS_TR_NONE, 8,
					 0, &data));
	if (rc == TSS2_RC_SUCCESS && data->size != 8)
		rc = TPM2_RC_HANDLE;
	for (int i = 0; rc == TSS2_RC_SUCCESS && i < 8; i++)
		count = count << 8 | data->buffer[i];
	Esys_Free(data);
	if (rc != TSS2_RC_SUCCESS)
		return tpm_fail(t, rc, "read the counter", err);
	*out = count;
	return TANU_OK;
}

static tanu_status tpm_increment(struct chip *chip, tanu_error *err)
{
	struct tpm *t = tpm_of(chip);
	const ESYS_TR at = t->place[CHIP_SLOTS];
	TSS2_RC rc = session_mode(t, 0);

	if (rc == TSS2_RC_SUCCESS)
		PATIENT(rc,
			Esys_NV_Increment(t->esys, at, at, t->session, ESYS_TR_NONE, ESYS_TR_NONE));
	return rc == TSS2_RC_SUCCESS ? TANU_OK : tpm_fail(t, rc, "move the counter", err);
}

/* ---- making, naming, removing ---- */

static void take_auth(struct tpm *t, uint32_t place, const struct secret *auth)
{
	t->first = place;
	t->auth.size = SECRET_LEN;
	memcpy(t->auth.buffer, auth->b, SECRET_LEN);
}

static tanu_status tpm_attach(struct chip *chip, uint32_t place, const struct secret *auth,
			      tanu_error *err)
{
	struct tpm *t = tpm_of(chip);
	TSS2_RC rc = TSS2_RC_SUCCESS;

	take_auth(t, place, auth);
	for (unsigned i = 0; i < PLACES && rc == TSS2_RC_SUCCESS; i++) {
		rc = Esys_TR_FromTPMPublic(t->esys, place + i, ESYS_TR_NONE, ESYS_TR_NONE,
					   ESYS_TR_NONE, &t->place[i]);
		if (rc == TSS2_RC_SUCCESS)
			rc = Esys_TR_SetAuth(t->esys, t->place[i], &t->auth);
	}
	return rc == TSS2_RC_SUCCESS ? TANU_OK : tpm_fail(t, rc, "find the root", err);
}

static TSS2_RC define_one(struct tpm *t, unsigned which)
{
	const bool counter = which == CHIP_SLOTS;
	const TPMA_NV kind = (TPMA_NV)(counter ? TPM2_NT_COUNTER : TPM2_NT_ORDINARY)
			     << TPMA_NV_TPM2_NT_SHIFT;
	const TPM2B_NV_PUBLIC public = {
	    .nvPublic = {.nvIndex = t->first + which,
			 .nameAlg = TPM2_ALG_SHA256,
			 .attributes = TPMA_NV_AUTHREAD | TPMA_NV_AUTHWRITE | TPMA_NV_NO_DA | kind,
			 .dataSize = counter ? 8 : CHIP_SLOT_LEN}};
	TSS2_RC rc;

	PATIENT(rc, Esys_NV_DefineSpace(t->esys, ESYS_TR_RH_OWNER, ESYS_TR_PASSWORD, ESYS_TR_NONE,
					ESYS_TR_NONE, &t->auth, &public, &t->place[which]));
	return rc;
}

static TSS2_RC undefine_one(struct tpm *t, unsigned which)
{
	TSS2_RC rc;

	PATIENT(rc, Esys_NV_UndefineSpace(t->esys, ESYS_TR_RH_OWNER, t->place[which],
					  ESYS_TR_PASSWORD, ESYS_TR_NONE, ESYS_TR_NONE));
	return rc;
}

/* An index that was never written can't be read. */
static tanu_status write_first(struct tpm *t, tanu_error *err)
{
	static const uint8_t zeros[CHIP_SLOT_LEN];
	tanu_status st = TANU_OK;

	for (unsigned i = 0; i < CHIP_SLOTS && st >= 0; i++)
		st = tpm_write(&t->chip, i, zeros, err);
	return st < 0 ? st : tpm_increment(&t->chip, err);
}

static tanu_status tpm_define(struct chip *chip, uint32_t place, const struct secret *auth,
			      tanu_error *err)
{
	struct tpm *t = tpm_of(chip);
	TSS2_RC rc = Esys_TR_SetAuth(t->esys, ESYS_TR_RH_OWNER, &t->owner);
	tanu_status st = TANU_OK;
	unsigned made = 0;

	take_auth(t, place, auth);
	while (made < PLACES && rc == TSS2_RC_SUCCESS)
		if ((rc = define_one(t, made)) == TSS2_RC_SUCCESS)
			made++;
	if (tpm_code(rc) == TPM2_RC_NV_DEFINED)
		st = tanu_fail(err, TANU_ERR_CONFLICT, t->at, "NV index 0x%x is taken",
			       (unsigned)(place + made));
	else if (rc != TSS2_RC_SUCCESS)
		st = owner_fail(t, rc, "make an NV index", err);
	if (st >= 0)
		st = write_first(t, err);
	while (st < 0 && made > 0)
		undefine_one(t, --made);
	return st;
}

static tanu_status tpm_remove(struct chip *chip, tanu_error *err)
{
	struct tpm *t = tpm_of(chip);
	TSS2_RC rc = Esys_TR_SetAuth(t->esys, ESYS_TR_RH_OWNER, &t->owner);

	for (unsigned i = 0; i < PLACES && rc == TSS2_RC_SUCCESS; i++)
		rc = undefine_one(t, i);
	if (rc == TSS2_RC_SUCCESS)
		return TANU_OK;
	owner_fail(t, rc, "remove an NV index", err);
	if (err)
		snprintf(err->message + strlen(err->message),
			 sizeof(err->message) - strlen(err->message),
			 "; the NV indices 0x%x to 0x%x are of no use any more, and may be removed "
			 "by hand",
			 (unsigned)t->first, (unsigned)t->first + PLACES - 1);
	return TANU_SYSTEM;
}

static const struct chip_calls tpm_calls = {
    .close = tpm_close,
    .define = tpm_define,
    .attach = tpm_attach,
    .remove = tpm_remove,
    .read = tpm_read,
    .write = tpm_write,
    .counter = tpm_counter,
    .increment = tpm_increment,
};
