// POST /v1/users/register, login, refresh and logout: how one becomes somebody, and ceases to be.
// A login is a family of refresh tokens, each good for one use, and the access tokens that came
// with them. Owned by the Api; the shard's thread.
#pragma once

#include <string>

#include "app/rest/call.h"
#include "app/rest/passwords.h"
#include "app/rest/routes.h"
#include "app/rest/services.h"

namespace ringtalk::app::rest {

class LoginRoutes {
 public:
  explicit LoginRoutes(const Services& services);

  void add_to(Routes& routes);

 private:
  [[nodiscard]] reactor::Task<Answer> register_user(Call& call);
  [[nodiscard]] reactor::Task<Answer> log_in(Call& call);
  [[nodiscard]] reactor::Task<Answer> refresh(Call& call);
  [[nodiscard]] reactor::Task<Answer> log_out(Call& call);

  [[nodiscard]] reactor::Task<Answer> begin_login(Call& call, db::UserRow user);
  [[nodiscard]] reactor::Task<http::Response> login_response(db::UserRow user,
                                                             protocol::LoginId login,
                                                             std::string refresh_token);
  [[nodiscard]] reactor::Task<void> end(protocol::LoginId login);
  [[nodiscard]] std::int64_t now_ms() const { return services_.reactor.unix_milliseconds(); }

  const Services& services_;
  Passwords passwords_;
};

}  // namespace ringtalk::app::rest
