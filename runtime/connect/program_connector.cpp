// A program of one's own as the connector: it is handed a line of JSON for each message, and answers with one.
//
// What was written to it and is not answered may have gone out; what was not written has not.
#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <nlohmann/json.hpp>
#include <system_error>
#include <thread>
#include <unordered_map>

#include "runtime/connect/connector.hpp"

extern char** environ;  // NOLINT(readability-redundant-declaration): POSIX wants it declared by whoever uses it

namespace fairlead::connect {

namespace {

using Clock = std::chrono::steady_clock;
using Json = nlohmann::json;

/// One process, its two pipes, and what it said that is not a whole line yet.
class Process {
 public:
  ~Process() { end(); }
  Process() = default;
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;

  [[nodiscard]] bool runs() const { return pid_ > 0; }

  Result<void> start(const std::string& command) {
    int in[2], out[2];
    if (::pipe2(in, O_CLOEXEC) != 0) return failed(command, errno);
    if (::pipe2(out, O_CLOEXEC) != 0) {
      ::close(in[0]);
      ::close(in[1]);
      return failed(command, errno);
    }
    posix_spawn_file_actions_t actions;
    ::posix_spawn_file_actions_init(&actions);
    ::posix_spawn_file_actions_adddup2(&actions, in[0], STDIN_FILENO);
    ::posix_spawn_file_actions_adddup2(&actions, out[1], STDOUT_FILENO);
    const char* arguments[] = {"sh", "-c", command.c_str(), nullptr};
    pid_t pid = 0;
    const int error = ::posix_spawn(&pid, "/bin/sh", &actions, nullptr, const_cast<char* const*>(arguments), environ);
    ::posix_spawn_file_actions_destroy(&actions);
    ::close(in[0]);
    ::close(out[1]);
    to_ = in[1];
    from_ = out[0];
    if (error != 0) {
      end();
      return failed(command, error);
    }
    pid_ = pid;
    ::fcntl(to_, F_SETFL, O_NONBLOCK);
    ::fcntl(from_, F_SETFL, O_NONBLOCK);
    return {};
  }

