/* SPDX-License-Identifier: Apache-2.0 */
/* operations.h - (inside api/) every operation of openapi.yaml, by its operationId. */
#ifndef API_OPERATIONS_H
#define API_OPERATIONS_H

#include "api/inside.h"

/* X(operationId, flags): GUARDED handlers run inside the guard, with a service; OPEN ones take the
 * guard themselves where they need it. */
#define OPERATION_LIST(X)              \
	X(session_get, OPEN)           \
	X(session_begin, OPEN)         \
	X(session_end, OPEN)           \
	X(session_passkey, OPEN)       \
	X(me_passkeys, OPEN)           \
	X(me_passkey_begin, OPEN)      \
	X(me_passkey_confirm, OPEN)    \
	X(me_passkey_remove, OPEN)     \
	X(invitation_accept, OPEN)     \
	X(me_get, OPEN)                \
	X(me_people, GUARDED)          \
	X(me_password, OPEN)           \
	X(me_totp_begin, OPEN)         \
	X(me_totp_confirm, OPEN)       \
	X(me_recovery, OPEN)           \
	X(bell_ring, OPEN)             \
	X(bell_answer, GUARDED)        \
	X(breaches_list, GUARDED)      \
	X(breach_open, GUARDED)        \
	X(breach_told, GUARDED)        \
	X(breach_close, GUARDED)       \
	X(subjects_list, GUARDED)      \
	X(subject_add, GUARDED)        \
	X(subjects_import, GUARDED)    \
	X(subject_get, GUARDED)        \
	X(subject_remove, GUARDED)     \
	X(subject_lock, GUARDED)       \
	X(subject_unlock, GUARDED)     \
	X(subject_history, GUARDED)    \
	X(subject_object, GUARDED)     \
	X(ticket_check, GUARDED)       \
	X(subject_export, GUARDED)     \
	X(subject_receipt, GUARDED)    \
	X(papers_list, GUARDED)        \
	X(paper_get, GUARDED)          \
	X(guardians_list, GUARDED)     \
	X(guardian_add, GUARDED)       \
	X(guardian_remove, GUARDED)    \
	X(guardian_bar, GUARDED)       \
	X(consents_list, GUARDED)      \
	X(consent_give, GUARDED)       \
	X(consent_request, GUARDED)    \
	X(consent_refuse, GUARDED)     \
	X(consent_withdraw, GUARDED)   \
	X(consent_notice, GUARDED)     \
	X(forms_list, GUARDED)         \
	X(form_make, GUARDED)          \
	X(scan_read, GUARDED)          \
	X(form_answer, GUARDED)        \
	X(invitation_make, OPEN)       \
	X(capture_begin, GUARDED)      \
	X(capture_end, OPEN)           \
	X(capture_frame, OPEN)         \
	X(capture_pass, GUARDED)       \
	X(capture_enrol, GUARDED)      \
	X(capture_verify, GUARDED)     \
	X(capture_passes, GUARDED)     \
	X(passes_list, GUARDED)        \
	X(pass_revoke, GUARDED)        \
	X(notices_list, GUARDED)       \
	X(notice_get, GUARDED)         \
	X(notice_add, GUARDED)         \
	X(disclosures_list, GUARDED)   \
	X(disclosure_request, GUARDED) \
	X(disclosure_text, GUARDED)    \
	X(disclosure_approve, GUARDED) \
	X(disclosure_refuse, GUARDED)  \
	X(disclosure_release, GUARDED) \
	X(disclosure_done, GUARDED)    \
	X(approvers_list, GUARDED)     \
	X(approver_add, GUARDED)       \
	X(approver_remove, GUARDED)    \
	X(settings_list, GUARDED)      \
	X(setting_set, GUARDED)        \
	X(accounts_list, OPEN)         \
	X(account_add, OPEN)           \
	X(account_set, OPEN)           \
	X(account_remove, OPEN)        \
	X(account_reset, OPEN)         \
	X(api_keys_list, OPEN)         \
	X(api_key_add, OPEN)           \
	X(api_key_remove, OPEN)        \
	X(thresholds_get, GUARDED)     \
	X(report_get, GUARDED)         \
	X(log_get, GUARDED)            \
	X(events_stream, OPEN)         \
	X(gates_list, GUARDED)         \
	X(gates_lockdown, GUARDED)     \
	X(gate_release, GUARDED)       \
	X(webhooks_list, OPEN)         \
	X(webhook_add, OPEN)           \
	X(webhook_remove, OPEN)        \
	X(tablets_list, GUARDED)       \
	X(tablet_add, OPEN)            \
	X(tablet_end, GUARDED)         \
	X(parity_get, GUARDED)         \
	X(relying_list, GUARDED)       \
	X(relying_add, GUARDED)        \
	X(relying_end, GUARDED)        \
	X(allowed_list, GUARDED)       \
	X(allowed_give, GUARDED)       \
	X(allowed_end, GUARDED)        \
	X(assertion_begin, GUARDED)    \
	X(assertion_get, GUARDED)      \
	X(assertion_keys, GUARDED)     \
	X(check_get, GUARDED)          \
	X(check_frame, OPEN)           \
	X(check_answer, GUARDED)       \
	X(check_decline, GUARDED)

#define X(id, flags) tanu_status op_##id(struct call *c, tanu_error *err);
OPERATION_LIST(X)
#undef X

#endif
