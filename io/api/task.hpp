#pragma once
#include <coroutine>
#include <exception>
#include <functional>
#include <optional>
#include <utility>
#include <variant>

/// Coroutines, so that a route that waits for actors several times reads from top to bottom.
///
/// A lambda or an aggregate with members that have destructors must have a name before it stands in a co_await
/// expression: GCC 12 destroys those of an unnamed one twice (its bugs 101367 and 99576).
namespace vilfredo::api {

/// A computation that begins when it is awaited, gives a T or throws, and may be continued on any thread.
template <class T>
class [[nodiscard]] task {
public:
  struct promise_type {
    std::coroutine_handle<> caller;
    std::variant<std::monostate, T, std::exception_ptr> outcome;

    task get_return_object() { return task(std::coroutine_handle<promise_type>::from_promise(*this)); }
    std::suspend_always initial_suspend() noexcept { return {}; }
    auto final_suspend() noexcept {
      struct back_to_caller {
        bool await_ready() noexcept { return false; }
        std::coroutine_handle<> await_suspend(std::coroutine_handle<promise_type> done) noexcept {
          return done.promise().caller;
        }
        void await_resume() noexcept {}
      };
      return back_to_caller{};
    }
    void return_value(T x) { outcome.template emplace<1>(std::move(x)); }
    void unhandled_exception() { outcome.template emplace<2>(std::current_exception()); }
  };

  task(task&& other) noexcept : handle_(std::exchange(other.handle_, nullptr)) {}
  task& operator=(task&&) = delete;
  ~task() {
    if (handle_) handle_.destroy();
  }

  bool await_ready() const noexcept { return false; }
  std::coroutine_handle<> await_suspend(std::coroutine_handle<> caller) noexcept {
    handle_.promise().caller = caller;
    return handle_;
  }
  T await_resume() {
    auto& outcome = handle_.promise().outcome;
    if (auto* failed = std::get_if<2>(&outcome)) std::rethrow_exception(*failed);
    return std::move(std::get<1>(outcome));
  }

private:
  explicit task(std::coroutine_handle<promise_type> handle) : handle_(handle) {}
  std::coroutine_handle<promise_type> handle_;
};

struct detached {
  struct promise_type {
    detached get_return_object() { return {}; }
    std::suspend_never initial_suspend() noexcept { return {}; }
    std::suspend_never final_suspend() noexcept { return {}; }
    void return_void() {}
    void unhandled_exception() { std::terminate(); }
  };
};

/// Runs a task on its own; `done` gets its value, `failed` what it threw instead. Neither may throw.
template <class T, class Done, class Failed>
detached start(task<T> what, Done done, Failed failed) {
  std::exception_ptr thrown;
  std::optional<T> value;
  try {
    value.emplace(co_await std::move(what));
  } catch (...) {
    thrown = std::current_exception();
  }
  if (thrown)
    failed(thrown);
  else
    done(*std::move(value));
}

/// Carries work to another thread.
using executor = std::function<void(std::function<void()>)>;

/// Waits for a function that calls back exactly once, with a T. `resume` carries the rest to a thread that may be kept
/// busy.
template <class T, class Begin>
class callback {
public:
  callback(const executor& resume, Begin begin) : resume_(resume), begin_(std::move(begin)) {}

  bool await_ready() const noexcept { return false; }
  void await_suspend(std::coroutine_handle<> rest) {
    // The rest may run, and end the life of this, before `begin` has returned.
    auto begin = std::move(begin_);
    auto answer = [this, rest](T x) {
      got_.emplace(std::move(x));
      resume_([rest] { rest.resume(); });
    };
    begin(std::function<void(T)>(answer));
  }
  T await_resume() { return *std::move(got_); }

private:
  const executor& resume_;
  Begin begin_;
  std::optional<T> got_;
};

}  // namespace vilfredo::api
