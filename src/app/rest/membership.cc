#include "app/rest/membership.h"

#include <utility>

#include "app/rest/failures.h"

namespace ringtalk::app::rest {

using protocol::ConversationId;
using protocol::Problem;
using reactor::Task;

Task<std::optional<Problem>> refuse_stranger(const Services& services, Call& call,
                                             ConversationId conversation_id) {
  const auto is_member =
      co_await services.conversations.is_member(conversation_id.value, call.user().value);
  if (!is_member) co_return failure(services.log, call, is_member.error()).error();
  if (!*is_member) co_return not_found().error();
  co_return std::nullopt;
}

Task<Answer> refuse_invalid(const Services& services, Call& call, ConversationId conversation_id,
                            Problem problem) {
  if (problem.code == protocol::ErrorCode::kValidationFailed) {
    auto refusal = co_await refuse_stranger(services, call, conversation_id);
    if (refusal) co_return std::unexpected(std::move(*refusal));
  }
  co_return std::unexpected(std::move(problem));
}

}  // namespace ringtalk::app::rest
