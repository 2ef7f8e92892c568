// What was found, in the forms that other programs read: one function a form, each from the diagnostics and the files
// alone, so that the same findings always give the same text.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/report/findings.hpp"

namespace fairlead::compiler::report {

enum class Format : std::uint8_t { text, json, sarif, github, gitlab, junit, checkstyle, rdjson };

struct FormatInfo {
  Format format;
  std::string_view name;
  std::string_view about;
};
/// Every format, in the order in which help lists them.
std::span<const FormatInfo> formats();
std::optional<Format> format_named(std::string_view name);

/// The findings in this format; ends with a line break where it is not empty. `text` is without colours.
std::string render(Format format, const Findings& found);

// ---- the formats, each in a file of its name
std::string json(const Findings& found);        // all that there is to know, for programs of one's own
std::string sarif(const Findings& found);       // OASIS SARIF 2.1.0
std::string github(const Findings& found);      // workflow commands of GitHub Actions
std::string gitlab(const Findings& found);      // GitLab's code quality report
std::string junit(const Findings& found);       // JUnit XML
std::string checkstyle(const Findings& found);  // Checkstyle's XML
std::string rdjson(const Findings& found);      // reviewdog's diagnostics

// ---- what they share
struct Region {
  std::string path;
  grammar::Position begin, end;
  grammar::Span span;
};
/// Where this is, or nothing: a path that cannot be read has no place in a text.
std::optional<Region> region(const Findings& found, std::uint32_t file, grammar::Span span);
std::optional<Region> region(const Findings& found, const grammar::Label& label);
std::string_view word(grammar::Severity severity);
/// What is known already fails nothing, so it is a note wherever a format has no word of its own for it.
grammar::Severity weight(const Finding& finding);
/// The message, and below it with whom it is so and what to do.
std::string sentence(const Finding& finding);
/// `known: ` before what is known, where a format cannot say it otherwise.
std::string_view mark(const Finding& finding);
/// The same with the way there, a line a step, for formats that have no place for it, and with its mark.
std::string story(const Findings& found, const Finding& finding);
/// What is known, on one line: `known FL0504 tea.lead:12: …`.
std::string reminder(const Findings& found, const Finding& finding);

/// Well-formed UTF-8: bytes that are not become the sign for that.
std::string well_formed(std::string_view text);
/// For a text or an attribute of XML 1.0, which cannot hold every character.
std::string xml(std::string_view text);
/// A path as a URI: relative, or `file:///…`.
std::string uri(std::string_view path);

}  // namespace fairlead::compiler::report
