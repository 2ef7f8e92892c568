// From rows of outside data to contacts.
#include "runtime/engine/mapping.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace fairlead::engine {

using bytecode::Field;
using bytecode::none;

namespace {

bool needed(const Field& field) {
  return !field.type.optional && field.initial == none;
}

}  // namespace

Result<void> RowMapping::columns(const std::string& path, const std::vector<std::string>& names, bool ignore_unknown) {
  fields_.clear();
  for (const std::string& name : names) {
    const auto at = std::find_if(record_.begin(), record_.end(), [&](const Field& f) { return f.name == name; });
    if (at == record_.end() && !ignore_unknown) {
      std::string known;
      for (const Field& field : record_) known += fmt::format("{}{}", known.empty() ? "" : ", ", field.name);
      return fault(FaultCode::bad_input, fmt::format("{} has a column `{}`, which `record {}` does not have; it "
                                                     "has {} (--ignore-unknown leaves such columns out)",
                                                     path, name, name_, known));
    }
    const auto index = at == record_.end() ? none : static_cast<bytecode::Index>(at - record_.begin());
    if (index != none && std::find(fields_.begin(), fields_.end(), index) != fields_.end())
      return fault(FaultCode::bad_input, fmt::format("{} has the column `{}` twice", path, name));
    fields_.push_back(index);
  }
  for (bytecode::Index i = 0; i < record_.size(); ++i) {
    if (needed(record_[i]) && std::find(fields_.begin(), fields_.end(), i) == fields_.end()) {
      return fault(FaultCode::bad_input,
                   fmt::format("{} has no column `{}`, which `record {}` needs", path, record_[i].name, name_));
    }
  }
  return {};
}

tl::expected<std::vector<Value>, std::string> RowMapping::values(const connect::Row& row, Arena& arena,
                                                                 bool require) const {
  std::vector<Value> out(record_.size());
  if (!row.error.empty()) return tl::unexpected(row.error);
  const auto take = [&](bytecode::Index index, const std::string& text) -> std::string {
    const Field& field = record_[index];
    // An empty cell says nothing; where nothing may be said for it, the default stands.
    if (text.empty() && (field.type.optional || field.initial != none)) return "";
    const Result<Value> value = parse_value(text, field.type, arena);
    if (!value) return fmt::format("`{}`: {}", field.name, describe(value.error()));
    out[index] = *value;
    return "";
  };
  for (std::size_t i = 0; i < row.values.size(); ++i) {
    if (fields_[i] == none) continue;
    if (std::string why = take(fields_[i], row.values[i]); !why.empty()) return tl::unexpected(std::move(why));
  }
  for (const auto& [name, text] : row.members) {
    const auto at = std::find_if(record_.begin(), record_.end(), [&n = name](const Field& f) { return f.name == n; });
    if (at == record_.end()) return tl::unexpected(fmt::format("`{}` is not a field of `record {}`", name, name_));
    if (std::string why = take(static_cast<bytecode::Index>(at - record_.begin()), text); !why.empty())
      return tl::unexpected(std::move(why));
  }
  for (bytecode::Index i = 0; require && i < record_.size(); ++i) {
    if (needed(record_[i]) && !out[i].exists()) return tl::unexpected(fmt::format("`{}` is missing", record_[i].name));
  }
  return out;
}

tl::expected<std::string, std::string> RowMapping::encoded(const connect::Row& row) const {
  Arena arena;
  const auto found = values(row, arena, true);
  if (!found) return tl::unexpected(found.error());
  std::vector<std::pair<std::uint32_t, Value>> pairs;
  for (bytecode::Index i = 0; i < found->size(); ++i) pairs.emplace_back(record_[i].id, (*found)[i]);
  return encode_values(std::move(pairs));
}

tl::expected<ContactIn, std::string> ContactMapping::contact(const connect::Row& row) const {
  auto values = encoded(row);
  if (!values) return tl::unexpected(values.error());
  return ContactIn{std::move(*values)};
}

}  // namespace fairlead::engine
