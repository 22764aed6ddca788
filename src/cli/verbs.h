/* SPDX-License-Identifier: Apache-2.0 */
/* verbs.h - (inside cli/) the row of every verb, each in the file of its name. */
#ifndef CLI_VERBS_H
#define CLI_VERBS_H

#include "cli/verb.h"

extern const struct verb verb_init;
extern const struct verb verb_subject_add;
extern const struct verb verb_subject_import;
extern const struct verb verb_subject_list;
extern const struct verb verb_subject_show;
extern const struct verb verb_subject_remove;
extern const struct verb verb_notice_add;
extern const struct verb verb_notice_list;
extern const struct verb verb_notice_show;
extern const struct verb verb_guardian_add;
extern const struct verb verb_guardian_list;
extern const struct verb verb_guardian_bar;
extern const struct verb verb_guardian_remove;
extern const struct verb verb_consent_request;
extern const struct verb verb_subject_export;
extern const struct verb verb_consent_give;
extern const struct verb verb_consent_refuse;
extern const struct verb verb_consent_show;
extern const struct verb verb_consent_notice;
extern const struct verb verb_consent_withdraw;
extern const struct verb verb_consent_receipt;
extern const struct verb verb_enrol;
extern const struct verb verb_verify;
extern const struct verb verb_pass_issue;
extern const struct verb verb_pass_list;
extern const struct verb verb_pass_revoke;
extern const struct verb verb_pass_show;
extern const struct verb verb_identify;
extern const struct verb verb_history;
extern const struct verb verb_log_show;
extern const struct verb verb_log_audit;
extern const struct verb verb_log_watch;
extern const struct verb verb_log_serve;
extern const struct verb verb_log_cosign;
extern const struct verb verb_witness_init;
extern const struct verb verb_witness_add_log;
extern const struct verb verb_witness_serve;
extern const struct verb verb_disclosure_request;
extern const struct verb verb_disclosure_list;
extern const struct verb verb_disclosure_order;
extern const struct verb verb_disclosure_approve;
extern const struct verb verb_disclosure_refuse;
extern const struct verb verb_disclosure_release;
extern const struct verb verb_approver_key;
extern const struct verb verb_approver_sign;
extern const struct verb verb_approver_add;
extern const struct verb verb_approver_remove;
extern const struct verb verb_approver_list;
extern const struct verb verb_receipt_verify;
extern const struct verb verb_receipt_history;
extern const struct verb verb_receipt_print;
extern const struct verb verb_receipt_page;
extern const struct verb verb_compare;
extern const struct verb verb_inspect;
extern const struct verb verb_eval_pairs;
extern const struct verb verb_eval_identify;
extern const struct verb verb_eval_pad;
extern const struct verb verb_eval_quality;
extern const struct verb verb_calibrate;
extern const struct verb verb_threshold;
extern const struct verb verb_model_list;
extern const struct verb verb_model_check;
extern const struct verb verb_model_add;
extern const struct verb verb_account_add;
extern const struct verb verb_account_list;
extern const struct verb verb_account_reset;
extern const struct verb verb_account_remove;
extern const struct verb verb_api_key_add;
extern const struct verb verb_api_key_list;
extern const struct verb verb_api_key_remove;
extern const struct verb verb_settings;
extern const struct verb verb_keys_root;
extern const struct verb verb_backup;
extern const struct verb verb_restore;
extern const struct verb verb_recovery_init;
extern const struct verb verb_recovery_show;
extern const struct verb verb_recovery_test;
extern const struct verb verb_recovery_answer;
extern const struct verb verb_recovery_turn;
extern const struct verb verb_recovery_notice;
extern const struct verb verb_doctor;
extern const struct verb verb_version;
extern const struct verb verb_demo;
extern const struct verb verb_complete;	 /* __complete: words for the shell */
extern const struct verb verb_reference; /* __reference: man pages and docs/cli.md */

#endif
