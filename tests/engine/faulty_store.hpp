// A store whose writes fail at will, before or after they took effect: what a full disk, a lost connection or a power
// cut looks like from the engine.
#pragma once

#include <functional>

#include "runtime/store/store.hpp"

namespace fairlead::engine::testing {

enum class Failing : std::uint8_t { no, before, after };

class FaultyStore : public store::Store {
 public:
  using Choose = std::function<Failing(const char* what)>;
  FaultyStore(std::unique_ptr<store::Store> inner, Choose choose)
      : inner_(std::move(inner)), choose_(std::move(choose)) {}

  Result<store::Head> commit(const store::Batch& batch) override {
    return failing("commit", [&] { return inner_->commit(batch); });
  }
  Result<void> checkpoint(std::uint64_t upto, const std::vector<store::Cell>& cells,
                          const std::string& global) override {
    return failing("checkpoint", [&] { return inner_->checkpoint(upto, cells, global); });
  }

  Result<void> let_go() override {
    return failing("let_go", [&] { return inner_->let_go(); });
  }

  Result<store::Head> claim() override { return inner_->claim(); }
  Result<store::Head> head() override { return inner_->head(); }
  void hold_reads(bool on) override { inner_->hold_reads(on); }
  Result<std::optional<store::Cell>> cell(store::ContactId id) override { return inner_->cell(id); }
  Result<std::string> global() override { return inner_->global(); }
  Result<std::optional<store::Person>> person(store::ContactId id) override { return inner_->person(id); }
  Result<std::optional<store::ContactId>> find(const Hash& key) override { return inner_->find(key); }
  Result<std::optional<store::Event>> event(store::ContactId id, const std::string& event_id) override {
    return inner_->event(id, event_id);
  }
  Result<std::vector<store::Event>> events(store::ContactId id) override { return inner_->events(id); }
  Result<bool> knows_event(store::ContactId id, const std::string& event_id) override {
    return inner_->knows_event(id, event_id);
  }
  Result<store::OldRows> old_rows(store::Aging what, Instant before, std::int64_t after, std::size_t limit) override {
    return inner_->old_rows(what, before, after, limit);
  }
  Result<std::optional<Instant>> pruned_before() override { return inner_->pruned_before(); }
  Result<store::TimerRun> timers(Instant from, Instant to, std::size_t enough) override {
    return inner_->timers(from, to, enough);
  }
  Result<std::optional<Instant>> next_timer(Instant from) override { return inner_->next_timer(from); }
  Result<std::vector<store::Inbox>> inbox(Instant until, std::size_t limit) override {
    return inner_->inbox(until, limit);
  }
  Result<std::optional<Instant>> next_inbox() override { return inner_->next_inbox(); }
  Result<std::vector<store::Outbox>> outbox(store::OutboxState state, std::size_t limit) override {
    return inner_->outbox(state, limit);
  }
  Result<std::vector<store::Outbox>> outbox_due(Instant until, std::size_t limit) override {
    return inner_->outbox_due(until, limit);
  }
  Result<std::optional<Instant>> next_outbox() override { return inner_->next_outbox(); }
  Result<std::optional<store::Outbox>> outbox(const std::string& key) override { return inner_->outbox(key); }
  Result<std::vector<store::Outbox>> outbox_latest(store::OutboxState state, std::size_t limit) override {
    return inner_->outbox_latest(state, limit);
  }
  Result<std::map<store::OutboxState, std::uint64_t>> outbox_counts() override { return inner_->outbox_counts(); }
  Result<void> contacts(const std::function<Result<void>(const store::Person&)>& each) override {
    return inner_->contacts(each);
  }
  Result<std::optional<store::Row>> row(std::uint32_t record, const std::string& key) override {
    return inner_->row(record, key);
  }
  Result<std::vector<store::Row>> rows(std::uint32_t record, const std::string& after, std::size_t limit) override {
    return inner_->rows(record, after, limit);
  }
  Result<std::map<std::uint32_t, std::uint64_t>> row_counts() override { return inner_->row_counts(); }
  Result<void> post(const std::vector<store::Inbox>& rows, const std::vector<store::Rejected>& rejected) override {
    return inner_->post(rows, rejected);
  }
  Result<std::vector<store::Rejected>> rejected(std::size_t limit) override { return inner_->rejected(limit); }
  Result<void> records(std::uint64_t after, const std::function<Result<void>(const store::Record&)>& each) override {
    return inner_->records(after, each);
  }
  Result<store::Head> verify() override { return inner_->verify(); }
  Result<store::Deployment> deploy(Instant at, const Hash& fingerprint, const std::string& module) override {
    return inner_->deploy(at, fingerprint, module);
  }
  Result<std::vector<store::Deployment>> deployments() override { return inner_->deployments(); }
  Result<std::optional<std::string>> note(const std::string& name) override { return inner_->note(name); }
  Result<void> set_note(const std::string& name, const std::string& value) override {
    return inner_->set_note(name, value);
  }

 private:
  template <class Act>
  auto failing(const char* what, const Act& act) -> decltype(act()) {
    const Failing failing = choose_(what);
    if (failing == Failing::before) return fault(FaultCode::store_failed, "faulty", std::string(what) + " before");
    auto result = act();
    if (failing == Failing::after && result)
      return fault(FaultCode::store_failed, "faulty", std::string(what) + " after");
    return result;
  }

  std::unique_ptr<store::Store> inner_;
  Choose choose_;
};

}  // namespace fairlead::engine::testing
