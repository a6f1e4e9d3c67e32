#include "cache/reply_reader.h"

#include <hiredis/read.h>

#include <cstddef>
#include <utility>

#include "cache/limits.h"

namespace ringtalk::cache {
namespace {

using reactor::ErrorKind;

// hiredis hands us each value as it comes, and its place; it keeps a pointer to the outermost one
// and to each array that is not whole yet. Those never move: an array has its size from the start.
Reply* place_of(const redisReadTask* task) {
  if (task->parent == nullptr) return new Reply;
  auto* array = static_cast<Reply*>(task->parent->obj);
  return &array->elements[static_cast<std::size_t>(task->idx)];
}

void* make_string(const redisReadTask* task, char* bytes, std::size_t size) {
  Reply* reply = place_of(task);
  reply->kind = task->type == REDIS_REPLY_ERROR ? Reply::Kind::kError : Reply::Kind::kString;
  reply->text.assign(bytes, size);
  return reply;
}

void* make_array(const redisReadTask* task, int elements) {
  // Null is "out of memory", which ends the connection.
  if (std::cmp_greater(elements, limits::kReplyElementsMax)) return nullptr;
  Reply* reply = place_of(task);
  reply->kind = Reply::Kind::kArray;
  reply->elements.resize(static_cast<std::size_t>(elements));
  return reply;
}

void* make_integer(const redisReadTask* task, long long value) {
  Reply* reply = place_of(task);
  reply->kind = Reply::Kind::kInteger;
  reply->integer = value;
  return reply;
}

void* make_nil(const redisReadTask* task) {
  return place_of(task);
}

void free_outermost(void* reply) {
  delete static_cast<Reply*>(reply);
}

redisReplyObjectFunctions functions{
    .createString = make_string,
    .createArray = make_array,
    .createInteger = make_integer,
    .createNil = make_nil,
    .freeObject = free_outermost,
};

}  // namespace

void ReplyReader::Free::operator()(redisReader* reader) const {
  redisReaderFree(reader);
}

ReplyReader::ReplyReader() : reader_(redisReaderCreateWithFunctions(&functions)) {
  RINGTALK_ASSERT(reader_ != nullptr, "out of memory");
}

void ReplyReader::feed(std::string_view bytes) {
  bytes_without_reply_ += bytes.size();
  // An error stays in the reader, and next() tells it.
  redisReaderFeed(reader_.get(), bytes.data(), bytes.size());
}

reactor::Result<std::optional<Reply>> ReplyReader::next() {
  void* outermost = nullptr;
  if (redisReaderGetReply(reader_.get(), &outermost) != REDIS_OK) {
    return reactor::fail(ErrorKind::kProtocol, reader_->errstr);
  }
  if (outermost == nullptr) {
    if (bytes_without_reply_ <= limits::kReplyBytesMax) return std::nullopt;
    return reactor::fail(ErrorKind::kProtocol, "an answer is longer than 64 MiB");
  }
  bytes_without_reply_ = 0;
  const std::unique_ptr<Reply> owner(static_cast<Reply*>(outermost));
  return std::move(*owner);
}

}  // namespace ringtalk::cache
