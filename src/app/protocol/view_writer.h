// The shapes U, M, C and E of the contract, and the pages of REST that hold them, as JSON text.
// Pure functions, any thread. Each appends to `out`, so that a body or frame is built in one
// buffer.
//
// A page is cut where the next item would take it past 512 KiB. Its function returns how many items
// fitted (all, or at least one), and a page that was cut says by its cursor that more follows.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

#include "app/protocol/cursor.h"
#include "app/protocol/json_writer.h"
#include "app/protocol/views.h"

namespace ringtalk::app::protocol {

void append_user(std::string& out, const UserView& user);
void append_message(std::string& out, const MessageView& message);
void append_conversation(std::string& out, const ConversationView& conversation);
void append_event(std::string& out, const EventView& event);

// What login and refresh answer.
struct LoginView {
  std::string_view token;
  std::int64_t expires_in_seconds = 0;
  std::string_view refresh_token;
  const UserView& user;
};
void append_login(std::string& out, const LoginView& login);

void append_user_page(std::string& out, std::span<const UserView> users);

// `has_more`: the store has more behind the last one given.
std::size_t append_conversation_page(std::string& out,
                                     std::span<const ConversationView> conversations,
                                     bool has_more);
struct HistoryEnd {
  Direction direction = Direction::kNewestFirst;
  bool has_more = false;
};
std::size_t append_message_page(std::string& out, std::span<const MessageView> messages,
                                HistoryEnd end);
std::size_t append_event_page(std::string& out, std::span<const EventView> events, Seq last_seq);

// Writes the items of an array, `append(out, item)` each, until the next one would take `out`
// past `bytes_max` counted from `begin`; the first one always fits. Returns how many were written.
template <class Item, class Append>
std::size_t append_items(std::string& out, std::span<const Item> items, std::size_t begin,
                         std::size_t bytes_max, Append append) {
  std::size_t count = 0;
  out += '[';
  for (const Item& item : items) {
    const std::size_t size_before = out.size();
    if (count > 0) out += ',';
    append(out, item);
    if (count > 0 && out.size() - begin > bytes_max) {
      out.resize(size_before);
      break;
    }
    ++count;
  }
  out += ']';
  return count;
}

}  // namespace ringtalk::app::protocol
