// What of a project its tests have been through: steps, the ways of branches and waits, options, and rules.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "runtime/engine/engine.hpp"

namespace fairlead::trial {

/// Watches the passes of a test for the ways that they take.
class Ways : public engine::Observer {
 public:
  void arrived(store::ContactId, Instant, std::vector<store::Inbox>&) override {}
  void happened(const engine::EventIn&, Instant, std::vector<store::Inbox>&) override {}
  void sent(store::ContactId, const std::string&, const std::string&, Instant, std::vector<store::Inbox>&) override {}
  void took(const std::string& step, std::uint32_t way) override { ++taken[{step, way}]; }

  std::map<std::pair<std::string, std::uint32_t>, std::uint64_t> taken;  // by step and way
};

/// What one test, or several, went through.
struct Trodden {
  std::map<std::string, std::uint64_t> steps;
  std::map<std::pair<std::string, std::uint32_t>, std::uint64_t> ways;     // step, way
  std::map<std::pair<std::string, std::uint32_t>, std::uint64_t> options;  // choice, option
  std::map<std::string, engine::RuleTally> rules;

  void add(const engine::Ledger& ledger, const Ways& ways);
  void add(const Trodden& other);
};

/// Something that a test may reach.
struct Covered {
  enum class Kind : std::uint8_t { step, way, option, asked, fired };
  Kind kind = Kind::step;
  std::string owner;  // the workflow, or the policy whose rule it is
  std::string key;    // of the step, or the rule's name
  std::string what;   // for a person: `send last_call`; of a rule `asked`, `fired`
  std::string file;
  std::uint32_t line = 0;
  std::uint64_t times = 0;
};

struct Coverage {
  std::vector<Covered> items;  // in the order of the source
  [[nodiscard]] std::uint64_t covered() const;
  /// 0 to 100; 100 where there is nothing to cover.
  [[nodiscard]] double percent() const;
};

std::string_view to_string(Covered::Kind kind);

Coverage coverage(const bytecode::Module& module, const Trodden& trodden);

}  // namespace fairlead::trial
