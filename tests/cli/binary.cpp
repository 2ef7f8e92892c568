// Starting the binary, waiting for it, and reading what it left behind.
#include "tests/cli/binary.hpp"

#include <fcntl.h>
#include <signal.h>
#include <sqlite3.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <boost/test/unit_test.hpp>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <thread>

namespace fairlead::cli::test {

namespace fs = std::filesystem;

namespace {

std::string contents(const std::string& path) {
  std::ostringstream out;
  out << std::ifstream(path, std::ios::binary).rdbuf();
  return out.str();
}

void redirect(const std::string& path, int flags, int to) {
  const int descriptor = ::open(path.c_str(), flags, 0644);
  if (descriptor < 0 || ::dup2(descriptor, to) < 0) ::_exit(126);
  ::close(descriptor);
}

[[noreturn]] void become(const std::string& folder, std::vector<std::string> arguments, const Circumstances& how,
                         const std::string& in, const std::string& out, const std::string& err) {
  redirect(in, O_RDONLY, STDIN_FILENO);
  redirect(err, O_WRONLY | O_CREAT | O_TRUNC, STDERR_FILENO);
  if (how.reader_gone) {
    int ends[2];
    if (::pipe(ends) != 0) ::_exit(126);
    ::close(ends[0]);
    ::dup2(ends[1], STDOUT_FILENO);
    ::close(ends[1]);
  } else if (how.no_stdout) {
    ::close(STDOUT_FILENO);
  } else {
    redirect(how.stdout_to.empty() ? out : how.stdout_to, O_WRONLY | O_CREAT | O_TRUNC, STDOUT_FILENO);
  }
  if (::chdir(folder.c_str()) != 0) ::_exit(126);
  if (how.most_bytes) {
    ::signal(SIGXFSZ, SIG_IGN);
    const rlimit limit{*how.most_bytes, *how.most_bytes};
    if (::setrlimit(RLIMIT_FSIZE, &limit) != 0) ::_exit(126);
  }
  // Built for coverage, it writes its counts at its end; killed in the middle of that, it would spoil those of all
  // others.
  if (how.doomed) ::setenv("GCOV_PREFIX", folder.c_str(), 1);
  arguments.insert(arguments.begin(), FAIRLEAD_BINARY);
  std::vector<char*> pointers;
  for (std::string& argument : arguments) pointers.push_back(argument.data());
  pointers.push_back(nullptr);
  ::execv(FAIRLEAD_BINARY, pointers.data());
  ::_exit(127);
}

}  // namespace

Folder::Folder() {
  std::string name = (fs::temp_directory_path() / "fairlead-cli-XXXXXX").string();
  BOOST_REQUIRE(::mkdtemp(name.data()) != nullptr);
  path_ = name;
}

Folder::~Folder() {
  std::error_code left_behind;
  fs::remove_all(path_, left_behind);
}

std::string Folder::write(const std::string& name, const std::string& text) const {
  const std::string full = path(name);
  fs::create_directories(fs::path(full).parent_path());
  std::ofstream(full, std::ios::binary) << text;
  return full;
}

std::string Folder::read(const std::string& name) const {
  return contents(path(name));
}

bool Folder::has(const std::string& name) const {
  return fs::exists(path(name));
}

Child::Child(const Folder& folder, const std::vector<std::string>& arguments, const Circumstances& circumstances) {
  // Two threads may each have a child at a time: their files have numbers.
  static std::atomic<int> number{0};
  const std::string base = folder.path(".child-" + std::to_string(++number));
  out_path_ = base + ".out";
  err_path_ = base + ".err";
  std::ofstream(base + ".in", std::ios::binary) << circumstances.input;
  // Boost.Test takes a child that ends for an error of the test.
  ::signal(SIGCHLD, SIG_DFL);
  pid_ = ::fork();
  BOOST_REQUIRE(pid_ >= 0);
  if (pid_ == 0) become(folder.path(), arguments, circumstances, base + ".in", out_path_, err_path_);
}

Child::~Child() {
  if (!status_) {
    ::kill(pid_, SIGKILL);
    reap(0);
  }
}

void Child::signal(int sent) {
  if (!status_) ::kill(pid_, sent);
}

void Child::reap(int flags) {
  int status = 0;
  if (!status_ && ::waitpid(pid_, &status, flags) == pid_) status_ = status;
}

bool Child::ends_within(std::chrono::microseconds time) {
  const auto end = std::chrono::steady_clock::now() + time;
  for (;;) {
    reap(WNOHANG);
    const auto now = std::chrono::steady_clock::now();
    if (status_ || now >= end) return status_.has_value();
    std::this_thread::sleep_for(std::min<std::chrono::steady_clock::duration>(std::chrono::milliseconds(1), end - now));
  }
}

Ended Child::wait(std::chrono::seconds most) {
  Ended out;
  if (!ends_within(most)) {
    out.timed_out = true;
    signal(SIGKILL);
  }
  reap(0);
  out.out = printed();
  out.err = contents(err_path_);
  if (WIFEXITED(*status_)) out.code = WEXITSTATUS(*status_);
  if (WIFSIGNALED(*status_)) out.signal = WTERMSIG(*status_);
  return out;
}

std::string Child::printed() const {
  return contents(out_path_);
}

Ended run(const Folder& folder, const std::vector<std::string>& arguments, const Circumstances& circumstances) {
  Ended ended = Child(folder, arguments, circumstances).wait();
  BOOST_TEST(!ended.timed_out);
  BOOST_TEST(ended.signal == 0);
  return ended;
}

void require_golden(const std::string& name, const std::string& text) {
  const std::string path = std::string(FAIRLEAD_SOURCE_DIR) + "/tests/golden/cli/" + name;
  if (std::getenv("FAIRLEAD_UPDATE_GOLDEN") != nullptr) std::ofstream(path, std::ios::binary) << text;
  std::ostringstream golden;
  golden << std::ifstream(path, std::ios::binary).rdbuf();
  BOOST_TEST(text == golden.str(), "tests/golden/cli/" << name << " is not what is made now, which is:\n" << text);
}

std::string anywhere(std::string text) {
  const std::string here = std::string(FAIRLEAD_SOURCE_DIR) + "/";
  for (std::size_t at = text.find(here); at != std::string::npos; at = text.find(here)) text.erase(at, here.size());
  return text;
}

void require(const Ended& ended, int code, const std::vector<std::string>& parts) {
  const std::string said = ended.out + ended.err;
  BOOST_TEST(ended.code == code, "exit code " << ended.code << " instead of " << code << "; it said:\n" << said);
  for (const std::string& part : parts) {
    BOOST_TEST((said.find(part) != std::string::npos), "\"" << part << "\" is not in what it said:\n" << said);
  }
}

std::vector<nlohmann::json> messages(const Folder& folder, const std::string& name, std::string* torn) {
  const std::string text = folder.read(name);
  std::vector<nlohmann::json> out;
  std::size_t begin = 0;
  for (std::size_t end = text.find('\n'); end != std::string::npos; end = text.find('\n', begin)) {
    nlohmann::json line = nlohmann::json::parse(text.substr(begin, end - begin), nullptr, false);
    begin = end + 1;
    BOOST_REQUIRE_MESSAGE(line.is_object() && line.contains("key"), "not a whole message: " << text.substr(0, end));
    out.push_back(std::move(line));
  }
  if (torn != nullptr) {
    *torn = text.substr(begin);
  } else {
    BOOST_TEST(text.substr(begin).empty(), "the last line has no end: " << text.substr(begin));
  }
  return out;
}

void sql(const std::string& path, const std::string& statement) {
  sqlite3* database = nullptr;
  BOOST_REQUIRE(sqlite3_open(path.c_str(), &database) == SQLITE_OK);
  char* why = nullptr;
  const int code = sqlite3_exec(database, statement.c_str(), nullptr, nullptr, &why);
  BOOST_TEST(code == SQLITE_OK, statement << ": " << (why == nullptr ? "" : why));
  sqlite3_free(why);
  sqlite3_close(database);
}

}  // namespace fairlead::cli::test
