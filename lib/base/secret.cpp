// SPDX-License-Identifier: Apache-2.0
// SecretBytes on pages of its own.
#include "base/secret.hpp"

#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <new>
#include <utility>

namespace pegasus {

void wipe(void* data, std::size_t size) noexcept {
    if (size != 0) explicit_bzero(data, size);
}

SecretBytes::SecretBytes(std::size_t size) : size_(size) {
    if (size == 0) return;
    const auto page = static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
    mapped_ = (size + page - 1) / page * page;
    void* p = mmap(nullptr, mapped_, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (p == MAP_FAILED) throw std::bad_alloc();
    (void)mlock(p, mapped_);  // best effort: RLIMIT_MEMLOCK may be small
    (void)madvise(p, mapped_, MADV_DONTDUMP);
    data_ = static_cast<std::uint8_t*>(p);
}

SecretBytes::SecretBytes(std::span<const std::uint8_t> bytes) : SecretBytes(bytes.size()) {
    std::ranges::copy(bytes, data_);
}

SecretBytes SecretBytes::fromText(std::string_view text) {
    SecretBytes result(text.size());
    std::ranges::copy(text, result.data_);
    return result;
}

SecretBytes::~SecretBytes() { release(); }

SecretBytes::SecretBytes(SecretBytes&& other) noexcept
    : data_(std::exchange(other.data_, nullptr)),
      size_(std::exchange(other.size_, 0)),
      mapped_(std::exchange(other.mapped_, 0)) {}

SecretBytes& SecretBytes::operator=(SecretBytes&& other) noexcept {
    if (this != &other) {
        release();
        data_ = std::exchange(other.data_, nullptr);
        size_ = std::exchange(other.size_, 0);
        mapped_ = std::exchange(other.mapped_, 0);
    }
    return *this;
}

SecretBytes SecretBytes::clone() const { return SecretBytes(bytes()); }

std::string_view SecretBytes::text() const {
    return {reinterpret_cast<const char*>(data_), size_};
}

bool SecretBytes::operator==(const SecretBytes& other) const {
    if (size_ != other.size_) return false;
    unsigned difference = 0;
    for (std::size_t i = 0; i < size_; ++i) difference |= unsigned{data_[i]} ^ unsigned{other.data_[i]};
    return difference == 0;
}

void SecretBytes::release() noexcept {
    if (data_ == nullptr) return;
    wipe(data_, size_);
    (void)munmap(data_, mapped_);
    data_ = nullptr;
    size_ = mapped_ = 0;
}

}  // namespace pegasus
