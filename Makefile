# SPDX-License-Identifier: GPL-2.0
#
#	make			build kmod/lisp.ko, ctrld/lispd, tools/lispctl
#	make install		daemon and command (DESTDIR=, PREFIX=)
#	make modules_install	the module
#	make check		all tests; T=NAME for one
#	make check-kernels	the tests on 6.1, 6.12 and a debugging kernel;
#				K=6.12 for one, T=NAME
#	make demo		three sites over an IPv4 core, in a VM
#	make demo-shell		the same, ending at a prompt inside
#	make bench		figures, from a VM
#	make check-style	checkpatch, sparse, warnings, shellcheck;
#				LEGS=module for one
#	make clean
#
# KDIR= names the kernel build tree to build the module for. Missing Debian
# packages are installed on the way; DEPS=no leaves that out.

KDIR	?= $(shell tools/kdir.sh)
PREFIX	?= /usr/local
export PREFIX

all: modules ctrld tools

# What a target needs is installed before anything of it is built.
ifneq ($(DEPS),no)
deps-%:
	@KDIR='$(value KDIR_GIVEN)' tools/deps.sh $*
else
deps-%: ;
endif
ifneq ($(filter command% environment%,$(origin KDIR)),)
KDIR_GIVEN := $(KDIR)
endif

modules: deps-build
	@[ -n "$(KDIR)" ] || { echo "no kernel headers found; say KDIR="; exit 1; }
	$(MAKE) -C $(KDIR) M=$(CURDIR) modules

ctrld: deps-build
	$(MAKE) -C ctrld

tools: deps-build
	$(MAKE) -C tools

modules_install: modules
	$(MAKE) -C $(KDIR) M=$(CURDIR) INSTALL_MOD_PATH=$(DESTDIR) modules_install
	[ -n "$(DESTDIR)" ] || depmod -a "$$(modinfo -F vermagic kmod/lisp.ko | cut -d' ' -f1)"

install: ctrld tools
	$(MAKE) -C ctrld install
	$(MAKE) -C tools install

check: deps-check
	@+selftests/check.sh $(T)

check-kernels: deps-check-kernels
	@+selftests/check-kernels.sh $(if $(QUICK),-q) $(K) $(if $(T),-- $(T))

demo: deps-demo
	+$(MAKE) --no-print-directory DEPS=no all
	selftests/vm/run.sh -p -o build/demo demo/run.sh

demo-shell: deps-demo-shell
	+$(MAKE) --no-print-directory DEPS=no all
	selftests/vm/run.sh -i -o build/demo demo/run.sh -k

bench: deps-bench
	+$(MAKE) --no-print-directory DEPS=no all
	selftests/bench/run.sh

check-style: deps-check-style
	@+tools/check-style.sh $(LEGS)

clean:
	[ -z "$(KDIR)" ] || $(MAKE) -C $(KDIR) M=$(CURDIR) clean
	$(MAKE) -C ctrld clean
	$(MAKE) -C tools clean
	for dir in . unit sim fuzz; do \
		$(MAKE) -C selftests/$$dir clean || exit; \
	done
	rm -rf build

.PHONY: all modules modules_install install ctrld tools check check-kernels \
	demo demo-shell bench check-style clean
