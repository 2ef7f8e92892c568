// What comes through the inbox.
#include "runtime/engine/intake.hpp"

#include <algorithm>

namespace fairlead::engine {

namespace {

/// What a command asks for: its first byte.
enum class Command : std::uint8_t {
  approval = 1,
  enter = 2,
  person = 3,
  outbox = 4,
  deploy = 5,
  workflow = 6,
  rollout = 7,
  prune = 8,
  weights = 9
};

/// What comes of rows: the first byte.
enum class Rows : std::uint8_t { one = 1, all = 2 };

}  // namespace

std::string encode(const ContactIn& in) {
  return in.values;
}

std::string encode(const EventIn& in) {
  ByteWriter out;
  out.varint(in.contact.part);
  out.varint(in.contact.id);
  out.u32(in.key_field);
  out.bytes(in.key);
  out.bytes(in.type);
  out.bytes(in.id);
  out.signed_varint(in.at.ms);
  out.bytes(in.content);
  out.bytes(in.values);
  return out.take();
}

std::string encode(const ApprovalIn& in) {
  ByteWriter out;
  out.u8(static_cast<std::uint8_t>(Command::approval));
  out.bytes(in.key);
  out.u8(in.approved ? 1 : 0);
  out.bytes(in.by);
  out.bytes(in.because);
  return out.take();
}

std::string encode(const PersonIn& in) {
  ByteWriter out;
  out.u8(static_cast<std::uint8_t>(Command::person));
  out.u8(static_cast<std::uint8_t>(in.act));
  out.u32(in.key_field);
  out.bytes(in.key);
  out.bytes(in.workflow);
  out.bytes(in.by);
  out.bytes(in.because);
  return out.take();
}

std::string encode(const OutboxIn& in) {
  ByteWriter out;
  out.u8(static_cast<std::uint8_t>(Command::outbox));
  out.u8(static_cast<std::uint8_t>(in.how));
  out.bytes(in.key);
  out.bytes(in.by);
  out.bytes(in.because);
  return out.take();
}

std::string encode(const DeployIn& in) {
  ByteWriter out;
  out.u8(static_cast<std::uint8_t>(Command::deploy));
  out.u8(in.undo ? 1 : 0);
  out.u8(static_cast<std::uint8_t>(in.in_flight));
  out.bytes(in.module);
  out.bytes(in.by);
  out.bytes(in.because);
  return out.take();
}

std::string encode(const WorkflowIn& in) {
  ByteWriter out;
  out.u8(static_cast<std::uint8_t>(Command::workflow));
  out.u8(static_cast<std::uint8_t>(in.act));
  out.bytes(in.workflow);
  out.bytes(in.by);
  out.bytes(in.because);
  return out.take();
}

std::string encode(const RolloutIn& in) {
  ByteWriter out;
  out.u8(static_cast<std::uint8_t>(Command::rollout));
  out.bytes(in.workflow);
  out.bytes(in.stages);
  out.varint(in.stage);
  out.bytes(in.by);
  out.bytes(in.because);
  return out.take();
}

std::string encode(const PruneIn& in) {
  ByteWriter out;
  out.u8(static_cast<std::uint8_t>(Command::prune));
  out.signed_varint(in.before.ms);
  out.bytes(in.by);
  out.bytes(in.because);
  out.u8(in.begun ? 1 : 0);
  out.varint(in.upto);
  out.u8(static_cast<std::uint8_t>(in.what));
  out.varint(static_cast<std::uint64_t>(in.after));
  return out.take();
}

std::string encode(const WeightsIn& in) {
  ByteWriter out;
  out.u8(static_cast<std::uint8_t>(Command::weights));
  out.u8(static_cast<std::uint8_t>(in.act));
  out.bytes(in.choice);
  out.bytes(in.state);
  out.bytes(in.by);
  out.bytes(in.because);
  return out.take();
}

bool stands_alone(std::string_view bytes) {
  if (bytes.empty()) return false;
  const auto command = static_cast<Command>(bytes.front());
  return command == Command::deploy || command == Command::prune;
}

Result<CommandIn> decode_command(std::string_view bytes) {
  ByteReader in(bytes);
  CommandIn out;
  bool known = true;
  switch (static_cast<Command>(in.u8())) {
    case Command::approval: {
      ApprovalIn approval;
      approval.key = in.bytes();
      approval.approved = in.u8() == 1;
      approval.by = in.bytes();
      approval.because = in.bytes();
      out = std::move(approval);
      break;
    }
    case Command::enter: {
      EnterIn enter;
      enter.workflow = in.bytes();
      enter.key_field = in.u32();
      enter.key = in.bytes();
      out = std::move(enter);
      break;
    }
    case Command::person: {
      PersonIn person;
      const std::uint8_t act = in.u8();
      known = act >= static_cast<std::uint8_t>(PersonIn::Act::cancel) &&
              act <= static_cast<std::uint8_t>(PersonIn::Act::forget);
      person.act = static_cast<PersonIn::Act>(act);
      person.key_field = in.u32();
      person.key = in.bytes();
      person.workflow = in.bytes();
      person.by = in.bytes();
      person.because = in.bytes();
      out = std::move(person);
      break;
    }
    case Command::outbox: {
      using How = audit::Resolved::How;
      OutboxIn outbox;
      const std::uint8_t how = in.u8();
      known = how == static_cast<std::uint8_t>(How::retry) || how == static_cast<std::uint8_t>(How::drop);
      outbox.how = static_cast<How>(how);
      outbox.key = in.bytes();
      outbox.by = in.bytes();
      outbox.because = in.bytes();
      out = std::move(outbox);
      break;
    }
    case Command::workflow: {
      using Act = WorkflowIn::Act;
      WorkflowIn workflow;
      const std::uint8_t act = in.u8();
      known = act == static_cast<std::uint8_t>(Act::pause) || act == static_cast<std::uint8_t>(Act::resume);
      workflow.act = static_cast<Act>(act);
      workflow.workflow = in.bytes();
      workflow.by = in.bytes();
      workflow.because = in.bytes();
      out = std::move(workflow);
      break;
    }
    case Command::rollout: {
      RolloutIn rollout;
      rollout.workflow = in.bytes();
      rollout.stages = in.bytes();
      rollout.stage = static_cast<std::uint32_t>(in.varint());
      rollout.by = in.bytes();
      rollout.because = in.bytes();
      out = std::move(rollout);
      break;
    }
    case Command::prune: {
      PruneIn prune;
      prune.before.ms = in.signed_varint();
      prune.by = in.bytes();
      prune.because = in.bytes();
      prune.begun = in.u8() == 1;
      prune.upto = in.varint();
      const std::uint8_t what = in.u8();
      known = what >= static_cast<std::uint8_t>(store::Aging::event) &&
              what <= static_cast<std::uint8_t>(store::Aging::rejected);
      prune.what = static_cast<store::Aging>(what);
      prune.after = static_cast<std::int64_t>(in.varint());
      out = std::move(prune);
      break;
    }
    case Command::weights: {
      using Act = audit::Steered::Act;
      WeightsIn weights;
      const std::uint8_t act = in.u8();
      known = act >= static_cast<std::uint8_t>(Act::freeze) && act <= static_cast<std::uint8_t>(Act::import);
      weights.act = static_cast<Act>(act);
      weights.choice = in.bytes();
      weights.state = in.bytes();
      weights.by = in.bytes();
      weights.because = in.bytes();
      out = std::move(weights);
      break;
    }
    case Command::deploy: {
      DeployIn deploy;
      deploy.undo = in.u8() == 1;
      const std::uint8_t how = in.u8();
      known = how >= static_cast<std::uint8_t>(audit::InFlight::stay) &&
              how <= static_cast<std::uint8_t>(audit::InFlight::leave);
      deploy.in_flight = static_cast<audit::InFlight>(how);
      deploy.module = in.bytes();
      deploy.by = in.bytes();
      deploy.because = in.bytes();
      out = std::move(deploy);
      break;
    }
    default: known = false;
  }
  if (!known || !in.ok() || !in.at_end()) return fault(FaultCode::bad_input, "a command in the inbox cannot be read");
  return out;
}

std::string encode(const EnterIn& in) {
  ByteWriter out;
  out.u8(static_cast<std::uint8_t>(Command::enter));
  out.bytes(in.workflow);
  out.u32(in.key_field);
  out.bytes(in.key);
  return out.take();
}

std::string encode(const RowIn& in) {
  ByteWriter out;
  out.u8(static_cast<std::uint8_t>(Rows::one));
  out.bytes(in.record);
  out.bytes(in.values);
  return out.take();
}

std::string encode(const AllRowsIn& in) {
  ByteWriter out;
  out.u8(static_cast<std::uint8_t>(Rows::all));
  out.bytes(in.record);
  out.varint(in.keys.size());
  for (const std::string& key : in.keys) out.bytes(key);
  return out.take();
}

Result<RowsIn> decode_rows(std::string_view bytes) {
  ByteReader in(bytes);
  const auto what = static_cast<Rows>(in.u8());
  RowsIn out;
  if (what == Rows::one) {
    RowIn row;
    row.record = in.bytes();
    row.values = in.bytes();
    out = std::move(row);
  } else {
    AllRowsIn all;
    all.record = in.bytes();
    const std::uint64_t keys = in.varint();
    for (std::uint64_t i = 0; i < keys && in.ok(); ++i) all.keys.emplace_back(in.bytes());
    out = std::move(all);
  }
  const bool known = what == Rows::one || what == Rows::all;
  if (!known || !in.ok() || !in.at_end()) return fault(FaultCode::bad_input, "a row in the inbox cannot be read");
  return out;
}

Result<ContactIn> decode_contact(std::string_view bytes) {
  return ContactIn{std::string(bytes)};
}

Result<EventIn> decode_event(std::string_view bytes) {
  ByteReader in(bytes);
  EventIn out;
  out.contact.part = static_cast<std::uint16_t>(in.varint());
  out.contact.id = in.varint();
  out.key_field = in.u32();
  out.key = in.bytes();
  out.type = in.bytes();
  out.id = in.bytes();
  out.at.ms = in.signed_varint();
  out.content = in.bytes();
  out.values = in.bytes();
  if (!in.ok() || !in.at_end()) return fault(FaultCode::bad_input, "an event in the inbox cannot be read");
  return out;
}

Hash key_hash(const bytecode::Field& field, std::string_view value) {
  std::string text(value);
  if (field.type.kind == TypeKind::email) {
    std::transform(text.begin(), text.end(), text.begin(),
                   [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  }
  return sha256({"contact key", field.name, text});
}

}  // namespace fairlead::engine
