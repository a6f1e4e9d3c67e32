#include "chat_lab.h"

#include <fmt/format.h>

#include <string_view>
#include <utility>

namespace ringtalk::app::chat::testing {

std::string member(std::string_view message, std::string_view name) {
  const std::string key = fmt::format("\"{}\":", name);
  const std::size_t found = message.find(key);
  if (found == message.npos) return "(none)";
  std::string_view rest = message.substr(found + key.size());
  if (!rest.starts_with('"')) return std::string(rest.substr(0, rest.find_first_of(",}")));
  rest.remove_prefix(1);
  return std::string(rest.substr(0, rest.find('"')));
}

std::string take_frame(std::string_view& bytes) {
  const auto byte_at = [&](std::size_t i) { return static_cast<unsigned char>(bytes[i]); };
  std::size_t length = byte_at(1);
  std::size_t header = 2;
  if (length == 126) {
    length = byte_at(2) * 256U + byte_at(3);
    header = 4;
  }
  std::string payload(bytes.substr(header, length));
  bytes.remove_prefix(header + length);
  return payload;
}

namespace {

std::string in_short(std::string_view message) {
  const std::string op = member(message, "op");
  if (op == "event")
    return fmt::format("event {} {}", member(message, "seq"), member(message, "content"));
  if (op == "ack") {
    const bool is_duplicate = member(message, "duplicate") == "true";
    return fmt::format("ack {}{}", member(message, "seq"), is_duplicate ? " duplicate" : "");
  }
  if (op == "receipt") {
    return fmt::format("receipt {}: {} {}", member(message, "userId"),
                       member(message, "deliveredSeq"), member(message, "readSeq"));
  }
  if (op == "typing") {
    return fmt::format("typing {} {}", member(message, "userId"), member(message, "on"));
  }
  return op;
}

bool is_passing(std::string_view message) {
  const std::string op = member(message, "op");
  return op == "receipt" || op == "typing";
}

}  // namespace

protocol::Uuid uuid_of(std::uint8_t number) {
  protocol::Uuid id{};
  id.bytes.back() = number;
  return id;
}

ChatLab::ChatLab() {
  directory.enter(0, {.reactor = &reactor,
                      .scope = &scope,
                      .bus_link = &bus_link,
                      .cached_messages = &cached_messages,
                      .fan_out = &fan_out,
                      .hub = &hub,
                      .committer = &committer,
                      .receipts = &receipts,
                      .routes = &routes,
                      .sessions = &sessions,
                      .tails = &tails});
  for (const protocol::UserId user : {kAlice, kBob}) store.add_member(kRoom.value, user.value);
}

ChatLab::~ChatLab() {
  test_support::run(reactor, receipts.close());
}

Listener::Listener(ChatLab& lab, protocol::UserId user, SessionNumber session)
    : lab_(lab),
      user_(user),
      session_(session),
      pair_(reactor::make_memory_pair(lab.reactor)),
      connection_(lab.reactor, *pair_.one, {}, options_),
      feeds(lab.feed_environment, connection_, *this, {.user = user, .session = session}) {
  scope_.spawn(hear());
}

Listener::~Listener() {
  feeds.stop();
  scope_.spawn(end());
  test_support::join(lab_.reactor, scope_);
}

reactor::Task<void> Listener::end() {
  co_await feeds.join();
  co_await connection_.finish();
  co_await pair_.one->close();
}

reactor::Task<void> Listener::hear() {
  while (auto chunk = co_await pair_.other->receive()) {
    if (chunk->empty()) break;
    const auto bytes = chunk->bytes();
    bytes_.append(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    while (!reads_) co_await lab_.reactor.sleep_for(std::chrono::milliseconds(1));
  }
  co_await pair_.other->close();
}

void Listener::send(std::uint8_t key, std::string content) {
  const FeedSet::SendNumber number = feeds.expect(kRoom, uuid_of(key), std::nullopt);
  Draft draft = ChatLab::draft(user_, key, std::move(content));
  draft.session = session_;
  scope_.spawn(send_story(std::move(draft), number));
}

reactor::Task<void> Listener::send_story(Draft draft, FeedSet::SendNumber number) {
  const auto committed = co_await lab_.committer.commit(std::move(draft));
  if (committed) {
    feeds.committed(number, *committed);
  } else {
    static_cast<void>(feeds.forget(number));
  }
}

std::vector<std::string> Listener::heard() {
  std::vector<std::string> heard;
  for (const std::string& message : messages()) {
    if (!is_passing(message)) heard.push_back(in_short(message));
  }
  return heard;
}

std::vector<std::string> Listener::heard_in_passing() {
  std::vector<std::string> heard;
  for (const std::string& message : messages()) {
    if (is_passing(message)) heard.push_back(in_short(message));
  }
  return heard;
}

std::vector<std::string> Listener::messages() const {
  std::vector<std::string> messages;
  std::string_view rest = bytes_;
  while (!rest.empty()) messages.push_back(take_frame(rest));
  return messages;
}

}  // namespace ringtalk::app::chat::testing
