// One life of an engine: what drives it from stride to stride, the process that dies and begins again, and the people
// around it. Its parts are in life_*.cpp; simulation.cpp has the whole.
#pragma once

#include <functional>
#include <memory>
#include <random>
#include <set>

#include "tests/simulation/project.hpp"
#include "tests/simulation/simulation.hpp"

namespace fairlead::simulation {

using engine::Engine;

class Life {
 public:
  Life(std::uint32_t seed, std::string path, Conditions conditions);
  Outcome run();

 private:
  // ---- chance: of the faults, and of the story

  bool chance(std::uint32_t percent) { return static_cast<std::uint32_t>(faults_()) % 100 < percent; }
  std::uint32_t below(std::uint32_t n) { return static_cast<std::uint32_t>(faults_()) % n; }
  [[nodiscard]] bool disturbed() const;
  /// Dice that fall the same way however often they are thrown: of the story, not of the faults.
  [[nodiscard]] std::uint32_t dice(const std::string& what) const;
  void plan_mishap(std::uint32_t within);

  // ---- life_provider.cpp
  void connect();
  /// Some people answer what they get.
  void answer(const Delivered& message);

  // ---- life_process.cpp
  Result<void> open();
  void crash();
  void recover();
  /// As when somebody presses Ctrl-C.
  void stop_orderly();

  // ---- life_inbox.cpp
  using Arrived = std::function<void()>;
  Result<void> post_what_came();
  /// A new version, or the way back: by the program that deploys, or through the inbox.
  Result<void> deploy(const Arrival& arrival, Arrived arrived);
  /// Somebody lets the next stage of a rollout begin, or tries to.
  Result<void> let_stage_begin(const Arrival& arrival, Arrived arrived);
  /// Appends one row to the inbox, once; `arrived` is done when it is there.
  Result<void> post(const Arrival& arrival, Arrived arrived);
  Result<void> post(const Posted& row, store::InboxKind kind, const std::string& body, Arrived arrived);
  Result<void> settle_unsure();
  Result<void> note_last_row();
  /// A post of which nobody knows whether it arrived: whoever posts looks before posting again.
  Result<void> look_for_unsure();

  // ---- life_colleagues.cpp
  /// The worst moment: the message lies in the outbox, and its contact withdraws, is cancelled, forgotten or changed.
  Result<void> shake();
  /// Approvers take their time, and are not always asked in time; now and then something changes before they say yes.
  Result<void> post_words();
  /// Somebody looks at what was set aside, and at the provider's own records.
  Result<void> decide_on_letters();
  /// An operator lets go what is old: much sooner than anybody would.
  Result<void> prune();

  // ---- simulation.cpp
  void begin_stride();
  /// What `fairlead run` does when it looks, and what happens meanwhile. A fault: the process is over, and once there
  /// is another the stride is taken again.
  Result<void> stride();
  Result<void> work();
  /// Everything that is due is done, and everything handed over is recorded.
  Result<void> finish();
  void read_journal(std::vector<store::Record>& into);
  void check(bool over);

  std::uint32_t seed_;
  Conditions conditions_;
  Project project_;
  std::mt19937 faults_;
  Story story_;
  FaultyDisk disk_;
  std::string path_;
  bool real_clock_;
  Provider provider_;
  std::unique_ptr<store::Store> store_;
  std::unique_ptr<Engine> engine_;
  Seen seen_;
  Outcome out_;

  Instant wall_, latest_{0};
  Duration delay_;
  std::size_t stride_ = 0, next_arrival_ = 0, deploying_ = SIZE_MAX;
  std::vector<Arrival> answers_;
  std::set<std::string> answered_, said_, changed_;
  std::uint64_t last_row_ = 0, writes_before_ = 0;
  /// A row of which nobody knows whether it arrived, and what to do once it has.
  std::optional<std::pair<Posted, Arrived>> unsure_;
  bool shaken_ = false, words_said_ = false, pruned_ = false, slow_now_ = false, stop_here_ = false, calm_ = false;
};

}  // namespace fairlead::simulation
