# Libraries of the distribution through pkg-config; ONNX Runtime from the system where it has one,
# else from the folder that tools/setup fills.

find_package(PkgConfig REQUIRED)
set(THREADS_PREFER_PTHREAD_FLAG ON)
find_package(Threads REQUIRED)
pkg_check_modules(SECCOMP REQUIRED IMPORTED_TARGET libseccomp)
pkg_check_modules(SODIUM REQUIRED IMPORTED_TARGET libsodium)
pkg_check_modules(JANSSON REQUIRED IMPORTED_TARGET jansson)
pkg_check_modules(INIH REQUIRED IMPORTED_TARGET inih)
pkg_check_modules(JPEG REQUIRED IMPORTED_TARGET libjpeg)
pkg_check_modules(SPNG REQUIRED IMPORTED_TARGET spng)
pkg_check_modules(SQLITE REQUIRED IMPORTED_TARGET sqlite3)
pkg_check_modules(CMOCKA IMPORTED_TARGET cmocka)
pkg_check_modules(ONNXRUNTIME IMPORTED_TARGET libonnxruntime)

set(TANU_DEPS_DIR ${CMAKE_SOURCE_DIR}/.deps CACHE PATH "What tools/setup has fetched")
add_library(tanu_onnxruntime_header INTERFACE)
add_library(tanu::onnxruntime_header ALIAS tanu_onnxruntime_header)
if(ONNXRUNTIME_FOUND)
  target_include_directories(tanu_onnxruntime_header SYSTEM INTERFACE ${ONNXRUNTIME_INCLUDE_DIRS})
else()
  target_include_directories(tanu_onnxruntime_header SYSTEM INTERFACE ${TANU_DEPS_DIR}/onnxruntime/include)
endif()
