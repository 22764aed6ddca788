/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The sandbox of a process that takes video apart. It lives long and stands on large libraries of
 * others, so what it may do is listed and the rest is refused; what only a taken-over process does,
 * kills.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "os/landlock.h"
#include "os/sandbox.h"

#define FILES_MAX 64 /* descriptors that may be open at once */

static const int allowed[] = {
    SCMP_SYS(read),
    SCMP_SYS(readv),
    SCMP_SYS(pread64),
    SCMP_SYS(write),
    SCMP_SYS(writev),
    SCMP_SYS(lseek),
    SCMP_SYS(close),
    SCMP_SYS(fstat),
    SCMP_SYS(newfstatat),
    SCMP_SYS(fcntl),
    SCMP_SYS(munmap),
    SCMP_SYS(mremap),
    SCMP_SYS(brk),
    SCMP_SYS(madvise),
    SCMP_SYS(futex),
    SCMP_SYS(exit),
    SCMP_SYS(exit_group),
    SCMP_SYS(rt_sigreturn),
    SCMP_SYS(rt_sigprocmask),
    SCMP_SYS(poll),
    SCMP_SYS(ppoll),
    SCMP_SYS(select),
    SCMP_SYS(pselect6),
    SCMP_SYS(clock_gettime),
    SCMP_SYS(clock_nanosleep),
    SCMP_SYS(nanosleep),
    SCMP_SYS(gettimeofday),
    SCMP_SYS(getrandom),
    SCMP_SYS(restart_syscall),
    SCMP_SYS(sysinfo),
    SCMP_SYS(sched_getaffinity),
    SCMP_SYS(sched_yield),
    SCMP_SYS(getpid),
    SCMP_SYS(gettid),
    SCMP_SYS(getrusage),
    SCMP_SYS(uname),
};

/* Of a connection that stands. */
static const int talking[] = {
    SCMP_SYS(recvfrom),	  SCMP_SYS(recvmsg),	 SCMP_SYS(sendto),
    SCMP_SYS(sendmsg),	  SCMP_SYS(shutdown),	 SCMP_SYS(getsockopt),
    SCMP_SYS(setsockopt), SCMP_SYS(getsockname), SCMP_SYS(getpeername),
};

static const int sanitizers_need[] = {
    SCMP_SYS(sigaltstack), SCMP_SYS(rt_sigaction), SCMP_SYS(clone), SCMP_SYS(ptrace),
    SCMP_SYS(wait4),	   SCMP_SYS(getdents64),   SCMP_SYS(prctl), SCMP_SYS(openat),
    SCMP_SYS(readlink),	   SCMP_SYS(tgkill),
};

/* For reading only; which file, Landlock decides. */
static int allow_opening(scmp_filter_ctx filter)
{
	return seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(openat), 1,
				SCMP_A2(SCMP_CMP_MASKED_EQ, O_ACCMODE | O_CREAT | O_TRUNC, 0));
}

static int allow_connecting(scmp_filter_ctx filter)
{
	static const int families[] = {AF_INET, AF_INET6};
	/* The second filter comes from inside of this one. */
	static const int once[] = {SCMP_SYS(connect), SCMP_SYS(prctl), SCMP_SYS(seccomp)};
	int rc = filter_allow(filter, once, ARRAY_LEN(once));

	for (size_t i = 0; i < ARRAY_LEN(families) && rc == 0; i++)
		rc = seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(socket), 1,
				      SCMP_A0(SCMP_CMP_EQ, (scmp_datum_t)families[i], 0));
	return rc;
}

/* Those of Video for Linux: their requests carry the letter V. */
static int allow_device(scmp_filter_ctx filter)
{
	return seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(ioctl), 1,
				SCMP_A1(SCMP_CMP_MASKED_EQ, 0xFF00, (scmp_datum_t)'V' << 8));
}

