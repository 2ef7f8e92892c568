// A service: its sign of life, its metrics, its logs, and pausing a workflow.
#include <signal.h>

#include <arpa/inet.h>
#include <sys/socket.h>
#include <unistd.h>

#include <boost/test/unit_test.hpp>
#include <chrono>
#include <thread>

#include "tests/cli/binary.hpp"
#include "tests/cli/projects.hpp"

namespace fairlead::cli::test {

namespace {

constexpr int fine = 0, findings = 1, wrong_use = 2, failed = 3;

const std::string project = std::string(commons) + R"lead(
content offer { email { subject "An offer" body "For {contact.email}" } }

policy brand { no_consent: forbid send when channel.consent is not given because "ePrivacy" }

workflow quick for contact {
  enter on joined
  steps { send offer }
}
)lead";

/// A port that nobody listens on at the moment.
int free_port() {
  const int socket = ::socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t length = sizeof address;
  BOOST_REQUIRE(::bind(socket, reinterpret_cast<sockaddr*>(&address), length) == 0);
  BOOST_REQUIRE(::getsockname(socket, reinterpret_cast<sockaddr*>(&address), &length) == 0);
  ::close(socket);
  return ntohs(address.sin_port);
}

std::string get(int port, const std::string& path) {
  const int socket = ::socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  std::string out;
  if (::connect(socket, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0) {
    const std::string request = "GET " + path + " HTTP/1.0\r\n\r\n";
    if (::write(socket, request.data(), request.size()) > 0) {
      char bytes[4'096];
      for (ssize_t got = ::read(socket, bytes, sizeof bytes); got > 0; got = ::read(socket, bytes, sizeof bytes))
        out.append(bytes, static_cast<std::size_t>(got));
    }
  }
  ::close(socket);
  return out;
}

struct World {
  Folder folder;
  World() {
    folder.write("p/main.lead", project);
    folder.write("people.csv", "email,country,consent.email\none@x.example,DE,given\ntwo@x.example,DE,given\n");
    require(run(folder, {"import", "people.csv", "--project", "p"}), fine, {"2 contacts"});
    require(run(folder, {"run", "p", "--once"}), fine, {"2 contacts"});
  }
  void joins(const std::string& who) const {
    require(run(folder, {"send-event", "joined", who, "source=fair", "--project", "p"}), fine, {"inbox"});
  }
  Ended told(std::vector<std::string> arguments) const {
    arguments.insert(arguments.end(), {"--project", "p"});
    return run(folder, arguments);
  }
  /// Until the command says so, or ten seconds are over.
  bool comes(const std::vector<std::string>& arguments, const std::string& part) const {
    for (int i = 0; i < 100; ++i) {
      if (told(arguments).out.find(part) != std::string::npos) return true;
      std::this_thread::sleep_for(std::chrono::milliseconds(100));
    }
    return false;
  }
};

}  // namespace

BOOST_FIXTURE_TEST_CASE(health_tells_whether_a_service_runs, World) {
  require(told({"health"}), findings, {"nothing runs on p/fairlead.db"});
  {
    Child child(folder, {"run", "p"});
    BOOST_TEST(comes({"health"}, "runs version 1 on p/fairlead.db; 0 in the outbox"));
    const auto json = nlohmann::json::parse(told({"health", "--json"}).out);
    BOOST_TEST(json["alive"] == true);
    BOOST_TEST(json["version"] == 1);
    BOOST_TEST(json["circuit_open"] == false);
    child.signal(SIGTERM);
    BOOST_TEST(child.wait().code == fine);
  }
  require(told({"health"}), findings, {"nothing runs on"});
  // One that was killed leaves its sign, which grows old.
  Child child(folder, {"run", "p"}, {.doomed = true});
  BOOST_TEST(comes({"health"}, "runs version 1"));
  child.signal(SIGKILL);
  child.wait();
  std::string sign = folder.read("p/fairlead.db.alive");
  sign.replace(sign.find("\"at\":\"20"), 8, "\"at\":\"19");
  folder.write("p/fairlead.db.alive", sign);
  require(told({"health"}), findings, {"it has ended without a word, or hangs"});
}

BOOST_FIXTURE_TEST_CASE(metrics_are_served, World) {
  const int port = free_port();
  Child child(folder, {"run", "p", "--metrics", fmt::format("127.0.0.1:{}", port)});
  joins("one@x.example");
  BOOST_TEST(comes({"outbox", "list"}, "sent 1"));
  std::string metrics;
  for (int i = 0;
       i < 100 && metrics.find("fairlead_messages_total{channel=\"email\",result=\"sent\"} 1") == std::string::npos;
       ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
    metrics = get(port, "/metrics");
  }
  for (const char* line :
       {"fairlead_messages_total{channel=\"email\",result=\"sent\"} 1", "fairlead_events_total 1",
        "fairlead_entered_total{workflow=\"quick\"} 1", "fairlead_outbox_rows{state=\"ready\"}",
        "fairlead_workflow_paused{workflow=\"quick\"} 0", "fairlead_circuit_open 0", "fairlead_project_version 1",
        "fairlead_batch_seconds_bucket", "fairlead_timer_lateness_seconds_bucket"})
    BOOST_TEST(metrics.find(line) != std::string::npos, line << " is not in\n" << metrics);
  child.signal(SIGTERM);
  BOOST_TEST(child.wait().code == fine);
  require(run(folder, {"run", "p", "--once", "--metrics", "nowhere"}), failed,
          {"the metrics cannot listen on nowhere"});
}

BOOST_FIXTURE_TEST_CASE(logs_have_levels, World) {
  joins("one@x.example");
  const Ended debug = run(folder, {"run", "p", "--once", "--log", "debug"});
  require(debug, fine, {"debug", " turns in "});
  folder.write("p/main.lead", project + "\nevent more\n");
  const Ended info = run(folder, {"run", "p", "--once"});
  require(info, fine, {"Z info version 2 is in force"});
  folder.write("p/main.lead", project);
  const Ended quiet = run(folder, {"run", "p", "--once", "--log", "error"});
  BOOST_TEST(quiet.err == "");
  require(run(folder, {"run", "p", "--once", "--log", "loud"}), wrong_use, {"--log"});
}

BOOST_FIXTURE_TEST_CASE(a_workflow_is_paused_and_resumed, World) {
  require(told({"pause", "quick"}), wrong_use, {"who does it? Add --as"});
  require(told({"pause", "slow", "--as", "ops@acme.example"}), wrong_use, {"no version of the project has a workflow"});
  require(told({"resume", "quick", "--as", "ops@acme.example"}), wrong_use, {"`quick` is not paused"});
  require(told({"pause", "quick", "--as", "ops@acme.example", "--because", "wrong offer"}), fine,
          {"quick is paused when the engine takes it in"});
  joins("one@x.example");
  const Ended ran = run(folder, {"run", "p", "--once"});
  require(ran, fine, {"warning quick is paused by ops@acme.example: wrong offer"});
  require(told({"pause", "quick", "--as", "ops@acme.example"}), wrong_use, {"`quick` is paused already"});
  require(told({"outbox", "list"}), fine, {"sent 0"});
  require(told({"resume", "quick", "--as", "ops@acme.example"}), fine, {"quick goes on when"});
  joins("two@x.example");
  require(run(folder, {"run", "p", "--once"}), fine, {"quick goes on by ops@acme.example"});
  require(told({"outbox", "list"}), fine, {"sent 1"});
}

}  // namespace fairlead::cli::test
