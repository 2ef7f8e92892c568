// Whatever bytes a path or a message holds, each report stays what it is, and says the same when it is read back.
#include <rapidcheck.h>
#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <nlohmann/json.hpp>

#include "compiler/report/report.hpp"
#include "runtime/values/utf8.hpp"
#include "tests/report/xml_reader.hpp"

namespace fairlead::compiler::report {

namespace {

using grammar::Code;
using grammar::Diagnostic;
using grammar::Severity;
using grammar::Source;
using Json = nlohmann::json;

/// Texts full of what means something in one of the formats, and of bytes that mean nothing.
std::string odd_text() {
  static const std::vector<std::string> pieces = {"a",
                                                  "Z",
                                                  " ",
                                                  "/",
                                                  ":",
                                                  ",",
                                                  "::",
                                                  "%",
                                                  "%0A",
                                                  "\n",
                                                  "\r",
                                                  "\t",
                                                  "\"",
                                                  "'",
                                                  "&",
                                                  "&amp;",
                                                  "<",
                                                  ">",
                                                  "]]>",
                                                  "<!--",
                                                  "\\",
                                                  "\\u0000",
                                                  "{",
                                                  "}",
                                                  "`",
                                                  "ø",
                                                  "日",
                                                  "\xF0\x9F\x98\x80",
                                                  "\xEF\xBF\xBE",
                                                  "\xEF\xBF\xBF",
                                                  "\xED\xA0\x80",
                                                  "\xC0\xAF",
                                                  "\xFF",
                                                  "\x80",
                                                  "\x01",
                                                  "\x7F",
                                                  "\x1B[31m"};
  const auto indices = *rc::gen::container<std::vector<std::size_t>>(rc::gen::inRange<std::size_t>(0, pieces.size()));
  std::string out;
  for (const std::size_t i : indices) out += pieces[i];
  return out;
}

Compiled odd_findings() {
  Compiled out;
  out.files.emplace_back("p" + odd_text(), "one\n" + odd_text() + "\nthree");
  out.own = 1;
  const auto size = static_cast<std::uint32_t>(out.files[0].text().size());
  for (int i = *rc::gen::inRange(1, 4); i > 0; --i) {
    const auto begin = *rc::gen::inRange<std::uint32_t>(0, size + 1);
    const auto end = *rc::gen::inRange<std::uint32_t>(begin, size + 1);
    Diagnostic d{Code::unknown_name,
                 i == 1 ? Severity::warning : Severity::error,
                 "m" + odd_text(),
                 {0, {begin, end}, odd_text()},
                 {{0, {begin, begin}, odd_text()}},
                 odd_text()};
    d.mend({begin, end}, "t" + odd_text(), i == 2 ? grammar::Sure::yes : grammar::Sure::no, "f" + odd_text());
    out.diagnostics.push_back(std::move(d));
  }
  return out;
}

/// XML cannot hold every character; what it cannot becomes the sign for that.
std::string as_xml_can(const std::string& text) {
  std::string out;
  const std::string good = well_formed(text);
  for (std::size_t i = 0; i < good.size(); ++i) {
    const auto c = static_cast<unsigned char>(good[i]);
    if (good.substr(i, 3) == "\xEF\xBF\xBE" || good.substr(i, 3) == "\xEF\xBF\xBF") {
      out += "\uFFFD";
      i += 2;
    } else if (c < 0x20 && c != '\n' && c != '\t' && c != '\r') {
      out += "\uFFFD";
    } else {
      out += good[i];
    }
  }
  return out;
}

std::string unescaped_command(std::string text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%') {
      out += static_cast<char>(std::stoi(text.substr(i + 1, 2), nullptr, 16));
      i += 2;
    } else {
      out += text[i];
    }
  }
  return out;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(escaping_test)

BOOST_AUTO_TEST_CASE(json_formats_parse_and_say_the_same) {
  BOOST_TEST(rc::check("json", [] {
    const Compiled found = odd_findings();
    const Json all = Json::parse(json(found));
    const Json log = Json::parse(sarif(found));
    const Json issues = Json::parse(gitlab(found));
    const Json review = Json::parse(rdjson(found));
    RC_ASSERT(all.size() == found.diagnostics.size());
    for (std::size_t i = 0; i < all.size(); ++i) {
      RC_ASSERT(is_utf8(all[i]["message"].get<std::string>()));
      RC_ASSERT(log["runs"][0]["results"][i]["message"]["text"] == review["diagnostics"][i]["message"]);
      RC_ASSERT(issues[i]["description"] == review["diagnostics"][i]["message"]);
      if (is_utf8(found.diagnostics[i].message)) RC_ASSERT(all[i]["message"] == found.diagnostics[i].message);
      for (const char c : log["runs"][0]["results"][i]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
                              .get<std::string>())
        RC_ASSERT(c > ' ' && c < 0x7f && c != '"' && c != '<' && c != '>' && c != '\\');
    }
  }));
}

BOOST_AUTO_TEST_CASE(xml_formats_are_well_formed_and_say_the_same) {
  BOOST_TEST(rc::check("xml", [] {
    const Compiled found = odd_findings();
    const auto style = test::read_xml(checkstyle(found));
    const auto cases = test::read_xml(junit(found));
    RC_ASSERT(style.has_value());
    RC_ASSERT(cases.has_value());
    RC_ASSERT(style->children.size() == 1U);
    RC_ASSERT(style->children[0].attributes.at("name") == as_xml_can(found.files[0].path()));
    RC_ASSERT(style->children[0].children.size() == found.diagnostics.size());
    for (std::size_t i = 0; i < found.diagnostics.size(); ++i)
      RC_ASSERT(style->children[0].children[i].attributes.at("message") ==
                as_xml_can(sentence(Findings(found).all[i])));
  }));
}

BOOST_AUTO_TEST_CASE(a_command_of_github_is_one_line_and_says_the_same) {
  BOOST_TEST(rc::check("github", [] {
    const Compiled found = odd_findings();
    const std::string text = github(found);
    RC_ASSERT(static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n')) == found.diagnostics.size());
    RC_ASSERT(text.find('\r') == std::string::npos);
    std::size_t begin = 0;
    for (const Finding& d : Findings(found).all) {
      const std::string line = text.substr(begin, text.find('\n', begin) - begin);
      begin += line.size() + 1;
      RC_ASSERT(line.starts_with("::error file=") || line.starts_with("::warning file="));
      const std::size_t message = line.find("::", 2);
      RC_ASSERT(unescaped_command(line.substr(message + 2)) == well_formed(sentence(d)));
      const std::size_t file = line.find("file=") + 5;
      RC_ASSERT(unescaped_command(line.substr(file, line.find(',', file) - file)) ==
                well_formed(found.files[0].path()));
    }
  }));
}

BOOST_AUTO_TEST_CASE(the_text_shows_no_control_characters_of_others) {
  BOOST_TEST(rc::check("text", [] {
    const std::string text = render(Format::text, odd_findings());
    RC_ASSERT(is_utf8(text));
    RC_ASSERT(text.find('\x1b') == std::string::npos);
  }));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace fairlead::compiler::report
