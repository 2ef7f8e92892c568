// What a person is told about each mistake: the files of tests/corpus/bad, each with one, against the rendered messages
// in tests/golden/bad. FAIRLEAD_UPDATE_GOLDEN=1 writes the messages anew; read them as the person would before you
// commit.
#include <boost/test/unit_test.hpp>
#include <cstdlib>
#include <regex>
#include <set>

#include "tests/compiler/compiling.hpp"

namespace fairlead::compiler {

namespace {

namespace fs = std::filesystem;
using grammar::Code;
using grammar::Diagnostic;

/// Relative to the repository, as the messages name them.
const fs::path corpus = "tests/corpus/bad";
const fs::path golden = "tests/golden/bad";

struct InRepository {
  fs::path before = fs::current_path();
  InRepository() { fs::current_path(FAIRLEAD_SOURCE_DIR); }
  ~InRepository() { fs::current_path(before); }
};

/// Files, folders (projects), and one path at which there is nothing.
std::vector<fs::path> cases() {
  std::vector<fs::path> out{corpus / "missing_file.lead"};
  for (const auto& entry : fs::directory_iterator(corpus)) out.push_back(entry.path());
  std::sort(out.begin(), out.end());
  return out;
}

/// The names of these files say that they have more than one mistake.
bool has_several(const fs::path& path) {
  return path.stem().string().starts_with("several_");
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(bad_files_test, InRepository)

BOOST_AUTO_TEST_CASE(each_mistake_gets_its_message) {
  const bool update = std::getenv("FAIRLEAD_UPDATE_GOLDEN") != nullptr;
  std::set<std::string> known;
  for (const fs::path& path : cases()) {
    const Compiled compiled = compile_path(path.string());
    const std::string messages = testing::rendered(compiled);
    const fs::path expected = golden / (path.stem().string() + ".txt");
    known.insert(expected.filename().string());
    if (update) {
      fs::create_directories(golden);
      std::ofstream(expected, std::ios::binary) << messages;
    }
    BOOST_TEST(messages == testing::read_text(expected), path << " now says:\n" << messages);
  }
  for (const auto& entry : fs::directory_iterator(golden)) {
    BOOST_TEST(known.contains(entry.path().filename().string()), entry.path() << " belongs to no file");
  }
}

BOOST_AUTO_TEST_CASE(one_mistake_one_message) {
  for (const fs::path& path : cases()) {
    const Compiled compiled = compile_path(path.string());
    if (has_several(path)) {
      BOOST_TEST(compiled.diagnostics.size() == 3U, path << ":\n" << testing::rendered(compiled));
    } else {
      BOOST_TEST(compiled.diagnostics.size() == 1U, path << ":\n" << testing::rendered(compiled));
    }
    BOOST_TEST(compiled.module.has_value() == (compiled.errors() == 0));
  }
}

BOOST_AUTO_TEST_CASE(every_code_is_given) {
  std::set<Code> given;
  for (const fs::path& path : cases()) {
    for (const Diagnostic& d : compile_path(path.string()).diagnostics) given.insert(d.code);
  }
  for (const grammar::CodeInfo& info : grammar::codes()) {
    BOOST_TEST(given.contains(info.code), grammar::to_string(info.code) << " " << info.name << " is given by no file");
  }
}

BOOST_AUTO_TEST_CASE(the_table_of_codes_is_the_enumeration) {
  const std::string header = testing::read_text("grammar/diagnostic.hpp");
  const std::size_t begin = header.find("enum class Code");
  const std::string body = header.substr(begin, header.find("};", begin) - begin);
  const std::regex row(R"((\w+) = (\d+),)");
  std::vector<std::pair<std::string, unsigned>> enumerated;
  for (auto at = std::sregex_iterator(body.begin(), body.end(), row); at != std::sregex_iterator(); ++at) {
    enumerated.emplace_back((*at)[1], static_cast<unsigned>(std::stoul((*at)[2])));
  }
  std::vector<std::pair<std::string, unsigned>> listed;
  for (const grammar::CodeInfo& info : grammar::codes())
    listed.emplace_back(info.name, static_cast<unsigned>(info.code));
  BOOST_TEST((enumerated == listed));
}

BOOST_AUTO_TEST_CASE(messages_are_sentences) {
  for (const fs::path& path : cases()) {
    for (const Diagnostic& d : compile_path(path.string()).diagnostics) {
      BOOST_TEST_CONTEXT(path << ": " << d.message) {
        BOOST_TEST(!d.message.ends_with("."));
        BOOST_TEST(!d.message.empty());
        BOOST_TEST((d.help.empty() || d.help.ends_with(".") || d.help.ends_with("?")));
        // Everything that is wrong is marked, or cannot be.
        const bool whole = d.code == Code::unreadable_file || d.code == Code::no_files;
        BOOST_TEST((whole || !d.primary.text.empty() || !d.secondary.empty()));
        BOOST_TEST((whole || !d.help.empty() || d.primary.text.starts_with("write ") ||
                    d.primary.text.starts_with("did you mean")));
      }
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace fairlead::compiler
