#include "loadgen/traffic/full_words.h"

#include <charconv>

#include "app/protocol/json_fields.h"
#include "loadgen/traffic/world.h"

namespace ringtalk::loadgen {
namespace {

using Element = simdjson::dom::element;

std::string_view text_of(const Element& from, std::string_view name) {
  std::string_view text;
  if (from[name].get(text) != simdjson::SUCCESS) return {};
  return text;
}

std::int64_t number_of(const Element& from, std::string_view name) {
  std::int64_t number = 0;
  if (from[name].get(number) != simdjson::SUCCESS) return 0;
  return number;
}

simdjson::dom::array array_of(const Element& from, std::string_view name) {
  simdjson::dom::array array;
  if (from[name].get(array) != simdjson::SUCCESS) return {};
  return array;
}

bool has_array(const Element& from, std::string_view name) {
  simdjson::dom::array array;
  return from[name].get(array) == simdjson::SUCCESS;
}

std::optional<std::uint32_t> ref_of(const Element& from) {
  const std::string_view text = text_of(from, "ref");
  std::uint32_t ref = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), ref);
  if (text.empty() || error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return ref;
}

/// An event of a log, or a message of a page.
HeardEvent heard_event(const Element& from) {
  HeardEvent heard{.seq = number_of(from, "seq")};
  Element message;
  const bool is_event = from["message"].get(message) == simdjson::SUCCESS;
  heard.payload = read_payload(text_of(is_event ? message : from, "content"));
  return heard;
}

ReadyWord ready_of(const Element& from) {
  ReadyWord ready;
  for (const Element mark : array_of(from, "conversations")) {
    ready.conversations.push_back({.conversation = key_of(text_of(mark, "id")),
                                   .last_seq = number_of(mark, "lastSeq"),
                                   .delivered_seq = number_of(mark, "deliveredSeq")});
  }
  return ready;
}

BatchWord batch_of(const Element& from) {
  BatchWord batch{.conversation = key_of(text_of(from, "conversationId"))};
  for (const Element event : array_of(from, "events")) batch.events.push_back(heard_event(event));
  batch.last_seq = number_of(from, "lastSeq");
  return batch;
}

UserWord user_of(const Element& from) {
  return {.id = std::string(text_of(from, "id")),
          .token = std::string(text_of(from, "token")),
          .refresh_token = std::string(text_of(from, "refreshToken"))};
}

}  // namespace

ServerWord FullWords::read(std::string_view text) {
  Element root;
  if (reader_.parser().dom.parse(text.data(), text.size()).get(root) != simdjson::SUCCESS) {
    return StrangeWord{};
  }
  const std::string_view op = text_of(root, "op");
  if (op == "ready") return ready_of(root);
  if (op == "batch") return batch_of(root);
  if (op == "event") {
    Element event;
    if (root["event"].get(event) != simdjson::SUCCESS) return StrangeWord{};
    return FullEventWord{.conversation = key_of(text_of(root, "conversationId")),
                         .event = heard_event(event)};
  }
  if (op == "ack") {
    const auto ref = ref_of(root);
    bool is_duplicate = false;
    if (!ref || root["duplicate"].get(is_duplicate) != simdjson::SUCCESS) return StrangeWord{};
    return AckWord{.ref = *ref, .seq = number_of(root, "seq"), .is_duplicate = is_duplicate};
  }
  if (op == "error")
    return ErrorWord{.ref = ref_of(root), .code = std::string(text_of(root, "code"))};
  if (op.empty()) return StrangeWord{};
  return PassingWord{};
}

std::optional<UsersWord> FullWords::users(std::string_view body) {
  Element root;
  if (reader_.parser().dom.parse(body.data(), body.size()).get(root) != simdjson::SUCCESS ||
      !has_array(root, "users")) {
    return std::nullopt;
  }
  UsersWord word{.expires_in_s = number_of(root, "expiresIn")};
  for (const Element user : array_of(root, "users")) word.users.push_back(user_of(user));
  return word;
}

std::optional<UsersWord> FullWords::login(std::string_view body) {
  Element root, user;
  if (reader_.parser().dom.parse(body.data(), body.size()).get(root) != simdjson::SUCCESS ||
      root["user"].get(user) != simdjson::SUCCESS) {
    return std::nullopt;
  }
  UserWord word = user_of(root);
  word.id = text_of(user, "id");
  return UsersWord{.users = {std::move(word)}, .expires_in_s = number_of(root, "expiresIn")};
}

std::optional<std::string> FullWords::text(std::string_view body, std::string_view member) {
  Element root;
  std::string_view text;
  if (reader_.parser().dom.parse(body.data(), body.size()).get(root) != simdjson::SUCCESS ||
      root[member].get(text) != simdjson::SUCCESS) {
    return std::nullopt;
  }
  return std::string(text);
}

std::optional<std::int64_t> FullWords::number(std::string_view body, std::string_view member) {
  Element root;
  std::int64_t number = 0;
  if (reader_.parser().dom.parse(body.data(), body.size()).get(root) != simdjson::SUCCESS ||
      root[member].get(number) != simdjson::SUCCESS) {
    return std::nullopt;
  }
  return number;
}

std::optional<PageWord> FullWords::page(std::string_view body) {
  Element root;
  if (reader_.parser().dom.parse(body.data(), body.size()).get(root) != simdjson::SUCCESS) {
    return std::nullopt;
  }
  const std::string_view name = has_array(root, "messages") ? "messages" : "events";
  if (!has_array(root, name)) return std::nullopt;
  PageWord page{.next_cursor = std::string(text_of(root, "nextCursor")),
                .last_seq = number_of(root, "lastSeq")};
  for (const Element item : array_of(root, name)) page.items.push_back(heard_event(item));
  return page;
}

}  // namespace ringtalk::loadgen
