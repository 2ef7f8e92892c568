#include "tests/simulation/reference.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>

#include "tests/simulation/judging.hpp"
#include "tests/simulation/rows.hpp"

namespace fairlead::simulation {

namespace {

using engine::testing::RuleSays;
using store::ContactId;
using Result = audit::Handed::Result;

struct PassState {
  audit::Mode mode = audit::Mode::live;
  bool open = true, early = false;
  std::uint64_t left_seq = 0;
  std::optional<Instant> goal_until;  // while its window is open
  Instant entered;
};

/// A message, call or assignment that was decided on.
struct Act {
  audit::Pass pass;
  std::string step, content, channel;  // content and channel of a message
  bool suppressed = false;
  bool ended = false;  // sent, withheld or dropped
  bool sent = false;
  bool aside = false;                   // somebody has to decide
  bool uncertain = false;               // it was tried, and nobody knows what became of it
  std::optional<Instant> retry;         // it was tried in vain, and is not before
  std::optional<nlohmann::json> shown;  // what an approver saw of it
};

std::string name(const audit::Pass& pass) {
  return audit::to_string(pass);
}

/// Of a reason for leaving: whether what was filled and not handed over stays here.
bool is_early(const std::string& reason) {
  return reason.starts_with("on ") || reason == "when" || reason.starts_with("cancelled by") || reason == "forgotten";
}

class Walk {
 public:
  explicit Walk(const Seen& seen) : seen_(seen), messages_(seen.delivered), rows_(seen.posted) {
    std::stable_sort(messages_.begin(), messages_.end(),
                     [](const Delivered& a, const Delivered& b) { return a.seq < b.seq; });
  }

  std::vector<std::string> run() {
    for (const store::Record& record : seen_.journal) {
      seq_ = record.seq;
      if (record.at < last_) wrong("the clock goes back at batch {}", record.seq);
      record_at_ = record.at;
      const auto entries = audit::read(record.audit);
      if (!entries) {
        wrong("the audit of batch {} cannot be read", record.seq);
        break;
      }
      for (const audit::Stamped& stamped : *entries) {
        if (stamped.at < last_)
          wrong("batch {}: an entry (kind {}) of {} comes after {}", record.seq, stamped.entry.index(),
                to_string(stamped.at), to_string(last_));
        last_ = stamped.at;
        std::visit([&](const auto& entry) { see(stamped.at, entry); }, stamped.entry);
      }
      end_turns();
      last_ = std::max(last_, record.at);
      for (; next_message_ < messages_.size() && messages_[next_message_].seq <= record.seq; ++next_message_)
        handed(messages_[next_message_]);
    }
    end();
    return std::move(out_);
  }

 private:
  template <class... Args>
  void wrong(fmt::format_string<Args...> text, Args&&... args) {
    if (out_.size() < 10) out_.push_back(fmt::format(text, std::forward<Args>(args)...));
  }

  // ---- what the rows of the inbox must come to

  /// The next row that must show in the audit; null, and a word about it, where it is another.
  const Posted* row(Posted::Kind kind, const std::string& what) {
    const Posted* out = rows_.next(kind);
    if (out == nullptr) wrong("batch {}: {} comes out of no row, or before its turn", seq_, what);
    return out;
  }

  void see(Instant, const audit::ContactStored& stored) {
    const Posted* from = row(Posted::Kind::contact, "a contact");
    if (from == nullptr) return;
    const auto before = ids_.find(from->email);
    if (stored.created != (before == ids_.end()) || (before != ids_.end() && before->second != stored.contact))
      wrong("{} became another contact", from->email);
    ids_[from->email] = stored.contact;
    Values& values = values_[stored.contact];
    for (const auto& [to, said] : {std::pair(&values.zone, &from->zone),
                                   {&values.country, &from->country},
                                   {&values.consent, &from->consent},
                                   {&values.plan, &from->plan}}) {
      if (!said->empty()) *to = *said;
    }
  }

