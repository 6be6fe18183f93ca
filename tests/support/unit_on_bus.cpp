// SPDX-License-Identifier: Apache-2.0
// Stands in for systemd on a test's bus: says of one unit what its arguments tell, and something else after a while.
// Usage: unit-on-bus ADDRESS LOAD ACTIVE SUB RESULT CODE STATUS TEXT [MILLISECONDS ACTIVE SUB]; prints a line when it is there.
#include <systemd/sd-bus.h>

#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>

namespace {

struct Unit {
    const char* load = "";
    const char* active = "";
    const char* sub = "";
    const char* result = "";
    const char* text = "";
    std::int32_t code = 0;
    std::int32_t status = 0;
};

Unit unit;

int giveText(sd_bus*, const char*, const char*, const char* property, sd_bus_message* reply, void*, sd_bus_error*) {
    const std::string name(property);
    const char* value = name == "LoadState"     ? unit.load
                        : name == "ActiveState" ? unit.active
                        : name == "SubState"    ? unit.sub
                        : name == "Result"      ? unit.result
                                                : unit.text;
    return sd_bus_message_append(reply, "s", value);
}

int giveNumber(sd_bus*, const char*, const char*, const char* property, sd_bus_message* reply, void*, sd_bus_error*) {
    return sd_bus_message_append(reply, "i", std::string(property) == "ExecMainCode" ? unit.code : unit.status);
}

int loadUnit(sd_bus_message* call, void*, sd_bus_error*) { return sd_bus_reply_method_return(call, "o", "/org/freedesktop/systemd1/unit/x"); }

const sd_bus_vtable kManager[] = {SD_BUS_VTABLE_START(0), SD_BUS_METHOD("LoadUnit", "s", "o", loadUnit, SD_BUS_VTABLE_UNPRIVILEGED),
                                  SD_BUS_VTABLE_END};
const sd_bus_vtable kUnit[] = {SD_BUS_VTABLE_START(0), SD_BUS_PROPERTY("LoadState", "s", giveText, 0, 0),
                               SD_BUS_PROPERTY("ActiveState", "s", giveText, 0, 0), SD_BUS_PROPERTY("SubState", "s", giveText, 0, 0),
                               SD_BUS_VTABLE_END};
const sd_bus_vtable kService[] = {SD_BUS_VTABLE_START(0), SD_BUS_PROPERTY("Result", "s", giveText, 0, 0),
                                  SD_BUS_PROPERTY("ExecMainCode", "i", giveNumber, 0, 0),
                                  SD_BUS_PROPERTY("ExecMainStatus", "i", giveNumber, 0, 0),
                                  SD_BUS_PROPERTY("StatusText", "s", giveText, 0, 0), SD_BUS_VTABLE_END};

}  // namespace

int main(int argc, char** argv) {
    if (argc < 9) return 64;
    unit = {argv[2], argv[3], argv[4], argv[5], argv[8], std::atoi(argv[6]), std::atoi(argv[7])};
    sd_bus* bus = nullptr;
    const char* path = "/org/freedesktop/systemd1/unit/x";
    if (sd_bus_new(&bus) < 0 || sd_bus_set_address(bus, argv[1]) < 0 || sd_bus_set_bus_client(bus, 1) < 0 || sd_bus_start(bus) < 0 ||
        sd_bus_add_object_vtable(bus, nullptr, "/org/freedesktop/systemd1", "org.freedesktop.systemd1.Manager", kManager, nullptr) < 0 ||
        sd_bus_add_object_vtable(bus, nullptr, path, "org.freedesktop.systemd1.Unit", kUnit, nullptr) < 0 ||
        sd_bus_add_object_vtable(bus, nullptr, path, "org.freedesktop.systemd1.Service", kService, nullptr) < 0 ||
        sd_bus_request_name(bus, "org.freedesktop.systemd1", 0) < 0)
        return 1;
    (void)std::puts("ready");
    (void)std::fflush(stdout);
    const auto change = std::chrono::steady_clock::now() + std::chrono::milliseconds(argc > 9 ? std::atoi(argv[9]) : 0);
    for (;;) {
        if (argc > 11 && std::chrono::steady_clock::now() >= change) {
            unit.active = argv[10];
            unit.sub = argv[11];
        }
        const int done = sd_bus_process(bus, nullptr);
        if (done < 0) return 0;  // the bus has gone
        if (done == 0) (void)sd_bus_wait(bus, 50'000);
    }
}
