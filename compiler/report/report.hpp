// What was found, in the forms that other programs read: one function a form, each from the diagnostics and the files
// alone, so that the same findings always give the same text.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/compile.hpp"

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
std::string render(Format format, const Compiled& found);

// ---- the formats, each in a file of its name
std::string json(const Compiled& found);        // all that there is to know, for programs of one's own
std::string sarif(const Compiled& found);       // OASIS SARIF 2.1.0
std::string github(const Compiled& found);      // workflow commands of GitHub Actions
std::string gitlab(const Compiled& found);      // GitLab's code quality report
std::string junit(const Compiled& found);       // JUnit XML
std::string checkstyle(const Compiled& found);  // Checkstyle's XML
std::string rdjson(const Compiled& found);      // reviewdog's diagnostics

// ---- what they share
struct Region {
  std::string path;
  grammar::Position begin, end;
  grammar::Span span;
};
/// Where this is, or nothing: a path that cannot be read has no place in a text.
std::optional<Region> region(const Compiled& found, std::uint32_t file, grammar::Span span);
std::optional<Region> region(const Compiled& found, const grammar::Label& label);
std::string_view word(grammar::Severity severity);
/// The message, and below it what to do.
std::string sentence(const grammar::Diagnostic& diagnostic);

/// One for each diagnostic, in their order. It stays the same where lines are put in elsewhere or moved, and two
/// findings that are alike have different ones.
std::vector<std::string> fingerprints(const Compiled& found);

/// Well-formed UTF-8: bytes that are not become the sign for that.
std::string well_formed(std::string_view text);
/// For a text or an attribute of XML 1.0, which cannot hold every character.
std::string xml(std::string_view text);
/// A path as a URI: relative, or `file:///…`.
std::string uri(std::string_view path);

}  // namespace fairlead::compiler::report
