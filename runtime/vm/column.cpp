// Tests asked column by column. A block of rows goes through the tests together; each test has a set of the rows that
// come to it, and hands them on to the next for either answer. Every jump goes forward, so one walk is enough.
#include "runtime/vm/column.hpp"

#include <array>
#include <bit>
#include <limits>

#include "runtime/vm/ask.hpp"

namespace fairlead::vm {
namespace {

using Column = Columns::Column;
using Kind = Test::Kind;
using Word = std::uint64_t;  // a set of 64 rows

constexpr std::size_t rows_a_word = 64, words_a_block = 16;
using Rows = std::array<Word, words_a_block>;

/// What a test says of 64 rows: who it knows about, and for whom of them it holds.
struct Said {
  Word known = 0, holds = 0;
};

/// A range of 128 bits, as far as values of 64 bits can be in it: [from, from + width].
struct Narrow {
  std::uint64_t from = 0, width = 0;
  bool none = false;

  explicit Narrow(const Test::Range& range) {
    constexpr int128 least = std::numeric_limits<std::int64_t>::min(), most = std::numeric_limits<std::int64_t>::max();
    const auto first = static_cast<int128>(range.from), last = static_cast<int128>(range.from + range.width - 1);
    none = range.width == 0 || first > most || last < least;
    from = static_cast<std::uint64_t>(std::max(first, least));
    width = static_cast<std::uint64_t>(std::min(last, most)) - from;
  }
};

/// A byte a row first, which depends on no other, then eight of them to eight bits by one multiplication.
template <class Holds>
Word word_of(std::size_t count, const Holds& holds) {
  std::array<std::uint8_t, rows_a_word> bytes;
  if (count == rows_a_word) {
#pragma GCC unroll 8
    for (std::size_t i = 0; i < rows_a_word; ++i) bytes[i] = static_cast<std::uint8_t>(holds(i));
  } else {
    bytes.fill(0);
    for (std::size_t i = 0; i < count; ++i) bytes[i] = static_cast<std::uint8_t>(holds(i));
  }
  Word out = 0;
  for (std::size_t i = 0; i < rows_a_word; i += 8) {
    std::uint64_t eight = 0;  // the first row's byte is the lowest, as on every machine that we run on
    std::memcpy(&eight, &bytes[i], 8);
    out |= (eight * 0x0102040810204080U >> 56U) << i;
  }
  return out;
}
static_assert(std::endian::native == std::endian::little);

/// Calls for each row of the set.
template <class Each>
void for_each(Word rows, const Each& each) {
  for (; rows != 0; rows &= rows - 1) each(static_cast<std::size_t>(std::countr_zero(rows)));
}

class Block {
 public:
  Block(const std::vector<Test>& tests, const Columns& columns, std::size_t begin, std::vector<Rows>& coming)
      : tests_(tests), columns_(columns), begin_(begin), coming_(coming) {}

  void run() {
    const std::size_t rows = std::min(columns_.rows() - begin_, rows_a_word * words_a_block);
    std::fill(coming_.begin(), coming_.end(), Rows{});
    for (std::size_t w = 0; w * rows_a_word < rows; ++w) {
      const std::size_t count = std::min(rows_a_word, rows - w * rows_a_word);
      coming_[0][w] = count == rows_a_word ? ~Word{0} : (Word{1} << count) - 1;
    }
    for (std::size_t t = 0; t < tests_.size(); ++t) {
      for (std::size_t w = 0; w < words_a_block; ++w) {
        if (coming_[t][w] != 0) hand_on(t, w);
      }
    }
  }

  Rows in{}, undecided{};

 private:
  void hand_on(std::size_t t, std::size_t w) {
    const Test& test = tests_[t];
    const Word rows = coming_[t][w];
    switch (test.kind) {
      case Kind::go: coming_[t + test.other][w] |= rows; return;
      case Kind::give_true: in[w] |= rows; return;
      case Kind::give_false: return;
      case Kind::leave: undecided[w] |= rows; return;
      default: break;
    }
    const Said said = ask_rows(test, w, rows);
    const Word yes = rows & said.known & said.holds, no = rows & said.known & ~said.holds;
    undecided[w] |= rows & ~said.known;
    coming_[t + 1][w] |= test.goes_on ? yes : no;
    coming_[t + test.other][w] |= test.goes_on ? no : yes;
  }

  [[nodiscard]] Said ask_rows(const Test& test, std::size_t w, Word rows) const {
    const bool texts = columns_.column(test.field).all == test.tag;
    switch (test.kind) {
      case Kind::range: return range(test, w);
      case Kind::text_2: return texts ? text<std::uint16_t>(test, w, rows) : one_by_one(test, w, rows);
      case Kind::text_4: return texts ? text<std::uint32_t>(test, w, rows) : one_by_one(test, w, rows);
      case Kind::text_8: return texts ? text<std::uint64_t>(test, w, rows) : one_by_one(test, w, rows);
      default: return one_by_one(test, w, rows);
    }
  }

  /// Where all rows have a text.
  template <class Ends>
  [[nodiscard]] Said text(const Test& test, std::size_t w, Word rows) const {
    const std::string_view* const texts = columns_.column(test.field).texts.data() + begin_ + w * rows_a_word;
    const Test::Text is = test.text;
    const auto same = [&](std::size_t i) {
      return texts[i].size() == is.size && same_ends<Ends>(texts[i].data(), is.data, is.size);
    };
    Said out;
    out.known = ~Word{0};
    if (rows == ~Word{0}) {
      out.holds = word_of(rows_a_word, same);
    } else {
      for_each(rows, [&](std::size_t i) { out.holds |= static_cast<Word>(same(i)) << i; });
    }
    return out;
  }

