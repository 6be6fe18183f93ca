// SPDX-License-Identifier: Apache-2.0
// Packed: up to 81 trytes, five trits a byte, without zero bytes at the end. How tangle.db keeps
// hashes, addresses, tags.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>
#include <span>

#include "trinary/trytes.hpp"

namespace pegasus::node {

class Packed {
  public:
    static constexpr std::size_t kMaxSize = trinary::packedSize(trinary::kHashTrits);

    /// The null hash.
    Packed() = default;
    template <std::size_t N, class Name>
    explicit Packed(const trinary::FixedTrytes<N, Name>& trytes) {
        static_assert(trinary::packedSize(N * 3) <= kMaxSize);
        const auto bytes = trytes.pack();
        assign(bytes);
    }
    /// Bytes that came out of the database.
    explicit Packed(std::span<const std::uint8_t> bytes) {
        assign(bytes.first(std::min(bytes.size(), kMaxSize)));
    }

    /// Corrupt if the bytes are no such trytes.
    template <class Fixed>
    [[nodiscard]] Result<Fixed> unpack() const {
        if (size_ > Fixed::kPacked)
            return fail(ErrorCode::Corrupt, "tangle.db: {} bytes for {} trytes", size_,
                        Fixed::kTrytes);
        auto result = Fixed::unpack(std::span(bytes_).first(Fixed::kPacked));
        if (!result) return fail(ErrorCode::Corrupt, "tangle.db: {}", result.error().message);
        return result;
    }
    [[nodiscard]] std::span<const std::uint8_t> bytes() const { return {bytes_.data(), size_}; }
    [[nodiscard]] bool empty() const { return size_ == 0; }
    bool operator==(const Packed&) const = default;

  private:
    void assign(std::span<const std::uint8_t> bytes) {
        std::size_t size = bytes.size();
        while (size > 0 && bytes[size - 1] == 0) --size;
        std::copy_n(bytes.begin(), size, bytes_.begin());
        size_ = static_cast<std::uint8_t>(size);
    }

    std::array<std::uint8_t, kMaxSize> bytes_{};
    std::uint8_t size_ = 0;
};

/// For maps of the process; nothing that lasts, and the bytes of a hash cannot be chosen freely.
struct PackedHash {
    std::size_t operator()(const Packed& packed) const noexcept {
        std::uint64_t first = 0;
        const auto bytes = packed.bytes();
        std::memcpy(&first, bytes.data(), std::min(bytes.size(), sizeof first));
        return std::hash<std::uint64_t>{}(first);
    }
};

}  // namespace pegasus::node
