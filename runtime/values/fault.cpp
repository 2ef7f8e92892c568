// The sentences for faults. They are written for the person who runs a campaign, not for the one who wrote the engine.
#include "runtime/values/fault.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>

#include "runtime/values/utf8.hpp"

namespace fairlead {
namespace {

/// Long enough to recognise a cell of a spreadsheet by, short enough for one line of a terminal.
constexpr std::size_t longest_quote = 80;

}  // namespace

std::string describe(const Fault& fault) {
  // A fault may have been read from a damaged journal, so an argument that is missing is empty and no more.
  const auto arg = [&](std::size_t i) {
    return i < fault.args.size() ? std::string_view(fault.args[i]) : std::string_view();
  };
  const auto quoted = [&](std::size_t i) { return fmt::format("\"{}\"", printable(arg(i), longest_quote)); };
  switch (fault.code) {
    case FaultCode::overflow: return "the result of a calculation is too large";
    case FaultCode::division_by_zero: return "a number was divided by zero";
    case FaultCode::wrong_type:
      return "the compiled program used a value as something that it is not; compile it again from its source";
    case FaultCode::absent: return "the compiled program used a value that is absent; compile it again from its source";
    case FaultCode::not_a_value:
      if (arg(0).empty()) return fmt::format("nothing was given where {} was expected", arg(1));
      return fmt::format("{} is not {}", quoted(0), arg(1));
    case FaultCode::unknown_zone:
      return fmt::format("there is no time zone called {}; zones have names such as Europe/Oslo", quoted(0));
    case FaultCode::module_damaged:
      return fmt::format("the compiled program is damaged ({}); compile it again from its source", arg(0));
    case FaultCode::module_version:
      return fmt::format(
          "the compiled program has format {} and this Fairlead reads format {}; compile it again from its source",
          arg(0), arg(1));
    case FaultCode::store_open: return fmt::format("{} could not be opened: {}", arg(0), arg(1));
    case FaultCode::store_newer:
      return fmt::format(
          "{} was written by a newer Fairlead (store format {}; this one knows up to {}); upgrade Fairlead to open it",
          arg(0), arg(1), arg(2));
    case FaultCode::store_locked:
      return fmt::format("{} is in use by another Fairlead process; stop that one first", arg(0));
    case FaultCode::store_full:
      return fmt::format("the disk that holds {} is full; nothing was lost: free some space and start again", arg(0));
    case FaultCode::store_failed: return fmt::format("{} could not be read or written: {}", arg(0), arg(1));
    case FaultCode::store_fenced:
      return fmt::format("another Fairlead process has taken over {}, so this one has stopped writing to it", arg(0));
    case FaultCode::chain_broken:
      return fmt::format("the journal of range {} was altered or damaged at batch {}: {}", arg(0), arg(1), arg(2));
    case FaultCode::connector_failed: return fmt::format("the connector at {} failed: {}", arg(0), arg(1));
    case FaultCode::file_unreadable: return fmt::format("{} could not be read: {}", arg(0), arg(1));
    case FaultCode::file_unwritable: return fmt::format("{} could not be written: {}", arg(0), arg(1));
    case FaultCode::not_supported:
      if (fault.args.size() < 2) {
        // "`plan path` (nurture.lead:12)": the place comes last in the sentence.
        const std::size_t at = std::min(arg(0).rfind(" ("), arg(0).size());
        return fmt::format("{} is not supported by this runtime yet{}", arg(0).substr(0, at), arg(0).substr(at));
      }
      return fmt::format("{} are not supported by this runtime yet", fmt::join(fault.args, ", "));
    case FaultCode::nothing_deployed:
      return "nothing has run on this store yet, so there is nothing to look at; `fairlead run` begins it";
    case FaultCode::bad_input: return fmt::format("the data is not as it should be: {}", arg(0));
  }
  return fmt::format("an unknown fault occurred (code {})", static_cast<unsigned>(fault.code));
}

}  // namespace fairlead
