// Boost.JSON, compiled here once: Debian ships it as headers, too.
#include <boost/json/src.hpp>
