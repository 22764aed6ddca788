#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# tools/check-forbidden sees a model that must not be there, and set-up never names one.
set -eu
cd "$(dirname "$0")/../.."
tree=$(mktemp -d)
trap 'rm -rf "$tree"' EXIT

tools/check-forbidden "$tree"
mkdir -p "$tree/models"
: >"$tree/models/fr_gender.onnx"
if tools/check-forbidden "$tree" >"$tree/said"; then
	echo "a gender model was passed over"
	exit 1
fi
grep -q fr_gender "$tree/said"
! grep -E 'fr_(age|gender|expression)' tools/deps.list models/*.json
