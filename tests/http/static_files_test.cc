#include "http/static_files.h"

#include <gtest/gtest.h>

#include <fstream>
#include <string>

namespace ringtalk::http {
namespace {

namespace fs = std::filesystem;

class StaticFilesTest : public ::testing::Test {
 protected:
  StaticFilesTest() : folder_(fs::path(::testing::TempDir()) / "ringtalk_static_files_test") {
    fs::remove_all(folder_);
    write("index.html", "<p>home</p>");
    write("css/main.css", "p {}");
    write("css/index.html", "<p>styles</p>");
    write(".secret", "hidden");
    write(".git/config", "hidden");
    fs::create_symlink("/etc/passwd", folder_ / "passwd");
  }
  ~StaticFilesTest() override { fs::remove_all(folder_); }

  void write(const fs::path& name, const std::string& body) const {
    fs::create_directories((folder_ / name).parent_path());
    std::ofstream(folder_ / name) << body;
  }

  fs::path folder_;
  Request request_;
};

TEST_F(StaticFilesTest, serves_what_lies_in_the_folder) {
  const auto files = StaticFiles::load(folder_);
  ASSERT_TRUE(files);
  const auto css = files->answer("css/main.css", request_);
  ASSERT_TRUE(css);
  EXPECT_EQ(css->status, 200);
  EXPECT_EQ(css->body, "p {}");
  EXPECT_EQ(css->headers.find("Content-Type"), "text/css; charset=utf-8");
  EXPECT_EQ(css->headers.find("X-Content-Type-Options"), "nosniff");
  EXPECT_EQ(files->answer("", request_)->body, "<p>home</p>");
  EXPECT_EQ(files->answer("css/", request_)->body, "<p>styles</p>");
  EXPECT_EQ(files->answer("css/main%2Ecss", request_)->body, "p {}");
}

TEST_F(StaticFilesTest, leaves_out_hidden_files_and_links) {
  const auto files = StaticFiles::load(folder_);
  ASSERT_TRUE(files);
  EXPECT_EQ(files->size(), 3U);
  for (const char* name : {".secret", ".git/config", "passwd", "nothing", "css",
                           "../ringtalk_static_files_test/index.html", "..%2f..%2fetc/passwd",
                           "css/../index.html", "/etc/passwd", "%zz"}) {
    EXPECT_FALSE(files->answer(name, request_)) << name;
  }
}

TEST_F(StaticFilesTest, answers_304_to_who_has_it) {
  StaticFiles files;
  files.add("a.txt", "one");
  const std::string etag(*files.answer("a.txt", request_)->headers.find("ETag"));
  for (const std::string& known : {etag, "\"other\", " + etag, "W/" + etag, std::string("*")}) {
    Request request;
    request.headers.add("If-None-Match", known);
    const auto answer = files.answer("a.txt", request);
    EXPECT_EQ(answer->status, 304) << known;
    EXPECT_EQ(answer->body, "");
    EXPECT_EQ(answer->headers.find("ETag"), etag);
  }
}

TEST_F(StaticFilesTest, sends_a_file_that_changed) {
  StaticFiles files;
  files.add("a.txt", "one");
  request_.headers.add("If-None-Match", *files.answer("a.txt", request_)->headers.find("ETag"));
  files.add("a.txt", "two");
  EXPECT_EQ(files.answer("a.txt", request_)->status, 200);
  EXPECT_EQ(files.answer("a.txt", request_)->body, "two");
}

TEST_F(StaticFilesTest, says_which_folder_is_missing) {
  const auto files = StaticFiles::load(folder_ / "missing");
  ASSERT_FALSE(files);
  EXPECT_NE(files.error().find("missing"), std::string::npos);
}

}  // namespace
}  // namespace ringtalk::http
