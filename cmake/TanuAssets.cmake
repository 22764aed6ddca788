# tanu_embed_assets(TARGET FOLDER): the files of a folder that is built apart (web/dist), inside the
# program. Each build looks what is there and writes one line of an X-macro a file,
# ASSET(number, "/path", "type", "digest", immutable, "file"), into "TARGET/assets.inc"; without the
# folder there is none. tanu_embed_text(TARGET FILE NAME): one text as numbers, "TARGET/NAME.inc".

if(CMAKE_SCRIPT_MODE_FILE)
  set(types .html "text/html; charset=utf-8" .js "text/javascript; charset=utf-8"
    .css "text/css; charset=utf-8" .svg image/svg+xml .json application/json .png image/png
    .woff2 font/woff2 .webmanifest application/manifest+json .txt "text/plain; charset=utf-8"
    .wasm application/wasm .ico image/x-icon)
  file(GLOB_RECURSE files RELATIVE ${FOLDER} ${FOLDER}/*)
  list(SORT files)
  set(number 0)
  set(body "")
  foreach(file ${files})
    get_filename_component(ending ${file} LAST_EXT)
    list(FIND types "${ending}" at)
    if(at EQUAL -1)
      continue() # logs, source maps: not for visitors
    endif()
    math(EXPR at "${at} + 1")
    list(GET types ${at} type)
    file(SHA256 ${FOLDER}/${file} digest)
    string(SUBSTRING ${digest} 0 32 digest)
    if(file MATCHES "^assets/")
      set(immutable true)
    else()
      set(immutable false)
    endif()
    string(APPEND body
      "ASSET(${number}, \"/${file}\", \"${type}\", \"${digest}\", ${immutable}, \"${FOLDER}/${file}\")\n")
    math(EXPR number "${number} + 1")
  endforeach()
  set(old "")
  if(EXISTS ${OUT})
    file(READ ${OUT} old)
  endif()
  if(NOT body STREQUAL old OR NOT EXISTS ${OUT})
    file(WRITE ${OUT} "${body}")
  endif()
  return()
endif()

function(tanu_embed_assets target folder)
  set(generated ${CMAKE_BINARY_DIR}/generated/${target})
  set(out ${generated}/${target}/assets.inc)
  add_custom_target(tanu_${target}_assets BYPRODUCTS ${out} VERBATIM
    COMMAND ${CMAKE_COMMAND} -DFOLDER=${CMAKE_SOURCE_DIR}/${folder} -DOUT=${out}
      -P ${CMAKE_SOURCE_DIR}/cmake/TanuAssets.cmake
    COMMENT "Looking what ${folder} holds")
  add_dependencies(tanu_${target} tanu_${target}_assets)
  target_include_directories(tanu_${target} PRIVATE ${generated})
endfunction()

function(tanu_embed_text target file name)
  set(source ${CMAKE_SOURCE_DIR}/${file})
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${source})
  file(READ ${source} hex HEX)
  string(REGEX REPLACE "([0-9a-f][0-9a-f])" "0x\\1," body "${hex}")
  set(generated ${CMAKE_BINARY_DIR}/generated/${target})
  file(CONFIGURE OUTPUT ${generated}/${target}/${name}.inc CONTENT "${body}" @ONLY)
  target_include_directories(tanu_${target} PRIVATE ${generated})
endfunction()
