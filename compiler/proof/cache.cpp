#include "compiler/proof/cache.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <vector>

namespace fairlead::compiler::proof {

namespace fs = std::filesystem;

namespace {

/// Before an entry: what kind of file it is, and a hash over its key and all that follows.
constexpr std::string_view magic = "fairlead proofs 1\n";
constexpr std::size_t header = magic.size() + sizeof(Hash);

}  // namespace

Cache::~Cache() {
  if (written_) trim();
}

fs::path Cache::file_of(const Hash& key) const {
  const std::string name = hex(key);
  return folder_ / name.substr(0, 2) / name.substr(2);
}

std::optional<std::string> Cache::read(const Hash& key) {
  const fs::path file = file_of(key);
  std::ifstream in(file, std::ios::binary);
  if (!in) return std::nullopt;
  std::string text(std::istreambuf_iterator<char>(in), {});
  if (text.size() < header || !text.starts_with(magic)) return std::nullopt;
  const std::string_view entry = std::string_view(text).substr(header);
  if (view(sha256({view(key), entry})) != std::string_view(text).substr(magic.size(), sizeof(Hash)))
    return std::nullopt;
  // What is used stays, as far as its time can be written.
  std::error_code unwritable;
  fs::last_write_time(file, fs::file_time_type::clock::now(), unwritable);
  return std::string(entry);
}

void Cache::write(const Hash& key, std::string_view entry) {
  const fs::path file = file_of(key);
  std::error_code error;
  fs::create_directories(file.parent_path(), error);
  if (error) return;
  // Written beside it under a name of its own, then renamed: nobody ever reads half of it.
  const fs::path beside = fmt::format("{}.{}.new", file.string(), short_hex(sha256(random_bytes(16))));
  std::ofstream out(beside, std::ios::binary);
  out << magic << view(sha256({view(key), entry})) << entry;
  out.close();
  if (out) fs::rename(beside, file, error);
  if (!out || error) {
    fs::remove(beside, error);
    return;
  }
  written_ = true;
}

/// Another program may do the same, and files may go while they are looked at.
void Cache::trim() const {
  struct File {
    fs::file_time_type used;
    std::uintmax_t size;
    fs::path path;
  };
  std::vector<File> files;
  std::uintmax_t all = 0;
  std::error_code error, gone;
  for (fs::recursive_directory_iterator at(folder_, error), end; !error && at != end; at.increment(error)) {
    if (!at->is_regular_file(gone)) continue;
    const File file{at->last_write_time(gone), at->file_size(gone), at->path()};
    if (gone) continue;
    all += file.size;
    files.push_back(file);
  }
  if (all <= most_) return;
  std::sort(files.begin(), files.end(), [](const File& a, const File& b) { return a.used < b.used; });
  // Down to three quarters, so that it is not done again at once.
  for (const File& file : files) {
    if (all <= most_ / 4 * 3) return;
    if (fs::remove(file.path, gone)) all -= file.size;
  }
}

}  // namespace fairlead::compiler::proof
