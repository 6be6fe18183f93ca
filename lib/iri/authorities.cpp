// SPDX-License-Identifier: Apache-2.0
// Certificates from a file.
#include "iri/authorities.hpp"

#include <openssl/err.h>
#include <openssl/ssl.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>

namespace pegasus::iri {

Result<void> loadAuthorityFile(ssl_ctx_st& context, const std::filesystem::path& file) {
    // Opened first for the reason: the library's own text is about its functions.
    errno = 0;
    const std::unique_ptr<std::FILE, int (*)(std::FILE*)> opened(std::fopen(file.c_str(), "re"), &std::fclose);
    if (opened == nullptr || std::fgetc(opened.get()) == EOF)
        return fail(ErrorCode::Config, "cannot read certificates from '{}': {}", file.string(),
                    errno != 0 ? std::strerror(errno) : "it is empty");
    if (SSL_CTX_load_verify_file(&context, file.c_str()) == 1) return {};
    ERR_clear_error();
    return fail(ErrorCode::Config, "'{}' holds no certificate in PEM", file.string());
}

Result<void> checkAuthorityFile(const std::filesystem::path& file) {
    const std::unique_ptr<SSL_CTX, void (*)(SSL_CTX*)> context(SSL_CTX_new(TLS_client_method()), &SSL_CTX_free);
    if (context == nullptr) return fail(ErrorCode::Internal, "TLS is not available");
    return loadAuthorityFile(*context, file);
}

}  // namespace pegasus::iri
