// The main function of every test binary: Boost.Test's own.
#define BOOST_TEST_MODULE fairlead
#include <boost/test/unit_test.hpp>
