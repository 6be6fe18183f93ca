// SPDX-License-Identifier: Apache-2.0
// A file of certificates that are trusted besides the system's.
#pragma once

#include <filesystem>

#include "base/result.hpp"

struct ssl_ctx_st;  // OpenSSL's SSL_CTX

namespace pegasus::iri {

/// Config, with the file's name and the reason: it cannot be read, or holds no certificate in PEM.
[[nodiscard]] Result<void> loadAuthorityFile(ssl_ctx_st& context, const std::filesystem::path& file);
/// Whether loadAuthorityFile would do.
[[nodiscard]] Result<void> checkAuthorityFile(const std::filesystem::path& file);

}  // namespace pegasus::iri
