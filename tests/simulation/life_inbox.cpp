// What comes to the inbox, once each, however often posting it fails.
#include "tests/simulation/life.hpp"

#include <algorithm>

namespace fairlead::simulation {

namespace {

/// What a slice of a pruning leaves behind for the next one: nobody else posted it.
bool of_the_engine(const store::Inbox& row) {
  if (row.kind != store::InboxKind::command) return false;
  const Result<engine::CommandIn> in = engine::decode_command(row.body);
  const auto* prune = in ? std::get_if<engine::PruneIn>(&*in) : nullptr;
  return prune != nullptr && prune->begun;
}

}  // namespace

Result<void> Life::post_what_came() {
  // Those of the story, and the answers of people, in the order of time.
  while (true) {
    auto answer = std::min_element(answers_.begin(), answers_.end(), [](const Arrival& a, const Arrival& b) {
      return std::tie(a.at, a.row.id) < std::tie(b.at, b.row.id);
    });
    const bool has_row = next_arrival_ < story_.arrivals.size();
    const bool from_story = has_row && (answer == answers_.end() || !(answer->at < story_.arrivals[next_arrival_].at));
    if (!from_story && answer == answers_.end()) return {};
    const Arrival& arrival = from_story ? story_.arrivals[next_arrival_] : *answer;
    if (latest_ < arrival.at) return {};
    const auto arrived = [this, from_story, id = arrival.row.id] {
      if (from_story) {
        ++next_arrival_;
      } else {
        std::erase_if(answers_, [&](const Arrival& other) { return other.row.id == id; });
      }
    };
    using What = Arrival::What;
    const bool versions = arrival.what == What::deploys || arrival.what == What::undoes;
    const Result<void> done = versions                           ? deploy(arrival, arrived)
                              : arrival.what == What::lets_begin ? let_stage_begin(arrival, arrived)
                                                                 : post(arrival, arrived);
    if (!done) return done;
  }
}

Result<void> Life::deploy(const Arrival& arrival, Arrived arrived) {
  const bool undo = arrival.what == Arrival::What::undoes;
  if (!undo && deploying_ != next_arrival_) {
    project_.change();
    seen_.versions.emplace(bytecode::fingerprint(project_.module()), project_.says());
    deploying_ = next_arrival_;
  }
  // Where the process dies the program that deploys does it again, so that people may be treated twice, and it is no
  // longer the same story. An undo done twice would be undone.
  if (undo || conditions_.plain_provider || dice(arrival.row.by) % 2 == 0) {
    const engine::DeployIn in{undo, arrival.in_flight, undo ? "" : bytecode::encode(project_.module()), arrival.row.by,
                              ""};
    return post(arrival.row, store::InboxKind::command, encode(in), std::move(arrived));
  }
  const Result<bool> deployed = engine_->deploy(wall_, project_.module(), {arrival.in_flight, "", ""});
  if (!deployed) return tl::unexpected(deployed.error());
  arrived();
  return {};
}

Result<void> Life::let_stage_begin(const Arrival& arrival, Arrived arrived) {
  const engine::Rollout* rollout = engine_->rollouts().find(arrival.workflow);
  if (rollout == nullptr) {
    arrived();
    return {};
  }
  const engine::RolloutIn in{arrival.workflow, rollout->stages, rollout->stage + 1, arrival.row.by, ""};
  return post(arrival.row, store::InboxKind::command, encode(in), std::move(arrived));
}

Result<void> Life::post(const Arrival& arrival, Arrived arrived) {
  store::InboxKind kind = store::InboxKind::command;
  if (arrival.row.kind == Posted::Kind::contact) kind = store::InboxKind::contact;
  if (arrival.row.kind == Posted::Kind::event) kind = store::InboxKind::event;
  if (arrival.row.kind == Posted::Kind::row) kind = store::InboxKind::row;
  return post(arrival.row, kind, body_of(arrival, project_.module()), std::move(arrived));
}

Result<void> Life::post(const Posted& row, store::InboxKind kind, const std::string& body, Arrived arrived) {
  unsure_ = {row, std::move(arrived)};
  if (const Result<void> done = store_->post({{0, latest_, kind, body}}, {}); !done) return done;
  return settle_unsure();
}

Result<void> Life::settle_unsure() {
  seen_.posted.push_back(unsure_->first);
  unsure_->second();
  unsure_.reset();
  return note_last_row();
}

Result<void> Life::note_last_row() {
  const FaultyDisk::Peace peace(disk_);
  const Result<std::vector<store::Inbox>> rows = store_->inbox({INT64_MAX}, 100'000);
  if (!rows) return tl::unexpected(rows.error());
  for (const store::Inbox& row : *rows) last_row_ = std::max(last_row_, row.id);
  return {};
}

Result<void> Life::look_for_unsure() {
  if (!unsure_) return {};
  const FaultyDisk::Peace peace(disk_);
  const Result<std::vector<store::Inbox>> rows = store_->inbox({INT64_MAX}, 100'000);
  if (!rows) return tl::unexpected(rows.error());
  if (std::any_of(rows->begin(), rows->end(),
                  [this](const store::Inbox& row) { return last_row_ < row.id && !of_the_engine(row); }))
    return settle_unsure();
  unsure_.reset();
  return {};
}

}  // namespace fairlead::simulation
