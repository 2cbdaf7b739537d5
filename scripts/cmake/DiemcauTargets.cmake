# diemcau_library(NAME SOURCES a.cpp … [PUBLIC dep …] [PRIVATE dep …])
#   A static library of one folder; its dependencies are written where a reader looks for them.
function(diemcau_library name)
  cmake_parse_arguments(ARG "" "" "SOURCES;PUBLIC;PRIVATE" ${ARGN})
  add_library(${name} STATIC ${ARG_SOURCES})
  target_link_libraries(${name} PUBLIC diemcau_options ${ARG_PUBLIC} PRIVATE ${ARG_PRIVATE})
endfunction()

# What the steps of scripts/test run, and so all that they build: every unit test program; those that
# start threads; every fuzzer.
foreach(group unit_tests thread_tests fuzzers)
  add_custom_target(${group})
endforeach()

# diemcau_gtest(NAME [TIMEOUT seconds] [FILTER gtest-filter] [LABELS …])
#   Makes every TEST of a built program a ctest of its own, labelled `unit` and as said. A program
#   that starts threads says so by the label `threads` (ThreadSanitizer sees those only); another
#   that starts one ends with an error, in builds without sanitizers.
include(GoogleTest)
function(diemcau_gtest name)
  cmake_parse_arguments(ARG "" "TIMEOUT;FILTER" "LABELS" ${ARGN})
  add_dependencies(unit_tests ${name})
  if("threads" IN_LIST ARG_LABELS)
    add_dependencies(thread_tests ${name})
  elseif(NOT DIEMCAU_SANITIZE)
    target_link_libraries(${name} PRIVATE diemcau_no_threads)
  endif()
  # RUN_SERIAL is not set: tests take free ports and temporary folders of their own.
  gtest_discover_tests(${name} DISCOVERY_MODE PRE_TEST DISCOVERY_TIMEOUT 60 TEST_LIST ${name}_tests
    TEST_FILTER "${ARG_FILTER}" PROPERTIES TIMEOUT ${ARG_TIMEOUT})
  # gtest_discover_tests takes a list of labels apart, and what follows it with it.
  set(labels "${CMAKE_CURRENT_BINARY_DIR}/${name}_labels.cmake")
  file(WRITE "${labels}" "foreach(test IN LISTS ${name}_tests)
  set_tests_properties(\"\${test}\" PROPERTIES LABELS \"unit;${ARG_LABELS}\")
endforeach()
")
  set_property(DIRECTORY APPEND PROPERTY TEST_INCLUDE_FILES "${labels}")
endfunction()

# diemcau_test(NAME SOURCES … LIBS … [LABELS …] [TIMEOUT seconds])
#   A GoogleTest program; every TEST becomes a ctest of its own.
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
  diemcau_gtest(${name} TIMEOUT ${ARG_TIMEOUT} LABELS ${ARG_LABELS})
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
  add_dependencies(fuzzers ${name})
  set(corpus "${CMAKE_BINARY_DIR}/corpus/${name}")
  file(MAKE_DIRECTORY "${corpus}")
  add_test(NAME ${name} COMMAND ${name} -max_total_time=${DIEMCAU_FUZZ_SECONDS} -timeout=10
           -rss_limit_mb=1024 -print_final_stats=1 "${corpus}" ${ARG_CORPUS})
  set_tests_properties(${name} PROPERTIES LABELS fuzz TIMEOUT 300)
endfunction()

# diemcau_bench(NAME SOURCES … LIBS …)  A Google Benchmark program, run by hand, never by ctest.
function(diemcau_bench name)
  cmake_parse_arguments(ARG "" "" "SOURCES;LIBS" ${ARGN})
  if(DIEMCAU_FUZZ)
    return()
  endif()
  add_executable(${name} EXCLUDE_FROM_ALL ${ARG_SOURCES})
  if(NOT TARGET benches)
    add_custom_target(benches)
  endif()
  add_dependencies(benches ${name})
  target_link_libraries(${name} PRIVATE diemcau_options ${ARG_LIBS} benchmark::benchmark)
endfunction()
