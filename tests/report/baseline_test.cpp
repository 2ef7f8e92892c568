// Fingerprints last where lines move and layout changes, and tell apart what is alike; baselines tell what is new, what
// is known and what is gone.
#include <rapidcheck.h>
#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <nlohmann/json.hpp>
#include <set>

#include "compiler/report/baseline.hpp"
#include "compiler/report/report.hpp"
#include "grammar/format.hpp"
#include "tests/compiler/compiling.hpp"

namespace fairlead::compiler::report {

namespace {

using grammar::Source;
using Json = nlohmann::json;

/// Two that are alike, in one workflow; one more of them in another; and mistakes of other kinds.
std::string mistakes() {
  return testing::project(
      testing::workflow("send welcom\nif contact.plan == \"pro\" { stop }\nsend welcom\nwait 3 days\nsend reminder") +
      "workflow other for contact {\nenter on visited\nsteps { send welcom }\n}\n");
}

std::vector<std::string> prints(const std::string& text, const std::string& path = "a.lead") {
  const Compiled compiled = compile({Source(path, text)}, {}, {.lint = false, .folder = {}});
  std::vector<std::string> out;
  for (const Finding& finding : Findings(compiled).all) out.push_back(finding.fingerprint);
  return out;
}

bool all_differ(const std::vector<std::string>& prints) {
  return std::set<std::string>(prints.begin(), prints.end()).size() == prints.size();
}

}  // namespace

BOOST_AUTO_TEST_SUITE(baseline_test)

BOOST_AUTO_TEST_CASE(fingerprints_last_where_lines_move) {
  const std::vector<std::string> before = prints(mistakes());
  BOOST_REQUIRE(before.size() >= 4U);
  BOOST_TEST(all_differ(before));
  BOOST_TEST(rc::check("lines put in anywhere", [&] {
    const std::string text = mistakes();
    std::string changed;
    for (const char c : text) {
      changed += c;
      if (c != '\n') continue;
      for (int n = *rc::gen::inRange(0, 3); n > 0; --n)
        changed += *rc::gen::element<std::string>("\n", "   \n", "// a word\n", "  // `send welcom`\n");
      changed += *rc::gen::element<std::string>("", " ", "\t");
    }
    RC_ASSERT(prints(changed) == before);
  }));
}

BOOST_AUTO_TEST_CASE(fingerprints_last_where_the_layout_changes) {
  // A rule is broken in a project that can be read, so that it can be laid out.
  const std::string text = testing::project(
      "policy quiet { claims: ban \"guaranteed\", \"risk free\" in content }\ncontent loud { email { subject "
      "\"Guaranteed\"\nbody \"Risk free\" } }\n" +
      testing::workflow("send loud", "enter on downloaded\nunder quiet\n"));
  const auto laid_out = grammar::format(Source("a.lead", text));
  BOOST_REQUIRE(laid_out.has_value());
  BOOST_TEST(*laid_out != text);
  const std::vector<std::string> before = prints(text);
  BOOST_TEST(before.size() == 2U);
  BOOST_TEST((prints(*laid_out) == before));
}

BOOST_AUTO_TEST_CASE(fingerprints_are_of_what_it_is_about) {
  const auto one = [](const std::string& steps) {
    const auto all = prints(testing::project(testing::workflow(steps)));
    BOOST_REQUIRE(!all.empty());
    return all.front();
  };
  const std::string first = one("send welcom");
  BOOST_TEST(one("wait 1 day\nsend welcom") == first);
  BOOST_TEST(one("send remindr") != first);
  // The same mistake in another file, or another declaration, is another one.
  BOOST_TEST(prints(testing::project(testing::workflow("send welcom")), "b.lead").front() != first);
  // Of two that are alike, the one that is left when the other is mended is known.
  const auto twice = prints(testing::project(testing::workflow("send welcom\nwait 1 day\nsend welcom")));
  BOOST_REQUIRE(twice.size() == 2U);
  BOOST_TEST(twice[0] == first);
  BOOST_TEST(twice[1] != first);
}

BOOST_AUTO_TEST_CASE(paths_are_from_the_folder_of_the_project) {
  const auto at = [](const std::string& folder) {
    const Compiled compiled =
        compile({Source(folder + "/flows/a.lead", mistakes())}, {}, {.lint = false, .folder = folder});
    const Findings found(compiled);
    BOOST_TEST(found.all.front().path == "flows/a.lead");
    BOOST_TEST(found.all.front().declaration == "workflow nurture");
    return found.all.front().fingerprint;
  };
  BOOST_TEST(at("projects/acme") == at("/srv/build/acme"));
}

BOOST_AUTO_TEST_CASE(a_baseline_tells_new_from_known_from_gone) {
  const auto compiled = [](const std::string& steps) {
    return compile({Source("a.lead", testing::project(testing::workflow(steps)))}, {}, {.lint = false, .folder = {}});
  };
  const Compiled before = compiled("send welcom\nsend remindr");
  const std::string baseline = write_baseline(Findings(before));
  // It reads like a list, and says no line: those change.
  BOOST_TEST(baseline.find("\"in\": \"workflow nurture\"") != std::string::npos, baseline);
  BOOST_TEST(Json::parse(baseline)["findings"].size() == 2U);
  BOOST_TEST(baseline == write_baseline(Findings(compiled("wait 1 day\nsend welcom\n\nsend remindr"))));

  const Compiled now = compiled("send nothing_such\nsend welcom");
  Findings found(now);
  BOOST_REQUIRE(compare(found, baseline));
  BOOST_REQUIRE(found.all.size() == 2U);
  BOOST_TEST(!found.all[0].known);
  BOOST_TEST(found.all[1].known);
  BOOST_TEST(found.fresh(grammar::Severity::error) == 1U);
  BOOST_REQUIRE(found.gone.size() == 1U);
  BOOST_TEST(found.gone[0].message.find("remindr") != std::string::npos);

  const Json results = Json::parse(sarif(found))["runs"][0]["results"];
  BOOST_REQUIRE(results.size() == 3U);
  BOOST_TEST(results[0]["baselineState"] == "new");
  BOOST_TEST(results[1]["baselineState"] == "unchanged");
  BOOST_TEST(results[2]["baselineState"] == "absent");
  const Json all = Json::parse(json(found));
  BOOST_TEST(all[0]["known"] == false);
  BOOST_TEST(all[1]["known"] == true);
  BOOST_TEST(Json::parse(gitlab(found))[1]["severity"] == "info");
  BOOST_TEST(github(found).find("::notice file=a.lead") != std::string::npos);
  BOOST_TEST(checkstyle(found).find("severity=\"info\" message=\"known: ") != std::string::npos);
  BOOST_TEST(junit(found).find("failures=\"1\"") != std::string::npos);
  BOOST_TEST(Json::parse(rdjson(found))["diagnostics"][1]["severity"] == "INFO");
  BOOST_TEST(render(Format::text, found).find("\nknown FL0201 a.lead:") != std::string::npos);

  found.only_new();
  BOOST_TEST(Json::parse(json(found)).size() == 1U);
  BOOST_TEST(render(Format::text, found).find("known") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(what_is_no_baseline_is_refused) {
  const Compiled clean = compile({Source("a.lead", testing::project(testing::workflow("send welcome")))}, {},
                                 {.lint = false, .folder = {}});
  const std::string good = write_baseline(Findings(clean));
  Findings found(clean);
  BOOST_TEST(compare(found, good));
  for (const std::string bad :
       {"", "{", "[]", "3", "{\"findings\": []}", "{\"fairlead_baseline\": 2, \"findings\": []}",
        "{\"fairlead_baseline\": 1}", "{\"fairlead_baseline\": 1, \"findings\": {}}",
        "{\"fairlead_baseline\": 1, \"findings\": [3]}",
        "{\"fairlead_baseline\": 1, \"findings\": [{\"code\": \"x\"}]}", "\xFF"}) {
    Findings other(clean);
    BOOST_TEST(!compare(other, bad), bad);
  }
}

BOOST_AUTO_TEST_CASE(any_bytes_make_a_baseline_that_can_be_read) {
  BOOST_TEST(rc::check("odd paths and messages", [] {
    Compiled odd;
    odd.files.emplace_back(*rc::gen::arbitrary<std::string>(), *rc::gen::arbitrary<std::string>());
    odd.own = 1;
    const auto size = static_cast<std::uint32_t>(odd.files[0].text().size());
    for (int i = *rc::gen::inRange(1, 5); i > 0; --i) {
      const auto begin = *rc::gen::inRange<std::uint32_t>(0, size + 1);
      odd.diagnostics.push_back({grammar::Code::syntax,
                                 grammar::Severity::error,
                                 *rc::gen::arbitrary<std::string>(),
                                 {0, {begin, *rc::gen::inRange<std::uint32_t>(begin, size + 1)}, ""},
                                 {},
                                 ""});
    }
    Findings found(odd);
    RC_ASSERT(compare(found, write_baseline(found)));
    RC_ASSERT(found.known() == odd.diagnostics.size());
    RC_ASSERT(found.gone.empty());
  }));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace fairlead::compiler::report
