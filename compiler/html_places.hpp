// Where in HTML a hole stands, and what may stand there. Follows the states of the HTML standard's tokenizer (WHATWG,
// 13.2.5) as far as they decide how a value has to be escaped; what no escaping makes safe is refused.
#pragma once

#include <string>
#include <string_view>

#include "compiler/address_place.hpp"

namespace fairlead::compiler {

struct HtmlHole {
  enum class Kind : unsigned char {
    text,       // between tags
    title,      // where tags mean nothing: in <title> and <textarea>
    attribute,  // in a quoted attribute that holds text
    address,    // at the start of a quoted attribute that holds a web address
    part,       // in the rest of a web address
    refused,
  };
  Kind kind = Kind::text;
  std::string where;  // refused: completes `a hole cannot stand …`
  std::string help;   // refused: what to do
};

class HtmlPlaces {
 public:
  /// A stretch of HTML that stands there as it is.
  void read(std::string_view html);
  /// The place between what was read and what will be.
  HtmlHole hole();

 private:
  enum class State : unsigned char {
    data,
    tag_open,
    end_tag_open,
    tag_name,
    before_attribute,
    attribute_name,
    after_attribute_name,
    before_value,
    double_quoted,
    single_quoted,
    unquoted,
    after_value,
    markup,
    comment,
    bogus_comment,
    raw,
    title,
  };

  void step(char c);
  void begin_attribute(char c);
  void end_tag();
  void in_raw(char c);
  [[nodiscard]] HtmlHole in_value();

  State state_ = State::data;
  std::string tag_;          // the name of the tag being read; of raw text, of the element around it
  bool closing_ = false;     // it is an end tag
  bool slash_ = false;       // the last character of the tag was a `/`
  std::string attribute_;    // the name of the attribute being read
  AddressPlace address_;     // its value, as an address
  std::string seen_;         // of a comment, a declaration, or what may be the end tag of raw text
  std::size_t foreign_ = 0;  // <svg> and <math> that are open
};

}  // namespace fairlead::compiler
