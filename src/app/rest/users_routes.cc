#include "app/rest/users_routes.h"

#include <optional>
#include <utility>

#include "app/chat/view_rows.h"
#include "app/protocol/query_values.h"
#include "app/protocol/request_bodies.h"
#include "app/protocol/text_rules.h"
#include "app/protocol/view_writer.h"
#include "app/rest/failures.h"
#include "app/rest/query.h"
#include "app/rest/responses.h"

namespace ringtalk::app::rest {

using protocol::UserId;
using reactor::Result;
using reactor::Task;

void UsersRoutes::add_to(Routes& routes) {
  using http::Method;
  routes.add(Method::kGet, "/v1/users/me", Handler::of<&UsersRoutes::get_me>(*this), {});
  routes.add(Method::kPatch, "/v1/users/me", Handler::of<&UsersRoutes::patch_me>(*this),
             kJsonRules);
  routes.add(Method::kGet, "/v1/users/{id}", Handler::of<&UsersRoutes::get_user>(*this), {});
  routes.add(Method::kGet, "/v1/users", Handler::of<&UsersRoutes::search>(*this), {});
}

Task<Answer> UsersRoutes::get_me(Call& call) {
  co_return co_await show(call, co_await services_.users.find(call.user().value));
}

Task<Answer> UsersRoutes::patch_me(Call& call) {
  auto body = protocol::parse_profile(services_.json_reader, call.request.body);
  if (!body) co_return std::unexpected(std::move(body.error()));
  if (!body->name) co_return co_await get_me(call);
  co_return co_await show(
      call, co_await services_.users.rename(call.user().value, std::move(*body->name)));
}

Task<Answer> UsersRoutes::get_user(Call& call) {
  co_return co_await show(call, co_await services_.users.find(call.id<UserId>("id").value));
}

Task<Answer> UsersRoutes::show(Call& call, Result<std::optional<db::UserRow>> user) {
  if (!user) co_return failure(services_.log, call, user.error());
  if (!*user) co_return not_found();
  const UserId id{(*user)->id};
  const bool is_online = co_await services_.presence.is_online(id);
  std::string json;
  protocol::append_user(
      json, chat::user_view(**user, {.is_online = is_online, .is_own = id == call.user()}));
  co_return json_response(200, std::move(json));
}

Task<Answer> UsersRoutes::search(Call& call) {
  const auto query = read_query(call);
  if (!query) co_return std::unexpected(query.error());
  auto search = protocol::parse_user_search(
      {.email = query->find("email"), .name = query->find("name"), .limit = query->find("limit")});
  if (!search) co_return std::unexpected(std::move(search.error()));

  std::vector<db::UserRow> rows;
  if (search->email) {
    auto row = co_await services_.users.find_by_email(protocol::fold_email(*search->email));
    if (!row) co_return failure(services_.log, call, row.error());
    if (*row) rows.push_back(std::move(**row));
  } else {
    auto found =
        co_await services_.users.search_by_name(std::move(*search->name_prefix), search->limit);
    if (!found) co_return failure(services_.log, call, found.error());
    rows = std::move(*found);
  }

  std::vector<UserId> ids;
  ids.reserve(rows.size());
  for (const db::UserRow& row : rows) ids.push_back({row.id});
  const std::vector<bool> online = co_await services_.presence.are_online(ids);
  std::vector<protocol::UserView> users;
  users.reserve(rows.size());
  for (std::size_t i = 0; i < rows.size(); ++i) {
    users.push_back(
        chat::user_view(rows[i], {.is_online = online[i], .is_own = ids[i] == call.user()}));
  }
  std::string json;
  protocol::append_user_page(json, users);
  co_return json_response(200, std::move(json));
}

}  // namespace ringtalk::app::rest
