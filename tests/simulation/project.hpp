// The projects of the simulation: random ones (tests/engine/random_project.hpp), and over them what a whole team of
// marketers does with a project while people are in it: caps and budgets, pauses, rollouts, and version after version.
#pragma once

#include <map>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "tests/engine/random_project.hpp"

namespace fairlead::simulation {

/// A window `(t - window, t]`, or a calendar period of the project.
struct Within {
  Duration window;
  std::string period;  // day, week, month; empty: the window
};

/// A limit over all contacts, of messages or of money, or of money for each contact.
struct CapSays {
  std::string name;     // as the audit has it
  std::string channel;  // of messages, or by which they cost; empty: all, and calls too
  bool each = false;    // for each contact
  std::size_t count = 0;
  Decimal amount{};  // of money
  Within within;
};

struct PausingSays {
  std::string of, per;  // events; `sent`: messages of the workflow
  std::int64_t percent = 0;
  Duration window;
};

struct StageSays {
  bool shadow = false;
  std::int64_t percent = 100;
  std::optional<Duration> lasts;
  bool approval = false;  // by the role `legal`
  bool operator==(const StageSays&) const = default;
};

/// What goes out only once somebody in the role has said yes to it: `require approval … before`, or `otherwise hold
/// for`.
struct WordSays {
  engine::testing::RuleSays when;  // of messages; never deferred, never skipped
  std::string action;              // of calls of it, always
  std::string role;
  std::optional<Duration> up_to;
};

/// What a version says, for whoever checks from outside that it was kept.
struct Says {
  std::vector<engine::testing::RuleSays> rules;
  std::vector<CapSays> caps, spends;
  std::vector<WordSays> words;
  std::string policy;                                      // its text
  std::map<std::string, CapSays> budgets;                  // by workflow
  std::map<std::string, PausingSays> pausing;              // by workflow
  std::map<std::string, std::vector<StageSays>> rollouts;  // by workflow
  std::map<std::string, std::string> flows;                // the text of each workflow
  std::set<std::string> steps;                             // the keys of all
};

/// What a call of the action `ad` costs, and an e-mail.
constexpr std::int64_t ad_costs = 2;
Decimal email_costs();

class Project {
 public:
  explicit Project(std::uint32_t seed);

  [[nodiscard]] const bytecode::Module& module() const { return module_; }
  [[nodiscard]] const Says& says() const { return says_; }
  [[nodiscard]] const std::string& text() const { return text_; }
  [[nodiscard]] const std::map<std::string, std::size_t>& quotas() const { return random_.quotas; }
  [[nodiscard]] int flows() const { return random_.flows; }

  /// Somebody works on it: steps, the policy, caps, stages. It stays as it was where nothing that compiles comes of it.
  void change();

 private:
  std::uint32_t below(std::uint32_t n) { return static_cast<std::uint32_t>(more_()) % n; }
  bool likely(std::uint32_t percent) { return below(100) < percent; }
  std::uint32_t ask(std::uint32_t n) { return static_cast<std::uint32_t>(asks_()) % n; }
  bool asks(std::uint32_t percent) { return ask(100) < percent; }
  std::string any(const std::vector<std::string>& of) { return of[below(static_cast<std::uint32_t>(of.size()))]; }

  void split();
  std::string otherwise();
  Within within(std::string& text);
  void make_caps();
  void make_own_caps();
  void make_words();
  void make_heads();
  void make_stages(const std::string& flow);
  std::string edited(const std::string& body);
  /// Puts the text together, and compiles it.
  bool assemble();

  engine::testing::RandomProject random_;
  std::mt19937 more_;                    // of what is over the random project, so that this is the same one without it
  std::mt19937 loops_;                   // of loops over the rows of a record
  std::mt19937 each_;                    // of limits for each contact
  std::mt19937 asks_;                    // of rules that want somebody's word
  std::string before_, policy_, after_;  // of the text, around its policy
  std::string caps_, words_;             // as lines of the policy
  std::map<std::string, std::string> heads_, stages_;  // lines of each workflow's head
  std::string text_;
  bytecode::Module module_;
  Says says_;
  int names_ = 0, owns_ = 0, word_names_ = 0;
};

}  // namespace fairlead::simulation
