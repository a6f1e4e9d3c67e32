// What a device is told, and whether it may be told that.
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <string>
#include <utility>

#include "device.h"
#include "json_values.h"

namespace ringtalk::sim {
namespace {

using simdjson::dom::element;

// What `ready` sends by itself: CONTRACT §3.
constexpr std::int64_t kCatchUpMax = 200;

}  // namespace

void Device::heard(SimSocket& socket, std::string_view message) {
  if (&socket != socket_.get()) return;
  // Without the session's id, which is drawn by the server: a history must be the same again.
  const bool is_ready_message = message.starts_with(R"({"op":"ready")");
  const std::size_t begin = is_ready_message ? message.find(R"("conversations")") : 0;
  environment_.trace.note("{}.{}#{} < {}", name_.user, name_.number, sockets_,
                          message.substr(std::min(begin, message.size()), 150));
  element root;
  if (parser_.parse(message.data(), message.size()).get(root)) {
    return environment_.checker.fail("words", "no JSON: {}", message.substr(0, 80));
  }
  const std::string_view op = text_of(root, "op");
  if (!is_ready_ && op != "ready") {
    // `bye` may come before it, when the server stops during the handshake.
    if (op != "bye") environment_.checker.fail("words", "{} before ready", op);
    return;
  }
  if (op == "ready") return on_ready(root);
  if (op == "event") return on_event(root);
  if (op == "batch") return on_batch(root);
  if (op == "ack") return on_ack(root);
  if (op == "error") return on_error(root);
  if (op == "removed") return on_removed(root);
  if (op == "conversation") return on_conversation(root);
  if (op == "receipt") return on_receipt(root);
  if (op == "typing" && id_of(root, "userId") == name_.user) {
    environment_.checker.fail("words", "{} is told of the own typing", name_.user);
  }
}

void Device::ended(SimSocket& socket) {
  if (&socket != socket_.get()) return;
  environment_.trace.note("{}.{}#{} has ended", name_.user, name_.number, sockets_);
  is_ready_ = false;
  views_.clear();
  for (OutSend& send : sends_) send.is_in_flight = false;
  socket_.reset();
}

void Device::bad_bytes(SimSocket&, std::string_view detail) {
  environment_.checker.fail("frames", "{}", detail);
}

// --- where it stands ---

void Device::on_ready(element message) {
  if (std::exchange(is_ready_, true)) environment_.checker.fail("words", "ready twice");
  for (const element place : message["conversations"].get_array()) {
    const std::int64_t conversation = id_of(place, "id");
    const std::int64_t delivered = number_of(place, "deliveredSeq");
    check_shown_marks(conversation, delivered, number_of(place, "readSeq"));
    open_view(conversation, number_of(place, "lastSeq"), delivered);
  }
}

void Device::on_conversation(element message) {
  const element row = message["conversation"];
  const std::int64_t conversation = id_of(row, "id");
  if (views_.contains(conversation)) {
    environment_.checker.fail("words", "{} is told of {} twice", name_.user, conversation);
  }
  open_view(conversation, number_of(row, "lastSeq"), number_of(row, "deliveredSeq"));
}

void Device::open_view(std::int64_t conversation, std::int64_t last, std::int64_t delivered) {
  environment_.checker.expect_was_member(name_.user, conversation);
  environment_.checker.expect_below_head("lastSeq", conversation, last);
  const std::int64_t position = std::min(delivered, last);
  views_[conversation] = {.position = position, .is_held = last - position > kCatchUpMax};
  // What a killed server did not write is said again.
  known_[conversation].marks_are_dirty = true;
}

// Of what was acknowledged before it connected, on an instance that is alone and loses nothing, the
// own reading is always shown.
void Device::check_shown_marks(std::int64_t conversation, std::int64_t delivered,
                               std::int64_t read) {
  environment_.checker.expect_below_head("a mark", conversation, std::max(delivered, read));
  const SimOptions& options = environment_.options;
  const bool is_exact = options.instances == 1 && options.chaos.crash == 0 &&
                        options.chaos.restart == 0 && options.chaos.stall == 0 &&
                        options.database.slow == 0 && options.has_sound_database();
  const auto own = surely_read_.find(conversation);
  if (is_exact && own != surely_read_.end() && read < own->second) {
    environment_.checker.fail("unsettled", "{} is shown {} as read in {}, own {} was acknowledged",
                              name_.user, read, conversation, own->second);
  }
}

void Device::on_removed(element message) {
  const std::int64_t conversation = id_of(message, "conversationId");
  environment_.checker.expect_has_left(name_.user, conversation);
  views_.erase(conversation);
}

LogView* Device::view(std::int64_t conversation) {
  const auto found = views_.find(conversation);
  return found == views_.end() ? nullptr : &found->second;
}

// --- the log ---

void Device::on_event(element message) {
  const std::int64_t conversation = id_of(message, "conversationId");
  const element event = message["event"];
  const std::int64_t seq = number_of(event, "seq");
  check_event(conversation, event);
  LogView* log = view(conversation);
  if (log == nullptr) {
    return environment_.checker.fail("stranger", "{} hears {} of {}, of which it was not told",
                                     name_.user, seq, conversation);
  }
  if (log->must_end) {
    environment_.checker.fail("ack out of place", "{}.{} hears {} of {} behind it", name_.user,
                              name_.number, seq, conversation);
  }
  if (seq != log->position + 1) {
    environment_.checker.fail("hole in feed", "{}.{} hears {} of {}, {} was due", name_.user,
                              name_.number, seq, conversation, log->position + 1);
  }
  check_echo(conversation, seq, event);
  log->position = std::max(log->position, seq);
}

// On the connection that sent it, once, the ack is in its place.
void Device::check_echo(std::int64_t conversation, std::int64_t seq, element event) {
  if (text_of(event, "kind") != "message") return;
  const std::string_view content = text_of(event["message"], "content");
  const auto own = std::ranges::find_if(sends_, [&](const OutSend& send) {
    return send.conversation == conversation && send.content == content;
  });
  const bool is_echo = own != sends_.end() && own->tries == 1 && !own->is_by_rest &&
                       own->socket == sockets_ && own->seq == 0 && !own->has_failed;
  if (is_echo) {
    environment_.checker.fail("echoed", "{}.{} hears its own {} of {} as an event", name_.user,
                              name_.number, seq, conversation);
  }
}

void Device::check_event(std::int64_t conversation, element event) {
  const std::int64_t seq = number_of(event, "seq");
  const std::string_view kind = text_of(event, "kind");
  environment_.checker.expect_kind(conversation, seq, kind);
  environment_.checker.expect_visible(name_.user, conversation, seq);
  if (kind == "message") {
    const element message = event["message"];
    environment_.checker.expect_stored({.conversation = conversation,
                                        .seq = seq,
                                        .sender = id_of(message, "senderId"),
                                        .content = text_of(message, "content"),
                                        .client_id = text_of(message, "clientId")});
  }
  saw(conversation, seq);
}

void Device::on_batch(element message) {
  const std::int64_t conversation = id_of(message, "conversationId");
  const std::int64_t head = number_of(message, "lastSeq");
  environment_.checker.expect_below_head("lastSeq", conversation, head);
  LogView* log = view(conversation);
  std::int64_t last = 0;
  std::int64_t after = 0;
  static_cast<void>(std::from_chars(text_of(message, "ref").data() + 1,
                                    text_of(message, "ref").data() + text_of(message, "ref").size(),
                                    after));
  std::int64_t due = after + 1;
  for (const element event : message["events"].get_array()) {
    last = number_of(event, "seq");
    if (last != due++) environment_.checker.fail("hole in batch", "{} {}", conversation, last);
    check_event(conversation, event);
  }
  if (log == nullptr) return;
  log->is_asking = false;
  log->position = std::max(log->position, std::min(std::max(after, last), head));
  log->paged_to = std::max(log->paged_to, last);
  if (log->position >= head) log->is_held = false;
}

void Device::saw(std::int64_t conversation, std::int64_t seq) {
  Known& known = known_[conversation];
  const auto index = static_cast<std::size_t>(seq) - 1;
  if (seq < 1 || seq > 1'000'000) return;
  if (known.seen.size() <= index) known.seen.resize(index + 1);
  known.seen[index] = true;
  while (std::cmp_less(known.has_to, known.seen.size()) &&
         known.seen[static_cast<std::size_t>(known.has_to)]) {
    ++known.has_to;
  }
}

std::int64_t Device::has_to(std::int64_t conversation) const {
  const auto found = known_.find(conversation);
  return found == known_.end() ? 0 : found->second.has_to;
}

}  // namespace ringtalk::sim
