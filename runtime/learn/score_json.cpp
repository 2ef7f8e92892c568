// A score as JSON, and back. A file may be a stranger's: what does not fit together is refused.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "runtime/learn/score.hpp"
#include "runtime/learn/score_json.hpp"

namespace fairlead::learn {

namespace {

using Json = nlohmann::ordered_json;

constexpr const char* form = "fairlead score";
constexpr int version = 1;

Json written(const EncodedColumn& column) {
  Json out{{"name", column.name}, {"missing_rows", column.missing_rows}};
  if (column.numbers) {
    out["mean"] = column.mean;
    out["sd"] = column.sd;
    out["number"] = *column.number;
  } else {
    out["levels"] = column.levels;
    out["indicators"] = column.indicators;
    out["pooled_levels"] = column.pooled_levels;
    if (column.pooled) out["pooled"] = *column.pooled;
  }
  if (column.missing) out["missing"] = *column.missing;
  return out;
}

}  // namespace

Json to_json(const Card& card) {
  Json out{{"rows", card.rows}, {"positives", card.positives}, {"base_rate", card.base_rate}};
  if (card.auc) {
    out["auc"] = card.auc->value;
    out["auc_standard_error"] = card.auc->standard_error;
    out["auc_interval_95"] = {card.auc->interval.low, card.auc->interval.high};
  }
  out["log_loss"] = card.log_loss;
  out["base_log_loss"] = card.base_log_loss;
  out["brier"] = card.brier;
  out["base_brier"] = card.base_brier;
  if (card.calibration) {
    out["calibration_slope"] = card.calibration->slope;
    out["calibration_slope_standard_error"] = card.calibration->slope_error;
    out["calibration_intercept"] = card.calibration->intercept;
  }
  out["expected_calibration_error"] = card.expected_calibration_error;
  out["top_decile_lift"] = card.top_decile_lift;
  out["groups"] = Json::array();
  for (const CalibrationGroup& group : card.groups)
    out["groups"].push_back({{"rows", group.rows},
                             {"positives", group.positives},
                             {"predicted", group.predicted},
                             {"least", group.least},
                             {"most", group.most}});
  return out;
}

namespace {

EncodedColumn column_from(const Json& json) {
  EncodedColumn out;
  out.name = json.at("name").get<std::string>();
  out.missing_rows = json.at("missing_rows").get<std::uint64_t>();
  out.numbers = json.contains("number");
  if (out.numbers) {
    out.mean = json.at("mean").get<double>();
    out.sd = json.at("sd").get<double>();
    out.number = json.at("number").get<std::uint32_t>();
  } else {
    out.levels = json.at("levels").get<std::vector<std::string>>();
    out.indicators = json.at("indicators").get<std::vector<std::uint32_t>>();
    out.pooled_levels = json.at("pooled_levels").get<std::uint64_t>();
    if (json.contains("pooled")) out.pooled = json.at("pooled").get<std::uint32_t>();
  }
  if (json.contains("missing")) out.missing = json.at("missing").get<std::uint32_t>();
  return out;
}

Card card_from(const Json& json) {
  Card out;
  out.rows = json.at("rows").get<std::uint64_t>();
  out.positives = json.at("positives").get<std::uint64_t>();
  out.base_rate = json.at("base_rate").get<double>();
  if (json.contains("auc"))
    out.auc = Auc{json.at("auc").get<double>(),
                  json.at("auc_standard_error").get<double>(),
                  {json.at("auc_interval_95").at(0).get<double>(), json.at("auc_interval_95").at(1).get<double>()}};
  out.log_loss = json.at("log_loss").get<double>();
  out.base_log_loss = json.at("base_log_loss").get<double>();
  out.brier = json.at("brier").get<double>();
  out.base_brier = json.at("base_brier").get<double>();
  if (json.contains("calibration_slope"))
    out.calibration = Calibration{json.at("calibration_slope").get<double>(),
                                  json.at("calibration_slope_standard_error").get<double>(),
                                  json.at("calibration_intercept").get<double>()};
  out.expected_calibration_error = json.at("expected_calibration_error").get<double>();
  out.top_decile_lift = json.at("top_decile_lift").get<double>();
  for (const Json& group : json.at("groups"))
    out.groups.push_back({group.at("rows").get<std::uint64_t>(), group.at("positives").get<std::uint64_t>(),
                          group.at("predicted").get<double>(), group.at("least").get<double>(),
                          group.at("most").get<double>()});
  return out;
}

/// Whether every feature has a weight, a name and one column, and nothing is out of range.
bool sound(const Score& score) {
  const std::size_t width = score.encoding.names.size();
  if (score.model.weights.size() != width || score.column_auc.size() != score.encoding.columns.size()) return false;
  if (!(score.l2 > 0) || !std::isfinite(score.l2) || !std::isfinite(score.model.intercept)) return false;
  if (!std::all_of(score.model.weights.begin(), score.model.weights.end(), [](double w) { return std::isfinite(w); }))
    return false;
  std::vector<int> times(width, 0);
  const auto used = [&](std::uint32_t feature) { return feature < width && ++times[feature] == 1; };
  for (const EncodedColumn& column : score.encoding.columns) {
    if (column.numbers && (!(column.sd > 0) || !std::isfinite(column.sd) || !std::isfinite(column.mean))) return false;
    if (column.number && !used(*column.number)) return false;
    if (column.indicators.size() != column.levels.size()) return false;
    if (!std::is_sorted(column.levels.begin(), column.levels.end())) return false;
    for (const std::uint32_t feature : column.indicators) {
      if (!used(feature)) return false;
    }
    if (column.pooled && !used(*column.pooled)) return false;
    if (column.missing && !used(*column.missing)) return false;
  }
  return std::all_of(score.card.groups.begin(), score.card.groups.end(),
                     [](const CalibrationGroup& group) { return group.rows > 0 && group.positives <= group.rows; }) &&
         std::all_of(times.begin(), times.end(), [](int count) { return count == 1; });
}

}  // namespace

std::string to_json(const Score& score) {
  Json out{{"form", form},
           {"version", version},
           {"outcome", score.outcome},
           {"source", score.source},
           {"split", score.split},
           {"dropped", score.dropped},
           {"l2", score.l2},
           {"fitted", score.one_pass ? "one pass" : "batch"},
           {"steps", score.model.steps},
           {"learned_from", score.learned_from},
           {"without_outcome", score.without_outcome},
           {"card", to_json(score.card)},
           {"means_missing", score.encoding.missing},
           {"constant_columns", score.encoding.constant},
           {"intercept", score.model.intercept}};
  out["columns"] = Json::array();
  for (std::size_t c = 0; c < score.encoding.columns.size(); ++c) {
    out["columns"].push_back(written(score.encoding.columns[c]));
    out["columns"].back()["auc_alone"] = score.column_auc[c];
  }
  out["weights"] = Json::array();
  for (std::size_t f = 0; f < score.model.weights.size(); ++f)
    out["weights"].push_back({{"feature", score.encoding.names[f]}, {"weight", score.model.weights[f]}});
  // Text of the data that is no UTF-8 would otherwise throw.
  return out.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

Result<Score> score_from_json(std::string_view text) {
  const Json json = Json::parse(text, nullptr, false);
  if (!json.is_object() || json.value("form", Json()) != form)
    return fault(FaultCode::bad_input, "it is no score; `fairlead score train … --to FILE` writes one");
  if (json.value("version", Json()) != version)
    return fault(FaultCode::bad_input, "it is a score of another version of Fairlead; train it again");
  try {
    Score out;
    out.outcome = json.at("outcome").get<std::string>();
    out.source = json.at("source").get<std::string>();
    out.split = json.at("split").get<std::string>();
    out.dropped = json.at("dropped").get<std::vector<std::string>>();
    out.l2 = json.at("l2").get<double>();
    out.one_pass = json.at("fitted") == "one pass";
    out.learned_from = json.at("learned_from").get<std::uint64_t>();
    out.without_outcome = json.at("without_outcome").get<std::uint64_t>();
    out.model.steps = json.at("steps").get<std::uint32_t>();
    out.card = card_from(json.at("card"));
    out.encoding.missing = json.at("means_missing").get<std::set<std::string>>();
    out.encoding.constant = json.at("constant_columns").get<std::vector<std::string>>();
    out.model.intercept = json.at("intercept").get<double>();
    for (const Json& column : json.at("columns")) {
      out.encoding.columns.push_back(column_from(column));
      out.column_auc.push_back(column.at("auc_alone").get<double>());
    }
    for (const Json& weight : json.at("weights")) {
      out.encoding.names.push_back(weight.at("feature").get<std::string>());
      out.model.weights.push_back(weight.at("weight").get<double>());
    }
    if (!sound(out)) return fault(FaultCode::bad_input, "it is a damaged score: its parts do not fit together");
    out.encoding.column_of.assign(out.encoding.names.size(), 0);
    for (std::uint32_t c = 0; c < out.encoding.columns.size(); ++c) {
      const EncodedColumn& column = out.encoding.columns[c];
      for (const std::uint32_t feature : column.indicators) out.encoding.column_of[feature] = c;
      for (const std::optional<std::uint32_t>& feature : {column.number, column.pooled, column.missing}) {
        if (feature) out.encoding.column_of[*feature] = c;
      }
    }
    return out;
  } catch (const Json::exception& error) {
    return fault(FaultCode::bad_input, std::string("it is a damaged score: ") + error.what());
  }
}

}  // namespace fairlead::learn
