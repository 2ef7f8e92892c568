// The binary as a person meets it: a child process with arguments, what it printed, its exit code; in a temporary
// folder.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

namespace fairlead::cli::test {

/// A folder that goes away with its holder.
class Folder {
 public:
  Folder();
  ~Folder();
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;

  [[nodiscard]] const std::string& path() const { return path_; }
  [[nodiscard]] std::string path(const std::string& name) const { return path_ + "/" + name; }
  /// Makes the folders on the way; gives the full path.
  std::string write(const std::string& name, const std::string& text) const;
  [[nodiscard]] std::string read(const std::string& name) const;
  [[nodiscard]] bool has(const std::string& name) const;

 private:
  std::string path_;
};

struct Ended {
  int code = -1;   // of exit; -1 where a signal ended it
  int signal = 0;  // 0: none
  bool timed_out = false;
  std::string out, err;
};

struct Circumstances {
  std::string input;                        // standard input
  std::optional<std::uint64_t> most_bytes;  // no file may grow beyond: a disk that is full
  std::string stdout_to;                    // instead of being captured: "/dev/full", say
  bool reader_gone = false;                 // standard output is a pipe that nobody reads any more
  bool no_stdout = false;                   // it is closed
  bool doomed = false;                      // it will be killed
};

/// A running child. Destroyed while it runs, it is killed.
class Child {
 public:
  Child(const Folder& folder, const std::vector<std::string>& arguments, const Circumstances& circumstances = {});
  ~Child();
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;

  void signal(int number);
  /// Whether it ends by itself within this time.
  bool ends_within(std::chrono::microseconds time);
  /// Waits; kills it when the time is over.
  Ended wait(std::chrono::seconds most = std::chrono::seconds(60));
  /// What it has printed to standard output until now.
  [[nodiscard]] std::string printed() const;

 private:
  void reap(int flags);

  std::string out_path_, err_path_;
  pid_t pid_ = -1;
  std::optional<int> status_;
};

/// Runs the binary in the folder to its end.
Ended run(const Folder& folder, const std::vector<std::string>& arguments, const Circumstances& circumstances = {});

/// Whether it ended with this code and said all of these parts, on either stream; else the test fails and shows what it
/// said.
void require(const Ended& ended, int code, const std::vector<std::string>& parts);

/// Compares with a file below tests/golden/cli; with FAIRLEAD_UPDATE_GOLDEN set in the environment, writes it instead.
void require_golden(const std::string& name, const std::string& text);

/// What was said, without the path of this checkout.
std::string anywhere(std::string text);

/// The whole lines of a file of messages, parsed. `torn` (where asked for) is what stands after the last line's end;
/// a whole line that is not a JSON object with a key fails the test.
std::vector<nlohmann::json> messages(const Folder& folder, const std::string& name, std::string* torn = nullptr);

/// Runs SQL directly on a store's file.
void sql(const std::string& path, const std::string& statement);

}  // namespace fairlead::cli::test
