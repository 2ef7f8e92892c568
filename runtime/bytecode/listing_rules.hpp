// Rules and the heads of workflows, as a disassembly shows them.
#pragma once

#include "runtime/bytecode/listing.hpp"

namespace fairlead::bytecode {

std::string to_string(const Quota& quota);
/// `7 days`, `month`
std::string per(Period period, Duration window);

/// What a rule is about, and what happens where it is broken: the lines below its head.
void list_rule(Listing& out, const Module& module, const Rule& rule);

/// What stands before the steps beside triggers.
void list_head(Listing& out, const Module& module, const Workflow& workflow);

}  // namespace fairlead::bytecode
