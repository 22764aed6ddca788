# tanu_module(NAME DEPS folders... LIBS libraries...): src/NAME/**.c as one static library. Its tests
# (tests/NAME/test_*.c), fuzz targets and benchmarks find it by its folder. Where one of its libraries is
# missing (cross-compiled builds), src/NAME/absent.c stands in for all of it.

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
  set(missing)
  foreach(library ${M_LIBS})
    if(library MATCHES "^PkgConfig::" AND NOT TARGET ${library})
      list(APPEND missing ${library})
    endif()
  endforeach()
  if(missing)
    list(FILTER sources INCLUDE REGEX "/absent\\.c$")
    list(REMOVE_ITEM M_LIBS ${missing})
  else()
    list(FILTER sources EXCLUDE REGEX "/absent\\.c$")
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
  set_property(GLOBAL PROPERTY TANU_LIBS_${name} ${M_LIBS})
endfunction()

# tanu_library(NAMES...): these modules as libtanu, one self-contained shared library that exports what
# include/tanu/ declares (TANU_API) and nothing else, and the same as a static library whose inner
# names are made local.
function(tanu_library)
  set(objects)
  set(libraries)
  foreach(name ${ARGN})
    get_target_property(type tanu_${name} TYPE)
    if(type STREQUAL "STATIC_LIBRARY")
      list(APPEND objects $<TARGET_OBJECTS:tanu_${name}>)
    endif()
    get_property(libs GLOBAL PROPERTY TANU_LIBS_${name})
    list(APPEND libraries ${libs})
  endforeach()
  list(REMOVE_DUPLICATES libraries)

  add_library(tanu_shared SHARED ${objects})
  target_link_libraries(tanu_shared PRIVATE ${libraries})
  set_target_properties(tanu_shared PROPERTIES OUTPUT_NAME tanu LINKER_LANGUAGE C
    VERSION ${PROJECT_VERSION} SOVERSION ${PROJECT_VERSION_MAJOR})
  if(NOT TANU_SANITIZE) # clang's runtime is in the program only
    target_link_options(tanu_shared PRIVATE -Wl,-z,defs)
  endif()

  set(archive ${CMAKE_BINARY_DIR}/libtanu.a)
  set(whole ${CMAKE_BINARY_DIR}/libtanu.o)
  add_custom_command(OUTPUT ${archive} DEPENDS ${objects} COMMAND_EXPAND_LISTS VERBATIM
    COMMAND ${CMAKE_LINKER} -r -o ${whole} ${objects}
    COMMAND ${CMAKE_OBJCOPY} --localize-hidden ${whole}
    COMMAND ${CMAKE_COMMAND} -E rm -f ${archive}
    COMMAND ${CMAKE_AR} crs ${archive} ${whole}
    COMMENT "Linking libtanu.a")
  add_custom_target(tanu_static DEPENDS ${archive})
  add_dependencies(tanu_static tanu_shared)
endfunction()
