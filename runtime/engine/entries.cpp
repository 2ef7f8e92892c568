// Who may begin a pass.
#include "runtime/engine/entries.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "runtime/engine/occasions.hpp"

namespace fairlead::engine {

using bytecode::Entry;
using bytecode::Period;

std::string kept_out(const Cell& cell, const Version& version, Index workflow_index, Instant now, bool shadow) {
  const std::uint32_t id = version.workflow_ids[workflow_index];
  const bytecode::Workflow& workflow = version.module.workflows[workflow_index];
  if (std::any_of(cell.instances.begin(), cell.instances.end(), [id](const Instance& i) { return i.workflow == id; }))
    return "already in it";
  // `again` is about people: what is for nobody begins each time that it is to.
  if (workflow.subject.empty()) return "";
  const auto past = std::find_if(cell.past.begin(), cell.past.end(), [id](const Past& p) { return p.workflow == id; });
  if (!shadow && std::find(cell.tried.begin(), cell.tried.end(), id) != cell.tried.end()) return "";
  if (past == cell.past.end() || (workflow.again && !(now < past->left + *workflow.again))) return "";
  return "not again";
}

namespace {

std::string words_of(const Version& version, const bytecode::Workflow& workflow, const Entry& entry) {
  switch (entry.kind) {
    case Entry::Kind::event: {
      std::string out;
      for (const Index trigger : entry.triggers)
        out +=
            fmt::format("{} {}", out.empty() ? "on" : ",", version.module.events[workflow.enter[trigger].event].name);
      return out;
    }
    case Entry::Kind::segment: return "when " + version.module.segments[entry.segment].name;
    case Entry::Kind::every:
      return fmt::format("every {}{}", to_string(entry.every), entry.at ? " at " + to_string(*entry.at) : "");
    case Entry::Kind::hand: break;
  }
  return "by hand";
}

}  // namespace

std::string name_of_entry(const Version& version, Index workflow_index, std::size_t index) {
  const bytecode::Workflow& workflow = version.module.workflows[workflow_index];
  const std::vector<Entry>& entries = workflow.head.entries;
  const std::string out = words_of(version, workflow, entries[index]);
  std::size_t number = 1;
  for (std::size_t i = 0; i < index; ++i) number += words_of(version, workflow, entries[i]) == out ? 1 : 0;
  return number == 1 ? out : fmt::format("{} #{}", out, number);
}

bool EntryCounts::full(const std::string& workflow, const std::string& clause, const bytecode::Quota& quota,
                       Instant now, const Zone& zone) const {
  const auto known = entered_.find({workflow, clause});
  const std::vector<Instant> none;
  const std::vector<Instant>& at = known == entered_.end() ? none : known->second;
  // A window is (t - w, t], a calendar period has its first instant too.
  const auto first =
      quota.period == Period::window
          ? std::upper_bound(at.begin(), at.end(), now - quota.window)
          : std::lower_bound(at.begin(), at.end(), guard::calendar_period(quota.period, now, zone).first);
  return !(Decimal::from_int(at.end() - first) < quota.most);
}

void EntryCounts::apply(Instant at, const audit::Entry& entry) {
  const auto* counted = std::get_if<audit::EntryCounted>(&entry);
  if (counted == nullptr) return;
  std::vector<Instant>& entered = entered_[{counted->pass.workflow, counted->clause}];
  const auto old = std::lower_bound(entered.begin(), entered.end(), at - longest_quota);
  // Now and then, so that each one costs little however many are kept.
  if (old - entered.begin() > 1'000 && 2 * (old - entered.begin()) > entered.end() - entered.begin())
    entered.erase(entered.begin(), old);
  entered.insert(std::upper_bound(entered.begin(), entered.end(), at), at);
}

std::string EntryCounts::save() const {
  ByteWriter out;
  out.varint(entered_.size());
  for (const auto& [of, at] : entered_) {
    out.bytes(of.first);
    out.bytes(of.second);
    out.varint(at.size());
    std::int64_t last = 0;
    for (const Instant t : at) {
      out.signed_varint(static_cast<std::int64_t>(static_cast<std::uint64_t>(t.ms) - static_cast<std::uint64_t>(last)));
      last = t.ms;
    }
  }
  return out.take();
}

Result<void> EntryCounts::load(std::string_view bytes) {
  ByteReader in(bytes);
  const std::uint64_t clauses = in.varint();
  for (std::uint64_t i = 0; i < clauses && in.ok(); ++i) {
    std::string workflow(in.bytes());
    std::vector<Instant>& at = entered_[{std::move(workflow), std::string(in.bytes())}];
    const std::uint64_t n = in.varint();
    std::int64_t last = 0;
    for (std::uint64_t k = 0; k < n && in.ok(); ++k) {
      // Damaged bytes may hold any distance: it wraps instead of overflowing.
      last =
          static_cast<std::int64_t>(static_cast<std::uint64_t>(last) + static_cast<std::uint64_t>(in.signed_varint()));
      at.push_back({last});
    }
    std::sort(at.begin(), at.end());
  }
  if (!in.ok() || !in.at_end()) return fault(FaultCode::store_failed, "", "how many entered cannot be read");
  return {};
}

}  // namespace fairlead::engine
