// A sign of life of a running engine.
#include "runtime/serve/alive.hpp"

#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <system_error>

namespace fairlead::serve {

using Json = nlohmann::json;

std::string alive_path(const std::string& store) {
  return store + ".alive";
}

Alive alive(const engine::Engine& engine, Instant now, Duration late) {
  Alive out{now,
            static_cast<std::uint64_t>(::getpid()),
            engine.deployments().newest().number,
            engine.unsent(),
            late,
            engine.delivery().open(),
            engine.backed_up(),
            {}};
  for (const auto& [workflow, pause] : engine.pauses().all()) out.paused.push_back(workflow);
  return out;
}

Result<void> write_alive(const std::string& store, const Alive& sign) {
  const Json out{{"at", to_string(sign.at)},    {"process", sign.process}, {"version", sign.version},
                 {"unsent", sign.unsent},       {"late_ms", sign.late.ms}, {"circuit_open", sign.circuit_open},
                 {"backed_up", sign.backed_up}, {"paused", sign.paused}};
  const std::string path = alive_path(store), fresh = path + ".new";
  {
    std::ofstream file(fresh, std::ios::trunc);
    file << out.dump() << '\n';
    if (!file.flush()) return fault(FaultCode::store_failed, fresh, std::generic_category().message(errno));
  }
  std::error_code error;
  std::filesystem::rename(fresh, path, error);
  if (error) return fault(FaultCode::store_failed, path, error.message());
  return {};
}

std::optional<Alive> read_alive(const std::string& store) {
  std::ifstream file(alive_path(store));
  const Json in = Json::parse(file, nullptr, false);
  if (!in.is_object()) return std::nullopt;
  const Result<Instant> at = parse_instant(in.value("at", ""));
  if (!at) return std::nullopt;
  Alive out;
  out.at = *at;
  out.process = in.value("process", std::uint64_t{0});
  out.version = in.value("version", 0U);
  out.unsent = in.value("unsent", std::uint64_t{0});
  out.late.ms = in.value("late_ms", std::int64_t{0});
  out.circuit_open = in.value("circuit_open", false);
  out.backed_up = in.value("backed_up", false);
  out.paused = in.value("paused", std::vector<std::string>{});
  return out;
}

void remove_alive(const std::string& store) {
  std::error_code ignored;
  std::filesystem::remove(alive_path(store), ignored);
}

}  // namespace fairlead::serve
