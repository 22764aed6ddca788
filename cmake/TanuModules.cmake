# tanu_module(NAME DEPS folders... LIBS libraries...): src/NAME/**.c as one static library, together
# with its tests (tests/NAME/test_*.c), fuzz targets and benchmarks, which find it by its folder.

function(tanu_module name)
  cmake_parse_arguments(M "" "" "DEPS;LIBS" ${ARGN})
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/src/${name}/*.c)
  # Kernels for other processors than the target's stay out.
  if(NOT CMAKE_SYSTEM_PROCESSOR MATCHES "x86_64|AMD64")
    list(FILTER sources EXCLUDE REGEX "/x86/")
  endif()
  if(NOT CMAKE_SYSTEM_PROCESSOR MATCHES "aarch64|arm64")
    list(FILTER sources EXCLUDE REGEX "/arm/")
  endif()
  if(sources)
    add_library(tanu_${name} STATIC ${sources})
    set(scope PUBLIC)
  else()
    add_library(tanu_${name} INTERFACE)
    set(scope INTERFACE)
  endif()
  target_include_directories(tanu_${name} ${scope} ${CMAKE_SOURCE_DIR}/include ${CMAKE_SOURCE_DIR}/src)
  list(TRANSFORM M_DEPS PREPEND tanu_)
  target_link_libraries(tanu_${name} ${scope} ${M_DEPS} ${M_LIBS})
endfunction()
