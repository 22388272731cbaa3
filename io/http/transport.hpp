#pragma once
#include <array>
#include <cstddef>
#include <functional>
#include <memory>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/ip/tcp.hpp>

namespace boost::asio::ssl {
class context;
}

namespace vilfredo::http {

/// A socket with or without TLS around it. Lives on the thread of its io_context; at most one read and one write at a
/// time, whose functions are called there, never from within the call.
class transport {
public:
  using fault = boost::system::error_code;
  using completion = std::function<void(fault, std::size_t)>;
  /// Gathered: a head and a body.
  using pieces = std::array<boost::asio::const_buffer, 2>;

  virtual ~transport() = default;
  /// Shakes hands. `protocol_not_supported`: the other side speaks without TLS; it can be answered so.
  virtual void open(std::function<void(fault)> done) = 0;
  virtual void read(boost::asio::mutable_buffer into, completion done) = 0;
  virtual void write(const pieces& what, completion done) = 0;
  /// Says that nothing more comes, then forgets what comes until the other side has closed, so that it can read what
  /// was written: a socket that is closed with unread bytes in it takes back what the other side has not read.
  /// `dropped` hears how many bytes that were, as they come.
  virtual void finish(std::function<void(std::size_t)> dropped, std::function<void()> done) = 0;
  virtual void close() = 0;
};

std::unique_ptr<transport> make_transport(boost::asio::ip::tcp::socket socket);
/// With TLS. What a handshake computes, which can take a millisecond, is done in `aside`, where nobody's answer waits
/// for it.
std::unique_ptr<transport> make_transport(boost::asio::ip::tcp::socket socket,
                                          std::shared_ptr<boost::asio::ssl::context> security,
                                          boost::asio::any_io_executor aside);

/// The end of both: of a socket whose other side was told that nothing more comes.
void forget_the_rest(boost::asio::ip::tcp::socket& from, std::function<void(std::size_t)> dropped,
                     std::function<void()> done);

}  // namespace vilfredo::http
