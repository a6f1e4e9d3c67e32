#include "app/chat/fan_out.h"

#include <memory>
#include <string>
#include <utility>

#include "app/chat/hub.h"
#include "app/protocol/event_writer.h"
#include "ws/frame_writer.h"

namespace ringtalk::app::chat {

reactor::SharedBytes frame_of(protocol::ConversationId conversation_id,
                              const protocol::EventView& event) {
  std::string payload;
  protocol::append_event_message(payload, conversation_id, event);
  std::string frame;
  frame.reserve(payload.size() + ws::kFrameHeaderBytesMax);
  ws::append_frame(frame, ws::Opcode::kText, payload);
  return reactor::SharedBytes(std::move(frame));
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
  passing_letters_lost_ +=
      directory_.post_to_all([passing](ShardPort& port) { port.hub->pass_on(*passing); });
}

void FanOut::post(PublishedPtr published) {
  letters_lost_ += directory_.post_to_all(
      [published = std::move(published)](ShardPort& port) { port.hub->deliver(published); });
}

}  // namespace ringtalk::app::chat
