// What the commands print, held against files that people have read.
#pragma once

#include <boost/test/unit_test.hpp>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

namespace fairlead::cli::test {

/// Compares with a file below tests/golden/cli; with FAIRLEAD_UPDATE_GOLDEN set in the environment, writes it instead.
inline void require_golden(const std::string& name, const std::string& text) {
  const std::string path = std::string(FAIRLEAD_SOURCE_DIR) + "/tests/golden/cli/" + name;
  if (std::getenv("FAIRLEAD_UPDATE_GOLDEN") != nullptr) {
    std::filesystem::create_directories(std::filesystem::path(path).parent_path());
    std::ofstream(path, std::ios::binary) << text;
  }
  std::ostringstream golden;
  golden << std::ifstream(path, std::ios::binary).rdbuf();
  BOOST_TEST(text == golden.str(), "tests/golden/cli/" << name << " is not what is made now, which is:\n" << text);
}

/// Without the path of this checkout.
inline std::string anywhere(std::string text) {
  const std::string here = std::string(FAIRLEAD_SOURCE_DIR) + "/";
  for (std::size_t at = text.find(here); at != std::string::npos; at = text.find(here)) text.erase(at, here.size());
  return text;
}

}  // namespace fairlead::cli::test
