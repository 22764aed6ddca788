/* SPDX-License-Identifier: Apache-2.0 */
/* sandbox.h - what the sandboxes have in common; inside os/ only. */
#ifndef OS_SANDBOX_H
#define OS_SANDBOX_H

#include "os/os.h"

#include <seccomp.h>

/* A sanitizer's runtime reserves terabytes of address space and asks for more than we do. */
#ifdef TANU_SANITIZED
#define UNDER_SANITIZER 1
#else
#define UNDER_SANITIZER 0
#endif

/* 0, or what libseccomp says. */
int filter_allow(scmp_filter_ctx filter, const int *calls, size_t count);
/* Mapping memory is fine as long as it can't become code. */
int filter_allow_mapping(scmp_filter_ctx filter);
/*
 * What a program with threads needs that keeps files and answers on sockets that are open; and what
 * it needs besides to open sockets itself. Everything that a sanitizer needs is in the first.
 */
int filter_allow_serving(scmp_filter_ctx filter);
int filter_allow_outgoing(scmp_filter_ctx filter);
/* Nobody starts programs, traces or mounts by mistake: it kills. */
int filter_kill_escapes(scmp_filter_ctx filter);
/* A limit that is narrower already stays: only root could widen it. */
bool limit_at_most(int which, unsigned long long most);
/* TANU_OK, or TANU_SYSTEM (sandbox) of libseccomp's answer. Frees the filter, which may be NULL. */
tanu_status filter_enter(scmp_filter_ctx filter, int rc, tanu_error *err);

#endif
