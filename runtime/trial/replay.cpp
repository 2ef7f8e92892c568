// Off-policy replay.
#include "runtime/trial/replay.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>

#include "runtime/engine/decide.hpp"
#include "runtime/engine/mapping.hpp"
#include "runtime/learn/pooled.hpp"
#include "runtime/values/random.hpp"

namespace fairlead::trial {

namespace {

/// Rows in one transaction of the journal.
constexpr std::size_t rows_per_batch = 1'000;

/// Of a curve; fewer where there are fewer rows.
constexpr std::size_t curve_points = 120;

struct RawLog {
  std::vector<std::string> header;
  std::vector<connect::Row> rows;
};

Result<RawLog> read_raw(const std::string& path) {
  RawLog out;
  const Result<void> read = connect::read_rows(
      path,
      [&](const std::vector<std::string>& header) -> Result<void> {
        out.header = header;
        return {};
      },
      [&](const connect::Row& row) -> Result<void> {
        out.rows.push_back(row);
        out.rows.back().raw.clear();
        return {};
      },
      {});
  if (!read) return tl::unexpected(read.error());
  return out;
}

std::string list(const std::vector<std::string>& names) {
  std::string out;
  for (const std::string& name : names) out += fmt::format("{}{}", out.empty() ? "" : ", ", name);
  return out;
}

}  // namespace

std::string option_name(std::string_view label) {
  std::string out;
  for (const char c : label) {
    const bool letter = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
    if (c >= 'A' && c <= 'Z') {
      out += static_cast<char>(c - 'A' + 'a');
    } else if (letter) {
      out += c;
    } else if (!out.empty() && out.back() != '_') {
      out += '_';
    }
  }
  while (!out.empty() && out.back() == '_') out.pop_back();
  return out;
}

Result<void> read_log(const std::string& path, const bytecode::Module& module, bytecode::Index choice_index,
                      const std::string& arm_column, const std::string& reward_column,
                      const std::vector<std::string>& segment_columns, Log& out) {
  const Result<RawLog> raw = read_raw(path);
  if (!raw) return tl::unexpected(raw.error());
  const bytecode::Choice& choice = module.choices[choice_index];
  std::vector<std::string> options;
  for (const bytecode::Option& option : choice.options) options.push_back(option.name);
  const auto option_of = [&](const std::string& label) {
    return static_cast<std::size_t>(std::find(options.begin(), options.end(), option_name(label)) - options.begin());
  };
  const auto column = [&](const std::string& name) {
    return static_cast<std::size_t>(std::find(raw->header.begin(), raw->header.end(), name) - raw->header.begin());
  };

  std::size_t arm = raw->header.size();
  if (!arm_column.empty()) {
    arm = column(arm_column);
    if (arm == raw->header.size())
      return fault(FaultCode::bad_input,
                   fmt::format("{} has no column `{}`; it has {}", path, arm_column, list(raw->header)));
  } else {
    for (std::size_t c = 0; c < raw->header.size() && arm == raw->header.size(); ++c) {
      const bool all =
          !raw->rows.empty() && std::all_of(raw->rows.begin(), raw->rows.end(), [&](const connect::Row& row) {
            return !row.error.empty() || option_of(row.values[c]) < options.size();
          });
      if (all) arm = c;
    }
    if (arm == raw->header.size()) {
      return fault(FaultCode::bad_input, fmt::format("no column of {} holds only the options of {} ({}); name the "
                                                     "column with --arm, and the options like its values",
                                                     path, choice.key, list(options)));
    }
  }
  const std::string reward_name =
      reward_column.empty() ? module.events[module.goals[choice.goal].event].name : reward_column;
  const std::size_t reward = column(reward_name);
  if (reward == raw->header.size())
    return fault(FaultCode::bad_input,
                 fmt::format("{} has no column `{}` for the reward; it has {}; name it with --reward", path,
                             reward_name, list(raw->header)));
  if (!segment_columns.empty() && !choice.features.empty()) {
    return fault(FaultCode::bad_input,
                 fmt::format("{} learns from features, and so differs by contact already; replay a choice without "
                             "`learn from` by segment (--choice names one)",
                             choice.key));
  }
  std::vector<std::size_t> segment_at;
  for (const std::string& name : segment_columns) {
    segment_at.push_back(column(name));
    if (segment_at.back() == raw->header.size())
      return fault(FaultCode::bad_input,
                   fmt::format("{} has no column `{}` for segments; it has {}", path, name, list(raw->header)));
  }
  out.segment_columns = segment_columns;
  out.arm_column = raw->header[arm];
  out.reward_column = reward_name;

  // Only what the choice learns from, or asks, has to be in the log; the rest of the record may be absent.
  std::vector<std::string> header = raw->header;
  bytecode::Module relaxed_fields;
  relaxed_fields.fields = module.fields;
  for (bytecode::Field& field : relaxed_fields.fields) field.type.optional = true;
  engine::ContactMapping relaxed(relaxed_fields);
  if (const Result<void> known = relaxed.columns(path, header, true); !known) return known;
  for (const connect::Row& row : raw->rows) {
    const auto reject = [&](const std::string& why) {
      if (out.rejected++ == 0) out.first_rejected = fmt::format("line {}: {}", row.line, why);
    };
    const auto values = relaxed.values(row, out.arena, false);
    if (!values) {
      reject(values.error());
      continue;
    }
    const std::size_t option = option_of(row.values[arm]);
    if (option == options.size()) {
      reject(fmt::format("`{}` is not an option of {}", row.values[arm], choice.key));
      continue;
    }
    const Result<Decimal> value = Decimal::parse(row.values[reward]);
    if (!value || (*value != Decimal() && *value != Decimal::from_int(1))) {
      reject(fmt::format("the reward `{}` is not 0 or 1", row.values[reward]));
      continue;
    }
    if (!segment_at.empty()) {
      std::string name;
      for (std::size_t i = 0; i < segment_at.size(); ++i)
        name += fmt::format("{}{} {}", i == 0 ? "" : ", ", segment_columns[i], row.values[segment_at[i]]);
      const auto known = std::find(out.segments.begin(), out.segments.end(), name);
      out.segment.push_back(static_cast<std::uint32_t>(known - out.segments.begin()));
      if (known == out.segments.end()) out.segments.push_back(name);
      if (out.segments.size() > most_segments) {
        return fault(FaultCode::bad_input, fmt::format("{} makes more than {} segments; name columns with few values",
                                                       list(segment_columns), most_segments));
      }
    }
    out.contexts.push_back(*values);
    out.arms.push_back(static_cast<std::uint32_t>(option));
    out.rewards.push_back(*value != Decimal());
  }
  if (out.arms.empty())
    return fault(FaultCode::bad_input, fmt::format("{} has no row that can be replayed; {}", path, out.first_rejected));
  return {};
}

Result<SeedResult> replay(const bytecode::Module& module, bytecode::Index choice_index, const Log& log,
                          std::uint64_t seed) {
  // The same journal as a live run's, in memory.
  Result<std::unique_ptr<store::Store>> store =
      store::open_sqlite(":memory:", store::Access::create, store::Durability::none);
  if (!store) return tl::unexpected(store.error());
  if (const Result<store::Head> claimed = (*store)->claim(); !claimed) return tl::unexpected(claimed.error());
  Result<std::unique_ptr<engine::Version>> loaded = engine::Version::load(1, module);
  if (!loaded) return tl::unexpected(loaded.error());
  const engine::Version& version = **loaded;
  const bytecode::Choice& choice = module.choices[choice_index];
  // Rewards are known at once here, and rows have no time: nothing is young, nothing is forgotten, and weights may move
  // with each row.
  engine::Ledger ledger;
  ledger.learn(choice.key, engine::spec_of(choice));
  audit::Writer audit;
  const std::string workflow = choice.key.substr(0, choice.key.find('/'));

  std::vector<std::uint32_t> order(log.arms.size());
  std::iota(order.begin(), order.end(), 0U);
  Dice shuffle(seed, stable_hash({"replay", "order"}), 0);
  for (std::size_t i = order.size(); i > 1; --i) std::swap(order[i - 1], order[shuffle.below(i)]);

  const std::uint64_t draws = stable_hash({"replay", "draw"});
  std::optional<learn::Pooled> pooled;
  if (!log.segments.empty()) pooled.emplace(log.segments.size(), engine::spec_of(choice).learner);

  SeedResult out;
  out.taken_in.assign(log.segments.size(), std::vector<double>(choice.options.size(), 0.0));
  out.taken.assign(choice.options.size(), 0);
  out.least.assign(choice.options.size(), 1'000'000'000);
  std::vector<double> drawn_from(choice.options.size(), 0.0);
  double rewards = 0;
  Instant now{0};
  std::size_t in_batch = 0;
  const auto say = [&](const audit::Entry& entry) {
    audit.add(now, entry);
    ledger.apply(now, entry);
  };
  const auto commit = [&]() -> Result<void> {
    store::Batch batch;
    batch.at = now;
    batch.audit = audit.take();
    const Result<store::Head> head = (*store)->commit(batch);
    if (!head) return tl::unexpected(head.error());
    out.head = *head;
    return {};
  };
  for (std::size_t i = 0; i < order.size(); ++i) {
    const std::uint32_t row = order[i];
    now.ms += 1'000;
    vm::World world;
    world.fields = log.contexts[row];
    world.now = now;
    const audit::Pass pass{{static_cast<std::uint16_t>(row % store::partitions), row}, workflow, 1};
    engine::LearnedChoice& learned = *ledger.choice(choice.key);
    audit::Decided decided = engine::decide(version, choice_index, learned, world, seed, pass, audit::Mode::live);
    // All choices of a project draw by the same dice, row for row: where they give the same shares they take the same
    // arm, so that what is left between them on one seed is what they know, and not their luck.
    if (decided.eligible != 0) {
      if (pooled) {
        std::vector<bool> eligible(choice.options.size());
        for (std::size_t o = 0; o < eligible.size(); ++o) eligible[o] = (decided.eligible >> o & 1U) != 0;
        decided.shares =
            learn::shares(pooled->weights(log.segment[row], eligible), eligible, engine::bounds_of(choice));
      }
      decided.purpose = draws;
      decided.index = i;
      Dice dice(seed, decided.purpose, decided.index);
      decided.chosen = static_cast<std::uint32_t>(learn::draw(decided.shares, dice));
    }
    for (std::size_t o = 0; o < decided.shares.size(); ++o) {
      if ((decided.eligible >> o & 1U) != 0) out.least[o] = std::min(out.least[o], decided.shares[o]);
      drawn_from[o] += decided.shares[o] / 1e9;
    }
    // Where the draw fell to no option there is nothing to compare with the row.
    if (decided.chosen < decided.shares.size()) {
      ++out.taken[decided.chosen];
      if (pooled) ++out.taken_in[log.segment[row]][decided.chosen];
      if (decided.chosen != log.arms[row]) {
        say(audit::Unmatched{pass, choice.key, decided.chosen, log.arms[row]});
      } else {
        const std::uint32_t chosen = decided.chosen;
        const std::vector<double> context = decided.context;
        say(decided);
        if (pooled) {
          pooled->decided(log.segment[row], chosen);
          if (log.rewards[row]) pooled->reached(log.segment[row], chosen);
        }
        if (log.rewards[row])
          say(audit::Credited{pass, choice.key, learned.spec.options, chosen, context, audit::Mode::live, now});
        say(audit::Published{choice.key, learned.spec.options, learned.version + 1,
                             engine::typical_shares(learned, engine::next_in_force(learned, now))});
        ++out.kept;
        rewards += log.rewards[row] ? 1.0 : 0.0;
      }
    }
    if ((i + 1) * curve_points / order.size() != i * curve_points / order.size()) {
      CurvePoint point{i + 1, drawn_from, rewards / std::max(1.0, static_cast<double>(out.kept))};
      const double sum = std::accumulate(drawn_from.begin(), drawn_from.end(), 0.0);
      for (double& share : point.shares) share /= std::max(1.0, sum);
      drawn_from.assign(drawn_from.size(), 0.0);
      out.curve.push_back(std::move(point));
    }
    if (++in_batch == rows_per_batch || i + 1 == order.size()) {
      if (const Result<void> done = commit(); !done) return tl::unexpected(done.error());
      in_batch = 0;
    }
  }
  out.mean = out.kept == 0 ? 0.0 : rewards / static_cast<double>(out.kept);
  const double total = std::accumulate(out.taken.begin(), out.taken.end(), 0.0);
  for (double& taken : out.taken) taken /= std::max(1.0, total);
  for (std::vector<double>& taken : out.taken_in) {
    const double all = std::accumulate(taken.begin(), taken.end(), 0.0);
    for (double& each : taken) each /= std::max(1.0, all);
  }
  if (pooled) out.spread = pooled->spread();
  return out;
}

Replayed together(const bytecode::Choice& choice, const Log& log, const std::vector<SeedResult>& seeds) {
  Replayed out;
  out.key = choice.key;
  out.floor = fmt::format("{}%", multiply(choice.explore, Decimal::from_int(100)).value_or(Decimal()).to_string());
  for (const bytecode::Option& option : choice.options) out.options.push_back(option.name);
  out.segments = log.segments;
  out.taken.assign(out.options.size(), 0.0);
  out.least.assign(out.options.size(), 1.0);
  out.taken_in.assign(out.segments.size(), out.taken);
  const double part = 1 / static_cast<double>(seeds.size());
  const auto add = [&](std::vector<double>& sum, const std::vector<double>& of) {
    for (std::size_t o = 0; o < sum.size(); ++o) sum[o] += part * of[o];
  };
  std::vector<double> kept;
  for (const SeedResult& seed : seeds) {
    out.means.push_back(seed.mean);
    kept.push_back(static_cast<double>(seed.kept));
    add(out.taken, seed.taken);
    for (std::size_t s = 0; s < out.segments.size(); ++s) add(out.taken_in[s], seed.taken_in[s]);
    for (std::size_t o = 0; o < out.options.size(); ++o)
      out.least[o] = std::min(out.least[o], static_cast<double>(seed.least[o]) / 1e9);
    out.spread += part * seed.spread;
    out.curve.resize(seed.curve.size(), CurvePoint{0, std::vector<double>(out.options.size(), 0.0), 0});
    for (std::size_t i = 0; i < seed.curve.size(); ++i) {
      out.curve[i].rows = seed.curve[i].rows;
      out.curve[i].mean += part * seed.curve[i].mean;
      add(out.curve[i].shares, seed.curve[i].shares);
    }
  }
  out.mean = learn::mean_of(out.means);
  out.kept = learn::mean_of(kept);
  return out;
}

}  // namespace fairlead::trial
