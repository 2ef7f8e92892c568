// Pruning: what is old and nobody reads any more leaves the store, in slices, each of them one transaction with the
// entry that says so. A slice leaves a command in the inbox for the next one, so that a crash at any point is made up
// for by whoever goes on, and turns are taken in between.
#include <fmt/format.h>

#include <map>

#include "runtime/engine/engine.hpp"
#include "runtime/engine/retention.hpp"
#include "runtime/guard/planted.hpp"

namespace fairlead::engine {

using store::Aging;

std::string Engine::too_young(Instant before, Instant now) const {
  if (!settings_.keep_windows) return "";
  const std::vector<Need> needs = needs_of(deployments_.newest().module);
  const Duration least = least_kept(needs);
  if (!(now - least < before)) return "";
  const std::string nothing = fmt::format("nothing younger than {} can go", length_text(least));
  if (needs.empty()) return nothing;
  const Need& need = needs.front();
  return fmt::format("{} looks back {}{}: {}", need.what, length_text(need.window),
                     need.place.empty() ? "" : " (" + need.place + ")", nothing);
}

Result<void> Engine::prune_item(PruneIn in, const store::Inbox& row, Instant now) {
  if (!in.begun) {
    if (const std::string why = too_young(in.before, now); !why.empty())
      return refuse(row, now, fmt::format("a pruning by {}", in.by), why);
    in.begun = true;
    in.upto = head_.seq;
  }
  if (head_.checkpoint < in.upto) {
    // What recovery reads, and what no index leads to, cannot go: first a checkpoint.
    checkpoint_due_ = true;
  } else if (const Result<audit::Pruned> done = prune_slice(in, now); !done) {
    return tl::unexpected(done.error());
  } else if (!done->more) {
    return {};
  }
  batch_.post.push_back({0, now, store::InboxKind::command, encode(in)});
  return {};
}

Result<std::string> Engine::prune(Instant now, PruneIn in, const std::function<void(const audit::Pruned&)>& each) {
  tick(std::max(now, standing_.clock));
  if (std::string why = too_young(in.before, standing_.clock); !why.empty()) return why;
  if (head_.checkpoint < head_.seq) {
    if (const Result<void> written = checkpoint(); !written) return tl::unexpected(written.error());
  }
  for (bool more = true; more;) {
    const Result<audit::Pruned> done = prune_slice(in, standing_.clock);
    if (!done) return tl::unexpected(done.error());
    if (const Result<void> committed = commit(standing_.clock); !committed) return tl::unexpected(committed.error());
    if (each) each(*done);
    more = done->more;
  }
  return std::string();
}

Result<audit::Pruned> Engine::prune_slice(PruneIn& in, Instant now) {
  store::Pruning prune;
  prune.before = in.before;
  audit::Pruned said;
  said.before = in.before;
  said.by = in.by;
  said.because = in.because;
  std::map<store::ContactId, Cell> cells;
  while (true) {
    const Result<store::OldRows> old = store_.old_rows(in.what, in.before, in.after, settings_.prune_rows);
    if (!old) return tl::unexpected(old.error());
    const auto take = [&](std::vector<std::int64_t>& into, std::uint64_t& count, const store::OldRow& row) {
      into.push_back(row.number);
      ++count;
      said.bytes += row.bytes;
    };
    for (const store::OldRow& row : old->rows) {
      switch (in.what) {
        case Aging::event: {
          auto cell = cells.find(row.contact);
          if (cell == cells.end()) {
            // Past the cells at work: nobody moves here.
            Result<Cell> read = cells_.look(row.contact);
            if (!read) return tl::unexpected(read.error());
            cell = cells.emplace(row.contact, std::move(*read)).first;
          }
          if (still_read(cell->second, row) && !planted(Bug::pruned_under_way)) {
            ++said.kept;
          } else {
            take(prune.events, said.events, row);
          }
          break;
        }
        case Aging::outbox: take(prune.outbox, said.messages, row); break;
        case Aging::journal: take(prune.journal, said.batches, row); break;
        case Aging::rejected: take(prune.rejected, said.rejected, row); break;
      }
    }
    in.after = old->next.value_or(0);
    said.more = true;
    if (old->next) break;
    if (in.what == Aging::rejected) {
      said.more = false;
      break;
    }
    in.what = static_cast<Aging>(static_cast<std::uint8_t>(in.what) + 1);
  }
  // What looked through many rows and found nothing to remove has nothing to say, unless it was the last.
  if (said.events + said.messages + said.batches + said.rejected > 0 || said.kept > 0 || !said.more) say(now, said);
  batch_.prune = std::move(prune);
  return said;
}

}  // namespace fairlead::engine
