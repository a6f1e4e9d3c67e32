// A server's HTTP connection on one end of a stream and a client on the other, for tests: the
// service notes what it was asked and answers in a way that can be recognised. One thread.
#pragma once

#include <gtest/gtest.h>

#include <charconv>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "http/connection.h"
#include "stream_pair.h"

namespace ringtalk::http {

/// Answers "GET /path body". A path that begins with "/slow" takes `slowness`; "/close" ends the
/// connection; "/large" is answered with `large_bytes`.
class NotingService final : public Service {
 public:
  explicit NotingService(reactor::Reactor& reactor) : reactor_(reactor) {}

  BodyPlan plan_body(const Request&) override {
    ++bodies_planned;
    return plan;
  }

  reactor::Task<Response> answer(const Request& request, const Exchange& exchange) override {
    seen.push_back(std::string(method_name(request.method)) + " " + request.target + " " +
                   request.body);
    body_bytes = exchange.body_bytes;
    if (request.path.starts_with("/slow")) co_await reactor_.sleep_for(slowness);
    ++answered;
    Response response{.body = std::string(method_name(request.method)) + " " + request.target +
                              " " + request.body};
    if (request.path == "/large") response.body = std::string(large_bytes, 'x');
    response.close = request.path == "/close";
    co_return response;
  }

  Response refuse(const Request* head, const RequestError& error) override {
    refused.push_back(error.status);
    refused_with_head = head != nullptr;
    return {.status = error.status, .body = std::string(error.code)};
  }

  BodyPlan plan;
  reactor::Duration slowness = std::chrono::milliseconds(20);
  std::size_t large_bytes = 100'000;
  std::vector<std::string> seen;
  std::size_t answered = 0;
  std::size_t bodies_planned = 0;
  std::uint64_t body_bytes = 0;
  std::vector<int> refused;
  bool refused_with_head = false;

 private:
  reactor::Reactor& reactor_;
};

struct Answer {
  int status = 0;
  std::string head;
  std::string body;
  [[nodiscard]] bool closes() const { return head.contains("Connection: close\r\n"); }
};

/// The whole answers at the front of `bytes`, none of them to HEAD.
inline std::vector<Answer> read_answers(std::string bytes) {
  std::vector<Answer> answers;
  while (true) {
    const std::size_t head_end = bytes.find("\r\n\r\n");
    if (head_end == std::string::npos) return answers;
    Answer answer{.head = bytes.substr(0, head_end + 2)};
    std::from_chars(bytes.data() + 9, bytes.data() + 12, answer.status);
    constexpr std::string_view kLength = "Content-Length: ";
    const std::size_t at = answer.head.find(kLength);
    std::size_t size = 0;
    if (at != std::string::npos) size = std::stoul(answer.head.substr(at + kLength.size()));
    if (bytes.size() < head_end + 4 + size) return answers;
    answer.body = bytes.substr(head_end + 4, size);
    bytes.erase(0, head_end + 4 + size);
    answers.push_back(std::move(answer));
  }
}

inline std::string get(const std::string& target, const std::string& fields = "") {
  return "GET " + target + " HTTP/1.1\r\nHost: h\r\n" + fields + "\r\n";
}

inline std::string post(const std::string& target, const std::string& body,
                        const std::string& fields = "") {
  return "POST " + target +
         " HTTP/1.1\r\nHost: h\r\nContent-Length: " + std::to_string(body.size()) + "\r\n" +
         fields + "\r\n" + body;
}

class ConnectionLab {
 public:
  explicit ConnectionLab(test_support::StreamKind kind) : pair(kind) {
    connection.emplace(environment, pair.near());
    pair.scope().spawn(serve());
  }
  ~ConnectionLab() {
    pair.near().abort();
    pair.far().abort();
    test_support::join(pair.reactor(), pair.scope());
  }

  /// False if fewer come.
  [[nodiscard]] bool hears_answers(std::size_t count) {
    return pair.turn_until([&] { return read_answers(client.heard()).size() >= count; });
  }
  [[nodiscard]] std::vector<Answer> answers() const { return read_answers(client.heard()); }
  [[nodiscard]] bool ends(reactor::Duration patience = test_support::kPatience) {
    return pair.turn_until([&] { return is_over; }, patience);
  }

  test_support::StreamPair pair;
  NotingService service{pair.reactor()};
  DateText date;
  Connection::Environment environment{.reactor = pair.reactor(), .service = service, .date = date};
  test_support::Peer client{pair};
  std::optional<Connection> connection;
  std::optional<Upgrade> upgrade;
  bool is_over = false;

 private:
  // As the connection's owner does: at the end it goes, and the stream is closed.
  reactor::Task<void> serve() {
    upgrade = co_await connection->serve();
    connection.reset();
    is_over = true;
    if (!upgrade) co_await pair.near().close();
  }
};

}  // namespace ringtalk::http
