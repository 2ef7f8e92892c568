// What was found of workflows, kept in a folder from one call to the next: a file an entry, named by the hash of all
// that it depends on, so that nothing in it is ever out of date. It may be deleted at any time, and several programs
// may use it at once. What cannot be read, or is not what was written, is as if it were not there; what cannot be
// written is not kept.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "runtime/values/hash.hpp"

namespace fairlead::compiler::proof {

class Cache {
 public:
  /// More than this is not kept: what was not used for longest goes.
  static constexpr std::uintmax_t most_bytes = std::uintmax_t{256} << 20U;

  explicit Cache(std::filesystem::path folder, std::uintmax_t most = most_bytes)
      : folder_(std::move(folder)), most_(most) {}
  /// Brings it down to its size where something was written.
  ~Cache();
  Cache(const Cache&) = delete;
  Cache& operator=(const Cache&) = delete;

  std::optional<std::string> read(const Hash& key);
  void write(const Hash& key, std::string_view entry);

 private:
  [[nodiscard]] std::filesystem::path file_of(const Hash& key) const;
  void trim() const;

  std::filesystem::path folder_;
  std::uintmax_t most_;
  bool written_ = false;
};

}  // namespace fairlead::compiler::proof
