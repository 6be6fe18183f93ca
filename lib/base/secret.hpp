// SPDX-License-Identifier: Apache-2.0
// SecretBytes: memory that is locked where possible, kept out of core dumps, and wiped when it goes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace pegasus {

/// Wipes memory in a way the compiler may not remove.
void wipe(void* data, std::size_t size) noexcept;

/// An owned secret. Not copyable (clone() is explicit), not printable, compared in constant time.
class SecretBytes {
public:
    SecretBytes() = default;
    explicit SecretBytes(std::size_t size);
    explicit SecretBytes(std::span<const std::uint8_t> bytes);
    [[nodiscard]] static SecretBytes fromText(std::string_view text);
    ~SecretBytes();
    SecretBytes(SecretBytes&& other) noexcept;
    SecretBytes& operator=(SecretBytes&& other) noexcept;
    SecretBytes(const SecretBytes&) = delete;
    SecretBytes& operator=(const SecretBytes&) = delete;

    [[nodiscard]] SecretBytes clone() const;
    [[nodiscard]] std::size_t size() const { return size_; }
    [[nodiscard]] bool empty() const { return size_ == 0; }
    [[nodiscard]] std::span<std::uint8_t> bytes() { return {data_, size_}; }
    [[nodiscard]] std::span<const std::uint8_t> bytes() const { return {data_, size_}; }
    /// A view of the bytes as text; valid while this object lives.
    [[nodiscard]] std::string_view text() const;
    [[nodiscard]] bool operator==(const SecretBytes& other) const;

private:
    void release() noexcept;

    std::uint8_t* data_ = nullptr;  // mmap'ed pages, so that mlock and MADV_DONTDUMP act on nothing else
    std::size_t size_ = 0;
    std::size_t mapped_ = 0;
};

}  // namespace pegasus
