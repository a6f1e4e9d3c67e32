// WorkerPool: threads for what must block (Argon2id). Owned by the Server and shared by its shards;
// run() is called on a shard's thread and resumes its caller there. The queue is bounded: past it
// the answer is kOverloaded at once, which REST passes on as 503. Order of ending: each shard joins
// its callers, then it may end its reactor; the pool ends last or whenever no caller waits.
#pragma once

#include <condition_variable>
#include <coroutine>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <optional>
#include <thread>
#include <type_traits>
#include <vector>

#include "reactor/mailbox.h"
#include "reactor/pinned.h"
#include "reactor/reactor.h"
#include "reactor/result.h"
#include "reactor/task.h"

namespace ringtalk::reactor {

class WorkerPool : Pinned {
 public:
  struct Limits {
    std::size_t threads = 2;
    std::size_t queue_max = 128;  // jobs that wait, not counting those that run
  };
  explicit WorkerPool(Limits limits);
  /// Joins its threads. No caller waits any more: each has been resumed before.
  ~WorkerPool();

  /// Runs `job` on a worker, then resumes here. `job` is moved in and owns what it needs.
  template <class Job>
  [[nodiscard]] Task<Result<std::invoke_result_t<Job&>>> run(Reactor& reactor, Job job) {
    using Value = std::invoke_result_t<Job&>;
    std::optional<Value> value;
    const bool taken = co_await Submission(*this, reactor, [&] { value.emplace(job()); });
    if (!taken) co_return fail(ErrorKind::kOverloaded, "the worker queue is full");
    co_return std::move(*value);
  }

  [[nodiscard]] std::size_t waiting() const;  // any thread; a snapshot

 private:
  class Submission {
   public:
    Submission(WorkerPool& pool, Reactor& reactor, std::move_only_function<void()> work)
        : pool_(pool), reactor_(reactor), work_(std::move(work)) {}
    [[nodiscard]] bool await_ready() const noexcept { return false; }
    bool await_suspend(std::coroutine_handle<> caller);
    [[nodiscard]] bool await_resume() const noexcept { return taken_; }

   private:
    WorkerPool& pool_;
    Reactor& reactor_;
    std::move_only_function<void()> work_;
    bool taken_ = false;
  };
  struct Job {
    std::move_only_function<void()> work;  // writes its value into the caller's frame
    Reactor* reactor;                      // the caller's: alive while the caller waits
    std::coroutine_handle<> caller;
  };
  [[nodiscard]] bool submit(Job job);
  void work_until_stopped();

  const Limits limits_;
  mutable std::mutex mutex_;
  std::condition_variable filled_;
  std::deque<Job> queue_;  // guarded by mutex_
  bool stopping_ = false;  // guarded by mutex_
  std::vector<std::thread> threads_;
};

}  // namespace ringtalk::reactor
