// How commands that look into a store show times, steps, keys and workflows.
#include "cli/shown.hpp"

#include <fmt/format.h>

#include <array>
#include <chrono>

namespace fairlead::cli {

std::string moment(Instant at, const Zone& zone) {
  static constexpr std::array<const char*, 7> days{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  static constexpr std::array<const char*, 12> months{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                      "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const CivilTime civil = zone.civil(at);
  const std::chrono::sys_days day{std::chrono::days(civil.date.day)};
  const std::chrono::year_month_day date{day};
  return fmt::format("{} {} {} {} {}", days[std::chrono::weekday(day).c_encoding()], static_cast<unsigned>(date.day()),
                     months[static_cast<unsigned>(date.month()) - 1], static_cast<int>(date.year()),
                     to_string(civil.time));
}

std::string short_key(const std::string& key) {
  return key.substr(0, 8);
}

std::string short_step(const std::string& step) {
  const std::size_t slash = step.find('/');
  return slash == std::string::npos ? step : step.substr(slash + 1);
}

std::string workflow_name(const engine::Deployments& deployments, std::uint32_t workflow) {
  const auto& all = deployments.all();
  for (auto version = all.rbegin(); version != all.rend(); ++version) {
    const auto at = (*version)->workflows.find(workflow);
    if (at != (*version)->workflows.end()) return (*version)->module.workflows[at->second].name;
  }
  return "a workflow that no version has";
}

}  // namespace fairlead::cli
