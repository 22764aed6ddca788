#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# packaging/tanu-gate-speak with the real espeak-ng, which writes to files here instead of a loudspeaker:
# each sentence in the voice asked for, what is newer cuts off what is older, codes are not read out.
set -eu
cd "$(dirname "$0")/../.."
espeak=$(command -v espeak-ng) || {
	echo "skipped: no espeak-ng here"
	exit 77
}
dir=$(mktemp -d)
trap 'kill $pid 2>/dev/null || true; rm -rf "$dir"' EXIT
pid=
mkdir "$dir/bin" "$dir/said"

fail()
{
	echo "$1" >&2
	ls -l "$dir/said" >&2
	cat "$dir/asked" >&2 || true
	exit 1
}

# Waits for what must come within seconds.
at()
{
	i=0
	while ! eval "$1"; do
		i=$((i + 1))
		[ $i -lt 100 ] || fail "it did not come to that: $1"
		sleep 0.1
	done
}

cat >"$dir/bin/espeak-ng" <<SH
#!/bin/sh
echo "\$*" >>"$dir/asked"
n=\$(wc -l <"$dir/asked")
cat >"$dir/said/\$n.txt"
"$espeak" "\$@" -w "$dir/said/\$n.wav" <"$dir/said/\$n.txt" || exit 1
touch "$dir/said/\$n.done"
exec sleep 60
SH
chmod +x "$dir/bin/espeak-ng"

start()
{
	PATH="$dir/bin:$PATH" packaging/tanu-gate-speak "$dir/pipe" "$1" 2>"$dir/log" &
	pid=$!
	at "[ -p '$dir/pipe' ]"
}

spoken() # NUMBER TEXT: it was said, and takes a second or so of sound
{
	at "[ -e '$dir/said/$1.done' ]"
	[ "$(cat "$dir/said/$1.txt")" = "$2" ] || fail "another sentence than: $2"
	[ "$(wc -c <"$dir/said/$1.wav")" -gt 20000 ] || fail "no sound of: $2"
}

start kk
printf 'look-here\tКамераға қараңыз\n' >"$dir/pipe"
spoken 1 'Камераға қараңыз'
grep -qx -e '-v kk --stdin' "$dir/asked" || fail "not in Kazakh"
printf 'ticket-code\tAAAA\nready\tКартаңызды көрсетіңіз\n\n\ngo\t-w /etc/tanu\n' >"$dir/pipe"
spoken 2 '-w /etc/tanu' # words, whatever they look like
[ ! -e "$dir/said/3.txt" ] || fail "a code, or the text of an empty place, was read out"
at "[ \$(ps -o stat= --ppid $pid | grep -vc Z) -eq 1 ]" # the older one has been cut off
kill "$pid"
wait "$pid" || fail "it does not end well"

start ru
printf 'coming\tК вам идут\n' >"$dir/pipe"
spoken 3 'К вам идут'
grep -qx -e '-v ru --stdin' "$dir/asked" || fail "not in Russian"
kill "$pid"
wait "$pid" || fail "it does not end well"
