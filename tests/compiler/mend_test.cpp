// Fixes that are applied unseen: each removes what it was offered for, brings up nothing else, and touches nothing but
// the project's own files.
#include "compiler/mend.hpp"

#include <boost/test/unit_test.hpp>
#include <cstdlib>

#include "compiler/lint/lints.hpp"
#include "tests/compiler/compiling.hpp"

namespace fairlead::compiler {

namespace {

namespace fs = std::filesystem;
using grammar::Code;
using grammar::Diagnostic;
using grammar::Source;

std::vector<Source> own_files(const Compiled& compiled) {
  return {compiled.files.begin(), compiled.files.begin() + static_cast<std::ptrdiff_t>(compiled.own)};
}

std::string mended_text(const std::string& text) {
  const Mended mended = mend({Source("test.lead", text)});
  return std::string(mended.compiled.files.front().text());
}

}  // namespace

BOOST_AUTO_TEST_SUITE(mend_test)

BOOST_AUTO_TEST_CASE(each_mechanical_fix_of_the_corpus_mends_its_file) {
  std::size_t with_fix = 0;
  for (const auto& entry : fs::directory_iterator(fs::path(FAIRLEAD_SOURCE_DIR) / "tests/corpus/bad")) {
    const Compiled before = compile_path(entry.path().string());
    const auto fixable = std::count_if(before.diagnostics.begin(), before.diagnostics.end(),
                                       [&](const Diagnostic& d) { return applicable(d, before) != nullptr; });
    if (fixable == 0) continue;
    ++with_fix;
    const Mended after = mend(own_files(before), project_files(entry.path().string()));
    // Of a file with one mistake nothing is left; of one with several, what has no fix.
    std::vector<Code> left, expected;
    // Lints have their say only now that nothing else is wrong: that is not what was to be mended.
    const auto advice = [](const Diagnostic& d) {
      const lint::Lint* lint = lint::find(d.code);
      return lint != nullptr && lint->run != nullptr;
    };
    for (const Diagnostic& d : after.compiled.diagnostics) {
      if (!advice(d)) left.push_back(d.code);
    }
    for (const Diagnostic& d : before.diagnostics) {
      if (applicable(d, before) == nullptr && !advice(d)) expected.push_back(d.code);
    }
    BOOST_TEST((left == expected), entry.path().filename().string() << " was mended to\n"
                                                                    << after.compiled.files.front().text() << "\n"
                                                                    << testing::rendered(after.compiled));
    BOOST_TEST(!after.applied.empty());
  }
  BOOST_TEST(with_fix > 40U);
}

BOOST_AUTO_TEST_CASE(fixes_lie_in_the_text) {
  for (const auto& entry : fs::directory_iterator(fs::path(FAIRLEAD_SOURCE_DIR) / "tests/corpus/bad")) {
    const Compiled compiled = compile_path(entry.path().string());
    for (const Diagnostic& d : compiled.diagnostics) {
      for (const grammar::Fix& fix : d.fixes) {
        BOOST_TEST(!fix.title.empty());
        BOOST_TEST(!fix.edits.empty());
        for (const grammar::Edit& edit : fix.edits) {
          BOOST_TEST(edit.file < compiled.files.size());
          BOOST_TEST(edit.span.begin <= edit.span.end);
          BOOST_TEST(edit.span.end <= compiled.files[edit.file].text().size());
          BOOST_TEST((edit.span.begin < edit.span.end || !edit.text.empty()));
        }
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(what_was_meant_is_written) {
  const auto line = [](const std::string& step) {
    const std::string text = mended_text(testing::project(testing::workflow(step)));
    const std::size_t at = text.find("steps {\n") + 8;
    return text.substr(at, text.find("\n}\n", at) - at);
  };
  BOOST_TEST(line("if !contact.vip { stop }") == "if not contact.vip { stop }");
  BOOST_TEST(line("if contact.vip&&contact.plan is pro { stop }") == "if contact.vip and contact.plan is pro { stop }");
  BOOST_TEST(line("wait 3d") == "wait 3 days");
  BOOST_TEST(line("wait until 9:30pm") == "wait until 21:30");
  BOOST_TEST(line("wait until 12am") == "wait until 00:00");
  BOOST_TEST(line("WAIT 2 days;\n# then\n# again\nSend welcome;") == "wait 2 days\n// then\n// again\nsend welcome");
  BOOST_TEST(line("/* one\n * two */\nsend welcome") == "// one\n // two\nsend welcome");
  BOOST_TEST(line("if contact.country = \"NO\" { stop }") == "if contact.country == \"NO\" { stop }");
}

BOOST_AUTO_TEST_CASE(what_may_mean_two_things_is_left) {
  for (const std::string step : {"wait 3 m", "sned welcome", "send welcom", "if contact.contry == \"NO\" { stop }",
                                 "wait 3 dayz", "send welcome; send welcome", "explore at least 5"}) {
    const std::string text = testing::project(testing::workflow(step));
    BOOST_TEST(mended_text(text) == text);
  }
}

BOOST_AUTO_TEST_CASE(it_ends_and_says_what_it_did) {
  const Mended mended = mend({Source("a.lead", testing::project(testing::workflow("Send welcome;\nWAIT 3days")))});
  BOOST_TEST(mended.compiled.errors() == 0U, testing::rendered(mended.compiled));
  BOOST_REQUIRE(mended.applied.size() == 4U);
  BOOST_TEST(mended.applied[0].title == "write `send`");
  BOOST_TEST(mended.applied[0].line > 0U);
  // Mended once, there is nothing left to do.
  BOOST_TEST(mend(own_files(mended.compiled)).applied.empty());
}

BOOST_AUTO_TEST_CASE(one_line_is_put_in_once) {
  std::string text = testing::project(testing::workflow("send welcome", "enter on downloaded\nleave on clicked\n"));
  text.erase(0, text.find('\n') + 1);  // without `use std.channels`
  const Mended mended = mend({Source("a.lead", text)});
  BOOST_TEST(mended.compiled.files.front().text() == "use std.channels\n\n" + text);
  BOOST_TEST(mended.compiled.errors() == 0U, testing::rendered(mended.compiled));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace fairlead::compiler
