// The pages for people: every snippet of docs/language is read by the compiler that it describes.
#include <boost/test/unit_test.hpp>

#include "tests/compiler/compiling.hpp"

namespace fairlead::compiler {

namespace {

/// The text of each block that is fenced as ```KIND.
std::vector<std::string> snippets(const std::string& page, const std::string& kind) {
  std::vector<std::string> out;
  const std::string fence = "\n```" + kind + "\n";
  for (std::size_t at = page.find(fence); at != std::string::npos; at = page.find(fence, at)) {
    const std::size_t begin = at + fence.size();
    at = page.find("\n```", begin);
    out.push_back(page.substr(begin, at - begin + 1));
  }
  return out;
}

/// Of all pages together.
std::vector<std::string> snippets(const std::string& kind) {
  std::vector<std::string> out;
  for (const char* page : {"tour.md", "reference.md", "runs.md", "policies.md"}) {
    for (std::string& text :
         snippets(testing::read_text(std::string(FAIRLEAD_SOURCE_DIR) + "/docs/language/" + page), kind))
      out.push_back(std::move(text));
  }
  return out;
}

std::size_t syntax_errors(const std::string& text) {
  const grammar::Source source("docs/language", text);
  return grammar::parse(source, 0).diagnostics.size();
}

}  // namespace

BOOST_AUTO_TEST_SUITE(page_test)

BOOST_AUTO_TEST_CASE(whole_programs_compile) {
  const std::vector<std::string> all = snippets("lead");
  BOOST_TEST(!all.empty());
  for (const std::string& text : all) {
    const Compiled compiled = testing::lint_text(text);
    BOOST_TEST(compiled.diagnostics.empty(), testing::rendered(compiled));
    BOOST_REQUIRE(compiled.module.has_value());
    BOOST_TEST(bytecode::verify(*compiled.module).has_value());
  }
}

BOOST_AUTO_TEST_CASE(parts_are_read) {
  const std::vector<std::string> all = snippets("lead-part");
  BOOST_TEST(all.size() > 10U);
  for (const std::string& text : all) {
    // Declarations, or steps.
    const bool read =
        syntax_errors(text) == 0 || syntax_errors("workflow w for contact {\nsteps {\n" + text + "\n}\n}\n") == 0;
    BOOST_TEST(read, "cannot be read:\n" << text);
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace fairlead::compiler
