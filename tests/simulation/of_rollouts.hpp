// Rollouts: when each stage begins, whom it lets in, and that a shadow is one.
#pragma once

#include "tests/simulation/known.hpp"

namespace fairlead::simulation {

class OfRollouts : public Judge {
 public:
  using Judge::Judge;
  using Judge::see;
  void see(Instant at, const audit::RolledOut& rolled);
  void see(Instant at, const audit::Entered& entered);
  /// Who follows out of a shadow goes on in one, and that it is left is said just before: `follow flow1`, or why not.
  void see(Instant, const audit::Left& left) {
    const bool follows = left.reason.starts_with("follow ") && left.reason.find(':') == std::string::npos;
    followed_out_of_shadow_ =
        follows && known_.mode(left.pass) == audit::Mode::shadow ? std::optional(left.pass.contact) : std::nullopt;
  }
  void see(Instant, const audit::EventTaken&) { followed_out_of_shadow_.reset(); }
  void see(Instant at, const audit::KeptOut& kept);
  void batch_over();

 private:
  struct Standing {
    std::vector<StageSays> stages;
    std::size_t stage = 0;  // how many have begun
    Instant since;
  };

  [[nodiscard]] static bool over(const Standing& standing, Instant at);
  /// Whether a stage's share has the contact in it: a hash that anybody can make again (docs/inside/engine.md).
  [[nodiscard]] bool in_share(const std::string& workflow, store::ContactId contact, std::int64_t percent) const;

  std::map<std::string, Standing> standing_;
  std::optional<store::ContactId> followed_out_of_shadow_;
};

}  // namespace fairlead::simulation
