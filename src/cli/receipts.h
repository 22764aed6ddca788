/* SPDX-License-Identifier: Apache-2.0 */
/* receipts.h - (inside cli/) receipt files that a verb reads, and what was found about them. */
#ifndef CLI_RECEIPTS_H
#define CLI_RECEIPTS_H

#include "cli/run.h"
#include "receipt/tell.h"

struct receipts {
	tanu_receipt *at[TANU_RECEIPTS_MAX];
	size_t len;
	struct buf policy; /* of --policy */
	tanu_receipt_options options;
	enum tell_language language;
};

#define OPERAND_RECEIPTS                                                                     \
	{                                                                                    \
		"FILE", VALUE_FILE, 1, TANU_RECEIPTS_MAX,                                    \
		    "Receipts of one person, *.tanu-receipt; the keys of one serve the rest" \
	}
#define OPTION_RECEIPT_POLICY                                                             \
	{                                                                                 \
		"policy", VALUE_FILE, "FILE", NULL, false,                                \
		    "Whom you trust (tlog-policy), from elsewhere than the site; if not " \
		    "given, what the receipt says"                                        \
	}
#define OPTION_RECEIPT_LANGUAGE                                             \
	{                                                                   \
		"language", VALUE_CHOICE, "LANGUAGE", "en kk ru", false,    \
		    "Language of the answer in words; English if not given" \
	}

/* The files of the operands, --policy, --language. Close it in any case. */
tanu_status receipts_open(struct receipts *out, struct run *run, tanu_error *err);
void receipts_close(struct receipts *receipts);

/* Receipts, report and verdict, in words and as members; the exit code too. */
void answer_findings_of(struct run *run, const struct receipts *receipts,
			const tanu_report *report);
#define RECEIPT_REPORT_FIELDS                                                                   \
	{"receipts[].kind", "consent, refusal, termination, erasure, disclosure, history"},     \
	    {"receipts[].issued_ms", "Unix milliseconds, UTC"},                                 \
	    {"receipts[].site", "name of the site"}, {"receipts[].subject", "the person's id"}, \
	    {"receipts[].log", "key of the log that signed it"},                                \
	    {"receipts[].record", "what was agreed, canonical JSON; \"\": nothing"},            \
	    {"checkpoint.size", "entries of the log under the checkpoint looked at"},           \
	    {"checkpoint.witnessed_ms", "earliest time that a witness of it states"},           \
	    {"checkpoint.witnesses", "how many witnesses of the policy cosigned it"},           \
	    {"evidence", "of a fork: the two signed checkpoints, each an array of lines"},      \
	    {"findings[].code", "stable word, docs/receipts.md"},                               \
	    {"findings[].index", "entry of the log, if it is about one"},                       \
	    {"findings[].key", "index of her log key, likewise"},                               \
	    {"findings[].n", "number of her leaf, likewise"},                                   \
	    {"findings[].weight", "suspicious, unreachable or note"},                           \
	    {"findings_more", "how many more there were"},                                      \
	    {"gates[].at_ms",                                                                   \
	     "when the gate erased what it was lent, by its clock; absent: not yet"},           \
	    {"gates[].gate", "id of a gate that had been lent the reference"},                  \
	    {"gates[].name", "its name"}, {"gates[].until_ms", "end of its lease"},             \
	    {"gates[].word", "erased, silent or false (not signed by it)"},                     \
	    {"leaves[].after_ms", "published at this time or later, if known"},                 \
	    {"leaves[].before_ms", "published at this time or earlier, by a witness"},          \
	    {"leaves[].event.about", "id of what it is about"},                                 \
	    {"leaves[].event.at_ms", "when, Unix milliseconds, UTC"},                           \
	    {"leaves[].event.before", "texts of leaves below this number were erased"},         \
	    {"leaves[].event.by", "who did it"},                                                \
	    {"leaves[].event.document", "SHA-256 of a record, order, paper or key"},            \
	    {"leaves[].event.due_ms", "until when, or when due"},                               \
	    {"leaves[].event.fmr_extrapolated", "true: that rate was not counted"},             \
	    {"leaves[].event.fmr_ppb",                                                          \
	     "false match rate of the threshold used, parts per billion"},                      \
	    {"leaves[].event.purposes", "purposes, parted by commas"},                          \
	    {"leaves[].event.quarter", "calendar quarter whose texts were erased"},             \
	    {"leaves[].event.reason", "error word of a refusal"},                               \
	    {"leaves[].event.recipient", "to whom"},                                            \
	    {"leaves[].event.sequence", "number on the site's ledger; 0 for a use"},            \
	    {"leaves[].event.type", "what happened, word of the registry"},                     \
	    {"leaves[].from_receipt", "true: the text is that of a receipt"},                   \
	    {"leaves[].index", "entry of the log"}, {"leaves[].key", "index of her log key"},   \
	    {"leaves[].n", "number in the chain of that key"},                                  \
	    {"leaves[].state", "opened, withheld, erased, edited, unproven or pending"},        \
	{                                                                                       \
		"verdict", "clean, suspicious or unreachable"                                   \
	}

#endif
