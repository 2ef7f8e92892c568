// The lock that makes one process the owner of a store: flock on `<path>.lock`. The kernel releases it when the
// process ends, however it ends, so a crash leaves nothing to clean up.
#pragma once

#include <string>

#include "runtime/values/fault.hpp"

namespace fairlead::store {

class OwnerLock {
 public:
  OwnerLock() = default;
  ~OwnerLock() { release(); }
  OwnerLock(const OwnerLock&) = delete;
  OwnerLock& operator=(const OwnerLock&) = delete;

  [[nodiscard]] bool held() const { return descriptor_ >= 0; }
  /// Never waits. store_locked where another owner has it; store_failed where the lock file cannot be made.
  Result<void> acquire(const std::string& store_path);
  void release();

 private:
  int descriptor_ = -1;
};

}  // namespace fairlead::store
