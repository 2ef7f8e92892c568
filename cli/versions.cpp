// Finds the files of two versions of a project.
#include "cli/versions.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <functional>
#include <optional>
#include <sstream>

#include "cli/git.hpp"
#include "compiler/checked.hpp"
#include "compiler/compile.hpp"

namespace fairlead::cli {

namespace {

namespace fs = std::filesystem;
using grammar::Source;
template <class T>
using Expected = tl::expected<T, NoVersion>;

/// Where files are: on the disk, or in a revision. Paths of a revision are from the top of its repository.
struct Tree {
  std::string repository;  // a folder in it; empty: the disk
  std::string revision;

  [[nodiscard]] bool on_disk() const { return revision.empty(); }

  [[nodiscard]] bool is_folder(const std::string& path) const {
    std::error_code error;
    if (on_disk()) return fs::is_directory(path, error);
    const GitAnswer type = git(repository, {"cat-file", "-t", revision + ":" + path});
    return type.code == 0 && type.out == "tree\n";
  }

  /// The `.lead` files under a folder.
  [[nodiscard]] Expected<std::vector<std::string>> list(const std::string& folder) const {
    if (on_disk()) return compiler::lead_files(folder);
    std::vector<std::string> arguments{"ls-tree", "-r", "-z", "--name-only", "--full-tree", revision};
    if (!folder.empty()) arguments.insert(arguments.end(), {"--", folder + "/"});
    const GitAnswer names = git(repository, arguments);
    if (names.code != 0) return tl::unexpected(NoVersion{true, "git says: " + names.err});
    std::vector<std::string> out;
    std::stringstream rest(names.out);
    for (std::string name; std::getline(rest, name, '\0');) {
      if (name.ends_with(".lead")) out.push_back(name);
    }
    return out;
  }

  /// The `.lead` files of a folder itself, as far as it can be read.
  [[nodiscard]] std::vector<std::string> files_in(const std::string& folder) const {
    std::vector<std::string> out;
    if (!on_disk()) {
      for (const std::string& name : list(folder).value_or(std::vector<std::string>{})) {
        if (fs::path(name).parent_path() == fs::path(folder)) out.push_back(name);
      }
      return out;
    }
    std::error_code error;
    for (auto it = fs::directory_iterator(folder, error); !error && it != fs::directory_iterator();
         it.increment(error)) {
      if (it->path().extension() == ".lead") out.push_back(it->path().string());
    }
    return out;
  }

  [[nodiscard]] Expected<std::string> read(const std::string& path) const {
    if (on_disk()) {
      std::ifstream in(path, std::ios::binary);
      std::stringstream text;
      text << in.rdbuf();
      if (!in) return tl::unexpected(NoVersion{true, fmt::format("{} cannot be read", path)});
      return text.str();
    }
    GitAnswer text = git(repository, {"cat-file", "blob", revision + ":" + path});
    if (text.code != 0)
      return tl::unexpected(
          NoVersion{true, fmt::format("`{}` has no file {}; git says: {}", revision, path, text.err)});
    return std::move(text.out);
  }

