// Checker: what the contract promises, asked of one simulated history: at once, whenever a client
// is told something, and at the end, when all must have come right. Its truth is the database's
// tables. Owned by the world; one thread.
#pragma once

#include <fmt/format.h>

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "app/protocol/ids.h"
#include "app/protocol/json_reader.h"
#include "memory_tables.h"
#include "trace.h"

namespace ringtalk::sim {

/// An event or acknowledged message as a client has seen it.
struct SeenMessage {
  std::int64_t conversation = 0;
  std::int64_t seq = 0;
  std::int64_t sender = 0;
  std::string_view content;
  std::string_view client_id;  // empty: null
};

class Checker {
 public:
  static constexpr std::size_t kFindingsKept = 10;

  Checker(const test_support::MemoryTables& tables, Trace& trace)
      : tables_(tables), trace_(trace) {}

  template <class... Values>
  void fail(std::string_view rule, fmt::format_string<Values...> format, Values&&... values) {
    add(fmt::format("{}: {}", rule, fmt::format(format, std::forward<Values>(values)...)));
  }
  [[nodiscard]] const std::vector<std::string>& findings() const { return findings_; }

  // Of what somebody is told.
  /// It stands in the log at that place, as it is told.
  void expect_stored(const SeenMessage& seen);
  void expect_kind(std::int64_t conversation, std::int64_t seq, std::string_view kind);
  /// He is a member, or it lies before his leaving.
  void expect_visible(std::int64_t user, std::int64_t conversation, std::int64_t seq);
  void expect_was_member(std::int64_t user, std::int64_t conversation);
  void expect_has_left(std::int64_t user, std::int64_t conversation);
  void expect_below_head(std::string_view what, std::int64_t conversation, std::int64_t seq);
  /// At some time: he may have come again.
  [[nodiscard]] bool has_left(std::int64_t user, std::int64_t conversation);
  [[nodiscard]] bool is_member_since(std::int64_t user, std::int64_t conversation,
                                     std::int64_t unix_ms);

  // At the end.
  void expect_dense_logs();
  void expect_each_content_once();
  void expect_unread_counts();

  [[nodiscard]] const test_support::MemoryTables& tables() const { return tables_; }

 private:
  struct Stay {  // of a member
    std::int64_t from_ms = 0;
    std::int64_t left_seq = 0;  // 0: still there
  };
  struct Log {
    std::int64_t read_to = 0;
    bool has_founders = false;
    std::map<std::int64_t, std::vector<Stay>> stays;  // by user
  };

  void add(std::string finding);
  [[nodiscard]] const db::EventRow* row_at(std::int64_t conversation, std::int64_t seq) const;
  [[nodiscard]] const std::vector<Stay>& stays_of(std::int64_t user, std::int64_t conversation);
  void read_on(Log& log, const test_support::MemoryConversation& conversation);

  const test_support::MemoryTables& tables_;
  Trace& trace_;
  app::protocol::JsonReader json_reader_;
  std::map<std::int64_t, Log> logs_;  // by conversation
  std::vector<std::string> findings_;
};

}  // namespace ringtalk::sim
