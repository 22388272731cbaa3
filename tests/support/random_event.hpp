#pragma once
#include <bit>
#include <cmath>
#include <memory>

#include "core/random.hpp"
#include "io/fact_fields.hpp"
#include "tests/support/random_definition.hpp"

/// Random events, and when two are the same to the bit: walks the list of fields that the codec walks.
namespace vilfredo::tests {

struct random_field {
  random_source& random;

  void operator()(std::uint64_t& x) { x = random.bits() >> random.below(64); }
  void operator()(std::uint32_t& x) { x = static_cast<std::uint32_t>(random.bits() >> (32 + random.below(32))); }
  void operator()(bool& x) { x = random.below(2) == 0; }
  void operator()(double& x) {
    static constexpr double special[] = {0.0,      -0.0,     5e-324, -5e-324, 1e308, 1.7976931348623157e308, 1e-310,
                                         absent,   0.1,      1e22,   1e21,    -1,    9007199254740993.0,     1.0 / 3,
                                         HUGE_VAL, -HUGE_VAL};
    auto any = std::bit_cast<double>(random.bits());
    x = random.below(3) ? special[random.below(std::size(special))] : any;
  }
  void operator()(std::string& x) {
    x.clear();
    static constexpr std::string_view pieces[] = {"a",       "€",  "😀",      "\"",   "\\",   "\\u0041",      "\n",
                                                  {"\0", 1}, "\t", "\x7f",   "\xff", "\xc3", "\xed\xb2\x80", "\x80",
                                                  "/",       "{}", "\\udc80"};
    for (auto n = random.below(8); n > 0; --n) x += pieces[random.below(std::size(pieces))];
  }
  void operator()(time_point& x) {
    static constexpr std::int64_t special[] = {0,
                                               -1,
                                               1,
                                               1'700'000'000'123,
                                               std::numeric_limits<std::int64_t>::min(),
                                               std::numeric_limits<std::int64_t>::max()};
    x = time_point(duration(special[random.below(std::size(special))]));
  }
  void operator()(origin& x) { x = static_cast<origin>(random.below(5)); }
  void operator()(return_cause& x) { x = static_cast<return_cause>(random.below(4)); }
  template <class Tag>
  void operator()(id<Tag>& x) {
    (*this)(x.number);
  }
  void operator()(assignments& x) { (*this)(x.values); }
  template <class T>
  void operator()(std::vector<T>& x) {
    x.resize(random.below(5) ? random.below(12) : random.below(200));
    for (auto& one : x) (*this)(one);
  }
  template <class T>
  void operator()(std::optional<T>& x) {
    x.reset();
    if (random.below(2)) (*this)(x.emplace());
    if constexpr (std::is_same_v<T, double>)
      if (x && std::isnan(*x)) x = 0;  // written as null, which says "none"
  }
  void operator()(std::shared_ptr<const definition>& x) {
    for (;;) {
      auto made = random_definition(random);
      if (validate(made)) return void(x = std::make_shared<const definition>(std::move(made)));
    }
  }
  // Finite, as the ledger lets pass: these are kept in the form of job files.
  void operator()(stop_rules& x) {
    x = {};
    if (random.below(2)) x.seconds = random_double(random);
    if (random.below(2)) x.failed = random.bits();
    if (random.below(2)) x.target["größe"] = random_double(random);
    if (random.below(2)) x.improbable = {random.bits(), random_double(random)};
    if (random.below(2)) x.steps = random_double(random);
    if (random.below(2)) x.cost["kept"] = random_double(random);
  }
  void operator()(metadata_map& x) {
    x.clear();
    for (auto n = random.below(4); n > 0; --n) {
      auto key = random_words(random);
      if (random.below(2))
        x[key] = random_double(random);
      else
        x[key] = random_words(random);
    }
  }
  void operator()(metadata& x) {
    metadata_map all;
    (*this)(all);
    x = random.below(3) ? std::make_shared<const metadata_map>(std::move(all)) : nullptr;
  }
  template <class T>
  void operator()(std::map<std::string, std::optional<T>>& x) {
    x.clear();
    for (auto n = random.below(4); n > 0; --n) {
      std::string key;
      (*this)(key);
      auto& value = x[key];
      if (random.below(2)) continue;
      (*this)(value.emplace());
      if constexpr (std::is_same_v<T, double>)
        if (!std::isfinite(*value)) value = 1;
    }
  }
};

template <std::size_t I = 0>
events::event random_event(std::size_t which, random_source& random) {
  if constexpr (I + 1 < std::variant_size_v<events::event>)
    if (which != I) return random_event<I + 1>(which, random);
  using E = std::variant_alternative_t<I, events::event>;
  E out;
  auto& body = io::fact_body(out);
  std::apply([&](const auto&... f) { (random_field{random}(body.*f.member), ...); }, io::fact_shape<E>::fields);
  return out;
}

inline bool same(double a, double b) {
  return std::bit_cast<std::uint64_t>(a) == std::bit_cast<std::uint64_t>(b) || (std::isnan(a) && std::isnan(b));
}
inline bool same(const assignments& a, const assignments& b) { return a == b; }
template <class T>
bool same(const std::vector<T>& a, const std::vector<T>& b) {
  return std::ranges::equal(a, b, [](const T& x, const T& y) { return same(x, y); });
}
inline bool same(const std::shared_ptr<const definition>& a, const std::shared_ptr<const definition>& b) {
  return a && b ? *a == *b : a == b;
}
inline bool same(const metadata& a, const metadata& b) { return a && b ? *a == *b : a == b; }
inline bool same(const std::optional<metadata>& a, const std::optional<metadata>& b) {
  return a.has_value() == b.has_value() && (!a || same(*a, *b));
}
inline bool same(const std::optional<assignments>& a, const std::optional<assignments>& b) {
  return a.has_value() == b.has_value() && (!a || *a == *b);
}
template <class T>
bool same(const T& a, const T& b) {
  return a == b;
}

inline bool same(const events::event& a, const events::event& b) {
  if (a.index() != b.index()) return false;
  return std::visit(
      [&]<class E>(const E& x) {
        const auto& left = io::fact_body(x);
        const auto& right = io::fact_body(std::get<E>(b));
        return std::apply([&](const auto&... f) { return (same(left.*f.member, right.*f.member) && ...); },
                          io::fact_shape<E>::fields);
      },
      a);
}

}  // namespace vilfredo::tests
