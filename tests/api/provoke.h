/* SPDX-License-Identifier: Apache-2.0 */
/* provoke.h - every error that openapi.yaml names for an operation, brought about. */
#ifndef TESTS_API_PROVOKE_H
#define TESTS_API_PROVOKE_H

#include "api/office.h"

void wrong_requests_are_told_apart(void **state);
void guessing_is_slowed(void **state);
void an_invitation_is_for_one(void **state);
void a_second_proof_is_asked_where_there_is_one(void **state);
void the_last_administrator_stays(void **state);
void what_two_signed_is_released_and_nothing_else(void **state);
void a_relying_party_is_told_no_more_than_its_no(void **state);
void what_is_no_picture_is_refused(void **state);
void faces_are_used_as_agreed_or_not_at_all(void **state);
void passes_are_made_of_who_agreed(void **state);
void a_clock_that_went_back_stops_what_needs_it(void **state);
/* live.c; with evidence that a test hands in (TANU_SYNTHETIC_LIVENESS), and with the real */
void a_face_that_lives_over_frames_is_compared(void **state);
void before_it_is_seen_to_live_nothing_is_compared(void **state);
void frames_of_who_stood_there_before_are_gone(void **state);
void with_the_real_evidence_a_photograph_is_denied(void **state);
void a_relying_party_is_told_no_of_a_picture(void **state);
/* The last of the program: they fail for what no test before them has brought about. */
void every_error_of_the_contract_was_provoked(void **state);
void every_operation_has_succeeded(void **state);

#endif
