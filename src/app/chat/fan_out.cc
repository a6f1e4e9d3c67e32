#include "app/chat/fan_out.h"

#include <memory>
#include <string>
#include <utility>
#include <variant>

#include "app/chat/routes.h"
#include "app/protocol/event_writer.h"
#include "ws/frame_writer.h"

namespace ringtalk::app::chat {
namespace {

// Around the content of a message, when nothing in it must be escaped.
constexpr std::size_t kEventBytesUsual = 400;

}  // namespace

reactor::SharedBytes frame_of(protocol::ConversationId conversation_id,
                              const protocol::EventView& event) {
  std::string frame;
  const auto* message = std::get_if<protocol::MessageView>(&event.detail);
  frame.reserve(kEventBytesUsual + (message == nullptr ? 0 : message->content.size()));
  frame.resize(ws::kHeaderGap);
  protocol::append_event_message(frame, conversation_id, event);
  ws::close_header_gap(frame, ws::Opcode::kText);
  return reactor::SharedBytes(std::move(frame));
}

bool changes_members(const Published& published) {
  const protocol::EventDetail& detail = published.event.detail;
  return !published.opened_to.empty() || std::holds_alternative<protocol::Joined>(detail) ||
         std::holds_alternative<protocol::Left>(detail);
}

void FanOut::publish(protocol::ConversationId conversation_id, protocol::EventView event,
                     std::optional<protocol::Uuid> send_key) {
  auto published = std::make_shared<Published>();
  published->conversation_id = conversation_id;
  published->frame = frame_of(conversation_id, event);
  published->event = std::move(event);
  published->send_key = send_key;
  post(std::move(published));
}

void FanOut::publish_opened(protocol::ConversationId conversation_id,
                            std::vector<protocol::UserId> member_ids) {
  auto published = std::make_shared<Published>();
  published->conversation_id = conversation_id;
  published->opened_to = std::move(member_ids);
  post(std::move(published));
}

void FanOut::pass_on(const PassingPtr& passing) {
  const std::size_t owner = directory_.owner_of(passing->conversation_id.value);
  const bool is_posted = directory_.reach(
      shard_, owner, [passing](ShardPort& port) { port.routes->pass_on(passing); });
  if (!is_posted) ++passing_letters_lost_;
}

void FanOut::post(PublishedPtr published) {
  const std::size_t owner = directory_.owner_of(published->conversation_id.value);
  const bool is_posted = directory_.reach(
      shard_, owner,
      [published = std::move(published)](ShardPort& port) { port.routes->deliver(published); });
  if (!is_posted) ++letters_lost_;
}

}  // namespace ringtalk::app::chat
