/* SPDX-License-Identifier: Apache-2.0 */
/* The operator's settings: one row each; tanu.ini, the man page and doctor are drawn from them. */
#include "service/internal.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/*
 * Bounds of one sample, X(key, MEASURE, SIDE, unit, least, most, door, enrol, help). A test holds
 * the defaults against tanu_quality_bounds_door and _enrol.
 */
#define QUALITY_BOUND_LIST(X)                                                                  \
	X("inter_eye_px", INTER_EYE, AT_LEAST, "px", 10, 1000, "24", "32",                     \
	  "least distance between the eyes")                                                   \
	X("sharpness", SHARPNESS, AT_LEAST, "0..1", 0, 1, "0.08", "0.11", "least sharpness")   \
	X("exposure_min", EXPOSURE, AT_LEAST, "grey 0..255", 0, 255, "30", "40",               \
	  "darkest face, on average")                                                          \
	X("exposure_max", EXPOSURE, AT_MOST, "grey 0..255", 0, 255, "225", "215",              \
	  "brightest face, on average")                                                        \
	X("contrast_min", CONTRAST, AT_LEAST, "grey", 0, 128, "10", "12",                      \
	  "least standard deviation of the face's grey")                                       \
	X("contrast_max", CONTRAST, AT_MOST, "grey", 0, 128, "90", "85",                       \
	  "largest standard deviation of the face's grey")                                     \
	X("yaw", YAW, WITHIN, "degrees", 0, 90, "35", "25", "furthest turn to either side")    \
	X("pitch", PITCH, WITHIN, "degrees", 0, 90, "30", "25", "furthest nod up or down")     \
	X("roll", ROLL, WITHIN, "degrees", 0, 180, "35", "20", "furthest tilt to either side") \
	X("eyes_open", EYES_OPEN, AT_LEAST, "0..1", 0, 1, "0", "0.001",                        \
	  "least probability that both eyes are open")                                         \
	X("eyes_lit", EYES_LIT, AT_LEAST, "", 0, 1, "0.4", "0.5",                              \
	  "least brightness of the eyes against the cheeks: dark glasses, caps")               \
	X("whole", WHOLE, AT_LEAST, "0..1", 0, 1, "0.8", "0.95",                               \
	  "least share of the face inside the image")                                          \
	X("centred", CENTRED, AT_MOST, "half-diagonals", 0, 1, "0.9", "0.6",                   \
	  "furthest centre of the face from the image's")                                      \
	X("single", SINGLE, AT_MOST, "0..1", 0, 1, "0.8", "0.5",                               \
	  "largest second face, as a share of the chosen one's area")

#define NUMBER(key, unit_, kind_, dflt, lo, hi, help_)                                         \
	{                                                                                      \
		.name = (key), .unit = (unit_), .kind = (kind_), .value = (dflt), .min = (lo), \
		.max = (hi), .reloadable = false, .help = (help_)                              \
	}

#define TEXT(key, dflt, help_)                                                                    \
	{                                                                                         \
		.name = (key), .unit = "", .kind = SETTING_TEXT, .value = (dflt), .help = (help_) \
	}

