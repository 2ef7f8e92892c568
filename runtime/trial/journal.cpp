// Decisions read back from the audit, and a project's choice as a policy over them.
#include "runtime/trial/journal.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <tuple>

#include "runtime/audit/entries.hpp"
#include "runtime/engine/decide.hpp"
#include "runtime/engine/meaning.hpp"
#include "runtime/engine/recovery.hpp"
#include "runtime/learn/shares.hpp"

namespace fairlead::trial {

namespace {

using bytecode::Index;
using bytecode::Module;

/// What the draw gave where it gave nothing, since caps left a part to nobody. No option is called so.
constexpr const char* nobody = "(nothing)";

struct Row {
  Instant at;
  std::vector<std::string> options;
  std::vector<std::uint32_t> shares;  // billionths, one an option
  std::uint64_t eligible = 0;
  std::uint32_t chosen = 0;
  std::vector<double> context;
  bool reached = false;

  [[nodiscard]] std::string arm() const { return chosen < options.size() ? options[chosen] : nobody; }
  [[nodiscard]] std::optional<std::size_t> find(const std::string& option) const {
    const auto found = std::find(options.begin(), options.end(), option);
    if (found == options.end()) return std::nullopt;
    return static_cast<std::size_t>(found - options.begin());
  }
};

Index workflow_of(const Module& module, Index choice) {
  for (Index w = 0; w < module.workflows.size(); ++w) {
    for (const Index step : module.workflows[w].steps) {
      if (module.steps[step].choice == choice) return w;
    }
  }
  return bytecode::none;
}

std::string goal_text(const Module& module, Index choice, const engine::Meaning& meaning) {
  const bytecode::Goal& goal = module.goals[module.choices[choice].goal];
  return fmt::format("{} {} {} {}", goal.name, meaning.event(goal.event), meaning.function(goal.where),
                     to_string(goal.within));
}

/// Whether decisions of one version's choice can speak of the other's: the same goal, and each option that both have
/// open to the same people.
bool comparable(const Module& a, Index choice_a, const Module& b, Index choice_b) {
  const engine::Meaning of_a(a, workflow_of(a, choice_a)), of_b(b, workflow_of(b, choice_b));
  if (goal_text(a, choice_a, of_a) != goal_text(b, choice_b, of_b)) return false;
  for (const bytecode::Option& one : a.choices[choice_a].options) {
    for (const bytecode::Option& other : b.choices[choice_b].options) {
      if (one.name == other.name && of_a.function(one.when) != of_b.function(other.when)) return false;
    }
  }
  return true;
}

/// Goes through the audit, and keeps the live decisions of one choice with what came of them.
class Reader {
 public:
  Reader(const engine::Deployments& deployments, const Module& next, Index choice)
      : deployments_(deployments),
        next_(next),
        choice_(choice),
        key_(next.choices[choice].key),
        workflow_(key_.substr(0, key_.find('/'))) {}

  void take(const audit::Stamped& stamped) {
    if (const auto* entered = std::get_if<audit::Entered>(&stamped.entry)) {
      if (entered->pass.workflow == workflow_) version_[key(entered->pass)] = entered->version;
    } else if (const auto* moved = std::get_if<audit::Moved>(&stamped.entry)) {
      if (moved->pass.workflow == workflow_) version_[key(moved->pass)] = moved->to;
    } else if (const auto* decided = std::get_if<audit::Decided>(&stamped.entry)) {
      take(stamped.at, *decided);
    } else if (const auto* credited = std::get_if<audit::Credited>(&stamped.entry)) {
      reached(*credited, credited->decided);
    } else if (const auto* outcome = std::get_if<audit::Outcome>(&stamped.entry)) {
      reached(*outcome, std::nullopt);
    }
  }

  std::vector<Row>& rows() { return rows_; }
  [[nodiscard]] std::uint64_t otherwise() const { return otherwise_; }

 private:
  using Key = std::tuple<std::string, std::uint16_t, std::uint64_t, std::uint64_t>;
  static Key key(const audit::Pass& pass) { return {pass.workflow, pass.contact.part, pass.contact.id, pass.serial}; }

  /// A pass may have come to the choice several times: each decision has an outcome of its own, in their order.
  template <class Outcome>
  void reached(const Outcome& outcome, std::optional<Instant> decided) {
    if (outcome.choice != key_) return;
    for (const std::size_t i : of_pass_[key(outcome.pass)]) {
      Row& row = rows_[i];
      if (row.reached || row.chosen != outcome.chosen || row.options != outcome.options) continue;
      if (decided && row.at != *decided) continue;
      row.reached = true;
      break;
    }
  }

  void take(Instant at, const audit::Decided& d) {
    if (d.choice != key_ || d.mode != audit::Mode::live || d.shares.empty()) return;
    if (!of_version(version_[key(d.pass)])) {
      ++otherwise_;
      return;
    }
    if (d.chosen < d.shares.size()) of_pass_[key(d.pass)].push_back(rows_.size());
    rows_.push_back({at, d.options, d.shares, d.eligible, d.chosen, d.context, false});
  }

