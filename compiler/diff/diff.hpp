// Policies compared by what they mean: what one project's rules let through and the other's do not, with an example of
// each. What is compared, and what cannot be, is in docs/language/diff.md.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "compiler/checked.hpp"

namespace fairlead::compiler::diff {

enum class Direction : std::uint8_t {
  looser,    // something newly allowed
  stricter,  // something newly forbidden
  unknown,   // it cannot be told
};
std::string_view to_string(Direction direction);

/// What becomes of an act while things stay as they are, in ascending strictness.
enum class Fate : std::uint8_t {
  allowed,
  held,      // it happens where somebody says so
  deferred,  // it does not happen now; perhaps later, when no rule is against it
  skipped,   // it does not happen
  stopped,   // nor does what would have come after it
};
constexpr std::size_t fates = 5;
std::string_view to_string(Fate fate);

/// A rule of one of the two projects.
struct RuleAt {
  std::string name, text, file;
  std::uint32_t line = 0;
  bool operator==(const RuleAt&) const = default;
};

/// One thing that is so in an example.
struct Given {
  std::string name;       // `contact.country`
  bool presence = false;  // whether it is there is all that matters of it
  bool absent = false;
  FieldType type{};
  int128 units = 0;  // of a value that is no text, as a constant has it
  std::string text;  // of a text; of an enumeration: the member
  std::string words;
};

struct Change {
  Direction direction = Direction::unknown;
  std::string what;                // newly allowed, newly forbidden, or what cannot be told: without its period
  std::vector<std::string> acts;   // `send by email`; empty: no single act
  std::vector<std::string> under;  // whom it is about: `nurture`, `any other workflow`; empty: the whole project
  std::optional<std::pair<Fate, Fate>> fates{};
  std::vector<RuleAt> before{}, after{};  // the rules that it comes from
  std::vector<Given> example{};           // of a moment
  std::string shows{};                    // the example in words
  std::vector<std::string> touches{};     // places of the new project where it matters
};

/// A rule that is called or written otherwise, is gone or new, and by which nothing changes.
struct Same {
  std::string before, after;  // empty where it is not there
};

struct Difference {
  std::vector<Change> changes;  // looser, then stricter, then unknown
  std::vector<Same> same;
  std::size_t rules_before = 0, rules_after = 0;
  [[nodiscard]] std::size_t count(Direction direction) const;
};

/// Both must be sound.
Difference compare(const Checked& before, const Checked& after);

}  // namespace fairlead::compiler::diff