static const struct setting_row rows[] = {
    {.name = "site.name",
     .unit = "",
     .kind = SETTING_TEXT,
     .value = "",
     .help = "what people call this place; stands on receipts"},
    TEXT("site.profile", "none",
	 "whose law the site follows: kz, ru, eu or none. It changes defaults of other settings, "
	 "and "
	 "bounds some (docs/jurisdictions.md); named in records and in the public log"),
    TEXT(
	"site.accreditation", "",
	"number and body of the accreditation that lets this operator store biometric data itself, "
	"where the profile asks for one (ru)"),
    TEXT("site.language", "en", "language of notices and drafts where none is named: kk, ru, en"),
    NUMBER("site.utc_hours", "hours", SETTING_INT, "0", -12, 14,
	   "how far local time is ahead of UTC; clocks of working days go by it"),
    TEXT("site.operator", "", "who answers for the data, in full; stands on records and forms"),
    TEXT("site.address", "", "address of the operator"),
    TEXT("site.email", "", "where people write to about their data"),
    TEXT("site.phone", "", "where people call about their data"),
    TEXT("site.policy_url", "", "address of the site's privacy policy"),
    TEXT("site.authority", "", "data protection authority that people can complain to"),
    {.name = "log.origin",
     .unit = "",
     .kind = SETTING_TEXT,
     .value = "",
     .help =
	 "name of the public log, the address it is served at without https://; read once, when "
	 "the site is made; empty: a random one"},
    {.name = "log.url",
     .unit = "",
     .kind = SETTING_TEXT,
     .value = "",
     .help = "where people find the public log: https://...; stands on receipts"},
    NUMBER("log.witness_seconds", "s", SETTING_INT, "5", 1, 60,
	   "how long an act waits for the cosignatures of the log's witnesses, all together"),
    NUMBER("log.witness_hours", "hours", SETTING_INT, "24", 0, 720,
	   "how long the public log stands still for a witness that has cosigned it and does not "
	   "answer; then it goes on without"),
    NUMBER("disclosure.approver_hours", "hours", SETTING_INT, "24", 0, 720,
	   "a new approver counts only so long after she was named in the public log"),
    NUMBER("disclosure.seal_days", "days", SETTING_INT, "365", 1, 3650,
	   "longest time for which a person may be kept from knowing of a disclosure"),
    {.name = "storage.mode",
     .unit = "",
     .kind = SETTING_TEXT,
     .value = "vault",
     .help = "where references are: vault, sealed at this site; pass, on each person's own pass "
	     "and nowhere else"},
    NUMBER("match.fmr", "", SETTING_FLOAT, "1e-4", 1e-9, 0.1,
	   "1:1: share of strangers taken for the claimed person, per comparison"),
    NUMBER("match.lookalike_fmr", "", SETTING_FLOAT, "0", 0, 0.1,
	   "at enrolment: people whose references match at this rate both need a second factor; "
	   "0: as match.fmr"),
    NUMBER("match.fpir", "", SETTING_FLOAT, "1e-3", 1e-9, 0.1,
	   "1:N: share of strangers taken for anybody in the gallery"),
    NUMBER("match.min_margin", "", SETTING_FLOAT, "0.05", 0, 1,
	   "1:N: least distance of the best score from the runner-up's"),
    {.name = "match.pad",
     .unit = "",
     .kind = SETTING_TEXT,
     .value = "sequence",
     .reloadable = true,
     .help = "what must be seen of a face that a browser or a program sends: sequence, a live one "
	     "over frames; frame, single photographs, which a photograph of her passes"},
    {.name = "kiosk.paired",
     .unit = "",
     .kind = SETTING_BOOL,
     .value = "yes",
     .reloadable = true,
     .help = "faces are compared in a browser at a tablet alone that the site knows by its "
	     "certificate (tanu tablet add)"},
    NUMBER("gallery.cap", "people", SETTING_INT, "0", 0, GALLERY_CAP_MAX,
	   "1:N: most adults in the gallery; 0 keeps 1:N off. On, every stranger who looks into "
	   "the camera is embedded"),
    NUMBER("enrol.liveness_min", "", SETTING_FLOAT, "0", 0, 1,
	   "least liveness of an enrolment photograph; 0: shown, not required"),
    {.name = "consent.written",
     .unit = "",
     .kind = SETTING_BOOL,
     .value = "no",
     .help =
	 "a consent is taken only with the signed paper, or a file with an electronic signature"},
    NUMBER("enrol.min_years", "years", SETTING_INT, "7", 0, 21,
	   "below this age no face is taken and no consent to it asked for"),
    NUMBER(
	"reference.max_years_minor", "years", SETTING_INT, "1", 1, 10,
	"a reference of who was a minor at enrolment ends after this time, whatever the consent"),
    NUMBER("reference.max_years_adult", "years", SETTING_INT, "5", 1, 10, "likewise of an adult"),
    NUMBER("consent.majority_years", "years", SETTING_INT, "18", 14, 21,
	   "below it a guardian consents, from it on only the person (UN CRC art. 1: 18)"),
    NUMBER("consent.max_years_adult", "years", SETTING_INT, "5", 1, 10,
	   "longest consent of an adult; then it is asked again (EDPB 05/2020, 110-111)"),
    NUMBER("consent.max_years_minor", "years", SETTING_INT, "1", 1, 10,
	   "longest consent for a minor: a school year; then it is asked again (EDPB 05/2020, "
	   "110-111)"),
    NUMBER("consent.assent_years", "years", SETTING_INT, "10", 0, 18,
	   "from this age on a child is asked too, and only her own yes makes a guardian's count"),
    NUMBER("consent.warn_days", "days", SETTING_INT, "30", 1, 366,
	   "tanu consent due lists what ends within this time"),
    NUMBER("consent.request_days", "days", SETTING_INT, "30", 1, 365,
	   "a request for consent that nobody answers ends after this time"),
    NUMBER("consent.ask_again_days", "days", SETTING_INT, "365", 1, 3650,
	   "after a no nobody is asked again for this time"),
    TEXT("signature.ca", "",
	 "file of certificates (PEM; from the site's folder on) whose holders' electronic "
	 "signatures "
	 "are valid, with lists of revoked ones; empty: whose a signature is remains unchecked"),
    NUMBER("retention.access", "months", SETTING_INT, "12", 1, 600,
	   "history of who agreed to access is kept this long after the end of its calendar "
	   "quarter, then erased"),
    NUMBER("retention.attendance", "months", SETTING_INT, "12", 1, 600,
	   "likewise of attendance; of several purposes the longest counts"),
    NUMBER("retention.visit", "months", SETTING_INT, "36", 1, 600,
	   "likewise of visits: proof until claims about them lapse, three years"),
    NUMBER("retention.identity", "months", SETTING_INT, "36", 1, 600,
	   "likewise of identity checks, for the same reason"),
    NUMBER("retention.calibration", "months", SETTING_INT, "12", 1, 600, "likewise of calibration"),
    NUMBER("retention.acts", "months", SETTING_INT, "36", 1, 600,
	   "likewise of people who agreed to nothing: guardians, and who refused"),
    NUMBER("breach.hours", "h", SETTING_INT, "72", 0, 720,
	   "a breach is told to the authority within this time of being noticed; 0: not by hours"),
    NUMBER("breach.business_days", "days", SETTING_INT, "0", 0, 30,
	   "and within so many working days of 24 hours; 0: not by working days"),
    NUMBER("breach.result_hours", "h", SETTING_INT, "0", 0, 2160,
	   "what was found out is told to it within this time; 0: no second notice is due"),
    TEXT("breach.holidays", "",
	 "days without work: 12-16 of every year, 2027-05-27 of one; +2027-05-29: a Saturday on "
	 "which people work"),
    NUMBER("clock.jump_days", "days", SETTING_INT, "30", 1, 3650,
	   "a clock further ahead of the last use erases nothing until the operator accepts it"),
    NUMBER(
	"lease.hours", "h", SETTING_INT, "96", 1, 720,
	"what is lent to a gate ends by itself after this time offline: a weekend and a holiday"),
    NUMBER("face.min_px", "px", SETTING_INT, "40", 20, 1000, "smallest face looked for, height"),
    NUMBER("erase.hours", "h", SETTING_INT, "24", 1, 720,
	   "an erasure that was asked for is done by then, or doctor raises the alarm; at most 30 "
	   "days (GDPR art. 12(3): one month)"),
    {.name = "recovery.notice",
     .unit = "",
     .kind = SETTING_TEXT,
     .value = "",
     .help = "file that is written anew for the holder of the recovery key whenever something has "
	     "ended: a folder of hers that is mounted here; none: tanu recovery notice writes it"},
    NUMBER("backup.days", "days", SETTING_INT, "7", 0, 366,
	   "doctor warns when the last backup is older; 0: never"),
    NUMBER("relying.attempts", "a day", SETTING_INT, "10", 1, 1000,
	   "how often all relying parties together may ask about one person a day"),
    NUMBER("relying.liveness_min", "", SETTING_FLOAT, "0.5", 0, 1,
	   "least liveness of each photograph behind a yes to a relying party (docs/accuracy.md)"),
    {.name = "keys.root",
     .unit = "file or tpm",
     .kind = SETTING_TEXT,
     .value = "file",
     .help = "where the root of the keys is; tanu keys root moves it"},
    {.name = "keys.tcti",
     .unit = "",
     .kind = SETTING_TEXT,
     .value = "device:/dev/tpmrm0",
     .help = "the way to the TPM, as tpm2-tss names it"},
    NUMBER("image.max_mb", "MiB", SETTING_INT, "32", 1, 256, "largest photograph, as a file"),
    NUMBER("image.max_mpx", "Mpx", SETTING_INT, "50", 1, 200, "largest photograph, in pixels"),
    NUMBER("image.timeout_ms", "ms", SETTING_INT, "10000", 100, 60000,
	   "longest time to decode one photograph"),
#define X(key, measure, side, unit_, lo, hi, door, enrol, help_)                              \
	NUMBER("quality.door." key, unit_, SETTING_FLOAT, door, lo, hi, "at a door: " help_), \
	    NUMBER("quality.enrol." key, unit_, SETTING_FLOAT, enrol, lo, hi, "to enrol: " help_),
    QUALITY_BOUND_LIST(X)
#undef X
    /* Shares of photographs that are worse (docs/accuracy.md); refuse men and women alike. */
    NUMBER("quality.door.features", "0..1", SETTING_FLOAT, "0.01", 0, 1,
	   "at a door: least quality of the features, which falls when a face is covered"),
    NUMBER("quality.enrol.features", "0..1", SETTING_FLOAT, "0.02", 0, 1,
	   "to enrol: least quality of the features, which falls when a face is covered"),
};

