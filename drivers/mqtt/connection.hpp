// SPDX-License-Identifier: Apache-2.0
// Connection: one client of a broker, by libmosquitto, without a thread of its own.
#pragma once

#include <functional>
#include <memory>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "sensor/driver.hpp"

struct mosquitto;
struct mosquitto_message;

namespace pegasus::drivers::mqtt {

struct Settings {
    std::string host;
    int port = 1883;
    bool tls = false;
    std::string caFile;        ///< empty: those of the system
    std::string user;
    std::string passwordFile;  ///< readable by its owner and group only
    std::string clientId;      ///< empty: the broker gives one
    int qos = 0;
    int keepAlive = 60;        ///< seconds
    std::vector<std::string> topics;
};

using OnMessage = std::function<void(std::string_view topic, std::string_view payload, bool retained)>;

/// Lives on the sensor's thread.
class Connection {
public:
    Connection(Settings settings, OnMessage heard);
    ~Connection();
    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;

    /// Connects and subscribes, within some seconds. AccessDenied (password, certificate), NotFound (nobody there), Timeout.
    [[nodiscard]] Result<void> open(std::stop_token stop);
    /// Takes in what came, and keeps the connection alive. An error: it is gone, open() makes another.
    [[nodiscard]] Result<void> pump();
    [[nodiscard]] sensor::Attention attention() const;

private:
    struct Free {
        void operator()(mosquitto* client) const;
    };
    static void connected(mosquitto* client, void* self, int code);
    static void message(mosquitto* client, void* self, const mosquitto_message* message);
    [[nodiscard]] Result<void> secure();
    [[nodiscard]] Result<void> step(int milliseconds);

    Settings settings_;
    OnMessage heard_;
    std::unique_ptr<mosquitto, Free> client_;
    int answer_ = -1;  // of the broker to the connection; -1: none yet
};

}  // namespace pegasus::drivers::mqtt
