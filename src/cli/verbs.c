/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/verbs.h"

#include <stddef.h>

const struct verb *const verbs[] = {
    &verb_init,
    &verb_subject_add,
    &verb_subject_import,
    &verb_subject_list,
    &verb_subject_show,
    &verb_subject_remove,
    &verb_consent_give,
    &verb_consent_show,
    &verb_consent_withdraw,
    &verb_enrol,
    &verb_verify,
    &verb_identify,
    &verb_history,
    &verb_compare,
    &verb_inspect,
    &verb_eval_pairs,
    &verb_eval_identify,
    &verb_eval_pad,
    &verb_eval_quality,
    &verb_calibrate,
    &verb_threshold,
    &verb_model_list,
    &verb_model_check,
    &verb_model_add,
    &verb_settings,
    &verb_keys_root,
    &verb_doctor,
    &verb_version,
    &verb_demo,
    &verb_complete,
    &verb_reference,
    NULL,
};