  /// Writes what of `text` it takes and reads what it says, until it has said something, or `until`. False: it has
  /// ended, or said nothing in that time.
  bool exchange(std::string_view& text, std::vector<std::string>& lines, Clock::time_point until) {
    while (true) {
      const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(until - Clock::now()).count();
      if (left <= 0) return false;
      pollfd waits[2] = {{from_, POLLIN, 0}, {text.empty() ? -1 : to_, POLLOUT, 0}};
      const int ready = ::poll(waits, 2, static_cast<int>(std::min<std::int64_t>(left, 60'000)));
      if (ready < 0 && errno != EINTR) return false;
      if (ready <= 0) continue;
      if ((waits[1].revents & (POLLOUT | POLLERR)) != 0) {
        const ssize_t written = ::write(to_, text.data(), text.size());
        if (written > 0) text.remove_prefix(static_cast<std::size_t>(written));
        if (written < 0 && errno != EAGAIN && errno != EINTR) return false;
      }
      if ((waits[0].revents & (POLLIN | POLLHUP | POLLERR)) == 0) continue;
      char bytes[65'536];
      const ssize_t got = ::read(from_, bytes, sizeof bytes);
      if (got == 0 || (got < 0 && errno != EAGAIN && errno != EINTR)) return false;
      if (got > 0) said_.append(bytes, static_cast<std::size_t>(got));
      bool any = false;
      for (std::size_t end = said_.find('\n'); end != std::string::npos; end = said_.find('\n')) {
        lines.push_back(said_.substr(0, end));
        said_.erase(0, end + 1);
        any = true;
      }
      if (any) return true;
    }
  }

  /// It is told that nothing more comes, and has some seconds to end by itself.
  void end() {
    if (to_ >= 0) ::close(to_);
    if (from_ >= 0) ::close(from_);
    to_ = from_ = -1;
    said_.clear();
    if (pid_ <= 0) return;
    for (int i = 0; i < 50 && ::waitpid(pid_, nullptr, WNOHANG) == 0; ++i) {
      if (i == 30) ::kill(pid_, SIGTERM);
      if (i == 49) {
        ::kill(pid_, SIGKILL);
        ::waitpid(pid_, nullptr, 0);
      }
      std::this_thread::sleep_for(std::chrono::milliseconds(100));
    }
    pid_ = -1;
  }

 private:
  static Result<void> failed(const std::string& command, int error) {
    return fault(FaultCode::connector_failed, command, std::generic_category().message(error));
  }

  pid_t pid_ = -1;
  int to_ = -1, from_ = -1;
  std::string said_;
};

Answer answer_of(const Json& said) {
  Answer out;
  const std::string outcome = said.value("outcome", "");
  if (said.contains("detail") && said["detail"].is_string()) out.detail = said["detail"].get<std::string>();
  if (said.contains("after") && said["after"].is_number())
    out.after = seconds(static_cast<std::int64_t>(std::clamp(said["after"].get<double>(), 0.0, 30.0 * 86'400)));
  if (outcome == "taken") return out;
  out.outcome = outcome == "refused" ? Outcome::refused : outcome == "failed" ? Outcome::failed : Outcome::unknown;
  if (out.outcome == Outcome::unknown && outcome != "unknown") out.detail = "its answer has no outcome that we know";
  return out;
}

class ProgramConnector : public Connector {
 public:
  ProgramConnector(std::string command, Duration patience) : command_(std::move(command)), patience_(patience.ms) {}

  Result<void> begin() {
    if (process_.runs()) return {};
    if (const Result<void> started = process_.start(command_); !started) return started;
    std::vector<std::string> lines;
    std::string_view nothing;
    if (process_.exchange(nothing, lines, Clock::now() + patience_)) {
      const Json hello = Json::parse(lines.front(), nullptr, false);
      if (hello.is_object() && hello.contains("honours_keys") && hello["honours_keys"].is_boolean()) {
        honours_keys_ = hello["honours_keys"].get<bool>();
        return {};
      }
    }
    process_.end();
    return fault(FaultCode::connector_failed, command_,
                 "it does not begin with a line like {\"honours_keys\": false}, as docs/running.md says");
  }

  [[nodiscard]] std::string name() const override { return command_; }
  [[nodiscard]] bool honours_keys() const override { return honours_keys_; }

  Result<std::vector<Answer>> deliver(const std::vector<Message>& messages) override {
    std::vector<std::pair<std::string, std::string>> lines;
    for (const Message& message : messages) lines.emplace_back(message.key, message.payload);
    return ask(lines);
  }

  Result<std::vector<Answer>> recall(const std::vector<std::string>& keys) override {
    std::vector<std::pair<std::string, std::string>> lines;
    for (const std::string& key : keys) lines.emplace_back(key, Json{{"recall", key}}.dump());
    Result<std::vector<Answer>> out = ask(lines);
    // A question that was not answered says nothing of the message.
    for (std::size_t i = 0; out && i < out->size(); ++i) {
      if (!(*out)[i].detail.starts_with(unanswered)) continue;
      (*out)[i].outcome = Outcome::unknown;
    }
    return out;
  }

 private:
  static constexpr std::string_view unanswered = "the program ";

  /// One line each, and one answer each.
  Result<std::vector<Answer>> ask(const std::vector<std::pair<std::string, std::string>>& lines) {
    std::vector<Answer> out(lines.size(), {Outcome::failed, fmt::format("{}did not take it", unanswered), {}});
    if (!begin()) {
      // It may come up again: what was not written has not gone out.
      for (Answer& answer : out) answer.detail = fmt::format("{}does not start", unanswered);
      return out;
    }
    std::unordered_map<std::string, std::size_t> open;
    std::string text;
    std::vector<std::size_t> begins;
    for (std::size_t i = 0; i < lines.size(); ++i) {
      open.emplace(lines[i].first, i);
      begins.push_back(text.size());
      text += lines[i].second;
      text += '\n';
    }
    std::string_view left = text;
    while (!open.empty()) {
      std::vector<std::string> said;
      if (!process_.exchange(left, said, Clock::now() + patience_)) break;
      for (const std::string& line : said) {
        const Json answer = Json::parse(line, nullptr, false);
        if (!answer.is_object() || !answer.contains("key") || !answer["key"].is_string()) continue;
        const auto at = open.find(answer["key"].get<std::string>());
        if (at == open.end()) continue;
        out[at->second] = answer_of(answer);
        open.erase(at);
      }
    }
    if (open.empty()) return out;
    const std::size_t written = text.size() - left.size();
    for (const auto& [key, i] : open) {
      if (begins[i] < written) out[i] = {Outcome::unknown, fmt::format("{}did not answer", unanswered), {}};
    }
    process_.end();
    return out;
  }

  std::string command_;
  std::chrono::milliseconds patience_;
  Process process_;
  bool honours_keys_ = false;
};

}  // namespace

Result<std::unique_ptr<Connector>> open_program(const std::string& command, Duration patience) {
  // A program that ends while it is written to is no reason to end with it.
  ::signal(SIGPIPE, SIG_IGN);
  auto out = std::make_unique<ProgramConnector>(command, patience);
  if (const Result<void> begun = out->begin(); !begun) return tl::unexpected(begun.error());
  return out;
}

}  // namespace fairlead::connect
