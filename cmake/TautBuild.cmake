# Compiler, warnings and hardening, the same for every target of the project.
set(CMAKE_CXX_STANDARD 23)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
# Assertions stay on in what is shipped (NDEBUG is not set); line tables are enough to read a trace.
set(CMAKE_CXX_FLAGS_RELWITHDEBINFO "-O2 -g1")
set(CMAKE_RUNTIME_OUTPUT_DIRECTORY "${CMAKE_BINARY_DIR}/bin")
set(CMAKE_ARCHIVE_OUTPUT_DIRECTORY "${CMAKE_BINARY_DIR}/lib")

find_program(TAUT_CCACHE ccache)
if(TAUT_CCACHE)
  # base_dir and hash_dir: two checkouts side by side share what they compile.
  set(CMAKE_CXX_COMPILER_LAUNCHER
      ${CMAKE_COMMAND} -E env CCACHE_BASEDIR=${CMAKE_SOURCE_DIR} CCACHE_NOHASHDIR=1 ${TAUT_CCACHE})
endif()

add_library(taut_flags INTERFACE)
target_compile_options(taut_flags INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Werror
  -fstack-protector-strong -fcf-protection -fno-strict-overflow)
target_compile_definitions(taut_flags INTERFACE _GLIBCXX_ASSERTIONS)

if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  # g++ 12 takes the inactive alternatives of a std::variant for values that might be read.
  target_compile_options(taut_flags INTERFACE -Wno-maybe-uninitialized)
endif()

if(NOT TAUT_SANITIZE AND NOT CMAKE_BUILD_TYPE STREQUAL "Debug")
  target_compile_options(taut_flags INTERFACE -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=3)
endif()

include(CheckPIESupported)
check_pie_supported(LANGUAGES CXX)

find_program(TAUT_MOLD mold)
if(TAUT_MOLD AND CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
  add_link_options(-fuse-ld=mold)
endif()
add_link_options(-Wl,-z,relro,-z,now -Wl,-z,noexecstack)

if(TAUT_SANITIZE)
  add_compile_options(-O1 -fsanitize=${TAUT_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer)
  add_link_options(-fsanitize=${TAUT_SANITIZE})
endif()
if(TAUT_FUZZ)
  add_compile_options(-fsanitize=fuzzer-no-link)
endif()
