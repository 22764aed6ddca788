/* SPDX-License-Identifier: Apache-2.0 */
/* What a server with threads gives up once its sockets are open. */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "os/landlock.h"
#include "os/sandbox.h"

static const int files[] = {
    SCMP_SYS(openat),	  SCMP_SYS(openat2),
    SCMP_SYS(open),	  SCMP_SYS(close),
    SCMP_SYS(read),	  SCMP_SYS(readv),
    SCMP_SYS(pread64),	  SCMP_SYS(write),
    SCMP_SYS(writev),	  SCMP_SYS(pwrite64),
    SCMP_SYS(lseek),	  SCMP_SYS(fstat),
    SCMP_SYS(stat),	  SCMP_SYS(lstat),
    SCMP_SYS(newfstatat), SCMP_SYS(statx),
    SCMP_SYS(fstatfs),	  SCMP_SYS(access),
    SCMP_SYS(faccessat),  SCMP_SYS(faccessat2),
    SCMP_SYS(fsync),	  SCMP_SYS(fdatasync),
    SCMP_SYS(ftruncate),  SCMP_SYS(fallocate),
    SCMP_SYS(unlink),	  SCMP_SYS(unlinkat),
    SCMP_SYS(rename),	  SCMP_SYS(renameat),
    SCMP_SYS(renameat2),  SCMP_SYS(mkdir),
    SCMP_SYS(mkdirat),	  SCMP_SYS(rmdir),
    SCMP_SYS(fchmod),	  SCMP_SYS(getdents64),
    SCMP_SYS(readlink),	  SCMP_SYS(readlinkat),
    SCMP_SYS(flock),	  SCMP_SYS(fcntl),
    SCMP_SYS(sendfile),	  SCMP_SYS(getcwd),
    SCMP_SYS(dup),	  SCMP_SYS(dup3),
    SCMP_SYS(pipe2),	  SCMP_SYS(memfd_create),
    SCMP_SYS(fadvise64),  SCMP_SYS(copy_file_range),
};

static const int network[] = {
    SCMP_SYS(accept),	      SCMP_SYS(accept4),	 SCMP_SYS(recvfrom),
    SCMP_SYS(recvmsg),	      SCMP_SYS(sendto),		 SCMP_SYS(sendmsg),
    SCMP_SYS(sendmmsg),	      SCMP_SYS(shutdown),	 SCMP_SYS(getsockname),
    SCMP_SYS(getpeername),    SCMP_SYS(getsockopt),	 SCMP_SYS(setsockopt),
    SCMP_SYS(poll),	      SCMP_SYS(ppoll),		 SCMP_SYS(select),
    SCMP_SYS(pselect6),	      SCMP_SYS(epoll_wait),	 SCMP_SYS(epoll_pwait),
    SCMP_SYS(epoll_create1),  SCMP_SYS(epoll_ctl),	 SCMP_SYS(eventfd2),
    SCMP_SYS(timerfd_create), SCMP_SYS(timerfd_settime), SCMP_SYS(epoll_create),
};

static const int process[] = {
    SCMP_SYS(brk),
    SCMP_SYS(munmap),
    SCMP_SYS(mremap),
    SCMP_SYS(madvise),
    SCMP_SYS(mlock),
    SCMP_SYS(munlock),
    SCMP_SYS(futex),
    SCMP_SYS(set_robust_list),
    SCMP_SYS(rseq),
    SCMP_SYS(membarrier),
    SCMP_SYS(exit),
    SCMP_SYS(exit_group),
    SCMP_SYS(rt_sigreturn),
    SCMP_SYS(rt_sigaction),
    SCMP_SYS(rt_sigprocmask),
    SCMP_SYS(rt_sigpending),
    SCMP_SYS(rt_sigtimedwait),
    SCMP_SYS(rt_sigsuspend),
    SCMP_SYS(sigaltstack),
    SCMP_SYS(tgkill),
    SCMP_SYS(getpid),
    SCMP_SYS(gettid),
    SCMP_SYS(getppid),
    SCMP_SYS(getuid),
    SCMP_SYS(geteuid),
    SCMP_SYS(getgid),
    SCMP_SYS(getegid),
    SCMP_SYS(sched_yield),
    SCMP_SYS(sched_getaffinity),
    SCMP_SYS(clock_gettime),
    SCMP_SYS(clock_nanosleep),
    SCMP_SYS(nanosleep),
    SCMP_SYS(gettimeofday),
    SCMP_SYS(getrandom),
    SCMP_SYS(getrusage),
    SCMP_SYS(sysinfo),
    SCMP_SYS(uname),
    SCMP_SYS(restart_syscall),
    SCMP_SYS(prctl),
    SCMP_SYS(prlimit64),
};

/* Nobody calls these by mistake. */
static const int deadly[] = {
    SCMP_SYS(execve),
    SCMP_SYS(execveat),
    SCMP_SYS(ptrace),
    SCMP_SYS(process_vm_readv),
    SCMP_SYS(process_vm_writev),
    SCMP_SYS(mount),
    SCMP_SYS(bpf),
    SCMP_SYS(init_module),
    SCMP_SYS(finit_module),
    SCMP_SYS(kexec_load),
    SCMP_SYS(setns),
    SCMP_SYS(unshare),
};

/* LeakSanitizer looks at its own process from another one. */
static const int sanitizers_need[] = {
    SCMP_SYS(clone),
    SCMP_SYS(ptrace),
    SCMP_SYS(wait4),
    SCMP_SYS(getdents),
};

