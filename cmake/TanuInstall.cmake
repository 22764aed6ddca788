# What `make install` places, and the target that builds just that. Links to the folders are those of
# GNUInstallDirs; files that others write (man pages, completion) are taken by pattern.

add_custom_target(product)
set(workers tanu-worker tanu-worker-qr tanu-worker-camera tanu-worker-face)
add_dependencies(product tanu tanud tanu-gate ${workers} tanu_shared tanu_static)

set(share ${CMAKE_INSTALL_DATADIR})
set(docs ${CMAKE_INSTALL_DOCDIR})

install(TARGETS tanu tanud tanu-gate RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
install(TARGETS ${workers} RUNTIME DESTINATION ${CMAKE_INSTALL_LIBEXECDIR}/tanu)
install(TARGETS tanu_shared LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR})
install(FILES ${CMAKE_BINARY_DIR}/libtanu.a DESTINATION ${CMAKE_INSTALL_LIBDIR})
install(DIRECTORY ${CMAKE_SOURCE_DIR}/include/tanu DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})

configure_file(${CMAKE_SOURCE_DIR}/packaging/tanu.pc.in ${CMAKE_BINARY_DIR}/tanu.pc @ONLY)
install(FILES ${CMAKE_BINARY_DIR}/tanu.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)

# The manifests, the weights that set-up keeps, and ONNX Runtime where the system has none.
install(DIRECTORY ${CMAKE_SOURCE_DIR}/models/ DESTINATION ${share}/tanu/models FILES_MATCHING PATTERN *.json)
install(DIRECTORY ${TANU_DEPS_DIR}/models/ DESTINATION ${share}/tanu/models FILES_MATCHING PATTERN *.onnx)
if(NOT ONNXRUNTIME_FOUND)
  install(FILES ${TANU_DEPS_DIR}/onnxruntime/lib/libonnxruntime.so.1
    DESTINATION ${CMAKE_INSTALL_LIBDIR}/tanu)
endif()
install(DIRECTORY ${CMAKE_SOURCE_DIR}/packaging/notices DESTINATION ${share}/tanu)
install(PROGRAMS ${CMAKE_SOURCE_DIR}/packaging/tanu-gate-speak
  DESTINATION ${CMAKE_INSTALL_LIBEXECDIR}/tanu)
install(DIRECTORY ${CMAKE_SOURCE_DIR}/packaging/systemd DESTINATION ${share}/tanu)
# Where tools/web has built it.
install(FILES ${CMAKE_SOURCE_DIR}/web/dist/verifier.html ${CMAKE_SOURCE_DIR}/web/dist/verifier.mjs
  DESTINATION ${share}/tanu OPTIONAL)

foreach(section 1 3 5 7 8)
  file(GLOB pages CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/docs/man/*.${section})
  install(FILES ${pages} DESTINATION ${CMAKE_INSTALL_MANDIR}/man${section})
endforeach()
file(GLOB completions CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/packaging/bash-completion/*)
install(FILES ${completions} DESTINATION ${share}/bash-completion/completions)

install(FILES ${CMAKE_SOURCE_DIR}/LICENSE ${CMAKE_SOURCE_DIR}/THIRD_PARTY.md DESTINATION ${docs})
install(DIRECTORY ${TANU_DEPS_DIR}/licences DESTINATION ${docs})
