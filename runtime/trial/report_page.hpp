// The pieces of the HTML page: each gives finished markup, everything from outside escaped.
#pragma once

#include <string>
#include <string_view>

#include "runtime/trial/report.hpp"

namespace fairlead::trial {

/// For text and for attributes in quotes; control characters, which no page may hold, become blanks.
std::string escape(std::string_view text);
/// At most `most` characters, the last an ellipsis where there were more. Counts code points.
std::string shortened(std::string_view text, std::size_t most);
/// Number of code points.
std::size_t characters(std::string_view text);

/// The shares of a choice over time. Empty where there are not two points in time. `id` is unique on the page.
std::string share_curves(const ChoiceRow& choice, const Zone& zone, std::string_view id);
/// The same over rows instead of time, an instant's milliseconds being a count of rows. `small`: the scale may end far
/// below a fifth, as for rates.
std::string row_curves(const ChoiceRow& choice, const std::string& title, bool small, std::string_view id);
/// The rates of treated and held out, each with its interval, and lines at baseline and target.
std::string rate_chart(const GoalRow& goal, std::string_view id);
/// The lift of every goal that has one, with its interval, around a line at zero.
std::string lift_chart(const Report& report, std::string_view id);
/// A workflow with how many took each way. Empty where the workflow is not the module's.
std::string workflow_graph(const bytecode::Module& module, const WorkflowRow& row, std::string_view id);

/// The style of the page.
extern const std::string_view page_style;

}  // namespace fairlead::trial
