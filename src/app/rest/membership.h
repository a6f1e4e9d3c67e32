// Who may look into a conversation: its members. For everybody else it does not exist, which is
// said before a word is lost about a bad body or parameter (CONTRACT §1, checks in order).
#pragma once

#include "app/protocol/ids.h"
#include "app/protocol/problem.h"
#include "app/rest/call.h"
#include "app/rest/services.h"

namespace ringtalk::app::rest {

/// Nothing when the caller is a member, else what to answer: 404, or that nobody could tell.
[[nodiscard]] reactor::Task<std::optional<protocol::Problem>> refuse_stranger(
    const Services& services, Call& call, protocol::ConversationId conversation_id);

/// What to answer to a call that was found invalid: to a stranger not that, but 404. Malformed
/// calls are told so in any case.
[[nodiscard]] reactor::Task<Answer> refuse_invalid(const Services& services, Call& call,
                                                   protocol::ConversationId conversation_id,
                                                   protocol::Problem problem);

}  // namespace ringtalk::app::rest
