// A module and a report with made-up numbers, and its golden file.
#pragma once

#include <string>

#include "runtime/trial/report.hpp"

namespace fairlead::trial {

/// One workflow in the shape of the whitepaper's: waits, a branch, a choice of three, one of them doing nothing.
bytecode::Module sample_module();
/// Sixty days of 20,000 contacts.
Report sample_report();

}  // namespace fairlead::trial