const struct setting_row *service_settings(size_t *count)
{
	*count = ARRAY_LEN(rows);
	return rows;
}

double service_setting_default(const char *name)
{
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		if (strcmp(rows[i].name, name) == 0)
			return strtod(rows[i].value, NULL);
	assert(false && "the setting is in the table");
	return 0;
}

/* Length of the section in a row's name: everything before its last dot. */
static size_t section_len(const struct setting_row *row)
{
	return (size_t)(strrchr(row->name, '.') - row->name);
}

static void write_row(struct buf *out, const struct setting_row *row, const struct law *law)
{
	bool is_profile = strcmp(row->name, "site.profile") == 0;
	const char *value = row->value;
	const char *key = row->name + section_len(row) + 1;

	buf_printf(out, "; %s", row->help);
	if (*row->unit)
		buf_printf(out, " [%s]", row->unit);
	for (size_t i = 0; i < law->rules_len; i++)
		if (strcmp(law->rules[i].setting, row->name) == 0)
			value = law->rules[i].value;
	buf_printf(out, "\n%s%s = %s\n", is_profile ? "" : ";", key,
		   is_profile ? law->word : value);
}

/* The rows of a section stand together, whatever their order in the table; those from `first` on.
 */
static void write_rows(struct buf *out, size_t first, const struct law *law)
{
	size_t len = section_len(&rows[first]);

	for (size_t i = first; i < ARRAY_LEN(rows); i++)
		if (section_len(&rows[i]) == len && !memcmp(rows[i].name, rows[first].name, len))
			write_row(out, &rows[i], law);
}