  void see(Instant, const audit::EventTaken& taken) {
    const Posted* from = row(Posted::Kind::event, "an event");
    if (from == nullptr) return;
    if (from->id != taken.id || from->type != taken.type || from->at != taken.at || ids_[from->email] != taken.contact)
      wrong("the event {} was taken where {} was due", taken.id, from->id);
    end_turns();
    // The channel takes it for a withdrawal, in this very turn.
    if (taken.type == "unsubscribed") values_[taken.contact].consent = "withdrawn";
    if (taken.type != "became_mql") return;
    // Whoever has an open window in which it happened has reached the goal, in this turn.
    for (auto& [pass, state] : passes_) {
      if (pass.contact != taken.contact || !state.goal_until) continue;
      if (taken.at < state.entered || *state.goal_until < taken.at) continue;
      must_reach_.insert(pass);
      state.goal_until.reset();
    }
  }

  void see(Instant, const audit::Forgotten& forgotten) {
    const Posted* from = row(Posted::Kind::forget, "somebody forgotten");
    if (from == nullptr) return;
    if (from->by != forgotten.by) wrong("{} was forgotten by {}", from->email, forgotten.by);
    ids_.erase(from->email);
    values_.erase(forgotten.contact);
    gone_[forgotten.contact] = seq_;
    filled_.erase(forgotten.contact);
    for (auto& [pass, state] : passes_) {
      if (pass.contact != forgotten.contact) continue;
      state.goal_until.reset();
      if (state.open) wrong("{} goes on, and was forgotten", name(pass));
    }
  }

  void see(Instant, const audit::Deployed& deployed) {
    version_ = deployed.version;
    if (version_ == 0 || version_ > seen_.rules.size()) wrong("version {} was never deployed", version_);
  }

  // ---- passes

  void see(Instant at, const audit::Entered& entered) {
    for (const auto& [pass, state] : passes_) {
      if (pass.contact != entered.pass.contact || pass.workflow != entered.pass.workflow) continue;
      if (state.open) wrong("{} begins while {} goes on", name(entered.pass), name(pass));
      if (pass.serial >= entered.pass.serial) wrong("{} begins after {}", name(entered.pass), name(pass));
    }
    PassState state;
    state.mode = entered.mode;
    state.entered = at;
    if (!entered.goal.empty()) state.goal_until = at + days(14);
    passes_[entered.pass] = state;
  }

  void see(Instant at, const audit::EntryCounted& counted) {
    const auto quota = seen_.quotas.find(counted.pass.workflow);
    if (quota == seen_.quotas.end()) return wrong("{} counts, and nothing limits it", name(counted.pass));
    std::vector<Instant>& before = counted_[counted.pass.workflow];
    std::erase_if(before, [at](Instant t) { return !(at - days(2) < t); });
    before.push_back(at);
    if (before.size() > quota->second) wrong("{} enters, and {} may in two days", name(counted.pass), quota->second);
  }

  PassState* going_on(const audit::Pass& pass, const char* what) {
    const auto at = passes_.find(pass);
    if (at != passes_.end() && at->second.open) return &at->second;
    wrong("batch {}: {} of {}, which does not go on", seq_, what, name(pass));
    return nullptr;
  }

  void see(Instant, const audit::StepTaken& taken) { going_on(taken.pass, "a step"); }

  void see(Instant, const audit::Left& left) {
    PassState* state = going_on(left.pass, "the end");
    if (state == nullptr) return;
    state->open = false;
    state->early = is_early(left.reason);
    state->left_seq = seq_;
    approved_.erase(left.pass);
    if (left.reason.starts_with("cancelled by ")) ++by_hand_[left.reason.substr(13)];
  }

  void see(Instant, const audit::Skipped& skipped) {
    going_on(skipped.pass, "a skipped wait");
    ++by_hand_[skipped.by];
  }

  void see(Instant, const audit::Refused& refused) {
    if (const std::size_t at = refused.what.find("` by "); at != std::string::npos)
      ++by_hand_[refused.what.substr(at + 5)];
  }

  void see(Instant, const audit::Reached& reached) {
    if (must_reach_.erase(reached.pass) == 0) wrong("{} reached its goal without the event", name(reached.pass));
  }

