// FanOutLab: one shard's part of a fan-out: hub, and listeners on one conversation, each with the
// feeds, WebSocket connection and send queue that a session has, over a stream into nothing. What
// no fan-out asks (the store, other shards) is not there. Owned by a benchmark; one thread.
#pragma once

#include <cstddef>
#include <memory>
#include <vector>

#include "app/chat/feed_set.h"
#include "app/chat/hub.h"
#include "app/chat/published.h"
#include "app/chat/routes.h"
#include "app/chat/session_table.h"
#include "app/chat/tails.h"
#include "app/metrics.h"
#include "app/protocol/json_reader.h"
#include "app/shard_directory.h"
#include "db/message_store.h"
#include "support/null_stream.h"
#include "ws/connection.h"

namespace ringtalk::bench {

class FanOutLab : reactor::Pinned {
 public:
  explicit FanOutLab(std::size_t listeners);
  ~FanOutLab();

  /// A message for the log, `content_bytes` long: event and finished frame, as FanOut makes them.
  [[nodiscard]] app::chat::PublishedPtr publish(app::protocol::Seq seq,
                                                std::size_t content_bytes) const;
  /// To all listeners, as a letter from the owner does; and out, by the turns that it takes.
  void deliver(const app::chat::PublishedPtr& published);

  /// Those of the listeners, for who sends to each by himself.
  [[nodiscard]] std::vector<ws::Connection*> connections() const;
  /// Until nothing waits unsent.
  void turn_until_sent();
  [[nodiscard]] std::uint64_t events_delivered() const { return metrics_.events_delivered; }

 private:
  struct Listener;

  NullReactor null_;
  std::unique_ptr<db::MessageStore> store_;
  app::protocol::JsonReader json_reader_;
  app::ShardDirectory directory_{1};
  app::chat::SessionTable sessions_;
  app::chat::Hub hub_{{.reactor = null_.reactor, .sessions = sessions_, .directory = directory_}};
  app::chat::BusLink bus_link_{{.json_reader = json_reader_}};
  app::chat::Tails tails_;
  app::chat::Routes routes_{{.directory = directory_, .link = bus_link_, .tails = tails_}};
  app::Metrics metrics_;
  const app::chat::FeedSet::Environment feed_environment_;
  const ws::ConnectionOptions options_{.heartbeat = {}};
  std::vector<std::unique_ptr<Listener>> listeners_;
};

}  // namespace ringtalk::bench
