// Public data sets, which are not ours to ship: tests that need one run where it lies, and say where it does not.
#pragma once

#include <boost/test/unit_test.hpp>
#include <cstdlib>
#include <filesystem>
#include <optional>
#include <string>

namespace fairlead::cli::test {

/// The path of a file of FAIRLEAD_DATA, by default `../shared/data` beside the checkout.
inline std::optional<std::string> public_data(const std::string& name) {
  const char* folder = std::getenv("FAIRLEAD_DATA");
  const std::string path =
      (folder == nullptr ? std::string(FAIRLEAD_SOURCE_DIR) + "/../shared/data" : std::string(folder)) + "/" + name;
  std::error_code unseen;
  if (std::filesystem::is_regular_file(path, unseen)) return path;
  BOOST_TEST_MESSAGE("skipped: there is no " << path << " (FAIRLEAD_DATA says where the public data lie)");
  return std::nullopt;
}

}  // namespace fairlead::cli::test
