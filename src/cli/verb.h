/* SPDX-License-Identifier: Apache-2.0 */
/*
 * verb.h - (inside cli/) what a verb is, and the arguments it was given.
 *
 * A verb is a row: words, options, operands, the fields it prints with --json, and the function
 * that does it. Nothing about the command line is written down anywhere else.
 */
#ifndef CLI_VERB_H
#define CLI_VERB_H

#include "base/base.h"

#define OPTIONS_MAX  16 /* of one verb, with the common ones */
#define OPERANDS_MAX 2	/* kinds of operand of one verb */
#define FIELDS_MAX   112

/* What stands behind an option or operand: decides how the shell completes it. */
enum value_kind {
	VALUE_NONE = 0, /* a flag */
	VALUE_WORD,	/* free text: a name, a subject, a date */
	VALUE_FILE,
	VALUE_DIR,
	VALUE_CHOICE, /* one of `choices` */
};

struct option_row {
	const char *name; /* without its two dashes */
	enum value_kind kind;
	const char *value;   /* "DATE"; NULL for a flag */
	const char *choices; /* "kk ru en", for VALUE_CHOICE */
	bool required;
	const char *help;
};

struct operand_row {
	const char *name; /* "SUBJECT" */
	enum value_kind kind;
	size_t min, max; /* how many; max 0: any number */
	const char *help;
};

struct field_row {
	const char *name; /* "notice.version" is a member of an object, "faces[].box" of an array */
	const char *help;
};

struct run; /* run.h */

enum verb_flags {
	VERB_SITE = 1,	 /* works on a data folder: takes --data */
	VERB_HIDDEN = 2, /* for scripts of the project: no help, no completion */
	VERB_RAW = 4,	 /* takes all words after it as they are */
};

struct verb {
	const char *group;  /* "subject" */
	const char *action; /* "add"; NULL when the group is the whole verb */
	unsigned flags;	    /* set of verb_flags */
	const char *brief;  /* one line, no full stop */
	const char *about;  /* paragraphs, parted by an empty line */
	const char *example;
	const char *instead; /* an option that stands in for the operands, or NULL */
	struct option_row options[OPTIONS_MAX];	   /* up to a row without a name */
	struct operand_row operands[OPERANDS_MAX]; /* likewise */
	struct field_row fields[FIELDS_MAX];	   /* likewise */
	tanu_status (*run)(struct run *run, tanu_error *err);
};

/* Rows that several verbs have in common. */
#define OPERAND_SUBJECT                                                                \
	{                                                                              \
		"SUBJECT", VALUE_WORD, 1, 1,                                           \
		    "A person: her id, at least its first 6 digits, or her exact name" \
	}
#define OPTION_PURPOSE                                                                         \
	{                                                                                      \
		"purpose", VALUE_CHOICE, "PURPOSE", "access attendance visit identity", false, \
		    "The purpose of this comparison; access if not given"                      \
	}
#define OPTION_GUARDIAN                                                                    \
	{                                                                                  \
		"guardian", VALUE_WORD, "GUARDIAN", NULL, false,                           \
		    "Which guardian, with --by guardian; she is registered for this child" \
	}
#define OPTION_NOTICE                                                                             \
	{                                                                                         \
		"notice", VALUE_FILE, "NOTICE", NULL, false,                                      \
		    "The text that was shown: a registered version (\"tanu notice list\"), or a " \
		    "file, whose name without extension becomes the version. Without it the "     \
		    "notice shipped with Tanu"                                                    \
	}
#define OPTION_CHECKED_ELSEWHERE                                                                 \
	{                                                                                        \
		"checked-elsewhere", VALUE_NONE, NULL, NULL, false,                              \
		    "You had signatures that are unsupported here checked by somebody who can; " \
		    "the record says that you say so"                                            \
	}
#define OPTION_LANGUAGE                                                  \
	{                                                                \
		"language", VALUE_CHOICE, "LANGUAGE", "kk ru en", false, \
		    "Language: kk, ru or en; the site's if not given"    \
	}
#define NOTICE_FIELDS                                                                              \
	{"storage", "where references are kept: vault, at the site; pass, with the person alone"}, \
	    {"notice.version", "version of the notice"},                                           \
	{                                                                                          \
		"notice.language", "kk, ru or en"                                                  \
	}
#define FIELD_SECOND_FACTOR                                                            \
	{                                                                              \
		"second_factor",                                                       \
		    "true: somebody here looks alike, ask for a card or a PIN as well" \
	}
#define DECISION_FIELDS                                                                         \
	{"match", "true or false"},                                                             \
	    {"score", "comparison score, a cosine from -1 to 1; never a percentage"},           \
	    {"threshold", "score at or above which it is a match"},                             \
	    {"fmr", "false match rate that this threshold stands for, per comparison"},         \
	    {"fmr_extrapolated", "true: that rate was not counted, it rests on a fitted tail"}, \
	    {"margin", "score minus threshold; for identify minus the next person's score"},    \
	    {"liveness",                                                                        \
	     "probability that one photograph shows a live face; of several the lowest"},       \
	    {"quality", "quality of the photograph, 0 to 1; of several the mean"},              \
	    FIELD_SECOND_FACTOR,                                                                \
	    {"pad", "attack detection behind `liveness`: none, frame or sequence"},             \
	{                                                                                       \
		"population", "whom the FMR was measured on"                                    \
	}
