// The embedded default channel: a file of JSON lines.
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <fstream>
#include <nlohmann/json.hpp>
#include <system_error>
#include <unordered_map>

#include "runtime/connect/connector.hpp"

namespace fairlead::connect {

namespace {

class FileConnector : public Connector {
 public:
  FileConnector(std::string path, int descriptor, bool durable)
      : path_(std::move(path)), descriptor_(descriptor), durable_(durable) {}
  ~FileConnector() override { close(descriptor_); }

  [[nodiscard]] std::string name() const override { return path_; }

  Result<std::vector<Answer>> deliver(const std::vector<Message>& messages) override {
    std::string text;
    for (const Message& message : messages) {
      text += message.payload;
      text += '\n';
    }
    std::string_view left = text;
    while (!left.empty()) {
      const ssize_t written = write(descriptor_, left.data(), left.size());
      if (written < 0) {
        if (errno == EINTR) continue;
        return fault(FaultCode::connector_failed, path_, std::generic_category().message(errno));
      }
      left.remove_prefix(static_cast<std::size_t>(written));
    }
    if (durable_ && fdatasync(descriptor_) != 0)
      return fault(FaultCode::connector_failed, path_, std::generic_category().message(errno));
    return std::vector<Answer>(messages.size());
  }

  Result<std::vector<Answer>> recall(const std::vector<std::string>& keys) override {
    std::vector<Answer> out(keys.size(), {Outcome::failed, "it is not in the file", {}});
    if (keys.empty()) return out;
    std::unordered_map<std::string, std::size_t> wanted;
    for (std::size_t i = 0; i < keys.size(); ++i) wanted.emplace(keys[i], i);
    std::ifstream in(path_);
    std::string line;
    while (std::getline(in, line)) {
      if (const auto at = wanted.find(key_of(line)); at != wanted.end()) out[at->second] = {};
    }
    if (in.bad()) return fault(FaultCode::connector_failed, path_, "cannot be read back");
    return out;
  }

  // A line that is written twice stands there twice. Nothing is ever unknown, though: the file can be read back.
  [[nodiscard]] bool honours_keys() const override { return false; }

 private:
  std::string path_;
  int descriptor_;
  bool durable_;
};

class Nowhere : public Connector {
 public:
  [[nodiscard]] std::string name() const override { return "nowhere"; }
  Result<std::vector<Answer>> deliver(const std::vector<Message>& messages) override {
    return std::vector<Answer>(messages.size());
  }
  Result<std::vector<Answer>> recall(const std::vector<std::string>& keys) override {
    return std::vector<Answer>(keys.size(), {Outcome::failed, "nothing is kept", {}});
  }
  [[nodiscard]] bool honours_keys() const override { return true; }
};

/// A line that a crash cut off was never handed over: it goes, and its message is written again, whole.
bool cut_torn_line(int descriptor) {
  const off_t size = lseek(descriptor, 0, SEEK_END);
  off_t keep = size;
  char c = 0;
  while (keep > 0 && pread(descriptor, &c, 1, keep - 1) == 1 && c != '\n') --keep;
  return keep == size || ftruncate(descriptor, keep) == 0;
}

}  // namespace

Result<std::unique_ptr<Connector>> open_file(const std::string& path, bool durable) {
  const int descriptor = open(path.c_str(), O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
  if (descriptor < 0) return fault(FaultCode::connector_failed, path, std::generic_category().message(errno));
  if (!cut_torn_line(descriptor)) {
    const std::string why = std::generic_category().message(errno);
    close(descriptor);
    return fault(FaultCode::connector_failed, path, why);
  }
  return std::make_unique<FileConnector>(path, descriptor, durable);
}

std::unique_ptr<Connector> nowhere() {
  return std::make_unique<Nowhere>();
}

std::string key_of(std::string_view line) {
  const nlohmann::json parsed = nlohmann::json::parse(line, nullptr, false);
  if (!parsed.is_object() || !parsed.contains("key") || !parsed["key"].is_string()) return {};
  return parsed["key"].get<std::string>();
}

}  // namespace fairlead::connect
