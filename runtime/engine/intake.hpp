// What comes through the inbox, and its binary form. Whoever appends (import, send-event, a trial) has checked the
// values against the project; the engine checks again what it can.
#pragma once

#include <variant>

#include "runtime/bytecode/module.hpp"
#include "runtime/engine/state.hpp"

namespace fairlead::engine {

/// A contact to be stored: known by any of its key fields, else new.
struct ContactIn {
  std::string values;  // encode_values
};

struct EventIn {
  store::ContactId contact;     // where known; else by key:
  std::uint32_t key_field = 0;  // id of a key field; 0: `contact` says who
  std::string key;              // its value
  std::string type;
  std::string id;
  Instant at;
  std::string content;  // name of the content it answers; empty: none
  std::string values;   // encode_values
};

/// A person's word on what waits for an approval.
struct ApprovalIn {
  std::string key;  // of what waits
  bool approved = false;
  std::string by;       // the address of who says so
  std::string because;  // may be empty
};

/// What a colleague does with one person by hand.
struct PersonIn {
  enum class Act : std::uint8_t {
    cancel = 1,  // takes them out of the workflow; what was not handed over stays here
    skip = 2,    // lets them go on from a wait now, as if its time were over
    forget = 3   // erases them
  };
  Act act = Act::cancel;
  std::uint32_t key_field = 0;  // id of a key field
  std::string key;              // its value
  std::string workflow;         // of cancel and skip
  std::string by;               // the address of who does it
  std::string because;          // may be empty
};

/// What somebody decides on a message or call that was set aside.
struct OutboxIn {
  audit::Resolved::How how = audit::Resolved::How::retry;
  std::string key;
  std::string by;       // the address of who does it
  std::string because;  // may be empty
};

/// What somebody does with a workflow as a whole.
struct WorkflowIn {
  enum class Act : std::uint8_t { pause = 1, resume = 2 };
  Act act = Act::pause;
  std::string workflow;
  std::string by;       // the address of who does it
  std::string because;  // may be empty
};

/// Somebody lets the next stage of a workflow's rollout begin.
struct RolloutIn {
  std::string workflow;
  std::string stages;       // of the rollout, as they were shown
  std::uint32_t stage = 0;  // which of them is to begin; 1: the first
  std::string by;           // the address of who says so
  std::string because;      // may be empty
};

/// Somebody lays hands on the weights of a choice.
struct WeightsIn {
  audit::Steered::Act act = audit::Steered::Act::freeze;
  std::string choice;   // its whole key
  std::string state;    // import: a learner's, saved
  std::string by;       // the address of who does it
  std::string because;  // may be empty
};

/// What is old and no longer needed is to go. The engine does it in slices: each leaves a command behind that says
/// where the next one begins.
struct PruneIn {
  Instant before;           // what is older goes
  std::string by, because;  // may be empty
  /// Where the next slice begins; as it is here, nothing was looked at yet.
  bool begun = false;
  std::uint64_t upto = 0;  // the checkpoint has to have come so far
  store::Aging what = store::Aging::event;
  std::int64_t after = 0;
};

/// Somebody is to begin a workflow that says `enter by hand`.
struct EnterIn {
  std::string workflow;
  std::uint32_t key_field = 0;  // id of a key field; 0: the workflow is for nobody
  std::string key;              // its value
};

/// A new version is to come into force, or the last one to be taken back.
struct DeployIn {
  bool undo = false;
  audit::InFlight in_flight = audit::InFlight::stay;
  std::string module;       // bytecode::encode; empty where it is an undo
  std::string by, because;  // may be empty
};

/// The body of a command.
using CommandIn =
    std::variant<ApprovalIn, EnterIn, PersonIn, OutboxIn, DeployIn, WorkflowIn, RolloutIn, PruneIn, WeightsIn>;
std::string encode(const DeployIn& in);
/// Whether a command is a batch of its own: a DeployIn, a PruneIn.
bool stands_alone(std::string_view bytes);
std::string encode(const ApprovalIn& in);
std::string encode(const EnterIn& in);
std::string encode(const PersonIn& in);
std::string encode(const OutboxIn& in);
std::string encode(const WorkflowIn& in);
std::string encode(const RolloutIn& in);
std::string encode(const PruneIn& in);
std::string encode(const WeightsIn& in);
Result<CommandIn> decode_command(std::string_view bytes);

/// A row of a record beside the contact, as a whole: it takes the place of the one with the same key.
struct RowIn {
  std::string record;
  std::string values;  // encode_values
};
/// All that there is of a record: rows with other keys go away.
struct AllRowsIn {
  std::string record;
  std::vector<std::string> keys;  // row_key
};
using RowsIn = std::variant<RowIn, AllRowsIn>;

std::string encode(const ContactIn& in);
std::string encode(const EventIn& in);
std::string encode(const RowIn& in);
std::string encode(const AllRowsIn& in);
Result<RowsIn> decode_rows(std::string_view bytes);
Result<ContactIn> decode_contact(std::string_view bytes);
Result<EventIn> decode_event(std::string_view bytes);

/// The hash by which a contact is found: of the field's name and the value, e-mail addresses in lower case.
Hash key_hash(const bytecode::Field& field, std::string_view value);

}  // namespace fairlead::engine
