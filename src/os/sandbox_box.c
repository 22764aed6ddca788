/* SPDX-License-Identifier: Apache-2.0 */
/* What a box at a door gives up, though it still starts programs: docs/gate.md. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include "os/landlock.h"
#include "os/sandbox.h"

/* Not one of them is called by anything that a gate or its camera's process does. */
static const int refused[] = {
    SCMP_SYS(ptrace),
    SCMP_SYS(process_vm_readv),
    SCMP_SYS(process_vm_writev),
    SCMP_SYS(mount),
    SCMP_SYS(umount2),
    SCMP_SYS(pivot_root),
    SCMP_SYS(chroot),
    SCMP_SYS(bpf),
    SCMP_SYS(perf_event_open),
    SCMP_SYS(init_module),
    SCMP_SYS(finit_module),
    SCMP_SYS(delete_module),
    SCMP_SYS(kexec_load),
    SCMP_SYS(kexec_file_load),
    SCMP_SYS(reboot),
    SCMP_SYS(setns),
    SCMP_SYS(unshare),
    SCMP_SYS(swapon),
    SCMP_SYS(swapoff),
    SCMP_SYS(settimeofday),
    SCMP_SYS(clock_settime),
    SCMP_SYS(clock_adjtime),
    SCMP_SYS(adjtimex),
    SCMP_SYS(add_key),
    SCMP_SYS(request_key),
    SCMP_SYS(keyctl),
    SCMP_SYS(userfaultfd),
    SCMP_SYS(open_by_handle_at),
    SCMP_SYS(acct),
    SCMP_SYS(quotactl),
    SCMP_SYS(mknod),
    SCMP_SYS(mknodat),
    SCMP_SYS(iopl),
    SCMP_SYS(ioperm),
    SCMP_SYS(personality),
    SCMP_SYS(syslog),
};

static bool enter_seccomp(void)
{
	scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ALLOW);
	int rc = filter ? 0 : -ENOMEM;

	for (size_t i = 0; i < ARRAY_LEN(refused) && rc == 0; i++) {
		/* LeakSanitizer looks at its own process from another one */
		if (UNDER_SANITIZER && refused[i] == SCMP_SYS(ptrace))
			continue;
		rc = seccomp_rule_add(filter, SCMP_ACT_ERRNO(EPERM), refused[i], 0);
	}
	if (rc == 0)
		rc = seccomp_load(filter);
	if (filter)
		seccomp_release(filter);
	return rc == 0;
}

static bool allow_read(int ruleset, int dir)
{
	return landlock_allow(ruleset, dir, false);
}

/* A folder that is not there needs no leave. */
static bool allow_all(int ruleset, const char *const *folders, bool (*allow)(int ruleset, int dir))
{
	bool held = true;

	for (size_t i = 0; i < OS_SANDBOX_FOLDERS_MAX && folders[i]; i++) {
		int dir = open(folders[i], O_PATH | O_CLOEXEC);

		if (dir < 0)
			continue;
		held = allow(ruleset, dir) && held;
		close(dir);
	}
	return held;
}

static bool enter_landlock(const struct os_sandbox_box *o)
{
	const char *const devices[OS_SANDBOX_FOLDERS_MAX] = {o->devices};
	int ruleset = landlock_begin(true);
	bool held;

	if (ruleset < 0)
		return false;
	held = allow_all(ruleset, o->read_write, landlock_allow_sockets) &&
	       allow_all(ruleset, o->read_only, allow_read) &&
	       allow_all(ruleset, o->programs, landlock_allow_programs) &&
	       allow_all(ruleset, devices, landlock_allow_devices);
	if (!held) {
		close(ruleset);
		return false;
	}
	return landlock_enter(ruleset);
}

tanu_status os_sandbox_box(const struct os_sandbox_box *options, struct os_sandbox_report *report,
			   tanu_error *err)
{
	const struct rlimit none = {0};
	struct os_sandbox_report r = {.landlock_abi = landlock_abi(),
				      .limits = setrlimit(RLIMIT_CORE, &none) == 0};

	r.no_new_privs = prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0;
	if (!r.no_new_privs)
		return tanu_fail(err, TANU_ERR_SANDBOX, "no_new_privs", "the kernel refused: %s",
				 strerror(errno));
	r.landlock = enter_landlock(options);
	r.seccomp = enter_seccomp();
	if (report)
		*report = r;
	return TANU_OK;
}
