#include "loadgen/traffic/set_up.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <utility>

#include "loadgen/measure/payload.h"

namespace ringtalk::loadgen {
namespace {

using reactor::Task;

// Requests at once, each on a connection of its own.
constexpr std::size_t kWorkers = 8;
constexpr std::uint32_t kUsersAtOnce = 1000;
constexpr const char* kPassword = "load generator";

}  // namespace

SetUp::SetUp(reactor::Reactor& reactor, const Endpoint& endpoint, const Plan& plan,
             const WorldPlan& world_plan, std::uint32_t run)
    : plan_(plan), world_plan_(world_plan), rest_(reactor, endpoint, {.connections = kWorkers}) {
  world_.run = run;
  world_.connected = world_plan.connected;
  world_.users.resize(world_plan.users);
  world_.conversations.resize(world_plan.conversations.size());
  world_.conversations_of.resize(world_plan.users);
  for (std::uint32_t index = 0; index < world_plan.conversations.size(); ++index) {
    const auto& members = world_plan.conversations[index].members;
    world_.conversations[index].members = members;
    for (const std::uint32_t member : members) world_.conversations_of[member].push_back(index);
  }
}

Task<std::expected<void, Failure>> SetUp::make() {
  co_await make_users_in_bulk();
  if (!has_bulk_) co_await register_users();
  next_ = 0;
  for (std::size_t worker = 0; worker < kWorkers; ++worker) {
    workers_.spawn(make_conversations(worker));
  }
  co_await workers_.join();
  if (failure_) co_return std::unexpected(*failure_);
  co_return std::expected<void, Failure>();
}

Task<void> SetUp::close() {
  co_await rest_.close();
}

// --- users ---

Task<void> SetUp::make_users_in_bulk() {
  while (users_made_ < world_.users.size() && !failure_) {
    const std::size_t count =
        std::min<std::size_t>(kUsersAtOnce, world_.users.size() - users_made_);
    const auto answer = co_await ask_once(
        post_request("/v1/test/users", "",
                     fmt::format(R"({{"count":{},"namePrefix":"load {} "}})", count, users_made_)),
        0);
    if (!answer) co_return;
    has_bulk_ = answer->status != 401 && answer->status != 404;  // as what is not there answers
    if (!has_bulk_) co_return;
    const auto made = words_.users(answer->body);
    if (answer->status != 201 || !made || made->users.size() != count) {
      co_return fail(fmt::format("POST /v1/test/users answers {}: {}", answer->status,
                                 answer->body.substr(0, 200)));
    }
    world_.token_lifetime_s = made->expires_in_s;
    for (const UserWord& user : made->users) {
      world_.users[users_made_++] = {
          .id = user.id, .token = user.token, .refresh_token = user.refresh_token};
    }
  }
}

Task<void> SetUp::register_users() {
  fmt::print(stderr,
             "The server has no POST /v1/test/users (start it with --test-endpoints on, not in "
             "production):\nregistering {} users one by one, which costs it a password hash for "
             "each, twice.\n",
             world_.users.size());
  next_ = 0;
  for (std::size_t worker = 0; worker < kWorkers; ++worker) workers_.spawn(register_some(worker));
  co_await workers_.join();
}

Task<void> SetUp::register_some(std::size_t worker) {
  while (!failure_ && next_ < world_.users.size()) {
    const std::uint32_t index = next_++;
    auto user = co_await register_one(index, worker);
    if (!user) co_return;
    world_.users[index] = std::move(*user);
    ++users_made_;
  }
}

Task<std::optional<User>> SetUp::register_one(std::uint32_t index, std::size_t worker) {
  const std::string email = fmt::format("load-{:08x}-{}@test.invalid", world_.run, index);
  const auto registered =
      co_await ask(post_request("/v1/users/register", "",
                                fmt::format(R"({{"name":"load {}","email":"{}","password":"{}"}})",
                                            index, email, kPassword)),
                   worker);
  if (!registered) co_return std::nullopt;
  const auto logged_in = co_await ask(
      post_request("/v1/users/login", "",
                   fmt::format(R"({{"email":"{}","password":"{}"}})", email, kPassword)),
      worker);
  if (!logged_in) co_return std::nullopt;
  const auto login = words_.login(*logged_in);
  if (!login) {
    fail("POST /v1/users/login answers without a token");
    co_return std::nullopt;
  }
  world_.token_lifetime_s = login->expires_in_s;
  const UserWord& user = login->users.front();
  co_return User{.id = user.id, .token = user.token, .refresh_token = user.refresh_token};
}

// --- conversations ---

Task<void> SetUp::make_conversations(std::size_t worker) {
  while (!failure_ && next_ < world_.conversations.size()) {
    const std::uint32_t index = next_++;
    co_await make_conversation(index, worker);
    if (world_plan_.messages > 0 && !failure_) co_await fill(index, worker);
  }
}

std::string SetUp::new_conversation_json(const ConversationPlan& plan) const {
  std::string json = R"({"memberIds":[)";
  for (std::size_t i = 1; i < plan.members.size(); ++i) {
    fmt::format_to(std::back_inserter(json), R"({}"{}")", i > 1 ? "," : "",
                   world_.users[plan.members[i]].id);
  }
  json += fmt::format(R"(],"isGroup":{},"name":"load"}})", plan.is_group);
  return json;
}

Task<void> SetUp::make_conversation(std::uint32_t index, std::size_t worker) {
  const ConversationPlan& plan = world_plan_.conversations[index];
  const auto body =
      co_await ask(post_request("/v1/conversations", world_.users[plan.members.front()].token,
                                new_conversation_json(plan)),
                   worker);
  if (!body) co_return;
  auto id = words_.text(*body, "id");
  if (!id) co_return fail("POST /v1/conversations answers without an id");
  world_.conversations[index].key = key_of(*id);
  world_.conversations[index].id = std::move(*id);
  world_.conversations[index].head = words_.number(*body, "lastSeq").value_or(0);
}

Task<void> SetUp::fill(std::uint32_t index, std::size_t worker) {
  Conversation& conversation = world_.conversations[index];
  for (std::uint32_t number = 0; number < world_plan_.messages && !failure_; ++number) {
    const std::uint32_t sender = conversation.members[number % conversation.members.size()];
    std::string content;
    append_payload(
        content,
        {.run = world_.run, .sender = sender, .number = number / conversation.members.size() + 1},
        plan_.payload_bytes);
    const auto body = co_await ask(
        post_request(fmt::format("/v1/conversations/{}/messages", conversation.id),
                     world_.users[sender].token, fmt::format(R"({{"content":"{}"}})", content)),
        worker);
    if (body) conversation.head = words_.number(*body, "seq").value_or(conversation.head);
  }
}

// --- asking ---

Task<std::optional<http::Response>> SetUp::ask_once(http::OutgoingRequest request,
                                                    std::size_t worker) {
  const std::string what = fmt::format("{} {}", http::method_name(request.method), request.target);
  auto answer = co_await rest_.ask(std::move(request), worker);
  if (!answer) {
    fail(fmt::format("{}: {}; is the server at {} up?", what, answer.error().detail, plan_.url));
    co_return std::nullopt;
  }
  co_return std::move(*answer);
}

Task<std::optional<std::string>> SetUp::ask(http::OutgoingRequest request, std::size_t worker) {
  const std::string what = fmt::format("{} {}", http::method_name(request.method), request.target);
  auto answer = co_await ask_once(std::move(request), worker);
  if (!answer) co_return std::nullopt;
  if (answer->status / 100 != 2) {
    const bool is_limited = answer->status == 429;
    fail(fmt::format("{} answers {}: {}{}", what, answer->status, answer->body.substr(0, 200),
                     is_limited ? "; start the server with --rate-limits off" : ""));
    co_return std::nullopt;
  }
  co_return std::move(answer->body);
}

void SetUp::fail(std::string words) {
  if (!failure_) failure_ = Failure{.exit_code = kUnreachable, .words = std::move(words)};
}

}  // namespace ringtalk::loadgen
