// Waivers, and who has signed them. Signatures lie in `waivers.signed` in the project's folder, one a line, and the
// keys that they are held against beside it, in `signers/ADDRESS.pem`. What is signed is an exact thing: this rule as
// it means now, this workflow as it is written now, this reason and this last day.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "compiler/place.hpp"
#include "compiler/project_files.hpp"
#include "runtime/bytecode/rule.hpp"

namespace fairlead::compiler {

constexpr std::string_view signatures_file = "waivers.signed";
/// Where the public key of somebody is looked for, from the project's folder; empty where that is no address.
std::string key_file(std::string_view address);

/// A line of `waivers.signed`. Texts as they were signed.
struct Signature {
  std::string project, workflow, rule, until, because, rule_hash, workflow_hash, by, at;
  std::string signature;  // Ed25519 over `text()`, in hexadecimal
  bool operator==(const Signature&) const = default;

  /// What is signed: all but the signature itself.
  [[nodiscard]] std::string text() const;
  /// Its line, without the end of it.
  [[nodiscard]] std::string line() const;
};

/// The lines of the file; those that are none are left out, and counted in `unreadable`.
std::vector<Signature> read_signatures(std::string_view text, std::size_t* unreadable = nullptr);

/// How a waiver stands.
enum class Standing : std::uint8_t {
  signed_,  // somebody in the role has signed exactly this
  unsigned_,
  rule_changed,
  workflow_changed,
  terms_changed,  // its reason or its last day
  no_key,         // there is no public key of whoever signed
  forged,         // the signature is not theirs, or of something else
  not_in_role,    // any more
  own_workflow,   // who asks does not sign
};

/// A waiver as the project asks for it, and whether it counts.
struct AskedWaiver {
  bytecode::Index workflow = bytecode::none;
  bytecode::Waiver waiver;            // of which rule, until when, and signed by whom where that holds
  Signature wanted;                   // what has to be signed; `by` and `at` are the signer's to fill in
  std::string role, owner;            // of whom somebody may sign; who may not
  std::vector<std::string> may_sign;  // those in the role
  Standing standing = Standing::unsigned_;
  bool run_out = false;  // by the clock of this machine
  Place place, until;

  [[nodiscard]] bool in_force() const { return standing == Standing::signed_ && !run_out; }
};

/// The signatures and keys of a project.
class Signatures {
 public:
  explicit Signatures(ProjectFiles project);

  /// Whether the file has a signature that holds for what is asked; fills in by whom.
  void judge(AskedWaiver& asked) const;

 private:
  ProjectFiles project_;
  std::vector<Signature> all_;
};

}  // namespace fairlead::compiler
