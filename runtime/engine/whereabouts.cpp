// Reading where a contact is.
#include "runtime/engine/whereabouts.hpp"

#include "runtime/audit/entries.hpp"

#include <algorithm>

namespace fairlead::engine {

using bytecode::none;

namespace {

/// As Turn::world and the waits read it: the contact's zone, else the first of the country's, else the project's.
Zone zone_of(const Version& version, const Record& record) {
  const auto text = [&](Index field) -> std::string {
    const Value stored = record.get(version.module.fields[field].id);
    const Value& value = stored.exists() ? stored : version.defaults[field];
    return value.exists() && value.tag() == Tag::text ? std::string(value.as_text()) : std::string();
  };
  if (!version.zone_field) return version.zone;
  if (const Result<Zone> own = Zone::load(text(*version.zone_field)); own && !text(*version.zone_field).empty())
    return *own;
  if (!version.country_field) return version.zone;
  for (const std::string& name : zones_of_country(text(*version.country_field))) {
    if (Result<Zone> zone = Zone::load(name)) return *zone;
  }
  return version.zone;
}

/// Takes one entry after the other of those that are about the contact.
class Reader {
 public:
  Reader(Whereabouts& out) : out_(out) {}

  void take(Instant at, const audit::Entry& entry) {
    std::visit([&](const auto& one) { take_one(at, one); }, entry);
  }

 private:
  template <class Entry>
  void take_one(Instant, const Entry&) {}

  void take_one(Instant at, const audit::Entered& entered) {
    if (!ours(entered.pass)) return;
    out_.passes.push_back({entered.pass.workflow, entered.pass.serial, entered.version, entered.mode, at, {}, {}, {}});
  }
  void take_one(Instant at, const audit::Left& left) {
    if (PassHistory* pass = find(left.pass)) {
      pass->left = at;
      pass->reason = left.reason;
    }
  }
  void take_one(Instant at, const audit::Decided& decided) {
    if (PassHistory* pass = find(decided.pass)) {
      const bool some = decided.chosen < decided.shares.size() && decided.chosen < decided.options.size();
      pass->drawn.push_back({at, decided.choice, some ? decided.options[decided.chosen] : "", true});
    }
  }
  void take_one(Instant at, const audit::SplitTaken& taken) {
    if (PassHistory* pass = find(taken.pass)) pass->drawn.push_back({at, taken.split, taken.variant, false});
  }
  void take_one(Instant, const audit::Guarded& guarded) {
    if (guarded.action != audit::Guarded::Action::deferred) return;
    if (PassHistory* pass = find(guarded.pass)) {
      pass->deferring_step = guarded.step;
      pass->deferring_rule = guarded.rule;
    }
  }
  void take_one(Instant, const audit::Handed& handed) {
    if (handed.result == audit::Handed::Result::deferred) why(handed.key, handed.detail);
  }
  void take_one(Instant, const audit::Retrying& retrying) { why(retrying.key, retrying.detail); }
  void take_one(Instant, const audit::SetAside& aside) { why(aside.key, aside.detail); }
  void why(const std::string& key, const std::string& detail) {
    for (Lying& lying : out_.outbox) {
      if (lying.row.key == key) lying.why = detail;
    }
  }

  [[nodiscard]] bool ours(const audit::Pass& pass) const { return pass.contact == out_.contact; }
  PassHistory* find(const audit::Pass& pass) {
    if (!ours(pass)) return nullptr;
    for (PassHistory& known : out_.passes) {
      if (known.serial == pass.serial && known.workflow == pass.workflow) return &known;
    }
    return nullptr;
  }

  Whereabouts& out_;
};

Result<void> read_outbox(store::Store& store, Whereabouts& out) {
  using State = store::OutboxState;
  for (const State state : {State::asked, State::ready, State::claimed, State::failed, State::uncertain}) {
    Result<std::vector<store::Outbox>> rows = store.outbox(state, SIZE_MAX);
    if (!rows) return tl::unexpected(rows.error());
    for (store::Outbox& row : *rows) {
      if (row.contact != out.contact) continue;
      Result<Origin> origin = decode_origin(row.origin);
      if (!origin) return tl::unexpected(origin.error());
      Lying lying{std::move(row), std::move(*origin), {}, {}};
      if (state == State::ready && lying.row.waits != store::WaitsFor::nothing) lying.deferred = lying.row.not_before;
      out.outbox.push_back(std::move(lying));
    }
  }
  return {};
}

}  // namespace

Result<std::optional<store::ContactId>> find_contact(store::Store& store, const bytecode::Module& module,
                                                     std::string_view key) {
  for (const bytecode::Field& field : module.fields) {
    if (!field.key) continue;
    const Result<std::optional<store::ContactId>> found = store.find(key_hash(field, key));
    if (!found || *found) return found;
  }
  return std::nullopt;
}

Result<Whereabouts> whereabouts(store::Store& store, const View& view, store::ContactId contact,
                                std::optional<Cell> cell) {
  Whereabouts out;
  out.contact = contact;
  const Result<std::optional<store::Person>> person = store.person(contact);
  if (!person) return tl::unexpected(person.error());
  if (*person) {
    if (const Result<void> read = decode_values((*person)->data, out.record); !read)
      return tl::unexpected(read.error());
  }
  out.zone = zone_of(view.deployments.newest(), out.record);
  if (!cell) {
    const Result<std::optional<store::Cell>> row = store.cell(contact);
    if (!row) return tl::unexpected(row.error());
    if (*row) {
      Result<Cell> decoded = decode_cell((*row)->state);
      if (!decoded) return tl::unexpected(decoded.error());
      cell = std::move(*decoded);
    }
  }
  if (cell) out.cell = std::move(*cell);
  if (const Result<void> read = read_outbox(store, out); !read) return tl::unexpected(read.error());
  Reader reader(out);
  const Result<void> read =
      audit::entries(store, [&](const audit::Stamped& stamped) { reader.take(stamped.at, stamped.entry); });
  if (!read) return tl::unexpected(read.error());
  return out;
}

}  // namespace fairlead::engine
