# Where Tanu looks for its own files when neither an environment variable nor the program's folder
# says otherwise: the source and build trees while developing; only the installed places in a build
# made for installing, so that an installed program never trusts a folder of whoever built it.

option(TANU_INSTALLED "Look in the installed places only (make install)" OFF)

if(TANU_INSTALLED)
  set(TANU_MODELS_DIR ${CMAKE_INSTALL_FULL_DATADIR}/tanu/models)
  set(TANU_WEIGHTS_DIR ${CMAKE_INSTALL_FULL_DATADIR}/tanu/models)
  set(TANU_NOTICES_DIR ${CMAKE_INSTALL_FULL_DATADIR}/tanu/notices)
  set(TANU_VERIFIER_PAGE ${CMAKE_INSTALL_FULL_DATADIR}/tanu/verifier.html)
  set(TANU_VERIFIER_HEADLESS ${CMAKE_INSTALL_FULL_DATADIR}/tanu/verifier.mjs)
  set(TANU_DEMO_DIR ${CMAKE_INSTALL_FULL_DATADIR}/tanu/demo)
  set(TANU_RUNTIME_DIR ${CMAKE_INSTALL_FULL_LIBDIR}/tanu)
  set(TANU_WORKER_DIR ${CMAKE_INSTALL_FULL_LIBEXECDIR}/tanu)
else()
  set(TANU_MODELS_DIR ${CMAKE_SOURCE_DIR}/models)
  set(TANU_WEIGHTS_DIR ${TANU_DEPS_DIR}/models)
  set(TANU_NOTICES_DIR ${CMAKE_SOURCE_DIR}/packaging/notices)
  set(TANU_VERIFIER_PAGE ${CMAKE_SOURCE_DIR}/web/dist/verifier.html)
  set(TANU_VERIFIER_HEADLESS ${CMAKE_SOURCE_DIR}/web/dist/verifier.mjs)
  set(TANU_DEMO_DIR ${TANU_DEPS_DIR}/demo)
  set(TANU_RUNTIME_DIR ${TANU_DEPS_DIR}/onnxruntime/lib)
  set(TANU_WORKER_DIR ${CMAKE_BINARY_DIR}/prog)
endif()

# tanu_places(NAME MACROS...): lets src/NAME see these places as string literals.
function(tanu_places name)
  get_target_property(type tanu_${name} TYPE)
  if(type STREQUAL "STATIC_LIBRARY")
    foreach(place ${ARGN})
      target_compile_definitions(tanu_${name} PRIVATE ${place}="${${place}}")
    endforeach()
  endif()
endfunction()
