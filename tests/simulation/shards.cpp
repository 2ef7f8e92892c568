#include "tests/simulation/shards.hpp"

#include <poll.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <boost/test/execution_monitor.hpp>
#include <boost/test/unit_test.hpp>
#include <sstream>
#include <thread>

#include "tests/engine/world.hpp"

namespace fairlead::simulation {

namespace {

/// One line a fact: `seed TAB kind TAB text`.
std::string line(std::uint32_t seed, const std::string& kind, std::string text) {
  std::replace(text.begin(), text.end(), '\n', ';');
  return std::to_string(seed) + "\t" + kind + "\t" + text + "\n";
}

void tell(int to, const std::string& text) {
  for (std::size_t done = 0; done < text.size();) {
    const ssize_t n = ::write(to, text.data() + done, text.size() - done);
    if (n <= 0) ::_exit(9);
    done += static_cast<std::size_t>(n);
  }
}

[[noreturn]] void work(const Shards& shards, std::uint32_t shard, std::uint32_t of, int to,
                       const std::function<Report(std::uint32_t, const std::string&)>& one) {
  {
    const engine::testing::Folder folder;
    for (std::uint32_t seed = shards.first + shard; seed < shards.first + shards.count; seed += of) {
      tell(to, line(seed, "begins", ""));
      Report report;
      try {
        report = one(seed, folder.file(""));
      } catch (const std::exception& thrown) {
        report.wrong = thrown.what();
      } catch (const boost::execution_aborted&) {
        report.wrong = "a check within the run failed; what it says stands above";
      }
      for (const auto& [what, figure] : report.figures) tell(to, line(seed, what, std::to_string(figure)));
      tell(to, line(seed, report.wrong.empty() ? "well" : "wrong", report.wrong));
      if (!report.wrong.empty() && shards.stop_at_first) break;
    }
  }
  ::_exit(0);
}

void take(Findings& into, const std::string& text, std::map<std::uint32_t, bool>& open) {
  std::istringstream in(text);
  for (std::string one; std::getline(in, one);) {
    const std::size_t a = one.find('\t'), b = one.find('\t', a + 1);
    const auto seed = static_cast<std::uint32_t>(std::stoul(one.substr(0, a)));
    const std::string kind = one.substr(a + 1, b - a - 1), rest = one.substr(b + 1);
    if (kind == "begins") {
      open[seed] = true;
    } else if (kind == "well" || kind == "wrong") {
      open.erase(seed);
      if (kind == "wrong") into.found[seed] = rest;
    } else {
      into.sums[kind] += std::stoull(rest);
    }
  }
}

}  // namespace

Findings run_seeds(const Shards& shards, const std::function<Report(std::uint32_t, const std::string&)>& one) {
  const std::uint32_t workers = std::min(shards.count, std::clamp(std::thread::hardware_concurrency(), 1U, 16U));
  std::vector<pollfd> pipes;
  std::vector<pid_t> children;
  for (std::uint32_t i = 0; i < workers; ++i) {
    std::array<int, 2> ends{};
    BOOST_REQUIRE(::pipe(ends.data()) == 0);
    const pid_t child = ::fork();
    BOOST_REQUIRE(child >= 0);
    if (child == 0) {
      ::close(ends[0]);
      work(shards, i, workers, ends[1], one);
    }
    ::close(ends[1]);
    pipes.push_back({ends[0], POLLIN, 0});
    children.push_back(child);
  }
  std::vector<std::string> told(workers);
  for (std::uint32_t running = workers; running > 0;) {
    BOOST_REQUIRE(::poll(pipes.data(), pipes.size(), -1) > 0);
    for (std::uint32_t i = 0; i < workers; ++i) {
      if (pipes[i].fd < 0 || pipes[i].revents == 0) continue;
      std::array<char, 4096> buffer{};
      const ssize_t n = ::read(pipes[i].fd, buffer.data(), buffer.size());
      if (n > 0) {
        told[i].append(buffer.data(), static_cast<std::size_t>(n));
        continue;
      }
      ::close(pipes[i].fd);
      pipes[i].fd = -1;
      --running;
    }
  }
  Findings out;
  std::map<std::uint32_t, bool> open;
  for (std::uint32_t i = 0; i < workers; ++i) {
    int status = 0;
    BOOST_REQUIRE(::waitpid(children[i], &status, 0) == children[i]);
    take(out, told[i], open);
    if (status != 0) {
      for (const auto& [seed, ignored] : open)
        out.found[seed] = "the process died with status " + std::to_string(status);
      open.clear();
    }
  }
  return out;
}

}  // namespace fairlead::simulation
