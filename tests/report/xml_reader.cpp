// A strict reader of the XML that the reports write.
#include "tests/report/xml_reader.hpp"

#include "runtime/values/utf8.hpp"

namespace fairlead::compiler::report::test {

namespace {

class Reader {
 public:
  explicit Reader(std::string_view text) : text_(text) {}

  std::optional<Element> document() {
    if (!is_utf8(text_)) return std::nullopt;
    for (std::size_t i = 0; i < text_.size(); ++i) {
      const auto c = static_cast<unsigned char>(text_[i]);
      if (c < 0x20 && c != '\n' && c != '\t' && c != '\r') return std::nullopt;
      const std::string_view three = text_.substr(i, 3);
      if (three == "\xEF\xBF\xBE" || three == "\xEF\xBF\xBF") return std::nullopt;
    }
    if (!take("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n")) return std::nullopt;
    Element root;
    if (!element(root)) return std::nullopt;
    blanks();
    return at_ == text_.size() ? std::optional(root) : std::nullopt;
  }

 private:
  bool take(std::string_view what) {
    if (!text_.substr(at_).starts_with(what)) return false;
    at_ += what.size();
    return true;
  }
  void blanks() {
    while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\n')) ++at_;
  }
  std::string name() {
    const std::size_t begin = at_;
    while (at_ < text_.size() && ((text_[at_] >= 'a' && text_[at_] <= 'z') || text_[at_] == '-')) ++at_;
    return std::string(text_.substr(begin, at_ - begin));
  }
  /// Up to `end`, with entities undone.
  bool chars(char end, std::string& out) {
    while (at_ < text_.size() && text_[at_] != end) {
      if (text_[at_] == '<') return false;
      if (text_[at_] != '&') {
        out += text_[at_++];
      } else if (take("&amp;")) {
        out += '&';
      } else if (take("&lt;")) {
        out += '<';
      } else if (take("&gt;")) {
        out += '>';
      } else if (take("&quot;")) {
        out += '"';
      } else if (take("&#10;")) {
        out += '\n';
      } else if (take("&#13;")) {
        out += '\r';
      } else if (take("&#9;")) {
        out += '\t';
      } else {
        return false;
      }
    }
    return at_ < text_.size();
  }
  bool element(Element& out) {
    if (!take("<")) return false;
    out.name = name();
    if (out.name.empty()) return false;
    while (take(" ")) {
      const std::string key = name();
      if (key.empty() || !take("=\"") || !chars('"', out.attributes[key]) || !take("\"")) return false;
    }
    if (take("/>")) return true;
    if (!take(">")) return false;
    while (true) {
      if (!chars('<', out.text)) return false;
      if (take("</" + out.name + ">")) return true;
      if (!element(out.children.emplace_back())) return false;
    }
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

}  // namespace

std::optional<Element> read_xml(std::string_view text) {
  return Reader(text).document();
}

}  // namespace fairlead::compiler::report::test
