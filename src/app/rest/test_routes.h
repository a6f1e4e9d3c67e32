// POST /test/post and GET /test/static/{name}: for conformance suites and benchmarks, behind
// --test-endpoints. Static bodies are made here: "64b", "1k", "16k", "64k" and "1m", text of that
// length, such as any web server would have to send. Owned by the Api; the shard's thread.
#pragma once

#include <cstdint>

#include "app/rest/call.h"
#include "app/rest/routes.h"
#include "http/static_files.h"

namespace ringtalk::app::rest {

class TestRoutes {
 public:
  TestRoutes();

  void add_to(Routes& routes);

 private:
  [[nodiscard]] reactor::Task<Answer> post(Call& call);
  [[nodiscard]] reactor::Task<Answer> get_static(Call& call);

  http::StaticFiles files_;
};

}  // namespace ringtalk::app::rest
