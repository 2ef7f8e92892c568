// What was deployed last, read back from the audit.
#include "runtime/engine/rolled.hpp"

#include <algorithm>
#include <map>
#include <tuple>

#include "runtime/audit/entries.hpp"
#include "runtime/guard/planted.hpp"

namespace fairlead::engine {

namespace {

using PassKey = std::tuple<std::uint16_t, std::uint64_t, std::string, std::uint64_t>;

PassKey key(const audit::Pass& pass) {
  return {pass.contact.part, pass.contact.id, pass.workflow, pass.serial};
}

/// Entries come in the order of the journal: those that a deployment moves stand before what is said of it as a whole.
class Reader {
 public:
  void take(const audit::Entry& entry) {
    if (const auto* deployed = std::get_if<audit::Deployed>(&entry)) {
      // Said once more after a crash, it is the same one. A store that an older binary wrote says no more than this.
      if (deployed->version == version_) return;
      begin({deployed->version, version_, audit::InFlight::stay, 0, 0, 0, 0, "", ""});
      version_ = deployed->version;
    } else if (const auto* moved = std::get_if<audit::Moved>(&entry)) {
      // Moved once more, it is not the earlier deployment's to take back.
      moving_.insert_or_assign(key(moved->pass), *moved);
    } else if (const auto* rolled = std::get_if<audit::Rolled>(&entry)) {
      begin(*rolled);
      moved_ = std::move(moving_);
      moving_.clear();
    } else if (const auto* step = std::get_if<audit::StepTaken>(&entry)) {
      if (!planted(Bug::undo_moves_all)) moved_.erase(key(step->pass));
    } else if (const auto* left = std::get_if<audit::Left>(&entry)) {
      moved_.erase(key(left->pass));
    }
  }

  std::optional<LastRolled> take_last() {
    if (!last_ || last_->before == 0) return std::nullopt;
    LastRolled out{*last_, {}};
    for (auto& [key, moved] : moved_) out.moved.push_back(std::move(moved));
    return out;
  }

 private:
  void begin(audit::Rolled rolled) {
    last_ = std::move(rolled);
    moved_.clear();
  }

  std::uint32_t version_ = 0;
  std::optional<audit::Rolled> last_;
  std::map<PassKey, audit::Moved> moving_, moved_;
};

}  // namespace

Result<std::optional<LastRolled>> last_rolled(store::Store& store) {
  Reader reader;
  const Result<void> read = audit::entries(store, [&](const audit::Stamped& stamped) { reader.take(stamped.entry); });
  if (!read) return tl::unexpected(read.error());
  return reader.take_last();
}

}  // namespace fairlead::engine
