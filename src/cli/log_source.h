/* SPDX-License-Identifier: Apache-2.0 */
/* log_source.h - (inside cli/) a public log that a verb reads: a folder or an address, and whom to
 * trust about it. */
#ifndef CLI_LOG_SOURCE_H
#define CLI_LOG_SOURCE_H

#include "cli/run.h"
#include "net/net.h"
#include "os/os.h"
#include "tlog/audit.h"

struct log_source {
	struct log_files files;
	struct net_log *net;   /* behind an address */
	char dir[OS_PATH_MAX]; /* else a folder */
	tanu_policy *policy;
	struct buf policy_text;
	const char *policy_from; /* "given", "suggested" by the log itself, "kept" by a monitor */
};

/* What all verbs on a log have in common. */
#define OPERAND_LOG                                                                           \
	{                                                                                     \
		"LOG", VALUE_DIR, 1, 1,                                                       \
		    "The log: its folder, the folder of a site, or the address of its folder" \
	}
#define OPTION_LOG_POLICY                                                                     \
	{                                                                                     \
		"policy", VALUE_FILE, "FILE", NULL, false,                                    \
		    "Whom to trust (tlog-policy); if not given, what the log itself suggests" \
	}
#define OPTION_LOG_KEY                                                                  \
	{                                                                               \
		"key", VALUE_WORD, "VKEY", NULL, false,                                 \
		    "The log's key, \"name+hash+base64\": trust it without any witness" \
	}

/*
 * `where` NULL: the log of the site (--data). The folder of a site stands for its log. The policy
 * is that of --policy or --key, else the one beside the log. Close it in any case.
 */
tanu_status log_source_open(struct log_source *out, struct run *run, const char *where,
			    tanu_error *err);
/* The files alone, and no policy; `where` as above. */
tanu_status log_source_files(struct log_source *out, const struct run *run, const char *where,
			     tanu_error *err);
/* Trust by this text from now on. */
tanu_status log_source_policy(struct log_source *source, const struct buf *text, const char *from,
			      tanu_error *err);
void log_source_close(struct log_source *source);

/* The checkpoint of a report, in words and as members. */
void answer_checkpoint(struct run *run, const struct log_source *source,
		       const tanu_checkpoint *checkpoint, const tanu_checkpoint_trust *trust);
/* What an audit found; the exit code too. */
void answer_report(struct run *run, const struct log_source *source,
		   const struct log_report *report);
#define REPORT_FIELDS                                                                             \
	{"verdict", "\"clean\" or \"suspicious\""}, {"origin", "name of the log"},                \
	    {"size", "entries of the log"}, {"root", "root of its tree, base64"},                 \
	    {"witnesses", "how many witnesses of the policy cosigned"},                           \
	    {"witnessed_ms", "earliest time a witness states, Unix milliseconds; null: none"},    \
	    {"policy",                                                                            \
	     "\"given\", \"suggested\" by the log itself, or \"kept\" from the first look"},      \
	    {"leaves", "entries of people and decoys"}, {"statements", "statements of the site"}, \
	    {"sealed", "disclosures that wait for their hour"},                                   \
	    {"findings[].code", "stable word"},                                                   \
	    {"findings[].suspicious", "false: worth knowing, no more"},                           \
	    {"findings[].place", "an entry, a day, a month, a file"},                             \
	    {"findings[].sentence", "what was found, in words"},                                  \
	{                                                                                         \
		"findings_dropped", "how many more there were"                                    \
	}

/* No checkpoint: nothing is there to be judged, which is TANU_SYSTEM. */
tanu_status log_unreachable(tanu_status st, tanu_error *err);
/* The evidence of a fork beside `name`: .fork-earlier, .fork-later, .fork-proof. */
tanu_status log_evidence_write(struct run *run, const char *name, const struct log_report *report,
			       tanu_error *err);
/* A progress callback for audits; self is a struct progress. */
tanu_status log_progress(void *self, uint64_t done, uint64_t total, tanu_error *err);

#endif
