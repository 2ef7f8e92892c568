// The files that a project names beside its .lead files.
#include "compiler/project_files.hpp"

#include <filesystem>
#include <fstream>
#include <sstream>

namespace fairlead::compiler {

namespace {

namespace fs = std::filesystem;

/// Whether `path` lies in `root`, both normal; `.` and nothing are where the compiler was started.
bool lies_in(const fs::path& path, const fs::path& root) {
  const fs::path way = path.lexically_relative(root.empty() ? fs::path(".") : root);
  return !way.empty() && *way.begin() != "..";
}

}  // namespace

ProjectFiles files_on_disk(const std::string& root) {
  const auto read = [root](const std::string& path) -> tl::expected<std::string, Unread> {
    std::error_code error;
    // A link may lead out of the folder even where the name does not.
    const fs::path there = fs::canonical(path, error);
    if (error || !fs::is_regular_file(there, error)) return tl::unexpected(Unread::absent);
    const fs::path folder = fs::canonical(root.empty() ? "." : root, error);
    if (error || !lies_in(there, folder)) return tl::unexpected(Unread::outside);
    if (fs::file_size(there, error) > longest_template || error) return tl::unexpected(Unread::too_large);
    std::ifstream in(there, std::ios::binary);
    std::stringstream text;
    text << in.rdbuf();
    if (!in) return tl::unexpected(Unread::absent);
    return text.str();
  };
  return {root, read};
}

std::size_t Templates::most_in(const std::vector<grammar::Source>& files) {
  constexpr std::string_view word = "file";
  std::size_t most = 0;
  for (const grammar::Source& file : files) {
    const std::string_view text = file.text();
    for (std::size_t at = text.find(word); at != std::string_view::npos; at = text.find(word, at + word.size())) ++most;
  }
  return most;
}

tl::expected<Templates::Opened, Unread> Templates::open(const grammar::Source& from, std::string_view written) {
  const fs::path name(written);
  if (name.empty()) return tl::unexpected(Unread::absent);
  const fs::path path = (fs::path(from.path()).parent_path() / name).lexically_normal();
  if (name.is_absolute() || !lies_in(path, fs::path(project_.root).lexically_normal()))
    return tl::unexpected(Unread::outside);
  if (!project_.read) return tl::unexpected(Unread::absent);
  if (const auto known = opened_.find(path.string()); known != opened_.end()) {
    Opened again = known->second;
    again.fresh = false;
    return again;
  }
  tl::expected<std::string, Unread> text = project_.read(path.string());
  if (!text) return tl::unexpected(text.error());
  if (text->size() > longest_template) return tl::unexpected(Unread::too_large);
  // Trees and places borrow from the sources, which must not move.
  if (files_.size() == files_.capacity()) return tl::unexpected(Unread::absent);
  const auto file = static_cast<std::uint32_t>(files_.size());
  files_.emplace_back(path.string(), std::move(*text));
  parsed_.push_back(grammar::parse_template(files_.back(), file));
  return opened_.emplace(path.string(), Opened{&parsed_.back(), file, true}).first->second;
}

}  // namespace fairlead::compiler
