# tanu_embed_texts(TARGET FOLDER): the files FOLDER/LANGUAGE.txt as one line of an X-macro each,
# TEXTS(language, "text"), in a generated file that the target includes as "TARGET/texts.inc".

function(tanu_embed_texts target folder)
  file(GLOB files CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/${folder}/*.txt)
  set(body "")
  foreach(file ${files})
    get_filename_component(language ${file} NAME_WE)
    set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${file})
    file(READ ${file} text)
    string(REPLACE "\\" "\\\\" text "${text}")
    string(REPLACE "\"" "\\\"" text "${text}")
    string(REPLACE "\n" "\\n\"\n\"" text "${text}")
    string(APPEND body "TEXTS(${language},\n\"${text}\")\n")
  endforeach()
  set(generated ${CMAKE_BINARY_DIR}/generated/${target})
  file(CONFIGURE OUTPUT ${generated}/${target}/texts.inc CONTENT "${body}" @ONLY)
  target_include_directories(tanu_${target} PRIVATE ${generated})
endfunction()
