// Rows of records beside the contact.
#include "runtime/engine/record_rows.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace fairlead::engine {

namespace {

// A part of a key is its tag and its bytes. Numbers are big-endian with the sign turned round, so that their bytes are
// in their order; a text ends with two zeros, and a zero in it is followed by 255, so that no text is another's
// beginning and the shorter one comes first.
void add_bits(std::string& out, uint128 bits, int bytes) {
  for (int shift = 8 * (bytes - 1); shift >= 0; shift -= 8)
    out += static_cast<char>(static_cast<unsigned>(bits >> shift) & 0xffU);
}

void add_text(std::string& out, std::string_view text, bool folded) {
  for (char c : text) {
    if (folded && c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    out += c;
    if (c == '\0') out += '\xff';
  }
  out.append(2, '\0');
}

constexpr int wide = 16, narrow = 8;
uint128 turned(int128 units, int bytes) {
  return static_cast<uint128>(units) ^ static_cast<uint128>(1) << (8 * bytes - 1);
}

bool add(std::string& out, const Value& value, bool folded) {
  out += static_cast<char>(value.tag());
  switch (value.tag()) {
    case Tag::none:
    case Tag::list: return false;
    case Tag::boolean: out += value.as_bool() ? '\1' : '\0'; return true;
    case Tag::text: add_text(out, value.as_text(), folded); return true;
    case Tag::number:
    case Tag::money: add_bits(out, turned(value.units(), wide), wide); return true;
    case Tag::duration:
    case Tag::instant:
    case Tag::date:
    case Tag::time: add_bits(out, turned(value.units(), narrow), narrow); return true;
  }
  return false;
}

/// The part that begins there, as text; moves on behind it. Empty where the bytes are no key.
std::string part(std::string_view& key) {
  const Tag tag = static_cast<Tag>(key.front());
  key.remove_prefix(1);
  if (tag == Tag::text) {
    std::string out;
    while (key.size() >= 2 && !(key[0] == '\0' && key[1] == '\0')) {
      out += key[0];
      key.remove_prefix(key[0] == '\0' ? 2 : 1);
    }
    key.remove_prefix(std::min<std::size_t>(key.size(), 2));
    return out;
  }
  const int bytes = tag == Tag::boolean ? 1 : tag == Tag::number || tag == Tag::money ? wide : narrow;
  if (key.size() < static_cast<std::size_t>(bytes)) {
    key = {};
    return "";
  }
  uint128 bits = 0;
  for (int i = 0; i < bytes; ++i) bits = bits << 8U | static_cast<unsigned char>(key[static_cast<std::size_t>(i)]);
  key.remove_prefix(static_cast<std::size_t>(bytes));
  if (tag == Tag::boolean) return bits != 0 ? "true" : "false";
  const uint128 units = turned(static_cast<int128>(bits), bytes);
  if (bytes == wide) return Decimal::from_units(static_cast<int128>(units)).to_string();
  const auto narrowed = static_cast<std::int64_t>(static_cast<std::uint64_t>(units));
  switch (tag) {
    case Tag::duration: return to_string(Duration{narrowed});
    case Tag::instant: return to_string(Instant{narrowed});
    case Tag::date: return to_string(Date{static_cast<std::int32_t>(narrowed)});
    case Tag::time: return to_string(TimeOfDay{static_cast<std::int32_t>(narrowed)});
    default: return "";
  }
}

}  // namespace

tl::expected<std::string, std::string> row_key(const std::vector<bytecode::Field>& fields, const Record& values) {
  std::string out;
  for (const bytecode::Field& field : fields) {
    if (!field.key) continue;
    const Value value = values.get(field.id);
    if (!value.exists()) return tl::unexpected(fmt::format("`{}` is missing, and it is the key", field.name));
    if (!add(out, value, field.type.kind == TypeKind::email))
      return tl::unexpected(fmt::format("`{}` is a list, which cannot be a key", field.name));
  }
  if (out.empty()) return tl::unexpected(std::string("the record has no key"));
  if (out.size() > longest_row_key)
    return tl::unexpected(fmt::format("its key takes {} bytes, and {} is the most", out.size(), longest_row_key));
  return out;
}

std::string shown_row_key(std::string_view key) {
  std::string out;
  while (!key.empty()) out += (out.empty() ? "" : ", ") + part(key);
  return out;
}

Result<std::optional<store::Row>> RecordRows::get(std::uint32_t record, const std::string& key) {
  const auto changed = changed_.find({record, key});
  if (changed == changed_.end()) return store_.row(record, key);
  if (changed->second.empty()) return std::optional<store::Row>();
  return store::Row{record, key, changed->second};
}

Result<std::vector<store::Row>> RecordRows::after(std::uint32_t record, const std::string& key, std::size_t limit) {
  std::string from = key;
  while (true) {
    Result<std::vector<store::Row>> page = store_.rows(record, from, limit);
    if (!page) return page;
    const bool last = page->size() < limit;
    std::map<std::string, std::string> rows;
    std::string end = last ? "" : page->back().key;
    for (store::Row& row : *page) rows[row.key] = std::move(row.data);
    for (auto changed = changed_.upper_bound({record, from});
         changed != changed_.end() && changed->first.first == record && (last || changed->first.second <= end);
         ++changed) {
      if (changed->second.empty()) {
        rows.erase(changed->first.second);
      } else {
        rows[changed->first.second] = changed->second;
      }
    }
    if (rows.empty() && !last) {
      from = std::move(end);
      continue;
    }
    std::vector<store::Row> out;
    for (auto& [row, data] : rows) out.push_back({record, row, std::move(data)});
    return out;
  }
}

std::vector<store::Row> RecordRows::changes() const {
  std::vector<store::Row> out;
  for (const auto& [at, data] : changed_) out.push_back({at.first, at.second, data});
  return out;
}

}  // namespace fairlead::engine