  void see(Instant at, const audit::Closed& closed) {
    const auto pass = passes_.find(closed.pass);
    if (pass == passes_.end() || !pass->second.goal_until || !(*pass->second.goal_until < at)) {
      wrong("the goal's window of {} is closed, and was not over", name(closed.pass));
      return;
    }
    pass->second.goal_until.reset();
  }

  void end_turns() {
    for (const audit::Pass& pass : must_reach_) wrong("{} does not reach its goal, and the event came", name(pass));
    must_reach_.clear();
  }

  // ---- what goes out

  void see(Instant at, const audit::Effect& effect) {
    const PassState* state = going_on(effect.pass, "a message");
    const bool held_out = state != nullptr && state->mode == audit::Mode::held_out && effect.content != "receipt";
    if (effect.suppressed != held_out) wrong("{}: {} is suppressed, or is not", name(effect.pass), effect.content);
    Act& act = begin(effect.pass, effect.step, effect.key, effect.suppressed);
    act.content = effect.content;
    act.channel = effect.channel;
    if (effect.content == "receipt") return;
    for (const RuleSays& rule : rules()) {
      if (fires(rule, effect.pass, effect.channel, at, held_out))
        wrong("{}: {} goes into the outbox against {}", name(effect.pass), effect.content, said(rule));
    }
    filled_[effect.pass.contact].push_back({at, effect.channel, effect.pass.workflow, effect.suppressed});
  }

  void see(Instant, const audit::Acted& acted) {
    going_on(acted.pass, "a call");
    begin(acted.pass, acted.step, acted.key, acted.suppressed);
  }

  void see(Instant at, const audit::Assigned& assigned) {
    going_on(assigned.pass, "an assignment");
    if (!assigned.suppressed && !assigned.assignee.empty()) {
      // The random project's team: Kim takes 4 a day, Per 3 per two days.
      std::vector<Instant>& taken = assigned_[assigned.assignee];
      taken.push_back(at);
      const Zone& office = zone_named("America/New_York");
      const auto count = [&](const auto& within) { return std::count_if(taken.begin(), taken.end(), within); };
      if (assigned.assignee.starts_with("kim") &&
          count([&](Instant t) { return office.civil(t).date == office.civil(at).date; }) > 4)
        wrong("{}: a fifth contact of the day for Kim", name(assigned.pass));
      if (assigned.assignee.starts_with("per") && count([&](Instant t) { return at - days(2) < t; }) > 3)
        wrong("{}: a fourth contact in two days for Per", name(assigned.pass));
    }
    begin(assigned.pass, assigned.step, assigned.key, assigned.suppressed);
  }

  Act& begin(const audit::Pass& pass, const std::string& step, const std::string& key, bool suppressed) {
    const auto [at, fresh] = acts_.try_emplace(key);
    if (!fresh) wrong("the key of {}, {} stood for something else", name(pass), step);
    Act& act = at->second;
    act.pass = pass;
    act.step = step;
    act.suppressed = suppressed;
    const auto approved = approved_.find(pass);
    if (approved != approved_.end() && step.starts_with(approved->second.step) &&
        !step.starts_with(approved->second.step + "otherwise/"))
      act.shown = approved->second.effects;
    return act;
  }

  void see(Instant at, const audit::Guarded& guarded) {
    going_on(guarded.pass, "a rule");
    if (guarded.rule.empty()) return;
    const auto rule =
        std::find_if(rules().begin(), rules().end(), [&](const RuleSays& r) { return r.name == guarded.rule; });
    if (rule == rules().end()) return;  // a workflow's own has no name here
    const auto pass = passes_.find(guarded.pass);
    const bool held_out = pass != passes_.end() && pass->second.mode == audit::Mode::held_out;
    const std::string channel = guarded.step.find("send ping") != std::string::npos ? "sms" : "email";
    if (!fires(*rule, guarded.pass, channel, at, held_out))
      wrong("{}, {}: {} is said to forbid it, and does not", name(guarded.pass), guarded.step, said(*rule));
  }

  void see(Instant, const audit::ApprovalAsked& asked) { going_on(asked.pass, "a question"); }

