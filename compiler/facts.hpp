// What is known to be there, by the paths that were asked for: `contact.mrr`, `click.link`. Branches copy what is known
// for each way and meet again, so copies share what they do not change.
#pragma once

#include <algorithm>
#include <iterator>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace fairlead::compiler {

class Facts {
 public:
  [[nodiscard]] bool contains(std::string_view path) const {
    const auto at = lower(path);
    return paths_ != nullptr && at != paths_->end() && *at == path;
  }
  void insert(std::string_view path) {
    if (contains(path)) return;
    std::vector<std::string>& own = mine();
    own.insert(std::lower_bound(own.begin(), own.end(), path), std::string(path));
  }
  void insert(const Facts& others) {
    if (others.paths_ == nullptr || others.paths_ == paths_) return;
    for (const std::string& path : *others.paths_) insert(path);
  }
  void erase(std::string_view path) {
    erase_if([path](const std::string& p) { return p == path; });
  }
  template <class Test>
  void erase_if(const Test& test) {
    if (paths_ == nullptr) return;
    Paths kept;
    std::remove_copy_if(paths_->begin(), paths_->end(), std::back_inserter(kept), test);
    if (kept.size() < paths_->size()) paths_ = std::make_shared<Paths>(std::move(kept));
  }
  template <class Act>
  void each(const Act& act) const {
    if (paths_ != nullptr) std::for_each(paths_->begin(), paths_->end(), act);
  }
  /// What both know.
  void meet(const Facts& other) {
    if (paths_ != other.paths_) erase_if([&other](const std::string& p) { return !other.contains(p); });
  }

 private:
  using Paths = std::vector<std::string>;

  [[nodiscard]] Paths::const_iterator lower(std::string_view path) const {
    return paths_ == nullptr ? Paths::const_iterator() : std::lower_bound(paths_->cbegin(), paths_->cend(), path);
  }
  Paths& mine() {
    if (paths_ == nullptr || paths_.use_count() > 1)
      paths_ = paths_ == nullptr ? std::make_shared<Paths>() : std::make_shared<Paths>(*paths_);
    return *paths_;
  }

  std::shared_ptr<Paths> paths_;  // sorted; null where nothing is known
};

/// What was known to be there until time passed, and where it passed. Shared like what is known.
template <class Place>
class StaleFacts {
 public:
  /// Null where the path did not go stale.
  [[nodiscard]] const Place* find(std::string_view path) const {
    if (places_ == nullptr) return nullptr;
    const auto at = places_->find(path);
    return at == places_->end() ? nullptr : &at->second;
  }
  void add(const std::string& path, const Place& place) { mine().insert_or_assign(path, place); }
  void merge(const StaleFacts& other) {
    if (other.places_ == nullptr || other.places_ == places_) return;
    if (places_ == nullptr) {
      places_ = other.places_;
    } else {
      mine().insert(other.places_->begin(), other.places_->end());
    }
  }

 private:
  using Places = std::map<std::string, Place, std::less<>>;

  Places& mine() {
    if (places_ == nullptr || places_.use_count() > 1)
      places_ = places_ == nullptr ? std::make_shared<Places>() : std::make_shared<Places>(*places_);
    return *places_;
  }

  std::shared_ptr<Places> places_;
};

}  // namespace fairlead::compiler
