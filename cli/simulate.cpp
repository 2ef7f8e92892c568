// fairlead simulate: runs a project's simulation on the real engine and a virtual clock, and shows what came of it.
#include "cli/command.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <memory>

#include "cli/progress.hpp"
#include "runtime/audit/verify.hpp"
#include "runtime/engine/mapping.hpp"
#include "runtime/trial/people.hpp"
#include "runtime/trial/simulate.hpp"

namespace fairlead::cli {

namespace {

namespace fs = std::filesystem;

struct Options {
  std::string path = ".";
  std::string name;
  std::string db, messages, report;
  std::vector<std::string> rows;
  bool fresh = false;
  bool durable = false;
};

/// Takes away what an earlier simulation left, and nothing else. The store goes first: what is left without it is known
/// to be old.
Result<void> begin_anew(const std::string& db, const std::string& messages) {
  std::error_code error;
  if (fs::exists(db, error) && !fs::is_empty(db, error)) {
    const Result<std::unique_ptr<store::Store>> old = store::open_sqlite(db, store::Access::existing);
    if (!old) return tl::unexpected(old.error());
    if (const Result<store::Head> ours = (*old)->claim(); !ours) return tl::unexpected(ours.error());
    const Result<bool> simulated = trial::may_simulate(**old);
    if (!simulated) return tl::unexpected(simulated.error());
    if (!*simulated)
      return fault(FaultCode::bad_input,
                   db + " is not a simulation's store, so it is not deleted; name another one with --db");
  }
  for (const std::string& file : {db, db + "-wal", db + "-shm", db + "-journal", messages}) {
    // What is no file of ours, a device say, is only written to.
    if (!fs::is_regular_file(file, error)) continue;
    if (fs::remove(file, error); error) return fault(FaultCode::file_unwritable, file, error.message());
  }
  return {};
}

/// `campaign=campaigns.csv`: the rows of a record, every one of which has to be one.
Result<void> read_record(const std::string& said, const bytecode::Module& module, std::vector<engine::RowIn>& out) {
  const std::size_t equals = said.find('=');
  const std::string name = said.substr(0, equals);
  const auto record = std::find_if(module.records.begin(), module.records.end(),
                                   [&](const bytecode::RecordType& one) { return one.name == name; });
  if (equals == std::string::npos || record == module.records.end())
    return fault(FaultCode::bad_input,
                 fmt::format("`--rows {}`: say it like RECORD=FILE, of a record that the project declares", said));
  const std::string file = said.substr(equals + 1);
  engine::RowMapping mapping(record->fields, name);
  return connect::read_rows(
      file, [&](const std::vector<std::string>& header) { return mapping.columns(file, header, false); },
      [&](const connect::Row& row) -> Result<void> {
        auto values = mapping.encoded(row);
        if (!values) return fault(FaultCode::bad_input, fmt::format("{}:{}: {}", file, row.line, values.error()));
        out.push_back({name, std::move(*values)});
        return {};
      },
      {});
}

/// The contacts of the file, as many as the simulation wants.
Result<std::vector<engine::ContactIn>> contacts_of(const bytecode::Module& module,
                                                   const bytecode::Simulation& simulation, const fs::path& from) {
  std::vector<engine::ContactIn> out;
  engine::ContactMapping mapping(module);
  std::uint64_t set_aside = 0;
  std::string first;
  const Result<void> read = connect::read_rows(
      from.string(),
      [&](const std::vector<std::string>& header) { return mapping.columns(from.string(), header, false); },
      [&](const connect::Row& row) -> Result<void> {
        if (out.size() >= simulation.contacts) return {};
        auto contact = mapping.contact(row);
        if (contact) {
          out.push_back(std::move(*contact));
        } else if (set_aside++ == 0) {
          first = fmt::format("line {}: {}", row.line, contact.error());
        }
        return {};
      },
      {});
  if (!read) return tl::unexpected(read.error());
  if (set_aside > 0)
    fmt::print(stderr, "warning: {} row{} of {} left out; {}\n", set_aside, set_aside == 1 ? "" : "s", from.string(),
               first);
  if (out.size() < simulation.contacts) {
    fmt::print(stderr, "warning: \"{}\" wants {} contacts, and {} has {}\n", simulation.name, simulation.contacts,
               from.string(), out.size());
  }
  return out;
}

int simulate(const Options& options, const bytecode::Module& module, bytecode::Index index, bool several) {
  const bytecode::Simulation& simulation = module.simulations[index];
  const fs::path home = folder_of(options.path);
  const fs::path out = home / "out";
  const std::string suffix = several ? fmt::format("-{}", index + 1) : "";
  const std::string db = options.db.empty() ? (out / fmt::format("simulation{}.db", suffix)).string() : options.db;
  const std::string messages =
      options.messages.empty() ? (out / fmt::format("messages{}.jsonl", suffix)).string() : options.messages;
  const std::string report_path =
      options.report.empty() ? (out / fmt::format("report{}.html", suffix)).string() : options.report;
  std::error_code error;
  for (const std::string& file : {db, messages, report_path}) {
    if (fs::path(file).has_parent_path()) fs::create_directories(fs::path(file).parent_path(), error);
  }
  if (options.fresh) {
    if (const Result<void> gone = begin_anew(db, messages); !gone) return report(gone.error());
  } else if (!fs::exists(db, error) && fs::is_regular_file(messages, error) && fs::file_size(messages, error) > 0) {
    fmt::print(stderr,
               "fairlead: {} holds messages of an earlier simulation, whose store is gone; begin anew with --fresh\n",
               messages);
    return wrong_use;
  }
  const Result<std::vector<engine::ContactIn>> contacts = simulation.from.empty()
                                                              ? trial::make_people(module, simulation)
                                                              : contacts_of(module, simulation, home / simulation.from);
  if (!contacts) return report(contacts.error());
  std::vector<engine::RowIn> rows;
  for (const std::string& said : options.rows) {
    if (const Result<void> read = read_record(said, module, rows); !read) return report(read.error());
  }
  Result<std::unique_ptr<store::Store>> store = store::open_sqlite(
      db, store::Access::create, options.durable ? store::Durability::full : store::Durability::none);
  if (!store) return report(store.error());
  // Ours before the messages' file is touched: opening it cuts off a torn line, which may be one that another process
  // is writing.
  if (const Result<store::Head> ours = (*store)->claim(); !ours) return report(ours.error());
  Result<std::unique_ptr<connect::Connector>> connector = connect::open_file(messages, options.durable);
  if (!connector) return report(connector.error());

  const auto began = std::chrono::steady_clock::now();
  ProgressBar bar(fmt::format("simulating \"{}\"", simulation.name));
  Result<trial::Report> shown = trial::simulate(
      **store, **connector, module, index, *contacts, [&](double share) { bar.update(share); }, rows);
  bar.finish();
  if (!shown) return report(shown.error());
  const double took = std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
  const Result<audit::Whole> whole = audit::verify(**store);
  if (!whole) return report(whole.error());
  shown->audit = fmt::format("{} batches, {} entries, chain whole, head {}", whole->batches, whole->entries,
                             short_hex(whole->head.chain, 8));
  std::ofstream page(report_path, std::ios::binary | std::ios::trunc);
  page << trial::to_html(*shown, module);
  page.close();
  if (!page) return report({FaultCode::file_unwritable, {report_path, "could not be written"}});
  fmt::print("{}", trial::to_text(*shown, module, colours(STDOUT_FILENO)));
  fmt::print("\nreport    {}\nmessages  {}\nstore     {}\n", report_path, messages, db);
  fmt::print(stderr, "{} contacts over {} in {:.1f} s\n", shown->contacts, to_string(simulation.run), took);
  return std::all_of(shown->expected.begin(), shown->expected.end(), [](const trial::Expected& e) { return e.met; })
             ? fine
             : findings;
}

void run(const Options& options, int& exit_code) {
  const std::optional<bytecode::Module> module = compile_or_report(options.path, exit_code);
  if (!module) return;
  std::vector<bytecode::Index> wanted;
  for (bytecode::Index i = 0; i < module->simulations.size(); ++i) {
    if (options.name.empty() || module->simulations[i].name == options.name) wanted.push_back(i);
  }
  if (wanted.empty()) {
    fmt::print(stderr, "fairlead: {}\n",
               options.name.empty() ? "this project has no `simulate` block; docs/language/tour.md shows one"
                                    : fmt::format("this project has no simulation called \"{}\"", options.name));
    exit_code = wrong_use;
    return;
  }
  for (const bytecode::Index index : wanted)
    exit_code = std::max(exit_code, simulate(options, *module, index, wanted.size() > 1));
}

}  // namespace

void add_simulate(Session& session) {
  auto options = std::make_shared<Options>();
  CLI::App* command = session.app.add_subcommand("simulate", "run a project's simulations on a virtual clock");
  command->add_option("PATH", options->path, "a folder of .lead files, or one file")->capture_default_str();
  command->add_option("--name", options->name, "only the simulation of this name");
  command->add_option("--db", options->db, "the store (default: out/simulation.db in the project)");
  command->add_option("--messages", options->messages,
                      "the file that messages are written to (default: out/messages.jsonl)");
  command->add_option("--report", options->report, "the page (default: out/report.html)");
  command->add_option("--rows", options->rows, "rows of a record beside the contact, which are there from the start")
      ->option_text("RECORD=FILE …");
  command->add_flag("--fresh", options->fresh,
                    "begin anew; without it an interrupted simulation goes on where it stood");
  command->add_flag("--durable", options->durable, "wait for the disk at every batch, as `run` does");
  command->callback([options, &session] { run(*options, session.exit_code); });
}

}  // namespace fairlead::cli
