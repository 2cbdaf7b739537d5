// Debian ships Boost.JSON and Boost.URL as sources only: compiled once, here.
#include <boost/json/src.hpp>
#include <boost/url/src.hpp>
