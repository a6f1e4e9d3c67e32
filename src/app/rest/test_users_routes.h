// POST /v1/test/users: many users at once, each logged in, without an Argon2id hash for each. For
// load generators and test suites, behind --test-endpoints, which production mode refuses: whoever
// may call it is let in. Owned by the Api; the shard's thread.
#pragma once

#include <vector>

#include "app/rest/call.h"
#include "app/rest/routes.h"
#include "app/rest/services.h"
#include "db/test_user_store.h"

namespace ringtalk::app::rest {

class TestUsersRoutes {
 public:
  explicit TestUsersRoutes(const Services& services) : services_(services), store_(services.pool) {}

  void add_to(Routes& routes);

 private:
  struct Seat {  // a user to be, and what he logs in with
    db::NewTestUser row;
    std::string refresh_token;
  };

  [[nodiscard]] reactor::Task<Answer> create(Call& call);
  [[nodiscard]] std::vector<Seat> make_seats(std::int64_t count, const std::string& prefix) const;
  [[nodiscard]] std::string write(const std::vector<Seat>& seats) const;

  const Services& services_;
  db::TestUserStore store_;
};

}  // namespace ringtalk::app::rest
