// What the cache knows is what would be found: random projects are edited a line at a time, and whatever is said with
// the cache is said without it, to the letter. What it must know of a workflow is left out, a part at a time, to see
// that this test finds it.
#include <fmt/format.h>

#include <boost/test/unit_test.hpp>
#include <fstream>
#include <sstream>

#include "compiler/compile.hpp"
#include "compiler/proof/cache.hpp"
#include "compiler/proof/planted.hpp"
#include "runtime/values/signature.hpp"
#include "tests/proofs/random_project.hpp"
#include "tests/values/keys.hpp"

namespace fairlead::soundness {
namespace {

namespace fs = std::filesystem;
using compiler::proof::Cache;
using compiler::proof::LeftOut;
using compiler::proof::Note;
using compiler::proof::Obligation;

/// A folder that goes when it does.
struct Folder {
  fs::path path = fs::temp_directory_path() / fmt::format("fairlead-cache-{}", hex(sha256(random_bytes(8))));
  Folder() = default;
  ~Folder() { fs::remove_all(path); }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
};

/// Files that lie beside the project's own.
using Beside = std::map<std::string, std::string>;

/// All that proofs say of a project, places as people read them.
struct Said {
  std::string text;
  std::size_t remembered = 0, workflows = 0;
};
Said said(const std::string& text, Cache* cache, const Beside& beside = {}) {
  compiler::ProjectFiles files;
  files.root = "p";
  files.read = [&beside](const std::string& path) -> tl::expected<std::string, compiler::Unread> {
    const auto at = beside.find(path);
    if (at == beside.end()) return tl::unexpected(compiler::Unread::absent);
    return at->second;
  };
  const compiler::Compiled compiled =
      compiler::compile({grammar::Source("p/x.lead", text)}, std::move(files), {.lint = false, .cache = cache});
  Said out;
  const auto place = [&](compiler::Place at) {
    const grammar::Position from = compiled.files[at.file].position(at.span.begin);
    return fmt::format("{}:{}-{}", from.line, from.column, at.span.end - at.span.begin);
  };
  const auto notes = [&](const char* what, const std::vector<Note>& all, bool placed) {
    for (const Note& note : all)
      out.text += fmt::format("  {} {} {}\n", what, placed ? place(note.place) : "", note.words);
  };
  for (const Obligation& o : compiled.proofs.obligations) {
    out.text += fmt::format("{} {} {} {} {}: {} {} {}\n", o.rule_name, place(o.rule_at), o.key, o.name, place(o.at),
                            to_string(o.verdict), o.because, o.said);
    notes("fact", o.facts, true);
    notes("way", o.way, true);
    notes("example", o.example, false);
  }
  const auto number = [](const auto& n) { return n ? static_cast<std::int64_t>(*n) : -1; };
  for (const auto& b : compiled.proofs.bounds)
    out.text += fmt::format("{} {} {} {}\n", b.name, number(b.messages_a_day), number(b.messages_a_week),
                            number(b.messages_a_month));
  out.text += fmt::format("{} {} {}\n", compiled.proofs.asked, compiled.proofs.by_z3, compiled.proofs.too_hard);
  out.remembered = compiled.proofs.remembered;
  if (compiled.module) out.workflows = compiled.module->workflows.size();
  return out;
}

/// Another project that is nearly the same: a line moved, a word or a figure changed, a line left out or said twice.
std::string edited(const std::string& text, Dice& dice) {
  std::vector<std::string> lines;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  const std::size_t at = dice.below(static_cast<std::uint32_t>(lines.size()));
  std::string& line = lines[at];
  const auto swap = [&line](std::string_view from, std::string_view to) {
    const std::size_t where = line.find(from);
    if (where == std::string::npos) return false;
    line.replace(where, from.size(), to);
    return true;
  };
  switch (dice.below(6)) {
    case 0: lines.insert(lines.begin() + static_cast<std::ptrdiff_t>(at), "// something"); break;
    case 1: lines.erase(lines.begin() + static_cast<std::ptrdiff_t>(at)); break;
    case 2: lines.insert(lines.begin() + static_cast<std::ptrdiff_t>(at), line); break;
    default: {
      static const std::vector<std::pair<std::string_view, std::string_view>> words = {
          {" fixed", ""},
          {"1 day", "2 days"},
          {"and", "or"},
          {"free", "pro"},
          {" otherwise stop", ""},
          {"otherwise skip", "otherwise stop"},
          {">=", ">"},
          {"<", ">"},
          {"contact.mrr", "contact.limit"},
          {"visited", "purchased"},
          {"follow flow1", "stop"},
          {"welcome", "offer"},
          {"by email", "by sms"},
          {"pricing", "product"},
          {"clicked of welcome", "clicked"},
          {"6 hours", "1 day"},
          {"contact.level", "contact.parts"},
          {"10", "20"},
          {"of offer", ""},
          {"default forbid", ""},
          {"last 7 days", "last 3 days"}};
      // The first that stands anywhere from here on.
      const std::size_t first = dice.below(static_cast<std::uint32_t>(words.size()));
      for (std::size_t i = 0; i < words.size(); ++i) {
        const auto& [from, to] = words[(first + i) % words.size()];
        if (swap(from, to)) break;
      }
    }
  }
  std::string out;
  for (const std::string& one : lines) out += one + "\n";
  return out;
}

struct Found {
  std::size_t compared = 0, remembered = 0, workflows = 0;
  std::vector<std::string> unlike;
};
Found compare(std::uint32_t seeds, std::uint32_t edits) {
  Found out;
  // The figures of `proofs --bounds` take longer than all the rest; the projects below have them.
  compiler::proof::without_figures = true;
  for (std::uint32_t seed = 1; seed <= seeds; ++seed) {
    const Folder folder;
    Dice dice(seed);
    std::string text = RandomProject(seed).text();
    for (std::uint32_t edit = 0; edit <= edits; ++edit) {
      Cache cache(folder.path);
      const Said with = said(text, &cache), without = said(text, nullptr);
      ++out.compared;
      out.remembered += with.remembered;
      out.workflows += with.workflows;
      if (with.text != without.text) out.unlike.push_back(fmt::format("seed {}, edit {}", seed, edit));
      const std::string next = edited(text, dice);
      if (!said(next, nullptr).text.empty()) text = next;
    }
  }
  compiler::proof::without_figures = false;
  return out;
}

constexpr const char* two_flows =
    "use std.channels\nproject acme {\n  time zone \"UTC\"\n  currency EUR\n  under house\n}\nrecord contact {\n"
    "  key email: Email\n  plan: free | pro = free\n  other: free | pro = free\n  consent: { email: Consent "
    "}\n}\nevent joined\n"
    "goal g { reach joined within 14 days }\n"
    "content hello { email { subject \"Hello\" body \"Hello.\" } }\npolicy house {\n"
    "  asked: forbid send when channel.consent is not given\n  free: forbid send when contact.plan is free\n"
    "  few: limit messages to 3 per 7 days per contact\n}\n"
    "workflow one for contact {\n  owner \"a@acme.example\"\n  toward g\n  enter on joined\n  steps {\n"
    "    if contact.plan is pro {\n      send hello\n    }\n    wait 2 days\n    send hello\n  }\n}\n"
    "workflow two for contact {\n  owner \"a@acme.example\"\n  toward g\n  enter on joined\n  steps {\n"
    "    send hello\n  }\n}\n";

std::string with(std::string text, std::string_view from, std::string_view to) {
  const std::size_t at = text.find(from);
  BOOST_REQUIRE(at != std::string::npos);
  return text.replace(at, from.size(), to);
}

BOOST_AUTO_TEST_SUITE(cache)

BOOST_AUTO_TEST_CASE(what_is_kept_is_what_would_be_found) {
  const Found found = compare(4, 3);
  for (const std::string& one : found.unlike) BOOST_ERROR(one << ": the cache says something else");
  BOOST_TEST_MESSAGE(found.compared << " projects, " << found.remembered << " of " << found.workflows << " remembered");
  // A cache that knows nothing would pass, too.
  BOOST_TEST(found.remembered * 5 >= found.workflows);
}

BOOST_AUTO_TEST_CASE(an_edit_forgets_its_workflow_and_no_other) {
  const Folder folder;
  const auto after = [&](const std::string& text) {
    Cache cache(folder.path);
    const Said out = said(text, &cache);
    BOOST_TEST(out.text == said(text, nullptr).text);
    return out.remembered;
  };
  BOOST_TEST(after(two_flows) == 0U);
  BOOST_TEST(after(two_flows) == 2U);
  BOOST_TEST(after(with(two_flows, "wait 2 days", "wait 3 days")) == 1U);
  // Neither lines, nor what a message says, nor what a limit allows.
  BOOST_TEST(after(with(two_flows, "    wait 2 days", "\n\n    // a while\n    wait 2 days")) == 2U);
  BOOST_TEST(after(with(two_flows, "Hello.", "Good day.")) == 2U);
  BOOST_TEST(after(with(two_flows, "to 3 per", "to 2 per")) == 2U);
  BOOST_TEST(after(with(two_flows, "plan is free", "plan is pro")) == 0U);
  // What was kept first is still there.
  BOOST_TEST(after(two_flows) == 2U);
}

BOOST_AUTO_TEST_CASE(what_is_not_what_was_written_is_not_read) {
  const Folder folder;
  {
    Cache cache(folder.path);
    said(two_flows, &cache);
  }
  std::size_t files = 0;
  for (const auto& entry : fs::recursive_directory_iterator(folder.path)) {
    if (!entry.is_regular_file()) continue;
    ++files;
    std::ifstream in(entry.path(), std::ios::binary);
    std::string text(std::istreambuf_iterator<char>(in), {});
    BOOST_REQUIRE(text.size() > 60U);
    if (files == 1) text[text.size() / 2] = static_cast<char>(text[text.size() / 2] ^ 1);
    if (files == 2) text.resize(text.size() / 2);
    std::ofstream(entry.path(), std::ios::binary) << text;
  }
  BOOST_TEST(files == 2U);
  Cache cache(folder.path);
  const Said out = said(two_flows, &cache);
  BOOST_TEST(out.remembered == 0U);
  BOOST_TEST(out.text == said(two_flows, nullptr).text);
}

BOOST_AUTO_TEST_CASE(where_nothing_can_be_kept_all_is_found) {
  const Folder folder;
  std::ofstream(folder.path) << "a file, and no folder";
  Cache cache(folder.path);
  BOOST_TEST(said(two_flows, &cache).text == said(two_flows, nullptr).text);
}

BOOST_AUTO_TEST_CASE(it_stays_within_its_size) {
  const Folder folder;
  for (int i = 0; i < 20; ++i) {
    Cache cache(folder.path, 10'000);
    cache.write(sha256(std::to_string(i)), std::string(1'000, 'x'));
  }
  std::uintmax_t all = 0;
  for (const auto& entry : fs::recursive_directory_iterator(folder.path))
    if (entry.is_regular_file()) all += entry.file_size();
  BOOST_TEST(all <= 10'000U);
  BOOST_TEST(all >= 5'000U);
  Cache cache(folder.path);
  BOOST_TEST(cache.read(sha256("19")).has_value());
}

BOOST_AUTO_TEST_CASE(what_is_left_out_of_the_key_is_found) {
  const std::string twice =
      with(two_flows, "      send hello\n    }",
           "      send hello\n      set contact.other = free\n      wait 1 day\n      send hello\n    }");
  const std::string lasting = with(twice, "plan: free | pro = free", "plan: free | pro");
  const std::string at_once = with(twice, "      wait 1 day\n", "");
  // In the first, who comes for being pro is proved to be; in the second, who is free has left by the time.
  const std::string members =
      with(with(with(two_flows, "workflow one", "segment pros = contact.plan is pro\nworkflow one"),
                "  enter on joined\n  steps {\n    if", "  enter when pros\n  steps {\n    if"),
           "    if contact.plan is pro {\n      send hello\n    }\n", "    send hello\n");
  const std::string answered =
      with(with(two_flows, "  enter on joined\n  steps {\n    if",
                "  enter on joined\n  leave when contact.plan is free\n  steps {\n    if"),
           "    wait 2 days\n",
           "    set contact.plan = free\n    wait up to 2 days\n      for clicked { }\n      otherwise { }\n");
  // Nobody whose number is not known gets a text; but what if texts went elsewhere?
  const std::string texts = with(
      with(with(with(two_flows, "  other: free", "  mobile: Text?\n  office: Text?\n  other: free"), "event joined",
                "channel sms {\n  to contact.mobile\n  consent not needed because \"a test\"\n"
                "  content { text: Text }\n}\nevent joined"),
           "  few:", "  known: forbid send by sms when not contact.mobile exists\n  few:"),
      "    wait 2 days\n    send hello\n", "    wait 2 days\n    send ping\n");
  const std::string mobiles = with(texts, "policy house", "content ping { sms { text \"Ping\" } }\npolicy house");
  struct Edit {
    LeftOut part;
    std::string before, after;
  };
  const Edit edits[] = {{LeftOut::constants, two_flows, with(two_flows, "wait 2 days", "wait 9 days")},
                        {LeftOut::otherwise, at_once,
                         with(at_once, "when contact.plan is free", "when contact.plan is free otherwise stop")},
                        {LeftOut::fixed, lasting, with(lasting, "plan: free | pro", "plan: free | pro fixed")},
                        {LeftOut::written, at_once, with(at_once, "set contact.other", "set contact.plan")},
                        {LeftOut::followers, members,
                         with(members, "  enter on joined\n  steps {\n    send hello\n",
                              "  enter on joined\n  steps {\n    send hello\n    follow one\n")},
                        {LeftOut::answers, answered, with(answered, "for clicked {", "for clicked of hello {")},
                        {LeftOut::addresses, mobiles, with(mobiles, "to contact.mobile", "to contact.office")}};
  for (const Edit& edit : edits) {
    const Folder folder;
    const std::string right = said(edit.after, nullptr).text;
    BOOST_TEST(!right.empty());
    for (const LeftOut part : {LeftOut::nothing, edit.part}) {
      compiler::proof::what_is_left_out = part;
      {
        Cache cache(folder.path);
        said(edit.before, &cache);
      }
      Cache cache(folder.path);
      const bool found = said(edit.after, &cache).text != right;
      compiler::proof::what_is_left_out = LeftOut::nothing;
      BOOST_TEST(found == (part != LeftOut::nothing), "part " << static_cast<int>(edit.part));
    }
  }
}

BOOST_AUTO_TEST_CASE(that_a_rule_is_waived_is_in_the_key) {
  // Who is free has stopped at the first message, but where the rule that stops them is waived.
  const std::string text =
      with(with(with(with(two_flows, "when contact.plan is free\n",
                          "when contact.plan is free otherwise stop waivable by legal\n"
                          "  also: forbid send when contact.plan is free and contact.other is free\n"),
                     "event joined", "role legal { \"lee@acme.example\" }\nevent joined"),
                "    if contact.plan is pro {\n      send hello\n    }\n    wait 2 days\n", "    send hello\n"),
           "  enter on joined\n  steps {\n    send hello\n    send hello",
           "  enter on joined\n  waive house.free until 2099-01-31 because \"a launch\"\n  steps {\n    send hello\n"
           "    send hello");
  const compiler::Compiled plain = compiler::compile({grammar::Source("p/x.lead", text)}, {}, {.lint = false});
  BOOST_REQUIRE(plain.waivers.size() == 1U);
  compiler::Signature line = plain.waivers[0].wanted;
  line.by = "lee@acme.example";
  line.at = "2026-11-23T09:00:00Z";
  line.signature = sign(keys::lee, line.text()).value();
  const Beside beside = {{"p/waivers.signed", line.line() + "\n"},
                         {"p/signers/lee@acme.example.pem", keys::lee_public}};
  const Folder folder;
  const std::string right = said(text, nullptr, beside).text;
  BOOST_TEST(right != said(text, nullptr).text);
  for (const LeftOut part : {LeftOut::nothing, LeftOut::waivers}) {
    compiler::proof::what_is_left_out = part;
    {
      Cache cache(folder.path);
      said(text, &cache);
    }
    Cache cache(folder.path);
    const bool found = said(text, &cache, beside).text != right;
    compiler::proof::what_is_left_out = LeftOut::nothing;
    BOOST_TEST(found == (part != LeftOut::nothing));
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace fairlead::soundness
