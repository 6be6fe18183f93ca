// SPDX-License-Identifier: Apache-2.0
// polkit_agent PID yes|no|dismiss|think: an authentication agent for one process, which answers as it is told to. Run it as root,
// as whom a real agent's helper speaks to polkit once the password was right. Says "ready", "asked ACTION", "cancelled".
#include <systemd/sd-bus.h>

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <sstream>
#include <string>

namespace {

constexpr const char* kPolkit = "org.freedesktop.PolicyKit1";
constexpr const char* kAuthority = "/org/freedesktop/PolicyKit1/Authority";
constexpr const char* kAuthorityInterface = "org.freedesktop.PolicyKit1.Authority";
constexpr const char* kAgentPath = "/io/github/pegasusd/TestAgent";

struct Agent {
    std::string answer;
    std::uint32_t user = 0;  ///< the process's
    sd_bus_message* open = nullptr;
};

void say(const std::string& text) {
    std::printf("%s\n", text.c_str());
    (void)std::fflush(stdout);
}

/// What proc(5) calls starttime, the 22nd field: with the pid it names a process for good.
std::uint64_t startTime(const std::string& pid) {
    std::ifstream file("/proc/" + pid + "/stat");
    const std::string text((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
    std::istringstream rest(text.substr(text.rfind(')') + 2));
    std::string field;
    for (int i = 3; i <= 22; ++i) rest >> field;
    return std::stoull(field);
}

std::uint32_t userOf(const std::string& pid) {
    std::ifstream file("/proc/" + pid + "/status");
    for (std::string word; file >> word;)
        if (word == "Uid:" && file >> word) return static_cast<std::uint32_t>(std::stoul(word));
    return 0;
}

/// The first of the administrators that polkit would take: a(sa{sv}), a user with its uid.
std::uint32_t administrator(sd_bus_message* call) {
    const char *kind = nullptr, *key = nullptr;
    std::uint32_t uid = 0;
    const bool read = sd_bus_message_enter_container(call, 'a', "(sa{sv})") > 0 && sd_bus_message_enter_container(call, 'r', "sa{sv}") > 0 &&
                      sd_bus_message_read(call, "s", &kind) > 0 && sd_bus_message_enter_container(call, 'a', "{sv}") > 0 &&
                      sd_bus_message_read(call, "{sv}", &key, "u", &uid) > 0;
    if (!read || std::string(kind) != "unix-user") say("no user among the administrators");
    return uid;
}

/// `agentUser`: whose agent this is. Polkit 122 says root's, who registered it, and 126 the user's, for whom it is.
int confirm(sd_bus* bus, const char* cookie, std::uint32_t agentUser, std::uint32_t who, sd_bus_error* error) {
    return sd_bus_call_method(bus, kPolkit, kAuthority, kAuthorityInterface, "AuthenticationAgentResponse2", error, nullptr,
                              "us(sa{sv})", agentUser, cookie, "unix-user", 1, "uid", "u", who);
}

int begin(sd_bus_message* call, void* data, sd_bus_error* error) {
    auto& agent = *static_cast<Agent*>(data);
    const char *action = nullptr, *message = nullptr, *icon = nullptr, *cookie = nullptr;
    if (sd_bus_message_read(call, "sss", &action, &message, &icon) < 0 || sd_bus_message_skip(call, "a{ss}") < 0 ||
        sd_bus_message_read(call, "s", &cookie) < 0)
        return sd_bus_error_set(error, "org.freedesktop.PolicyKit1.Error.Failed", "not understood");
    say(std::string("asked ") + action);
    if (agent.answer == "think") {
        agent.open = sd_bus_message_ref(call);
        return 1;
    }
    if (agent.answer == "dismiss") return sd_bus_error_set(error, "org.freedesktop.PolicyKit1.Error.Cancelled", "dismissed");
    if (agent.answer == "yes") {
        auto* bus = sd_bus_message_get_bus(call);
        const auto who = administrator(call);
        if (confirm(bus, cookie, 0, who, nullptr) < 0 && confirm(bus, cookie, agent.user, who, error) < 0) {
            say(std::string("polkit did not take the answer: ") + (error->message != nullptr ? error->message : "no reason"));
            return -1;
        }
    }
    return sd_bus_reply_method_return(call, "");
}

int cancel(sd_bus_message* call, void*, sd_bus_error*) {
    say("cancelled");
    return sd_bus_reply_method_return(call, "");
}

const sd_bus_vtable kMethods[] = {
    SD_BUS_VTABLE_START(0),
    SD_BUS_METHOD("BeginAuthentication", "sssa{ss}sa(sa{sv})", "", begin, SD_BUS_VTABLE_UNPRIVILEGED),
    SD_BUS_METHOD("CancelAuthentication", "s", "", cancel, SD_BUS_VTABLE_UNPRIVILEGED),
    SD_BUS_VTABLE_END,
};

int serve(const std::string& pid, Agent& agent) {
    sd_bus* bus = nullptr;
    if (sd_bus_open_system(&bus) < 0) return 1;
    if (sd_bus_add_object_vtable(bus, nullptr, kAgentPath, "org.freedesktop.PolicyKit1.AuthenticationAgent", kMethods,
                                 &agent) < 0)
        return 1;
    sd_bus_error error = SD_BUS_ERROR_NULL;
    const int registered = sd_bus_call_method(
        bus, kPolkit, kAuthority, kAuthorityInterface, "RegisterAuthenticationAgent", &error, nullptr, "(sa{sv})ss",
        "unix-process", 3, "pid", "u", static_cast<std::uint32_t>(std::stoul(pid)), "start-time", "t", startTime(pid), "uid",
        "i", static_cast<std::int32_t>(agent.user), "C.UTF-8", kAgentPath);
    if (registered < 0) {
        say(std::string("not registered: ") + (error.message != nullptr ? error.message : "no reason"));
        return 1;
    }
    say("ready");
    for (;;) {
        const int done = sd_bus_process(bus, nullptr);
        if (done < 0) return 1;
        if (done == 0 && sd_bus_wait(bus, UINT64_MAX) < 0) return 1;
    }
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != 3) return 64;
    Agent agent{argv[2], userOf(argv[1])};
    return serve(argv[1], agent);
}
