#include "app/chat/passing.h"

#include <string>
#include <utility>

#include "ws/frame_writer.h"

namespace ringtalk::app::chat {
namespace {

reactor::SharedBytes text_frame(const std::string& payload) {
  std::string frame;
  frame.reserve(payload.size() + ws::kFrameHeaderBytesMax);
  ws::append_frame(frame, ws::Opcode::kText, payload);
  return reactor::SharedBytes(std::move(frame));
}

}  // namespace

PassingPtr passing(const protocol::TypingView& typing) {
  std::string payload;
  protocol::append_typing_message(payload, typing);
  return std::make_shared<Passing>(Passing{.kind = Passing::Kind::kTyping,
                                           .conversation_id = typing.conversation_id,
                                           .about = typing.user_id,
                                           .frame = text_frame(payload)});
}

PassingPtr passing(const protocol::ReceiptView& receipt, SessionNumber skipped) {
  std::string payload;
  protocol::append_receipt_message(payload, receipt);
  return std::make_shared<Passing>(Passing{.kind = Passing::Kind::kReceipt,
                                           .conversation_id = receipt.conversation_id,
                                           .about = receipt.user_id,
                                           .skipped = skipped,
                                           .frame = text_frame(payload)});
}

}  // namespace ringtalk::app::chat