int filter_kill_escapes(scmp_filter_ctx filter)
{
	int rc = 0;

	for (size_t i = 0; i < ARRAY_LEN(deadly) && rc == 0; i++)
		if (!UNDER_SANITIZER || deadly[i] != SCMP_SYS(ptrace))
			rc = seccomp_rule_add(filter, SCMP_ACT_KILL_PROCESS, deadly[i], 0);
	return rc;
}

/* How much there is to read, blocking or not, and whether it is a terminal: nothing that types. */
static int allow_ioctl(scmp_filter_ctx filter)
{
	static const scmp_datum_t requests[] = {FIONREAD, FIONBIO, TCGETS};
	int rc = 0;

	for (size_t i = 0; i < ARRAY_LEN(requests) && rc == 0; i++)
		rc = seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(ioctl), 1,
				      SCMP_A1(SCMP_CMP_EQ, requests[i], 0));
	return rc;
}

/* Threads, but no children. clone3 hides its flags in memory: the C library then takes clone. */
static int allow_threads(scmp_filter_ctx filter)
{
	int rc = seccomp_rule_add(filter, SCMP_ACT_ERRNO(ENOSYS), SCMP_SYS(clone3), 0);

	if (rc < 0)
		return rc;
	return seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(clone), 1,
				SCMP_A0(SCMP_CMP_MASKED_EQ, CLONE_THREAD, CLONE_THREAD));
}

int filter_allow_outgoing(scmp_filter_ctx filter)
{
	static const int families[] = {AF_UNIX, AF_INET, AF_INET6, AF_NETLINK};
	int rc = seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(connect), 0);

	/* AF_NETLINK, and binding to it: how the C library learns which addresses it has. */
	for (size_t i = 0; i < ARRAY_LEN(families) && rc == 0; i++)
		rc = seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(socket), 1,
				      SCMP_A0(SCMP_CMP_EQ, (scmp_datum_t)families[i], 0));
	if (rc == 0)
		rc = seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(bind), 0);
	return rc;
}

int filter_allow_serving(scmp_filter_ctx filter)
{
	int rc = filter_allow(filter, files, ARRAY_LEN(files));

	if (rc == 0)
		rc = filter_allow(filter, network, ARRAY_LEN(network));
	if (rc == 0)
		rc = filter_allow(filter, process, ARRAY_LEN(process));
	if (rc == 0)
		rc = filter_allow_mapping(filter);
	if (rc == 0)
		rc = allow_ioctl(filter);
	if (rc == 0)
		rc = allow_threads(filter);
	if (rc == 0)
		rc = filter_kill_escapes(filter);
	if (rc == 0) /* nameless, between processes of ours */
		rc = seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(socketpair), 1,
				      SCMP_A0(SCMP_CMP_EQ, AF_UNIX, 0));
	if (rc == 0 && UNDER_SANITIZER)
		rc = filter_allow(filter, sanitizers_need, ARRAY_LEN(sanitizers_need));
	return rc;
}

static bool enter_seccomp(const struct os_sandbox_server *o)
{
	scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ERRNO(EPERM));
	int rc = filter ? filter_allow_serving(filter) : -ENOMEM;

	if (rc == 0 && o->outgoing)
		rc = filter_allow_outgoing(filter);
	if (rc == 0)
		rc = seccomp_load(filter);
	if (filter)
		seccomp_release(filter);
	return rc == 0;
}

/* `held` becomes false where the kernel refused; failing is for a folder that cannot be opened. */
static tanu_status allow_folders(int ruleset, const char *const *folders, bool write, bool *held,
				 tanu_error *err)
{
	for (size_t i = 0; i < OS_SANDBOX_FOLDERS_MAX && folders[i]; i++) {
		int dir = open(folders[i], O_PATH | O_DIRECTORY | O_CLOEXEC);

		if (dir < 0)
			return os_fail(err, folders[i], "open the folder", errno);
		*held = *held && landlock_allow(ruleset, dir, write);
		close(dir);
	}
	return TANU_OK;
}

static tanu_status enter_landlock(const struct os_sandbox_server *o, bool *entered, tanu_error *err)
{
	/* LeakSanitizer reads /proc/PID/task at the end. */
	static const char *const sanitizers_read[OS_SANDBOX_FOLDERS_MAX] = {"/proc"};
	int ruleset = landlock_begin(o->outgoing);
	bool held = true;
	tanu_status st;

	*entered = false;
	if (ruleset < 0)
		return TANU_OK;
	st = allow_folders(ruleset, o->read_write, true, &held, err);
	if (st >= 0)
		st = allow_folders(ruleset, o->read_only, false, &held, err);
	if (st >= 0 && UNDER_SANITIZER)
		st = allow_folders(ruleset, sanitizers_read, false, &held, err);
	if (st < 0 || !held)
		close(ruleset);
	else
		*entered = landlock_enter(ruleset);
	return st;
}

static bool no_core_dumps(void)
{
	const struct rlimit none = {0};

	return setrlimit(RLIMIT_CORE, &none) == 0;
}

tanu_status os_sandbox_server(const struct os_sandbox_server *options,
			      struct os_sandbox_report *report, tanu_error *err)
{
	struct os_sandbox_report r = {.landlock_abi = landlock_abi(), .limits = no_core_dumps()};
	tanu_status st;

	r.no_new_privs = prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0;
	if (!r.no_new_privs)
		return tanu_fail(err, TANU_ERR_SANDBOX, "no_new_privs", "the kernel refused: %s",
				 strerror(errno));
	if ((st = enter_landlock(options, &r.landlock, err)) < 0)
		return st;
	r.seccomp = enter_seccomp(options);
	if (report)
		*report = r;
	return TANU_OK;
}
