// fairlead import: contacts from CSV or JSON lines into a project's store. Rows that cannot be used are set aside with
// their line and reason, never lost.
#include "cli/command.hpp"

#include <fmt/format.h>

#include <memory>

#include "cli/progress.hpp"
#include "runtime/engine/mapping.hpp"
#include "runtime/values/utf8.hpp"

namespace fairlead::cli {

namespace {

struct Options {
  std::string file, project = ".", db;
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

void run(const Options& options, int& exit_code) {
  const std::string db = options.db.empty() ? (folder_of(options.project) / "fairlead.db").string() : options.db;
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
  const std::optional<bytecode::Module> module = compile_or_report(options.project, exit_code);
  if (!module) return;
  const Result<std::unique_ptr<store::Store>> store = store::open_sqlite(db, store::Access::create);
  if (!store) {
    exit_code = report(store.error());
    return;
  }
  engine::ContactMapping mapping(*module);
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
        return mapping.columns(options.file, header, options.ignore_unknown);
      },
      [&](const connect::Row& row) -> Result<void> {
        const auto contact = mapping.contact(row);
        if (contact) {
          ++taken;
          rows.push_back({0, now, store::InboxKind::contact, engine::encode(*contact)});
        } else {
          if (++set_aside <= shown_rows) {
            bar.finish();
            fmt::print(stderr, "{}:{}: {}\n", options.file, row.line, contact.error());
          }
          rejected.push_back({options.file, row.line, contact.error(), row.raw});
        }
        if (rows.size() + rejected.size() >= rows_per_post) return flush();
        return {};
      },
      [&](connect::Progress progress) {
        bar.update(progress.total == 0 ? 1.0
                                       : static_cast<double>(progress.bytes) / static_cast<double>(progress.total));
      });
  const Result<void> flushed = read ? flush() : Result<void>{};
  bar.finish();
  if (!read || !flushed) {
    exit_code = report(read ? flushed.error() : read.error());
    if (stored > 0)
      fmt::print(stderr,
                 "{} contact{} had been taken in before that; importing the file again changes nothing for them\n",
                 stored, stored == 1 ? "" : "s");
    return;
  }
  if (set_aside > shown_rows) fmt::print(stderr, "… and {} more\n", set_aside - shown_rows);
  fmt::print("{} contact{} taken in, {} row{} set aside{}\n", taken, taken == 1 ? "" : "s", set_aside,
             set_aside == 1 ? "" : "s",
             set_aside == 0 ? "" : fmt::format("; `fairlead import --rejected --db {}` shows them", db));
  exit_code = set_aside == 0 ? fine : findings;
}

}  // namespace

void add_import(Session& session) {
  auto options = std::make_shared<Options>();
  CLI::App* command = session.app.add_subcommand("import", "take in contacts from a CSV file or JSON lines");
  command->add_option("FILE", options->file, "a CSV file with a header, or .jsonl");
  command->add_option("--project", options->project, "the project whose `record contact` says what a contact is")
      ->capture_default_str();
  command->add_option("--db", options->db, "the store (default: fairlead.db in the project)");
  command->add_flag("--ignore-unknown", options->ignore_unknown, "leave out columns that the contact does not have");
  command->add_flag("--rejected", options->show_rejected, "show the rows that were set aside");
  command->callback([options, &session] { run(*options, session.exit_code); });
}

}  // namespace fairlead::cli
