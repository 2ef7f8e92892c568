// The examples of trouble: each seed is found by exactly one message, which its golden file shows, and the mended one
// passes.
#include <boost/test/unit_test.hpp>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>

#include "tests/cli/binary.hpp"

namespace fairlead::cli::test {

namespace {

namespace fs = std::filesystem;

const fs::path trouble = fs::path(FAIRLEAD_SOURCE_DIR) / "examples/trouble";

std::set<std::string> seeds() {
  std::set<std::string> out;
  for (const auto& entry : fs::directory_iterator(trouble)) {
    if (entry.is_directory()) out.insert(entry.path().filename().string());
  }
  return out;
}

std::string text_of(const fs::path& path) {
  std::ostringstream out;
  out << std::ifstream(path, std::ios::binary).rdbuf();
  return out.str();
}

}  // namespace

BOOST_AUTO_TEST_CASE(each_seed_of_trouble_is_found) {
  const Folder folder;
  const std::string letter = text_of(trouble / "README.md");
  BOOST_TEST((seeds() == std::set<std::string>{"consent_before_a_wait", "four_mails_a_week", "gender_in_a_segment",
                                               "guaranteed_in_a_subject", "launch_without_approval", "spend_in_a_loop",
                                               "texts_at_night"}));
  for (const std::string& seed : seeds()) {
    const Ended ended = run(folder, {"check", (trouble / seed / "trouble.lead").string()});
    require(ended, 1, {"1 error, 0 warnings\n"});
    require_golden("trouble_" + seed + ".txt", anywhere(ended.out + ended.err));
    // The table says what the command says.
    const std::string message = ended.err.substr(0, ended.err.find('\n'));
    BOOST_TEST(letter.find(message.substr(message.find(": ") + 2)) != std::string::npos,
               "examples/trouble/README.md does not say: " << message);
  }
}

BOOST_AUTO_TEST_CASE(each_mended_one_passes_under_the_same_rules) {
  const Folder folder;
  for (const std::string& seed : seeds()) {
    const Ended ended = run(folder, {"check", "--strict", (trouble / seed / "mended.lead").string()});
    require(ended, 0, {});
    BOOST_TEST(ended.err == "", seed << ": " << ended.err);
    // A policy that asks for less would mend nothing.
    const auto policy = [&](const char* name) {
      const std::string text = text_of(trouble / seed / name);
      const std::size_t begin = text.find("policy house {");
      return text.substr(begin, text.find("\n}\n", begin) - begin);
    };
    BOOST_TEST(policy("trouble.lead") == policy("mended.lead"));
  }
}

}  // namespace fairlead::cli::test
