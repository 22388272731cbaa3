#include "io/child_process.hpp"

#include <csignal>
#include <fstream>
#include <string>
#include <utility>

#include <fcntl.h>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include <doctest/doctest.h>

#include "tests/support/processes.hpp"
#include "tests/support/run_listener.hpp"
#include "tests/support/scratch.hpp"

using namespace vilfredo;
using namespace vilfredo::io;
using vilfredo::test::eventually;

namespace {

const std::string helper = VILFREDO_TRIAL_PROGRAM;

child_process start(std::vector<std::string> arguments, std::string directory = {}) {
  auto child = child_process::start({std::move(arguments), {"PATH=/usr/bin:/bin"}, std::move(directory), {}});
  if (!child) FAIL(child.error().message);
  return *std::move(child);
}

std::string refusal(std::vector<std::string> arguments, std::string directory = {},
                    std::vector<std::string> environment = {"PATH=/usr/bin:/bin"}) {
  auto child = child_process::start({std::move(arguments), std::move(environment), std::move(directory), {}});
  REQUIRE_FALSE(child);
  return child.error().message;
}

std::string read_all(file_descriptor& from) {
  std::string out;
  char buffer[4096];
  for (;;) {
    pollfd ready{from.number(), POLLIN, 0};
    if (::poll(&ready, 1, 60'000) <= 0) return out + "(nothing more came)";
    auto got = ::read(from.number(), buffer, sizeof buffer);
    if (got <= 0) return out;
    out.append(buffer, static_cast<std::size_t>(got));
  }
}

child_end end_of(child_process& child) {
  pollfd ended{child.ended().number(), POLLIN, 0};
  REQUIRE(::poll(&ended, 1, 60'000) == 1);
  return child.take_end();
}

}  // namespace

TEST_CASE("output, errors and exit code come back") {
  auto child = start({"/bin/sh", "-c", "echo out; echo err >&2; exit 3"});
  CHECK(read_all(child.output()) == "out\n");
  CHECK(read_all(child.errors()) == "err\n");
  auto end = end_of(child);
  CHECK(end.code == 3);
  CHECK_FALSE(end.signal);
}

TEST_CASE("a signal is no exit code") {
  auto child = start({helper, "signal", "6"});
  auto end = end_of(child);
  CHECK(end.signal == SIGABRT);
  CHECK_FALSE(end.code);
}

TEST_CASE("CPU time and memory are counted") {
  auto child = start({helper, "eat-memory", "300"});
  auto end = end_of(child);
  CHECK(end.code == 0);
  CHECK(end.cpu_seconds > 0);
  CHECK(end.peak_memory_kb > 300'000);
  CHECK(end.peak_memory_kb < 3'000'000);
}

TEST_CASE("a program without a slash is found in the PATH of its environment") {
  auto child = start({"sh", "-c", "echo $0"});
  CHECK(read_all(child.output()) == "sh\n");
  CHECK(end_of(child).code == 0);
}

TEST_CASE("a program with a slash is relative to the run's directory") {
  test::scratch here;
  {
    std::ofstream script(here / "train.sh");
    script << "#!/bin/sh\npwd\n";
  }
  std::filesystem::permissions(here / "train.sh", std::filesystem::perms::owner_all);
  auto child = start({"./train.sh"}, here.path().string());
  CHECK(read_all(child.output()) == here.path().string() + "\n");
  CHECK(end_of(child).code == 0);
}

TEST_CASE("a program that cannot start says why, where it was looked for and what to do") {
  test::scratch here;
  auto directory = here.path().string();
  auto file = [&](const std::string& name, const std::string& text, bool program) {
    std::ofstream(here / name) << text;
    if (program) std::filesystem::permissions(here / name, std::filesystem::perms::owner_all);
  };
  CHECK(refusal({"train.py"}, directory) ==
        "cannot start \"train.py\": No such file or directory (run.command[0], looked in PATH)");
  file("train.py", "#!/no/such/interpreter\n", true);
  CHECK(refusal({"train.py"}, directory) ==
        "cannot start \"train.py\": No such file or directory (run.command[0], looked in PATH; to start the one in " +
            directory + " write \"./train.py\")");
  CHECK(refusal({"./train.py"}, directory) ==
        "cannot start \"./train.py\": No such file or directory (run.command[0], looked in " + directory +
            "; its first line names an interpreter that is not there)");
  CHECK(refusal({"sub/x"}, directory) ==
        "cannot start \"sub/x\": No such file or directory (run.command[0], looked in " + directory + ")");
  CHECK(refusal({"/no/such/x"}, directory) ==
        "cannot start \"/no/such/x\": No such file or directory (run.command[0])");
  file("plain", "echo hello\n", false);
  CHECK(refusal({"./plain"}, directory) == "cannot start \"./plain\": Permission denied (run.command[0], looked in " +
                                               directory + "; chmod +x makes a file a program)");
  file("script", "echo hello\n", true);  // a shell would run it; we are none
  CHECK(refusal({"./script"}, directory) == "cannot start \"./script\": Exec format error (run.command[0], looked in " +
                                                directory + "; a script needs a first line such as #!/bin/sh)");
  CHECK(refusal({"true"}, directory + "/missing") == "cannot start \"true\": its directory \"" + directory +
                                                         "/missing\" cannot be entered: No such file or directory "
                                                         "(run.directory)");
  CHECK(refusal({"true", std::string("a\0b", 3)}).find("NUL") != std::string::npos);
  CHECK(refusal({"true", std::string(4 << 20, 'x')}) ==
        "cannot start \"true\": Argument list too long (run.command[0], looked in PATH)");
}

TEST_CASE("starts, failed ones too, leave no descriptors and no zombies") {
  auto before = test::open_descriptors();
  for (int i = 0; i < 20; ++i) {
    refusal({"/no/such/program"});
    auto child = start({"/bin/true"});
    end_of(child);
  }
  CHECK(test::open_descriptors() == before);
  CHECK(::waitpid(-1, nullptr, WNOHANG) == -1);
  CHECK(errno == ECHILD);
}

TEST_CASE("the child has three descriptors, whatever we have open") {
  int leaky = ::open("/dev/zero", O_RDONLY);  // not close-on-exec, as a careless library would
  auto child = start({helper, "descriptors"});
  CHECK(read_all(child.output()) == "0\n1\n2\n");
  end_of(child);
  ::close(leaky);
}

TEST_CASE("the child has default signals, whatever we ignore and block") {
  auto before = ::signal(SIGPIPE, SIG_IGN);
  sigset_t some, old;
  sigemptyset(&some);
  sigaddset(&some, SIGUSR1);
  ::pthread_sigmask(SIG_BLOCK, &some, &old);
  auto child = start({helper, "signals"});
  CHECK(read_all(child.output()) == "SigBlk:\t0000000000000000\nSigIgn:\t0000000000000000\n");
  end_of(child);
  sigset_t now;
  ::pthread_sigmask(SIG_SETMASK, &old, &now);
  CHECK(sigismember(&now, SIGUSR1) == 1);
  ::signal(SIGPIPE, before);
}

TEST_CASE("limits hold in the child only") {
  child_program what{{helper, "limits"}, {}, {}, {{RLIMIT_AS, {1 << 30, 1 << 30}}, {RLIMIT_CORE, {0, 0}}}};
  auto child = child_process::start(what);
  REQUIRE(child);
  auto said = read_all(child->output());
  CHECK(said.find("memory 1073741824\n") != std::string::npos);
  CHECK(said.find("core 0\n") != std::string::npos);
  end_of(*child);
  rlimit ours{};
  ::getrlimit(RLIMIT_AS, &ours);
  CHECK(ours.rlim_cur != 1 << 30);
}

TEST_CASE("a child that is let go of is killed with its group") {
  test::scratch here;
  auto file = (here / "grandchild").string();
  pid_t leader = 0;
  {
    auto child = start({helper, "fork-grandchild", file});
    leader = child.number();
    REQUIRE(eventually([&] { return test::number_in(file) != 0; }));
  }
  CHECK_FALSE(test::runs(leader));
  CHECK(eventually([&] { return !test::runs(test::number_in(file)); }));
}
