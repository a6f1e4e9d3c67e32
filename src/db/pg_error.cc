#include "db/pg_error.h"

#include <string>

namespace ringtalk::db {
namespace {

std::string one_line(const char* text) {
  std::string line = text == nullptr ? "" : text;
  while (!line.empty() && (line.back() == '\n' || line.back() == ' ')) line.pop_back();
  for (char& character : line) {
    if (character == '\n') character = ' ';
  }
  return line;
}

}  // namespace

reactor::ErrorKind error_kind_of(std::string_view sqlstate) {
  using enum reactor::ErrorKind;
  if (sqlstate.empty() || ends_connection(sqlstate)) return kUnavailable;
  if (sqlstate == "57014") return kTimedOut;
  if (sqlstate == "55P03" || sqlstate.starts_with("40") || sqlstate.starts_with("53")) {
    return kOverloaded;
  }
  if (sqlstate.starts_with("22") || sqlstate.starts_with("23")) return kInvalid;
  return kProtocol;
}

// The primary message alone: the detail of a constraint's error would quote the row's values.
reactor::Error error_of(const PGresult* result) {
  const char* sqlstate = PQresultErrorField(result, PG_DIAG_SQLSTATE);
  const char* message = PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);
  std::string code = sqlstate == nullptr ? "" : sqlstate;
  return {.kind = error_kind_of(code),
          .detail = one_line(message != nullptr ? message : PQresultErrorMessage(result)),
          .code = std::move(code)};
}

reactor::Error error_of(const PGconn* connection) {
  return {.kind = reactor::ErrorKind::kUnavailable, .detail = one_line(PQerrorMessage(connection))};
}

// 08P01 is a malformed message of ours: connecting again would not cure it.
bool ends_connection(std::string_view sqlstate) {
  if (sqlstate == "08P01") return false;
  return sqlstate.starts_with("08") || sqlstate.starts_with("57P");
}

}  // namespace ringtalk::db
