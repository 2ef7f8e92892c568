// Layered layout of a small graph. Labels are nodes of their own in layers of their own, so that none lies on a box.
#include "runtime/trial/report_layout.hpp"

#include <algorithm>
#include <numeric>

namespace fairlead::trial {
namespace {

constexpr double box_gap = 28, bend_gap = 18, layer_gap = 28, bend_width = 12;

/// What stands in a layer: a box, the label of a way, or a bend where a long way passes.
struct Node {
  enum Kind { box, label, bend } kind = box;
  Size size;
  std::size_t layer = 0;
  std::vector<std::size_t> up, down;  // neighbours in the layers above and below
  double x = 0;
};

class Layering {
 public:
  Layering(const std::vector<Size>& boxes, std::vector<Route> routes)
      : boxes_(boxes.size()), routes_(std::move(routes)) {
    for (const Size& size : boxes) nodes_.push_back({Node::box, size, 0, {}, {}, 0});
  }

  Layout run() {
    if (nodes_.empty()) return {};
    find_ways_back();
    insert_labels();
    assign_layers();
    insert_bends();
    make_order();
    for (int sweep = 0; sweep < 12; ++sweep) reorder(sweep % 2 == 0);
    order_ = best_;
    place();
    return result();
  }

 private:
  struct Link {
    std::size_t from, to, route;
  };

  void find_ways_back() {
    std::vector<std::vector<std::size_t>> out(boxes_);
    for (std::size_t r = 0; r < routes_.size(); ++r) out[routes_[r].from].push_back(r);
    // Depth first without recursion, since a flow may be long: 1 is on the path, 2 is done.
    std::vector<int> state(boxes_, 0);
    for (std::size_t root = 0; root < boxes_; ++root) {
      if (state[root] != 0) continue;
      std::vector<std::pair<std::size_t, std::size_t>> path{{root, 0}};
      state[root] = 1;
      while (!path.empty()) {
        auto& [box, next] = path.back();
        if (next == out[box].size()) {
          state[box] = 2;
          path.pop_back();
          continue;
        }
        Route& route = routes_[out[box][next++]];
        if (state[route.to] == 1) {
          route.upward = true;
        } else if (state[route.to] == 0) {
          state[route.to] = 1;
          path.emplace_back(route.to, 0);
        }
      }
    }
  }

  void insert_labels() {
    chains_.resize(routes_.size());
    for (std::size_t r = 0; r < routes_.size(); ++r) {
      const Route& route = routes_[r];
      if (route.from == route.to) continue;
      const std::size_t top = route.upward ? route.to : route.from;
      const std::size_t bottom = route.upward ? route.from : route.to;
      if (route.label.width > 0) {
        nodes_.push_back({Node::label, route.label, 0, {}, {}, 0});
        links_.push_back({top, nodes_.size() - 1, r});
        links_.push_back({nodes_.size() - 1, bottom, r});
      } else {
        links_.push_back({top, bottom, r});
      }
    }
  }

  void assign_layers() {
    std::vector<std::vector<std::size_t>> out(nodes_.size());
    std::vector<std::size_t> waits(nodes_.size(), 0);
    for (const Link& link : links_) {
      out[link.from].push_back(link.to);
      ++waits[link.to];
    }
    std::vector<std::size_t> ready;
    for (std::size_t n = 0; n < nodes_.size(); ++n) {
      if (waits[n] == 0) ready.push_back(n);
    }
    for (std::size_t i = 0; i < ready.size(); ++i) {
      for (const std::size_t to : out[ready[i]]) {
        nodes_[to].layer = std::max(nodes_[to].layer, nodes_[ready[i]].layer + 1);
        if (--waits[to] == 0) ready.push_back(to);
      }
    }
  }

  void insert_bends() {
    for (const Link& link : links_) {
      std::size_t above = link.from;
      for (std::size_t layer = nodes_[link.from].layer + 1; layer < nodes_[link.to].layer; ++layer) {
        nodes_.push_back({Node::bend, {bend_width, 0}, layer, {}, {}, 0});
        join(above, nodes_.size() - 1);
        chains_[link.route].push_back(nodes_.size() - 1);
        above = nodes_.size() - 1;
      }
      join(above, link.to);
      if (nodes_[link.to].kind == Node::label) chains_[link.route].push_back(link.to);
    }
  }

