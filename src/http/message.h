// What an HTTP request and response are here: plain values, bytes in and bytes out of the codecs.
// A connection owns one Request (inside its RequestParser) and reuses its memory from request to
// request; handlers make Responses. Thread: whoever owns the value; nothing here is shared.
// Header names compare without case (RFC 9110 §5.1); values carry no outer blanks.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ringtalk::http {

// The methods that this server implements; any other is answered with 501 by the parser.
enum class Method : std::uint8_t { kGet, kHead, kPost, kPut, kPatch, kDelete, kOptions };
inline constexpr std::array kMethods{Method::kGet,   Method::kHead,   Method::kPost,   Method::kPut,
                                     Method::kPatch, Method::kDelete, Method::kOptions};

[[nodiscard]] std::string_view method_name(Method method);

// Compares two ASCII texts without case.
[[nodiscard]] bool equals_ignoring_case(std::string_view left, std::string_view right);

struct Header {
  std::string_view name;
  std::string_view value;
};

// Header fields in the order they came. All text lies in one buffer, so that a list that is
// cleared and filled again allocates nothing. Views are good until the next add() or clear().
class HeaderList {
 public:
  void add(std::string_view name, std::string_view value);
  void clear();

  // The first field of that name.
  [[nodiscard]] std::optional<std::string_view> find(std::string_view name) const;

  [[nodiscard]] std::size_t size() const { return fields_.size(); }
  [[nodiscard]] bool empty() const { return fields_.empty(); }
  [[nodiscard]] Header operator[](std::size_t index) const;

  // All names and values together: for reserving an output buffer, and what clear() keeps.
  [[nodiscard]] std::size_t text_bytes() const { return text_.size(); }
  [[nodiscard]] std::size_t text_bytes_kept() const { return text_.capacity(); }

  class Iterator {
   public:
    Iterator(const HeaderList& list, std::size_t index) : list_(&list), index_(index) {}
    Header operator*() const { return (*list_)[index_]; }
    Iterator& operator++() {
      ++index_;
      return *this;
    }
    bool operator==(const Iterator& other) const { return index_ == other.index_; }

   private:
    const HeaderList* list_;
    std::size_t index_;
  };
  [[nodiscard]] Iterator begin() const { return {*this, 0}; }
  [[nodiscard]] Iterator end() const { return {*this, size()}; }

 private:
  struct Field {
    std::uint32_t name_begin;
    std::uint32_t value_begin;
    std::uint32_t value_end;
  };

  std::string text_;
  std::vector<Field> fields_;
};

struct Request {
  Method method = Method::kGet;
  int version_minor = 1;  // HTTP/1.0 or HTTP/1.1, nothing else gets here
  std::string target;     // as sent
  std::string path;       // its path, still percent-encoded: "/v1/a%2Fb", or "*" for OPTIONS
  std::string query;      // what follows the '?', still encoded; empty without one
  HeaderList headers;
  std::string body;

  bool keep_alive = true;        // may another request follow on this connection?
  bool expect_continue = false;  // the client waits for 100 before it sends the body
  bool is_upgrade = false;       // asks for another protocol: the bytes behind the head are its

  [[nodiscard]] std::optional<std::string_view> header(std::string_view name) const {
    return headers.find(name);
  }
};

struct Response {
  int status = 200;
  HeaderList headers;  // without Date, Content-Length and Connection: the writer adds those
  std::string body;
  bool close = false;  // this is the last response of the connection
};

// Why a request can't be served, before any handler has seen it: the parts of a problem+json.
struct RequestError {
  int status = 400;
  std::string_view code;  // the stable word, a literal: "malformed_request", "too_large", …
  std::string detail;
};
[[nodiscard]] RequestError malformed_request(std::string_view detail);  // 400

// Is `token` a member of the comma-separated list in the header `name`, over all fields of that
// name, without case (RFC 9110 §5.6.1)? "upgrade" is in "keep-alive, Upgrade".
[[nodiscard]] bool header_has_token(const Request& request, std::string_view name,
                                    std::string_view token);

}  // namespace ringtalk::http
