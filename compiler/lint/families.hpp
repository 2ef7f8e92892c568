// The lints themselves, a function for each family; what each of its codes means stands in docs/reference/lints.md.
#pragma once

#include "compiler/lint/reading.hpp"

namespace fairlead::compiler::lint {

void unused_names(const Subject& subject, Findings& found);           // unused.cpp
void unused_parameters(const Subject& subject, Findings& found);      // unused.cpp
void shadowed_names(const Subject& subject, Findings& found);         // shadowing.cpp
void certain_conditions(const Subject& subject, Findings& found);     // conditions.cpp
void roundabout_conditions(const Subject& subject, Findings& found);  // phrasing.cpp
void double_negations(const Subject& subject, Findings& found);       // phrasing.cpp
void idle_steps(const Subject& subject, Findings& found);             // steps.cpp
void weak_goals(const Subject& subject, Findings& found);             // goals.cpp
void careless_texts(const Subject& subject, Findings& found);         // texts.cpp
void unsaid_settings(const Subject& subject, Findings& found);        // settings.cpp
void consent_and_leaving(const Subject& subject, Findings& found);    // consent.cpp
void weak_rules(const Subject& subject, Findings& found);             // rules.cpp
void policy_conflicts(const Subject& subject, Findings& found);       // conflicts.cpp
void loose_limits(const Subject& subject, Findings& found);           // loose_limits.cpp
void needless_waivers(const Subject& subject, Findings& found);       // waivers.cpp
void weak_trials(const Subject& subject, Findings& found);            // trials.cpp

}  // namespace fairlead::compiler::lint
