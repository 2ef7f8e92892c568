// Files that are written as a whole or not at all.
#include "cli/files.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

namespace fairlead::cli {

bool write_whole(const std::string& file, std::string_view text) {
  namespace fs = std::filesystem;
  std::error_code error;
  const bool there = fs::exists(file, error);
  // What is no file, a device or a pipe, is written to.
  if (there && !fs::is_regular_file(file, error)) {
    std::ofstream out(file, std::ios::binary);
    out << text << std::flush;
    return static_cast<bool>(out);
  }
  const fs::path real = there ? fs::canonical(file, error) : fs::path(file);
  if (error && there) return false;
  error.clear();
  const fs::path beside = fmt::format("{}.{}.new", real.string(), getpid());
  std::ofstream write(beside, std::ios::binary | std::ios::trunc);
  write << text;
  write.close();
  if (write && there) fs::permissions(beside, fs::status(real, error).permissions(), error);
  if (write && !error) fs::rename(beside, real, error);
  const bool done = write && !error;
  if (!done) fs::remove(beside, error);
  return done;
}

}  // namespace fairlead::cli