  /// Whether what a version's choice decides can speak of the one that is evaluated.
  bool of_version(std::uint32_t number) {
    const auto known = speaks_.find(number);
    if (known != speaks_.end()) return known->second;
    const engine::Version* version = deployments_.find(number);
    bool speaks = false;
    if (version != nullptr) {
      const auto same = version->choices.find(name_id(key_));
      speaks = same != version->choices.end() && comparable(version->module, same->second, next_, choice_);
    }
    return speaks_[number] = speaks;
  }

  const engine::Deployments& deployments_;
  const Module& next_;
  const Index choice_;
  const std::string key_, workflow_;
  std::map<Key, std::uint32_t> version_;
  std::map<std::uint32_t, bool> speaks_;
  std::map<Key, std::vector<std::size_t>> of_pass_;
  std::vector<Row> rows_;
  std::uint64_t otherwise_ = 0;
};

std::string list(const std::vector<std::string>& names) {
  std::string out;
  for (const std::string& name : names) out += fmt::format("{}`{}`", out.empty() ? "" : ", ", name);
  return out;
}

/// What the choice would do in each row, over the arms that were drawn.
class Asked {
 public:
  /// `learned` is null where it goes by its starts.
  Asked(const bytecode::Choice& choice, const engine::InForce* learned, const std::vector<std::string>& arms)
      : choice_(choice), learned_(learned), arms_(arms), bounds_(engine::bounds_of(choice)) {
    learn::LearnerSpec spec = engine::spec_of(choice).learner;
    spec.features = 0;  // without evidence it is the starts, whatever the context
    declared_ = learn::make_learner(spec);
  }

  Result<std::vector<double>> at(const Row& row) {
    std::vector<bool> eligible;
    for (const bytecode::Option& option : choice_.options) {
      const std::optional<std::size_t> there = row.find(option.name);
      // One that the log does not know is open to everybody, and refused below.
      eligible.push_back(!there || (*there < 64 && (row.eligible >> *there & 1U) != 0));
    }
    std::vector<double> out(arms_.size(), 0.0);
    std::uint64_t given = 0;
    if (std::find(eligible.begin(), eligible.end(), true) != eligible.end()) {
      const std::vector<learn::Share> shares = learned_ == nullptr
                                                   ? learn::shares(declared_->weights({}, eligible), eligible, bounds_)
                                                   : learned_->shares(row.context, eligible, bounds_);
      for (std::size_t i = 0; i < shares.size(); ++i) {
        if (shares[i] == 0) continue;
        const std::string& name = choice_.options[i].name;
        const auto arm = std::lower_bound(arms_.begin(), arms_.end(), name);
        if (arm == arms_.end() || *arm != name)
          return fault(FaultCode::bad_input,
                       fmt::format("the project gives probability to `{}`, which was never drawn: nothing in the "
                                   "journal says what it leads to. It has {}. Deploy it with a small `start` first, or "
                                   "leave it out",
                                   name, list(arms_)));
        out[static_cast<std::size_t>(arm - arms_.begin())] = shares[i] / 1e9;
        given += shares[i];
        const std::optional<std::size_t> there = row.find(name);
        if (!there || row.shares[*there] == 0) unsupported_ += shares[i] / 1e9;
      }
    }
    if (given < learn::whole)
      return fault(FaultCode::bad_input,
                   fmt::format("the project leaves {:.4g}% of some decisions to no option at all, and the journal does "
                               "not say what such people do afterwards; add an option that does nothing: `option rest "
                               "{{ }}`",
                               100 - static_cast<double>(given) / 1e7));
    return out;
  }

  /// Probability, summed over rows, of what could not have been drawn there.
  [[nodiscard]] double unsupported() const { return unsupported_; }

