// The results of the language's tests, in the forms that people and machines read.
#include "cli/test_report.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>

namespace fairlead::cli {

namespace {

using trial::Failure;

std::string place(const trial::TestResult& result, const Failure& failure) {
  return fmt::format("{}:{}", result.file, failure.line);
}

/// What is no text of one line becomes blanks.
std::string one_line(std::string_view text) {
  std::string out(text);
  std::replace_if(
      out.begin(), out.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }, ' ');
  return out;
}

/// YAML takes JSON's strings.
std::string json_string(std::string_view text) {
  return nlohmann::json(std::string(text)).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

/// For an attribute or the text of an element; what XML 1.0 has no place for becomes the sign for that.
std::string xml(std::string_view text) {
  std::string out;
  for (const char c : text) {
    switch (c) {
      case '&': out += "&amp;"; break;
      case '<': out += "&lt;"; break;
      case '>': out += "&gt;"; break;
      case '"': out += "&quot;"; break;
      case '\'': out += "&apos;"; break;
      case '\n': out += "&#10;"; break;
      case '\t': out += "&#9;"; break;
      default:
        if (static_cast<unsigned char>(c) < 0x20) {
          out += "\uFFFD";
        } else {
          out += c;
        }
    }
  }
  return out;
}

/// `policies/mails.lead` of acme is `acme.policies.mails`.
std::string class_name(const std::string& project, const std::string& file) {
  std::string path = file.ends_with(".lead") ? file.substr(0, file.size() - 5) : file;
  while (path.starts_with("./") || path.starts_with("/") || path.starts_with("../")) path.erase(0, path.find('/') + 1);
  std::replace(path.begin(), path.end(), '/', '.');
  return project + "." + path;
}

}  // namespace

std::size_t Tests::failed() const {
  return static_cast<std::size_t>(
      std::count_if(all.begin(), all.end(), [](const Tested& one) { return !one.result.failures.empty(); }));
}

std::string to_text(const Tests& tests, bool colour) {
  std::string out;
  for (const Tested& one : tests.all) {
    const bool passed = one.result.failures.empty();
    const std::string_view mark = passed ? "✓" : "✗";
    out += colour ? fmt::format("\x1b[{}m{}\x1b[0m", passed ? 32 : 31, mark) : std::string(mark);
    out += fmt::format(" {}\n", one_line(one.result.name));
    for (const Failure& failure : one.result.failures) {
      out += fmt::format("    {}: {}\n", place(one.result, failure), one_line(failure.text));
      for (const std::string& note : failure.notes) out += fmt::format("        {}\n", one_line(note));
    }
  }
  return out + fmt::format("{} passed, {} failed\n", tests.all.size() - tests.failed(), tests.failed());
}

std::string to_tap(const Tests& tests) {
  std::string out = fmt::format("TAP version 14\n1..{}\n", tests.all.size());
  for (std::size_t i = 0; i < tests.all.size(); ++i) {
    const trial::TestResult& result = tests.all[i].result;
    std::string name;
    for (const char c : one_line(result.name)) {
      if (c == '#' || c == '\\') name += '\\';
      name += c;
    }
    out += fmt::format("{} {} - {}\n", result.failures.empty() ? "ok" : "not ok", i + 1, name);
    if (result.failures.empty()) continue;
    out += "  ---\n  severity: fail\n";
    out += fmt::format("  message: {}\n", json_string(result.failures.front().text));
    out += fmt::format("  at:\n    file: {}\n    line: {}\n  failures:\n", json_string(result.file),
                       result.failures.front().line);
    for (const Failure& failure : result.failures) {
      out += fmt::format("    - line: {}\n      message: {}\n", failure.line, json_string(failure.text));
      if (failure.notes.empty()) continue;
      out += "      notes:\n";
      for (const std::string& note : failure.notes) out += fmt::format("        - {}\n", json_string(note));
    }
    out += "  ...\n";
  }
  return out;
}

std::string to_junit(const Tests& tests) {
  std::map<std::string, std::vector<const Tested*>> suites;
  double whole = 0;
  for (const Tested& one : tests.all) {
    suites[one.result.file].push_back(&one);
    whole += one.seconds;
  }
  std::string out = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";
  out += fmt::format("<testsuites name=\"{}\" tests=\"{}\" failures=\"{}\" errors=\"0\" time=\"{:.3f}\">\n",
                     xml(tests.project), tests.all.size(), tests.failed(), whole);
  for (const auto& [file, members] : suites) {
    double time = 0;
    for (const Tested* one : members) time += one->seconds;
    const auto failed =
        std::count_if(members.begin(), members.end(), [](const Tested* one) { return !one->result.failures.empty(); });
    out += fmt::format(
        "  <testsuite name=\"{}\" file=\"{}\" tests=\"{}\" failures=\"{}\" errors=\"0\" skipped=\"0\" "
        "time=\"{:.3f}\">\n",
        xml(file), xml(file), members.size(), failed, time);
    for (const Tested* one : members) {
      const trial::TestResult& result = one->result;
      out += fmt::format("    <testcase name=\"{}\" classname=\"{}\" file=\"{}\" line=\"{}\" time=\"{:.3f}\"",
                         xml(result.name), xml(class_name(tests.project, file)), xml(file), result.line, one->seconds);
      if (result.failures.empty()) {
        out += "/>\n";
        continue;
      }
      out += fmt::format(">\n      <failure type=\"expectation\" message=\"{}\">", xml(result.failures.front().text));
      for (const Failure& failure : result.failures) {
        out += xml(fmt::format("{}: {}", place(result, failure), failure.text)) + "\n";
        for (const std::string& note : failure.notes) out += xml("    " + note) + "\n";
      }
      out += "</failure>\n    </testcase>\n";
    }
    out += "  </testsuite>\n";
  }
  return out + "</testsuites>\n";
}

std::string to_json(const Tests& tests, const trial::Coverage* coverage) {
  nlohmann::ordered_json out{{"project", tests.project},
                             {"passed", tests.all.size() - tests.failed()},
                             {"failed", tests.failed()},
                             {"tests", nlohmann::ordered_json::array()}};
  for (const Tested& one : tests.all) {
    nlohmann::ordered_json failures = nlohmann::ordered_json::array();
    for (const Failure& failure : one.result.failures)
      failures.push_back({{"line", failure.line}, {"message", failure.text}, {"notes", failure.notes}});
    out["tests"].push_back({{"name", one.result.name},
                            {"file", one.result.file},
                            {"line", one.result.line},
                            {"passed", failures.empty()},
                            {"seconds", one.seconds},
                            {"failures", failures}});
  }
  if (coverage != nullptr) {
    nlohmann::ordered_json items = nlohmann::ordered_json::array();
    for (const trial::Covered& item : coverage->items) {
      items.push_back({{"kind", trial::to_string(item.kind)},
                       {"in", item.owner},
                       {"key", item.key},
                       {"what", item.what},
                       {"file", item.file},
                       {"line", item.line},
                       {"times", item.times}});
    }
    out["coverage"] = {{"covered", coverage->covered()},
                       {"of", coverage->items.size()},
                       {"percent", coverage->percent()},
                       {"items", std::move(items)}};
  }
  return out.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n";
}

}  // namespace fairlead::cli
