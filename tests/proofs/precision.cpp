#include <fmt/format.h>

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>

#include "compiler/compile.hpp"
#include "tests/proofs/precision.hpp"

namespace fairlead::compiler {

namespace {

using proof::Verdict;

struct Line {
  std::string rule, place, verdict;
};

/// `//= POLICY.RULE at PLACE: VERDICT, because REASON`
std::vector<Line> lines_of(const std::filesystem::path& file) {
  std::ifstream in(file);
  std::vector<Line> out;
  for (std::string line; std::getline(in, line);) {
    if (!line.starts_with("//= ")) continue;
    const std::size_t at = line.find(" at "), colon = line.find(": "), end = line.find(", because ");
    BOOST_REQUIRE_MESSAGE(at < colon && colon < end && end != std::string::npos, file << ": " << line);
    out.push_back(
        {line.substr(4, at - 4), line.substr(at + 4, colon - at - 4), line.substr(colon + 2, end - colon - 2)});
  }
  return out;
}

/// As the suite writes it.
std::string rule_of(const proof::Obligation& o) {
  const std::size_t closed = o.rule_name.find(".default forbid");
  return closed == std::string::npos ? o.rule_name : o.rule_name.substr(0, closed) + ".default";
}

std::string place_of(const proof::Obligation& o) {
  if (o.site.kind == proof::Site::Kind::points) return "score" + o.key.substr(6);
  return o.site.kind == proof::Site::Kind::project ? "project" : o.key;
}

/// Of the channels that a message may take the worst counts.
int badness(Verdict verdict) {
  return verdict == Verdict::broken ? 3 : verdict == Verdict::guarded ? 2 : verdict == Verdict::proved ? 1 : 0;
}

struct Judged {
  Verdict verdict;
  std::string because;
};

std::map<std::pair<std::string, std::string>, Judged> judged(const std::filesystem::path& file) {
  std::map<std::pair<std::string, std::string>, Judged> out;
  for (const proof::Obligation& o : compile_path(file.string()).proofs.obligations) {
    const auto [at, fresh] = out.try_emplace({rule_of(o), place_of(o)}, Judged{o.verdict, o.because});
    if (!fresh && badness(at->second.verdict) < badness(o.verdict)) at->second = {o.verdict, o.because};
  }
  return out;
}

}  // namespace

Tally tally(const std::string& of) {
  const std::filesystem::path folder = std::filesystem::path(FAIRLEAD_SOURCE_DIR) / "tests/proofs" / of;
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
    if (entry.path().extension() == ".lead") files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  Tally out;
  for (const auto& file : files) {
    const auto found = judged(file);
    const std::string name = std::filesystem::relative(file, folder).string();
    for (const Line& line : lines_of(file)) {
      ++out.all;
      const auto at = found.find({line.rule, line.place});
      const std::string verdict = at == found.end() ? "nothing" : std::string(to_string(at->second.verdict));
      if (verdict == line.verdict) {
        ++out.exact;
        continue;
      }
      const std::string said = fmt::format("{}: {} at {}: {}, not {}{}", name, line.rule, line.place, verdict,
                                           line.verdict, at == found.end() ? "" : " (" + at->second.because + ")");
      const bool sound = verdict != "proved" && (verdict != "unreachable" || line.verdict == "proved");
      (sound ? out.other : out.unsound).push_back(said);
    }
  }
  return out;
}

}  // namespace fairlead::compiler
