/* SPDX-License-Identifier: Apache-2.0 */
#include "os/os.h"

#include <errno.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "os/landlock.h"
#include "os/sandbox.h"

/* What decoding in memory needs, and the C library around it. */
static const int allowed[] = {
    SCMP_SYS(read),	    SCMP_SYS(write),	     SCMP_SYS(close),	  SCMP_SYS(fstat),
    SCMP_SYS(newfstatat),   SCMP_SYS(munmap),	     SCMP_SYS(mremap),	  SCMP_SYS(brk),
    SCMP_SYS(madvise),	    SCMP_SYS(futex),	     SCMP_SYS(exit),	  SCMP_SYS(exit_group),
    SCMP_SYS(rt_sigreturn), SCMP_SYS(clock_gettime), SCMP_SYS(getrandom), SCMP_SYS(restart_syscall),
    SCMP_SYS(sysinfo), /* qsort asks how much memory there is */
};

static const int sanitizers_need[] = {
    SCMP_SYS(getpid),	   SCMP_SYS(gettid),	     SCMP_SYS(sched_yield),
    SCMP_SYS(sigaltstack), SCMP_SYS(rt_sigprocmask), SCMP_SYS(rt_sigaction),
};

int filter_allow(scmp_filter_ctx filter, const int *calls, size_t count)
{
	int rc = 0;

	for (size_t i = 0; i < count && rc == 0; i++)
		rc = seccomp_rule_add(filter, SCMP_ACT_ALLOW, calls[i], 0);
	return rc;
}

int filter_allow_mapping(scmp_filter_ctx filter)
{
	int rc = seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(mmap), 1,
				  SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0));

	if (rc < 0)
		return rc;
	return seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(mprotect), 1,
				SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0));
}

/* A face engine takes packets with pixels, and its mathematics wants to know where it runs. */
static const int engine_needs[] = {
    SCMP_SYS(recvmsg),	       SCMP_SYS(sendmsg),      SCMP_SYS(poll),
    SCMP_SYS(ppoll),	       SCMP_SYS(sched_yield),  SCMP_SYS(sched_getaffinity),
    SCMP_SYS(gettid),	       SCMP_SYS(getpid),       SCMP_SYS(getcpu),
    SCMP_SYS(clock_nanosleep), SCMP_SYS(gettimeofday), SCMP_SYS(rt_sigprocmask),
};

static int add_rules(scmp_filter_ctx filter, bool engine)
{
	int rc = filter_allow(filter, allowed, ARRAY_LEN(allowed));

	if (rc == 0 && engine)
		rc = filter_allow(filter, engine_needs, ARRAY_LEN(engine_needs));

	if (rc == 0)
		rc = filter_allow_mapping(filter);
#if defined(__aarch64__)
	/* libjpeg-turbo looks into /proc/cpuinfo and does without it. */
	if (rc == 0)
		rc = seccomp_rule_add(filter, SCMP_ACT_ERRNO(EACCES), SCMP_SYS(openat), 0);
#endif
	if (rc == 0 && UNDER_SANITIZER)
		rc = filter_allow(filter, sanitizers_need, ARRAY_LEN(sanitizers_need));
	return rc;
}

tanu_status filter_enter(scmp_filter_ctx filter, int rc, tanu_error *err)
{
	if (rc == 0)
		rc = seccomp_load(filter);
	if (filter)
		seccomp_release(filter);
	if (rc < 0)
		return tanu_fail(err, TANU_ERR_SANDBOX, "seccomp",
				 "the kernel refused the system call filter: %s", strerror(-rc));
	return TANU_OK;
}

static tanu_status enter_seccomp(bool engine, tanu_error *err)
{
	scmp_filter_ctx filter = seccomp_init(SCMP_ACT_KILL_PROCESS);

	return filter_enter(filter, filter ? add_rules(filter, engine) : -ENOMEM, err);
}

bool limit_at_most(int which, unsigned long long most)
{
	struct rlimit l;

	if (getrlimit((__rlimit_resource_t)which, &l) < 0)
		return false;
	if (l.rlim_max > most)
		l.rlim_max = most;
	l.rlim_cur = l.rlim_max;
	return setrlimit((__rlimit_resource_t)which, &l) == 0;
}

static tanu_status enter_limits(const struct os_sandbox_options *o, tanu_error *err)
{
	bool done = limit_at_most(RLIMIT_CORE, 0) && limit_at_most(RLIMIT_FSIZE, 0) &&
		    limit_at_most(RLIMIT_NPROC, 0) && limit_at_most(RLIMIT_CPU, o->cpu_seconds) &&
		    limit_at_most(RLIMIT_NOFILE, 0);

	if (done && !UNDER_SANITIZER)
		done = limit_at_most(RLIMIT_AS, o->memory_bytes);
	if (!done)
		return tanu_fail(err, TANU_ERR_SANDBOX, "limits",
				 "the kernel refused the resource limits: %s", strerror(errno));
	return TANU_OK;
}

tanu_status os_sandbox_decoder(const struct os_sandbox_options *options,
			       struct os_sandbox_report *report, tanu_error *err)
{
	struct os_sandbox_report r = {.landlock_abi = landlock_abi()};
	tanu_status st;

	r.no_new_privs = prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0;
	if (!r.no_new_privs || prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) < 0)
		return tanu_fail(err, TANU_ERR_SANDBOX, "no_new_privs", "the kernel refused: %s",
				 strerror(errno));
	/* Landlock needs a descriptor, so it comes before the limits; seccomp ends everything else.
	 */
	r.landlock = landlock_forbid_all();
	if ((st = enter_limits(options, err)) < 0)
		return st;
	r.limits = true;
	if ((st = enter_seccomp(false, err)) < 0)
		return st;
	r.seccomp = true;
	if (report)
		*report = r;
	return TANU_OK;
}

tanu_status os_sandbox_engine(struct os_sandbox_report *report, tanu_error *err)
{
	struct os_sandbox_report r = {.landlock_abi = landlock_abi()};
	tanu_status st;

	r.no_new_privs = prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0;
	if (!r.no_new_privs || prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) < 0)
		return tanu_fail(err, TANU_ERR_SANDBOX, "no_new_privs", "the kernel refused: %s",
				 strerror(errno));
	r.landlock = landlock_forbid_all();
	r.limits = limit_at_most(RLIMIT_CORE, 0) && limit_at_most(RLIMIT_FSIZE, 0) &&
		   limit_at_most(RLIMIT_NPROC, 0);
	if ((st = enter_seccomp(true, err)) < 0)
		return st;
	r.seccomp = true;
	if (report)
		*report = r;
	return TANU_OK;
}

struct os_sandbox_report os_sandbox_probe(void)
{
	uint32_t kill_process = SECCOMP_RET_KILL_PROCESS;
	struct os_sandbox_report r = {
	    .no_new_privs = prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) >= 0,
	    .landlock_abi = landlock_abi(),
	    .limits = true,
	};

	r.landlock = r.landlock_abi > 0;
	r.seccomp = syscall(SYS_seccomp, SECCOMP_GET_ACTION_AVAIL, 0, &kill_process) == 0;
	return r;
}
