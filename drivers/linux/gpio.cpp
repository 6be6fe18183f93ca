// SPDX-License-Identifier: Apache-2.0
// Finding the chip of a line; what differs between the two libraries is in gpio_v1.cpp and gpio_v2.cpp.
#include "drivers/linux/gpio.hpp"

#include <poll.h>

#include <filesystem>

#include "drivers/linux/gpio_library.hpp"
#include "sensor/channel_text.hpp"

namespace pegasus::drivers::linux_ {
namespace {

namespace fs = std::filesystem;

std::vector<std::string> chipFiles() {
    std::vector<std::string> files;
    std::error_code problem;
    for (fs::directory_iterator entry("/dev", problem); !problem && entry != fs::directory_iterator(); entry.increment(problem))
        if (entry->path().filename().string().starts_with("gpiochip") && !entry->is_symlink()) files.push_back(entry->path().string());
    return files;
}

class MachineGpio final : public GpioChips {
public:
    [[nodiscard]] Result<std::unique_ptr<GpioLine>> open(const LineWish& wish) override {
        std::vector<FoundLine> found;
        std::string seen;
        std::optional<Error> refused;
        for (const auto& file : chipFiles()) {
            const auto label = chipLabel(file);
            if (!label) {
                refused = label.error();
                continue;
            }
            seen += fmt::format("{}{}", seen.empty() ? "" : ", ", sensor::quotable(*label));
            if (!wish.chip.empty() && *label != wish.chip) continue;
            if (const auto offset = lineNamed(file, wish.line)) found.push_back({file, *label, *offset});
        }
        if (found.size() == 1) return requestLine(found.front(), wish);
        if (found.size() > 1) {
            std::string labels;
            for (const auto& one : found) labels += fmt::format("{}{}", labels.empty() ? "" : ", ", sensor::quotable(one.label));
            return fail(ErrorCode::InvalidState, "{} chips have a line '{}': {}; choose by chip", found.size(), wish.line, labels);
        }
        if (seen.empty() && refused) return fail(*refused);
        return fail(ErrorCode::NotFound, "no GPIO chip{}{} has a line '{}'; there is: {}", wish.chip.empty() ? "" : " ", wish.chip, wish.line,
                    seen.empty() ? "no chip" : seen);
    }
};

}  // namespace

std::shared_ptr<GpioChips> machineGpio() { return std::make_shared<MachineGpio>(); }

bool readable(int descriptor, Duration within) {
    pollfd wait{descriptor, POLLIN, 0};
    const auto milliseconds = std::chrono::ceil<std::chrono::milliseconds>(within).count();
    return ::poll(&wait, 1, static_cast<int>(milliseconds)) == 1 && (wait.revents & POLLIN) != 0;
}

}  // namespace pegasus::drivers::linux_
