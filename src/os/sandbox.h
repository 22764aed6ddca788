/* SPDX-License-Identifier: Apache-2.0 */
/* sandbox.h - what the sandboxes have in common; inside os/ only. */
#ifndef OS_SANDBOX_H
#define OS_SANDBOX_H

#include "os/os.h"

#include <seccomp.h>

/* A sanitizer's runtime reserves terabytes of address space and asks for more than we do. */
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define UNDER_SANITIZER 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define UNDER_SANITIZER 1
#endif
#endif
#ifndef UNDER_SANITIZER
#define UNDER_SANITIZER 0
#endif

/* 0, or what libseccomp says. */
int filter_allow(scmp_filter_ctx filter, const int *calls, size_t count);
/* Mapping memory is fine as long as it can't become code. */
int filter_allow_mapping(scmp_filter_ctx filter);

#endif
