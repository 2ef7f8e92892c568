// A store that a command has opened, and what is in force in it.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "runtime/engine/recovery.hpp"
#include "runtime/store/sqlite_store.hpp"

namespace fairlead::cli {

struct Looked {
  std::unique_ptr<store::Store> store;
  engine::View view;
};

/// Nothing where the store cannot be opened, or nothing was deployed to it: that is reported, and `exit_code` set.
std::optional<Looked> look_into(const std::string& db, store::Access access, int& exit_code);

}  // namespace fairlead::cli
