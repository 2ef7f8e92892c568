// The .lead files of the repository that the grammar's tests run over.
#pragma once

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "grammar/tree.hpp"

namespace fairlead::grammar::testing {

inline std::string read_text(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

/// Files below `folder` whose names end so, in the order of their names.
inline std::vector<std::filesystem::path> files_below(const std::filesystem::path& folder, std::string_view ending) {
  std::vector<std::filesystem::path> out;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
    if (entry.is_regular_file() && entry.path().string().ends_with(ending)) out.push_back(entry.path());
  }
  std::sort(out.begin(), out.end());
  return out;
}

/// The examples, the standard library, what shows every construct, and the files that the formatter is tested with.
inline std::vector<Source> corpus() {
  const std::filesystem::path root = FAIRLEAD_SOURCE_DIR;
  std::vector<Source> out;
  for (const auto& folder :
       {root / "examples", root / "stdlib", root / "tests/corpus/good", root / "tests/golden/format"}) {
    for (const auto& path : files_below(folder, ".lead")) out.emplace_back(path.string(), read_text(path));
  }
  return out;
}

struct Leaf {
  TreeNode node;
  TreeNode parent;
  bool in_text = false;  // inside of quotes: blanks before it may be the author's words
};

/// The tokens in their order.
inline std::vector<Leaf> leaves(const Tree& tree) {
  const auto& nodes = tree.nodes();
  std::vector<std::uint32_t> parents(nodes.size(), static_cast<std::uint32_t>(nodes.size() - 1));
  for (std::uint32_t i = 0; i < nodes.size(); ++i) {
    for (const Node& child : Node(tree, i).children()) parents[child.index()] = i;
  }
  std::vector<Leaf> out;
  for (std::uint32_t i = 0; i < nodes.size(); ++i) {
    if (nodes[i].subtree != 1 || nodes[i].kind == Kind::file) continue;
    Leaf leaf{nodes[i], nodes[parents[i]], false};
    for (std::uint32_t up = parents[i]; up + 1 < nodes.size(); up = parents[up]) {
      if (nodes[up].kind == Kind::text && nodes[up].begin < nodes[i].begin) leaf.in_text = true;
    }
    out.push_back(leaf);
  }
  return out;
}

}  // namespace fairlead::grammar::testing
