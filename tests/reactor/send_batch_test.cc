#include "reactor/send_batch.h"

#include <gtest/gtest.h>

#include <string>
#include <utility>

namespace ringtalk::reactor {
namespace {

constexpr std::size_t kKibibyte = 1024;

std::string text_of(SendBatch& batch) {
  std::string text;
  for (const iovec& part : batch.seal()) {
    text.append(static_cast<const char*>(part.iov_base), part.iov_len);
  }
  return text;
}

void write(SendBatch& batch, std::string_view bytes) {
  batch.tail().append(bytes);
  batch.wrote(bytes.size());
}

TEST(SendBatchTest, has_room_up_to_a_mebibyte_and_for_any_single_part) {
  SendBatchPool pool;
  const auto batch = pool.take();
  EXPECT_TRUE(batch->has_room(10 * SendBatch::kBytesMax));
  write(*batch, "x");
  EXPECT_TRUE(batch->has_room(SendBatch::kBytesMax - 1));
  EXPECT_FALSE(batch->has_room(SendBatch::kBytesMax));
}

TEST(SendBatchTest, has_room_for_512_parts) {
  SendBatchPool pool;
  const auto batch = pool.take();
  const SharedBytes part(std::string(2 * kKibibyte, 'p'));
  for (int i = 0; i < 511; ++i) batch->push(part);
  EXPECT_TRUE(batch->has_room(0));
  batch->push(part);
  EXPECT_FALSE(batch->has_room(0));
}

TEST(SendBatchTest, a_batch_from_the_pool_is_empty_and_has_the_memory_of_an_earlier_one) {
  SendBatchPool pool;
  auto batch = pool.take();
  write(*batch, std::string(4 * kKibibyte, 'a'));
  batch->push(SharedBytes(std::string(4 * kKibibyte, 's')));
  EXPECT_EQ(text_of(*batch).size(), 8 * kKibibyte);
  const SendBatch* address = batch.get();
  pool.give_back(std::move(batch));
  EXPECT_GE(pool.idle_bytes(), 4 * kKibibyte);
  batch = pool.take();
  EXPECT_EQ(batch.get(), address);
  EXPECT_EQ(pool.idle_bytes(), 0U);
  EXPECT_EQ(batch->bytes(), 0U);
  EXPECT_GE(batch->tail().capacity(), 4 * kKibibyte);
  EXPECT_EQ(text_of(*batch), "");
}

TEST(SendBatchTest, keeps_16_kibibytes_of_one_batch_and_not_a_byte_more) {
  for (const bool is_past : {false, true}) {
    SendBatchPool pool;
    auto batch = pool.take();
    batch->tail().reserve(16 * kKibibyte + (is_past ? 1 : 0));
    const std::size_t capacity = batch->tail().capacity();
    write(*batch, "x");
    pool.give_back(std::move(batch));
    batch = pool.take();
    EXPECT_EQ(batch->tail().capacity() == capacity, !is_past);
  }
}

TEST(SendBatchTest, shared_bytes_are_let_go_when_the_batch_rests) {
  SendBatchPool pool;
  auto batch = pool.take();
  auto owner = std::make_shared<const std::string>("frame");
  batch->push(SharedBytes(owner));
  EXPECT_EQ(owner.use_count(), 2);
  pool.give_back(std::move(batch));
  EXPECT_EQ(owner.use_count(), 1);
}

TEST(SendBatchTest, the_pool_keeps_eight_mebibytes_at_the_most) {
  SendBatchPool pool;
  std::vector<std::unique_ptr<SendBatch>> batches;
  for (int i = 0; i < 700; ++i) {
    batches.push_back(pool.take());
    write(*batches.back(), std::string(16 * kKibibyte, 'x'));
  }
  for (auto& batch : batches) pool.give_back(std::move(batch));
  EXPECT_LE(pool.idle_bytes(), SendBatchPool::kIdleBytesMax);
  EXPECT_GT(pool.idle_bytes(), SendBatchPool::kIdleBytesMax - 32 * kKibibyte);
}

}  // namespace
}  // namespace ringtalk::reactor