  void see(Instant, const audit::ApprovalEnded& ended) {
    going_on(ended.pass, "an answer");
    const auto shown = seen_.shown.find(ended.key);
    if (ended.result != audit::ApprovalEnded::Result::approved || shown == seen_.shown.end()) return;
    approved_[ended.pass] = {ended.step + "/", nlohmann::json::parse(shown->second, nullptr, false)};
  }

  void ended(const std::string& key, Result result, const std::string& what) {
    const auto at = acts_.find(key);
    if (at == acts_.end()) {
      wrong("{} is recorded of a key that nothing stands for", what);
      return;
    }
    if (result == Result::deferred) return;
    if (at->second.suppressed) wrong("{}, {}: suppressed, and handed over", name(at->second.pass), at->second.step);
    if (at->second.ended) wrong("{}, {}: ended twice", name(at->second.pass), at->second.step);
    at->second.ended = true;
    at->second.aside = false;
    at->second.sent = result == Result::sent;
  }

  Act* tried(const std::string& key) {
    const auto at = acts_.find(key);
    if (at == acts_.end() || at->second.suppressed || at->second.ended || at->second.aside) {
      wrong("batch {}: the key {} was tried, and was not to go out", seq_, key);
      return nullptr;
    }
    at->second.uncertain = true;
    return &at->second;
  }
  void see(Instant, const audit::Retrying& retrying) {
    if (Act* act = tried(retrying.key)) act->retry = retrying.until;
  }
  void see(Instant, const audit::SetAside& aside) {
    if (Act* act = tried(aside.key)) act->aside = true;
  }
  void see(Instant, const audit::Resolved& resolved) {
    const auto at = acts_.find(resolved.key);
    if (at == acts_.end() || !at->second.aside) {
      wrong("the key {} was decided on, and was not set aside", resolved.key);
      return;
    }
    at->second.aside = false;
    at->second.retry.reset();
    at->second.ended = resolved.how == audit::Resolved::How::drop;
  }
  void see(Instant, const audit::Circuit& circuit) {
    left_alone_ = circuit.open ? std::optional(circuit.until) : std::nullopt;
  }
  void see(Instant, const audit::Paced&) {}
  void see(Instant, const audit::Handed& handed) { ended(handed.key, handed.result, handed.content); }
  void see(Instant, const audit::ActionHanded& handed) { ended(handed.key, handed.result, handed.action); }

  // ---- entries of which nothing here depends
  void see(Instant, const audit::Decided& decided) { going_on(decided.pass, "a choice"); }
  void see(Instant, const audit::SplitTaken& taken) { going_on(taken.pass, "a split"); }
  void see(Instant, const audit::KeptOut&) {}
  void see(Instant, const audit::FieldSet&) {}
  void see(Instant, const audit::Asked&) {}
  void see(Instant, const audit::Outcome&) {}
  void see(Instant, const audit::Published&) {}
  void see(Instant, const audit::Unmatched&) {}
  void see(Instant, const audit::Rolled&) {}
  // No project here pauses, limits over all contacts, moves people, rolls out in stages, or names a zone that is none.
  void see(Instant, const audit::Paused& paused) { wrong("{} is paused", paused.workflow); }
  void see(Instant, const audit::Resumed& resumed) { wrong("{} goes on", resumed.workflow); }
  void see(Instant, const audit::Rated& rated) { wrong("{} is counted for {}", rated.rate, rated.workflow); }
  void see(Instant, const audit::Charged& charged) { wrong("{} is charged", charged.workflow); }
  void see(Instant, const audit::Released& released) { wrong("{} is paid back", released.workflow); }
  void see(Instant, const audit::Moved& moved) { wrong("{} is moved", name(moved.pass)); }
  void see(Instant, const audit::RolledOut& rolled) { wrong("{} is rolled out", rolled.workflow); }
  void see(Instant, const audit::ZoneUnknown& unknown) { wrong("a zone is none, and that of {} counts", unknown.used); }

  // ---- rules

