#include "app/config/load_config.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <vector>

#include "app/config/nearest_name.h"
#include "app/config/option_table.h"

namespace ringtalk::app::config {
namespace {

using namespace std::chrono_literals;
using Words = std::vector<std::string>;

constexpr std::string_view kKey = "0123456789abcdef0123456789abcdef";

class LoadConfig : public testing::Test {
 protected:
  LoadConfig() {
    std::string pattern = (std::filesystem::temp_directory_path() / "config_test_XXXXXX").string();
    folder_ = ::mkdtemp(pattern.data());
    file_ = (folder_ / "ringtalk.toml").string();
  }
  ~LoadConfig() override { std::filesystem::remove_all(folder_); }

  // What was loaded, of sources that must be good.
  Config loaded(const Words& arguments, const Words& variables = {}) {
    const auto startup = load_config({.arguments = arguments, .variables = variables});
    if (!startup) ADD_FAILURE() << startup.error();
    return startup ? startup->config : Config{};
  }

  std::string error(const Words& arguments, const Words& variables = {}) {
    const auto startup = load_config({.arguments = arguments, .variables = variables});
    return startup ? "(none)" : startup.error();
  }

  std::string text(const Words& arguments, const Words& variables = {}) {
    const auto startup = load_config({.arguments = arguments, .variables = variables});
    return startup ? startup->text : startup.error();
  }

  void write_file(std::string_view content) { std::ofstream(file_) << content; }

