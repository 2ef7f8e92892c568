// fairlead import: contacts, or rows of another record, from CSV or JSON lines into a project's store. Rows that cannot
// be used are set aside with their line and reason, never lost.
#include "cli/command.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <memory>

#include "cli/progress.hpp"
#include "runtime/engine/mapping.hpp"
#include "runtime/engine/record_rows.hpp"
#include "runtime/values/utf8.hpp"

namespace fairlead::cli {

namespace {

struct Options {
  std::string file, project = ".", db;
  std::string record = "contact";
  bool replace = false;
  bool ignore_unknown = false;
  bool show_rejected = false;
};

/// Rows in one transaction.
constexpr std::size_t rows_per_post = 1'000;
/// How many rejected rows are printed one by one.
constexpr std::uint64_t shown_rows = 10;
/// A row that was set aside may hold anything, control characters too, and be long.
constexpr std::size_t longest_raw = 1'000;

int list_rejected(store::Store& store) {
  const Result<std::vector<store::Rejected>> rows = store.rejected(100'000);
  if (!rows) return report(rows.error());
  for (const store::Rejected& row : *rows)
    fmt::print("{}:{}: {}\n    {}\n", printable(row.source, longest_raw), row.line, row.reason,
               printable(row.raw, longest_raw));
  fmt::print("{} row{} set aside\n", rows->size(), rows->size() == 1 ? "" : "s");
  return fine;
}

/// What a row of the file becomes for the inbox, or why it cannot be used.
class Taking {
 public:
  Taking(const bytecode::Module& module, const bytecode::RecordType* record)
      : record_(record),
        mapping_(record == nullptr ? module.fields : record->fields,
                 record == nullptr ? std::string("contact") : record->name) {}

  engine::RowMapping& mapping() { return mapping_; }
  /// `12 contacts`, `1 row of campaign`.
  [[nodiscard]] std::string counted(std::uint64_t n) const {
    const char* s = n == 1 ? "" : "s";
    return record_ == nullptr ? fmt::format("{} contact{}", n, s) : fmt::format("{} row{} of {}", n, s, record_->name);
  }

  tl::expected<store::Inbox, std::string> take(const connect::Row& row, Instant now) {
    const auto values = mapping_.encoded(row);
    if (!values) return tl::unexpected(values.error());
    if (record_ == nullptr)
      return store::Inbox{0, now, store::InboxKind::contact, engine::encode(engine::ContactIn{*values})};
    engine::Record record;
    if (const Result<void> read = engine::decode_values(*values, record); !read)
      return tl::unexpected(describe(read.error()));
    auto key = engine::row_key(record_->fields, record);
    if (!key) return tl::unexpected(key.error());
    keys_.push_back(std::move(*key));
    return store::Inbox{0, now, store::InboxKind::row, engine::encode(engine::RowIn{record_->name, *values})};
  }
  /// That the rows which were taken are all there are.
  [[nodiscard]] store::Inbox all(Instant now) {
    std::sort(keys_.begin(), keys_.end());
    keys_.erase(std::unique(keys_.begin(), keys_.end()), keys_.end());
    return {0, now, store::InboxKind::row, engine::encode(engine::AllRowsIn{record_->name, keys_})};
  }

 private:
  const bytecode::RecordType* record_;
  engine::RowMapping mapping_;
  std::vector<std::string> keys_;
};

/// Of the record that is named: null for the contact. Nothing where the project does not have it, which it says.
std::optional<const bytecode::RecordType*> record_of(const bytecode::Module& module, const std::string& name) {
  if (name == "contact") return nullptr;
  std::string known = "`contact`";
  for (const bytecode::RecordType& record : module.records) {
    if (record.name == name) return &record;
    known += fmt::format(", `{}`", record.name);
  }
  fmt::print(stderr, "fairlead: the project has no `record {}`; it has {}\n", printable(name, longest_raw), known);
  return std::nullopt;
}

void run(const Options& options, int& exit_code) {
  const std::string db = store_of(options.project, options.db);
  if (options.show_rejected) {
    const Result<std::unique_ptr<store::Store>> store = store::open_sqlite(db, store::Access::read);
    exit_code = store ? list_rejected(**store) : report(store.error());
    return;
  }
  if (options.file.empty()) {
    fmt::print(stderr, "fairlead: which file? `fairlead import people.csv --project .`\n");
    exit_code = wrong_use;
    return;
  }
  if (options.replace && options.record == "contact") {
    fmt::print(stderr,
               "fairlead: --replace is for rows of another record than the contact; `fairlead forget` erases "
               "a person\n");
    exit_code = wrong_use;
    return;
  }
  const std::optional<bytecode::Module> module = compile_or_report(options.project, exit_code);
  if (!module) return;
  const std::optional<const bytecode::RecordType*> record = record_of(*module, options.record);
  if (!record) {
    exit_code = wrong_use;
    return;
  }
  const Result<std::unique_ptr<store::Store>> store = store::open_sqlite(db, store::Access::create);
  if (!store) {
    exit_code = report(store.error());
    return;
  }
  Taking taking(*module, *record);
  std::vector<store::Inbox> rows;
  std::vector<store::Rejected> rejected;
  std::uint64_t taken = 0, stored = 0, set_aside = 0;
  const Instant now = wall_clock();
  const auto flush = [&]() -> Result<void> {
    if (rows.empty() && rejected.empty()) return {};
    const Result<void> posted = (*store)->post(rows, rejected);
    if (posted) stored += rows.size();
    rows.clear();
    rejected.clear();
    return posted;
  };
  ProgressBar bar(fmt::format("importing {}", options.file));
  const Result<void> read = connect::read_rows(
      options.file,
      [&](const std::vector<std::string>& header) {
        return taking.mapping().columns(options.file, header, options.ignore_unknown);
      },
      [&](const connect::Row& row) -> Result<void> {
        auto taken_in = taking.take(row, now);
        if (taken_in) {
          ++taken;
          rows.push_back(std::move(*taken_in));
        } else {
          if (++set_aside <= shown_rows) {
            bar.finish();
            fmt::print(stderr, "{}:{}: {}\n", options.file, row.line, taken_in.error());
          }
          rejected.push_back({options.file, row.line, taken_in.error(), row.raw});
        }
        if (rows.size() + rejected.size() >= rows_per_post) return flush();
        return {};
      },
      [&](connect::Progress progress) {
        bar.update(progress.total == 0 ? 1.0
                                       : static_cast<double>(progress.bytes) / static_cast<double>(progress.total));
      });
  // Last, and with the last rows in one transaction. A row that was set aside may be there under its key: nothing goes
  // away where the file could not be read as a whole.
  const bool replaces = options.replace && set_aside == 0;
  if (read && replaces) rows.push_back(taking.all(now));
  const Result<void> flushed = read ? flush() : Result<void>{};
  bar.finish();
  if (!read || !flushed) {
    exit_code = report(read ? flushed.error() : read.error());
    if (stored > 0)
      fmt::print(stderr, "{} had been taken in before that; importing the file again changes nothing for them\n",
                 taking.counted(stored));
    return;
  }
  if (set_aside > shown_rows) fmt::print(stderr, "… and {} more\n", set_aside - shown_rows);
  fmt::print("{} taken in, {} row{} set aside{}\n", taking.counted(taken), set_aside, set_aside == 1 ? "" : "s",
             set_aside == 0 ? "" : fmt::format("; `fairlead import --rejected --db {}` shows them", db));
  if (replaces) fmt::print("rows of {} that {} does not have go away\n", options.record, options.file);
  if (options.replace && !replaces)
    fmt::print(stderr, "no row of {} goes away, since the file could not be taken in as a whole\n", options.record);
  exit_code = set_aside == 0 ? fine : findings;
}

}  // namespace

void add_import(Session& session) {
  auto options = std::make_shared<Options>();
  CLI::App* command =
      session.app.add_subcommand("import", "take in contacts, or rows of a record, from a CSV file or JSON lines");
  command->add_option("FILE", options->file, "a CSV file with a header, or .jsonl");
  command->add_option("--project", options->project, "the project whose records say what a row is")
      ->capture_default_str();
  command->add_option("--db", options->db, "the store (default: fairlead.db in the project)");
  command->add_option("--record", options->record, "the record whose rows the file has")->capture_default_str();
  command->add_flag("--replace", options->replace, "the file has all rows of the record: others go away");
  command->add_flag("--ignore-unknown", options->ignore_unknown, "leave out columns that the record does not have");
  command->add_flag("--rejected", options->show_rejected, "show the rows that were set aside");
  command->callback([options, &session] { run(*options, session.exit_code); });
}

}  // namespace fairlead::cli