  const std::vector<RuleSays>& rules() const {
    static const std::vector<RuleSays> none;
    return version_ == 0 || version_ > seen_.rules.size() ? none : seen_.rules[version_ - 1];
  }

  static std::string said(const RuleSays& rule) { return rule.name.empty() ? "the workflow's limit" : rule.name; }

  bool fires(const RuleSays& rule, const audit::Pass& pass, const std::string& channel, Instant at, bool held_out) {
    return forbids(rule, {pass.workflow, channel, held_out}, values_[pass.contact], filled_[pass.contact], at);
  }

  // ---- at the provider

  /// A message as it was handed over: judged by what the journal knew then.
  void handed(const Delivered& message) {
    const auto at = acts_.find(message.key);
    if (at == acts_.end()) {
      wrong("the provider has {}, of which the audit says nothing", message.payload);
      return;
    }
    tries(message, at->second);
    if (!message.out) return;
    if (!keys_.insert(message.key).second) wrong("the key {} came twice to the provider", message.key);
    const Act& act = at->second;
    const std::string what = fmt::format("{}, {}", name(act.pass), act.step);
    if (act.suppressed) wrong("{}: held out, and the provider has it", what);
    if (const auto gone = gone_.find(act.pass.contact); gone != gone_.end() && gone->second < message.seq + 1)
      wrong("{}: handed over, and the contact was forgotten", what);
    const auto pass = passes_.find(act.pass);
    if (pass != passes_.end() && !pass->second.open && pass->second.early && pass->second.left_seq <= message.seq)
      wrong("{}: handed over, and the pass was left early", what);
    const nlohmann::json payload = nlohmann::json::parse(message.payload, nullptr, false);
    if (act.shown) check_shown(what, *act.shown, payload);
    if (act.content.empty() || act.content == "receipt") return;
    // The clock of the batch that claimed it; and what showed on the wall, where that is later. (A virtual clock stands
    // still from the claim on, however long the process is down.)
    for (const Instant when : {record_at_, seen_.virtual_clock ? record_at_ : std::max(record_at_, message.at)}) {
      for (const RuleSays& rule : rules()) {
        if (rule.kind == RuleSays::Kind::window || rule.kind == RuleSays::Kind::calendar) continue;
        if (fires(rule, act.pass, act.channel, when, false))
          wrong("{}: {} is handed over at {} against {}", what, act.content, to_string(when), said(rule));
      }
    }
  }

  /// Each time that something is handed over, whatever becomes of it.
  void tries(const Delivered& message, const Act& act) {
    const std::string what = fmt::format("{}, {}", name(act.pass), act.step);
    if (left_alone_ && record_at_ < *left_alone_)
      wrong("{}: tried at {}, and the connector was to be left alone until {}", what, to_string(record_at_),
            to_string(*left_alone_));
    if (act.retry && record_at_ < *act.retry) wrong("{}: tried again before its time", what);
    const auto rate = seen_.rates.find(act.channel);
    if (rate == seen_.rates.end() || !claims_.emplace(message.key, message.seq).second) return;
    std::vector<Instant>& left = left_by_[act.channel];
    std::erase_if(left, [&](Instant t) { return !(record_at_ - rate->second.window < t); });
    left.push_back(record_at_);
    if (left.size() > rate->second.count) wrong("{}: faster than {} may go", what, act.channel);
  }

  void check_shown(const std::string& what, const nlohmann::json& shown, const nlohmann::json& payload) {
    const bool found = std::any_of(shown.begin(), shown.end(), [&](const nlohmann::json& effect) {
      return std::all_of(effect.items().begin(), effect.items().end(), [&](const auto& item) {
        return payload.contains(item.key()) && payload[item.key()] == item.value();
      });
    });
    if (!found) wrong("{}: what went out is not what was approved", what);
  }

  // ---- when all is read

