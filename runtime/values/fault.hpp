// A fault: what went wrong while running, as a code and its arguments. The text is made late, by
// whoever shows it, so that faults can be compared in tests and counted in a journal.
#pragma once

#include <cstdint>
#include <string>
#include <tl/expected.hpp>
#include <vector>

namespace fairlead {

enum class FaultCode : std::uint16_t {
  // arithmetic, in expressions
  overflow,          // the result does not fit
  division_by_zero,  //
  wrong_type,        // an instruction met a value of another kind (only in hostile bytecode)
  absent,            // a value that may be absent was used (only in hostile bytecode)
  // text that is not what it should be; args: text, what was expected
  not_a_value,
  unknown_zone,  // args: name
  // modules; args: detail
  module_damaged,
  module_version,  // args: found, supported
  // store; args: path, detail
  store_open,
  store_newer,   // args: path, found, supported
  store_locked,  // args: path
  store_full,    // args: path
  store_failed,  // args: path, detail
  store_fenced,  // another process owns the range: args: path
  chain_broken,  // args: range, batch, detail
  // connectors; args: path, detail
  connector_failed,
  // files; args: path, detail
  file_unreadable,
  file_unwritable,
  // data from outside; args: detail
  bad_input,
  // what this runtime cannot carry out; args: each of it, with its place
  not_supported,
  // a store on which nothing was ever deployed; no args
  nothing_deployed,
};

struct Fault {
  FaultCode code;
  std::vector<std::string> args;

  bool operator==(const Fault&) const = default;
};

/// One sentence for a person, without a final period.
std::string describe(const Fault& fault);

template <class T>
using Result = tl::expected<T, Fault>;

/// `return fault(FaultCode::overflow)` from a function that returns a Result.
template <class... Args>
tl::unexpected<Fault> fault(FaultCode code, Args&&... args) {
  return tl::unexpected<Fault>(Fault{code, {std::string(std::forward<Args>(args))...}});
}

}  // namespace fairlead
