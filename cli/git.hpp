// Asks git. It is a program that is there or not; nothing of it is linked.
#pragma once

#include <string>
#include <vector>

namespace fairlead::cli {

struct GitAnswer {
  int code = -1;  // of exit; -1 where git could not be started, or was killed
  std::string out, err;
};

/// Runs git in a folder. What it says on standard error is the last line that it said there.
GitAnswer git(const std::string& folder, const std::vector<std::string>& arguments);

}  // namespace fairlead::cli
