// ShardDirectory: how one shard reaches another: by mail. It tells who owns what, and what there is
// on each shard to be called; a port's objects are touched on their own shard's thread alone, which
// post() and ask() see to. Owned by the Server; filled while the shards start, constant afterwards.
#pragma once

#include <coroutine>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <type_traits>
#include <utility>
#include <vector>

#include "reactor/mailbox.h"
#include "reactor/pinned.h"
#include "reactor/reactor.h"
#include "reactor/task.h"
#include "reactor/task_scope.h"

namespace ringtalk::app {

namespace chat {
class BusLink;
class CachedMessageStore;
class FanOut;
class Heartbeat;
class Hub;
class MessageCommitter;
class OnlineUsers;
class Presence;
class Receipts;
class Routes;
class SessionTable;
class Tails;
class WatchedUsers;
class Watchers;
}  // namespace chat
namespace auth {
class RevokedLogins;
}
class Metrics;
class RateLimiter;

}  // namespace ringtalk::app

namespace ringtalk::db {
class Pool;
}

namespace ringtalk::app {

/// What a shard offers to its peers.
struct ShardPort {
  reactor::Reactor* reactor = nullptr;
  reactor::TaskScope* scope = nullptr;  // of work that peers have asked for
  db::Pool* pool = nullptr;
  chat::BusLink* bus_link = nullptr;
  chat::CachedMessageStore* cached_messages = nullptr;
  chat::FanOut* fan_out = nullptr;
  chat::Heartbeat* heartbeat = nullptr;  // of the first shard, with Redis
  chat::Hub* hub = nullptr;
  chat::MessageCommitter* committer = nullptr;
  chat::OnlineUsers* online_users = nullptr;
  chat::Presence* presence = nullptr;
  chat::Receipts* receipts = nullptr;
  chat::Routes* routes = nullptr;
  chat::SessionTable* sessions = nullptr;
  chat::Tails* tails = nullptr;
  chat::WatchedUsers* watched_users = nullptr;
  chat::Watchers* watchers = nullptr;
  auth::RevokedLogins* revoked_logins = nullptr;
  RateLimiter* rate_limiter = nullptr;
  Metrics* metrics = nullptr;
};

class ShardDirectory : reactor::Pinned {
 public:
  explicit ShardDirectory(std::size_t shards) : ports_(shards) {}

  /// Once a shard, before any of them serves.
  void enter(std::size_t shard, const ShardPort& port) { ports_[shard] = port; }

  [[nodiscard]] std::size_t size() const { return ports_.size(); }

  /// The shard that owns a conversation, a user or whatever else has an id.
  [[nodiscard]] std::size_t owner_of(std::int64_t id) const {
    // The low bits are a bucket and the high ones a time: stirred, they spread evenly.
    const auto stirred = static_cast<std::uint64_t>(id) * 0x9e3779b97f4a7c15U;
    return static_cast<std::size_t>((stirred >> 32) % ports_.size());
  }

  /// For posting to its mailbox; what else it names belongs to its own thread.
  [[nodiscard]] ShardPort& port(std::size_t shard) { return ports_[shard]; }

  /// Runs visit(ShardPort&) on that shard, later. False when its mailbox is full: nothing will run.
  template <class Visit>
  [[nodiscard]] bool post(std::size_t shard, Visit visit) {
    ShardPort& port = ports_[shard];
    return port.reactor->mailbox().post(
        [&port, visit = std::move(visit)]() mutable { visit(port); });
  }

  /// The same for what must not get lost, and is bounded by something else than the mailbox.
  template <class Visit>
  void post_surely(std::size_t shard, Visit visit) {
    ShardPort& port = ports_[shard];
    port.reactor->mailbox().post_answer(
        [&port, visit = std::move(visit)]() mutable { visit(port); });
  }

  // The same from the shard `here`, on which it runs at once: what one shard tells itself stands
  // before whatever it tells anyone afterwards.
  template <class Visit>
  [[nodiscard]] bool reach(std::size_t here, std::size_t shard, Visit visit) {
    if (shard != here) return post(shard, std::move(visit));
    visit(ports_[shard]);
    return true;
  }
  template <class Visit>
  void reach_surely(std::size_t here, std::size_t shard, Visit visit) {
    if (shard != here) return post_surely(shard, std::move(visit));
    visit(ports_[shard]);
  }

  /// Runs a copy on every shard, this one included. Returns how many mailboxes were full.
  template <class Visit>
  std::size_t post_to_all(const Visit& visit) {
    std::size_t refused = 0;
    for (std::size_t shard = 0; shard < size(); ++shard) {
      if (!post(shard, visit)) ++refused;
    }
    return refused;
  }

  /// `co_await directory.ask(here, shard, work)`: runs work(ShardPort&) → R over there and resumes
  /// here with the answer. Not bounded by the mailbox: whoever asks, waits.
  template <class Work>
  [[nodiscard]] reactor::Task<std::invoke_result_t<Work&, ShardPort&>> ask(reactor::Reactor& here,
                                                                           std::size_t shard,
                                                                           Work work) {
    std::optional<std::invoke_result_t<Work&, ShardPort&>> answer;
    const auto run = [&](ShardPort& port, std::coroutine_handle<> asker) {
      answer.emplace(work(port));
      here.mailbox().post_answer([asker] { asker.resume(); });
    };
    co_await Crossing{ports_[shard], run};
    co_return std::move(*answer);
  }

  /// The same for work that takes its time: work(ShardPort&) → Task<R>. At once where `shard` is
  /// this one.
  template <class Work>
  [[nodiscard]] std::invoke_result_t<Work&, ShardPort&> ask_task(reactor::Reactor& here,
                                                                 std::size_t shard, Work work) {
    if (ports_[shard].reactor == &here) co_return co_await work(ports_[shard]);
    using Answer = typename std::invoke_result_t<Work&, ShardPort&>::value_type;
    std::optional<Answer> answer;
    const auto run = [&](ShardPort& port, std::coroutine_handle<> asker) {
      port.scope->spawn(answer_later(here, port, work, answer, asker));
    };
    co_await Crossing{ports_[shard], run};
    co_return std::move(*answer);
  }

 private:
  template <class Run>
  struct Crossing {
    ShardPort& port;
    const Run& run;
    [[nodiscard]] bool await_ready() const noexcept { return false; }
    void await_suspend(std::coroutine_handle<> asker) const {
      port.reactor->mailbox().post_answer([this, asker] { run(port, asker); });
    }
    void await_resume() const noexcept {}
  };
  template <class Run>
  Crossing(ShardPort&, const Run&) -> Crossing<Run>;

  template <class Work, class Answer>
  static reactor::Task<void> answer_later(reactor::Reactor& home, ShardPort& port, Work& work,
                                          std::optional<Answer>& answer,
                                          std::coroutine_handle<> asker) {
    answer.emplace(co_await work(port));
    home.mailbox().post_answer([asker] { asker.resume(); });
  }

  std::vector<ShardPort> ports_;
};

}  // namespace ringtalk::app
