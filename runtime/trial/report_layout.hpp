// Where the boxes of a graph go, from top to bottom: layers by the longest way, few crossings, straight long ways
// (after Sugiyama, Tagawa and Toda 1981).
#pragma once

#include <cstddef>
#include <vector>

namespace fairlead::trial {

struct Size {
  double width = 0, height = 0;
};

struct Place {
  double x = 0, y = 0;  // of the centre
};

/// One way through the layers: from box `from` to box `to`, past its label where that has a width.
struct Route {
  std::size_t from = 0, to = 0;
  Size label;
  // Filled by lay_out:
  bool upward = false;  // against the layers: a way back
  Place label_at;
  /// Vertical pieces that the way runs through, from top to bottom, between the two boxes: x, and y from and to.
  struct Piece {
    double x = 0, top = 0, bottom = 0;
  };
  std::vector<Piece> pieces;
};

struct Layout {
  std::vector<Place> boxes;
  std::vector<Route> routes;
  Size size;
};

/// Box 0 is the beginning. A way from a box to itself is laid out without pieces. Deterministic.
Layout lay_out(const std::vector<Size>& boxes, std::vector<Route> routes);

}  // namespace fairlead::trial
