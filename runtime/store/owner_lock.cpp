// The lock that makes one process the owner of a store: flock on `<path>.lock`.
#include "runtime/store/owner_lock.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <system_error>

namespace fairlead::store {

Result<void> OwnerLock::acquire(const std::string& store_path) {
  if (held()) return {};
  // Two names of one file must meet at one lock. SQLite follows links for its own files in the same way.
  std::error_code unresolved;
  const std::filesystem::path real = std::filesystem::canonical(store_path, unresolved);
  const std::string lock_path = (unresolved ? store_path : real.string()) + ".lock";

  constexpr mode_t mode = 0644;
  const int descriptor = ::open(lock_path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, mode);
  if (descriptor < 0) {
    return fault(FaultCode::store_failed, store_path,
                 fmt::format("{} cannot be opened ({})", lock_path, std::generic_category().message(errno)));
  }
  int outcome = -1;
  do {
    outcome = ::flock(descriptor, LOCK_EX | LOCK_NB);
  } while (outcome != 0 && errno == EINTR);
  if (outcome != 0) {
    const int error = errno;
    ::close(descriptor);
    if (error == EWOULDBLOCK) return fault(FaultCode::store_locked, store_path);
    return fault(FaultCode::store_failed, store_path,
                 fmt::format("{} cannot be locked ({})", lock_path, std::generic_category().message(error)));
  }
  descriptor_ = descriptor;
  return {};
}

void OwnerLock::release() {
  // The lock file stays: removing it would let two processes hold locks on two files of the same name.
  if (held()) ::close(descriptor_);
  descriptor_ = -1;
}

}  // namespace fairlead::store
