#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

namespace vilfredo::io {

enum class json_style {
  strict,   ///< RFC 8259
  relaxed,  ///< for files that people write: // and /* */ comments, a comma after the last element
  facts,    ///< strict, and a lone \udcXX (XX from 80) is the byte XX: how facts keep text that is not UTF-8
};

/// Walks over JSON text from front to back and builds nothing, so that a fact is read at the cost of its characters.
///
/// Each step says whether it succeeded. The first failure is kept, and every later step fails, too: a caller may look
/// once, at the end. The text must outlive the cursor.
class json_cursor {
public:
  explicit json_cursor(std::string_view text, json_style style = json_style::strict) : text_(text), style_(style) {}

  /// The first character of what comes next, 0 at the end of the text or after a failure.
  char peek();
  /// Steps over `c` when it comes next.
  bool take(char c);

  /// `if (cursor.open('[')) while (cursor.more(']')) …value…`; the same with braces and `key`.
  bool open(char bracket);
  bool more(char closing);
  /// A key and its colon. The view ends with the next step, and with `scratch`.
  bool key(std::string_view& out, std::string& scratch);

  bool string(std::string& out);
  /// Numbers written without fraction and exponent are whole where 64 bits suffice (but −0 is a double).
  using number_value = std::variant<std::int64_t, std::uint64_t, double>;
  bool number(number_value& out);
  bool number(double& out);
  bool number(std::uint64_t& out);
  bool word(std::string_view literal);  ///< true, false, null
  /// Steps over one value and returns its text.
  bool skip(std::string_view& out);
  /// Succeeds when only blank space is left.
  bool end();

  bool failed() const { return failure_.has_value(); }
  /// Fails with what comes next in place of what was expected ("a value"). Always false.
  bool expected(std::string_view what);
  /// Keeps the sentence, if it is the first, with the present place. Always false.
  bool fail(std::string sentence);
  bool fail_at(std::size_t offset, std::string sentence);
  std::size_t offset() const { return at_; }

  struct failure {
    std::size_t offset = 0;
    std::string sentence;
  };
  const std::optional<failure>& what_failed() const { return failure_; }

  static constexpr std::size_t most_levels = 64;  ///< of lists and objects inside each other

private:
  void blank();
  void comment();
  bool string_view(std::string_view& out, std::string& scratch);
  bool escape(std::string& out);
  bool code_unit(std::uint32_t& out);
  std::string_view number_token(bool& whole);
  bool any();

  std::string_view text_;
  json_style style_;
  std::size_t at_ = 0;
  std::size_t levels_ = 0;
  bool first_ = false;  // nothing of the innermost list or object was read yet
  std::optional<failure> failure_;
};

}  // namespace vilfredo::io
