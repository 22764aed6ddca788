/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The record of one act about consent: given, refused, or ended. One canonical JSON object with the
 * names of ISO/IEC TS 27560 (header, processing, parties, events) and of the Kantara consent
 * receipt 1.1 side by side; docs/consent.md lists them. The public log commits to its SHA-256. It
 * says what holds at that instant, so it is kept and never made anew.
 */
#include "service/internal.h"

#include <string.h>

static const char *const kinds[] = {[CONSENT_RECORD_GIVEN] = "consent",
				    [CONSENT_RECORD_REFUSED] = "refusal",
				    [CONSENT_RECORD_ENDED] = "termination"};

const char *service_consent_record_kind_name(enum consent_record_kind kind)
{
	return (size_t)kind < ARRAY_LEN(kinds) && kinds[kind] ? kinds[kind] : "unknown";
}

static const char *text_of(const struct record_act *act, const char *name)
{
	return settings_text(&act->s->settings, name);
}

/* ---- what each purpose is for ---- */

static const char *purpose_text(tanu_purpose purpose)
{
	switch (purpose) {
	case TANU_PURPOSE_ACCESS:
		return "open doors to the person";
	case TANU_PURPOSE_ATTENDANCE:
		return "note that the person was here";
	case TANU_PURPOSE_VISIT:
		return "confirm that the person came to an appointment";
	case TANU_PURPOSE_IDENTITY:
		return "confirm that the person is the holder of a document";
	case TANU_PURPOSE_CALIBRATION:
		return "measure how alike faces are here, so that nobody is taken for another";
	case TANU_PURPOSE_NONE:
		break;
	}
	return "";
}

static void put_strings(struct json_w *w, const char *key, const char *const *texts, size_t len)
{
	jw_array(w, key);
	for (size_t i = 0; i < len; i++)
		jw_text(w, NULL, texts[i]);
	jw_end_array(w);
}

#define WITHDRAWAL "say so at the desk: no reason is asked, it takes effect at once"
static const char biometric[] = "biometric data: 512 numbers computed from photographs of the face";

/* ---- ISO/IEC TS 27560: processing ---- */

static void put_types(struct json_w *w)
{
	static const char *const types[] = {biometric, "name, date of birth",
					    "list of the times the face was checked"};

	jw_array(w, "pii_information");
	for (size_t i = 0; i < ARRAY_LEN(types); i++) {
		jw_object(w, NULL);
		jw_text(w, "pii_type", types[i]);
		jw_bool(w, "sensitive_pii_category", i == 0);
		jw_end_object(w);
	}
	jw_end_array(w);
}

static void put_processing_one(struct json_w *w, const struct record_act *act, unsigned bit)
{
	static const char *const rights[] = {"access",	   "rectification", "erasure",
					     "withdrawal", "portability",   "complaint"};
	static const char *const places[] = {
	    [STORAGE_VAULT] = "this site, encrypted under a key of the person",
	    [STORAGE_PASS] =
		"the person's own pass, sealed under a key of hers that this site holds"};
	tanu_purpose purpose = (tanu_purpose)(1U << bit);

	jw_object(w, NULL);
	jw_text(w, "authority_party", text_of(act, "site.authority"));
	jw_text(w, "collection_method", "photographs taken or handed in at the site");
	if (!id_is_zero(&act->ids[bit]))
		jw_id(w, "consent", &act->ids[bit]);
	jw_text(w, "lawful_basis", "explicit consent");
	put_types(w);
	put_strings(w, "privacy_rights", rights, ARRAY_LEN(rights));
	jw_text(w, "processing_method",
		"automatic comparison of faces, one claimed person at a time");
	jw_text(w, "purpose", tanu_purpose_name(purpose));
	jw_text(w, "purpose_type", purpose_text(purpose));
	jw_array(w, "recipient_third_parties");
	jw_end_array(w);
	if (act->months)
		jw_int(w, "retention_period_months", act->months[bit]);
	jw_text(w, "service", text_of(act, "site.name"));
	put_strings(w, "storage_locations", &places[service_storage(act->s)], 1);
	jw_text(w, "withdrawal_method", WITHDRAWAL);
	jw_end_object(w);
}

