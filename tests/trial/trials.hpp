// What the tests of trials share: a project from its text, and a folder of their own.
#pragma once

#include <stdlib.h>

#include <boost/test/unit_test.hpp>
#include <filesystem>
#include <fstream>
#include <string>

#include "compiler/compile.hpp"

namespace fairlead::trial::testing {

/// The value of a result that must be there; the test ends with the fault's text otherwise.
template <class T>
T must(Result<T> result) {
  if (!result) BOOST_FAIL(describe(result.error()));
  if constexpr (!std::is_void_v<T>) return std::move(*result);
}

inline bytecode::Module compiled(const std::string& text) {
  compiler::Compiled out = compiler::compile({grammar::Source("x.lead", text)});
  std::string why;
  for (const grammar::Diagnostic& d : out.diagnostics) why += grammar::render(d, out.files, false) + "\n";
  if (!out.module) BOOST_FAIL(why);
  return std::move(*out.module);
}

/// The line, 1-based, on which a text first stands.
inline std::uint32_t line_of(const std::string& text, const std::string& what) {
  const std::size_t at = text.find(what);
  BOOST_REQUIRE_MESSAGE(at != std::string::npos, "no " << what);
  return 1 + static_cast<std::uint32_t>(std::count(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(at), '\n'));
}

/// A new folder, removed with everything in it at the end.
class Folder {
 public:
  Folder() {
    std::string name = (std::filesystem::temp_directory_path() / "fairlead-trial-XXXXXX").string();
    BOOST_REQUIRE(::mkdtemp(name.data()) != nullptr);
    path_ = name;
  }
  ~Folder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;

  [[nodiscard]] std::string write(const std::string& name, const std::string& text) const {
    const std::string file = (path_ / name).string();
    std::ofstream(file, std::ios::binary) << text;
    return file;
  }

 private:
  std::filesystem::path path_;
};

}  // namespace fairlead::trial::testing