  void end() {
    if (next_message_ < messages_.size()) wrong("the provider has what no batch has claimed");
    const auto keys_of = [&](std::initializer_list<store::OutboxState> states) {
      std::set<std::string> out;
      for (const auto state : states) {
        if (const auto rows = seen_.outbox.find(state); rows != seen_.outbox.end())
          out.insert(rows->second.begin(), rows->second.end());
      }
      return out;
    };
    const std::set<std::string> ready = keys_of({store::OutboxState::ready, store::OutboxState::claimed});
    const std::set<std::string> aside = keys_of({store::OutboxState::failed, store::OutboxState::uncertain});
    for (const auto& [key, act] : acts_) {
      const std::string what = fmt::format("{}, {}", name(act.pass), act.step);
      if (act.sent && !keys_.contains(key)) wrong("{}: recorded as sent, and the provider does not have it", what);
      if (!act.suppressed && !act.ended && !act.aside && !ready.contains(key)) wrong("{}: lost on the way", what);
      if (act.aside != aside.contains(key)) wrong("{}: set aside, and is not", what);
      if (seen_.over && keys_.contains(key) && !act.sent && !act.uncertain)
        wrong("{}: handed over, and nobody wrote it down", what);
    }
    if (seen_.over && seen_.outbox.contains(store::OutboxState::claimed)) wrong("something is claimed for ever");
    std::set<audit::Pass, Before> open;
    for (const auto& [pass, state] : passes_) {
      if (state.open) open.insert(pass);
    }
    for (const auto& [contact, cell] : seen_.cells) {
      for (const engine::Instance& instance : cell.instances) {
        const auto at = std::find_if(open.begin(), open.end(), [&](const audit::Pass& pass) {
          return pass.contact == contact && name_id(pass.workflow) == instance.workflow &&
                 pass.serial == instance.serial;
        });
        if (at == open.end()) {
          wrong("{}-{} has a pass that the audit does not know", contact.part, contact.id);
          continue;
        }
        if (!instance.wake) wrong("{} stands still for ever", name(*at));
        if (instance.wake && seen_.over && !seen_.backed_up && !(last_ < *instance.wake))
          wrong("{} was due and did not move", name(*at));
        open.erase(at);
      }
    }
    for (const audit::Pass& pass : open) wrong("{} is lost: it goes on, and is in no cell", name(pass));
    if (!seen_.over) return;
    if (rows_.left() > 0) wrong("{} rows of the inbox came to nothing", rows_.left());
    for (const Posted& row : seen_.posted) {
      if (row.kind == Posted::Kind::by_hand && by_hand_[row.by] != 1)
        wrong("what {} did by hand came to {} things", row.by, by_hand_[row.by]);
    }
  }

  struct Before {
    bool operator()(const audit::Pass& a, const audit::Pass& b) const {
      return std::tie(a.contact, a.workflow, a.serial) < std::tie(b.contact, b.workflow, b.serial);
    }
  };

  struct Approved {
    std::string step;
    nlohmann::json effects;
  };

  const Seen& seen_;
  std::vector<Delivered> messages_;
  std::size_t next_message_ = 0;
  Rows rows_;
  std::vector<std::string> out_;
  std::uint64_t seq_ = 0;
  std::uint32_t version_ = 0;
  Instant last_{INT64_MIN}, record_at_;
  std::map<std::string, ContactId> ids_;  // by address, while they are known
  std::map<ContactId, Values> values_;
  std::map<ContactId, std::uint64_t> gone_;
  std::map<ContactId, std::vector<Filled>> filled_;
  std::map<audit::Pass, PassState, Before> passes_;
  std::set<audit::Pass, Before> must_reach_;
  std::map<audit::Pass, Approved, Before> approved_;
  std::map<std::string, Act> acts_;
  std::set<std::string> keys_;
  std::optional<Instant> left_alone_;
  std::set<std::pair<std::string, std::uint64_t>> claims_;
  std::map<std::string, std::vector<Instant>> left_by_;  // by channel
  std::map<std::string, std::size_t> by_hand_;
  std::map<std::string, std::vector<Instant>> counted_;   // entries, by workflow
  std::map<std::string, std::vector<Instant>> assigned_;  // by whom they went to
};

}  // namespace

std::vector<std::string> violations(const Seen& seen) {
  return Walk(seen).run();
}

}  // namespace fairlead::simulation
