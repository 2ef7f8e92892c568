// Counting who is in a segment, some thousand contacts at a time, column by column.
#include "runtime/engine/audience.hpp"

#include <algorithm>
#include <deque>

#include "runtime/bytecode/reads.hpp"
#include "runtime/engine/state.hpp"
#include "runtime/vm/column.hpp"

namespace fairlead::engine {

namespace {

constexpr std::size_t at_a_time = 16'384;

bool asks_only_the_record(const bytecode::Module& module, Index function) {
  return std::ranges::none_of(module.functions[function].code, [](bytecode::Instruction i) {
    return bytecode::reads_the_moment(i.op()) || i.op() == bytecode::Opcode::parameter;
  });
}

/// What one version makes of them.
class Counting {
 public:
  explicit Counting(const Version& version) : version_(version), columns_(version.module.fields.size()) {
    for (const bytecode::Segment& segment : version.module.segments) {
      if (!asks_only_the_record(version.module, segment.when)) continue;
      segments_.push_back(&segment);
      members_[segment.name] = 0;
    }
  }

  /// The record must live until `count`.
  void add(const Record& record) {
    if (segments_.empty()) return;
    row_.clear();
    for (Index f = 0; f < version_.module.fields.size(); ++f) {
      const Value stored = record.get(version_.module.fields[f].id);
      row_.push_back(stored.exists() ? stored : version_.defaults[f]);
    }
    columns_.add(row_);
  }

  void count() {
    for (const bytecode::Segment* segment : segments_) {
      const auto nothing_else = [](std::size_t) { return vm::World(); };
      members_[segment->name] += vm::select(*version_.program, segment->when, columns_, nothing_else).size();
    }
    columns_ = vm::Columns(version_.module.fields.size());
  }

  [[nodiscard]] const Members& members() const { return members_; }

 private:
  const Version& version_;
  std::vector<const bytecode::Segment*> segments_;
  vm::Columns columns_;
  std::vector<Value> row_;
  Members members_;
};

}  // namespace

Result<std::vector<Members>> count_members(store::Store& store, const std::vector<const Version*>& versions) {
  std::vector<Counting> countings;
  for (const Version* version : versions) countings.emplace_back(*version);
  std::deque<Record> records;
  const auto count = [&] {
    for (Counting& counting : countings) counting.count();
    records.clear();
  };
  const Result<void> walked = store.contacts([&](const store::Person& person) -> Result<void> {
    Record& record = records.emplace_back();
    if (const Result<void> read = decode_values(person.data, record); !read) return read;
    for (Counting& counting : countings) counting.add(record);
    if (records.size() == at_a_time) count();
    return {};
  });
  if (!walked) return tl::unexpected(walked.error());
  count();
  std::vector<Members> out;
  for (const Counting& counting : countings) out.push_back(counting.members());
  return out;
}

}  // namespace fairlead::engine