static void put_processing(struct json_w *w, const struct record_act *act)
{
	jw_array(w, "pii_processing");
	for (unsigned bit = 0; bit < PURPOSES_BITS; bit++)
		if (act->purposes & 1U << bit)
			put_processing_one(w, act, bit);
	jw_end_array(w);
}

/* ---- parties and events ---- */

static void put_party(struct json_w *w, const struct record_act *act)
{
	char id[ID_HEX_LEN];

	id_hex(id, &act->s->site);
	jw_array(w, "pii_controllers");
	jw_object(w, NULL);
	jw_text(w, "party_address", text_of(act, "site.address"));
	jw_text(w, "party_email", text_of(act, "site.email"));
	jw_text(w, "party_id", id);
	jw_text(w, "party_name", act->controller);
	jw_text(w, "party_phone", text_of(act, "site.phone"));
	jw_text(w, "party_role", "controller");
	jw_end_object(w);
	jw_end_array(w);
}

static void put_events(struct json_w *w, const struct record_act *act)
{
	static const char *const states[] = {[CONSENT_RECORD_GIVEN] = "given",
					     [CONSENT_RECORD_REFUSED] = "refused",
					     [CONSENT_RECORD_ENDED] = "withdrawn"};

	jw_array(w, "events");
	jw_object(w, NULL);
	jw_text(w, "entity_role", act->by ? act->by : "");
	jw_text(w, "event_state", states[act->kind]);
	jw_int(w, "event_time_ms", act->at_ms);
	jw_text(w, "event_type", "explicit");
	if (act->not_after_ms)
		jw_int(w, "validity_until_ms", act->not_after_ms);
	jw_end_object(w);
	jw_end_array(w);
}

/* Who said it: the person, the child, or which guardian, and how that was checked. */
static void put_giver(struct json_w *w, const struct record_act *act)
{
	const struct guardian_view *g = act->guardian;

	jw_object(w, "given_by");
	if (g) {
		jw_text(w, "checked_by", g->checked_by);
		jw_id(w, "guardian", &g->guardian);
		jw_text(w, "how", g->how);
		jw_text(w, "relation", g->relation);
	}
	jw_text(w, "who", act->by ? act->by : "");
	jw_end_object(w);
}

/* ---- Kantara ---- */

static void put_kantara_controller(struct json_w *w, const struct record_act *act)
{
	jw_array(w, "piiControllers");
	jw_object(w, NULL);
	jw_object(w, "address");
	jw_text(w, "streetAddress", text_of(act, "site.address"));
	jw_end_object(w);
	jw_text(w, "contact", act->controller);
	jw_text(w, "email", text_of(act, "site.email"));
	jw_bool(w, "onBehalf", false);
	jw_text(w, "phone", text_of(act, "site.phone"));
	jw_text(w, "piiController", act->controller);
	jw_end_object(w);
	jw_end_array(w);
}

static void put_kantara_purpose(struct json_w *w, tanu_purpose purpose)
{
	static const char *const category[] = {"biometric"};
	const char *const text[] = {purpose_text(purpose)};

	jw_object(w, NULL);
	jw_text(w, "consentType", "EXPLICIT");
	put_strings(w, "piiCategory", category, ARRAY_LEN(category));
	jw_bool(w, "primaryPurpose", purpose != TANU_PURPOSE_CALIBRATION);
	jw_text(w, "purpose", tanu_purpose_name(purpose));
	put_strings(w, "purposeCategory", text, ARRAY_LEN(text));
	jw_text(w, "termination", WITHDRAWAL);
	jw_bool(w, "thirdPartyDisclosure", false);
	jw_end_object(w);
}

