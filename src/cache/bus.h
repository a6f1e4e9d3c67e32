// Bus: what instances tell each other, by named channels. A hint, never a delivery: anything may be
// lost without a word, even while all is well; who must know asks the database. RedisBus is the
// real one, MemoryBus that of tests and simulations. Owned by a shard; the reactor's thread.
#pragma once

#include <string>
#include <string_view>

#include "reactor/pinned.h"
#include "reactor/task.h"

namespace ringtalk::cache {

class Bus : reactor::Pinned {
 public:
  /// Told from the loop; may use the bus from inside. Quick: Redis cuts off who reads too slowly.
  class Listener {
   public:
    virtual void heard(std::string_view channel, std::string_view payload) = 0;
    /// Whatever is published from now on is heard, until lost(). Once for each subscribe(), and
    /// again for every channel after each reconnect.
    virtual void subscribed(std::string_view channel) = 0;
    /// The connection broke, or was found dead: nothing is heard, and some of what was published
    /// lately was not, until subscribed() comes again.
    virtual void lost() = 0;
    /// Some of what we published lately was lost, or perhaps was, and now we can publish again.
    virtual void lost_publishes() = 0;

   protected:
    ~Listener() = default;
  };

  virtual ~Bus() = default;

  /// Once. The listener outlives close().
  virtual void open(Listener& listener) = 0;
  /// After it nobody is told any more. Before the destructor, also when it was never opened.
  [[nodiscard]] virtual reactor::Task<void> close() = 0;

  /// At any time; remembered over reconnects. Nothing to do when it is subscribed already.
  virtual void subscribe(std::string channel) = 0;
  virtual void unsubscribe(std::string channel) = 0;

  /// False: known to be lost. We hear our own messages too, where we have subscribed.
  virtual bool publish(std::string channel, std::string payload) = 0;

  /// Connected and hearing.
  [[nodiscard]] virtual bool is_available() const = 0;
};

}  // namespace ringtalk::cache
