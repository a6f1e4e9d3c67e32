#include "support/fan_out_lab.h"

#include <optional>
#include <utility>

#include "app/limits.h"
#include "support/samples.h"

namespace ringtalk::bench {
namespace {

using app::chat::FeedSet;

// Whoever listens and misses nothing asks the database nothing.
class NoStore final : public db::MessageStore {
 public:
  [[nodiscard]] bool is_available() const override { return false; }
  db::Answer<std::vector<db::CommitResult>> commit(std::vector<db::Draft>,
                                                   db::CommitLane) override {
    co_return away();
  }
  db::Answer<std::vector<std::int64_t>> locked_of(std::vector<std::int64_t>) override {
    co_return away();
  }
  db::Answer<std::optional<db::MessageRow>> find_message(std::int64_t, std::int64_t) override {
    co_return away();
  }
  db::Answer<db::MessagePage> history(db::HistoryRequest) override { co_return away(); }
  db::Answer<db::EventPage> events(db::EventsRequest) override { co_return away(); }
  db::Answer<db::LogHead> head(std::int64_t) override { co_return away(); }
  db::Answer<std::int64_t> first_seq_since(std::int64_t, std::int64_t) override {
    co_return away();
  }

 private:
  static std::unexpected<reactor::Error> away() {
    return reactor::fail(reactor::ErrorKind::kUnavailable, "a benchmark has no database");
  }
};

}  // namespace

struct FanOutLab::Listener final : FeedSet::Owner {
  Listener(FanOutLab& lab, app::protocol::UserId user)
      : stream(lab.null_.reactor),
        connection(lab.null_.reactor, stream, {}, lab.options_),
        feeds(lab.feed_environment_, connection, *this, {.user = user}) {
    feeds.add(kConversation);
    feeds.start(kConversation, 0, 0);
  }
  void ceased_to_be_member(app::protocol::ConversationId) override {}

  NullStream stream;
  ws::Connection connection;
  FeedSet feeds;
};

FanOutLab::FanOutLab(std::size_t listeners)
    : store_(std::make_unique<NoStore>()),
      tails_({.reactor = null_.reactor, .store = *store_}),
      feed_environment_({.reactor = null_.reactor,
                         .hub = hub_,
                         .messages = *store_,
                         .json_reader = json_reader_,
                         .metrics = metrics_}) {
  directory_.enter(0, {.reactor = &null_.reactor, .hub = &hub_, .routes = &routes_});
  for (std::size_t i = 1; i <= listeners; ++i) {
    const app::protocol::UserId user{static_cast<std::int64_t>(i)};
    listeners_.push_back(std::make_unique<Listener>(*this, user));
  }
}

// The last one to leave tells the owner, by a letter.
FanOutLab::~FanOutLab() {
  listeners_.clear();
  null_.run_turn();
}

app::chat::PublishedPtr FanOutLab::publish(app::protocol::Seq seq,
                                           std::size_t content_bytes) const {
  auto published = std::make_shared<app::chat::Published>();
  published->conversation_id = kConversation;
  published->event = message_event(seq, content_bytes);
  published->send_key = std::get<app::protocol::MessageView>(published->event.detail).client_id;
  published->frame = app::chat::frame_of(kConversation, published->event);
  return published;
}

// The rest after the last round is over, in virtual time; the next round comes at a turn's end.
void FanOutLab::deliver(const app::chat::PublishedPtr& published) {
  null_.clock.advance_to(null_.clock.steady_now() + 2 * app::limits::kRestMax);
  null_.run_turn();
  hub_.deliver(published);
  null_.run_turn();
  turn_until_sent();
}

std::vector<ws::Connection*> FanOutLab::connections() const {
  std::vector<ws::Connection*> connections;
  for (const auto& listener : listeners_) connections.push_back(&listener->connection);
  return connections;
}

void FanOutLab::turn_until_sent() {
  while (listeners_.back()->connection.unsent_bytes() > 0) null_.run_turn();
}

}  // namespace ringtalk::bench
