/* SPDX-License-Identifier: Apache-2.0 */
/*
 * registry.h - every stable code of Tanu, in one place.
 *
 * Status codes, error codes, exit codes and event types are promises: programs store them, scripts
 * test them, the API sends them. They are only ever added to; a number or a word is never reused.
 * The lists are X-macros, so that the enums, the texts, the man page and the docs are drawn from
 * this file alone.
 */
#ifndef TANU_REGISTRY_H
#define TANU_REGISTRY_H

/* X(name, number, exit code, meaning) */
#define TANU_STATUS_LIST(X)                                                             \
	X(OK, 0, 0, "done")                                                             \
	X(ARG, -1, 2, "the call itself is wrong: a bug of the caller")                  \
	X(USAGE, -2, 2, "what the user typed or configured is not understood")          \
	X(REFUSED, -3, 3, "a rule says no: consent, age, 1:N off, quality")             \
	X(INPUT, -4, 4, "bytes from outside are damaged, hostile or of the wrong kind") \
	X(NOT_FOUND, -5, 4, "there is no such subject, file, face or model")            \
	X(LIMIT, -6, 4, "larger or more than a stated limit")                           \
	X(SYSTEM, -7, 5, "the operating system or a device failed")                     \
	X(MEMORY, -8, 5, "memory ran out")                                              \
	X(BUSY, -9, 5, "another process owns the data folder")                          \
	X(DAMAGED, -10, 5, "Tanu's own data does not verify")                           \
	X(UNSUPPORTED, -11, 5, "this build or machine cannot do that")                  \
	X(TIMEOUT, -12, 5, "it took longer than its bound")                             \
	X(ERASED, -13, 3, "the key is gone: erased on purpose")

