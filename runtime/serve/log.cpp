// What a running engine tells whoever looks after it.
#include "runtime/serve/log.hpp"

#include <spdlog/sinks/stdout_color_sinks.h>
#include <spdlog/spdlog.h>

namespace fairlead::serve {

namespace {

spdlog::logger& logger() {
  static const std::shared_ptr<spdlog::logger> kept = [] {
    auto out = std::make_shared<spdlog::logger>("fairlead", std::make_shared<spdlog::sinks::stderr_color_sink_mt>());
    out->set_pattern("%Y-%m-%dT%H:%M:%S.%eZ %^%l%$ %v", spdlog::pattern_time_type::utc);
    out->flush_on(spdlog::level::debug);
    return out;
  }();
  return *kept;
}

const char* words(audit::SetAside::Why why) {
  using Why = audit::SetAside::Why;
  switch (why) {
    case Why::refused: return "was refused";
    case Why::exhausted: return "did not go out";
    case Why::uncertain: return "may have gone out";
  }
  return "?";
}

std::string by(const std::string& who, const std::string& because) {
  return (who.empty() ? std::string("by itself") : "by " + who) + (because.empty() ? "" : ": " + because);
}

}  // namespace

void log_from(const std::string& level) {
  logger().set_level(spdlog::level::from_str(level));
}

void log(const audit::Entry& entry) {
  spdlog::logger& out = logger();
  if (const auto* deployed = std::get_if<audit::Deployed>(&entry)) {
    out.info("version {} is in force", deployed->version);
  } else if (const auto* refused = std::get_if<audit::Refused>(&entry)) {
    out.warn("{} {}: it is set aside", refused->what, refused->reason);
  } else if (const auto* circuit = std::get_if<audit::Circuit>(&entry)) {
    if (circuit->open) {
      out.warn("{} fails ({}); it is left alone until {}", circuit->connector, circuit->detail,
               to_string(circuit->until));
    } else {
      out.info("{} works again", circuit->connector);
    }
  } else if (const auto* aside = std::get_if<audit::SetAside>(&entry)) {
    out.warn("{} {} after {} attempt{} ({}); `fairlead outbox list` shows it", aside->key, words(aside->why),
             aside->attempts, aside->attempts == 1 ? "" : "s", aside->detail);
  } else if (const auto* retrying = std::get_if<audit::Retrying>(&entry)) {
    out.debug("{} did not go out at attempt {} ({}); it is tried again at {}", retrying->key, retrying->attempts,
              retrying->detail, to_string(retrying->until));
  } else if (const auto* resolved = std::get_if<audit::Resolved>(&entry)) {
    out.info("{} is {} {}", resolved->key, resolved->how == audit::Resolved::How::retry ? "tried again" : "dropped",
             by(resolved->by, resolved->because));
  } else if (const auto* paused = std::get_if<audit::Paused>(&entry)) {
    out.warn("{} is paused {}", paused->workflow, by(paused->by, paused->because));
  } else if (const auto* resumed = std::get_if<audit::Resumed>(&entry)) {
    out.info("{} goes on {}", resumed->workflow, by(resumed->by, resumed->because));
  } else if (const auto* rolled = std::get_if<audit::RolledOut>(&entry)) {
    if (rolled->stages.empty()) {
      out.info("{} has no rollout any more", rolled->workflow);
    } else if (rolled->stage == 0) {
      out.info("the rollout of {} waits for somebody's word: {}", rolled->workflow, rolled->stages);
    } else {
      out.info("stage {} of the rollout of {} begins {}: {}", rolled->stage, rolled->workflow,
               by(rolled->by, rolled->because), rolled->stages);
    }
  } else if (const auto* pruned = std::get_if<audit::Pruned>(&entry)) {
    out.info(
        "pruned {}, from before {}: {} events, {} rows of the outbox, the states of {} batches, {} rows set aside{}",
        by(pruned->by, pruned->because), to_string(pruned->before), pruned->events, pruned->messages, pruned->batches,
        pruned->rejected, pruned->more ? "; more follows" : "");
  } else if (const auto* published = std::get_if<audit::Published>(&entry)) {
    if (published->version > 0) out.info("new weights of {}: version {}", published->choice, published->version);
  }
}

void log_batch(const engine::Engine::Progress& progress, double seconds) {
  if (progress.items > 0) logger().debug("{} turns in {:.1f} ms", progress.items, seconds * 1e3);
}

void log_warning(const std::string& text) {
  logger().warn(text);
}

void log_info(const std::string& text) {
  logger().info(text);
}

}  // namespace fairlead::serve