static void put_services(struct json_w *w, const struct record_act *act)
{
	jw_array(w, "services");
	jw_object(w, NULL);
	jw_array(w, "purposes");
	for (unsigned bit = 0; bit < PURPOSES_BITS; bit++)
		if (act->purposes & 1U << bit)
			put_kantara_purpose(w, (tanu_purpose)(1U << bit));
	jw_end_array(w);
	jw_text(w, "service", text_of(act, "site.name"));
	jw_end_object(w);
	jw_end_array(w);
}

/* ---- the whole ---- */

static void put_notice(struct json_w *w, const struct record_act *act)
{
	jw_object(w, "privacy_notice");
	jw_text(w, "language", act->notice->language);
	jw_digest(w, "sha256", act->notice->sha256);
	jw_text(w, "version", act->notice->version);
	jw_end_object(w);
}

static const char *collection_of(const struct record_act *act)
{
	if (!act->evidence)
		return "in person";
	if (act->evidence->drawn)
		return "signed on a screen";
	return act->evidence->signature ? "electronic signature" : "in writing";
}

static void put_head(struct json_w *w, const struct record_act *act, const char *id)
{
	if (act->assent)
		jw_bool(w, "assent", true);
	jw_text(w, "collectionMethod", collection_of(act));
	jw_text(w, "consentReceiptID", id);
	jw_int(w, "consentTimestamp", act->at_ms / 1000);
	jw_int(w, "embeddings_made", (int64_t)act->embeddings);
	put_events(w, act);
	if (act->evidence)
		evidence_write(w, act->evidence);
	put_giver(w, act);
	jw_text(w, "jurisdiction", site_law(act->s)->jurisdiction);
	jw_text(w, "language", act->notice ? act->notice->language : "");
	put_kantara_controller(w, act);
	jw_id(w, "piiPrincipalId", &act->subject);
	put_party(w, act);
	jw_id(w, "pii_principal_id", &act->subject);
	put_processing(w, act);
	jw_text(w, "policyUrl", text_of(act, "site.policy_url"));
}

static void put_rest(struct json_w *w, const struct record_act *act, const char *id)
{
	static const char *const special[] = {"biometric"};
	tanu_verifier log;
	struct buf key = {0};

	signer_verifier(&log, &act->s->journal.signer);
	verifier_put(&key, &log);
	if (act->notice)
		put_notice(w, act);
	jw_text(w, "publicKey", buf_cstr(&key));
	jw_text(w, "record_id", id);
	jw_text(w, "schema_version", "ISO/IEC TS 27560:2023");
	jw_bool(w, "sensitive", true);
	put_services(w, act);
	put_strings(w, "spiCat", special, ARRAY_LEN(special));
	jw_text(w, "storage_mode", service_storage_name(service_storage(act->s)));
	jw_text(w, "type", service_consent_record_kind_name(act->kind));
	jw_text(w, "version", "KI-CR-v1.1.0");
	buf_free(&key);
}

tanu_status consent_record_make(struct buf *out, uint8_t sha256_out[DIGEST_LEN],
				const struct record_act *given, tanu_error *err)
{
	struct record_act act = *given;
	struct ledger_head head = {0};
	struct json_w w;
	char id[ID_HEX_LEN];
	tanu_status st = head_get(act.s, &head, &act.subject, err);

	if (st < 0)
		return st;
	act.embeddings = head.embeddings;
	act.controller = *text_of(&act, "site.operator") ? text_of(&act, "site.operator")
							 : text_of(&act, "site.name");
	id_hex(id, &act.record);
	jw_init(&w, out);
	jw_object(&w, NULL);
	put_head(&w, &act, id);
	put_rest(&w, &act, id);
	jw_end_object(&w);
	if ((st = buf_check(out, err)) == TANU_OK)
		sha256(sha256_out, out->data, out->len);
	return st;
}
