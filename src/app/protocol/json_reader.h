// Reads JSON that a client sent, to the letter of the contract, on simdjson.
// One a shard, reused for each body and message so that its buffers are allocated once; one thread.
// What it refuses, besides bad syntax: a duplicate key (compared after unescaping) at any depth, a
// NUL in text, invalid UTF-8, a lone surrogate, more than 16 levels, more than 64 KiB, anything
// after the value, and a number that neither 64 bits nor a double can hold (RFC 8259 §6 leaves that
// to us). Included without simdjson's own (large) header; json_fields.h is the inside.
#pragma once

#include <memory>

namespace ringtalk::app::protocol {

class JsonReader {
 public:
  JsonReader();
  ~JsonReader();
  JsonReader(const JsonReader&) = delete;
  JsonReader& operator=(const JsonReader&) = delete;

  struct Parser;
  Parser& parser() { return *parser_; }

 private:
  std::unique_ptr<Parser> parser_;
};

}  // namespace ringtalk::app::protocol