  void join(std::size_t above, std::size_t below) {
    nodes_[above].down.push_back(below);
    nodes_[below].up.push_back(above);
  }

  /// At first as a reader of the source meets them: depth first, in the order of the ways.
  void make_order() {
    std::size_t layers = 0;
    for (const Node& node : nodes_) layers = std::max(layers, node.layer + 1);
    order_.assign(layers, {});
    std::vector<bool> seen(nodes_.size(), false);
    for (std::size_t root = 0; root < nodes_.size(); ++root) {
      std::vector<std::size_t> open{root};
      while (!open.empty()) {
        const std::size_t n = open.back();
        open.pop_back();
        if (seen[n]) continue;
        seen[n] = true;
        order_[nodes_[n].layer].push_back(n);
        open.insert(open.end(), nodes_[n].down.rbegin(), nodes_[n].down.rend());
      }
    }
    best_ = order_;
    fewest_ = crossings();
  }

  [[nodiscard]] std::vector<std::size_t> positions() const {
    std::vector<std::size_t> at(nodes_.size(), 0);
    for (const auto& layer : order_) {
      for (std::size_t i = 0; i < layer.size(); ++i) at[layer[i]] = i;
    }
    return at;
  }

  [[nodiscard]] std::size_t crossings() const {
    const std::vector<std::size_t> at = positions();
    std::size_t count = 0;
    for (const auto& layer : order_) {
      std::vector<std::pair<std::size_t, std::size_t>> pairs;
      for (const std::size_t n : layer) {
        for (const std::size_t d : nodes_[n].down) pairs.emplace_back(at[n], at[d]);
      }
      for (std::size_t i = 0; i < pairs.size(); ++i) {
        for (std::size_t j = i + 1; j < pairs.size(); ++j) {
          const bool left = pairs[i].first<pairs[j].first, right = pairs[i].first> pairs[j].first;
          count += (left && pairs[i].second > pairs[j].second) || (right && pairs[i].second < pairs[j].second) ? 1 : 0;
        }
      }
    }
    return count;
  }

  /// Every layer by the mean position of its neighbours, downward or upward; what is best is kept.
  void reorder(bool downward) {
    for (std::size_t i = 0; i < order_.size(); ++i) {
      auto& layer = order_[downward ? i : order_.size() - 1 - i];
      const std::vector<std::size_t> at = positions();
      std::vector<double> mean(nodes_.size(), 0);
      for (const std::size_t n : layer) {
        const auto& neighbours = downward ? nodes_[n].up : nodes_[n].down;
        double sum = 0;
        for (const std::size_t m : neighbours) sum += static_cast<double>(at[m]);
        mean[n] = neighbours.empty() ? static_cast<double>(at[n]) : sum / static_cast<double>(neighbours.size());
      }
      std::stable_sort(layer.begin(), layer.end(), [&](std::size_t a, std::size_t b) { return mean[a] < mean[b]; });
    }
    if (const std::size_t count = crossings(); count < fewest_) {
      fewest_ = count;
      best_ = order_;
    }
  }

  [[nodiscard]] double apart(std::size_t a, std::size_t b) const {
    const bool boxes = nodes_[a].kind == Node::box && nodes_[b].kind == Node::box;
    return (nodes_[a].size.width + nodes_[b].size.width) / 2 + (boxes ? box_gap : bend_gap);
  }

  void place() {
    for (const auto& layer : order_) {
      for (std::size_t i = 1; i < layer.size(); ++i)
        nodes_[layer[i]].x = nodes_[layer[i - 1]].x + apart(layer[i - 1], layer[i]);
      const double middle = layer.empty() ? 0 : (nodes_[layer.front()].x + nodes_[layer.back()].x) / 2;
      for (const std::size_t n : layer) nodes_[n].x -= middle;
    }
    for (int sweep = 0; sweep < 240; ++sweep) {
      for (std::size_t i = 0; i < order_.size(); ++i) settle(order_[sweep % 2 == 0 ? i : order_.size() - 1 - i]);
    }
  }

