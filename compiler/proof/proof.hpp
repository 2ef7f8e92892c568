// For every effect of every workflow, and every rule that can apply to it: whether it can break the rule. What `proved`
// promises, and on what it rests, is in docs/inside/proofs.md.
#pragma once

#include <string>
#include <vector>

#include "compiler/program.hpp"
#include "compiler/proof/bounds.hpp"
#include "grammar/diagnostic.hpp"

namespace fairlead::compiler::proof {

enum class Verdict : std::uint8_t {
  proved,       // no state that can be reached breaks the rule: nothing is asked when the workflow runs
  guarded,      // some may: the rule is asked at the act
  broken,       // every one does, or some does and the rule says `prove` or cannot be asked at the act
  unreachable,  // the effect itself: nobody comes there
};
std::string_view to_string(Verdict verdict);

/// What an obligation is about.
struct Site {
  enum class Kind : std::uint8_t {
    effect,
    workflow,
    content,
    choice,
    segment,
    score,
    points,
    project
  } kind = Kind::effect;
  Index workflow = none;  // none: of no one workflow
  Index step = none;      // effect, choice
  Index channel = none;   // effect: of a message
  Index thing = none;     // content, segment, score, points
};

struct Note {
  Place place;
  std::string words;
};

struct Obligation {
  Index rule = none;
  Site site;
  std::string rule_name, rule_text, workflow, name, key;  // of rule and site, as below
  Place at, rule_at;
  Verdict verdict = Verdict::guarded;
  std::string because;                     // one sentence, without its period
  std::vector<Note> facts;                 // why it is proved: what is known, and where it was learned
  std::vector<Note> way;                   // how somebody comes there who breaks the rule
  std::vector<Note> example;               // that somebody: `contact.country` is "DE"; the places are of no use
  bool said = false;                       // broken, and said already where it was found
  bool by_law = false;                     // broken although a guard could have caught it: the rule says `prove`
  std::optional<bytecode::Waiver> waived;  // where it may be broken: for how long that is let pass, and by whom
};

struct Proofs {
  std::vector<Obligation> obligations;  // by workflow, then by step, then by rule
  std::vector<Bound> bounds;            // one a workflow, then the whole portfolio
  std::size_t asked = 0, by_looking = 0, by_z3 = 0, too_hard = 0;
  std::size_t remembered = 0;  // workflows of which the cache knew everything
};

class Cache;

/// The program must be free of errors, but for what `settle_rules` says of rules. In `program.module` every step is
/// told which rules are proved for it. What the cache knows is not looked for again (compiler/proof/cache.hpp).
Proofs prove(Program& program, Cache* cache = nullptr);

/// What is broken, as the compiler says it.
void report(const Program& program, const Proofs& proofs, std::vector<grammar::Diagnostic>& diagnostics);

/// `send welcome by email` as a person calls the place: the step, and where the same stands several times, which.
std::string name_of(const Program& program, const Site& site);
/// `nurture/send welcome#2`, as verdicts are kept: the second `send welcome` of the workflow in the source.
std::string key_of(const Program& program, const Site& site);

}  // namespace fairlead::compiler::proof
