#include "app/chat/passing.h"

#include <string>
#include <utility>

#include "ws/frame_writer.h"

namespace ringtalk::app::chat {
namespace {

constexpr std::size_t kBytesUsual = 160;

template <class View>
reactor::SharedBytes text_frame(void (*append)(std::string&, const View&), const View& view) {
  std::string frame;
  frame.reserve(kBytesUsual);
  frame.resize(ws::kHeaderGap);
  append(frame, view);
  ws::close_header_gap(frame, ws::Opcode::kText);
  return reactor::SharedBytes(std::move(frame));
}

}  // namespace

PassingPtr passing(const protocol::TypingView& typing) {
  return std::make_shared<Passing>(
      Passing{.kind = Passing::Kind::kTyping,
              .conversation_id = typing.conversation_id,
              .about = typing.user_id,
              .frame = text_frame(protocol::append_typing_message, typing)});
}

PassingPtr passing(const protocol::ReceiptView& receipt, SessionNumber skipped) {
  return std::make_shared<Passing>(
      Passing{.kind = Passing::Kind::kReceipt,
              .conversation_id = receipt.conversation_id,
              .about = receipt.user_id,
              .skipped = skipped,
              .frame = text_frame(protocol::append_receipt_message, receipt)});
}

}  // namespace ringtalk::app::chat
