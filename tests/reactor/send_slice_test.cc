#include "reactor/send_slice.h"

#include <gtest/gtest.h>

#include <climits>
#include <string>
#include <string_view>
#include <vector>

namespace ringtalk::reactor {
namespace {

class Idle final : public SendOperation {
 public:
  explicit Idle(const std::vector<std::string_view>& texts) {
    for (const std::string_view text : texts) {
      list_.push_back({.iov_base = const_cast<char*>(text.data()), .iov_len = text.size()});
    }
    parts = list_.data();
    part_count = list_.size();
  }
  void on_completion(Completion&) override {}

 private:
  std::vector<iovec> list_;
};

std::string text_of(const SendOperation& operation, const SendSlice& slice) {
  if (!slice.is_message) return {static_cast<const char*>(slice.bytes), slice.byte_count};
  std::string text;
  for (std::size_t i = 0; i < operation.message.msg_iovlen; ++i) {
    const iovec& part = operation.message.msg_iov[i];
    text.append(static_cast<const char*>(part.iov_base), part.iov_len);
  }
  return text;
}

TEST(SendSlice, one_part_is_a_plain_run_of_bytes) {
  Idle operation({"hello"});
  const SendSlice slice = next_slice(operation);
  EXPECT_FALSE(slice.is_message);
  EXPECT_EQ(text_of(operation, slice), "hello");
}

TEST(SendSlice, from_every_offset_the_slices_give_the_rest_in_order) {
  const std::string whole = "abcdefgh";
  for (std::size_t offset = 0; offset <= whole.size(); ++offset) {
    Idle operation({"", "abc", "", "d", "efgh", ""});
    ASSERT_EQ(bytes_of(operation), whole.size());
    operation.sent = offset;
    std::string rest;
    while (operation.sent < whole.size()) {
      const std::string text = text_of(operation, next_slice(operation));
      ASSERT_FALSE(text.empty());
      rest += text;
      operation.sent += text.size();
    }
    EXPECT_EQ(rest, whole.substr(offset));
  }
}

TEST(SendSlice, nothing_left_is_an_empty_slice) {
  Idle operation({"a", "", ""});
  operation.sent = 1;
  const SendSlice slice = next_slice(operation);
  EXPECT_FALSE(slice.is_message);
  EXPECT_EQ(slice.byte_count, 0);
}

TEST(SendSlice, a_message_has_no_more_parts_than_the_kernel_takes) {
  for (const std::size_t count : {std::size_t{IOV_MAX}, std::size_t{IOV_MAX} + 1}) {
    Idle operation(std::vector<std::string_view>(count, "x"));
    ASSERT_TRUE(next_slice(operation).is_message);
    EXPECT_EQ(operation.message.msg_iovlen, std::size_t{IOV_MAX});
  }
}

}  // namespace
}  // namespace ringtalk::reactor
