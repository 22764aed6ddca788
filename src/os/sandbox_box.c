/* SPDX-License-Identifier: Apache-2.0 */
/* What a box at a door keeps: its files, devices and sockets, and nothing else. docs/gate.md. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include "os/landlock.h"
#include "os/sandbox.h"

/* Its own socket for those who look at it; a mathematics that wants to know where it runs. */
static const int besides[] = {
    SCMP_SYS(listen), SCMP_SYS(umask), SCMP_SYS(chmod), SCMP_SYS(getcpu), SCMP_SYS(statfs),
};

/* Settings of a serial line, and none that types into a terminal. */
static const scmp_datum_t serial[] = {
    TCSETS,   TCSETSW,	  TCSETSF,    TCFLSH,	TIOCEXCL,
    TIOCNXCL, TIOCGRS485, TIOCSRS485, TIOCMGET, TIOCMSET,
};

#define GPIO_CALLS 0xB400u /* of the kernel's <linux/gpio.h>, whatever their number and size */
#define CALLS_OF   0xFF00u

static int allow_devices(scmp_filter_ctx filter)
{
	int rc = seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(ioctl), 1,
				  SCMP_A1(SCMP_CMP_MASKED_EQ, CALLS_OF, GPIO_CALLS));

	for (size_t i = 0; i < ARRAY_LEN(serial) && rc == 0; i++)
		rc = seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(ioctl), 1,
				      SCMP_A1(SCMP_CMP_EQ, serial[i], 0));
	return rc;
}

static bool enter_seccomp(void)
{
	scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ERRNO(EPERM));
	int rc = filter ? filter_allow_serving(filter) : -ENOMEM;

	if (rc == 0)
		rc = filter_allow_outgoing(filter);
	if (rc == 0)
		rc = filter_allow(filter, besides, ARRAY_LEN(besides));
	if (rc == 0)
		rc = allow_devices(filter);
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
