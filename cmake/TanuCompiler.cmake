# Warnings, sanitizers and hardening, one place for all targets.

option(TANU_WERROR "Treat warnings as errors" ON)
set(TANU_SANITIZE "" CACHE STRING "Sanitizers, comma separated: address,undefined or thread")
option(TANU_FUZZ "Build the fuzz targets with libFuzzer (clang)" OFF)
option(TANU_HARDEN "Harden the release build" ON)

add_compile_options(-Wall -Wextra -Wconversion -Wshadow -Wstrict-prototypes)
if(TANU_WERROR)
  add_compile_options(-Werror)
endif()
add_compile_definitions(_GNU_SOURCE)
add_compile_options(-fno-math-errno)
add_compile_options(-ffile-prefix-map=${CMAKE_SOURCE_DIR}/=) # the same bytes wherever it is built

if(TANU_SANITIZE)
  add_compile_options(-fsanitize=${TANU_SANITIZE} -fno-omit-frame-pointer -g1)
  add_link_options(-fsanitize=${TANU_SANITIZE})
  add_compile_definitions(TANU_SANITIZED) # for the few places where the runtime gets in the way
  if(TANU_SANITIZE MATCHES "undefined")
    add_compile_options(-fno-sanitize-recover=undefined)
  endif()
endif()
# tanu_leak_rules(): the programs of this folder know which leaks are not ours (leaks.c).
function(tanu_leak_rules)
  if(TANU_SANITIZE)
    get_property(targets DIRECTORY PROPERTY BUILDSYSTEM_TARGETS)
    foreach(target ${targets})
      get_target_property(type ${target} TYPE)
      if(type STREQUAL "EXECUTABLE")
        target_sources(${target} PRIVATE ${CMAKE_SOURCE_DIR}/cmake/leaks.c)
      endif()
    endforeach()
  endif()
endfunction()

if(TANU_FUZZ)
  add_compile_options(-fsanitize=fuzzer-no-link)
endif()

# The tests link some 250 programs; mold takes a tenth of the time. What is released keeps the usual linker.
option(TANU_QUICK_LINK "Link with mold where it is installed" OFF)
if(TANU_QUICK_LINK)
  find_program(TANU_MOLD mold)
  if(TANU_MOLD)
    add_link_options(-fuse-ld=mold)
  endif()
endif()

# Programs are position independent in every build; libraries by CMAKE_POSITION_INDEPENDENT_CODE.
include(CheckPIESupported)
check_pie_supported()

if(TANU_HARDEN AND CMAKE_BUILD_TYPE STREQUAL "Release")
  add_compile_options(-fstack-protector-strong -fstack-clash-protection)
  add_compile_options(-U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=3)
  if(CMAKE_SYSTEM_PROCESSOR STREQUAL "x86_64")
    add_compile_options(-fcf-protection=full)
  elseif(CMAKE_SYSTEM_PROCESSOR STREQUAL "aarch64")
    add_compile_options(-mbranch-protection=standard)
  endif()
  add_link_options(-Wl,-z,relro -Wl,-z,now -Wl,-z,noexecstack -Wl,--as-needed)
endif()
