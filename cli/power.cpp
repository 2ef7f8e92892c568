// fairlead power: how long a holdout or a split of some size takes to show a lift.
#include "runtime/learn/power.hpp"

#include <fmt/format.h>

#include <array>
#include <cmath>
#include <memory>
#include <nlohmann/json.hpp>

#include "cli/command.hpp"
#include "runtime/connect/table.hpp"

namespace fairlead::cli {

namespace {

using Json = nlohmann::ordered_json;

struct Options {
  std::string rate, lift, holdout = "10%", power = "80%";
  double per_day = 0, within = 0;
  bool json = false;
};

/// `2%` or `0.02`.
std::optional<double> share(const std::string& text) {
  const bool percent = text.ends_with('%');
  const std::optional<double> number = connect::number(percent ? text.substr(0, text.size() - 1) : text);
  if (!number) return std::nullopt;
  return percent ? *number / 100 : *number;
}

std::string percent(double share) {
  return fmt::format("{:.{}f}%", 100 * share, share < 0.1 ? 2 : 1);
}

struct Asked {
  double rate, lift, holdout, power;
};

struct Way {
  const char* title;
  const char* name;
  learn::Looks looks;
};
constexpr std::array<Way, 2> ways{{{"looking as often as you like", "any_look", learn::Looks::any},
                                   {"one look, planned beforehand", "one_look", learn::Looks::one}}};

/// Days until so many have come, and the window of the last of them has closed.
double days_until(const Options& options, std::uint64_t people) {
  return std::ceil(static_cast<double>(people) / options.per_day + options.within);
}

constexpr std::array<int, 4> spans{14, 30, 60, 90};

/// What so many days would show; nothing where no window has closed by then, or nothing is big enough.
std::optional<double> seen_in(const Options& options, const Asked& asked, int days, learn::Looks looks) {
  const double people = (days - options.within) * options.per_day;
  if (people <= 0) return std::nullopt;
  return learn::lift_seen(asked.rate, asked.holdout, looks, people, asked.power);
}

void print_json(const Options& options, const Asked& asked) {
  Json out{{"rate", asked.rate},
           {"lift", asked.lift},
           {"per_day", options.per_day},
           {"holdout", asked.holdout},
           {"within_days", options.within},
           {"power", asked.power}};
  for (const Way& way : ways) {
    const auto people =
        learn::people_needed({asked.rate, asked.rate * (1 + asked.lift), asked.holdout}, way.looks, asked.power);
    Json seen;
    for (const int days : spans) {
      const std::optional<double> lift = seen_in(options, asked, days, way.looks);
      seen[std::to_string(days)] = lift ? Json(*lift) : Json();
    }
    out[way.name] = {{"people", people ? Json(*people) : Json()},
                     {"days", people ? Json(days_until(options, *people)) : Json()},
                     {"smallest_lift_seen_in_days", seen}};
  }
  fmt::print("{}\n", out.dump(2));
}

void print_text(const Options& options, const Asked& asked) {
  const double treated = asked.rate * (1 + asked.lift);
  fmt::print("{} of the held out reach the goal, and {} of the treated ({} {}); {:g} people a day, {:g}% held out\n\n",
             percent(asked.rate), percent(treated), percent(std::abs(asked.lift)), asked.lift < 0 ? "fewer" : "more",
             options.per_day, 100 * asked.holdout);
  fmt::print("  {:<30} {:>12} {:>8}\n", fmt::format("shown with a chance of {:g}%", 100 * asked.power), "people",
             "days");
  for (const Way& way : ways) {
    const auto people = learn::people_needed({asked.rate, treated, asked.holdout}, way.looks, asked.power);
    if (people) {
      fmt::print("  {:<30} {:>12} {:>8.0f}\n", way.title, *people, days_until(options, *people));
    } else {
      fmt::print("  {:<30} {:>12} {:>8}\n", way.title, "never", "–");
    }
  }
  fmt::print("\n  {:<30}", "the smallest lift shown in");
  for (const int days : spans) fmt::print(" {:>9}", fmt::format("{} days", days));
  fmt::print("\n");
  for (const Way& way : ways) {
    fmt::print("  {:<30}", way.title);
    for (const int days : spans) {
      const std::optional<double> lift = seen_in(options, asked, days, way.looks);
      fmt::print(" {:>9}", lift ? fmt::format("{:.{}f}%", 100 * *lift, *lift < 0.1 ? 1 : 0) : "none");
    }
    fmt::print("\n");
  }
  if (options.within == 0)
    fmt::print("\n  The days are until they have come; --within adds those until the goal's window has closed.\n");
}

void run(const Options& options, int& exit_code) {
  const auto wrong = [&](const std::string& why) {
    fmt::print(stderr, "fairlead: {}\n", why);
    exit_code = wrong_use;
  };
  const auto inside = [](const std::optional<double>& x) { return x && *x > 0 && *x < 1; };
  const std::optional<double> rate = share(options.rate), lift = share(options.lift), holdout = share(options.holdout),
                              power = share(options.power);
  if (!inside(rate)) return wrong(fmt::format("--rate `{}` is not a share between 0% and 100%, like 2%", options.rate));
  if (!inside(holdout))
    return wrong(fmt::format("--holdout `{}` is not a share between 0% and 100%, like 10%", options.holdout));
  if (!inside(power))
    return wrong(fmt::format("--power `{}` is not a chance between 0% and 100%, like 80%", options.power));
  if (!lift || *lift == 0 || !inside(*rate * (1 + *lift)))
    return wrong(
        fmt::format("--lift `{}` is how many more reach the goal, like 10%, which makes of 2% 2.2%; with a rate "
                    "of {} it has to leave the rate between 0% and 100%, and not where it is",
                    options.lift, percent(*rate)));
  if (!(options.per_day > 0) || options.within < 0 || !std::isfinite(options.per_day) || !std::isfinite(options.within))
    return wrong("--per-day is how many people come a day, above 0, and --within how many days the goal's window has");
  const Asked asked{*rate, *lift, *holdout, *power};
  options.json ? print_json(options, asked) : print_text(options, asked);
}

}  // namespace

void add_power(Session& session) {
  auto options = std::make_shared<Options>();
  CLI::App* command =
      session.app.add_subcommand("power", "how long a holdout or a split takes to show a lift, before it is launched");
  command->add_option("--rate", options->rate, "how many reach the goal without: 2%")->required();
  command->add_option("--lift", options->lift, "how many more, of these, you hope for: 10% makes of 2% 2.2%")
      ->required();
  command->add_option("--per-day", options->per_day, "how many people enter a day")->required();
  command->add_option("--holdout", options->holdout, "the share that is held out, or of the smaller variant of a split")
      ->capture_default_str();
  command->add_option("--within", options->within, "the days of the goal's window")->capture_default_str();
  command->add_option("--power", options->power, "the chance with which it is to be shown")->capture_default_str();
  command->add_flag("--json", options->json, "print as JSON");
  command->footer("Example: fairlead power --rate 2% --lift 10% --per-day 500 --holdout 10% --within 14");
  command->callback([options, &session] { run(*options, session.exit_code); });
}

}  // namespace fairlead::cli
