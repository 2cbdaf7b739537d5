# Every third-party library of the project, found once, as an imported target.
find_package(PkgConfig REQUIRED)
find_package(Threads REQUIRED)
find_package(Boost 1.81 REQUIRED)
find_package(OpenSSL REQUIRED)
find_package(CLI11 REQUIRED)
find_package(spdlog REQUIRED)
find_package(prometheus-cpp CONFIG REQUIRED)
# Only scripts/test installs these: a machine that just serves builds without its tests.
find_package(GTest)
find_package(benchmark)

function(diemcau_pkg target)
  pkg_check_modules(${target} REQUIRED IMPORTED_TARGET ${ARGN})
  add_library(dep::${target} ALIAS PkgConfig::${target})
endfunction()

diemcau_pkg(nice nice gio-2.0)
diemcau_pkg(gst gstreamer-1.0 gstreamer-app-1.0 gstreamer-video-1.0 gstreamer-audio-1.0)
diemcau_pkg(gst_sdp gstreamer-sdp-1.0)
diemcau_pkg(gst_rtp gstreamer-rtp-1.0)
diemcau_pkg(opus opus)
diemcau_pkg(ebur128 libebur128)
diemcau_pkg(avcodec libavcodec libavutil)
diemcau_pkg(pango pangocairo)
diemcau_pkg(sodium libsodium)
diemcau_pkg(sqlite sqlite3)
diemcau_pkg(qpdf libqpdf)
diemcau_pkg(zip libzip)
diemcau_pkg(zlib zlib)

# Debian's libyuv has no pkg-config file.
find_library(YUV_LIBRARY yuv REQUIRED)
add_library(dep_yuv INTERFACE)
target_link_libraries(dep_yuv INTERFACE ${YUV_LIBRARY})
add_library(dep::yuv ALIAS dep_yuv)

# SOCI: core with the two back ends, both linked so that no plug-in is looked up at run time.
find_library(SOCI_CORE soci_core REQUIRED)
find_library(SOCI_SQLITE soci_sqlite3 REQUIRED)
find_library(SOCI_POSTGRES soci_postgresql REQUIRED)
add_library(dep_soci INTERFACE)
target_include_directories(dep_soci SYSTEM INTERFACE /usr/include/soci /usr/include/postgresql)
target_link_libraries(dep_soci INTERFACE ${SOCI_CORE} ${SOCI_SQLITE} ${SOCI_POSTGRES})
# SOCI keeps the type information of its classes to itself, which UBSan's vptr check would need.
target_compile_options(dep_soci INTERFACE -fno-sanitize=vptr)
add_library(dep::soci ALIAS dep_soci)

# libsrtp: Debian's own source built on OpenSSL by scripts/build-libsrtp (Debian's binary stands on
# NSS, whose cost per packet grows with the number of sessions); the system's as a fall-back.
set(DIEMCAU_DEPS "$ENV{DIEMCAU_DEPS}" CACHE PATH "Where scripts/build-libsrtp installs")
if(NOT DIEMCAU_DEPS)
  set(DIEMCAU_DEPS "$ENV{HOME}/.cache/diemcau/deps")
endif()
if(EXISTS "${DIEMCAU_DEPS}/libsrtp2/lib/libsrtp2.a")
  add_library(dep_srtp INTERFACE)
  target_include_directories(dep_srtp SYSTEM INTERFACE "${DIEMCAU_DEPS}/libsrtp2/include")
  target_link_libraries(dep_srtp INTERFACE "${DIEMCAU_DEPS}/libsrtp2/lib/libsrtp2.a" OpenSSL::Crypto)
  add_library(dep::srtp ALIAS dep_srtp)
else()
  message(WARNING "libsrtp on OpenSSL not found in ${DIEMCAU_DEPS}; using the system's (slower with many sites). Run scripts/build-libsrtp.")
  diemcau_pkg(srtp libsrtp2)
endif()
