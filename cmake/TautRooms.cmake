# A room is one folder under src/ and one library target (docs/architecture.md).
#
#   taut_room(link DEPENDS noise identity [USES OpenSSL::Crypto])
#
# DEPENDS names the rooms below; USES names outside libraries, which stay private, so that
# neither their headers nor their symbols are visible to the rooms above.
# Reading the standard library is most of a compiler's work here. ./dev compiles several files of a target as
# one, which takes a third of the time; presets alone compile each file by itself, so that each still includes
# what it needs. Names in anonymous namespaces are therefore unique within a room.
option(TAUT_TOGETHER "Compile several files of a target as one" OFF)
if(TAUT_TOGETHER AND CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  add_compile_options(-Wno-subobject-linkage)  # g++ takes an included .cpp for a header
endif()

# taut_together(target 16): 16 files at most are compiled as one.
function(taut_together target count_max)
  if(TAUT_TOGETHER)
    set_target_properties(${target} PROPERTIES UNITY_BUILD ON UNITY_BUILD_BATCH_SIZE ${count_max})
  endif()
endfunction()

function(taut_room name)
  cmake_parse_arguments(ROOM "" "" "DEPENDS;USES" ${ARGN})
  file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/*.cpp)
  set(target taut_${name})
  list(TRANSFORM ROOM_DEPENDS PREPEND taut_)
  if(sources)
    add_library(${target} STATIC ${sources})
    target_include_directories(${target} PUBLIC ${CMAKE_SOURCE_DIR}/src)
    target_link_libraries(${target} PUBLIC ${ROOM_DEPENDS} PRIVATE taut_flags ${ROOM_USES})
    taut_together(${target} 16)
  else()
    add_library(${target} INTERFACE)
    target_include_directories(${target} INTERFACE ${CMAKE_SOURCE_DIR}/src)
    target_link_libraries(${target} INTERFACE ${ROOM_DEPENDS})
  endif()
  add_library(taut::${name} ALIAS ${target})
endfunction()
