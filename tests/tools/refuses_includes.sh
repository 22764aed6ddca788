#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# tools/check-includes passes a tree that keeps to docs/layout.md and names each way of leaving it.
set -eu
cd "$(dirname "$0")/../.."
here=$PWD
tree=$(mktemp -d)
trap 'rm -rf "$tree"' EXIT
failed=0

fresh_tree()
{
	rm -rf "$tree"
	mkdir -p "$tree/docs" "$tree/include/tanu" "$tree/prog"
	cp docs/layout.md "$tree/docs/"
	cp CMakeLists.txt "$tree/"
	for folder in src/*/; do
		mkdir -p "$tree/$folder"
	done
}

check()
{
	"$here/tools/check-includes" "$tree" 2>&1
}

# refuses FILE LINE WORDS: with LINE in FILE the tool fails and says WORDS.
refuses()
{
	fresh_tree
	mkdir -p "$(dirname "$tree/$1")"
	echo "$2" >>"$tree/$1"
	if said=$(check); then
		echo "passed: $2 in $1"
		failed=1
	elif ! echo "$said" | grep -qF "$3"; then
		echo "for $2 in $1 it said: $said"
		failed=1
	fi
}

fresh_tree
echo '#include "base/base.h"' >"$tree/src/os/file.c"
echo '#include "consent/permit.h"' >"$tree/src/vault/open.c"
check || failed=1

refuses src/match/scan.c '#include "image/image.h"' 'match/ may not include image/image.h'
refuses src/cli/verb.c '#include "vault/vault.h"' 'cli/ may not include vault/vault.h'
refuses src/face/find.c '#include "tensor/ort.h"' 'face/ may not include tensor/ort.h'
refuses src/os/file.c '#include "../base/base.h"' 'headers are included as'
refuses src/vault/open.c '#include <sodium.h>' 'belongs to src/crypto/ alone'
refuses src/base/text.c '#	include	"os/os.h"' 'base/ may not include os/os.h'
refuses include/tanu/match.h '#include <jansson.h>' 'a public header may include libc'
refuses prog/tanu.c '#include "store/store.h"' 'prog/ may not include store/store.h'
refuses src/identity/chip.c '#include "os/os.h"' 'src/identity/ is there but its line says later'
refuses src/spare/spare.c '#include "os/os.h"' 'no line for src/spare/'
refuses CMakeLists.txt 'tanu_module(codec DEPS base vault)' 'codec links vault'
refuses CMakeLists.txt 'tanu_module(vault DEPS base crypto codec os)' 'vault does not link consent'
exit $failed