  /// Each node of a layer toward the mean of its neighbours, without changing their order: least squares under
  /// minimal distances, which is isotonic regression (pool adjacent violators) after the distances are taken off.
  void settle(const std::vector<std::size_t>& layer) {
    struct Pool {
      double sum, weight;
      std::size_t size;
    };
    std::vector<Pool> pools;
    std::vector<double> offset(layer.size(), 0);
    for (std::size_t i = 0; i < layer.size(); ++i) {
      if (i > 0) offset[i] = offset[i - 1] + apart(layer[i - 1], layer[i]);
      const Node& node = nodes_[layer[i]];
      double sum = 0, weight = 0;
      for (const auto* side : {&node.up, &node.down}) {
        for (const std::size_t m : *side) {
          // Where nothing branches off and nothing joins, the way should be straight; elsewhere it may bend.
          const Node& above = side == &node.up ? nodes_[m] : node;
          const Node& below = side == &node.up ? node : nodes_[m];
          const double w = above.down.size() == 1 && below.up.size() == 1 ? 16 : 1;
          sum += w * nodes_[m].x;
          weight += w;
        }
      }
      const double wish = weight > 0 ? sum / weight : node.x;
      const double strength = node.kind == Node::box ? 4 : 1;
      pools.push_back({(wish - offset[i]) * strength, strength, 1});
      while (pools.size() > 1) {
        const Pool last = pools.back();
        Pool& before = pools[pools.size() - 2];
        if (before.sum / before.weight <= last.sum / last.weight) break;
        before = {before.sum + last.sum, before.weight + last.weight, before.size + last.size};
        pools.pop_back();
      }
    }
    std::size_t i = 0;
    for (const Pool& pool : pools) {
      for (std::size_t k = 0; k < pool.size; ++k, ++i) nodes_[layer[i]].x = pool.sum / pool.weight + offset[i];
    }
  }

  Layout result() {
    Layout out;
    double left = 0, right = 0;
    bool first = true;
    for (const Node& node : nodes_) {
      const double low = node.x - node.size.width / 2, high = node.x + node.size.width / 2;
      left = first ? low : std::min(left, low);
      right = first ? high : std::max(right, high);
      first = false;
    }
    std::vector<double> top(order_.size(), 0), height(order_.size(), 0);
    double y = 0;
    for (std::size_t i = 0; i < order_.size(); ++i) {
      for (const std::size_t n : order_[i]) height[i] = std::max(height[i], nodes_[n].size.height);
      top[i] = y;
      y += height[i] + layer_gap;
    }
    out.size = {right - left, y - layer_gap};
    const auto middle = [&](const Node& n) { return Place{n.x - left, top[n.layer] + height[n.layer] / 2}; };
    for (std::size_t b = 0; b < boxes_; ++b) out.boxes.push_back(middle(nodes_[b]));
    for (std::size_t r = 0; r < routes_.size(); ++r) {
      for (const std::size_t n : chains_[r]) {
        const Node& node = nodes_[n];
        routes_[r].pieces.push_back({node.x - left, top[node.layer], top[node.layer] + height[node.layer]});
        if (node.kind == Node::label) routes_[r].label_at = middle(node);
      }
    }
    out.routes = std::move(routes_);
    return out;
  }

  std::size_t boxes_;
  std::vector<Route> routes_;
  std::vector<Node> nodes_;
  std::vector<Link> links_;
  std::vector<std::vector<std::size_t>> chains_;  // labels and bends of each route, from top to bottom
  std::vector<std::vector<std::size_t>> order_, best_;
  std::size_t fewest_ = 0;
};

}  // namespace

Layout lay_out(const std::vector<Size>& boxes, std::vector<Route> routes) {
  return Layering(boxes, std::move(routes)).run();
}

}  // namespace fairlead::trial