/* X(NAME, "stable-word", STATUS, meaning) */
#define TANU_ERROR_LIST(X)                                                                         \
	X(NONE, "none", OK, "no error")                                                            \
	X(BAD_CALL, "bad-call", ARG, "an argument breaks the contract of the call")                \
	X(USAGE, "usage", USAGE, "an option, verb or operand is not understood")                   \
	X(SETTING, "setting", USAGE, "a setting is unknown or out of its range")                   \
	X(NO_MEMORY, "no-memory", MEMORY, "an allocation was refused")                             \
	X(IO, "io", SYSTEM, "reading or writing failed")                                           \
	X(FILE_MISSING, "file-missing", NOT_FOUND, "no such file")                                 \
	X(FILE_TOO_LARGE, "file-too-large", LIMIT, "the file is larger than its limit")            \
	X(PATH_TOO_LONG, "path-too-long", LIMIT, "a path is longer than the system takes")         \
	X(FOLDER_BUSY, "folder-busy", BUSY, "another process has the data folder open")            \
	X(FOLDER_EXISTS, "folder-exists", USAGE, "the folder already holds a site")                \
	X(FOLDER_MISSING, "folder-missing", NOT_FOUND, "no site in this folder")                   \
	X(SANDBOX, "sandbox", SYSTEM, "the sandbox could not be put up")                           \
	X(CHILD_DIED, "child-died", INPUT, "the decoding process died on this input")              \
	X(CHILD_TIMEOUT, "child-timeout", INPUT, "the decoding process ran out of its time")       \
	X(PROOF, "proof", DAMAGED, "a proof of the transparency log does not hold")                \
	X(SIGNATURE, "signature", DAMAGED, "a trusted key's signature is false")                   \
	X(NO_SIGNATURE, "no-signature", NOT_FOUND, "no signature of this key")                     \
	X(UNTRUSTED, "untrusted", REFUSED, "not signed by those the trust policy asks for")        \
	X(CRYPTO, "crypto", DAMAGED, "a seal, signature or digest does not verify")                \
	X(FORMAT, "format", INPUT, "bytes do not follow their format")                             \
	X(JSON, "json", INPUT, "not valid JSON of the expected shape")                             \
	X(CSV, "csv", INPUT, "a row of the CSV file is not understood")                            \
	X(DATE, "date", USAGE, "a date is not YYYY-MM-DD or not possible here")                    \
	X(IMAGE_EMPTY, "image-empty", INPUT, "the image has no bytes")                             \
	X(IMAGE_TYPE, "image-type", INPUT, "not a JPEG, PNG or PNM image")                         \
	X(IMAGE_TRUNCATED, "image-truncated", INPUT, "the image ends too early")                   \
	X(IMAGE_CORRUPT, "image-corrupt", INPUT, "the image is damaged")                           \
	X(IMAGE_LIMIT, "image-limit", LIMIT,                                                       \
	  "more pixels, bytes or a stranger shape than allowed")                                   \
	X(MODEL_MISSING, "model-missing", NOT_FOUND, "a model file or manifest is not there")      \
	X(MODEL_DIGEST, "model-digest", DAMAGED, "a model's SHA-256 is not the manifest's")        \
	X(MODEL_FORMAT, "model-format", INPUT, "a manifest or model does not fit its task")        \
	X(INFERENCE, "inference", SYSTEM, "the inference runtime failed")                          \
	X(RUNTIME_MISSING, "runtime-missing", UNSUPPORTED, "ONNX Runtime cannot be loaded")        \
	X(NO_FACE, "no-face", NOT_FOUND, "no face was found")                                      \
	X(FACE_QUALITY, "face-quality", REFUSED, "the face is not good enough for this use")       \
	X(NOT_LIVE, "not-live", REFUSED, "the sample does not look like a live face")              \
	X(MODEL_MISMATCH, "model-mismatch", REFUSED, "features of different models")               \
	X(NO_CONSENT, "no-consent", REFUSED, "no live consent covers this purpose")                \
	X(CONSENT_RULE, "consent-rule", REFUSED, "this consent may not be given so")               \
	X(PERMIT, "permit", REFUSED, "the permit is forged, spent, expired or for something else") \
	X(IDENTIFY_OFF, "identify-off", REFUSED, "1:N identification is off at this site")         \
	X(GALLERY_FULL, "gallery-full", REFUSED, "the gallery has reached its cap")                \
	X(SUBJECT_MISSING, "subject-missing", NOT_FOUND, "no such subject")                        \
	X(SUBJECT_AMBIGUOUS, "subject-ambiguous", USAGE, "more than one subject fits")             \
	X(NO_REFERENCE, "no-reference", NOT_FOUND, "nothing is enrolled for this subject")         \
	X(KEY_MISSING, "key-missing", ERASED, "no key: erased, or the keys folder is not here")    \
	X(KEYS_DAMAGED, "keys-damaged", DAMAGED, "the key folder does not open")                   \
	X(DB, "db", SYSTEM, "the database failed")                                                 \
	X(DB_DAMAGED, "db-damaged", DAMAGED, "the database does not verify")                       \
	X(DB_VERSION, "db-version", UNSUPPORTED, "the database is of a newer Tanu")                \
	X(DB_RULE, "db-rule", REFUSED, "the database itself refused the write")                    \
	X(CONFLICT, "conflict", USAGE, "it exists already or was changed meanwhile")               \
	X(TOO_FEW, "too-few", REFUSED, "fewer people or pairs than the figure may rest on")        \
	X(CLOCK, "clock", REFUSED, "the clock is behind the last use of this site")                \
	X(LOG_FORK, "log-fork", DAMAGED, "two checkpoints of one log contradict each other")       \
	X(LOG_DAMAGED, "log-damaged", DAMAGED, "files of the public log do not verify")            \
	X(NETWORK, "network", SYSTEM, "a server did not answer, or not as it should")              \
	X(APPROVAL, "approval", REFUSED, "this act needs the approval of two different people")    \
	X(HELD, "held", REFUSED, "a stated hold or a due date stands against it")                  \
	X(TPM, "tpm", SYSTEM, "the TPM failed or refused")                                         \
	X(BACKUP, "backup", INPUT, "this is not a whole backup of this site")                      \
	X(RECORD_MISSING, "record-missing", NOT_FOUND, "there is no such record")                  \
	X(PASS, "pass", REFUSED, "the pass is revoked, forged, or of another person or site")      \
	X(FONT_MISSING, "font-missing", UNSUPPORTED, "no font has the letters to be printed")      \
	X(NOT_BUILT, "not-built", UNSUPPORTED, "this build was made without that part")            \
	X(NO_CODE, "no-code", NOT_FOUND, "no readable QR code was found")                          \
	X(DEVICE, "device", SYSTEM, "a reader, door or camera does not do what it should")         \
	X(WITNESS, "witness", DAMAGED, "the state of a witness does not verify")                   \
	X(FORM, "form", REFUSED,                                                                   \
	  "the consent form is unknown, of another site, answered or ended")                       \
	X(LEASE, "lease", REFUSED, "a gate's lease is of another gate, too old, or out of order")  \
	X(SPOOL, "spool", DAMAGED, "a gate's waiting events do not verify")                        \
	X(SPOOL_FULL, "spool-full", LIMIT, "more events wait at a gate than it may keep")          \
	X(GATE, "gate", REFUSED, "the gate is not paired, was revoked, or is not known")           \
	X(TABLET, "tablet", REFUSED, "this is done at a tablet that the site knows")               \
	X(SIGN_IN, "sign-in", REFUSED, "name or password is not right")                            \
	X(SECOND_FACTOR, "second-factor", REFUSED, "the code is missing or not right")             \
	X(SIGNED_OUT, "signed-out", REFUSED, "nobody is signed in here")                           \
	X(ROLE, "role", REFUSED, "this account may not do that")                                   \
	X(FORGED, "forged", REFUSED, "the request does not come from a page of this site")         \
	X(INVITATION, "invitation", REFUSED,                                                       \
	  "the invitation is spent, too old, or not one of ours")                                  \
	X(PASSWORD, "password", USAGE, "a password that is too easy to guess")                     \
	X(REPEATED, "repeated", USAGE,                                                             \
	  "the idempotency key was used for something else, or its answer is lost")                \
	X(NO_ROUTE, "no-route", NOT_FOUND, "there is nothing at this address")