static void write_section(struct buf *out, size_t first, const struct law *law)
{
	buf_printf(out, "\n[%.*s]\n", (int)section_len(&rows[first]), rows[first].name);
	write_rows(out, first, law);
}

static bool section_written(size_t index)
{
	size_t len = section_len(&rows[index]);

	for (size_t i = 0; i < index; i++)
		if (section_len(&rows[i]) == len && !memcmp(rows[i].name, rows[index].name, len))
			return true;
	return false;
}

void settings_write_ini(struct buf *out, const char *site, const struct law *law)
{
	buf_printf(out,
		   "; Settings of this site. A line that starts with a semicolon shows the "
		   "default under the\n; profile with which the site was made.\n\n[site]\n; "
		   "%s\nname = %s\n",
		   rows[0].help, site);
	write_rows(out, 1, law);
	for (size_t i = 1; i < ARRAY_LEN(rows); i++)
		if (!section_written(i))
			write_section(out, i, law);
}

tanu_status settings_root(const struct settings *settings, bool *tpm, tanu_error *err)
{
	const char *root = settings_text(settings, "keys.root");

	if (strcmp(root, "file") != 0 && strcmp(root, "tpm") != 0)
		return tanu_fail(err, TANU_ERR_SETTING, "keys.root",
				 "\"%s\" is neither file nor tpm", root);
	*tpm = strcmp(root, "tpm") == 0;
	return TANU_OK;
}

enum side { AT_LEAST, AT_MOST, WITHIN };

static void set_bound(tanu_quality_bounds *b, tanu_quality_measure measure, enum side side,
		      float value)
{
	if (side == AT_LEAST)
		b->min[measure] = value;
	if (side != AT_LEAST)
		b->max[measure] = value;
	if (side == WITHIN)
		b->min[measure] = -value;
}

void settings_bounds(tanu_quality_bounds *out, const struct settings *settings, enum sample_use use)
{
	tanu_quality_bounds b;

	if (use == SAMPLE_ENROL)
		tanu_quality_bounds_enrol(&b);
	else
		tanu_quality_bounds_door(&b);
#define X(key, measure, side, unit, lo, hi, door, enrol, help)                               \
	set_bound(&b, TANU_QUALITY_##measure, side,                                          \
		  (float)settings_float(settings, use == SAMPLE_ENROL ? "quality.enrol." key \
								      : "quality.door." key));
	QUALITY_BOUND_LIST(X)
#undef X
	*out = b;
}

tanu_status service_bounds(const struct service *s, tanu_quality_bounds *door,
			   tanu_quality_bounds *enrol, tanu_error *err)
{
	struct settings defaults = {0};
	const struct settings *from = s ? &s->settings : &defaults;
	tanu_status st = s ? TANU_OK : settings_init(&defaults, rows, ARRAY_LEN(rows), err);

	if (st == TANU_OK) {
		settings_bounds(door, from, SAMPLE_DOOR);
		settings_bounds(enrol, from, SAMPLE_ENROL);
	}
	settings_free(&defaults);
	return st;
}

tanu_image_limits settings_image_limits(const struct settings *settings)
{
	return (tanu_image_limits){
	    .max_bytes = (size_t)settings_int(settings, "image.max_mb") << 20,
	    .max_pixels = settings_int(settings, "image.max_mpx") * 1000000,
	    .timeout_ms = (int32_t)settings_int(settings, "image.timeout_ms"),
	};
}

int settings_majority_years(const struct settings *settings)
{
	return (int)settings_int(settings, "consent.majority_years");
}
