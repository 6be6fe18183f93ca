// SPDX-License-Identifier: Apache-2.0
// Client over sdbus-c++.
#include "cli/client.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <map>

#include "bus/errors.hpp"
#include "bus/names.hpp"
#include "bus/object_path.hpp"
#include "bus/shim.hpp"
#include "bus/variant.hpp"
#include "cli/awaken.hpp"

namespace pegasus::cli {
namespace {

using bus::Variants;
using Managed = std::map<sdbus::ObjectPath, std::map<std::string, Variants>>;

constexpr const char* kProperties = "org.freedesktop.DBus.Properties";
constexpr const char* kBus = "org.freedesktop.DBus";
constexpr const char* kUnknownObject = "org.freedesktop.DBus.Error.UnknownObject";
constexpr const char* kObjectManager = "org.freedesktop.DBus.ObjectManager";

void put(sdbus::MethodCall& message, const Argument& argument) {
    struct Writer {
        sdbus::MethodCall& message;
        void operator()(const std::string& text) const { message << text; }
        void operator()(std::uint32_t number) const { message << number; }
        void operator()(std::uint64_t number) const { message << number; }
        void operator()(const Dict& dict) const { message << bus::toVariants(dict); }
        void operator()(const ObjectPath& path) const { message << sdbus::ObjectPath(path.path); }
        void operator()(const LentDescriptor& lent) const { message << sdbus::UnixFd(lent.fd); }
        void operator()(const std::vector<Payment>& payments) const {
            std::vector<sdbus::Struct<std::string, std::uint64_t, std::string, std::string>> rows;
            for (const auto& p : payments) rows.emplace_back(p.address, p.amount, p.message, p.tag);
            message << rows;
        }
    };
    std::visit(Writer{message}, argument);
}

template <class T>
T get(sdbus::MethodReply& reply) {
    T value{};
    reply >> value;
    return value;
}

template <class T>
Result<T> decode(sdbus::MethodReply& reply) {
    if constexpr (std::is_same_v<T, None>) {
        (void)reply;
        return None{};
    } else if constexpr (std::is_same_v<T, std::string> || std::is_same_v<T, std::vector<std::string>>) {
        return get<T>(reply);
    } else if constexpr (std::is_same_v<T, Dict>) {
        return bus::fromVariants(get<Variants>(reply));
    } else if constexpr (std::is_same_v<T, Dicts>) {
        return bus::fromVariants(get<std::vector<Variants>>(reply));
    } else if constexpr (std::is_same_v<T, Page>) {
        PEGASUS_TRY(auto rows, bus::fromVariants(get<std::vector<Variants>>(reply)));
        return Page{std::move(rows), get<std::string>(reply)};
    } else if constexpr (std::is_same_v<T, ObjectPath>) {
        return ObjectPath{get<sdbus::ObjectPath>(reply)};
    } else if constexpr (std::is_same_v<T, Descriptor>) {
        const auto fd = get<sdbus::UnixFd>(reply);
        return Descriptor(fcntl(fd.get(), F_DUPFD_CLOEXEC, 3));
    } else {
        static_assert(std::is_same_v<T, Grant>);
        auto bundle = get<std::string>(reply);
        return Grant{std::move(bundle), get<std::uint64_t>(reply)};
    }
}

/// No daemon, and the bus could not start one.
bool meansMissing(const sdbus::Error& error) {
    const std::string name = error.getName();
    return name == "org.freedesktop.DBus.Error.ServiceUnknown" || name == "org.freedesktop.DBus.Error.NameHasNoOwner" ||
           name == "org.freedesktop.DBus.Error.Disconnected" || name.starts_with("org.freedesktop.DBus.Error.Spawn") ||
           name.starts_with("org.freedesktop.systemd1.");
}

}  // namespace

Descriptor::~Descriptor() {
    if (fd_ >= 0) ::close(fd_);
}

class Client::Impl {
public:
    Impl(std::unique_ptr<sdbus::IConnection> connection, unsigned timeoutSeconds, bool interactive)
        : connection_(std::move(connection)), timeout_(std::uint64_t{timeoutSeconds} * 1'000'000) {
        if (interactive) bus::allowInteraction(*connection_);
    }

    template <class T>
    Result<T> call(const Call& call) {
        return guarded([&]() -> Result<T> {
            auto proxy = sdbus::createProxy(*connection_, bus::ServiceName(bus::kServiceName), sdbus::ObjectPath(call.path));
            auto message = proxy->createMethodCall(bus::InterfaceName(call.interface), bus::MethodName(call.method));
            for (const auto& argument : call.arguments) put(message, argument);
            auto reply = proxy->callMethod(message, timeout_);
            return decode<T>(reply);
        });
    }

    Result<std::vector<Object>> objects(const char* interface) {
        return guarded([&]() -> Result<std::vector<Object>> {
            auto proxy = sdbus::createProxy(*connection_, bus::ServiceName(bus::kServiceName), sdbus::ObjectPath(bus::kRootPath));
            auto message = proxy->createMethodCall(bus::InterfaceName(kObjectManager), bus::MethodName("GetManagedObjects"));
            auto reply = proxy->callMethod(message, timeout_);
            std::vector<Object> found;
            for (const auto& [path, interfaces] : get<Managed>(reply)) {
                const auto it = interfaces.find(interface);
                if (it == interfaces.end()) continue;
                PEGASUS_TRY(auto properties, bus::fromVariants(it->second));
                found.push_back({path, std::move(properties)});
            }
            return found;
        });
    }

