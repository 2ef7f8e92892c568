// A comparison of policies as people and programs read it.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

#include "compiler/diff/diff.hpp"

namespace fairlead::cli {

struct Compared {
  std::string before, after;  // as they were named
  const compiler::diff::Difference& difference;
};

/// `NEW is looser in 2 ways and stricter in 1.`
std::string headline(const compiler::diff::Difference& difference);
std::string as_text(const Compared& compared, bool colour);
std::string as_markdown(const Compared& compared);
nlohmann::json as_json(const Compared& compared);

}  // namespace fairlead::cli