  /// Of all 64 rows at once: who does not come to the test costs nothing either.
  [[nodiscard]] Said range(const Test& test, std::size_t w) const {
    const Column& column = columns_.column(test.field);
    const std::size_t first = begin_ + w * rows_a_word, count = std::min(rows_a_word, columns_.rows() - first);
    const Narrow narrow(test.range);
    const std::int64_t* const units = column.units.data() + first;
    Said out;
    if (!narrow.none) {
      const std::uint64_t from = narrow.from, width = narrow.width;
      out.holds = word_of(count, [=](std::size_t i) { return static_cast<std::uint64_t>(units[i]) - from <= width; });
    }
    if (column.all == test.range_of) {
      out.known = ~Word{0};
      return out;
    }
    const Tag* const tags = column.tags.data() + first;
    const Word same = word_of(count, [&](std::size_t i) { return tags[i] == test.range_of; });
    out.known = same;
    if (test.absent_too) out.known |= word_of(count, [&](std::size_t i) { return tags[i] == Tag::none; });
    out.holds &= same;
    return out;
  }

  [[nodiscard]] Said one_by_one(const Test& test, std::size_t w, Word rows) const {
    const Column& column = columns_.column(test.field);
    const std::size_t first = begin_ + w * rows_a_word;
    Said out;
    for_each(rows, [&](std::size_t i) {
      const Tag tag = column.tags[first + i];
      Answer answer = Answer::none;
      if (tag == test.tag) {
        answer = same_short(column.texts[first + i], test) ? Answer::yes : Answer::no;
      } else {
        const Value value = columns_.at(test.field, first + i);
        answer = ask(test, value);
        if (answer == Answer::none) answer = ask_rare(test, value);
      }
      out.known |= static_cast<Word>(answer != Answer::none) << i;
      out.holds |= static_cast<Word>(answer == Answer::yes) << i;
    });
    return out;
  }

  const std::vector<Test>& tests_;
  const Columns& columns_;
  std::size_t begin_;
  std::vector<Rows>& coming_;  // by test
};

}  // namespace

void Columns::add(std::span<const Value> row) {
  for (std::size_t f = 0; f < columns_.size(); ++f) {
    Column& column = columns_[f];
    const Value value = f < row.size() ? row[f] : Value();
    Tag tag = value.tag();
    std::int64_t units = 0;
    if (tag == Tag::text) {
      column.texts.resize(rows_);
      column.texts.push_back(value.as_text());
    } else if (tag == Tag::list || value.units() != static_cast<std::int64_t>(value.units())) {
      tag = wide;
      column.wide_ones.emplace(rows_, value);
    } else {
      units = static_cast<std::int64_t>(value.units());
    }
    column.all = rows_ == 0 || column.all == tag ? std::optional(tag) : std::nullopt;
    column.tags.push_back(tag);
    column.units.push_back(units);
  }
  ++rows_;
}

Value Columns::at(std::size_t field, std::size_t row) const {
  const Column& column = columns_[field];
  const std::int64_t units = column.units[row];
  switch (column.tags[row]) {
    case Tag::none: return {};
    case Tag::boolean: return Value::of(units != 0);
    case Tag::number: return Value::of(Decimal::from_units(units));
    case Tag::money: return Value::money(Decimal::from_units(units));
    case Tag::text: return Value::text(column.texts[row]);
    case Tag::duration: return Value::of(Duration{units});
    case Tag::instant: return Value::of(Instant{units});
    case Tag::date: return Value::of(Date{static_cast<std::int32_t>(units)});
    case Tag::time: return Value::of(TimeOfDay{static_cast<std::int32_t>(units)});
    default: return column.wide_ones.at(row);
  }
}

Selection select(const Program& program, bytecode::Index function, const Columns& columns,
                 const std::function<World(std::size_t row)>& world) {
  Selection out;
  out.rows = columns.rows();
  out.words.resize((out.rows + rows_a_word - 1) / rows_a_word);
  Arena arena;
  std::vector<Value> fields(columns.fields());
  const auto by_itself = [&](std::size_t row) {
    World sees = world(row);
    for (std::size_t f = 0; f < fields.size(); ++f) fields[f] = columns.at(f, row);
    sees.fields = fields;
    const Result<Value> value = program.evaluate(function, sees, arena);
    if (value && value->tag() == Tag::boolean) {
      out.words[row / rows_a_word] |= static_cast<Word>(value->as_bool()) << row % rows_a_word;
    } else {
      out.faults.emplace_back(row, value ? Fault{FaultCode::wrong_type, {}} : value.error());
    }
    arena.clear();
  };

  const Prepared* const prepared = program.begins_with_tests(function);
  if (prepared == nullptr || prepared->fields > columns.fields()) {
    for (std::size_t row = 0; row < columns.rows(); ++row) by_itself(row);
    return out;
  }
  std::vector<Rows> coming(prepared->tests.size());
  for (std::size_t begin = 0; begin < columns.rows(); begin += rows_a_word * words_a_block) {
    Block block(prepared->tests, columns, begin, coming);
    block.run();
    for (std::size_t w = 0; w < words_a_block; ++w) {
      const std::size_t first = begin + w * rows_a_word;
      if (first < out.rows) out.words[first / rows_a_word] = block.in[w];
      for_each(block.undecided[w], [&](std::size_t i) { by_itself(first + i); });
    }
  }
  return out;
}

}  // namespace fairlead::vm