    Result<void> monitor(const SignalHandler& handler);
    Result<bool> running() {
        return guarded([&]() -> Result<bool> {
            auto proxy = sdbus::createProxy(*connection_, bus::ServiceName(kBus), sdbus::ObjectPath("/org/freedesktop/DBus"));
            auto message = proxy->createMethodCall(bus::InterfaceName(kBus), bus::MethodName("NameHasOwner"));
            message << std::string(bus::kServiceName);
            auto reply = proxy->callMethod(message, timeout_);
            return get<bool>(reply);
        });
    }
    [[nodiscard]] bool missing() const { return missing_; }

private:
    template <class F>
    auto guarded(F body) -> decltype(body()) {
        try {
            return body();
        } catch (const sdbus::Error& error) {
            if (meansMissing(error)) {
                missing_ = true;
                return fail(ErrorCode::Unreachable, "pegasusd does not answer on the bus: {}", error.getMessage());
            }
            if (error.getName() == kUnknownObject)  // names a path, which says nothing to people
                return fail(ErrorCode::NotFound, "it is not there any more, or so old that only its list has it");
            return fail(bus::fromBus(error));
        }
    }

    std::unique_ptr<sdbus::IConnection> connection_;
    std::uint64_t timeout_;
    bool missing_ = false;
};

namespace {

const std::string kOurs = std::string(bus::kServiceName) + ".";

/// What the one number of a signal is; null for signals without.
const char* argumentOf(std::string_view member) {
    if (member == "Received") return "index";
    if (member == "Sampled") return "time";
    return nullptr;
}

}  // namespace

Result<void> Client::Impl::monitor(const SignalHandler& handler) {
    const auto onMessage = [&](const std::string& path, const std::string& what, const Variants& values) {
        const auto dict = bus::fromVariants(values);
        if (!handler(path, what, dict ? *dict : Dict{})) connection_->leaveEventLoop();
    };
    return guarded([&]() -> Result<void> {
        const std::string rule = std::string("type='signal',sender='") + bus::kServiceName + "'";
        const auto receive = [&onMessage](auto&& message) {
            try {
                const std::string member = message.getMemberName();
                const std::string path = message.getPath();
                if (member == "PropertiesChanged") {
                    std::string interface;
                    Variants changed;
                    message >> interface >> changed;
                    onMessage(path, "changed", changed);
                } else if (member == "InterfacesAdded" || member == "InterfacesRemoved") {
                    sdbus::ObjectPath object;
                    message >> object;
                    onMessage(object, member == "InterfacesAdded" ? "added" : "removed", {});
                } else if (const std::string interface = message.getInterfaceName(); interface.starts_with(kOurs)) {
                    Variants values;
                    if (const auto* name = argumentOf(member); name != nullptr) {
                        std::uint64_t value = 0;
                        message >> value;
                        values.emplace(name, sdbus::Variant(value));
                    }
                    onMessage(path, interface.substr(kOurs.size()) + "." + member, values);
                }
            } catch (const sdbus::Error&) {
                onMessage("", "a signal that cannot be read", {});
            }
        };
        const auto slot = bus::addMatch(*connection_, rule, receive);
        connection_->enterEventLoop();
        return {};
    });
}

Client::Client(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

Client::~Client() = default;

Result<std::unique_ptr<Client>> Client::connect(const bus::BusChoice& choice, unsigned timeoutSeconds, bool interactive,
                                                bool start) {
    PEGASUS_TRY(auto connection, bus::connect(choice));
    if (start) PEGASUS_CHECK(awaken(*connection, choice, timeoutSeconds));
    return std::unique_ptr<Client>(
        new Client(std::make_unique<Impl>(std::move(connection), timeoutSeconds, interactive)));
}

template <class T>
Result<T> Client::call(const Call& call) {
    return impl_->call<T>(call);
}

template Result<None> Client::call(const Call&);
template Result<std::string> Client::call(const Call&);
template Result<std::vector<std::string>> Client::call(const Call&);
template Result<Dict> Client::call(const Call&);
template Result<Dicts> Client::call(const Call&);
template Result<Page> Client::call(const Call&);
template Result<ObjectPath> Client::call(const Call&);
template Result<Descriptor> Client::call(const Call&);
template Result<Grant> Client::call(const Call&);

Result<Dict> Client::properties(const std::string& path, const char* interface) {
    return call<Dict>({path, kProperties, "GetAll", {std::string(interface)}});
}

Result<std::vector<Object>> Client::objects(const char* interface) { return impl_->objects(interface); }

Result<void> Client::monitor(const SignalHandler& handler) { return impl_->monitor(handler); }

bool Client::running() { return impl_->running().value_or(false); }

bool Client::daemonMissing() const { return impl_->missing(); }

}  // namespace pegasus::cli
