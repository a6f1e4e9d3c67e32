// What the bare programs share: options, a listening socket, a core to stay on. They are the
// yardstick of ./dev bench e2e: what the kernel does for anybody, without a parser, a session or a
// framework in between. One thread each; every failure ends the program with a sentence.
#pragma once

#include <cstddef>
#include <string>

namespace ringtalk::bench::bare {

/// Reads `--name VALUE` pairs: one call a known option, then `reject_others`.
class Options {
 public:
  Options(int count, char** words) : count_(count), words_(words) {}

  /// The option's value, or `otherwise`; one that is no number from `min` to `max` ends the
  /// program.
  struct Bounds {
    long otherwise, min, max;
  };
  long number(const char* name, Bounds bounds);
  std::string text(const char* name, const char* otherwise);
  /// Ends the program when a word was given that no call asked for.
  void reject_others() const;

 private:
  const char* value_of(const char* name);

  int count_;
  char** words_;
  int used_ = 0;
};

/// Prints "PROGRAM: what happened" and ends with 1.
[[noreturn]] void fail(const std::string& what);
/// The same with the words for errno when `outcome` is negative; else returns it.
int check(int outcome, const char* what);

/// Stays on this core from now on; -1: wherever the kernel likes.
void pin_to_core(long core);

/// A socket that listens on 127.0.0.1:`port` (0: any free one). Prints "listening PORT" on stdout.
int listen_on(long port);
int connect_to(long port);
/// With TCP_NODELAY, as every server has it.
int accept_from(int listener);

double seconds_now();
double cpu_seconds();  // of this process so far

/// Sends all of it, and waits for room when there is none. False when the peer has gone.
bool send_all(int socket, const char* bytes, std::size_t size);

inline constexpr std::size_t kReceiveBytes = 64 * 1024;  // asked for at once, as loadgen does

}  // namespace ringtalk::bench::bare
