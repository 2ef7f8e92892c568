#include "tests/simulation/reference.hpp"

#include <algorithm>
#include <tuple>

#include "tests/simulation/of_acts.hpp"
#include "tests/simulation/of_passes.hpp"
#include "tests/simulation/of_pauses.hpp"
#include "tests/simulation/of_people.hpp"
#include "tests/simulation/of_rollouts.hpp"
#include "tests/simulation/of_rows.hpp"
#include "tests/simulation/of_totals.hpp"
#include "tests/simulation/of_versions.hpp"
#include "tests/simulation/of_words.hpp"

namespace fairlead::simulation {

namespace {

class Walk {
 public:
  explicit Walk(const Seen& seen) : known_(seen), messages_(seen.delivered) {
    std::stable_sort(messages_.begin(), messages_.end(),
                     [](const Delivered& a, const Delivered& b) { return a.seq < b.seq; });
  }

  std::vector<std::string> run() {
    for (const store::Record& record : known_.seen.journal) {
      known_.seq = record.seq;
      if (record.at < known_.last) known_.wrong("the clock goes back at batch {}", record.seq);
      known_.record_at = record.at;
      const auto entries = audit::read(record.audit);
      if (!entries) {
        known_.wrong("the audit of batch {} cannot be read", record.seq);
        break;
      }
      for (const audit::Stamped& stamped : *entries) {
        if (stamped.at < known_.last)
          known_.wrong("batch {}: an entry (kind {}) of {} comes after {}", record.seq, stamped.entry.index(),
                       to_string(stamped.at), to_string(known_.last));
        known_.last = stamped.at;
        std::visit([&](const auto& entry) { each([&](auto& judge) { judge.see(stamped.at, entry); }); }, stamped.entry);
      }
      each([](auto& judge) { judge.batch_over(); });
      known_.last = std::max(known_.last, record.at);
      for (; next_message_ < messages_.size() && messages_[next_message_].seq <= record.seq; ++next_message_)
        handed(messages_[next_message_]);
    }
    if (next_message_ < messages_.size()) known_.wrong("the provider has what no batch has claimed");
    each([](auto& judge) { judge.end(); });
    return std::move(known_.found);
  }

 private:
  template <class What>
  void each(const What& what) {
    std::apply([&](auto&... judge) { (what(judge), ...); }, judges_);
  }

  void handed(const Delivered& message) {
    const auto act = known_.acts.find(message.key);
    if (act == known_.acts.end()) {
      known_.wrong("the provider has {}, of which the audit says nothing", message.payload);
      return;
    }
    each([&](auto& judge) { judge.handed(message, act->second); });
  }

  Known known_;
  std::vector<Delivered> messages_;
  std::size_t next_message_ = 0;
  // In this order: what is known of versions and passes is settled before what depends on it is judged.
  std::tuple<OfVersions, OfPasses, OfPeople, OfPauses, OfRollouts, OfTotals, OfWords, OfActs, OfRows> judges_{
      OfVersions(known_), OfPasses(known_), OfPeople(known_), OfPauses(known_), OfRollouts(known_),
      OfTotals(known_),   OfWords(known_),  OfActs(known_),   OfRows(known_)};
};

}  // namespace

std::vector<std::string> violations(const Seen& seen) {
  return Walk(seen).run();
}

}  // namespace fairlead::simulation
