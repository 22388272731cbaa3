#include "io/http/gzip.hpp"

#include <algorithm>
#include <cassert>

#include <zlib.h>

namespace vilfredo::http {

namespace {
constexpr std::size_t slice = 64 * 1024;
/// JSON shrinks to a fifth or less already; higher levels take several times as long for a few per cent.
constexpr int level = 1;
constexpr int gzip_window = 15 + 16;  // the 16 asks zlib for gzip's header and trailer
constexpr int memory = 8;
}  // namespace

struct gzip::engine {
  z_stream stream{};
  engine() {
    [[maybe_unused]] int begun = ::deflateInit2(&stream, level, Z_DEFLATED, gzip_window, memory, Z_DEFAULT_STRATEGY);
    assert(begun == Z_OK);
  }
  ~engine() { ::deflateEnd(&stream); }
};

gzip::gzip(std::string text) : text_(std::move(text)), engine_(std::make_unique<engine>()) {}
gzip::~gzip() = default;
gzip::gzip(gzip&&) noexcept = default;
gzip& gzip::operator=(gzip&&) noexcept = default;

bool gzip::go_on() {
  auto& stream = engine_->stream;
  const auto some = std::min(slice, text_.size() - done_);
  const bool last = done_ + some == text_.size();
  stream.next_in = reinterpret_cast<Bytef*>(text_.data() + done_);
  stream.avail_in = static_cast<uInt>(some);
  done_ += some;
  int said;
  do {
    const auto before = compressed_.size();
    const auto room = ::deflateBound(&stream, stream.avail_in) + 64;
    compressed_.resize(before + room);
    stream.next_out = reinterpret_cast<Bytef*>(compressed_.data() + before);
    stream.avail_out = static_cast<uInt>(room);
    said = ::deflate(&stream, last ? Z_FINISH : Z_NO_FLUSH);
    compressed_.resize(before + room - stream.avail_out);
  } while (stream.avail_in > 0 || (last && said != Z_STREAM_END));
  return last;
}

}  // namespace vilfredo::http
