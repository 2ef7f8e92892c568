// fairlead deploy: puts a version into force, or takes the last one back. Where `fairlead run` owns the store, it is
// asked to do so through the inbox; where nobody does, it is done here.
#include "cli/command.hpp"

#include <fmt/format.h>

#include <chrono>
#include <memory>
#include <thread>

#include "cli/plan_words.hpp"
#include "runtime/connect/connector.hpp"
#include "runtime/engine/engine.hpp"
#include "runtime/engine/rolled.hpp"
#include "runtime/engine/unsupported.hpp"

namespace fairlead::cli {

namespace {

using audit::InFlight;

struct Options {
  std::string path = ".", db, in_flight = "stay", by, because;
  bool undo = false;
};

InFlight how(const Options& options) {
  return options.in_flight == "move" ? InFlight::move : options.in_flight == "leave" ? InFlight::leave : InFlight::stay;
}

/// What the audit has about a deployment that was asked for.
struct Answer {
  std::optional<audit::Rolled> rolled;
  std::optional<std::string> refused;
};

/// Said before it is taken back: what comes back, and what does not.
void announce_undo(const engine::LastRolled& last) {
  const audit::Rolled& rolled = last.rolled;
  if (rolled.before == rolled.version) {
    fmt::print("takes back what was done with people in version {}, which stays in force\n", rolled.version);
  } else {
    fmt::print("takes version {} back: what version {} is comes into force again\n", rolled.version, rolled.before);
  }
  const auto line = [](std::uint64_t n, std::string_view one, std::string_view many) {
    if (n > 0) fmt::print("  {} {}\n", people(n, false), n == 1 ? one : many);
  };
  const std::uint64_t back = last.moved.size();
  line(back, "was moved by it and has taken no step since: goes back",
       "were moved by it and have taken no step since: "
       "they go back");
  line(rolled.moved - std::min(rolled.moved, back), "was moved by it and has gone on since: stays with it",
       "were moved by it and have gone on since: they stay with it");
  line(rolled.left, "left when it came: does not come back", "left when it came: they do not come back");
  fmt::print("  who entered since stays with the version that they entered in\n");
}

/// What was done. `plan`: what was foreseen a moment before, for why some stay.
void tell(const audit::Rolled& rolled, const engine::Plan& plan, const std::string& db) {
  if (rolled.before == rolled.version) {
    fmt::print("version {} is in force on {}, as it was\n", rolled.version, db);
  } else {
    fmt::print("version {} is in force on {} (before: {})\n", rolled.version, db, rolled.before);
  }
  if (rolled.undoes != 0) {
    fmt::print("  {} moved back\n", people(rolled.moved, false));
    return;
  }
  const std::uint64_t all = rolled.moved + rolled.stayed + rolled.left;
  if (all == 0) {
    fmt::print("  nobody is under way in a workflow that is not the same any more\n");
    return;
  }
  fmt::print("  of {} under way in workflows that are not the same any more", people(all, false));
  const char* between = ": ";
  const auto part = [&](std::uint64_t n, const std::string& what) {
    if (n == 0) return;
    fmt::print("{}{} {}", between, n, what);
    between = ", ";
  };
  part(rolled.moved, fmt::format("moved to version {}", rolled.version));
  part(rolled.stayed, fmt::format("stay{} with the version that they follow", rolled.stayed == 1 ? "s" : ""));
  part(rolled.left, "left");
  fmt::print("\n");
  if (rolled.how == InFlight::move && rolled.stayed > 0) fmt::print("{}", staying_words(plan));
}

/// What the running engine says to the command, among what it has journaled since.
Result<Answer> answer(store::Store& store, std::uint64_t after) {
  Answer out;
  const Result<void> read = store.records(after, [&](const store::Record& record) -> Result<void> {
    const Result<std::vector<audit::Stamped>> entries = audit::read(record.audit);
    if (!entries) return tl::unexpected(entries.error());
    for (const audit::Stamped& stamped : *entries) {
      if (const auto* rolled = std::get_if<audit::Rolled>(&stamped.entry)) out.rolled = *rolled;
      const auto* refused = std::get_if<audit::Refused>(&stamped.entry);
      if (refused != nullptr && refused->what == "a deployment") out.refused = refused->reason;
    }
    return {};
  });
  if (!read) return tl::unexpected(read.error());
  return out;
}

class Deployment {
 public:
  Deployment(const Options& options, int& exit_code) : options_(options), exit_code_(exit_code) {}

  void all() {
    db_ = store_of(options_.path, options_.db);
    if (!options_.undo) {
      module_ = compile_or_report(options_.path, exit_code_);
      if (!module_) return;
      if (const Result<void> can = engine::supported(*module_); !can) return failed_with(can.error());
    }
    Result<std::unique_ptr<store::Store>> store =
        store::open_sqlite(db_, options_.undo ? store::Access::existing : store::Access::create);
    if (!store) return failed_with(store.error());
    store_ = std::move(*store);
    const Result<std::optional<std::string>> simulated = store_->note("simulation");
    if (!simulated) return failed_with(simulated.error());
    if (*simulated) return wrong(fmt::format("{} is a simulation's store, whose people do not exist", db_));
    const Result<store::Head> claimed = store_->claim();
    if (!claimed && claimed.error().code != FaultCode::store_locked) return failed_with(claimed.error());
    if (!look_first()) return;
    if (claimed) {
      here();
    } else {
      ask();
    }
  }

 private:
  void failed_with(const Fault& fault) { exit_code_ = report(fault); }
  void wrong(const std::string& why) {
    fmt::print(stderr, "fairlead: {}\n", why);
    exit_code_ = wrong_use;
  }

