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

Result<void> ContactMapping::columns(const std::string& path, const std::vector<std::string>& names,
                                     bool ignore_unknown) {
  fields_.clear();
  for (const std::string& name : names) {
    const auto at =
        std::find_if(module_.fields.begin(), module_.fields.end(), [&](const Field& f) { return f.name == name; });
    if (at == module_.fields.end() && !ignore_unknown) {
      std::string known;
      for (const Field& field : module_.fields) known += fmt::format("{}{}", known.empty() ? "" : ", ", field.name);
      return fault(FaultCode::bad_input, fmt::format("{} has a column `{}`, which `record contact` does not have; it "
                                                     "has {} (--ignore-unknown leaves such columns out)",
                                                     path, name, known));
    }
    const auto index = at == module_.fields.end() ? none : static_cast<bytecode::Index>(at - module_.fields.begin());
    if (index != none && std::find(fields_.begin(), fields_.end(), index) != fields_.end())
      return fault(FaultCode::bad_input, fmt::format("{} has the column `{}` twice", path, name));
    fields_.push_back(index);
  }
  for (bytecode::Index i = 0; i < module_.fields.size(); ++i) {
    if (needed(module_.fields[i]) && std::find(fields_.begin(), fields_.end(), i) == fields_.end()) {
      return fault(FaultCode::bad_input,
                   fmt::format("{} has no column `{}`, which `record contact` needs", path, module_.fields[i].name));
    }
  }
  return {};
}

tl::expected<std::vector<Value>, std::string> ContactMapping::values(const connect::Row& row, Arena& arena,
                                                                     bool require) const {
  std::vector<Value> out(module_.fields.size());
  if (!row.error.empty()) return tl::unexpected(row.error);
  const auto take = [&](bytecode::Index index, const std::string& text) -> std::string {
    const Field& field = module_.fields[index];
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
    const auto at =
        std::find_if(module_.fields.begin(), module_.fields.end(), [&n = name](const Field& f) { return f.name == n; });
    if (at == module_.fields.end()) return tl::unexpected(fmt::format("`{}` is not a field of `record contact`", name));
    if (std::string why = take(static_cast<bytecode::Index>(at - module_.fields.begin()), text); !why.empty())
      return tl::unexpected(std::move(why));
  }
  for (bytecode::Index i = 0; require && i < module_.fields.size(); ++i) {
    if (needed(module_.fields[i]) && !out[i].exists())
      return tl::unexpected(fmt::format("`{}` is missing", module_.fields[i].name));
  }
  return out;
}

tl::expected<ContactIn, std::string> ContactMapping::contact(const connect::Row& row) const {
  Arena arena;
  const auto found = values(row, arena, true);
  if (!found) return tl::unexpected(found.error());
  std::vector<std::pair<std::uint32_t, Value>> pairs;
  for (bytecode::Index i = 0; i < found->size(); ++i) pairs.emplace_back(module_.fields[i].id, (*found)[i]);
  return ContactIn{encode_values(std::move(pairs))};
}

}  // namespace fairlead::engine
