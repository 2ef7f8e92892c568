// Folding: what a reader sees as the same words is the same.
#include <boost/test/unit_test.hpp>

#include "runtime/values/fold.hpp"

namespace fairlead {
namespace {

bool found(std::string_view text, std::string_view phrase) {
  return says(folded(text), folded(phrase));
}

BOOST_AUTO_TEST_SUITE(fold)

BOOST_AUTO_TEST_CASE(capitals_blanks_and_hyphens_make_no_difference) {
  BOOST_TEST(folded("  Risk\n\tFREE ") == "risk free");
  BOOST_TEST(folded("Risk-free") == folded("risk\u00a0FREE"));
  BOOST_TEST(folded("gua\u00adran\u200bteed") == "guaranteed");
  BOOST_TEST(folded("\u00c5RLIG \u0141\u00f3d\u017a \u039b \u0416\u0401") ==
             "\u00e5rlig \u0142\u00f3d\u017a \u03bb \u0436\u0451");
  BOOST_TEST(folded("").empty());
  BOOST_TEST(folded(" - ").empty());
}

BOOST_AUTO_TEST_CASE(letters_that_look_alike_are_one) {
  BOOST_TEST(folded("gu\u0430r\u0430nt\u0435\u0435d") == "guaranteed");  // Cyrillic
  BOOST_TEST(folded("GU\u0391RANT\u0395\u0395D") == "guaranteed");       // Greek capitals
  BOOST_TEST(folded("\uff32isk \uff26ree") == "risk free");              // wide
  BOOST_TEST(folded("\U0001d411isk fre\u0301e") == "risk free");         // bold, and an accent of its own
  BOOST_TEST(!found("\u0434\u043e\u0431\u0440\u043e \u043f\u043e\u0436\u0430\u043b\u043e\u0432\u0430\u0442\u044c",
                    "guaranteed"));
}

BOOST_AUTO_TEST_CASE(phrases_are_whole_words) {
  BOOST_TEST(found("It is guaranteed.", "Guaranteed"));
  BOOST_TEST(found("guaranteed", "guaranteed"));
  BOOST_TEST(found("100% risk - free!", "risk free"));
  BOOST_TEST(!found("Freedom is carefree", "free"));
  BOOST_TEST(found("Freedom, carefree, free", "free"));
  BOOST_TEST(!found("gl\u00fcckliche", "gl\u00fcck"));
  BOOST_TEST(!found("", "free"));
  BOOST_TEST(!found("free", ""));
  // Scripts without blanks have no words to be whole.
  BOOST_TEST(found("\u5b8c\u5168\u4fdd\u8a3c\u4ed8\u304d", "\u4fdd\u8a3c"));
  BOOST_TEST(found("100%, sure", "100%,"));
}

BOOST_AUTO_TEST_CASE(bytes_that_are_not_text_do_no_harm) {
  BOOST_TEST(!folded("\xc3").empty());
  BOOST_TEST(!says("\x80\x80", "a"));
  BOOST_TEST(says(folded("\xff free \xc3"), "free"));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace fairlead
