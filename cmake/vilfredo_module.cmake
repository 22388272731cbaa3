# Everything that is compiled here shares these settings. A module is one static library named vilfredo_<module>, whose
# headers are included from the repository's root ("core/space.hpp"), so that an include says which module it leans on.

set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)

find_program(VILFREDO_CCACHE ccache)
if(VILFREDO_CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  set(CMAKE_CXX_COMPILER_LAUNCHER ${VILFREDO_CCACHE})
endif()
find_program(VILFREDO_MOLD mold)
if(VILFREDO_MOLD)
  add_link_options(-fuse-ld=mold)
endif()

add_library(vilfredo_settings INTERFACE)
target_include_directories(vilfredo_settings INTERFACE
  $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}> $<INSTALL_INTERFACE:include/vilfredo>)
target_compile_features(vilfredo_settings INTERFACE cxx_std_20)  # for those who include our headers, too
if(PROJECT_IS_TOP_LEVEL)  # whoever links us decides about warnings in code of their own
  target_compile_options(vilfredo_settings INTERFACE "$<BUILD_INTERFACE:-Wall;-Wextra;-Wconversion;-Wshadow>")
endif()
# g++ 12 takes variants that CAF moves for uninitialized.
target_compile_options(vilfredo_settings INTERFACE $<$<CXX_COMPILER_ID:GNU>:-Wno-maybe-uninitialized>)
# Broken invariants end the program in release builds, too: a wrong ledger must not go on.
string(REPLACE "-DNDEBUG" "" CMAKE_CXX_FLAGS_RELEASE "${CMAKE_CXX_FLAGS_RELEASE}")
string(REPLACE "-O3" "-O2" CMAKE_CXX_FLAGS_RELEASE "${CMAKE_CXX_FLAGS_RELEASE}")
if(VILFREDO_SANITIZE)
  # CAF 0.17.6 binds references to null in its spawn code, so the null check would report every actor.
  add_compile_options(-fsanitize=${VILFREDO_SANITIZE} -fno-omit-frame-pointer)
  add_link_options(-fsanitize=${VILFREDO_SANITIZE})
  if(VILFREDO_SANITIZE MATCHES "undefined")
    add_compile_options(-fno-sanitize=null -fno-sanitize-recover=all)
  endif()
endif()

# vilfredo_module(NAME SOURCES a.cpp … LINKS target …)
function(vilfredo_module name)
  cmake_parse_arguments(arg "" "" "SOURCES;LINKS" ${ARGN})
  add_library(vilfredo_${name} STATIC ${arg_SOURCES})
  target_link_libraries(vilfredo_${name} PUBLIC ${arg_LINKS} vilfredo_settings)
  add_library(vilfredo::${name} ALIAS vilfredo_${name})
endfunction()

# vilfredo_quick_memory(PROGRAM): malloc and new of mimalloc, where it is installed. For programs alone: a library must not
# choose for those who link it. Sanitizers bring their own.
if(NOT VILFREDO_SANITIZE)
  find_package(mimalloc 2.0 QUIET)
endif()
function(vilfredo_quick_memory program)
  if(TARGET mimalloc)
    target_link_libraries(${program} PRIVATE mimalloc)
  endif()
endfunction()

# vilfredo_tests(MODULE SOURCES a_test.cpp … LINKS target …): one program a module, one ctest entry a file.
function(vilfredo_tests module)
  cmake_parse_arguments(arg "" "" "SOURCES;LINKS" ${ARGN})
  add_executable(${module}_tests ${arg_SOURCES} ${PROJECT_SOURCE_DIR}/tests/support/main.cpp)
  target_link_libraries(${module}_tests PRIVATE ${arg_LINKS} vilfredo_settings doctest::doctest)
  target_compile_definitions(${module}_tests PRIVATE
    VILFREDO_SOURCE_DIR="${PROJECT_SOURCE_DIR}" VILFREDO_BINARY_DIR="${PROJECT_BINARY_DIR}")
  foreach(source IN LISTS arg_SOURCES)
    if(source MATCHES "_test\\.cpp$")
      string(REGEX REPLACE "_test\\.cpp$" "" stem ${source})
      add_test(NAME ${module}/${stem} COMMAND ${module}_tests "--source-file=*/${source}" --minimal --no-path-filenames)
    endif()
  endforeach()
endfunction()
