// fairlead check: reports in several formats at once, mending, what is said at the end; and fairlead explain.
#include <boost/test/unit_test.hpp>
#include <cstdlib>
#include <filesystem>

#include "tests/cli/binary.hpp"
#include "tests/cli/projects.hpp"

namespace fairlead::cli::test {

namespace {

constexpr int fine = 0, findings = 1, wrong_use = 2, failed = 3;

/// Mistakes that are sure to be mended; the `;` shows only when the word before it is right.
std::string with_mistakes() {
  std::string text = quick_project();
  text.replace(text.find("send thanks"), 11, "Send thanks;");
  text.replace(text.find("wait 1 second"), 13, "wait 1sec");
  return text;
}

class Environment {
 public:
  Environment(const char* name, const char* value) : name_(name) { setenv(name, value, 1); }
  ~Environment() { unsetenv(name_); }
  Environment(const Environment&) = delete;
  Environment& operator=(const Environment&) = delete;

 private:
  const char* name_;
};

}  // namespace

BOOST_AUTO_TEST_CASE(several_reports_at_once) {
  const Folder folder;
  folder.write("p/main.lead", with_mistakes());
  const Ended ended = run(folder, {"check", "p", "--format", "text", "--format", "sarif:out.sarif", "--format",
                                   "junit:out.xml", "--format", "gitlab:quality.json"});
  require(ended, findings, {"error FL0104: `Send`", "errors, 0 warnings"});
  BOOST_TEST(ended.out == "");
  BOOST_TEST(nlohmann::json::parse(folder.read("out.sarif"))["version"] == "2.1.0");
  BOOST_TEST(folder.read("out.xml").starts_with("<?xml"));
  BOOST_TEST(nlohmann::json::parse(folder.read("quality.json")).size() == 2U);
}

BOOST_AUTO_TEST_CASE(a_report_for_a_program_stands_alone) {
  const Folder folder;
  folder.write("p/main.lead", with_mistakes());
  const Ended json = run(folder, {"check", "p", "--json"});
  BOOST_TEST(json.code == findings);
  BOOST_TEST(json.err == "");
  BOOST_TEST(json.out == run(folder, {"check", "p", "--format", "json"}).out);
  BOOST_TEST(nlohmann::json::parse(json.out).at(0).at("fixes").at(0).at("mechanical") == true);
  // A whole project with reports: its rules would not parse.
  folder.write("q/main.lead", quick_project());
  const Ended whole = run(folder, {"check", "q", "--format", "json", "--format", "text"});
  BOOST_TEST(whole.code == fine);
  for (const nlohmann::json& one : nlohmann::json::parse(whole.out)) BOOST_TEST(one["severity"] != "error");
}

BOOST_AUTO_TEST_CASE(formats_that_cannot_be) {
  const Folder folder;
  folder.write("p/main.lead", quick_project());
  require(run(folder, {"check", "p", "--format", "sarf"}), wrong_use, {"no format `sarf`", "sarif", "rdjson"});
  require(run(folder, {"check", "p", "--format", "sarif:"}), wrong_use, {"names no file"});
  require(run(folder, {"check", "p", "--format", "json", "--format", "junit"}), wrong_use, {"only one format"});
  require(run(folder, {"check", "p", "--format", "json:no/such/folder.json"}), failed, {"no/such/folder.json"});
}

BOOST_AUTO_TEST_CASE(what_is_known_fails_nothing) {
  const Folder folder;
  folder.write("p/main.lead", with_mistakes());
  require(run(folder, {"check", "p", "--write-baseline", "known.json"}), fine,
          {"2 findings written to known.json", "`fairlead check --baseline known.json`",
           "2 findings are known by known.json"});
  const Ended known = run(folder, {"check", "p", "--baseline", "known.json"});
  require(known, fine, {"known FL0104 p/main.lead:", "`fairlead deploy` refuses the project"});
  BOOST_TEST(known.err.find("error FL") == std::string::npos, known.err);
  // Named otherwise, and with lines above, it is the same project.
  folder.write("p/main.lead", "// one\n\n" + with_mistakes());
  require(run(folder, {"check", folder.path("p"), "--baseline", "known.json", "--new-only"}), fine,
          {"2 findings are known by known.json"});
  // One more is new, and one is gone.
  std::string text = with_mistakes();
  text.replace(text.find("Send thanks;"), 12, "send thanks");
  text.replace(text.find("send nudge"), 10, "sned nudge");
  folder.write("p/main.lead", text);
  const Ended more = run(folder, {"check", "p", "--baseline", "known.json", "--new-only", "--format", "text",
                                  "--format", "sarif:out.sarif", "--format", "json:out.json"});
  require(more, findings,
          {"that the baseline does not know", "1 finding of known.json is gone", "--write-baseline known.json"});
  BOOST_TEST(more.err.find("known FL") == std::string::npos, more.err);
  for (const nlohmann::json& one : nlohmann::json::parse(folder.read("out.json"))) BOOST_TEST(one["known"] == false);
}

BOOST_AUTO_TEST_CASE(warnings_that_are_known_fail_nothing_either) {
  const Folder folder;
  folder.write("p/main.lead", quick_project());
  require(run(folder, {"check", "p", "--strict"}), findings, {"warning FL"});
  require(run(folder, {"check", "p", "--write-baseline", "known.json"}), fine, {"known.json"});
  require(run(folder, {"check", "p", "--strict", "--baseline", "known.json"}), fine, {"known FL"});
}

BOOST_AUTO_TEST_CASE(baselines_that_cannot_be) {
  const Folder folder;
  folder.write("p/main.lead", quick_project());
  folder.write("other.json", "[]");
  require(run(folder, {"check", "p", "--baseline", "none.json"}), failed,
          {"none.json cannot be read", "--write-baseline"});
  require(run(folder, {"check", "p", "--baseline", "other.json"}), failed, {"other.json is no baseline"});
  require(run(folder, {"check", "p", "--new-only"}), wrong_use, {"--baseline"});
  require(run(folder, {"check", "p", "--baseline", "other.json", "--write-baseline", "x.json"}), wrong_use, {});
  require(run(folder, {"check", "p", "--write-baseline", "no/such/x.json"}), failed, {"no/such/x.json"});
  // What could not be read is not known to be anything.
  require(run(folder, {"check", "q", "--write-baseline", "x.json"}), failed, {"q"});
  BOOST_TEST(!folder.has("x.json"));
}

BOOST_AUTO_TEST_CASE(the_end_says_what_comes_next) {
  const Folder folder;
  folder.write("p/main.lead", with_mistakes());
  require(run(folder, {"check", "p"}), findings,
          {"2 errors, 0 warnings", "`fairlead check --fix` mends 2 of them", "`fairlead explain FL0104` tells more"});
}

BOOST_AUTO_TEST_CASE(what_is_sure_is_mended) {
  const Folder folder;
  const std::string path = folder.write("p/main.lead", with_mistakes());
  std::filesystem::permissions(path, std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
  require(run(folder, {"check", "p", "--fix"}), fine,
          {"mended p/main.lead:", "write `send` (FL0104)", "write `1 second` (FL0112)", "acme: 1 workflow"});
  BOOST_TEST(folder.read("p/main.lead").find("Send") == std::string::npos);
  BOOST_TEST((std::filesystem::status(path).permissions() ==
              (std::filesystem::perms::owner_read | std::filesystem::perms::owner_write)));
  // Nothing is left beside it, and once more changes nothing.
  const std::string once = folder.read("p/main.lead");
  const Ended again = run(folder, {"check", "p", "--fix"});
  BOOST_TEST(again.out.find("mended") == std::string::npos);
  BOOST_TEST(folder.read("p/main.lead") == once);
  std::size_t files = 0;
  for ([[maybe_unused]] const auto& entry : std::filesystem::directory_iterator(folder.path("p"))) ++files;
  BOOST_TEST(files == 1U);
}

BOOST_AUTO_TEST_CASE(what_is_not_sure_is_left) {
  const Folder folder;
  std::string text = quick_project();
  text.replace(text.find("send thanks"), 11, "send thank ");
  folder.write("p/main.lead", text);
  require(run(folder, {"check", "p", "--fix"}), findings, {"Did you mean `thanks`?"});
  BOOST_TEST(folder.read("p/main.lead") == text);
}

BOOST_AUTO_TEST_CASE(a_full_disk_costs_no_text) {
  const Folder folder;
  folder.write("p/main.lead", with_mistakes());
  Circumstances full;
  full.most_bytes = 100;
  require(run(folder, {"check", "p", "--fix"}, full), failed, {"p/main.lead"});
  BOOST_TEST(folder.read("p/main.lead") == with_mistakes());
}

BOOST_AUTO_TEST_CASE(codes_are_explained) {
  const Folder folder;
  const Ended page = run(folder, {"explain", "FL0302"});
  require(page, fine, {"# FL0302: ", "```lead-bad", "contact.first_name"});
  for (const std::string same : {"302", "0302", "fl0302", "optional_used", "optional-used"})
    BOOST_TEST(run(folder, {"explain", same}).out == page.out);
  require(run(folder, {"explain"}), fine, {"FL0101", "FL0302  optional_used"});
  require(run(folder, {"explain", "optional_usd"}), wrong_use, {"did you mean `optional_used`?"});
  require(run(folder, {"explain", "FL9302"}), wrong_use, {"no code `FL9302`", "did you mean `FL"});
  require(run(folder, {"explain", "FL99999999999999999999"}), wrong_use, {"`fairlead explain` lists them"});
}

BOOST_AUTO_TEST_CASE(colours_are_as_they_are_wanted) {
  const Folder folder;
  folder.write("p/main.lead", with_mistakes());
  const auto coloured = [&](const std::vector<std::string>& arguments) {
    const Ended ended = run(folder, arguments);
    return (ended.err + ended.out).find("\x1b[") != std::string::npos;
  };
  // Whoever runs the tests may have said something of colours; empty is as good as unset.
  const Environment unsaid("NO_COLOR", "");
  // What goes into a pipe is plain.
  BOOST_TEST(!coloured({"check", "p"}));
  BOOST_TEST(coloured({"--color", "always", "check", "p"}));
  BOOST_TEST(coloured({"check", "p", "--color=always"}));
  BOOST_TEST(coloured({"explain", "302", "--color=always"}));
  BOOST_TEST(!coloured({"check", "p", "--color", "never"}));
  require(run(folder, {"check", "p", "--color", "perhaps"}), wrong_use, {"--color"});
  {
    const Environment forced("CLICOLOR_FORCE", "1");
    BOOST_TEST(coloured({"check", "p"}));
    BOOST_TEST(!coloured({"check", "p", "--color=never"}));
    const Environment none("NO_COLOR", "1");
    BOOST_TEST(!coloured({"check", "p"}));
    BOOST_TEST(coloured({"check", "p", "--color=always"}));
  }
}

}  // namespace fairlead::cli::test
