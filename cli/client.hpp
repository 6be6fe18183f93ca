// SPDX-License-Identifier: Apache-2.0
// Calls to the daemon over D-Bus, as plain values; sdbus-c++ stays in client.cpp.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "bus/connect.hpp"
#include "bus/value.hpp"

namespace pegasus::cli {

using bus::Dict;
using bus::Dicts;
using bus::Page;
using bus::Value;

/// An owned file descriptor.
class Descriptor {
public:
    explicit Descriptor(int fd = -1) : fd_(fd) {}
    Descriptor(Descriptor&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
    Descriptor& operator=(Descriptor&& other) noexcept {
        std::swap(fd_, other.fd_);
        return *this;
    }
    ~Descriptor();
    [[nodiscard]] int get() const { return fd_; }

private:
    int fd_;
};

struct ObjectPath {
    std::string path;
};
/// One line of Wallet.Send.
struct Payment {
    std::string address;
    std::uint64_t amount = 0;
    std::string message;
    std::string tag;
};
struct Grant {
    std::string bundle;
    std::uint64_t amount = 0;
};
/// Nothing comes back.
struct None {};
/// Lends a descriptor for the time of the call.
struct LentDescriptor {
    int fd;
};

using Argument = std::variant<std::string, std::uint32_t, std::uint64_t, Dict, ObjectPath, LentDescriptor, std::vector<Payment>>;

struct Call {
    std::string path;
    const char* interface;
    const char* method;
    std::vector<Argument> arguments;
};

/// An object of the daemon with the properties of one interface.
struct Object {
    std::string path;
    Dict properties;
};

/// What monitor() hears: the path, what happened, and the values. False ends it.
using SignalHandler = std::function<bool(const std::string& path, const std::string& what, const Dict& values)>;

class Client {
public:
    /// `timeoutSeconds` bounds each call; `interactive`: polkit may ask the user; `start`: the daemon is started where it is not
    /// there. Unreachable if there is no bus, or no daemon that starts: see awaken().
    [[nodiscard]] static Result<std::unique_ptr<Client>> connect(const bus::BusChoice& choice, unsigned timeoutSeconds,
                                                                 bool interactive = true, bool start = true);
    /// Whether the daemon is on the bus. Starts nothing.
    [[nodiscard]] bool running();
    ~Client();

    /// T is one of None, std::string, std::vector<std::string>, Dict, Dicts, Page, ObjectPath, Descriptor, Grant: what the method returns.
    template <class T>
    [[nodiscard]] Result<T> call(const Call& call);
    [[nodiscard]] Result<Dict> properties(const std::string& path, const char* interface);
    /// All objects with the interface, by path.
    [[nodiscard]] Result<std::vector<Object>> objects(const char* interface);
    /// Calls `handler` for each signal of the daemon, until it returns false or the process is ended.
    [[nodiscard]] Result<void> monitor(const SignalHandler& handler);
    /// True once a call has failed since no daemon is there (or none can be started).
    [[nodiscard]] bool daemonMissing() const;

private:
    class Impl;
    explicit Client(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> impl_;
};

}  // namespace pegasus::cli