#define SAMPLE_FIELDS                                                                   \
	{"photos[].photo", "path, as given"},                                           \
	    {"photos[].status", "\"ok\", or why it was not used"},                      \
	    {"photos[].advice", "what to do better, in words; empty when it was used"}, \
	    {"photos[].quality", "quality of this photograph, 0 to 1"},                 \
	{                                                                               \
		"photos[].liveness", "probability that it shows a live face"            \
	}
#define OPTIONS_TPM                                                                         \
	{"tcti", VALUE_WORD,                                                                \
	 "TCTI", NULL,                                                                      \
	 false,	 "The way to the TPM, as tpm2-tss names it; without it setting keys.tcti"}, \
	{                                                                                   \
		"owner-auth", VALUE_FILE, "FILE", NULL, false,                              \
		    "File with the password of the TPM's owner, where it has one; \"-\": "  \
		    "standard "                                                             \
		    "input"                                                                 \
	}
#define ROOT_FIELDS                                                                               \
	{"root", "where the root of the keys is: file or tpm"},                                   \
	    {"rollback_resistant",                                                                \
	     "false: an earlier copy of the folder with its keys still opens"},                   \
	    {"resistant_since_ms",                                                                \
	     "Unix milliseconds: copies of the disk made before had another root; null: no TPM"}, \
	    {"tpm", "maker and firmware of the TPM; null: no TPM"},                               \
	{                                                                                         \
		"tpm_software", "true: the TPM is a program, and its memory a file"               \
	}
#define RECEIPT_FIELDS                                                               \
	{"receipt", "number of the receipt"}, {"subject", "the person's id"},        \
	    {"purposes", "purposes withdrawn by this act, array of words"},          \
	    {"reference_erased", "true: the reference of the face was erased"},      \
	    {"profile_erased", "true: name and papers were erased"},                 \
	    {"keys_destroyed", "how many keys were destroyed"},                      \
	    {"requested_ms", "Unix milliseconds, UTC"}, {"executed_ms", "likewise"}, \
	    {"due_ms", "by when it had to be done, by setting erase.hours"},         \
	    {"scope", "what it reached, array of words"},                            \
	    {"remains", "what stays or is not reached, array of words"},             \
	{                                                                            \
		"rollback_resistant",                                                \
		    "false: an earlier copy of the folder with its keys still opens" \
	}

extern const struct verb *const verbs[]; /* in the order of help, closed by NULL */

/* Options that every verb takes (--json, --help), and those of all verbs on a data folder. */
extern const struct option_row options_common[];
extern const struct option_row options_site[];

/* The option rows of a verb one after another: its own, --data, the common ones. NULL at the end.
 */
const struct option_row *verb_option(const struct verb *verb, size_t index);
/* "subject add" */
#define VERB_TITLE_LEN 64
const char *verb_title(const struct verb *verb, char out[VERB_TITLE_LEN]);
/* The first verb of a group, or NULL. */
const struct verb *verb_group(const char *group);
/* The groups that are for people, each by its first verb; NULL at the end. */
const struct verb *verb_group_at(size_t index);
const struct verb *verb_find(const char *group, const char *action);

/* The words of one call, sorted. All strings are borrowed from argv. */
struct args {
	const struct verb *verb; /* NULL: not understood so far */
	const char *group;	 /* NULL likewise */
	bool help, json;
	const char *values[OPTIONS_MAX]; /* by verb_option index; NULL: absent; a flag has "" */
	char **operands;
	size_t operands_len;
};

/*
 * Sort `words` into `out`. Options may stand anywhere, also before the verb; "--" ends them.
 * `words` is reordered: operands come to stand together. Plan for TANU_USAGE with a sentence that
 * says what to type. `out` is filled as far as it was understood, so that --json and --help count
 * even then.
 */
tanu_status args_parse(struct args *out, char **words, size_t words_len, tanu_error *err);

/* The value of an option of this verb (asserted), or NULL. */
const char *args_get(const struct args *args, const char *name);
bool args_has(const struct args *args, const char *name);
/* An option's value as a date or number; TANU_USAGE naming the option when it is none. */
tanu_status args_date(tanu_date *out, const struct args *args, const char *name, tanu_error *err);
tanu_status args_real(double *out, const struct args *args, const char *name, double min,
		      double max, tanu_error *err);

/* The word of `candidates` (closed by NULL) that `typed` was probably meant to be, or NULL. */
const char *nearest_word(const char *typed, const char *const *candidates);
/* TANU_USAGE for a word that is not in the table, with what it was probably meant to be. */
tanu_status fail_unknown_verb(const char *word, tanu_error *err);
tanu_status fail_action(const char *group, const char *word,
			tanu_error *err); /* word may be NULL */
tanu_status fail_unknown_option(const struct verb *verb, const char *name, size_t len,
				tanu_error *err);

/* Texts drawn from the table. */
void usage_line(struct buf *out, const struct verb *verb, bool instead);
void help_verb(struct buf *out, const struct verb *verb);
void help_group(struct buf *out, const char *group);
void help_all(struct buf *out);

#endif
