// The layout of graphs: on made-up graphs with ways back, loops and long ways, nothing lies on anything else.
#include "runtime/trial/report_layout.hpp"

#include <boost/test/unit_test.hpp>
#include <cmath>
#include <random>

namespace fairlead::trial {
namespace {

bool overlap(Place a, Size as, Place b, Size bs) {
  return std::abs(a.x - b.x) < (as.width + bs.width) / 2 - 0.01 &&
         std::abs(a.y - b.y) < (as.height + bs.height) / 2 - 0.01;
}

bool inside(Place at, Size size, Size page) {
  return at.x - size.width / 2 > -0.01 && at.y - size.height / 2 > -0.01 && at.x + size.width / 2 < page.width + 0.01 &&
         at.y + size.height / 2 < page.height + 0.01;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(layouts)

BOOST_AUTO_TEST_CASE(nothing_lies_on_anything) {
  std::mt19937 random(7);
  for (int round = 0; round < 60; ++round) {
    std::vector<Size> boxes;
    const std::size_t count = 1 + random() % 24;
    for (std::size_t i = 0; i < count; ++i) boxes.push_back({60.0 + static_cast<double>(random() % 160), 46});
    std::vector<Route> routes;
    for (std::size_t i = 1; i < count; ++i) routes.push_back({random() % i, i, {}, false, {}, {}});
    for (std::size_t i = random() % 12; i > 0; --i)
      routes.push_back({random() % count, random() % count, {}, false, {}, {}});
    for (Route& route : routes) {
      if (random() % 2 == 0) route.label = {40.0 + static_cast<double>(random() % 80), 20};
    }
    const Layout out = lay_out(boxes, routes);
    BOOST_REQUIRE(out.boxes.size() == boxes.size());
    BOOST_REQUIRE(out.routes.size() == routes.size());
    std::vector<std::pair<Place, Size>> things;
    for (std::size_t i = 0; i < count; ++i) things.emplace_back(out.boxes[i], boxes[i]);
    for (const Route& route : out.routes) {
      if (route.label.width > 0 && route.from != route.to) things.emplace_back(route.label_at, route.label);
    }
    for (std::size_t i = 0; i < things.size(); ++i) {
      BOOST_TEST(inside(things[i].first, things[i].second, out.size));
      for (std::size_t j = i + 1; j < things.size(); ++j) {
        BOOST_TEST(!overlap(things[i].first, things[i].second, things[j].first, things[j].second), "round " << round);
      }
    }
    for (const Route& route : out.routes) {
      if (route.from == route.to) continue;
      // Downward, but for the ways back.
      BOOST_TEST((out.boxes[route.from].y < out.boxes[route.to].y) == !route.upward);
      // Where a way passes a layer it passes beside the boxes.
      for (const Route::Piece& piece : route.pieces) {
        const Place middle{piece.x, (piece.top + piece.bottom) / 2};
        for (std::size_t i = 0; i < count; ++i) {
          BOOST_TEST(!overlap(middle, {1, piece.bottom - piece.top}, out.boxes[i], boxes[i]), "round " << round);
        }
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(a_chain_is_straight) {
  const std::vector<Size> boxes = {{100, 46}, {60, 46}, {220, 46}};
  const Layout out = lay_out(boxes, {{0, 1, {}, false, {}, {}}, {1, 2, {}, false, {}, {}}});
  BOOST_TEST(std::abs(out.boxes[0].x - out.boxes[1].x) < 0.5);
  BOOST_TEST(std::abs(out.boxes[1].x - out.boxes[2].x) < 0.5);
  BOOST_TEST(std::abs(out.size.width - 220) < 0.5);
}

BOOST_AUTO_TEST_CASE(no_boxes) {
  BOOST_TEST(lay_out({}, {}).boxes.empty());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace fairlead::trial
