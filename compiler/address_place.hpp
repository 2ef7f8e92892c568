// Where in a web address a value may stand. What decides where an address leads (its scheme and its host) has to be
// fixed, or a value that is a whole address; everything behind may hold values, percent-encoded.
#pragma once

#include <string>
#include <string_view>

namespace fairlead::compiler {

class AddressPlace {
 public:
  enum class Hole : unsigned char {
    whole,  // at the very start: the value has to be an address itself
    part,   // behind the host
    open,   // where it could change to whom the address leads
  };

  /// A stretch that stands there as it is.
  void read(std::string_view fixed) { text_ += fixed; }
  /// A value, between what was read and what will be.
  Hole hole();

 private:
  std::string text_;     // fixed text since the start, or since the address that it begins with
  bool begins_ = false;  // with a value
};

}  // namespace fairlead::compiler
