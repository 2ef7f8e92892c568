// Commands: what people ask of a running engine, through the inbox.
#include <fmt/format.h>

#include "runtime/engine/occasions.hpp"
#include "runtime/engine/turn.hpp"

namespace fairlead::engine {

Result<void> Engine::command_item(const store::Inbox& row, Instant now) {
  const Result<CommandIn> in = decode_command(row.body);
  if (!in) return refuse(row, now, "a command", "cannot be read");
  if (const auto* person = std::get_if<PersonIn>(&*in)) return person_item(*person, row, now);
  if (const auto* enter = std::get_if<EnterIn>(&*in)) return enter_item(row, *enter, now);
  if (const auto* outbox = std::get_if<OutboxIn>(&*in)) return outbox_item(row, *outbox, now);
  if (const auto* workflow = std::get_if<WorkflowIn>(&*in)) return workflow_item(row, *workflow, now);
  if (const auto* rollout = std::get_if<RolloutIn>(&*in)) return rollout_item(row, *rollout, now);
  if (const auto* prune = std::get_if<PruneIn>(&*in)) return prune_item(*prune, row, now);
  if (const auto* weights = std::get_if<WeightsIn>(&*in)) return weights_item(row, *weights, now);
  if (const auto* deploy = std::get_if<DeployIn>(&*in)) return deploy_item(*deploy, row, now);
  return approval_item(std::get<ApprovalIn>(*in), row, now);
}

Result<void> Engine::approval_item(const ApprovalIn& in, const store::Inbox& row, Instant now) {
  const std::string what = fmt::format("the word of {} on {}", in.by, in.key);
  const Result<std::optional<store::Outbox>> asked = store_.outbox(in.key);
  if (!asked) return tl::unexpected(asked.error());
  if (!*asked || (**asked).state != store::OutboxState::asked) return refuse(row, now, what, "nothing waits for it");
  const Result<std::string> refused = Turn(*this, (**asked).contact, now).decided(in, row.not_before, **asked);
  if (!refused) return tl::unexpected(refused.error());
  return refused->empty() ? Result<void>() : refuse(row, now, what, *refused);
}

Result<void> Engine::enter_item(const store::Inbox& row, const EnterIn& in, Instant now) {
  const auto refused = [&](const std::string& why) {
    return refuse(row, now, fmt::format("the entry into {} by hand", in.workflow), why);
  };
  const Version& newest = deployments_.newest();
  const auto workflow = newest.workflows.find(name_id(in.workflow));
  if (workflow == newest.workflows.end()) return refused("the project has no such workflow");
  const bool for_nobody = newest.module.workflows[workflow->second].subject.empty();
  if (for_nobody != (in.key_field == 0))
    return refused(for_nobody ? "the workflow is for nobody" : "nobody says who is to enter");
  store::ContactId contact = nobody;
  if (!for_nobody) {
    const auto field = newest.fields.find(in.key_field);
    if (field == newest.fields.end() || !newest.module.fields[field->second].key)
      return refused("the contact does not have such a key");
    const Result<std::optional<store::ContactId>> known = find(key_hash(newest.module.fields[field->second], in.key));
    if (!known) return tl::unexpected(known.error());
    if (!*known) return refused("it is of nobody we know");
    contact = **known;
  }
  const Result<std::string> why = Turn(*this, contact, now).by_hand(workflow->second);
  if (!why) return tl::unexpected(why.error());
  return why->empty() ? Result<void>() : refused(*why);
}

}  // namespace fairlead::engine
