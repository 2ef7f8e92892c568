// The sentences for faults.
#include "runtime/values/fault.hpp"

#include <boost/test/unit_test.hpp>

#include "runtime/values/utf8.hpp"

namespace fairlead {

BOOST_AUTO_TEST_SUITE(faults)

BOOST_AUTO_TEST_CASE(every_code_has_a_sentence) {
  for (int code = 0; code <= static_cast<int>(FaultCode::nothing_deployed); ++code) {
    for (const auto& args : {std::vector<std::string>{}, std::vector<std::string>{"x", "y", "z"}}) {
      const std::string text = describe({static_cast<FaultCode>(code), args});
      BOOST_TEST(text.size() > 10U, code);
      BOOST_TEST(!text.ends_with('.'), text);
      BOOST_TEST(text.find("unknown fault") == std::string::npos, code);
    }
  }
}

BOOST_AUTO_TEST_CASE(sentences) {
  BOOST_TEST(describe({FaultCode::store_newer, {"a.store", "3", "2"}}) ==
             "a.store was written by a newer Fairlead (store format 3; this one knows up to 2); upgrade Fairlead to "
             "open it");
  BOOST_TEST(describe({FaultCode::store_full, {"a.store"}}) ==
             "the disk that holds a.store is full; nothing was lost: free some space and start again");
  BOOST_TEST(describe({FaultCode::not_a_value, {"", "a number"}}) == "nothing was given where a number was expected");
  BOOST_TEST(describe({FaultCode::unknown_zone, {"Europe/Atlantis"}}) ==
             "there is no time zone called \"Europe/Atlantis\"; zones have names such as Europe/Oslo");
}

BOOST_AUTO_TEST_CASE(what_came_from_outside_is_made_fit_to_show) {
  BOOST_TEST(describe({FaultCode::not_a_value, {"a\x1b[2J\xFF", "a number"}}) == "\"a\\x1b[2J\\xff\" is not a number");
  const std::string text = describe({FaultCode::not_a_value, {std::string(1'000'000, 'x'), "a number"}});
  BOOST_TEST(text.size() < 150U);
  BOOST_TEST(printable("Zoë", 3) == "Zo…");
  BOOST_TEST(printable("Zoë", 4) == "Zoë");
}

BOOST_AUTO_TEST_CASE(well_formed_text) {
  for (const char* good : {"", "abc", "é", "€", "\U0001F600", "\xF4\x8F\xBF\xBF"}) BOOST_TEST(is_utf8(good), good);
  for (const char* bad : {"\x80", "\xC3", "\xC1\x81", "\xE0\x80\x80", "\xED\xBF\xBF", "\xF0\x80\x80\x80",
                          "\xF4\x90\x80\x80", "\xF5\x80\x80\x80", "\xE2\x82", "a\xFF"}) {
    BOOST_TEST(!is_utf8(bad));
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace fairlead