 private:
  const bytecode::Choice& choice_;
  const engine::InForce* learned_;
  const std::vector<std::string>& arms_;
  std::vector<learn::Bounds> bounds_;
  std::unique_ptr<learn::Learner> declared_;
  double unsupported_ = 0;
};

/// The contexts as the learner read them; nothing where they are not all of one kind, or too wide for a model.
learn::Features features_of(const std::vector<Row>& rows, std::size_t arms) {
  const std::size_t width = rows.front().context.size();
  const bool usable =
      width <= most_features && arms * (width + 1) * (width + 1) <= most_matrix_entries &&
      std::all_of(rows.begin(), rows.end(), [&](const Row& row) { return row.context.size() == width; });
  learn::Features out(usable ? width : 0);
  std::vector<learn::Entry> entries;
  for (const Row& row : rows) {
    entries.clear();
    for (std::uint32_t i = 0; usable && i < width; ++i) {
      if (row.context[i] != 0) entries.push_back({i, row.context[i]});
    }
    out.add(entries);
  }
  return out;
}

/// The store's choice of that key, and what of it does not fit. Whatever it learned must have been learned for the same
/// options and features.
Result<const engine::InForce*> learned_weights(const engine::Ledger& ledger, const bytecode::Choice& choice) {
  const auto known = ledger.choices().find(choice.key);
  if (known == ledger.choices().end() || !engine::fits(known->second.spec, engine::spec_of(choice)))
    return fault(FaultCode::bad_input,
                 fmt::format("the weights of the store were learned for other options or features than {} has; leave "
                             "out --weights to evaluate it by its starts",
                             choice.key));
  return &known->second.in_force;
}

}  // namespace

Result<JournalEvaluation> evaluate_journal(store::Store& store, const Module& next, Index choice_index, bool learned) {
  const Result<engine::View> view = engine::look(store);
  if (!view) return tl::unexpected(view.error());
  const bytecode::Choice& choice = next.choices[choice_index];
  const bytecode::Goal& goal = next.goals[choice.goal];
  const engine::InForce* weights = nullptr;
  if (learned) {
    const Result<const engine::InForce*> found = learned_weights(view->ledger, choice);
    if (!found) return tl::unexpected(found.error());
    weights = *found;
  }
  Reader reader(view->deployments, next, choice_index);
  const Result<void> read = audit::entries(store, [&](const audit::Stamped& stamped) { reader.take(stamped); });
  if (!read) return tl::unexpected(read.error());

  JournalEvaluation out;
  out.choice = choice.key;
  out.goal = goal.name;
  out.within = goal.within;
  out.otherwise = reader.otherwise();
  std::vector<Row> rows;
  for (Row& row : reader.rows()) {
    if (weights != nullptr && row.context.size() != engine::spec_of(choice).learner.features) {
      ++out.otherwise;
    } else if (row.at + goal.within < view->standing.clock) {
      rows.push_back(std::move(row));
    } else {
      ++out.young;
      out.young_reached += row.reached ? 1 : 0;
    }
  }
  if (rows.size() < 2)
    return fault(FaultCode::bad_input,
                 fmt::format("the journal has {} decision{} of {} that can be counted ({} are younger than {}, {} were "
                             "made under other conditions); an estimate wants many more",
                             rows.size(), rows.size() == 1 ? "" : "s", choice.key, out.young, to_string(goal.within),
                             out.otherwise));

  Evaluation& result = out.result;
  result.rows = rows.size();
  result.policy = learned ? "the project's options, by the weights that are in force in the store"
                          : "the project's options, by their starts";
  for (const Row& row : rows) result.arms.push_back(row.arm());
  std::sort(result.arms.begin(), result.arms.end());
  result.arms.erase(std::unique(result.arms.begin(), result.arms.end()), result.arms.end());
  learn::Logged log;
  log.arms = result.arms.size();
  learn::Policy policy;
  Asked asked(choice, weights, result.arms);
  std::map<std::vector<double>, std::uint32_t> known;
  for (const Row& row : rows) {
    const auto arm = std::lower_bound(result.arms.begin(), result.arms.end(), row.arm());
    log.arm.push_back(static_cast<std::uint32_t>(arm - result.arms.begin()));
    log.reward.push_back(row.reached ? 1 : 0);
    std::uint64_t given = 0;
    for (const std::uint32_t share : row.shares) given += share;
    const std::uint64_t share = row.chosen < row.shares.size() ? row.shares[row.chosen] : learn::whole - given;
    log.propensity.push_back(static_cast<double>(share) / 1e9);
    Result<std::vector<double>> distribution = asked.at(row);
    if (!distribution) return tl::unexpected(distribution.error());
    const auto [at, fresh] = known.emplace(*distribution, static_cast<std::uint32_t>(policy.distributions.size()));
    if (fresh) policy.distributions.push_back(std::move(*distribution));
    policy.of_row.push_back(at->second);
  }
  const double unsupported = asked.unsupported() / static_cast<double>(rows.size());
  const std::string never = fmt::format(
      "{:.2g}% of what the project would do had no chance in the journal, as the option's share was 0 there",
      100 * unsupported);
  if (unsupported > most_unsupported)
    return fault(FaultCode::bad_input,
                 never + "; nothing says what it would have led to. `explore at least` keeps a share for every option");
  if (unsupported > 0) result.warnings.push_back(never + "; it counts as if it led to nothing");
  if (learned)
    result.warnings.emplace_back(
        "the weights were learned from these very decisions, so the estimates are kinder to them than the future "
        "will be");
  const learn::Features features = features_of(rows, result.arms.size());
  result.features = features.width();
  result.figures = learn::evaluate(log, policy, learn::cross_fitted(log, policy, features));
  doubt(result);
  return out;
}

}  // namespace fairlead::trial
