// Which backend make_backend() gives, also where the system refuses io_uring.
#include <gtest/gtest.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

#include <array>
#include <cerrno>
#include <cstddef>
#include <cstdlib>

#include "reactor/backend.h"
#include "reactor/kernel_backend.h"

namespace ringtalk::reactor {
namespace {

TEST(BackendChoice, auto_and_io_uring_give_io_uring_where_it_works) {
  for (const BackendKind kind : {BackendKind::kAuto, BackendKind::kUring}) {
    const Result<BackendChoice> choice = make_backend(kind);
    ASSERT_TRUE(choice.has_value());
    EXPECT_EQ(choice->backend->name(), "io_uring") << choice->why_not_uring;
    EXPECT_EQ(choice->why_not_uring, "");
  }
}

TEST(BackendChoice, epoll_gives_epoll_without_trying_io_uring) {
  const Result<BackendChoice> choice = make_backend(BackendKind::kEpoll);
  ASSERT_TRUE(choice.has_value());
  EXPECT_EQ(choice->backend->name(), "epoll");
  EXPECT_EQ(choice->why_not_uring, "");
}

/// From now on this process gets EPERM from that system call, as in many containers.
bool refuse(unsigned system_call) {
  std::array<sock_filter, 4> program{{
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr)),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, system_call, 0, 1),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
  }};
  const sock_fprog filter{.len = program.size(), .filter = program.data()};
  return ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
         ::prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter) == 0;
}

/// Exits with 0 if, without that system call, both kinds give epoll with a reason that has `word`.
[[noreturn]] void exit_with_fallback(unsigned system_call, std::string_view word) {
  if (!refuse(system_call)) std::_Exit(2);
  for (const BackendKind kind : {BackendKind::kAuto, BackendKind::kUring}) {
    const Result<BackendChoice> choice = make_backend(kind);
    if (!choice || choice->backend->name() != "epoll") std::_Exit(3);
    if (!choice->why_not_uring.contains(word)) std::_Exit(4);
    if (!choice->why_not_uring.contains("not permitted")) std::_Exit(5);
  }
  std::_Exit(0);
}

TEST(BackendChoiceDeathTest, a_refused_io_uring_falls_back_to_epoll_and_says_why) {
  EXPECT_EXIT(exit_with_fallback(SYS_io_uring_setup, "io_uring_setup"),
              ::testing::ExitedWithCode(0), "");
}

TEST(BackendChoiceDeathTest, an_io_uring_refused_at_its_first_use_falls_back_to_epoll) {
  EXPECT_EXIT(exit_with_fallback(SYS_io_uring_enter, "multishot receive"),
              ::testing::ExitedWithCode(0), "");
}

/// Exits with 0 if an epoll backend still sleeps properly without epoll_pwait2 (Linux < 5.11).
[[noreturn]] void exit_after_sleep_without_pwait2() {
  if (!refuse(SYS_epoll_pwait2)) std::_Exit(2);
  const Result<BackendChoice> choice = make_backend(BackendKind::kEpoll);
  std::vector<Completion> completed;
  const TimePoint begin = std::chrono::steady_clock::now();
  choice->backend->wait(begin + std::chrono::microseconds(10'500), completed);
  const Duration slept = std::chrono::steady_clock::now() - begin;
  if (slept < std::chrono::microseconds(10'500)) std::_Exit(3);
  if (choice->backend->figures().waits > 3) std::_Exit(4);
  choice->backend->wake();
  choice->backend->wait(kNever, completed);
  std::_Exit(completed.empty() ? 0 : 5);
}

TEST(BackendChoiceDeathTest, epoll_does_without_epoll_pwait2) {
  EXPECT_EXIT(exit_after_sleep_without_pwait2(), ::testing::ExitedWithCode(0), "");
}

TEST(AcceptFailures, of_one_connection_are_passed_over_and_of_the_process_waited_out) {
  EXPECT_EQ(classify_accept_failure(ECONNABORTED), AcceptFailure::kTransient);
  EXPECT_EQ(classify_accept_failure(EPROTO), AcceptFailure::kTransient);
  EXPECT_EQ(classify_accept_failure(EMFILE), AcceptFailure::kExhausted);
  EXPECT_EQ(classify_accept_failure(ENFILE), AcceptFailure::kExhausted);
  EXPECT_EQ(classify_accept_failure(ENOMEM), AcceptFailure::kExhausted);
  EXPECT_EQ(classify_accept_failure(EPERM), AcceptFailure::kExhausted);
  EXPECT_EQ(classify_accept_failure(EBADF), AcceptFailure::kFinal);
  EXPECT_EQ(classify_accept_failure(ECANCELED), AcceptFailure::kFinal);
}

}  // namespace
}  // namespace ringtalk::reactor
