# A room is one folder under src/ and one library target (docs/architecture.md).
#
#   taut_room(link DEPENDS noise identity [USES OpenSSL::Crypto])
#
# DEPENDS names the rooms below; USES names outside libraries, which stay private, so that
# neither their headers nor their symbols are visible to the rooms above.
if(TAUT_PCH)
  add_library(taut_pch OBJECT ${CMAKE_SOURCE_DIR}/cmake/precompiled.cpp)
  target_link_libraries(taut_pch PRIVATE taut_flags)
  target_precompile_headers(taut_pch PRIVATE
    <algorithm> <array> <chrono> <cstdint> <deque> <expected> <functional> <map> <memory> <optional> <set>
    <span> <string> <string_view> <unordered_map> <utility> <variant> <vector>)
endif()

function(taut_room name)
  cmake_parse_arguments(ROOM "" "" "DEPENDS;USES" ${ARGN})
  file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/*.cpp)
  set(target taut_${name})
  list(TRANSFORM ROOM_DEPENDS PREPEND taut_)
  if(sources)
    add_library(${target} STATIC ${sources})
    target_include_directories(${target} PUBLIC ${CMAKE_SOURCE_DIR}/src)
    target_link_libraries(${target} PUBLIC ${ROOM_DEPENDS} PRIVATE taut_flags ${ROOM_USES})
    if(TAUT_PCH)
      target_precompile_headers(${target} REUSE_FROM taut_pch)
    endif()
  else()
    add_library(${target} INTERFACE)
    target_include_directories(${target} INTERFACE ${CMAKE_SOURCE_DIR}/src)
    target_link_libraries(${target} INTERFACE ${ROOM_DEPENDS})
  endif()
  add_library(taut::${name} ALIAS ${target})
endfunction()