  /// Says what will be lost before it is; false where there is nothing to do.
  bool look_first() {
    if (options_.undo) {
      const Result<std::optional<engine::LastRolled>> last = engine::last_rolled(*store_);
      if (!last) {
        failed_with(last.error());
        return false;
      }
      if (!*last) {
        wrong("there is no version before the one in force, so nothing to take back");
        return false;
      }
      announce_undo(**last);
      // What an undo brings back is a module that the choices have to fit again.
      const Result<std::vector<store::Deployment>> versions = store_->deployments();
      if (!versions) {
        failed_with(versions.error());
        return false;
      }
      for (const store::Deployment& version : *versions) {
        if (version.version != (**last).rolled.before) continue;
        Result<bytecode::Module> module = bytecode::decode(version.module);
        if (!module) {
          failed_with(module.error());
          return false;
        }
        module_ = std::move(*module);
      }
      if (!module_) {
        wrong("the version before is not in the store");
        return false;
      }
    }
    Result<engine::Plan> plan = engine::plan(store_.get(), *module_);
    if (!plan) {
      failed_with(plan.error());
      return false;
    }
    plan_ = std::move(*plan);
    if (plan_.same && !options_.undo && how(options_) == InFlight::stay) {
      fmt::print("{} is version {}, which is in force on {} already\n", module_->project, plan_.in_force, db_);
      return false;
    }
    fmt::print("{}", weight_words(plan_));
    files_differ_ = options_.undo && !plan_.same;
    std::fflush(stdout);
    return true;
  }

  /// Nobody runs: the store is ours for this moment.
  void here() {
    // What was being handed over when the last run died, only `run` can settle: it knows where messages go.
    const Result<std::vector<store::Outbox>> claimed = store_->outbox(store::OutboxState::claimed, 1);
    if (!claimed) return failed_with(claimed.error());
    if (!claimed->empty()) {
      fmt::print(
          stderr,
          "fairlead: messages were being handed over when the last `fairlead run` ended; let it run once (--once "
          "will do), so that they are settled, and then deploy\n");
      exit_code_ = failed;
      return;
    }
    const std::unique_ptr<connect::Connector> connector = connect::nowhere();
    engine::Settings settings;
    settings.seed = new_seed();
    Result<std::unique_ptr<engine::Engine>> engine = engine::Engine::open(*store_, *connector, settings);
    if (!engine) return failed_with(engine.error());
    const std::uint64_t before = (*engine)->head().seq;
    if (options_.undo) {
      const Result<std::string> refused = (*engine)->undo(wall_clock(), options_.by, options_.because);
      if (!refused) return failed_with(refused.error());
      if (!refused->empty()) return wrong(*refused);
    } else {
      const Result<bool> deployed =
          (*engine)->deploy(wall_clock(), *module_, {how(options_), options_.by, options_.because});
      if (!deployed) return failed_with(deployed.error());
    }
    if (const Result<void> written = (*engine)->checkpoint(); !written) return failed_with(written.error());
    const Result<Answer> said = answer(*store_, before);
    if (!said) return failed_with(said.error());
    if (!said->rolled) {
      fmt::print("version 1 of {} is in force on {}; `fairlead run` carries it out\n", module_->project, db_);
      return;
    }
    done(*said->rolled);
  }

  /// `fairlead run` has the store: it does it between two batches.
  void ask() {
    const Result<store::Head> head = store_->head();
    if (!head) return failed_with(head.error());
    engine::DeployIn in{options_.undo, how(options_), "", options_.by, options_.because};
    if (!options_.undo) in.module = bytecode::encode(*module_);
    if (const Result<void> posted =
            store_->post({{0, wall_clock(), store::InboxKind::command, engine::encode(in)}}, {});
        !posted)
      return failed_with(posted.error());
    constexpr auto between = std::chrono::milliseconds(100);
    for (auto waited = std::chrono::milliseconds(0); waited < std::chrono::seconds(30); waited += between) {
      const Result<Answer> said = answer(*store_, head->seq);
      if (!said) return failed_with(said.error());
      if (said->rolled) return done(*said->rolled);
      if (said->refused) return wrong(*said->refused);
      std::this_thread::sleep_for(between);
    }
    fmt::print("it is in the inbox of {}, and comes into force when `fairlead run` takes it in\n", db_);
  }

  void done(const audit::Rolled& rolled) {
    tell(rolled, plan_, db_);
    if (files_differ_)
      fmt::print(
          "  the project's files are not touched: put the old ones back before `fairlead run` starts again, or it "
          "deploys what they say\n");
  }

  const Options& options_;
  int& exit_code_;
  std::string db_;
  std::optional<bytecode::Module> module_;
  engine::Plan plan_;
  std::unique_ptr<store::Store> store_;
  bool files_differ_ = false;
};

}  // namespace

void add_deploy(Session& session) {
  auto options = std::make_shared<Options>();
  CLI::App* command =
      session.app.add_subcommand("deploy", "put a version into force, and say what becomes of people under way");
  command->add_option("PATH", options->path, "a folder of .lead files, or one file")->capture_default_str();
  command->add_option("--db", options->db, "the store (default: fairlead.db in the project)");
  command
      ->add_option("--in-flight", options->in_flight,
                   "people under way stay with the version that they follow, move to the new one where that is sound, "
                   "or leave")
      ->check(CLI::IsMember({"stay", "move", "leave"}))
      ->capture_default_str();
  command->add_option("--by", options->by, "the address of who does it, for the audit");
  command->add_option("--because", options->because, "why, for the audit; not a place for personal data");
  command->add_flag("--undo", options->undo, "take back what was deployed last");
  command->callback([options, &session] { Deployment(*options, session.exit_code).all(); });
}

}  // namespace fairlead::cli
