// The prover against a careful reader: what tests/proofs/precision says of small projects, and what comes out.
#include <fmt/format.h>

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <map>
#include <sstream>

#include "compiler/compile.hpp"

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

struct Tally {
  std::size_t exact = 0, all = 0;
  std::vector<std::string> unsound, other;
};

Tally tally(const std::filesystem::path& folder) {
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

/// At least `least` verdicts in this folder: none proved where the reader would not, and 95% of them the reader's own.
void agree(const std::string& folder, std::size_t least) {
  const Tally t = tally(std::filesystem::path(FAIRLEAD_SOURCE_DIR) / "tests/proofs" / folder);
  for (const std::string& said : t.unsound) std::cout << "proved where a reader would not: " << said << "\n";
  for (const std::string& said : t.other) std::cout << "another verdict: " << said << "\n";
  std::cout << fmt::format("{} of {} verdicts in {} as a careful reader has them\n", t.exact, t.all, folder);
  BOOST_TEST(t.all >= least);
  BOOST_TEST(t.unsound.empty());
  BOOST_TEST(t.exact * 100 >= t.all * 95);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(precision)

BOOST_AUTO_TEST_CASE(a_careful_reader_and_the_prover_agree) {
  agree("precision", 450);
}

BOOST_AUTO_TEST_CASE(so_they_do_on_the_standard_policies) {
  agree("stdlib", 30);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace fairlead::compiler
