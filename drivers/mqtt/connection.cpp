// SPDX-License-Identifier: Apache-2.0
// libmosquitto's loop, called when its socket is ready.
#include "drivers/mqtt/connection.hpp"

#include <fmt/format.h>
#include <mosquitto.h>
#include <sys/stat.h>

#include <algorithm>
#include <mutex>

#include "drivers/linux/file.hpp"
#include "drivers/linux/gpio.hpp"

namespace pegasus::drivers::mqtt {
namespace {

constexpr int kPatience = 40;        // steps of 100 ms until the broker has answered
constexpr int kMostSteps = 100;      // packets at a time
constexpr std::size_t kMostPayload = 64 * 1024;
constexpr const char* kAuthorities = "/etc/ssl/certs";

Result<std::string> passwordFrom(const std::string& file) {
    struct stat status {};
    if (::stat(file.c_str(), &status) != 0) return fail(ErrorCode::NotFound, "{} cannot be read", file);
    if ((status.st_mode & 07) != 0) return fail(ErrorCode::AccessDenied, "{} can be read by everybody: chmod o= {}", file, file);
    PEGASUS_TRY(const auto text, linux_::readFile(file, 1024));
    return std::string(text.substr(0, text.find_first_of("\r\n")));
}

}  // namespace

void Connection::Free::operator()(mosquitto* client) const { ::mosquitto_destroy(client); }

Connection::Connection(Settings settings, OnMessage heard) : settings_(std::move(settings)), heard_(std::move(heard)) {
    static std::once_flag once;
    std::call_once(once, [] { ::mosquitto_lib_init(); });
}

Connection::~Connection() {
    if (client_ != nullptr) ::mosquitto_disconnect(client_.get());
}

void Connection::connected(mosquitto* client, void* self, int code) {
    auto& here = *static_cast<Connection*>(self);
    here.answer_ = code;
    if (code != 0) return;
    for (const auto& topic : here.settings_.topics) ::mosquitto_subscribe(client, nullptr, topic.c_str(), here.settings_.qos);
}

void Connection::message(mosquitto*, void* self, const mosquitto_message* message) {
    auto& here = *static_cast<Connection*>(self);
    const auto size = static_cast<std::size_t>(std::max(message->payloadlen, 0));
    if (message->topic == nullptr || size > kMostPayload) return;
    here.heard_(message->topic, {static_cast<const char*>(message->payload), size}, message->retain);
}

Result<void> Connection::secure() {
    auto* client = client_.get();
    if (settings_.tls) {
        const bool own = !settings_.caFile.empty();
        const int code = ::mosquitto_tls_set(client, own ? settings_.caFile.c_str() : nullptr, own ? nullptr : kAuthorities, nullptr, nullptr, nullptr);
        if (code != MOSQ_ERR_SUCCESS) return fail(ErrorCode::AccessDenied, "the authorities cannot be read: {}", ::mosquitto_strerror(code));
    }
    if (settings_.user.empty()) return {};
    std::string password;
    if (!settings_.passwordFile.empty()) {
        PEGASUS_TRY(password, passwordFrom(settings_.passwordFile));
    }
    const int code = ::mosquitto_username_pw_set(client, settings_.user.c_str(), settings_.passwordFile.empty() ? nullptr : password.c_str());
    std::ranges::fill(password, '\0');
    if (code != MOSQ_ERR_SUCCESS) return fail(ErrorCode::InvalidArgument, "user or password cannot be used: {}", ::mosquitto_strerror(code));
    return {};
}

Result<void> Connection::step(int milliseconds) {
    const int code = ::mosquitto_loop(client_.get(), milliseconds, 1);
    if (code == MOSQ_ERR_SUCCESS) return {};
    return fail(code == MOSQ_ERR_TLS ? ErrorCode::AccessDenied : ErrorCode::NotFound, "the connection to {}:{} broke off: {}", settings_.host, settings_.port,
                ::mosquitto_strerror(code));
}

Result<void> Connection::open(std::stop_token stop) {
    if (client_ != nullptr) return {};
    answer_ = -1;
    client_.reset(::mosquitto_new(settings_.clientId.empty() ? nullptr : settings_.clientId.c_str(), true, this));
    if (client_ == nullptr) return fail(ErrorCode::Internal, "no MQTT client can be made");
    ::mosquitto_connect_callback_set(client_.get(), connected);
    ::mosquitto_message_callback_set(client_.get(), message);
    const auto give = [this](const Error& error) -> Result<void> {
        client_.reset();
        return fail(error);
    };
    if (const auto safe = secure(); !safe) return give(safe.error());
    const int code = ::mosquitto_connect(client_.get(), settings_.host.c_str(), settings_.port, settings_.keepAlive);
    if (code != MOSQ_ERR_SUCCESS)
        return give({code == MOSQ_ERR_TLS ? ErrorCode::AccessDenied : ErrorCode::NotFound,
                     fmt::format("no connection to {}:{}: {}", settings_.host, settings_.port, ::mosquitto_strerror(code))});
    for (int i = 0; i < kPatience && answer_ < 0 && !stop.stop_requested(); ++i)
        if (const auto going = step(100); !going && answer_ <= 0) return give(going.error());
    if (answer_ == 0) return {};
    if (answer_ > 0) return give({ErrorCode::AccessDenied, fmt::format("{}:{}: {}", settings_.host, settings_.port, ::mosquitto_connack_string(answer_))});
    return give({ErrorCode::Timeout, fmt::format("{}:{} does not answer as a broker", settings_.host, settings_.port)});
}

Result<void> Connection::pump() {
    if (client_ == nullptr) return fail(ErrorCode::NotFound, "no connection");
    for (int i = 0; i < kMostSteps; ++i) {
        if (const auto going = step(0); !going) {
            client_.reset();
            return fail(going.error());
        }
        if (!linux_::readable(::mosquitto_socket(client_.get()), Duration(0))) break;
    }
    return {};
}

sensor::Attention Connection::attention() const {
    sensor::Attention attention;
    if (client_ == nullptr) return attention;
    attention.descriptor = ::mosquitto_socket(client_.get());
    if (::mosquitto_want_write(client_.get())) attention.events = POLLIN | POLLOUT;
    attention.within = std::chrono::seconds(settings_.keepAlive) / 4;
    return attention;
}

}  // namespace pegasus::drivers::mqtt
