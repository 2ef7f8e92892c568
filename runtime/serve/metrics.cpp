// Prometheus metrics of a running engine.
#include "runtime/serve/metrics.hpp"

#include <prometheus/counter.h>
#include <prometheus/exposer.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>

#include <array>

namespace fairlead::serve {

using prometheus::Counter;
using prometheus::Family;
using prometheus::Gauge;
using prometheus::Histogram;

namespace {

Family<Counter>& counters(prometheus::Registry& registry, const char* name, const char* help) {
  return prometheus::BuildCounter().Name(name).Help(help).Register(registry);
}
Family<Gauge>& gauges(prometheus::Registry& registry, const char* name, const char* help) {
  return prometheus::BuildGauge().Name(name).Help(help).Register(registry);
}

const Histogram::BucketBoundaries seconds_of_batches{0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3, 10};
const Histogram::BucketBoundaries seconds_late{0.1, 0.3, 1, 3, 10, 60, 600, 3'600, 86'400};

constexpr std::array<std::pair<store::OutboxState, const char*>, 5> states{
    {{store::OutboxState::ready, "ready"},
     {store::OutboxState::claimed, "claimed"},
     {store::OutboxState::asked, "asked"},
     {store::OutboxState::failed, "failed"},
     {store::OutboxState::uncertain, "uncertain"}}};

const char* name_of(audit::Handed::Result result) {
  using Result = audit::Handed::Result;
  switch (result) {
    case Result::sent: return "sent";
    case Result::withheld: return "withheld";
    case Result::failed: return "failed";
    case Result::deferred: return "deferred";
  }
  return "?";
}

const char* name_of(audit::SetAside::Why why) {
  using Why = audit::SetAside::Why;
  switch (why) {
    case Why::refused: return "refused";
    case Why::exhausted: return "exhausted";
    case Why::uncertain: return "uncertain";
  }
  return "?";
}

const char* name_of(audit::Guarded::Action action) {
  using Action = audit::Guarded::Action;
  switch (action) {
    case Action::skipped: return "skipped";
    case Action::deferred: return "deferred";
    case Action::impossible: return "impossible";
    case Action::waived: return "waived";
  }
  return "?";
}

}  // namespace

struct Metrics::Parts {
  std::shared_ptr<prometheus::Registry> registry = std::make_shared<prometheus::Registry>();
  prometheus::Registry& r = *registry;
  Counter& batches = counters(r, "fairlead_batches_total", "Transactions that moved somebody").Add({});
  Counter& turns = counters(r, "fairlead_turns_total", "Turns of contacts").Add({});
  Counter& steps = counters(r, "fairlead_steps_total", "Steps taken").Add({});
  Counter& events = counters(r, "fairlead_events_total", "Events taken in").Add({});
  Counter& contacts = counters(r, "fairlead_contacts_total", "Contacts stored, new or changed").Add({});
  Counter& refused = counters(r, "fairlead_refused_total", "Rows of the inbox that were set aside").Add({});
  Counter& decisions = counters(r, "fairlead_decisions_total", "Adaptive choices made").Add({});
  Counter& retries = counters(r, "fairlead_retries_total", "Hand-overs that failed and will be tried again").Add({});
  Family<Counter>& entered = counters(r, "fairlead_entered_total", "Passes begun");
  Family<Counter>& left = counters(r, "fairlead_left_total", "Passes ended");
  Family<Counter>& messages = counters(r, "fairlead_messages_total", "What became of messages at hand-over");
  Family<Counter>& calls = counters(r, "fairlead_calls_total", "What became of calls at hand-over");
  Family<Counter>& aside = counters(r, "fairlead_dead_letters_total", "Messages and calls that were set aside");
  Family<Counter>& guarded = counters(r, "fairlead_guarded_total", "Rules that fired at a send");
  Histogram& batch_seconds = prometheus::BuildHistogram()
                                 .Name("fairlead_batch_seconds")
                                 .Help("How long a batch takes, its commit included")
                                 .Register(r)
                                 .Add({}, seconds_of_batches);
  Histogram& late = prometheus::BuildHistogram()
                        .Name("fairlead_timer_lateness_seconds")
                        .Help("How late the latest timer of a batch was")
                        .Register(r)
                        .Add({}, seconds_late);
  Family<Gauge>& outbox = gauges(r, "fairlead_outbox_rows", "Rows of the outbox that are not done with");
  Family<Gauge>& paused = gauges(r, "fairlead_workflow_paused", "1 while the workflow is paused");
  Family<Gauge>& rows = gauges(r, "fairlead_record_rows", "Rows of each record beside the contact");
  Gauge& circuit = gauges(r, "fairlead_circuit_open", "1 while the connector is left alone").Add({});
  Gauge& backed_up = gauges(r, "fairlead_backed_up", "1 while timers wait for the outbox to drain").Add({});
  Gauge& seq = gauges(r, "fairlead_journal_batches", "Number of the last batch in the journal").Add({});
  Gauge& behind = gauges(r, "fairlead_journal_behind_checkpoint", "Batches that a start would read anew").Add({});
  Gauge& version = gauges(r, "fairlead_project_version", "The version of the project that is in force").Add({});
  std::unique_ptr<prometheus::Exposer> exposer;
};

Metrics::Metrics() : parts_(std::make_unique<Parts>()) {}
Metrics::~Metrics() = default;

Result<std::unique_ptr<Metrics>> Metrics::listen(const std::string& address) {
  std::unique_ptr<Metrics> out(new Metrics);
  try {
    out->parts_->exposer = std::make_unique<prometheus::Exposer>(address, 1);
    out->parts_->exposer->RegisterCollectable(out->parts_->registry);
  } catch (const std::exception& error) {
    return fault(FaultCode::bad_input, "the metrics cannot listen on " + address + ": " + error.what());
  }
  return out;
}

void Metrics::said(const audit::Entry& entry) {
  Parts& p = *parts_;
  if (std::holds_alternative<audit::StepTaken>(entry)) {
    p.steps.Increment();
  } else if (std::holds_alternative<audit::EventTaken>(entry)) {
    p.events.Increment();
  } else if (std::holds_alternative<audit::ContactStored>(entry)) {
    p.contacts.Increment();
  } else if (std::holds_alternative<audit::Refused>(entry)) {
    p.refused.Increment();
  } else if (std::holds_alternative<audit::Decided>(entry)) {
    p.decisions.Increment();
  } else if (std::holds_alternative<audit::Retrying>(entry)) {
    p.retries.Increment();
  } else if (const auto* entered = std::get_if<audit::Entered>(&entry)) {
    p.entered.Add({{"workflow", entered->pass.workflow}}).Increment();
  } else if (const auto* left = std::get_if<audit::Left>(&entry)) {
    p.left.Add({{"workflow", left->pass.workflow}}).Increment();
  } else if (const auto* handed = std::get_if<audit::Handed>(&entry)) {
    p.messages.Add({{"channel", handed->channel}, {"result", name_of(handed->result)}}).Increment();
  } else if (const auto* call = std::get_if<audit::ActionHanded>(&entry)) {
    p.calls.Add({{"action", call->action}, {"result", name_of(call->result)}}).Increment();
  } else if (const auto* aside = std::get_if<audit::SetAside>(&entry)) {
    p.aside.Add({{"why", name_of(aside->why)}}).Increment();
  } else if (const auto* guarded = std::get_if<audit::Guarded>(&entry)) {
    p.guarded.Add({{"rule", guarded->rule}, {"action", name_of(guarded->action)}}).Increment();
  }
}

void Metrics::batch(const engine::Engine::Progress& progress, double seconds) {
  if (progress.items == 0) return;
  parts_->batches.Increment();
  parts_->turns.Increment(static_cast<double>(progress.items));
  parts_->batch_seconds.Observe(seconds);
  if (progress.late) parts_->late.Observe(static_cast<double>(progress.late->ms) / 1e3);
}

Result<void> Metrics::look(const engine::Engine& engine, store::Store& store) {
  Parts& p = *parts_;
  const Result<std::map<store::OutboxState, std::uint64_t>> counts = store.outbox_counts();
  if (!counts) return tl::unexpected(counts.error());
  for (const auto& [state, name] : states) {
    const auto at = counts->find(state);
    p.outbox.Add({{"state", name}}).Set(at == counts->end() ? 0 : static_cast<double>(at->second));
  }
  const engine::Version& newest = engine.deployments().newest();
  for (bytecode::Index w = 0; w < newest.module.workflows.size(); ++w)
    p.paused.Add({{"workflow", newest.module.workflows[w].name}})
        .Set(engine.pauses().paused(newest.workflow_ids[w]) ? 1 : 0);
  const Result<std::map<std::uint32_t, std::uint64_t>> rows = store.row_counts();
  if (!rows) return tl::unexpected(rows.error());
  for (bytecode::Index r = 0; r < newest.module.records.size(); ++r) {
    const auto at = rows->find(newest.record_ids[r]);
    p.rows.Add({{"record", newest.module.records[r].name}})
        .Set(at == rows->end() ? 0 : static_cast<double>(at->second));
  }
  p.circuit.Set(engine.delivery().open() ? 1 : 0);
  p.backed_up.Set(engine.backed_up() ? 1 : 0);
  p.seq.Set(static_cast<double>(engine.head().seq));
  p.behind.Set(static_cast<double>(engine.head().seq - engine.head().checkpoint));
  p.version.Set(newest.number);
  return {};
}

}  // namespace fairlead::serve
