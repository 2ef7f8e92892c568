// Policies compared, against the machine: random pairs of policies over random people. Whatever the machine lets
// through by the new rules and not by the old ones must be among what is said to be newly allowed, and the other way
// round; and everybody who is given as an example must be one.
//
// FAIRLEAD_DIFF_PAIRS=N compares so many pairs (300); FAIRLEAD_DIFF_SEED=N that one, and tells of it.
#include <fmt/format.h>

#include <boost/test/unit_test.hpp>
#include <iostream>

#include "tests/proofs/asked.hpp"
#include "tests/proofs/bystander.hpp"
#include "tests/proofs/edited.hpp"
#include "tests/proofs/random_project.hpp"
#include "tests/proofs/verdicts.hpp"

namespace fairlead::soundness {
namespace {

using bytecode::Index;
using compiler::diff::Change;
using compiler::diff::Difference;
using compiler::diff::Direction;
using compiler::diff::Fate;

struct Figures {
  std::size_t tried = 0, pairs = 0, looser = 0, stricter = 0, unknown = 0, people = 0, differ = 0, examples = 0,
              left = 0;
};

bool is_about(const Change& change, const std::string& workflow, const std::string& channel) {
  const auto has = [](const std::vector<std::string>& all, const std::string& one) {
    return std::find(all.begin(), all.end(), one) != all.end();
  };
  return (has(change.acts, "send") || has(change.acts, "send by " + channel)) &&
         (has(change.under, "every workflow") || has(change.under, "`" + workflow + "`"));
}

class Pairing {
 public:
  Pairing(std::uint32_t seed, Figures& figures, std::vector<std::string>& found)
      : seed_(seed), dice_(seed * 97 + 5), figures_(figures), found_(found) {}

  void run(bool told) {
    ++figures_.tried;
    const std::string before = RandomProject(seed_).text();
    const std::string after = edited_rules(before, dice_);
    const auto old_module = runnable(before), new_module = runnable(after);
    if (!old_module || !new_module) return;
    if (told) std::cout << before << "\n----\n" << after << "\n";
    const auto old_one = compiler::check({grammar::Source("old.lead", before)});
    const auto new_one = compiler::check({grammar::Source("new.lead", after)});
    BOOST_REQUIRE(old_one->sound && new_one->sound);
    ++figures_.pairs;
    difference_ = compiler::diff::compare(*old_one, *new_one);
    figures_.looser += difference_.count(Direction::looser);
    figures_.stricter += difference_.count(Direction::stricter);
    figures_.unknown += difference_.count(Direction::unknown);
    const vm::Program old_program(*old_module), new_program(*new_module);
    if (told) {
      for (const Change& change : difference_.changes)
        std::cout << fmt::format("{} {} {}: {}\n", to_string(change.direction), fmt::join(change.acts, ","),
                                 change.what, change.shows);
    }
    for (int i = 0; i < 40; ++i) somebody(*old_module, *new_module, old_program, new_program);
    for (const Change& change : difference_.changes)
      example(change, *old_module, *new_module, old_program, new_program);
  }

 private:
  template <class Visit>
  static void each_sending(const bytecode::Module& module, const Visit& visit) {
    for (Index w = 0; w < module.workflows.size(); ++w) {
      for (Index c = 0; c < module.contents.size(); ++c) {
        for (const bytecode::Variant& variant : module.contents[c].variants) visit(Sending{w, c, variant.channel});
      }
    }
  }

  void somebody(const bytecode::Module& before, const bytecode::Module& after, const vm::Program& old_program,
                const vm::Program& new_program) {
    const Bystander person(after, dice_);
    ++figures_.people;
    each_sending(after, [&](const Sending& sending) {
      const Fate was = person.fate(before, old_program, sending), is = person.fate(after, new_program, sending);
      if (was == is) return;
      ++figures_.differ;
      const std::string& workflow = after.workflows[sending.workflow].name;
      const std::string& channel = after.channels[sending.channel].name;
      const bool said = std::any_of(difference_.changes.begin(), difference_.changes.end(), [&](const Change& change) {
        if (!is_about(change, workflow, channel)) return false;
        if (change.direction == Direction::unknown) return true;
        if (!change.fates || (change.direction == Direction::looser) != (is < was)) return false;
        return is < was ? change.fates->first == was : change.fates->second == is;
      });
      if (!said)
        found_.push_back(fmt::format("seed {}: `{}` by {} was {} and is {}, and nothing says so: {}", seed_, workflow,
                                     channel, to_string(was), to_string(is), person.story()));
    });
  }

  void example(const Change& change, const bytecode::Module& before, const bytecode::Module& after,
               const vm::Program& old_program, const vm::Program& new_program) {
    if (!change.fates || change.direction == Direction::unknown) return;
    bool set_up = false, shown = false;
    std::string story;
    // Whatever else is so of them.
    for (int i = 0; i < 3; ++i) {
      Bystander person(after, dice_);
      if (!person.become(change.example)) continue;
      shown = false;
      each_sending(after, [&](const Sending& sending) {
        if (!is_about(change, after.workflows[sending.workflow].name, after.channels[sending.channel].name) ||
            !person.may_be(after, sending))
          return;
        set_up = true;
        shown = shown || (person.fate(before, old_program, sending) == change.fates->first &&
                          person.fate(after, new_program, sending) == change.fates->second);
      });
      if (set_up && !shown) story = person.story();
      if (!story.empty()) break;
    }
    set_up ? ++figures_.examples : ++figures_.left;
    if (set_up && !story.empty())
      found_.push_back(fmt::format("seed {}: {} is no example of {} {}; {}", seed_, change.shows,
                                   fmt::join(change.acts, ","), change.what, story));
  }

  std::uint32_t seed_;
  Dice dice_;
  Figures& figures_;
  std::vector<std::string>& found_;
  Difference difference_;
};

BOOST_AUTO_TEST_SUITE(soundness)

BOOST_AUTO_TEST_CASE(what_is_newly_allowed_is_said_and_what_is_said_is_so) {
  Figures f;
  std::vector<std::string> found;
  if (const std::uint32_t seed = number_from("FAIRLEAD_DIFF_SEED", 0); seed != 0) {
    Pairing(seed, f, found).run(true);
  } else {
    const std::uint32_t pairs = number_from("FAIRLEAD_DIFF_PAIRS", 300);
    for (std::uint32_t s = 1; f.pairs < pairs; ++s) Pairing(s, f, found).run(false);
    std::cout << fmt::format(
        "{} pairs of {}: {} looser, {} stricter, {} unknown; {} people, {} that differ; {} examples, {} that cannot be "
        "set up\n",
        f.pairs, f.tried, f.looser, f.stricter, f.unknown, f.people, f.differ, f.examples, f.left);
    // A test of nothing would pass, too.
    BOOST_TEST(f.tried <= f.pairs * 3);
    BOOST_TEST(f.differ >= f.pairs);
    BOOST_TEST(f.examples >= f.pairs / 2);
    BOOST_TEST(f.left * 2 <= f.examples);
    BOOST_TEST(f.unknown * 4 <= f.looser + f.stricter);  // one topic of fifteen divides
  }
  for (const std::string& one : found) BOOST_ERROR(one);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace fairlead::soundness