  std::filesystem::path folder_;
  std::string file_;
};

TEST_F(LoadConfig, has_defaults) {
  const Config config = loaded({});
  EXPECT_EQ(config.mode, Mode::kDevelopment);
  EXPECT_EQ(config.host, "127.0.0.1");
  EXPECT_EQ(config.port, 8080);
  EXPECT_EQ(config.heartbeat, 25s);
  EXPECT_EQ(config.refresh_lifetime, std::chrono::days(30));
  EXPECT_FALSE(config.has_rate_limits());
  EXPECT_TRUE(config.is_migrating);
}

TEST_F(LoadConfig, reads_flags_in_both_forms_and_takes_the_last) {
  const Config config = loaded({"--port", "1", "--host=0.0.0.0", "--port=9000", "--backend",
                                "io_uring", "--migrate", "off", "--argon2-memory", "64MiB"});
  EXPECT_EQ(config.port, 9000);
  EXPECT_EQ(config.host, "0.0.0.0");
  EXPECT_EQ(config.backend, BackendChoice::kIoUring);
  EXPECT_FALSE(config.is_migrating);
  EXPECT_EQ(config.argon2_memory_bytes, 64 << 20);
}

TEST_F(LoadConfig, keeps_values_with_blanks_and_signs_whole) {
  const std::string url = "host=/run/x dbname=ringtalk options='-c a=b,c' [x] {y}";
  EXPECT_EQ(loaded({"--database-url", url}).database_url, url);
  EXPECT_EQ(loaded({}, {"RINGTALK_DATABASE_URL=" + url}).database_url, url);
}

TEST_F(LoadConfig, prefers_flag_to_environment_to_file_to_default) {
  write_file("port = 1\nhost = \"file\"\nstate-dir = \"file\"\n");
  const Words variables{"RINGTALK_CONFIG=" + file_, "RINGTALK_PORT=2", "RINGTALK_HOST=environment"};
  const Config config = loaded({"--port", "3"}, variables);
  EXPECT_EQ(config.port, 3);
  EXPECT_EQ(config.host, "environment");
  EXPECT_EQ(config.state_dir, "file");
  EXPECT_EQ(config.shards, 0);
}

TEST_F(LoadConfig, takes_the_file_of_the_flag_before_that_of_the_environment) {
  write_file("port = 1\n");
  EXPECT_EQ(loaded({"--config", file_}, {"RINGTALK_CONFIG=/no/such/file"}).port, 1);
}

TEST_F(LoadConfig, reads_every_type_from_a_file) {
  write_file(
      "# comment\nmode = 'development'\nport = 8_081\ndemo-data = true\nmigrate = \"off\"\n"
      "heartbeat = \"1500ms\"\nargon2-memory = \"1MiB\"\n");
  const Config config = loaded({"--config", file_});
  EXPECT_EQ(config.port, 8081);
  EXPECT_TRUE(config.has_demo_data);
  EXPECT_FALSE(config.is_migrating);
  EXPECT_EQ(config.heartbeat, 1500ms);
  EXPECT_EQ(config.argon2_memory_bytes, 1 << 20);
}

TEST_F(LoadConfig, names_the_line_of_a_bad_value_in_a_file) {
  write_file("host = \"x\"\n\nport = 70000\n");
  EXPECT_EQ(error({"--config", file_}),
            file_ + ":3: port: must be a number, from 0 to 65535, not \"70000\"\n");
}

TEST_F(LoadConfig, names_the_line_and_the_nearest_name_of_an_unknown_key) {
  write_file("\nhartbeat = \"5s\"\n");
  EXPECT_EQ(error({"--config", file_}),
            file_ + ":2: hartbeat: unknown option; did you mean heartbeat?\n");
}

TEST_F(LoadConfig, refuses_sections_lists_and_fractions_in_a_file) {
  write_file("port = 1\n[server]\nport = 2\n");
  EXPECT_EQ(error({"--config", file_}), file_ + ":2: server: there are no sections here\n");
  write_file("port = [1]\n");
  EXPECT_EQ(error({"--config", file_}),
            file_ + ":1: port: must be text, a whole number, true or false\n");
  write_file("port = 1.5\n");
  EXPECT_EQ(error({"--config", file_}),
            file_ + ":1: port: must be text, a whole number, true or false\n");
}

TEST_F(LoadConfig, names_the_line_of_a_syntax_error_in_a_file) {
  write_file("port = 1\nhost = x\n");
  EXPECT_TRUE(error({"--config", file_}).starts_with(file_ + ":2: ")) << error({"--config", file_});
}

TEST_F(LoadConfig, refuses_a_file_that_is_not_there) {
  EXPECT_EQ(error({"--config", "/no/such.toml"}),
            "/no/such.toml: cannot be read: No such file or directory\n");
}

TEST_F(LoadConfig, refuses_unknown_flags_and_names_the_nearest) {
  EXPECT_EQ(error({"--prot", "1"}), "unknown flag --prot; did you mean --port?\n");
  EXPECT_EQ(error({"--jwt-keyfile=x"}),
            "unknown flag --jwt-keyfile; did you mean --jwt-key-file?\n");
  EXPECT_EQ(error({"--no-such-thing-at-all"}), "unknown flag --no-such-thing-at-all\n");
  EXPECT_EQ(error({"--hlep"}), "unknown flag --hlep; did you mean --help?\n");
  EXPECT_EQ(error({"-p", "1"}).substr(0, 15), "unknown flag -p");
  EXPECT_EQ(error({"serve"}), "unexpected argument \"serve\"\n");
}

TEST_F(LoadConfig, refuses_a_flag_without_its_value) {
  EXPECT_NE(error({"--port"}).find("--port"), std::string::npos);
  EXPECT_EQ(error({"--port", "--host", "x"}), "--port: needs a value before --host\n");
}

TEST_F(LoadConfig, refuses_unknown_variables_and_names_the_nearest) {
  EXPECT_EQ(error({}, {"RINGTALK_PROT=1"}),
            "unknown environment variable RINGTALK_PROT; did you mean RINGTALK_PORT?\n");
  EXPECT_EQ(error({}, {"RINGTALK_=1"}).substr(0, 38), "unknown environment variable RINGTALK_");
}

TEST_F(LoadConfig, leaves_other_variables_alone) {
  EXPECT_EQ(loaded({}, {"PORT=1", "RINGTALKPORT=1", "RINGTALK_TEST_SLOWNESS=2", "PATH=/bin"}).port,
            8080);
}

TEST_F(LoadConfig, takes_an_empty_variable_for_none) {
  EXPECT_EQ(loaded({}, {"RINGTALK_PORT="}).port, 8080);
}

TEST_F(LoadConfig, names_the_source_of_every_bad_value) {
  EXPECT_EQ(error({"--backend", "kqueue", "--demo-data", "maybe", "--heartbeat", "5"},
                  {"RINGTALK_SHARDS=-1"}),
            "RINGTALK_SHARDS: must be a number, from 0 to 256, not \"-1\"\n"
            "--backend: must be one of auto|io_uring|epoll, not \"kqueue\"\n"
            "--demo-data: must be on or off, not \"maybe\"\n"
            "--heartbeat: must be a duration such as 500ms, 10s, 15min, 12h or 30d, "
            "from 100ms to 10min, not \"5\"\n");
}

TEST_F(LoadConfig, takes_numbers_up_to_their_bounds) {
  EXPECT_EQ(loaded({"--port", "65535"}).port, 65535);
  EXPECT_NE(error({"--port", "65536"}), "(none)");
  EXPECT_EQ(loaded({"--argon2-passes", "1"}).argon2_passes, 1);
  EXPECT_NE(error({"--argon2-passes", "0"}), "(none)");
  EXPECT_EQ(loaded({"--heartbeat", "100ms"}).heartbeat, 100ms);
  EXPECT_NE(error({"--heartbeat", "99ms"}), "(none)");
}

TEST_F(LoadConfig, demands_one_key_in_production) {
  EXPECT_EQ(error({"--mode", "production"}),
            "--jwt-key-file (or --jwt-key): needed in production mode\n");
  const Config config = loaded({"--mode", "production", "--jwt-key", std::string(kKey)});
  EXPECT_TRUE(config.has_rate_limits());
  EXPECT_EQ(loaded({"--mode", "production", "--jwt-key-file", "x"}).jwt_key_file, "x");
  EXPECT_EQ(error({"--jwt-key", std::string(kKey), "--jwt-key-file", "x"}),
            "--jwt-key and --jwt-key-file: only one of them may be set\n");
}

TEST_F(LoadConfig, refuses_test_aids_in_production) {
  EXPECT_EQ(error({"--mode", "production", "--jwt-key-file", "x", "--demo-data", "on",
                   "--test-endpoints", "on"}),
            "--test-endpoints: must be off in production mode\n"
            "--demo-data: must be off in production mode\n");
}

TEST_F(LoadConfig, lets_rate_limits_be_set_against_the_mode) {
  EXPECT_TRUE(loaded({"--rate-limits", "on"}).has_rate_limits());
  EXPECT_FALSE(loaded({"--mode", "production", "--jwt-key-file", "x", "--rate-limits", "off"})
                   .has_rate_limits());
}

TEST_F(LoadConfig, prints_what_is_in_force_and_hides_secrets) {
  const std::string printed =
      text({"--print-config", "--port", "9", "--jwt-key", std::string(kKey)},
           {"RINGTALK_HOST=a\"b\\c", "RINGTALK_DATABASE_URL=postgres://u:secret@h/d"});
  EXPECT_NE(printed.find("\nport = 9  # --port\n"), printed.npos) << printed;
  EXPECT_NE(printed.find("\nhost = \"a\\\"b\\\\c\"  # RINGTALK_HOST\n"), printed.npos) << printed;
  EXPECT_NE(printed.find("\nheartbeat = \"25s\"  # default\n"), printed.npos) << printed;
  EXPECT_NE(printed.find("\n# jwt-key = \"********\"  # --jwt-key\n"), printed.npos) << printed;
  EXPECT_EQ(printed.find(kKey), printed.npos);
  EXPECT_EQ(printed.find("secret"), printed.npos);
}

TEST_F(LoadConfig, reads_what_it_printed) {
  const Words arguments{"--port", "9", "--heartbeat", "1500ms", "--demo-data", "on"};
  Words with_print = arguments;
  with_print.emplace_back("--print-config");
  write_file(text(with_print));
  const Config config = loaded({"--config", file_});
  for (const Option& option : option_table()) {
    EXPECT_EQ(option.show(config), option.show(loaded(arguments))) << option.name;
  }
}

TEST_F(LoadConfig, never_tells_a_secret_in_an_error) {
  write_file("jwt-key = \"hush\"\nport = \"x\"\n");
  EXPECT_EQ(error({"--config", file_}).find("hush"), std::string::npos);
}

TEST_F(LoadConfig, helps_with_every_option_and_its_default) {
  const std::string help = text({"--help"});
  for (const Option& option : option_table()) {
    EXPECT_NE(help.find("\n  --" + std::string(option.name) + " "), help.npos) << option.name;
    EXPECT_FALSE(option.help.empty()) << option.name;
    EXPECT_FALSE(option.value_form.empty()) << option.name;
  }
  EXPECT_NE(help.find("TCP port to listen on; 0 takes any free one (0 to 65535, default 8080)"),
            help.npos)
      << help;
  std::size_t line_begin = 0;
  for (std::size_t end; (end = help.find('\n', line_begin)) != help.npos; line_begin = end + 1) {
    EXPECT_LE(end - line_begin, 80U) << help.substr(line_begin, end - line_begin);
  }
  EXPECT_EQ(text({"-h", "--nonsense"}), help);
}

TEST_F(LoadConfig, tells_its_version) {
  EXPECT_EQ(text({"--version"}), "ringtalk " + std::string(version()) + "\n");
}

TEST(OptionTable, takes_its_own_defaults_and_bounds) {
  for (const Option& option : option_table()) {
    Config config;
    const std::string standard = option.show(config);
    EXPECT_TRUE(option.set(config, standard)) << option.name << " " << standard;
    EXPECT_EQ(option.show(config), standard) << option.name;
  }
}

TEST(OptionTable, names_variables_after_options) {
  EXPECT_EQ(variable_of("argon2-memory"), "RINGTALK_ARGON2_MEMORY");
}

TEST(NearestName, is_given_only_when_it_is_near) {
  const Words names{"port", "host", "heartbeat"};
  EXPECT_EQ(nearest_name("prt", names), "port");
  EXPECT_EQ(nearest_name("hearbeet", names), "heartbeat");
  EXPECT_EQ(nearest_name("xyz", names), "");
  EXPECT_EQ(nearest_name("heart", names), "");
  EXPECT_EQ(suggestion("xyz", names), "");
}

}  // namespace
}  // namespace ringtalk::app::config
