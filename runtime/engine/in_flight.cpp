// A version comes into force, and people who are under way stay with theirs, move to it, or leave: all of it in one
// batch. And the way back.
#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "runtime/engine/moving.hpp"
#include "runtime/engine/occasions.hpp"
#include "runtime/engine/rolled.hpp"
#include "runtime/engine/turn.hpp"
#include "runtime/engine/unsupported.hpp"
#include "runtime/guard/planted.hpp"

namespace fairlead::engine {

using audit::InFlight;

Result<bool> Engine::deploy(Instant now, const bytecode::Module& module, const Deploying& how) {
  if (const Result<void> can = supported(module); !can) return tl::unexpected(can.error());
  const bool fresh = !deployments_.in_force(module);
  if (!fresh && how.in_flight == InFlight::stay) return false;
  if (const Result<void> rolled = roll(now, fresh ? &module : nullptr, how); !rolled)
    return tl::unexpected(rolled.error());
  if (const Result<void> committed = commit(standing_.clock); !committed) return tl::unexpected(committed.error());
  if (const Result<void> finished = finish_deployment(); !finished) return tl::unexpected(finished.error());
  return fresh;
}

Result<std::string> Engine::undo(Instant now, const std::string& by, const std::string& because) {
  const Result<std::string> refused = roll_back(now, by, because);
  if (!refused || !refused->empty()) return refused;
  if (const Result<void> committed = commit(standing_.clock); !committed) return tl::unexpected(committed.error());
  if (const Result<void> finished = finish_deployment(); !finished) return tl::unexpected(finished.error());
  return std::string();
}

Result<void> Engine::deploy_item(const DeployIn& in, const store::Inbox& row, Instant now) {
  const auto refused = [&](const std::string& why) { return refuse(row, now, "a deployment", why); };
  if (in.undo) {
    const Result<std::string> why = roll_back(now, in.by, in.because);
    if (!why) return tl::unexpected(why.error());
    return why->empty() ? Result<void>() : refused(*why);
  }
  const Result<bytecode::Module> module = bytecode::decode(in.module);
  if (!module) return refused(describe(module.error()));
  if (const Result<void> can = supported(*module); !can) return refused(describe(can.error()));
  const bool fresh = !deployments_.in_force(*module);
  if (!fresh && in.in_flight == InFlight::stay) return refused("this version is in force already");
  return roll(now, fresh ? &*module : nullptr, {in.in_flight, in.by, in.because});
}

Result<void> Engine::put_into_force(Instant now, const bytecode::Module& module) {
  if (const Result<void> put = deployments_.put(module); !put) return put;
  const Version& newest = deployments_.newest();
  tick(std::max(now, standing_.clock));
  const Hash fingerprint = bytecode::fingerprint(module);
  batch_.deploy = store::Deployment{newest.number, standing_.clock, fingerprint, bytecode::encode(module)};
  if (const Result<void> planned = plan_occasions(newest); !planned) return planned;
  // Right before the entry, as whoever reads the journal has it.
  learn_all(newest, ledger_);
  say(standing_.clock, audit::Deployed{newest.number, fingerprint});
  begin_rollouts();
  batch_.ask_again = true;
  return {};
}

Result<void> Engine::roll(Instant now, const bytecode::Module* module, const Deploying& how) {
  audit::Rolled rolled;
  rolled.before = deployments_.empty() ? 0 : deployments_.newest().number;
  rolled.how = how.in_flight;
  rolled.by = how.by;
  rolled.because = how.because;
  if (module != nullptr) {
    if (const Result<void> put = put_into_force(now, *module); !put) return put;
  } else {
    tick(std::max(now, standing_.clock));
  }
  rolled.version = deployments_.newest().number;
  if (rolled.before == 0) return {};  // nobody can be under way
  if (const Result<void> treated = treat(rolled); !treated) return treated;
  say(standing_.clock, rolled);
  return {};
}

Result<void> Engine::treat(audit::Rolled& rolled) {
  const Version& newest = deployments_.newest();
  std::map<std::uint32_t, Moving> movings;  // by the version that a pass follows
  return each_under_way([&](store::ContactId id, const Cell& cell) -> Result<void> {
    std::vector<std::pair<std::uint32_t, std::uint64_t>> moving, leaving;
    for (const Instance& instance : cell.instances) {
      const Version* from = deployments_.find(instance.version);
      if (from == nullptr || from == &newest) continue;
      Moving& to_newest = movings.try_emplace(from->number, *from, newest).first->second;
      if (to_newest.same(instance.workflow)) continue;
      if (rolled.how == InFlight::leave) {
        leaving.emplace_back(instance.workflow, instance.serial);
      } else if (rolled.how == InFlight::move &&
                 to_newest.refusal(instance, has_taken(cell, instance.workflow), has_words(cell, instance.workflow))
                     .empty()) {
        moving.emplace_back(instance.workflow, instance.serial);
      } else {
        ++rolled.stayed;
      }
    }
    rolled.moved += moving.size();
    rolled.left += leaving.size();
    if (moving.empty() && leaving.empty()) return {};
    const Result<Cell*> changed = this->cell(id);
    if (!changed) return tl::unexpected(changed.error());
    touch(id);
    for (const auto& [workflow, serial] : moving) {
      const auto at = std::find_if((*changed)->instances.begin(), (*changed)->instances.end(),
                                   [&, w = workflow](const Instance& i) { return i.workflow == w; });
      const std::uint32_t from = at->version;
      say(standing_.clock,
          audit::Moved{{id, newest.module.workflows[newest.workflows.at(workflow)].name, serial}, from, newest.number});
      movings.at(from).carry_over(*at);
      if (planted(Bug::mover_drops_pass)) (*changed)->instances.erase(at);
    }
    for (const auto& [workflow, serial] : leaving) {
      const Result<void> ended = Turn(*this, id, standing_.clock)
                                     .end(workflow, serial, fmt::format("deployed version {}", newest.number), true);
      if (!ended) return ended;
    }
    return {};
  });
}

Result<std::string> Engine::roll_back(Instant now, const std::string& by, const std::string& because) {
  const Result<std::optional<LastRolled>> last = last_rolled(store_);
  if (!last) return tl::unexpected(last.error());
  if (!*last) return std::string("there is no version before this one");
  audit::Rolled rolled;
  rolled.before = deployments_.newest().number;
  rolled.undoes = (**last).rolled.version;
  rolled.left = (**last).rolled.left;
  rolled.by = by;
  rolled.because = because;
  if ((**last).rolled.before == (**last).rolled.version) {
    tick(std::max(now, standing_.clock));
  } else {
    const Version* back = deployments_.find((**last).rolled.before);
    if (back == nullptr) return std::string("the version before is not in the store");
    if (const Result<void> put = put_into_force(now, back->module); !put) return tl::unexpected(put.error());
  }
  rolled.version = deployments_.newest().number;
  for (const audit::Moved& moved : (**last).moved) {
    const Result<Cell*> cell = this->cell(moved.pass.contact);
    if (!cell) return tl::unexpected(cell.error());
    const std::uint32_t workflow = name_id(moved.pass.workflow);
    const auto at = std::find_if((*cell)->instances.begin(), (*cell)->instances.end(), [&](const Instance& i) {
      return i.workflow == workflow && i.serial == moved.pass.serial && i.version == moved.to &&
             !has_taken(**cell, workflow) && !has_words(**cell, workflow);
    });
    if (at == (*cell)->instances.end()) continue;
    touch(moved.pass.contact);
    at->version = moved.from;
    say(standing_.clock, audit::Moved{moved.pass, moved.to, moved.from});
    ++rolled.moved;
  }
  rolled.stayed = (**last).rolled.moved - std::min((**last).rolled.moved, rolled.moved);
  say(standing_.clock, rolled);
  return std::string();
}

Result<void> Engine::each_under_way(const std::function<Result<void>(store::ContactId, const Cell&)>& each) {
  // The ids first: what `each` writes must not meet a read that still goes on.
  std::vector<store::ContactId> ids{nobody};
  const Result<void> listed = store_.contacts([&](const store::Person& person) -> Result<void> {
    ids.push_back(person.id);
    return {};
  });
  if (!listed) return listed;
  for (const store::ContactId id : ids) {
    // Read past the cells at work: most of them stay as they are.
    const Result<Cell> cell = cells_.look(id);
    if (!cell) return tl::unexpected(cell.error());
    if (cell->instances.empty()) continue;
    if (const Result<void> done = each(id, *cell); !done) return done;
  }
  return {};
}

Result<void> Engine::finish_deployment() {
  if (deployments_.empty()) return {};
  const Result<std::optional<std::string>> noted = store_.note("deployed");
  if (!noted) return tl::unexpected(noted.error());
  const Version& newest = deployments_.newest();
  if (*noted == std::to_string(newest.number)) return {};
  if (standing_.deployed != newest.number) {
    // An older binary stored the version in a transaction of its own, and died before it said so.
    learn_all(newest, ledger_);
    if (const Result<void> planned = plan_occasions(newest); !planned) return planned;
    say(standing_.clock, audit::Deployed{newest.number, bytecode::fingerprint(newest.module)});
    begin_rollouts();
    if (const Result<void> committed = commit(standing_.clock); !committed) return committed;
  }
  if (deployments_.all().size() > 1) {
    if (const Result<void> filled = fill(standing_.clock, newest, **(deployments_.all().end() - 2)); !filled)
      return filled;
  }
  return store_.set_note("deployed", std::to_string(newest.number));
}

}  // namespace fairlead::engine
