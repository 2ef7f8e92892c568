// The audit as one line an entry, by contact: what two runs of one story have in common.
#include <fmt/format.h>

#include "tests/simulation/reference.hpp"

namespace fairlead::simulation {

namespace {

std::string pass(const audit::Pass& p) {
  return fmt::format("{} {}", p.workflow, p.serial);
}

/// Whom an entry is about, and what it says. Commitments are left out, since salts are random; so are counts of a whole
/// batch, since batches fall differently.
struct Line {
  std::map<std::string, std::string>& owner_of_key;
  bool of_all = false;

  using Said = std::pair<std::string, std::string>;
  static std::string who(store::ContactId id) { return fmt::format("{}-{}", id.part, id.id); }
  template <class... Args>
  Said of(const audit::Pass& p, fmt::format_string<Args...> text, Args&&... args) const {
    return {who(p.contact), pass(p) + ": " + fmt::format(text, std::forward<Args>(args)...)};
  }
  Said act(const audit::Pass& p, const std::string& key, std::string text) const {
    owner_of_key[key] = who(p.contact);
    return {who(p.contact), pass(p) + ": " + std::move(text)};
  }
  std::string owner(const std::string& key) const { return owner_of_key[key]; }

  Said operator()(const audit::Deployed&) const { return {}; }
  Said operator()(const audit::Refused&) const { return {}; }
  Said operator()(const audit::Asked&) const { return {}; }
  Said operator()(const audit::Published&) const { return {}; }
  Said operator()(const audit::Steered& e) const { return all("weights of " + e.choice + " by " + e.by); }
  Said operator()(const audit::Predicted& e) const {
    return {who(e.contact), fmt::format("predicted {} {}", e.score, e.probability)};
  }
  Said operator()(const audit::Observed& e) const {
    return {who(e.contact), fmt::format("observed {} {} {}", e.score, e.came, e.predicted.ms)};
  }
  Said operator()(const audit::Unmatched&) const { return {}; }
  Said operator()(const audit::ContactStored& e) const { return {who(e.contact), e.created ? "created" : "stored"}; }
  Said operator()(const audit::EventTaken& e) const { return {who(e.contact), e.type + " " + e.id}; }
  Said operator()(const audit::Entered& e) const { return of(e.pass, "entered {}", static_cast<int>(e.mode)); }
  Said operator()(const audit::StepTaken& e) const { return of(e.pass, "step {}", e.step); }
  Said operator()(const audit::Left& e) const { return of(e.pass, "left {}", e.reason); }
  Said operator()(const audit::Decided& e) const {
    return of(e.pass, "chose {} of {}, {} eligible, by {}", e.chosen, e.choice, e.eligible, fmt::join(e.shares, " "));
  }
  Said operator()(const audit::Effect& e) const { return act(e.pass, e.key, e.step + " " + e.key); }
  Said operator()(const audit::Acted& e) const { return act(e.pass, e.key, e.step + " " + e.key); }
  Said operator()(const audit::Assigned& e) const { return act(e.pass, e.key, e.step + " " + e.assignee); }
  Said operator()(const audit::Guarded& e) const {
    return of(e.pass, "{} {} {} until {}", e.step, e.rule, static_cast<int>(e.action), e.until.ms);
  }
  Said operator()(const audit::Handed& e) const {
    return {owner(e.key), fmt::format("{} ended {} by {}", e.key, static_cast<int>(e.result), e.detail)};
  }
  Said operator()(const audit::ActionHanded& e) const {
    return {owner(e.key), fmt::format("{} ended {} by {}", e.key, static_cast<int>(e.result), e.detail)};
  }
  Said operator()(const audit::ApprovalAsked& e) const {
    return of(e.pass, "asked {} of {} until {}", e.role, e.step, e.until.ms);
  }
  Said operator()(const audit::ApprovalEnded& e) const {
    return of(e.pass, "answered {} {} by {}", e.step, static_cast<int>(e.result), e.by);
  }
  Said operator()(const audit::Retrying& e) const { return {owner(e.key), e.key + " is tried again"}; }
  Said operator()(const audit::SetAside& e) const { return {owner(e.key), e.key + " is set aside"}; }
  Said operator()(const audit::Resolved& e) const { return {owner(e.key), e.key + " is decided on"}; }
  Said operator()(const audit::Circuit&) const { return {}; }
  Said operator()(const audit::Pruned&) const { return {}; }
  Said operator()(const audit::Paced&) const { return {}; }
  Said operator()(const audit::EntryCounted& e) const { return of(e.pass, "counted"); }
  Said operator()(const audit::KeptOut& e) const { return {who(e.contact), "kept out of " + e.workflow}; }
  Said operator()(const audit::Reached& e) const { return of(e.pass, "reached"); }
  Said operator()(const audit::Closed& e) const { return of(e.pass, "closed"); }
  Said operator()(const audit::Outcome& e) const { return of(e.pass, "outcome of {}", e.choice); }
  Said operator()(const audit::Credited& e) const { return of(e.pass, "outcome of {}", e.choice); }
  Said operator()(const audit::FieldSet& e) const { return of(e.pass, "set {}", e.field); }
  Said operator()(const audit::SplitTaken& e) const { return of(e.pass, "{} takes {}", e.split, e.variant); }
  Said operator()(const audit::Moved& e) const { return of(e.pass, "moved from {} to {}", e.from, e.to); }
  Said operator()(const audit::ZoneUnknown& e) const { return {who(e.contact), "no such zone: " + e.used}; }
  // Of workflows as a whole: only where the whole story is told.
  Said all(std::string text) const { return {of_all ? "all" : "", std::move(text)}; }
  Said operator()(const audit::RowStored& e) const { return all("row " + e.record + " " + e.key); }
  Said operator()(const audit::RowRemoved& e) const { return all("no row " + e.record + " " + e.key); }
  Said operator()(const audit::Paused& e) const { return all("paused " + e.workflow + " by " + e.by + e.because); }
  Said operator()(const audit::Resumed& e) const { return all("resumed " + e.workflow + " by " + e.by); }
  Said operator()(const audit::Rated&) const { return {}; }
  Said operator()(const audit::Charged& e) const { return all("charged " + e.cost.to_string()); }
  Said operator()(const audit::Released& e) const { return all("released " + e.cost.to_string()); }
  Said operator()(const audit::Rolled& e) const {
    return all(fmt::format("version {} after {}: {} moved, {} stay, {} leave, undoes {}", e.version, e.before, e.moved,
                           e.stayed, e.left, e.undoes));
  }
  Said operator()(const audit::RolledOut& e) const {
    return all(fmt::format("{} at stage {} of {} by {}", e.workflow, e.stage, e.stages, e.by));
  }
  Said operator()(const audit::Skipped& e) const { return of(e.pass, "skipped by {}", e.by); }
  Said operator()(const audit::Forgotten& e) const { return {who(e.contact), "forgotten by " + e.by}; }
};

}  // namespace

std::map<std::string, std::vector<std::string>> told(const std::vector<store::Record>& journal, bool of_all) {
  std::map<std::string, std::vector<std::string>> out;
  std::map<std::string, std::string> owners;
  for (const store::Record& record : journal) {
    const auto entries = audit::read(record.audit);
    if (!entries) continue;
    for (const audit::Stamped& stamped : *entries) {
      auto [who, what] = std::visit(Line{owners, of_all}, stamped.entry);
      if (who.empty()) continue;
      // That a message went out is written down with the next batch, whenever that is.
      const auto* handed = std::get_if<audit::Handed>(&stamped.entry);
      const auto* called = std::get_if<audit::ActionHanded>(&stamped.entry);
      const bool sent = (handed != nullptr && handed->result == audit::Handed::Result::sent) ||
                        (called != nullptr && called->result == audit::Handed::Result::sent);
      out[who].push_back((sent ? "" : to_string(stamped.at) + " ") + std::move(what));
    }
  }
  return out;
}

}  // namespace fairlead::simulation
