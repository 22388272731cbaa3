#pragma once
#include <sqlite3.h>

#include <cstdint>
#include <cstring>

namespace vilfredo::test {

/// The disk under SQLite, failing when it is told to: a VFS around the system's own, in force while it lives.
///
/// Operations are writes, syncs and truncations of databases and their logs, counted from the last `arm`.
class faulty_vfs {
public:
  faulty_vfs() {
    real() = sqlite3_vfs_find(nullptr);
    vfs_ = *real();
    vfs_.zName = "faulty";
    vfs_.szOsFile = static_cast<int>(sizeof(file)) + real()->szOsFile;
    vfs_.xOpen = [](sqlite3_vfs*, const char* name, sqlite3_file* out, int flags, int* got) {
      auto* f = reinterpret_cast<file*>(out);
      f->base.pMethods = nullptr;
      int code = real()->xOpen(real(), name, f->below(), flags, got);
      if (f->below()->pMethods) f->base.pMethods = methods();
      return code;
    };
    sqlite3_vfs_register(&vfs_, 1);
  }
  ~faulty_vfs() {
    disarm();
    sqlite3_vfs_register(real(), 1);
    sqlite3_vfs_unregister(&vfs_);
  }
  faulty_vfs(const faulty_vfs&) = delete;

  /// The n-th operation from now fails with this code; all after it, too, when `for_good`. A failing sync may have
  /// reached the disk or not: the data was written.
  void arm(std::uint64_t n, int code, bool for_good = false) { now() = {0, n, code, for_good, 0}; }
  void disarm() { now() = {}; }
  std::uint64_t operations() const { return now().operations; }
  std::uint64_t faults() const { return now().faults; }

private:
  struct file {
    sqlite3_file base;
    sqlite3_file* below() { return reinterpret_cast<sqlite3_file*>(this + 1); }
  };
  struct plan {
    std::uint64_t operations = 0, fails_at = 0;
    int code = SQLITE_OK;
    bool for_good = false;
    std::uint64_t faults = 0;
  };
  static sqlite3_vfs*& real() {
    static sqlite3_vfs* x = nullptr;
    return x;
  }
  static plan& now() {
    static plan x;
    return x;
  }
  static sqlite3_file* below(sqlite3_file* f) { return reinterpret_cast<file*>(f)->below(); }
  static const sqlite3_io_methods& methods_of(sqlite3_file* f) { return *below(f)->pMethods; }

  /// SQLITE_OK, or the code this operation fails with.
  static int next(int usual) {
    auto& p = now();
    ++p.operations;
    bool fails = p.fails_at && (p.for_good ? p.operations >= p.fails_at : p.operations == p.fails_at);
    if (!fails) return SQLITE_OK;
    ++p.faults;
    return p.code == SQLITE_IOERR ? usual : p.code;
  }

  static const sqlite3_io_methods* methods() {
    static const sqlite3_io_methods all{
        3,
        [](sqlite3_file* f) { return methods_of(f).xClose(below(f)); },
        [](sqlite3_file* f, void* to, int n, sqlite3_int64 at) { return methods_of(f).xRead(below(f), to, n, at); },
        [](sqlite3_file* f, const void* from, int n, sqlite3_int64 at) {
          if (int code = next(SQLITE_IOERR_WRITE)) {
            // Half of it got through, as on a real disk.
            methods_of(f).xWrite(below(f), from, n / 2, at);
            return code;
          }
          return methods_of(f).xWrite(below(f), from, n, at);
        },
        [](sqlite3_file* f, sqlite3_int64 n) {
          if (int code = next(SQLITE_IOERR_TRUNCATE)) return code;
          return methods_of(f).xTruncate(below(f), n);
        },
        [](sqlite3_file* f, int flags) {
          if (int code = next(SQLITE_IOERR_FSYNC)) return code;
          return methods_of(f).xSync(below(f), flags);
        },
        [](sqlite3_file* f, sqlite3_int64* n) { return methods_of(f).xFileSize(below(f), n); },
        [](sqlite3_file* f, int how) { return methods_of(f).xLock(below(f), how); },
        [](sqlite3_file* f, int how) { return methods_of(f).xUnlock(below(f), how); },
        [](sqlite3_file* f, int* out) { return methods_of(f).xCheckReservedLock(below(f), out); },
        [](sqlite3_file* f, int what, void* with) { return methods_of(f).xFileControl(below(f), what, with); },
        [](sqlite3_file* f) { return methods_of(f).xSectorSize(below(f)); },
        [](sqlite3_file* f) { return methods_of(f).xDeviceCharacteristics(below(f)); },
        [](sqlite3_file* f, int page, int size, int extend, void volatile** out) {
          return methods_of(f).xShmMap(below(f), page, size, extend, out);
        },
        [](sqlite3_file* f, int at, int n, int flags) { return methods_of(f).xShmLock(below(f), at, n, flags); },
        [](sqlite3_file* f) { methods_of(f).xShmBarrier(below(f)); },
        [](sqlite3_file* f, int remove) { return methods_of(f).xShmUnmap(below(f), remove); },
        [](sqlite3_file* f, sqlite3_int64 at, int n, void** out) { return methods_of(f).xFetch(below(f), at, n, out); },
        [](sqlite3_file* f, sqlite3_int64 at, void* x) { return methods_of(f).xUnfetch(below(f), at, x); },
    };
    return &all;
  }

  sqlite3_vfs vfs_{};
};

}  // namespace vilfredo::test
