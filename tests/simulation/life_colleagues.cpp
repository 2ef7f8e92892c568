// What people do at a bad moment: contacts who change their minds, approvers, and whoever looks after dead letters.
#include "tests/simulation/life.hpp"

#include <nlohmann/json.hpp>

namespace fairlead::simulation {

Result<void> Life::shake() {
  if (shaken_) return {};
  const Result<std::vector<store::Outbox>> rows = store_->outbox(store::OutboxState::ready, 1);
  if (!rows) return tl::unexpected(rows.error());
  const std::uint32_t n = dice("shake " + std::to_string(stride_));
  if (rows->empty() || n % 4 != 0) {
    shaken_ = true;
    return {};
  }
  const nlohmann::json payload = nlohmann::json::parse(rows->front().payload, nullptr, false);
  Arrival arrival;
  arrival.row.email = payload.value("to", "");
  if (arrival.row.email.empty()) {
    shaken_ = true;
    return {};
  }
  switch (n / 4 % 5) {
    case 0: arrival.row.consent = "withdrawn"; break;
    case 1: arrival.row.plan = n / 32 % 2 == 0 ? "free" : "pro"; break;
    case 2:
      arrival.row.kind = Posted::Kind::event;
      arrival.row.id = "s" + std::to_string(stride_);
      arrival.row.type = n / 32 % 2 == 0 ? "unsubscribed" : "became_mql";
      arrival.row.at = latest_;
      break;
    default:
      arrival.row.by = "s" + std::to_string(stride_) + "@a.example";
      arrival.workflow = payload.value("workflow", "");
      arrival.act = n / 4 % 5 == 3 ? engine::PersonIn::Act::cancel : engine::PersonIn::Act::forget;
      arrival.row.kind = n / 4 % 5 == 3 ? Posted::Kind::by_hand : Posted::Kind::forget;
  }
  if (const Result<void> posted = post(arrival, [this] { shaken_ = true; }); !posted) return posted;
  return work();
}

Result<void> Life::post_words() {
  if (words_said_) return {};
  const Result<std::vector<store::Outbox>> asked = store_->outbox(store::OutboxState::asked, 100);
  if (!asked) return tl::unexpected(asked.error());
  for (const store::Outbox& row : *asked) {
    const nlohmann::json shown = nlohmann::json::parse(row.payload, nullptr, false);
    seen_.shown[row.key] = row.payload;
    // Not by its key: that of a rule's word has a salt in it, which is another one in every run.
    const std::uint32_t n = dice(std::to_string(row.contact.part) + " " + std::to_string(row.contact.id) + " " +
                                 shown["step"].dump() + shown["role"].dump() + shown["at"].dump());
    if (n % 8 == 7 || said_.contains(row.key) || latest_ < row.filled_at + minutes(n / 64 % 2'000)) continue;
    if (n % 8 == 6 && !changed_.contains(row.key)) {
      for (const nlohmann::json& effect : shown["effects"]) {
        if (!effect.contains("to")) continue;
        Arrival change;
        change.row.email = effect["to"];
        change.row.plan = n / 8 % 2 == 0 ? "pro" : "free";
        const Result<void> posted = post(change, [this, key = row.key] { changed_.insert(key); });
        if (!posted) return posted;
        break;
      }
    }
    const char* const legal = n / 16 % 2 == 0 ? "lee@a.example" : "sam@a.example";
    const char* const lead = "kim@a.example";
    const bool of_legal = shown["role"] == "legal";
    if (const std::string wrong = row.key + " by another"; n / 32 % 3 == 0 && !said_.contains(wrong)) {
      // Somebody whom the role does not name says yes, too.
      const engine::ApprovalIn word{row.key, true, of_legal ? lead : legal, ""};
      const Result<void> posted = post({.kind = Posted::Kind::word}, store::InboxKind::command, encode(word),
                                       [this, wrong] { said_.insert(wrong); });
      if (!posted) return posted;
    }
    const engine::ApprovalIn word{row.key, n % 8 != 0, of_legal ? legal : lead, ""};
    const Result<void> posted = post({.kind = Posted::Kind::word}, store::InboxKind::command, encode(word),
                                     [this, key = row.key, at = latest_] {
                                       said_.insert(key);
                                       seen_.said[key] = at;
                                     });
    if (!posted) return posted;
  }
  if (const Result<void> decided = decide_on_letters(); !decided) return decided;
  words_said_ = true;
  return {};
}

Result<void> Life::prune() {
  const std::uint32_t n = dice("prune " + std::to_string(stride_));
  if (pruned_ || n % 5 != 0) return {};
  // By far less than what the project looks back over: what people under way read has to stay all the same.
  const engine::PruneIn in{.before = latest_ - minutes(n / 8 % 4'000), .by = "ops@a.example", .because = "old"};
  return post({.kind = Posted::Kind::word}, store::InboxKind::command, encode(in), [this] { pruned_ = true; });
}

Result<void> Life::decide_on_letters() {
  using How = audit::Resolved::How;
  for (const auto state : {store::OutboxState::failed, store::OutboxState::uncertain}) {
    const Result<std::vector<store::Outbox>> letters = store_->outbox(state, 100);
    if (!letters) return tl::unexpected(letters.error());
    for (const store::Outbox& letter : *letters) {
      const std::string once = letter.key + " at " + std::to_string(stride_);
      if (dice("letter " + once) % 4 != 0 || said_.contains(once)) continue;
      const bool again = !provider_.has(letter.key) && dice("again " + once) % 3 != 0;
      const engine::OutboxIn decision{again ? How::retry : How::drop, letter.key, "ops@a.example", ""};
      const Result<void> posted = post({.kind = Posted::Kind::word}, store::InboxKind::command, encode(decision),
                                       [this, once] { said_.insert(once); });
      if (!posted) return posted;
    }
  }
  return {};
}

}  // namespace fairlead::simulation
