# Installs the library, moves the installation, builds the examples against it by find_package and by pkg-config, and
# runs them.
cmake_minimum_required(VERSION 3.25)
file(REAL_PATH "$ENV{TMPDIR}" parent BASE_DIRECTORY "/tmp")
string(RANDOM LENGTH 12 name)
set(work "${parent}/taut-install-${name}")
set(prefix "${work}/moved")

function(run)
  execute_process(COMMAND ${ARGN} COMMAND_ECHO STDOUT RESULT_VARIABLE failed)
  if(failed)
    file(REMOVE_RECURSE "${work}")
    message(FATAL_ERROR "failed: ${ARGN}")
  endif()
endfunction()

run(${CMAKE_COMMAND} --install "${BUILD}" --prefix "${work}/installed" --component library)
file(RENAME "${work}/installed" "${prefix}")
foreach(file include/taut/topic.h include/taut/topic.hpp)
  if(NOT EXISTS "${prefix}/${file}")
    message(FATAL_ERROR "not installed: ${file}")
  endif()
endforeach()

file(COPY "${EXAMPLES}/CMakeLists.txt" "${EXAMPLES}/topic.cpp" "${EXAMPLES}/topic.c" DESTINATION "${work}/examples")
run(${CMAKE_COMMAND} -G "${GENERATOR}" -S "${work}/examples" -B "${work}/build" -DCMAKE_PREFIX_PATH=${prefix}
    -DCMAKE_C_COMPILER=${CC} -DCMAKE_CXX_COMPILER=${CXX})
run(${CMAKE_COMMAND} --build "${work}/build")
run("${work}/build/topic_cpp")
run("${work}/build/topic_c")

set(ENV{PKG_CONFIG_PATH} "${prefix}/${LIBDIR}/pkgconfig")
execute_process(COMMAND pkg-config --cflags --libs taut OUTPUT_VARIABLE flags OUTPUT_STRIP_TRAILING_WHITESPACE
                COMMAND_ERROR_IS_FATAL ANY)
separate_arguments(flags UNIX_COMMAND "${flags}")
run(${CC} -std=c11 -Wall -Wextra -Wpedantic -Werror "${work}/examples/topic.c" -o "${work}/topic_c" ${flags})
run("${work}/topic_c")
run(${CXX} -std=c++23 -Wall -Wextra -Wpedantic -Werror "${work}/examples/topic.cpp" -o "${work}/topic_cpp" ${flags})
run("${work}/topic_cpp")
file(REMOVE_RECURSE "${work}")
