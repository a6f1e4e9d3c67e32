// StreamPair: two joined ByteStreams on a reactor of their own, over memory and virtual time or
// over loopback TCP on either kernel backend, so that what lives on streams meets the same tests on
// all of them. Peer: the far end, which says bytes and notes what it hears. Test code; one thread.
#pragma once

#include <gtest/gtest.h>

#include <cstddef>
#include <functional>
#include <memory>
#include <string>

#include "reactor/byte_stream.h"
#include "reactor/memory_stream.h"
#include "reactor/pinned.h"
#include "reactor/reactor.h"
#include "reactor/sim_backend.h"
#include "reactor/task_scope.h"
#include "run_task.h"

namespace ringtalk::test_support {

enum class StreamKind : std::uint8_t { kMemory, kMemoryByteByByte, kUring, kEpoll };
std::string name_of(const ::testing::TestParamInfo<StreamKind>& info);
/// For INSTANTIATE_TEST_SUITE_P.
inline const auto kAllStreams = ::testing::Values(
    StreamKind::kMemory, StreamKind::kMemoryByteByByte, StreamKind::kUring, StreamKind::kEpoll);

class StreamPair : reactor::Pinned {
 public:
  /// `options` hold for memory alone.
  explicit StreamPair(StreamKind kind, reactor::MemoryStreamOptions options = {});
  /// Joins the scope and closes both ends, which must leave nothing in flight.
  ~StreamPair();

  [[nodiscard]] reactor::Reactor& reactor() { return *reactor_; }
  [[nodiscard]] reactor::ByteStream& near() { return *near_; }
  [[nodiscard]] reactor::ByteStream& far() { return *far_; }
  [[nodiscard]] reactor::TaskScope& scope() { return scope_; }

  [[nodiscard]] bool turn_until(const std::function<bool()>& is_so,
                                reactor::Duration patience = kPatience) {
    return test_support::turn_until(*reactor_, is_so, patience);
  }
  void turn_for(reactor::Duration span) { test_support::turn_for(*reactor_, span); }

 private:
  void open_memory(reactor::MemoryStreamOptions options);
  void open_tcp(StreamKind kind);

  std::unique_ptr<reactor::ClockSource> clock_;
  std::unique_ptr<reactor::Reactor> reactor_;
  std::unique_ptr<reactor::ByteStream> near_;
  std::unique_ptr<reactor::ByteStream> far_;
  reactor::TaskScope scope_;
};

class Peer : reactor::Pinned {
 public:
  explicit Peer(StreamPair& pair) : pair_(pair), stream_(pair.far()) {}
  ~Peer();

  /// Queued and sent in order, from the loop.
  void say(const std::string& bytes);
  /// Ends our half once everything was said.
  void finish_speaking();
  /// Reads from now on, up to the end. A peer that was never told to listen reads nothing.
  void listen();
  /// Closes its stream now; what it has not read makes that a reset. The last thing it does.
  void vanish() { pair_.scope().spawn(go()); }

  [[nodiscard]] const std::string& heard() const { return heard_; }
  [[nodiscard]] std::size_t chunks_heard() const { return chunks_heard_; }
  [[nodiscard]] bool heard_the_end() const { return heard_the_end_; }
  /// False if it does not come within the pair's patience.
  [[nodiscard]] bool hears(const std::string& bytes) {
    return pair_.turn_until([&] { return heard_.contains(bytes); });
  }
  [[nodiscard]] bool hears_the_end(reactor::Duration patience = kPatience) {
    return pair_.turn_until([&] { return heard_the_end_; }, patience);
  }

 private:
  reactor::Task<void> speak();
  reactor::Task<void> hear();
  reactor::Task<void> go();

  StreamPair& pair_;
  reactor::ByteStream& stream_;
  std::string to_say_;
  std::string heard_;
  std::size_t chunks_heard_ = 0;
  reactor::TaskScope under_way_;
  bool is_speaking_ = false;
  bool finishes_ = false;
  bool heard_the_end_ = false;
};

}  // namespace ringtalk::test_support
