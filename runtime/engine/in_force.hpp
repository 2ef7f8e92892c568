// The weights of a choice that decisions are drawn by, and how they may move.
//
// A limit of P per D holds for what is drawn: in no D do the shares of anybody, in whatever context and of whatever
// options they may get, move further than P. So weights do not jump to what was learned but go there: `way` of it from
// where they were, as mixed shares, and further when the limit has room again. Both ends of a way stay as they are
// until it is over. docs/inside/learning.md says why that is enough.
#pragma once

#include <memory>
#include <span>
#include <vector>

#include "runtime/learn/learner.hpp"
#include "runtime/learn/shares.hpp"
#include "runtime/values/bytes.hpp"
#include "runtime/values/time.hpp"

namespace fairlead::engine {

/// Shares may move so far, at most, within so long.
struct MoveLimit {
  double most = 1;
  Duration within;
  bool operator==(const MoveLimit&) const = default;
};

struct InForce {
  std::unique_ptr<learn::Learner> to;
  std::unique_ptr<learn::Learner> from;  // null: the whole way was gone
  double way = 1;                        // gone, from one to the other
  double span = 0;                       // how far the two are apart at most
  struct Step {
    Instant at;
    double far = 0;
  };
  std::vector<Step> steps;  // that a limit still counts

  /// What a decision in that context is drawn from.
  [[nodiscard]] std::vector<learn::Share> shares(std::span<const double> context, const std::vector<bool>& eligible,
                                                 std::span<const learn::Bounds> bounds) const;
  [[nodiscard]] bool moving() const { return from != nullptr; }
  [[nodiscard]] InForce clone() const;

  void save(ByteWriter& out) const;  // all but `to`
  /// `like`: a learner that `from` is loaded into. False where the bytes are not of it.
  bool load(ByteReader& in, const learn::Learner& like);
};

/// What may still be moved at `at`; 1 where there is no limit.
double room(const InForce& in_force, std::span<const MoveLimit> limits, Instant at);

/// What is in force after a publishing at `at`, where `learned` is what would be without any limit. A way that has
/// begun is gone further first.
InForce published(InForce before, std::unique_ptr<learn::Learner> learned, std::span<const MoveLimit> limits,
                  std::span<const learn::Bounds> bounds, bool contextual, Instant at);

}  // namespace fairlead::engine