  [[nodiscard]] compiler::ProjectFiles templates(const std::string& folder) const {
    if (on_disk()) return compiler::files_on_disk(folder);
    return {folder, [tree = *this](const std::string& path) -> tl::expected<std::string, compiler::Unread> {
              const Expected<std::string> text = tree.read(path);
              if (!text) return tl::unexpected(compiler::Unread::absent);
              return *text;
            }};
  }
};

/// What a name means.
struct Place {
  Tree tree;
  std::string path;
};

std::string parent(const std::string& path) {
  return fs::path(path).parent_path().string();
}

bool is_project(const std::string& path, const std::string& text) {
  const Source source(path, text);
  return static_cast<bool>(grammar::parse(source, 0).tree.root().child(grammar::Kind::project));
}

Expected<std::vector<Source>> sources(const Tree& tree, const std::string& folder) {
  const auto names = tree.list(folder);
  if (!names) return tl::unexpected(names.error());
  std::vector<Source> out;
  for (const std::string& name : *names) {
    const auto text = tree.read(name);
    if (!text) return tl::unexpected(text.error());
    out.emplace_back(name, *text);
  }
  return out;
}

/// A version, or a file that is a part of one.
struct Target {
  Place place;
  std::vector<Source> files;  // of a part: itself
  bool part = false;
};

Expected<Target> target(const Place& place, const std::string& called) {
  Target out{place, {}, false};
  if (place.tree.is_folder(place.path) || place.path.empty()) {
    auto files = sources(place.tree, place.path);
    if (!files) return tl::unexpected(files.error());
    if (files->empty())
      return tl::unexpected(
          NoVersion{true, fmt::format("there are no .lead files in {}; name a project's folder", called)});
    out.files = std::move(*files);
    return out;
  }
  const auto text = place.tree.read(place.path);
  if (!text) return tl::unexpected(text.error());
  out.part = !is_project(place.path, *text);
  out.files.emplace_back(place.path, *text);
  return out;
}

/// The nearest folder around a file in which a file, itself and not in a folder of its own, declares a project; none
/// where there is none.
std::optional<std::string> project_around(const Place& file) {
  std::string folder = parent(file.path);
  if (file.tree.on_disk() && folder.empty()) folder = ".";
  std::error_code error;
  if (file.tree.on_disk()) folder = fs::canonical(folder, error).string();
  for (int up = 0; up < 8; ++up) {
    for (const std::string& name : file.tree.files_in(folder)) {
      // What lies deeper may be another project, beside the one that the file is of.
      if (parent(name) != folder) continue;
      const auto text = file.tree.read(name);
      if (text && is_project(name, *text)) {
        // Paths stay as short as they were given.
        const bool shorten = file.tree.on_disk() && !fs::path(file.path).is_absolute();
        return shorten ? fs::proximate(folder, error).string() : folder;
      }
    }
    const std::string next = parent(folder);
    // A repository is the most that a project can be.
    if (next == folder || folder.empty() || (file.tree.on_disk() && fs::exists(fs::path(folder) / ".git", error)))
      break;
    folder = next;
  }
  return std::nullopt;
}

bool same_file(const Place& a, const std::string& path, const Tree& tree) {
  if (a.tree.on_disk() != tree.on_disk() || a.tree.revision != tree.revision) return false;
  std::error_code error;
  return a.path == path || (tree.on_disk() && fs::equivalent(a.path, path, error));
}

/// The files of a project without some of them, and one in their place.
std::vector<Source> replaced(const std::vector<Source>& files, const Tree& tree, const std::vector<Place>& without,
                             const Source& by) {
  std::vector<Source> out;
  for (const Source& file : files) {
    if (std::none_of(without.begin(), without.end(),
                     [&](const Place& one) { return same_file(one, file.path(), tree); }))
      out.emplace_back(file.path(), std::string(file.text()));
  }
  out.emplace_back(by.path(), std::string(by.text()));
  return out;
}

/// Both are files that are parts: the project of one of them, the new one's if it has any, with the one and with the
/// other.
Expected<std::pair<Version, Version>> parts(const Target& before, const Target& after) {
  for (const Target* home : {&after, &before}) {
    const auto folder = project_around(home->place);
    if (!folder) continue;
    auto files = sources(home->place.tree, *folder);
    if (!files) return tl::unexpected(files.error());
    const std::vector<Place> both{before.place, after.place};
    const Tree& tree = home->place.tree;
    return std::pair(Version{"", replaced(*files, tree, both, before.files.front()), tree.templates(*folder)},
                     Version{"", replaced(*files, tree, both, after.files.front()), tree.templates(*folder)});
  }
  return tl::unexpected(
      NoVersion{false, fmt::format("neither {} nor {} lies in a project: no file around them says `project`",
                                   before.place.path, after.place.path)});
}

std::string folder_of_project(const Target& whole) {
  return whole.place.tree.is_folder(whole.place.path) || whole.place.path.empty() ? whole.place.path
                                                                                  : parent(whole.place.path);
}

Version whole_version(Target whole) {
  compiler::ProjectFiles templates = whole.place.tree.templates(folder_of_project(whole));
  return {"", std::move(whole.files), std::move(templates)};
}

/// A file takes the place of the one that has its name in the other project.
Expected<Version> in_place(const Target& part, const Target& whole) {
  const std::string name = fs::path(part.place.path).filename().string();
  std::vector<Place> there;
  for (const Source& file : whole.files) {
    if (fs::path(file.path()).filename() == name) there.push_back({whole.place.tree, file.path()});
  }
  if (there.size() != 1)
    return tl::unexpected(NoVersion{
        false, fmt::format("{} files of {} are called {}, so it is not clear what to compare it with; name that file",
                           there.size(), whole.place.path.empty() ? "the other project" : whole.place.path, name)});
  return Version{"", replaced(whole.files, whole.place.tree, there, part.files.front()),
                 whole.place.tree.templates(folder_of_project(whole))};
}

/// What a name means; `beside` is the other name, whose place a revision has that names none.
Expected<Place> place_of(const std::string& name, const std::string& beside) {
  std::error_code error;
  if (fs::exists(name, error)) return Place{{}, name};
  const std::size_t colon = name.find(':');
  const bool file = fs::is_regular_file(beside, error);
  const bool there = fs::exists(beside, error);
  std::string here = colon != std::string::npos || !there ? "." : file ? parent(beside) : beside;
  if (here.empty()) here = ".";
  Tree tree{here, name.substr(0, colon)};
  const GitAnswer commit = git(here, {"rev-parse", "--verify", "--end-of-options", tree.revision + "^{commit}"});
  if (commit.code != 0)
    return tl::unexpected(NoVersion{
        false, fmt::format("`{}` is no file or folder, and no revision either; git says: {}", name, commit.err)});
  const GitAnswer prefix = git(here, {"rev-parse", "--show-prefix"});
  if (prefix.code != 0) return tl::unexpected(NoVersion{true, "git says: " + prefix.err});
  std::string from_top = prefix.out.substr(0, prefix.out.find('\n'));
  std::string path =
      colon == std::string::npos ? (file ? fs::path(beside).filename().string() : "") : name.substr(colon + 1);
  // As git has it: from the top, unless it begins with a dot.
  if (colon != std::string::npos && !path.starts_with("./") && !path.starts_with("../") && path != ".")
    from_top.clear();
  path = (fs::path(from_top) / path).lexically_normal().string();
  if (path == ".") path.clear();
  if (path.ends_with('/')) path.pop_back();
  return Place{tree, path};
}

}  // namespace

tl::expected<std::pair<Version, Version>, NoVersion> versions(const std::string& before, const std::string& after) {
  const auto was = place_of(before, after), is = place_of(after, before);
  if (!was) return tl::unexpected(was.error());
  if (!is) return tl::unexpected(is.error());
  auto old_one = target(*was, before), new_one = target(*is, after);
  if (!old_one) return tl::unexpected(old_one.error());
  if (!new_one) return tl::unexpected(new_one.error());
  Expected<std::pair<Version, Version>> out;
  if (old_one->part && new_one->part) {
    out = parts(*old_one, *new_one);
    if (!out) return out;
  } else {
    Expected<Version> first = old_one->part ? in_place(*old_one, *new_one) : whole_version(*old_one);
    if (!first) return tl::unexpected(first.error());
    Expected<Version> second = new_one->part ? in_place(*new_one, *old_one) : whole_version(*new_one);
    if (!second) return tl::unexpected(second.error());
    out = std::pair(std::move(*first), std::move(*second));
  }
  out->first.called = before;
  out->second.called = after;
  return out;
}

}  // namespace fairlead::cli
