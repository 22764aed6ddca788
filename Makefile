# SPDX-License-Identifier: Apache-2.0
# The commands people type. Each sets up and builds what it needs, and looks first, so that the second
# time is quick. CMake does the work (CMakePresets.json); the longer scripts are in tools/.

PREFIX ?= /usr/local
DESTDIR ?=
CAMERA ?=
TAMPER ?=

.DEFAULT_GOAL := help
.PHONY: help setup pages build demo check bench fuzz clean install

help:
	@echo 'make demo     play the main job on real photographs, theft and forgery included;'
	@echo '              CAMERA=/dev/video0: with your face; TAMPER=1: with your own forgery'
	@echo 'make check    all tests: two compilers, sanitizers, arm64, static analysis, fuzzing (20 min)'
	@echo 'make build    compile tanu into build/release/prog'
	@echo 'make setup    install what building needs: Debian packages, models, ONNX Runtime'
	@echo 'make install  install below PREFIX ($(PREFIX)), staged below DESTDIR if set'
	@echo 'make bench    measure: one table, and build/bench.json (2 min on an idle machine)'
	@echo 'make fuzz     fuzz every decoder of outside bytes; SECONDS=600 for each'
	@echo 'make clean    remove what was built (.deps/ stays)'

setup:
	@tools/setup build

# tanud embeds the pages that are there when it is built; without them it says so.
pages: setup
	@tools/web offer

build: pages
	@tools/build release product

demo: build
	@mkdir -p demo
	@build/release/prog/tanu demo --sheet .deps/demo/screenshot-facematch.jpg \
		--report demo/report.html $(if $(CAMERA),--camera $(CAMERA)) $(if $(TAMPER),--tamper)

check:
	@tools/setup check
	@tools/check

bench: setup
	@tools/build release benches
	@bench/run build/release

fuzz:
	@tools/setup check
	@tools/build asan fuzzers
	@tools/fuzz $(or $(SECONDS),600)

install: pages
	@tools/build install product -DCMAKE_INSTALL_PREFIX=$(PREFIX)
	@DESTDIR=$(DESTDIR) cmake --install build/install

clean:
	rm -rf build demo web/dist
