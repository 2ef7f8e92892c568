// fairlead power.
#include <boost/test/unit_test.hpp>
#include <nlohmann/json.hpp>

#include "tests/cli/binary.hpp"

namespace fairlead::cli::test {

namespace {

constexpr int fine = 0, wrong_use = 2;

}  // namespace

BOOST_AUTO_TEST_SUITE(power_command)

BOOST_AUTO_TEST_CASE(a_page_and_what_is_no_share) {
  const Folder folder;
  const std::vector<std::string> arguments{"power",     "--rate", "2%",       "--lift", "50%",
                                           "--per-day", "500",    "--within", "14"};
  require_golden("power.txt", run(folder, arguments).out);
  std::vector<std::string> json = arguments;
  json.emplace_back("--json");
  const nlohmann::json got = nlohmann::json::parse(run(folder, json).out);
  BOOST_TEST(got["one_look"]["people"] < got["any_look"]["people"]);
  const auto with = [&](std::size_t at, const char* text) {
    std::vector<std::string> other = arguments;
    other[at] = text;
    return run(folder, other);
  };
  require(with(2, "0"), wrong_use, {"--rate `0` is not a share"});
  require(with(4, "0%"), wrong_use, {"--lift `0%`"});
  require(with(4, "6000%"), wrong_use, {"--lift `6000%`"});
  require(with(4, "-50%"), fine, {"50.0% fewer"});
  require(with(6, "0"), wrong_use, {"--per-day"});
  require(run(folder, {"power", "--rate", "2%"}), wrong_use, {"--lift"});
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace fairlead::cli::test
