// Whatever stands in a file, the compiler answers: with a module that passes the verifier, or with a reason.
#include <boost/test/unit_test.hpp>

#include "tests/compiler/compiling.hpp"
#include "tests/grammar/corpus.hpp"

namespace fairlead::compiler {

namespace {

void answer(const std::string& text) {
  const Compiled compiled = testing::compile_text(text);
  BOOST_REQUIRE_MESSAGE(compiled.module.has_value() == (compiled.errors() == 0), "no answer to:\n" << text);
  if (compiled.module)
    BOOST_REQUIRE_MESSAGE(bytecode::verify(*compiled.module).has_value(), "refused by the verifier:\n" << text);
}

std::vector<grammar::Source> programs() {
  const std::filesystem::path root = FAIRLEAD_SOURCE_DIR;
  std::vector<grammar::Source> out;
  for (const auto& folder : {root / "examples", root / "tests/corpus/good"}) {
    for (const auto& path : grammar::testing::files_below(folder, ".lead"))
      out.emplace_back(path.string(), testing::read_text(path.string()));
  }
  return out;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(robust_test)

BOOST_AUTO_TEST_CASE(every_program_without_one_of_its_tokens) {
  for (const grammar::Source& source : programs()) {
    const grammar::Parsed whole = grammar::parse(source, 0);
    for (const auto& leaf : grammar::testing::leaves(whole.tree)) {
      std::string text(source.text());
      text.erase(leaf.node.begin, leaf.node.end - leaf.node.begin);
      answer(text);
    }
  }
}

BOOST_AUTO_TEST_CASE(every_program_with_one_of_its_tokens_twice) {
  for (const grammar::Source& source : programs()) {
    const grammar::Parsed whole = grammar::parse(source, 0);
    for (const auto& leaf : grammar::testing::leaves(whole.tree)) {
      std::string text(source.text());
      text.insert(leaf.node.end, " " + text.substr(leaf.node.begin, leaf.node.end - leaf.node.begin));
      answer(text);
    }
  }
}

BOOST_AUTO_TEST_CASE(every_program_up_to_the_end_of_one_of_its_lines) {
  for (const grammar::Source& source : programs()) {
    for (std::uint32_t line = 1; line <= source.lines(); ++line)
      answer(std::string(source.text().substr(0, source.line_start(line))));
  }
}

BOOST_AUTO_TEST_CASE(a_hundred_megabytes_are_refused_before_they_are_read) {
  const std::filesystem::path path = std::filesystem::temp_directory_path() / "fairlead-long.lead";
  std::ofstream(path) << "project a { }\n";
  std::filesystem::resize_file(path, 100'000'000);  // holes: it takes no space on the disk
  const Compiled compiled = compile_path(path.string());
  std::filesystem::remove(path);
  BOOST_REQUIRE(compiled.diagnostics.size() == 1U);
  BOOST_TEST((compiled.diagnostics[0].code == grammar::Code::unreadable_file));
  BOOST_TEST(compiled.diagnostics[0].message.find("16 MiB") != std::string::npos);
  BOOST_TEST(compiled.files.empty());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace fairlead::compiler
