#include "cli/looked.hpp"

#include "cli/command.hpp"

namespace fairlead::cli {

std::optional<Looked> look_into(const std::string& db, store::Access access, int& exit_code) {
  Result<std::unique_ptr<store::Store>> store = store::open_sqlite(db, access);
  if (!store) {
    exit_code = report(store.error());
    return std::nullopt;
  }
  Result<engine::View> view = engine::look(**store);
  if (!view) {
    exit_code = report(view.error());
    return std::nullopt;
  }
  return Looked{std::move(*store), std::move(*view)};
}

}  // namespace fairlead::cli
