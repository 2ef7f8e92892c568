// What the report formats share: their names, places, fingerprints, and the escaping of texts.
#include "compiler/report/report.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "runtime/values/utf8.hpp"

namespace fairlead::compiler::report {

using grammar::Diagnostic;
using grammar::Label;
using grammar::Severity;
using grammar::Source;

namespace {

std::string text(const Findings& found) {
  std::string out;
  for (const Finding& finding : found.all) {
    if (finding.known) continue;
    if (!out.empty()) out += '\n';
    out += grammar::render(*finding.diagnostic, found.files(), false);
  }
  if (found.known() > 0 && !out.empty()) out += '\n';
  for (const Finding& finding : found.all) {
    if (finding.known) out += reminder(found, finding);
  }
  return out;
}

}  // namespace

std::span<const FormatInfo> formats() {
  static constexpr std::array<FormatInfo, 8> all = {{
      {Format::text, "text", "for people"},
      {Format::json, "json", "everything, for programs of your own"},
      {Format::sarif, "sarif", "SARIF 2.1.0, for code scanning"},
      {Format::github, "github", "annotations of GitHub Actions"},
      {Format::gitlab, "gitlab", "GitLab's code quality report"},
      {Format::junit, "junit", "JUnit XML, which every CI reads"},
      {Format::checkstyle, "checkstyle", "Checkstyle's XML"},
      {Format::rdjson, "rdjson", "reviewdog, with suggestions"},
  }};
  return all;
}

std::optional<Format> format_named(std::string_view name) {
  for (const FormatInfo& info : formats()) {
    if (info.name == name) return info.format;
  }
  return std::nullopt;
}

std::string render(Format format, const Findings& found) {
  switch (format) {
    case Format::text: return text(found);
    case Format::json: return json(found);
    case Format::sarif: return sarif(found);
    case Format::github: return github(found);
    case Format::gitlab: return gitlab(found);
    case Format::junit: return junit(found);
    case Format::checkstyle: return checkstyle(found);
    case Format::rdjson: return rdjson(found);
  }
  return {};
}

std::optional<Region> region(const Findings& found, std::uint32_t file, grammar::Span span) {
  if (file >= found.files().size()) return std::nullopt;
  const Source& source = found.files()[file];
  return Region{source.path(), source.position(span.begin), source.position(span.end), span};
}

std::optional<Region> region(const Findings& found, const Label& label) {
  return region(found, label.file, label.span);
}

std::string_view word(Severity severity) {
  return grammar::to_string(severity);
}

Severity weight(const Finding& finding) {
  return finding.known ? Severity::note : finding.diagnostic->severity;
}

namespace {

std::string told(const Finding& finding, const std::string& way) {
  const Diagnostic& d = *finding.diagnostic;
  std::string out = d.message;
  if (!d.example.empty()) out += "\nFor example: " + d.example;
  out += way;
  if (!d.help.empty()) out += "\n" + d.help;
  return out;
}

}  // namespace

std::string_view mark(const Finding& finding) {
  return finding.known ? "known: " : "";
}

std::string sentence(const Finding& finding) {
  return told(finding, {});
}

std::string story(const Findings& found, const Finding& finding) {
  std::string way;
  for (const Label& label : finding.diagnostic->way) {
    if (const auto at = region(found, label)) way += fmt::format("\n{}:{}: {}", at->path, at->begin.line, label.text);
  }
  return std::string(mark(finding)) + told(finding, way.empty() ? way : "\nThe way there:" + way);
}

std::string reminder(const Findings& found, const Finding& finding) {
  const Diagnostic& d = *finding.diagnostic;
  const auto at = region(found, d.primary);
  const std::string where = at ? fmt::format(" {}:{}", at->path, at->begin.line) : std::string();
  return fmt::format("known {}{}: {}\n", grammar::to_string(d.code), where, d.message);
}

std::string well_formed(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size();) {
    std::size_t n = std::min<std::size_t>(4, text.size() - i);
    while (n > 0 && !is_utf8(text.substr(i, n))) --n;
    // The longest good stretch of at most four bytes: whole characters, as no character is longer.
    out += n == 0 ? std::string_view("\uFFFD") : text.substr(i, n);
    i += std::max<std::size_t>(n, 1);
  }
  return out;
}

std::string xml(std::string_view raw) {
  const std::string text = well_formed(raw);
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto c = static_cast<unsigned char>(text[i]);
    const std::string_view three = std::string_view(text).substr(i, 3);
    if (c == '&') {
      out += "&amp;";
    } else if (c == '<') {
      out += "&lt;";
    } else if (c == '>') {
      out += "&gt;";
    } else if (c == '"') {
      out += "&quot;";
    } else if (c == '\n') {
      out += "&#10;";
    } else if (c == '\t') {
      out += "&#9;";
    } else if (c == '\r') {
      out += "&#13;";
    } else if (c < 0x20) {
      out += "\uFFFD";
    } else if (three == "\xEF\xBF\xBE" || three == "\xEF\xBF\xBF") {  // U+FFFE and U+FFFF
      out += "\uFFFD";
      i += 2;
    } else {
      out += text[i];
    }
  }
  return out;
}

std::string uri(std::string_view path) {
  static constexpr std::string_view kept = "-._~/!$&'()*+,;=@";
  std::string out(path.starts_with('/') ? "file://" : "");
  // The first part of a relative path must not look like a scheme, so a colon is written out.
  for (const char c : path) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                       kept.find(c) != std::string_view::npos;
    if (plain) {
      out += c;
    } else {
      out += fmt::format("%{:02X}", static_cast<unsigned>(static_cast<unsigned char>(c)));
    }
  }
  return out;
}

}  // namespace fairlead::compiler::report
