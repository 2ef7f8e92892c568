// The pages of docs/errors: one for each code, in the index, with an example that fails as it says and its mended twin.
#include <fmt/format.h>

#include <boost/test/unit_test.hpp>
#include <map>

#include "compiler/report/pages.hpp"
#include "tests/compiler/compiling.hpp"

namespace fairlead::compiler {

namespace {

using grammar::Code;
using grammar::CodeInfo;
using grammar::Diagnostic;
using grammar::Source;

/// What cannot be shown by a text of a few lines. The page tells it in words.
const std::map<Code, std::string> without_example = {
    {Code::unreadable_file, "there is no text"},
    {Code::not_utf8, "pages are UTF-8 themselves"},
    {Code::no_files, "there is no text"},
    {Code::too_deep, "it takes a hundred brackets"},
    {Code::not_supported, "what it is changes with every version"},
    {Code::unsafe_hole, "it takes a template beside the project"},
    {Code::waiver_stale, "it takes a signature beside the project"},
    {Code::signature_invalid, "it takes a signature beside the project"},
};

std::string errors_page(const std::string& name) {
  return testing::read_text(std::string(FAIRLEAD_SOURCE_DIR) + "/docs/errors/" + name);
}

/// The blocks that are fenced as ```KIND.
std::vector<std::string> blocks(std::string_view page, const std::string& kind) {
  std::vector<std::string> out;
  const std::string fence = "\n```" + kind + "\n";
  for (std::size_t at = page.find(fence); at != std::string_view::npos; at = page.find(fence, at)) {
    const std::size_t begin = at + fence.size();
    at = page.find("\n```", begin);
    out.emplace_back(page.substr(begin, at - begin + 1));
  }
  return out;
}

/// An example without a project belongs to the one that the index shows. What is wrong with that one alone (a content
/// that only other examples use, say) is not counted. The pages of lints are whole projects; the others are not linted,
/// as they show no more than what they are about.
std::vector<Diagnostic> said_about(Code code, const std::string& example, std::string& shown) {
  const bool whole = example.find("record contact") != std::string::npos;
  std::vector<Source> files;
  if (!whole) files.emplace_back("docs/errors/README.md", blocks(errors_page("README.md"), "lead").front());
  const auto own = static_cast<std::uint32_t>(files.size());
  files.emplace_back("example.lead", example);
  const bool lint = static_cast<unsigned>(code) >= 900;
  const Compiled compiled = compile(std::move(files), {}, {.lint = lint, .folder = FAIRLEAD_SOURCE_DIR});
  shown = testing::rendered(compiled);
  std::vector<Diagnostic> out;
  for (const Diagnostic& d : compiled.diagnostics) {
    if (whole || d.primary.file == own || d.severity == grammar::Severity::error) out.push_back(d);
  }
  return out;
}

std::string wanted_page(const CodeInfo& info) {
  const std::string code = grammar::to_string(info.code);
  return fmt::format(
      "{0} ({1}) has no page. Write docs/errors/{0}.md: a heading `# {0}: …`, what it means in the reader's words, an "
      "example that fails in a ```lead-bad block, the same mended in a ```lead block, and why the rule exists. An "
      "example without `record contact` belongs to the project in docs/errors/README.md. Then add its row to that "
      "page.",
      code, info.name);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(error_pages_test)

BOOST_AUTO_TEST_CASE(every_code_has_a_page_and_every_page_a_code) {
  for (const CodeInfo& info : grammar::codes()) BOOST_TEST(!page_of(info.code).empty(), wanted_page(info));
  for (const ErrorPage& page : error_pages()) {
    const bool known = std::any_of(grammar::codes().begin(), grammar::codes().end(), [&](const CodeInfo& info) {
      return static_cast<std::uint16_t>(info.code) == page.number;
    });
    BOOST_TEST(known, "docs/errors/FL" << page.number << ".md belongs to no code of grammar/diagnostic.hpp");
  }
}

BOOST_AUTO_TEST_CASE(the_binary_holds_the_pages_as_they_are) {
  for (const ErrorPage& page : error_pages())
    BOOST_TEST(page.text == errors_page(fmt::format("FL{:04}.md", page.number)));
}

BOOST_AUTO_TEST_CASE(pages_have_their_form) {
  for (const CodeInfo& info : grammar::codes()) {
    const std::string code = grammar::to_string(info.code);
    const std::string_view page = page_of(info.code);
    if (page.empty()) continue;  // which is said above
    BOOST_TEST_CONTEXT("docs/errors/" << code << ".md") {
      BOOST_TEST(page.starts_with(fmt::format("# {}: ", code)), "the heading is not `# " << code << ": …`");
      const std::size_t examples = without_example.contains(info.code) ? 0 : 1;
      BOOST_TEST(blocks(page, "lead-bad").size() == examples, "there is to be one ```lead-bad block");
      BOOST_TEST(blocks(page, "lead").size() == examples, "there is to be one ```lead block");
      BOOST_TEST(page.size() > 400U, "half a page tells more than this");
    }
  }
}

BOOST_AUTO_TEST_CASE(each_example_fails_as_its_page_says) {
  for (const CodeInfo& info : grammar::codes()) {
    for (const std::string& example : blocks(page_of(info.code), "lead-bad")) {
      std::string shown;
      const std::vector<Diagnostic> said = said_about(info.code, example, shown);
      const std::string code = grammar::to_string(info.code);
      BOOST_TEST((said.size() == 1 && said.front().code == info.code), "the ```lead-bad block of docs/errors/"
                                                                           << code << ".md is to give " << code
                                                                           << " and nothing else, and gives:\n"
                                                                           << shown);
    }
  }
}

BOOST_AUTO_TEST_CASE(each_mended_twin_is_fine) {
  for (const CodeInfo& info : grammar::codes()) {
    for (const std::string& example : blocks(page_of(info.code), "lead")) {
      std::string shown;
      BOOST_TEST(said_about(info.code, example, shown).empty(), "the ```lead block of docs/errors/"
                                                                    << grammar::to_string(info.code)
                                                                    << ".md is to give no message, and gives:\n"
                                                                    << shown);
    }
  }
}

BOOST_AUTO_TEST_CASE(the_index_is_complete) {
  const std::string index = errors_page("README.md");
  for (const CodeInfo& info : grammar::codes()) {
    const std::string_view page = page_of(info.code);
    if (page.empty()) continue;
    const std::string row = fmt::format("| [{0}]({0}.md) | {1} |\n", grammar::to_string(info.code), title_of(page));
    BOOST_TEST(index.find(row) != std::string::npos, "docs/errors/README.md lacks the row:\n" << row);
  }
  std::size_t rows = 0;
  for (std::size_t at = index.find("\n| [FL"); at != std::string::npos; at = index.find("\n| [FL", at + 1)) ++rows;
  BOOST_TEST(rows == error_pages().size(), "docs/errors/README.md has rows for pages that are not there");
  std::string shown;
  BOOST_TEST(compile({Source("README.md", blocks(index, "lead").front())}).errors() == 0U);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace fairlead::compiler
