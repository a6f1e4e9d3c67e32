// /v1/users/me, /v1/users/{id} and the search: who is who, and who is here. Owned by the Api; the
// shard's thread.
#pragma once

#include <vector>

#include "app/protocol/views.h"
#include "app/rest/call.h"
#include "app/rest/routes.h"
#include "app/rest/services.h"

namespace ringtalk::app::rest {

class UsersRoutes {
 public:
  explicit UsersRoutes(const Services& services) : services_(services) {}

  void add_to(Routes& routes);

 private:
  [[nodiscard]] reactor::Task<Answer> get_me(Call& call);
  [[nodiscard]] reactor::Task<Answer> patch_me(Call& call);
  [[nodiscard]] reactor::Task<Answer> get_user(Call& call);
  [[nodiscard]] reactor::Task<Answer> search(Call& call);

  [[nodiscard]] reactor::Task<Answer> show(Call& call,
                                           reactor::Result<std::optional<db::UserRow>> user);

  const Services& services_;
};

}  // namespace ringtalk::app::rest
