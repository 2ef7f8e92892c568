// Starts git and reads what it says.
#include "cli/git.hpp"

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

extern char** environ;

namespace fairlead::cli {

namespace {

/// Both pipes to their ends: whoever fills one of them while nobody reads it would wait for ever.
void drain(int out, int err, GitAnswer& answer) {
  pollfd waits[2] = {{out, POLLIN, 0}, {err, POLLIN, 0}};
  std::string* const texts[2] = {&answer.out, &answer.err};
  int open = 2;
  while (open > 0) {
    if (::poll(waits, 2, -1) < 0) {
      if (errno == EINTR) continue;
      return;
    }
    for (int i = 0; i < 2; ++i) {
      if (waits[i].fd < 0 || waits[i].revents == 0) continue;
      char bytes[65'536];
      const ssize_t got = ::read(waits[i].fd, bytes, sizeof bytes);
      if (got > 0) {
        texts[i]->append(bytes, static_cast<std::size_t>(got));
      } else if (got == 0 || (errno != EINTR && errno != EAGAIN)) {
        waits[i].fd = -1;
        --open;
      }
    }
  }
}

void keep_last_line(std::string& text) {
  while (!text.empty() && text.back() == '\n') text.pop_back();
  text.erase(0, text.rfind('\n') + 1);
}

}  // namespace

GitAnswer git(const std::string& folder, const std::vector<std::string>& arguments) {
  GitAnswer answer;
  int out[2], err[2];
  if (::pipe2(out, O_CLOEXEC) != 0) {
    answer.err = std::strerror(errno);
    return answer;
  }
  if (::pipe2(err, O_CLOEXEC) != 0) {
    answer.err = std::strerror(errno);
    ::close(out[0]);
    ::close(out[1]);
    return answer;
  }
  posix_spawn_file_actions_t actions;
  ::posix_spawn_file_actions_init(&actions);
  ::posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  ::posix_spawn_file_actions_adddup2(&actions, out[1], STDOUT_FILENO);
  ::posix_spawn_file_actions_adddup2(&actions, err[1], STDERR_FILENO);
  std::vector<std::string> all{"git", "-C", folder.empty() ? "." : folder};
  all.insert(all.end(), arguments.begin(), arguments.end());
  std::vector<char*> pointers;
  for (std::string& argument : all) pointers.push_back(argument.data());
  pointers.push_back(nullptr);
  pid_t pid = 0;
  const int error = ::posix_spawnp(&pid, "git", &actions, nullptr, pointers.data(), environ);
  ::posix_spawn_file_actions_destroy(&actions);
  ::close(out[1]);
  ::close(err[1]);
  if (error != 0) {
    answer.err = std::string("git cannot be started: ") + std::strerror(error);
  } else {
    drain(out[0], err[0], answer);
    int status = 0;
    while (::waitpid(pid, &status, 0) < 0 && errno == EINTR) {
    }
    if (WIFEXITED(status)) answer.code = WEXITSTATUS(status);
  }
  ::close(out[0]);
  ::close(err[0]);
  keep_last_line(answer.err);
  return answer;
}

}  // namespace fairlead::cli
