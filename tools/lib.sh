# SPDX-License-Identifier: Apache-2.0
# What the tools share: saying what is done, and running long commands with their output in a file.
# The tool sets $tool (its name) before it reads this file.

say()
{
	echo "$tool: $*"
}

fail()
{
	echo "$tool: $*" >&2
	exit 1
}

# logged LOG WHAT COMMAND...: says WHAT, runs the command with its output in LOG, and shows every
# ten seconds that it still runs. Returns the command's status.
logged()
{
	log=$1
	what=$2
	shift 2
	say "$what"
	"$@" >"$log" 2>&1 </dev/null &
	job=$!
	trap 'kill "$job" 2>/dev/null; exit 130' INT TERM
	waited=0
	while kill -0 "$job" 2>/dev/null; do
		sleep 0.2
		waited=$((waited + 1))
		if [ $((waited % 50)) -eq 0 ]; then
			say "  $((waited / 5)) s: $(last_line "$log")"
		fi
	done
	trap - INT TERM
	wait "$job"
}

last_line()
{
	tail -n 1 "$1" | tr -d '\r' | cut -c 1-90
}

# packages_of GROUP: names of that group in tools/debian-packages.
packages_of()
{
	awk -v group="$1" '!/^#/ && $2 == group { print $1 }' tools/debian-packages
}
