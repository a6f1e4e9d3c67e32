#include "app/rest/test_routes.h"

#include <fmt/format.h>

#include <array>
#include <utility>

#include "app/rest/failures.h"
#include "app/rest/responses.h"

namespace ringtalk::app::rest {

namespace {

using reactor::Task;

struct NamedSize {
  const char* name;
  std::size_t bytes;
};
constexpr std::array kSizes{NamedSize{"64b", 64}, NamedSize{"1k", 1024},
                            NamedSize{"16k", 16 * 1024}, NamedSize{"64k", 64 * 1024},
                            NamedSize{"1m", 1024 * 1024}};

// Not one letter over and over: that would flatter whatever compresses on the way.
std::string text_of(std::size_t bytes) {
  std::string text;
  text.reserve(bytes + 16);
  for (std::uint64_t line = 0; text.size() < bytes; ++line) {
    text += fmt::format("{:015x}\n", line * 0x9e3779b97f4a7c15U >> 4);
  }
  text.resize(bytes);
  return text;
}

}  // namespace

TestRoutes::TestRoutes() {
  for (const NamedSize& size : kSizes) {
    files_.add(fmt::format("{}.txt", size.name), text_of(size.bytes));
    files_.add(size.name, text_of(size.bytes));
  }
}

void TestRoutes::add_to(Routes& routes) {
  RouteRules rules = kPublicRules;
  rules.is_quiet = true;
  routes.add(http::Method::kGet, "/test/static/{name...}",
             Handler::of<&TestRoutes::get_static>(*this), rules);
  rules.body = Body::kMeasured;
  routes.add(http::Method::kPost, "/test/post", Handler::of<&TestRoutes::post>(*this), rules);
}

Task<Answer> TestRoutes::post(Call& call) {
  co_return json_response(200, fmt::format(R"({{"bytes":{}}})", call.exchange.body_bytes));
}

Task<Answer> TestRoutes::get_static(Call& call) {
  auto response = files_.answer(call.parameters["name"], call.request);
  if (!response) co_return not_found();
  co_return std::move(*response);
}

}  // namespace ringtalk::app::rest
