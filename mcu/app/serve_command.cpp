#include "mcu/app/commands.hpp"
#include "mcu/app/config_file.hpp"
#include "mcu/app/serve_settings.hpp"

namespace diemcau::mcu {
namespace {

struct Flags {
  std::string config;
  // As given, by the index of the setting; applied after the file, so that flags win.
  std::vector<std::vector<std::string>> values =
      std::vector<std::vector<std::string>>(serve_settings().size());
};

void add_flag(CLI::App& command, const std::shared_ptr<Flags>& flags, std::size_t index) {
  const ServeSetting& setting = serve_settings()[index];
  const std::string name = "--" + std::string(setting.name), help(setting.help);
  if (setting.kind == ServeSetting::Kind::flag) {
    command.add_flag_function(
        name,
        [flags, index](std::int64_t given) {
          flags->values[index] = {given > 0 ? "true" : "false"};
        },
        help);
    return;
  }
  CLI::Option* option = command.add_option(name, flags->values[index], help)
                            ->type_name(std::string(setting.placeholder));
  if (setting.kind == ServeSetting::Kind::list) {
    option->expected(1)->take_all()->allow_extra_args(false);
  } else {
    option->expected(1)->multi_option_policy(CLI::MultiOptionPolicy::Throw);
  }
}

ServeOptions options_from(const Flags& flags) {
  ServeOptions options;
  if (!flags.config.empty()) value_or_fail(apply_config_file(options, flags.config));
  for (std::size_t i = 0; i < flags.values.size(); ++i) {
    const ServeSetting& setting = serve_settings()[i];
    if (!flags.values[i].empty() && setting.clear != nullptr) setting.clear(options);
    for (const std::string& value : flags.values[i]) {
      if (auto set = setting.set(options, value); !set) {
        wrong_usage("--" + std::string(setting.name) + " " + set.error().detail);
      }
    }
  }
  value_or_fail(check_serve_options(options));
  return options;
}

}  // namespace

void add_serve_command(CLI::App& app, CliContext& context) {
  CLI::App* command = app.add_subcommand("serve", "serve meetings until SIGTERM");
  auto flags = std::make_shared<Flags>();
  command->add_option("--config", flags->config, "TOML file with these settings; flags win")
      ->type_name("FILE");
  for (std::size_t i = 0; i < serve_settings().size(); ++i) add_flag(*command, flags, i);
  command->callback([flags, &context] {
    const int code = context.serve(options_from(*flags));
    if (code != kDone) throw CommandFailed{code, ""};
  });
}

void add_simulate_command(CLI::App& app, CliContext& context) {
  CLI::App* command = app.add_subcommand("simulate", "simulated sites in a meeting, until stopped");
  auto options = std::make_shared<SimulateOptions>();
  command->add_option("--url", options->url, "the server, e.g. http://127.0.0.1:8080")
      ->type_name("URL")
      ->required();
  command->add_option("--meeting", options->meeting, "its id")->type_name("ID")->required();
  command->add_option("--data", options->data, "the server's data folder, to mint tokens")
      ->type_name("DIR")
      ->capture_default_str();
  command
      ->add_option("--database", options->database,
                   "postgresql://… (default: sqlite:DIR/diemcau.db)")
      ->type_name("URL");
  command->add_option("--sites", options->sites, "the first so many expected units")
      ->type_name("N")
      ->required()
      ->check(CLI::Range(1, 1000));
  command->add_option("--except", options->except, "units left to people, e.g. HD,HD-300")
      ->type_name("UNIT,…")
      ->delimiter(',');
  command->add_flag("--take-part", options->take_part,
                    "answer the roll call, vote, and speak when called only");
  command
      ->add_option("--ask-floor", options->ask_floor,
                   "so many of them ask for the floor, once, when they came in")
      ->type_name("N")
      ->check(CLI::Range(0, 1000));
  command->add_option("--log-level", options->log_level, "debug, info, warn or error")
      ->check(CLI::IsMember({"debug", "info", "warn", "error"}))
      ->capture_default_str();
  command->callback([options, &context] {
    const int code = context.simulate(*options);
    if (code != kDone) throw CommandFailed{code, ""};
  });
}

}  // namespace diemcau::mcu
