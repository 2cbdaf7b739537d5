# diemcau_library(NAME SOURCES a.cpp … [PUBLIC dep …] [PRIVATE dep …])
#   A static library of one folder; its dependencies are written where a reader looks for them.
function(diemcau_library name)
  cmake_parse_arguments(ARG "" "" "SOURCES;PUBLIC;PRIVATE" ${ARGN})
  add_library(${name} STATIC ${ARG_SOURCES})
  target_link_libraries(${name} PUBLIC diemcau_options ${ARG_PUBLIC} PRIVATE ${ARG_PRIVATE})
endfunction()

# diemcau_test(NAME SOURCES … LIBS … [LABELS …])
#   A GoogleTest program; every TEST becomes a ctest of its own.
include(GoogleTest)
function(diemcau_test name)
  cmake_parse_arguments(ARG "" "TIMEOUT" "SOURCES;LIBS;LABELS" ${ARGN})
  if(DIEMCAU_FUZZ)
    return()
  endif()
  add_executable(${name} ${ARG_SOURCES})
  target_link_libraries(${name} PRIVATE diemcau_options ${ARG_LIBS} GTest::gmock GTest::gtest_main)
  if(NOT ARG_TIMEOUT)
    set(ARG_TIMEOUT 120)
  endif()
  # RUN_SERIAL is not set: tests take free ports and temporary folders of their own.
  gtest_discover_tests(${name} DISCOVERY_MODE PRE_TEST DISCOVERY_TIMEOUT 60
    PROPERTIES LABELS "unit;${ARG_LABELS}" TIMEOUT ${ARG_TIMEOUT})
endfunction()

# diemcau_fuzzer(NAME SOURCES … LIBS … [CORPUS dir])
#   A libFuzzer program for one parser of outside bytes; run for DIEMCAU_FUZZ_SECONDS by ctest -L fuzz.
set(DIEMCAU_FUZZ_SECONDS 60 CACHE STRING "Seconds each fuzzer runs under ctest")
function(diemcau_fuzzer name)
  cmake_parse_arguments(ARG "" "CORPUS" "SOURCES;LIBS" ${ARGN})
  if(NOT DIEMCAU_FUZZ)
    return()
  endif()
  add_executable(${name} ${ARG_SOURCES})
  target_link_libraries(${name} PRIVATE diemcau_options ${ARG_LIBS})
  target_link_options(${name} PRIVATE -fsanitize=fuzzer)
  set(corpus "${CMAKE_BINARY_DIR}/corpus/${name}")
  file(MAKE_DIRECTORY "${corpus}")
  add_test(NAME ${name} COMMAND ${name} -max_total_time=${DIEMCAU_FUZZ_SECONDS} -timeout=10
           -rss_limit_mb=1024 -print_final_stats=1 "${corpus}" ${ARG_CORPUS})
  set_tests_properties(${name} PROPERTIES LABELS fuzz TIMEOUT 300)
endfunction()

# diemcau_bench(NAME SOURCES … LIBS …)  A Google Benchmark program, run by scripts/bench, never by ctest.
function(diemcau_bench name)
  cmake_parse_arguments(ARG "" "" "SOURCES;LIBS" ${ARGN})
  if(DIEMCAU_FUZZ)
    return()
  endif()
  add_executable(${name} ${ARG_SOURCES})
  target_link_libraries(${name} PRIVATE diemcau_options ${ARG_LIBS} benchmark::benchmark)
endfunction()
