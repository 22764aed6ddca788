# 64-bit Arm, cross-compiled with Debian's compiler against the libraries that tools/setup has unpacked
# into .deps/arm64. Tests run under qemu.

set(CMAKE_SYSTEM_NAME Linux)
set(CMAKE_SYSTEM_PROCESSOR aarch64)
set(CMAKE_C_COMPILER aarch64-linux-gnu-gcc)
set(CMAKE_LIBRARY_ARCHITECTURE aarch64-linux-gnu)

set(root ${CMAKE_CURRENT_LIST_DIR}/../.deps/arm64)
set(libraries ${root}/usr/lib/aarch64-linux-gnu)
set(ENV{PKG_CONFIG_LIBDIR} ${libraries}/pkgconfig:${root}/usr/share/pkgconfig)
set(ENV{PKG_CONFIG_SYSROOT_DIR} ${root})
set(CMAKE_FIND_ROOT_PATH ${root} /usr/aarch64-linux-gnu)
set(CMAKE_FIND_ROOT_PATH_MODE_PROGRAM NEVER)
set(CMAKE_FIND_ROOT_PATH_MODE_LIBRARY ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_INCLUDE ONLY)

# Debian's pkg-config leaves out what it takes for default folders, hence by hand.
set(CMAKE_C_FLAGS_INIT "-isystem ${root}/usr/include -isystem ${root}/usr/include/aarch64-linux-gnu")
# What our libraries stand on in turn (dozens of packages behind libcurl and GnuTLS) is not unpacked:
# programs are linked without it, and what runs under qemu does not need it.
set(search "-L${libraries} -Wl,-rpath-link,${libraries}:${root}/lib/aarch64-linux-gnu")
string(APPEND search " -Wl,--allow-shlib-undefined")
set(CMAKE_EXE_LINKER_FLAGS_INIT ${search})
set(CMAKE_SHARED_LINKER_FLAGS_INIT ${search})

set(CMAKE_CROSSCOMPILING_EMULATOR qemu-aarch64-static -L /usr/aarch64-linux-gnu
  -E LD_LIBRARY_PATH=${libraries}:${root}/lib/aarch64-linux-gnu)
