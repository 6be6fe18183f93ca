// SPDX-License-Identifier: Apache-2.0
// The key of a channel's readers. Source: mam0.md section 10.
#pragma once

#include <string_view>

#include "base/scheduler.hpp"
#include "base/secret.hpp"

namespace pegasus::mam {

/// 81 trytes, kept in secret memory.
class SideKey {
public:
    /// 1 to 81 trytes, padded with 9s; anything else is refused without repeating it in the error.
    [[nodiscard]] static Result<SideKey> parse(std::string_view trytes);
    /// 81 x 9, what public and private channels use. Everybody knows it.
    [[nodiscard]] static SideKey none();
    /// Uniform over 27^81.
    [[nodiscard]] static SideKey generate(Random& random);
    [[nodiscard]] SideKey clone() const { return SideKey(bytes_.clone()); }
    /// The 81 characters; wipe copies.
    [[nodiscard]] std::string_view trytes() const { return bytes_.text(); }
    [[nodiscard]] bool isNone() const;

private:
    explicit SideKey(SecretBytes bytes) : bytes_(std::move(bytes)) {}
    SecretBytes bytes_;
};

}  // namespace pegasus::mam
