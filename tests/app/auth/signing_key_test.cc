#include "app/auth/signing_key.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <fstream>

namespace ringtalk::app::auth {
namespace {

TEST(SigningKeyText, is_hex_base64url_or_itself) {
  EXPECT_EQ(parse_signing_key("hex:" + std::string(64, 'a'))->bytes, std::string(32, '\xaa'));
  EXPECT_EQ(parse_signing_key("base64url:" + std::string(43, 'A'))->bytes, std::string(32, '\0'));
  EXPECT_EQ(parse_signing_key(std::string(64, 'a'))->bytes, std::string(64, 'a'));
  EXPECT_EQ(parse_signing_key(std::string(32, 'x') + "\r\n")->bytes, std::string(32, 'x'));
}

TEST(SigningKeyText, has_32_to_1024_bytes) {
  EXPECT_TRUE(parse_signing_key(std::string(32, 'x')));
  EXPECT_FALSE(parse_signing_key(std::string(31, 'x')));
  EXPECT_FALSE(parse_signing_key("hex:" + std::string(62, 'a')));
  EXPECT_TRUE(parse_signing_key(std::string(1024, 'x')));
  EXPECT_FALSE(parse_signing_key(std::string(1025, 'x')));
  EXPECT_FALSE(parse_signing_key(""));
}

TEST(SigningKeyText, that_is_spoilt_is_refused_without_being_told) {
  const std::string secret = "hex:" + std::string(64, 'q');
  const auto key = parse_signing_key(secret);
  ASSERT_FALSE(key);
  EXPECT_EQ(key.error(), "the key is not valid hexadecimal text");
  EXPECT_FALSE(parse_signing_key("base64url:" + std::string(43, 'A') + "="));
}

class SigningKeyFile : public testing::Test {
 protected:
  SigningKeyFile() {
    std::string pattern = (std::filesystem::temp_directory_path() / "key_test_XXXXXX").string();
    folder_ = ::mkdtemp(pattern.data());
  }
  ~SigningKeyFile() override { std::filesystem::remove_all(folder_); }

  std::filesystem::path folder_;
};

TEST_F(SigningKeyFile, is_made_once_and_then_read) {
  const auto file = folder_ / "var" / "state" / "jwt.key";
  const auto made = read_or_make_signing_key(file);
  ASSERT_TRUE(made) << made.error();
  EXPECT_EQ(made->bytes.size(), 32U);
  EXPECT_EQ(read_or_make_signing_key(file)->bytes, made->bytes);
  EXPECT_EQ(read_signing_key(file)->bytes, made->bytes);
}

TEST_F(SigningKeyFile, is_for_its_owner_alone_and_the_only_one_left) {
  const auto file = folder_ / "state" / "jwt.key";
  ASSERT_TRUE(read_or_make_signing_key(file));
  struct stat status{};
  ASSERT_EQ(::stat(file.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0600U);
  const std::filesystem::directory_iterator files(file.parent_path());
  EXPECT_EQ(std::distance(begin(files), end(files)), 1);
}

TEST_F(SigningKeyFile, differs_from_folder_to_folder) {
  EXPECT_NE(read_or_make_signing_key(folder_ / "a.key")->bytes,
            read_or_make_signing_key(folder_ / "b.key")->bytes);
}

TEST_F(SigningKeyFile, that_is_missing_or_bad_is_named) {
  const auto missing = read_signing_key(folder_ / "none.key");
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error(),
            (folder_ / "none.key").string() + ": cannot read the key: No such file or directory");
  std::ofstream(folder_ / "short.key") << "too short\n";
  const auto bad = read_signing_key(folder_ / "short.key");
  ASSERT_FALSE(bad);
  EXPECT_EQ(bad.error(),
            (folder_ / "short.key").string() + ": the key has 9 bytes; it must have 32 to 1024");
  EXPECT_FALSE(read_or_make_signing_key(folder_ / "short.key"));
}

TEST_F(SigningKeyFile, cannot_be_a_folder) {
  EXPECT_FALSE(read_signing_key(folder_));
}

}  // namespace
}  // namespace ringtalk::app::auth
