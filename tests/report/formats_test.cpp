// What other programs are told: each format against its golden file in tests/golden/formats, and what the format itself
// asks for. FAIRLEAD_UPDATE_GOLDEN=1 writes the files anew.
#include <fmt/format.h>

#include <boost/test/unit_test.hpp>
#include <cstdlib>
#include <fstream>
#include <nlohmann/json.hpp>
#include <set>

#include "compiler/report/report.hpp"
#include "tests/compiler/compiling.hpp"
#include "tests/report/xml_reader.hpp"

namespace fairlead::compiler::report {

namespace {

using grammar::Source;
using Json = nlohmann::json;

/// Errors and a warning, in files with odd names, with other places, in the library too, and fixes of both kinds.
Compiled sample() {
  const std::string names =
      testing::project("event clicked { url: Text }\nsegment nordic = contact.contry == \"NO\"\n" +
                       testing::workflow("send welcom\nif contact.plan == \"pro\" { stop }\nsend welcome by mail"));
  return compile({Source("campaigns/my project, 50%.lead", names),
                  Source("campaigns/more & <more>.lead", "segment keen = contact.visits > \"ø\" // &\n")});
}

/// What cannot be read at all, and what could not even be found.
Compiled unread() {
  Compiled out = compile({Source("a.lead", testing::project(testing::workflow("Send welcome; // ✓\nwait 3days")))});
  Compiled missing = compile_path("no/such/file.lead");
  out.diagnostics.insert(out.diagnostics.begin(), missing.diagnostics.begin(), missing.diagnostics.end());
  return out;
}

/// One that is only warned of, beside a file without findings.
Compiled warned() {
  const std::string policy = "policy quiet {\n  often: limit messages to 3 per 7 days\n}\n";
  // Without lints: what else they find is not what this is about.
  return compile(
      {Source("clean.lead", testing::workflow("send welcome")), Source("warned.lead", testing::project(policy))}, {},
      {.lint = false, .folder = {}});
}

/// What a rule that is to be proved says, with the way there, and somebody who breaks it.
Compiled broken() {
  return compile(
      {Source("broken.lead", testing::project("policy quiet {\n  asked: prove forbid send when channel.consent is not "
                                              "given\n}\n") +
                                 testing::workflow("if contact.consent.email is given {\n  send welcome\n  wait 3 "
                                                   "days\n  send welcome\n}",
                                                   "enter on downloaded\nunder quiet\n"))},
      {}, {.lint = false, .folder = {}});
}

const std::vector<std::pair<std::string, Compiled>>& samples() {
  static const std::vector<std::pair<std::string, Compiled>> all = [] {
    std::vector<std::pair<std::string, Compiled>> made;
    made.emplace_back("names", sample());
    made.emplace_back("syntax", unread());
    made.emplace_back("warning", warned());
    made.emplace_back("broken", broken());
    return made;
  }();
  return all;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(formats_test)

BOOST_AUTO_TEST_CASE(each_format_is_as_its_golden_file) {
  const std::filesystem::path folder = std::filesystem::path(FAIRLEAD_SOURCE_DIR) / "tests/golden/formats";
  for (const auto& [name, compiled] : samples()) {
    BOOST_TEST(!compiled.diagnostics.empty());
    for (const FormatInfo& info : formats()) {
      const auto path = folder / (name + "." + std::string(info.name));
      const std::string text = render(info.format, compiled);
      if (std::getenv("FAIRLEAD_UPDATE_GOLDEN") != nullptr) {
        std::filesystem::create_directories(folder);
        std::ofstream(path, std::ios::binary) << text;
      }
      BOOST_TEST(text == testing::read_text(path), path << " now is:\n" << text);
    }
  }
}

BOOST_AUTO_TEST_CASE(json_has_all_places_and_fixes) {
  for (const auto& [name, compiled] : samples()) {
    const Json all = Json::parse(json(compiled));
    BOOST_REQUIRE(all.size() == compiled.diagnostics.size());
    for (std::size_t i = 0; i < all.size(); ++i) {
      const grammar::Diagnostic& d = compiled.diagnostics[i];
      BOOST_TEST(all[i]["message"] == d.message);
      BOOST_TEST(all[i].value("fixes", Json::array()).size() == d.fixes.size());
      BOOST_TEST(all[i].value("related", Json::array()).size() == d.secondary.size());
      if (d.primary.file >= compiled.files.size()) continue;
      const std::string_view text = compiled.files[d.primary.file].text();
      BOOST_TEST(all[i]["offset"].get<std::size_t>() <= text.size());
    }
  }
}

BOOST_AUTO_TEST_CASE(sarif_hangs_together) {
  for (const auto& [name, compiled] : samples()) {
    const Json log = Json::parse(sarif(compiled));
    BOOST_TEST(log["version"] == "2.1.0");
    const Json& run = log["runs"][0];
    const Json& rules = run["tool"]["driver"]["rules"];
    std::set<std::string> ids;
    for (const Json& rule : rules) {
      BOOST_TEST(ids.insert(rule["id"]).second);
      BOOST_TEST(rule["help"]["markdown"].get<std::string>().starts_with("# " + rule["id"].get<std::string>()));
    }
    for (const Json& result : run["results"]) {
      BOOST_TEST(rules[result["ruleIndex"].get<std::size_t>()]["id"] == result["ruleId"]);
      for (const Json& location : result["locations"]) {
        const Json& region = location["physicalLocation"]["region"];
        BOOST_TEST(region["startLine"] <= region["endLine"]);
      }
      for (const Json& fix : result.value("fixes", Json::array())) BOOST_TEST(!fix["artifactChanges"].empty());
    }
  }
}

BOOST_AUTO_TEST_CASE(the_way_there_is_in_every_format) {
  const Compiled found = broken();
  BOOST_REQUIRE(found.diagnostics.size() == 1U);
  const grammar::Diagnostic& d = found.diagnostics[0];
  BOOST_REQUIRE(d.way.size() >= 2U);
  BOOST_TEST(!d.example.empty());
  const Json one = Json::parse(json(found))[0];
  BOOST_TEST(one["example"] == d.example);
  BOOST_REQUIRE(one["way"].size() == d.way.size());
  // SARIF: in its order, and it ends where the finding is.
  const Json result = Json::parse(sarif(found))["runs"][0]["results"][0];
  const Json& steps = result["codeFlows"][0]["threadFlows"][0]["locations"];
  BOOST_REQUIRE(steps.size() == d.way.size() + 1);
  for (std::size_t i = 0; i < d.way.size(); ++i) {
    BOOST_TEST(one["way"][i]["label"] == d.way[i].text);
    BOOST_TEST(steps[i]["location"]["message"]["text"] == d.way[i].text);
    BOOST_TEST(steps[i]["location"]["physicalLocation"]["region"]["startLine"] == one["way"][i]["line"]);
  }
  BOOST_TEST(steps.back()["location"]["physicalLocation"] == result["locations"][0]["physicalLocation"]);
  const Json related = Json::parse(rdjson(found))["diagnostics"][0]["relatedLocations"];
  BOOST_REQUIRE(related.size() == d.way.size() + d.secondary.size());
  BOOST_TEST(related[0]["message"] == d.way[0].text);
  const auto at = region(found, d.way[0]);
  const std::string step = fmt::format("{}:{}: {}", at->path, at->begin.line, d.way[0].text);
  for (const Format format : {Format::github, Format::gitlab, Format::junit, Format::checkstyle}) {
    const std::string text = render(format, found);
    BOOST_TEST(
        text.find(format == Format::junit || format == Format::checkstyle ? xml(step) : step) != std::string::npos,
        text);
    BOOST_TEST(text.find("The way there:") != std::string::npos);
  }
}

BOOST_AUTO_TEST_CASE(junit_counts) {
  const auto root = test::read_xml(junit(warned()));
  BOOST_REQUIRE(root.has_value());
  BOOST_TEST(root->attributes.at("tests") == "2");
  BOOST_TEST(root->attributes.at("failures") == "0");
  BOOST_TEST(checkstyle(warned()).find("severity=\"warning\"") != std::string::npos);
  BOOST_TEST(root->children.at(0).children.size() == 2U);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace fairlead::compiler::report