/* How much there is to read, blocking or not. */
static int allow_asking(scmp_filter_ctx filter)
{
	int rc = seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(ioctl), 1,
				  SCMP_A1(SCMP_CMP_EQ, FIONREAD, 0));

	return rc < 0 ? rc
		      : seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(ioctl), 1,
					 SCMP_A1(SCMP_CMP_EQ, FIONBIO, 0));
}

static int add_rules(scmp_filter_ctx filter, const struct os_sandbox_stream *o)
{
	int rc = filter_allow(filter, allowed, ARRAY_LEN(allowed));

	if (rc == 0)
		rc = filter_allow_mapping(filter);
	if (rc == 0)
		rc = filter_kill_escapes(filter);
	if (rc == 0 && o->folder >= 0)
		rc = allow_opening(filter);
	if (rc == 0 && o->device)
		rc = allow_device(filter);
	if (rc == 0 && o->connecting)
		rc = allow_connecting(filter);
	if (rc == 0 && o->connecting)
		rc = filter_allow(filter, talking, ARRAY_LEN(talking));
	if (rc == 0 && o->connecting)
		rc = allow_asking(filter);
	if (rc == 0 && UNDER_SANITIZER)
		rc = filter_allow(filter, sanitizers_need, ARRAY_LEN(sanitizers_need));
	return rc;
}

static bool enter_landlock(const struct os_sandbox_stream *o)
{
	int ruleset = landlock_begin(o->connecting);

	if (ruleset < 0)
		return false;
	if (o->folder >= 0 && !landlock_allow(ruleset, o->folder, false)) {
		close(ruleset);
		return false;
	}
	return landlock_enter(ruleset);
}

static tanu_status enter_limits(const struct os_sandbox_stream *o, tanu_error *err)
{
	bool done = limit_at_most(RLIMIT_CORE, 0) && limit_at_most(RLIMIT_FSIZE, 0) &&
		    limit_at_most(RLIMIT_NPROC, 0) && limit_at_most(RLIMIT_NOFILE, FILES_MAX);

	if (done && !UNDER_SANITIZER)
		done = limit_at_most(RLIMIT_AS, o->memory_bytes);
	if (!done)
		return tanu_fail(err, TANU_ERR_SANDBOX, "limits",
				 "the kernel refused the resource limits: %s", strerror(errno));
	return TANU_OK;
}

tanu_status os_sandbox_stream(const struct os_sandbox_stream *options,
			      struct os_sandbox_report *report, tanu_error *err)
{
	struct os_sandbox_report r = {.landlock_abi = landlock_abi()};
	scmp_filter_ctx filter;
	tanu_status st;

	r.no_new_privs = prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0;
	if (!r.no_new_privs || prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) < 0)
		return tanu_fail(err, TANU_ERR_SANDBOX, "no_new_privs", "the kernel refused: %s",
				 strerror(errno));
	r.landlock = enter_landlock(options);
	if ((st = enter_limits(options, err)) < 0)
		return st;
	r.limits = true;
	filter = seccomp_init(SCMP_ACT_ERRNO(EPERM));
	if ((st = filter_enter(filter, filter ? add_rules(filter, options) : -ENOMEM, err)) < 0)
		return st;
	r.seccomp = true;
	if (report)
		*report = r;
	return TANU_OK;
}

/* Of two filters the stricter answer counts. */
tanu_status os_sandbox_stream_connected(tanu_error *err)
{
	static const int over[] = {SCMP_SYS(socket), SCMP_SYS(connect), SCMP_SYS(seccomp),
				   SCMP_SYS(prctl)};
	scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ALLOW);
	int rc = filter ? 0 : -ENOMEM;

	for (size_t i = 0; i < ARRAY_LEN(over) && rc == 0; i++)
		if (!UNDER_SANITIZER || over[i] != SCMP_SYS(prctl))
			rc = seccomp_rule_add(filter, SCMP_ACT_ERRNO(EPERM), over[i], 0);
	return filter_enter(filter, rc, err);
}
