// Processes that compute together, by LibTorch's own process group over gloo. LibTorch's header needs those of gloo
// (Debian: libgloo-dev), which no wheel of PyTorch brings; without them every function here fails and says so.
#include "ProcessGroup.h"
#include "Guarded.h"

#if !defined(ECGBOOK_NO_GLOO) && __has_include(<gloo/context.h>)

#define USE_DISTRIBUTED
#define USE_C10D_GLOO
#include <ATen/ATen.h>
#include <torch/csrc/distributed/c10d/PrefixStore.hpp>
#include <torch/csrc/distributed/c10d/ProcessGroupGloo.hpp>
#include <torch/csrc/distributed/c10d/TCPStore.hpp>

#include <arpa/inet.h>
#include <netdb.h>
#include <sys/socket.h>
#include <unistd.h>

using Gloo = c10d::ProcessGroupGloo;

struct torch_group {
  c10::intrusive_ptr<c10d::Store> store;
  c10::intrusive_ptr<Gloo> quick;    // an operation that takes longer than the timeout has lost a process
  c10::intrusive_ptr<Gloo> patient;  // waits for what one process does alone
};

namespace {

/// This machine's address on the way to `host`: a datagram socket that is connected, but sends nothing.
std::string addressToward(const std::string &host, int port) {
  addrinfo hints{}, *found = nullptr;
  hints.ai_socktype = SOCK_DGRAM;
  if (getaddrinfo(host.c_str(), std::to_string(port).c_str(), &hints, &found) != 0) return "";
  std::string address;
  for (auto *entry = found; entry && address.empty(); entry = entry->ai_next) {
    const int socket = ::socket(entry->ai_family, entry->ai_socktype, 0);
    if (socket < 0) continue;
    sockaddr_storage own{};
    socklen_t size = sizeof own;
    char text[NI_MAXHOST];
    if (connect(socket, entry->ai_addr, entry->ai_addrlen) == 0 &&
        getsockname(socket, reinterpret_cast<sockaddr *>(&own), &size) == 0 &&
        getnameinfo(reinterpret_cast<sockaddr *>(&own), size, text, sizeof text, nullptr, 0, NI_NUMERICHOST) == 0)
      address = text;
    close(socket);
  }
  freeaddrinfo(found);
  return address;
}

bool isLoopback(const std::string &address) { return address.rfind("127.", 0) == 0 || address == "::1"; }

/// Where the other processes reach this one: the named interface, else the address on the way to the first process.
std::shared_ptr<gloo::transport::Device> device(const std::string &interface, const std::string &host, int port) {
  if (!interface.empty()) return Gloo::createDeviceForInterface(interface);
  auto address = addressToward(host, port);
  // Debian's /etc/hosts gives a machine's own name the address 127.0.1.1, which no other machine reaches: take that of
  // the default route instead (192.0.2.1 belongs to nobody: RFC 5737).
  if (isLoopback(address) && !isLoopback(host) && host != "localhost") {
    const auto outward = addressToward("192.0.2.1", 9);
    if (!outward.empty()) address = outward;
  }
  return address.empty() ? Gloo::createDefaultDevice() : Gloo::createDeviceForHostname(address);
}

at::Tensor bytesTensor(const uint8_t *bytes, int64_t count) {
  return at::from_blob(const_cast<uint8_t *>(bytes), {count}, at::kByte);
}

Gloo &chosen(torch_group *group, bool patiently) { return patiently ? *group->patient : *group->quick; }

}  // namespace

int32_t joinGroup(const char *address, int32_t port, int32_t rank, int32_t size, const char *interface,
                  double seconds, torch_group **out) {
  return guarded([&] {
    const std::chrono::milliseconds timeout(static_cast<int64_t>(seconds * 1000));
    c10d::TCPStoreOptions options;
    options.port = static_cast<uint16_t>(port);
    options.isServer = rank == 0;
    options.numWorkers = static_cast<size_t>(size);
    options.timeout = timeout;
    auto group = std::make_unique<torch_group>();
    group->store = c10::make_intrusive<c10d::TCPStore>(address, options);
    auto made = [&](const char *name, std::chrono::milliseconds timeout) {
      auto choices = Gloo::Options::create(timeout);
      choices->devices = {device(interface, address, port)};
      choices->threads = 1;
      return c10::make_intrusive<Gloo>(c10::make_intrusive<c10d::PrefixStore>(name, group->store), rank, size, choices);
    };
    group->quick = made("quick", timeout);
    group->patient = made("patient", std::chrono::hours(24 * 7));
    // Whoever left at once would otherwise break off the others' connecting.
    std::vector<at::Tensor> all = {at::zeros({1})};
    group->quick->allreduce(all)->wait();
    *out = group.release();
  });
}

void leaveGroup(torch_group *group) {
  guarded([&] { delete group; });
}

int32_t sumOverGroup(torch_group *group, float *values, int64_t count) {
  return guarded([&] {
    std::vector<at::Tensor> tensors = {at::from_blob(values, {count}, at::kFloat)};
    group->quick->allreduce(tensors)->wait();
  });
}

int32_t gatherFromGroup(torch_group *group, const uint8_t *own, int64_t count, uint8_t *all, bool patiently) {
  return guarded([&] {
    auto &gloo = chosen(group, patiently);
    std::vector<at::Tensor> mine = {bytesTensor(own, count)};
    std::vector<std::vector<at::Tensor>> parts(1);
    for (int rank = 0; rank < gloo.getSize(); rank++) parts[0].push_back(bytesTensor(all + rank * count, count));
    gloo.allgather(parts, mine)->wait();
  });
}

int32_t broadcastToGroup(torch_group *group, uint8_t *bytes, int64_t count, bool patiently) {
  return guarded([&] {
    std::vector<at::Tensor> tensors = {bytesTensor(bytes, count)};
    chosen(group, patiently).broadcast(tensors)->wait();
  });
}

#else

namespace {
int32_t missing() {
  return guarded([] {
    TORCH_CHECK(false, "this build knows no process groups: gloo's headers were missing. Install Debian's or Ubuntu's "
                       "package 'libgloo-dev' and build again; with LIBTORCH=DIR, DIR/include must hold them");
  });
}
}  // namespace

int32_t joinGroup(const char *, int32_t, int32_t, int32_t, const char *, double, torch_group **) { return missing(); }
void leaveGroup(torch_group *) {}
int32_t sumOverGroup(torch_group *, float *, int64_t) { return missing(); }
int32_t gatherFromGroup(torch_group *, const uint8_t *, int64_t, uint8_t *, bool) { return missing(); }
int32_t broadcastToGroup(torch_group *, uint8_t *, int64_t, bool) { return missing(); }

#endif
