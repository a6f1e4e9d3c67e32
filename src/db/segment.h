// Segment: one or several statements that reach PostgreSQL together and are one transaction: all of
// them are committed, or none. A value; made by a store, handed to PgConnection::run.
#pragma once

#include <utility>
#include <vector>

#include "db/pg_parameters.h"

namespace ringtalk::db {

/// A constant of a store's …_sql.h, which a connection prepares when it first meets it. The name is
/// unique in the program. Always given the same types of parameters.
struct Statement {
  const char* name = nullptr;
  const char* sql = nullptr;
};

class Segment {
 public:
  struct Step {
    Statement statement;
    PgParameters parameters;
  };

  Segment() = default;
  explicit Segment(const Statement& statement, PgParameters parameters = {}) {
    add(statement, std::move(parameters));
  }

  Segment& add(const Statement& statement, PgParameters parameters = {}) {
    steps_.push_back({statement, std::move(parameters)});
    return *this;
  }
  [[nodiscard]] const std::vector<Step>& steps() const { return steps_; }

 private:
  std::vector<Step> steps_;
};

}  // namespace ringtalk::db
