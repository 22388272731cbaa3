#include "optimizer/keep.hpp"

#include "optimizer/hint.hpp"

namespace vilfredo {

namespace {
/// Changes when anything before the place was deleted.
std::uint64_t last_id(const plan_job& job, std::size_t seen) { return seen ? job.observations[seen - 1].id.number : 0; }
}  // namespace

kept read_kept(const plan_job& job, std::string_view whose) {
  hint_reader in(job.hint, whose);
  kept out;
  out.seen = in.count();
  out.noted = in.count();
  const auto last = in.count(), n = in.count();
  if (!in.sound() || out.seen > job.observations.size() || n > out.seen || out.noted > out.seen ||
      last != last_id(job, out.seen))
    return {};
  for (std::size_t k = 0; k < n && in.sound(); ++k) {
    out.places.push_back(in.count());
    if (out.places.back() >= out.seen) return {};
  }
  if (!in.ended()) return {};
  return out;
}

std::string write_kept(const plan_job& job, std::string_view whose, const kept& x) {
  hint_writer out(whose);
  out.count(x.seen);
  out.count(x.noted);
  out.count(last_id(job, x.seen));
  out.count(x.places.size());
  for (auto at : x.places) out.count(at);
  return std::move(out).text();
}

}  // namespace vilfredo