/* X(NAME, number, meaning): exit codes of every program */
#define TANU_EXIT_LIST(X)                                                \
	X(YES, 0, "yes, or done")                                        \
	X(NO_MATCH, 1, "no match; of a log or receipt: suspicious")      \
	X(USAGE, 2, "usage: the command line or a setting is wrong")     \
	X(REFUSED, 3, "refused by a rule: no consent, 1:N off, quality") \
	X(INPUT, 4, "bad input: a damaged image, an unknown subject")    \
	X(SYSTEM, 5, "system trouble: disk, memory, a folder in use, a missing library")

/* X(NAME, number, "stable-word"): what happened to a subject; the number is stored, sealed */
#define TANU_EVENT_LIST(X)                              \
	X(SUBJECT_ADDED, 1, "subject-added")            \
	X(SUBJECT_REMOVED, 2, "subject-removed")        \
	X(CONSENT_GIVEN, 3, "consent-given")            \
	X(CONSENT_REFUSED, 4, "consent-refused")        \
	X(CONSENT_WITHDRAWN, 5, "consent-withdrawn")    \
	X(CONSENT_EXPIRED, 6, "consent-expired")        \
	X(ENROLLED, 7, "enrolled")                      \
	X(ENROL_REFUSED, 8, "enrol-refused")            \
	X(VERIFIED, 9, "verified")                      \
	X(VERIFY_NO_MATCH, 10, "verify-no-match")       \
	X(VERIFY_REFUSED, 11, "verify-refused")         \
	X(IDENTIFIED, 12, "identified")                 \
	X(REFERENCE_ERASED, 13, "reference-erased")     \
	X(CALIBRATED, 14, "calibrated")                 \
	X(COMPARED, 15, "compared-at-enrolment")        \
	X(SECOND_FACTOR, 16, "second-factor")           \
	X(GUARDIAN_ADDED, 17, "guardian-added")         \
	X(GUARDIAN_BARRED, 18, "guardian-barred")       \
	X(GUARDIAN_REMOVED, 19, "guardian-removed")     \
	X(CONSENT_REQUESTED, 20, "consent-requested")   \
	X(ASSENT_GIVEN, 21, "assent-given")             \
	X(CONSENT_LAPSED, 22, "consent-lapsed")         \
	X(LOG_KEY_RENEWED, 23, "log-key-renewed")       \
	X(HISTORY_ERASED, 24, "history-erased")         \
	X(DISCLOSED, 25, "disclosed")                   \
	X(DISCLOSURE_REFUSED, 26, "disclosure-refused") \
	X(CORRECTED, 27, "corrected")                   \
	X(OBJECTED, 28, "objected")                     \
	X(EXPORTED, 29, "exported")                     \
	X(PASS_ISSUED, 30, "pass-issued")               \
	X(PASS_REVOKED, 31, "pass-revoked")             \
	X(PAPER_ADDED, 32, "paper-added")               \
	X(STAFF_LOOK, 33, "staff-look")                 \
	X(LOCKED, 34, "locked")                         \
	X(UNLOCKED, 35, "unlocked")                     \
	X(RECEIPT_ISSUED, 36, "receipt-issued")         \
	X(REFERENCE_AGED, 37, "reference-aged")         \
	X(BREACH, 38, "breach")                         \
	X(ADMITTED, 60, "admitted")                     \
	X(NOT_ADMITTED, 61, "not-admitted")             \
	X(CARD_ADDED, 62, "card-added")                 \
	X(CARD_REVOKED, 63, "card-revoked")             \
	X(ERASED_AT_GATE, 64, "erased-at-gate")

#endif
