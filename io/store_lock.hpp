#pragma once
#include <filesystem>
#include <functional>
#include <optional>
#include <string_view>

#include <sys/types.h>

#include "core/error.hpp"

namespace vilfredo::io {

/// Keeps a second writer from a store: an advisory lock on FILE.lock, which holds the owner's process id as text.
///
/// The kernel ends it with the process, however that dies, so a lock is never stale. The file stays: removing it would
/// let two processes lock two files of one name.
class store_lock {
public:
  static result<store_lock> take(const std::filesystem::path& store);
  /// `wait` is called between tries while a child of an owner that is gone still holds the lock: for the moment between
  /// its birth and its program, which closes the file.
  static result<store_lock> take(const std::filesystem::path& store, const std::function<void()>& wait);
  store_lock(store_lock&& other) noexcept;
  store_lock& operator=(store_lock&&) = delete;
  ~store_lock();

private:
  explicit store_lock(int file) : file_(file) {}
  int file_;
};

/// The process that writes a store at the moment, or 0 when none does; nothing where that cannot be known. Takes no
/// lock, for whoever looks on must not keep a writer out.
std::optional<pid_t> writer_of(const std::filesystem::path& store);

/// The name of a file system whose files several machines share, so that neither locks nor SQLite's shared memory can
/// be relied on; empty for all others. The argument is statfs's f_type.
std::string_view network_file_system(long type);

}  // namespace vilfredo::io
