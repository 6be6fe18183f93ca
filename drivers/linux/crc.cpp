// SPDX-License-Identifier: Apache-2.0
// Words with checksums.
#include "drivers/linux/crc.hpp"

namespace pegasus::drivers::linux_ {

std::vector<std::optional<std::uint16_t>> checkedWords(std::span<const std::uint8_t> answer) {
    std::vector<std::optional<std::uint16_t>> words;
    for (; answer.size() >= 3; answer = answer.subspan(3)) {
        const auto word = static_cast<std::uint16_t>(answer[0] << 8 | answer[1]);
        words.push_back(crc8(answer.first(2)) == answer[2] ? std::optional(word) : std::nullopt);
    }
    return words;
}

}  // namespace pegasus::drivers::linux_
