#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# bench/compare reads nested figures, puts the ratio beside them, marks what changed, and says when the
# machines differ.
set -eu
cd "$(dirname "$0")/../.."
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT

fail()
{
	echo "$1" >&2
	cat "$dir/out" >&2
	exit 1
}

has()
{
	grep -Eq "$1" "$dir/out" || fail "no line with: $1"
}

cat >"$dir/a.json" <<'JSON'
{"machine":{"processor":"a \"quick\" one, {4}","cores":2,"commit":"aaa"},
"search":{"kernel":"c","500":{"us":2.0,"ratio":0.5}, "list":[1, {"x":3}]},
"gone":{"ms":1},"none":{"ms":0}}
JSON
sed 's/"us":2.0/"us":1.50/; s/"gone"/"new"/; s/aaa/bbb/; s/"x":3/"x":3.2/' "$dir/a.json" >"$dir/b.json"

bench/compare "$dir/a.json" "$dir/b.json" >"$dir/out"
has '^A aaa'
has '^B bbb'
has '^search\.500\.us +2\.000 +1\.500 +0\.75 \*$'
has '^search\.500\.ratio +0\.500 +0\.500 +1\.00$'
has '^search\.list\.1\.x +3\.000 +3\.200 +1\.07$'
! grep -Eq 'gone|new|none|different' "$dir/out" || fail "a line too many"

sed 's/quick/slow/' "$dir/b.json" >"$dir/c.json"
bench/compare "$dir/a.json" "$dir/c.json" >"$dir/out"
has '^different processor: a .*quick.* one, \{4\} and a .*slow.* one, \{4\}; '

echo '{"cut":{"off":1' >"$dir/cut.json"
if awk -f bench/flatten.awk "$dir/cut.json" >"$dir/out"; then
	fail "a file that was cut off was taken"
fi
