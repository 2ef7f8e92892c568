// Approvals: a person decides on exactly the effects that they were shown. What waits for a word is a row of the outbox
// that is never handed over: it holds what is shown, which is personal, and it goes when the waiting ends. The cell
// keeps a digest of each effect, so that nothing else goes out under the approval.
#include <algorithm>

#include "runtime/engine/sender.hpp"
#include "runtime/engine/turn.hpp"
#include "runtime/guard/planted.hpp"

namespace fairlead::engine {

using bytecode::none;
using bytecode::Step;
using bytecode::StepKind;
using Json = nlohmann::ordered_json;

bool has_role(const bytecode::Module& newest, const std::string& role, const std::string& who) {
  return std::any_of(newest.roles.begin(), newest.roles.end(), [&](const bytecode::Role& r) {
    return r.name == role && std::find(r.members.begin(), r.members.end(), who) != r.members.end();
  });
}

Hash rules_hash(const Deployments& deployments, std::uint32_t workflow) {
  const Version& newest = deployments.newest();
  const auto at = newest.workflows.find(workflow);
  std::string all;
  if (at != newest.workflows.end()) {
    for (const Index rule : newest.module.workflows[at->second].rules) all += view(newest.module.rules[rule].hash);
  }
  return sha256({"rules", all});
}

std::uint64_t Turn::digest(const Json& effect, const Hash& rules) const {
  const Hash hash = sha256({person_->salt, effect.dump(-1, ' ', false, Json::error_handler_t::replace), view(rules)});
  std::uint64_t out = 0;
  for (std::size_t i = 0; i < sizeof out; ++i) out = out << 8U | hash[i];
  return out;
}

Result<Turn::Covered> Turn::covered(const Version& version, Instance& instance, const Step& step) {
  Covered out;
  const Hash rules = rules_hash(engine_.deployments(), instance.workflow);
  for (const Index index : step.covered) {
    const Step& effect = version.module.steps[index];
    if (effect.kind != StepKind::send && effect.kind != StepKind::act && effect.kind != StepKind::assign) continue;
    const bool owed = instance.mode == Mode::held_out && effect.kind == StepKind::send &&
                      version.module.contents[effect.content].transactional;
    if (instance.mode != Mode::live && !owed) continue;
    Result<Json> made = rendered(version, instance, effect);
    if (!made) return tl::unexpected(made.error());
    out.shown.push_back({version.step_ids[index], digest(*made, rules)});
    out.effects.push_back(std::move(*made));
  }
  return out;
}

Result<Turn::Flow> Turn::approve(const Version& version, Instance& instance, const Step& step, Index& next) {
  if (const Result<void> loaded = load(); !loaded) return tl::unexpected(loaded.error());
  const audit::Pass who = pass(version, instance);
  const std::string key = effect_key(version, instance, step);
  const std::string& role = version.module.roles[step.role].name;
  Result<Covered> covered = this->covered(version, instance, step);
  if (!covered && of_store(covered.error())) return tl::unexpected(covered.error());
  if (!covered) {
    // Nobody can decide on what cannot be made; the journal says why.
    engine_.say(now_,
                audit::Guarded{who, step.key, "", audit::Guarded::Action::impossible, {}, describe(covered.error())});
    next = step.otherwise;
    took(step, 1);
    return Flow::go_on;
  }
  const Instant until = now_ + step.within;
  const Hash rules = rules_hash(engine_.deployments(), instance.workflow);
  const Json effects(covered->effects);
  const std::string text = effects.dump(-1, ' ', false, Json::error_handler_t::replace);
  const bool nothing = covered->effects.empty();
  engine_.say(now_,
              audit::ApprovalAsked{who, step.key, key, role, until, sha256({person_->salt, text}), rules, nothing});
  // Nobody is asked about what does not go out.
  if (nothing) {
    took(step, 0);
    return Flow::go_on;
  }
  const Json shown{{"key", key},        {"workflow", who.workflow}, {"step", step.key},
                   {"role", role},      {"at", to_string(now_)},    {"until", to_string(until)},
                   {"effects", effects}};
  const Origin origin{instance.workflow, instance.serial, version.number, "", "", now_, "", ""};
  engine_.out().fill.push_back({key, contact_, "", shown.dump(-1, ' ', false, Json::error_handler_t::replace),
                                encode(origin), cell_->revision, until, now_, store::OutboxState::asked, 0});
  instance.shown = std::move(covered->shown);
  instance.wake = until;
  return Flow::wait;
}

void Turn::settle(const Version& version, const Instance& instance, const Step& step,
                  audit::ApprovalEnded::Result result, const std::string& by, const std::string& because) {
  const std::string key = effect_key(version, instance, step);
  engine_.out().move.push_back({key, store::OutboxState::settled});
  engine_.say(now_, audit::ApprovalEnded{pass(version, instance), step.key, key, result, by, because});
}

Turn::Approval Turn::take_approval(Instance& instance, const Step& step, const Json& effect) {
  const std::uint32_t id = name_id(step.key);
  const auto at =
      std::find_if(instance.shown.begin(), instance.shown.end(), [id](const Shown& s) { return s.step == id; });
  if (at == instance.shown.end()) return Approval::unneeded;
  const bool same = at->digest == digest(effect, rules_hash(engine_.deployments(), instance.workflow));
  instance.shown.erase(at);
  return same || planted(Bug::approval_without_look) ? Approval::holds : Approval::lapsed;
}

Result<std::string> Turn::decided(const ApprovalIn& in, Instant said, const store::Outbox& asked) {
  using Ended = audit::ApprovalEnded::Result;
  if (const Result<void> loaded = load(); !loaded) return tl::unexpected(loaded.error());
  const Result<Origin> origin = decode_origin(asked.origin);
  if (!origin) return tl::unexpected(origin.error());
  const auto at = std::find_if(cell_->instances.begin(), cell_->instances.end(), [&](const Instance& i) {
    return i.workflow == origin->workflow && i.serial == origin->serial;
  });
  const std::string gone = "nothing waits for it";
  if (at == cell_->instances.end()) return gone;
  const Version& version = version_of(*at);
  const auto found = version.steps.find(at->step);
  if (found == version.steps.end()) return gone;
  const Step& step = version.module.steps[found->second];
  Word* const word = word_of(version, *at, asked.key);
  if (word == nullptr && (step.kind != StepKind::approve || effect_key(version, *at, step) != asked.key)) return gone;
  const Version& newest = engine_.deployments().newest();
  const std::string& role = word == nullptr ? version.module.roles[step.role].name : word->role;
  if (!has_role(newest.module, role, in.by) && !planted(Bug::word_of_anybody))
    return "who says so is not in the role " + role;
  const auto workflow = newest.workflows.find(at->workflow);
  if (workflow != newest.workflows.end() && newest.module.workflows[workflow->second].owner == in.by)
    return std::string("who asks does not approve");
  engine_.touch(contact_);
  const auto index = static_cast<std::size_t>(at - cell_->instances.begin());
  const Result<bool> left = leaves(index);
  if (!left) return tl::unexpected(left.error());
  if (*left) return std::string();
  if (word != nullptr) {
    if (const Result<void> done = decided(index, step, *word, in, said); !done) return tl::unexpected(done.error());
    return std::string();
  }
  Ended result = in.approved ? Ended::approved : Ended::rejected;
  // Of a workflow that is paused no timer has ended the waiting.
  if (at->wake && !(said < *at->wake)) {
    result = Ended::lapsed;
  } else if (in.approved) {
    const Result<Covered> now = covered(version, *at, step);
    if (!planted(Bug::approval_without_look) && (!now || now->shown != at->shown)) result = Ended::changed;
  }
  settle(version, *at, step, result, in.by, in.because);
  at->wake.reset();
  if (result != Ended::approved) at->shown.clear();
  const bool approved = result == Ended::approved;
  if (const Result<void> moved = advance(index, approved ? step.next : step.otherwise, approved ? 0 : 1); !moved)
    return tl::unexpected(moved.error());
  return std::string();
}

}  // namespace fairlead::engine
