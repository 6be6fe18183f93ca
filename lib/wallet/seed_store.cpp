// SPDX-License-Identifier: Apache-2.0
// SeedStore: scrypt, AES-256-GCM over the 81 trytes, one row.
#include "wallet/seed_store.hpp"

#include <algorithm>
#include <utility>

#include "crypto/aead.hpp"
#include "crypto/digest.hpp"

namespace pegasus::wallet {
namespace {

using store::Connection;

constexpr std::string_view kPurpose = "pegasus wallet seed 1";
constexpr unsigned kFreeAttempts = 3;
constexpr Duration kLongestWait = std::chrono::seconds(60);
constexpr std::size_t kMaxPasswordLength = 1024;

std::span<const std::uint8_t> blob(const SQLite::Column& column) {
    return {static_cast<const std::uint8_t*>(column.getBlob()), static_cast<std::size_t>(column.getBytes())};
}

template <class Bytes>
void bindBlob(SQLite::Statement& statement, int index, const Bytes& bytes) {
    statement.bind(index, bytes.data(), static_cast<int>(bytes.size()));
}

}  // namespace

Task<void> SeedStore::load() {
    auto work = [](Connection& c) -> Result<std::optional<Row>> {
        SQLite::Statement query(c, "SELECT kdf, sealed, level, restoring, restore_count FROM wallet_seed");
        if (!query.executeStep()) return std::optional<Row>();
        Row row;
        PEGASUS_TRY(row.kdf, crypto::ScryptParameters::decode(blob(query.getColumn(0))));
        const auto sealed = blob(query.getColumn(1));
        row.sealed.assign(sealed.begin(), sealed.end());
        const int level = query.getColumn(2).getInt();
        if (level < 1 || level > 3) return fail(ErrorCode::Corrupt, "the wallet has security level {}", level);
        row.level = static_cast<crypto::SecurityLevel>(level);
        row.restoring = query.getColumn(3).getInt() != 0;
        row.restoreCount = static_cast<std::uint64_t>(query.getColumn(4).getInt64());
        return std::optional<Row>(std::move(row));
    };
    PEGASUS_CO_TRY(row_, co_await services_.database.read(work));
    co_return Result<void>();
}

Result<void> SeedStore::checkPassword(const SecretBytes& password) const {
    if (password.size() < options_.minPasswordLength)
        return fail(ErrorCode::InvalidArgument, "the password has {} bytes, expected at least {}", password.size(),
                    options_.minPasswordLength);
    if (password.size() > kMaxPasswordLength)
        return fail(ErrorCode::InvalidArgument, "the password has {} bytes, expected at most {}", password.size(),
                    kMaxPasswordLength);
    return {};
}

Task<SeedStore::Row> SeedStore::seal(crypto::Seed seed, SecretBytes password, Row row) {
    row.kdf = crypto::ScryptParameters::generate(services_.random);
    row.kdf.logN = options_.scryptLogN;
    auto job = [password = std::move(password), kdf = row.kdf] { return crypto::scrypt(password, kdf); };
    PEGASUS_CO_TRY(const SecretBytes key, co_await compute(services_.pool, std::move(job)));
    PEGASUS_CO_TRY(row.sealed, crypto::seal(key, crypto::asBytes(seed.trytes()), crypto::asBytes(kPurpose),
                                            services_.random));
    co_return row;
}

Task<void> SeedStore::create(crypto::Seed seed, SecretBytes password, bool restored) {
    PEGASUS_CO_CHECK(checkPassword(password));
    const auto guard = co_await mutex_.lock();
    if (row_) co_return fail(ErrorCode::AlreadyExists, "there is a wallet already: its seed is never replaced");
    Row blank;
    blank.level = options_.security;
    blank.restoring = restored;
    blank.restoreCount = restored ? 1 : 0;
    PEGASUS_CO_TRY(auto row, co_await seal(std::move(seed), std::move(password), std::move(blank)));
    auto work = [row](Connection& c) -> Result<void> {
        SQLite::Statement insert(c, "INSERT INTO wallet_seed (id, kdf, sealed, level, restoring, restore_count) "
                                    "VALUES (1, ?, ?, ?, ?, ?)");
        const auto kdf = row.kdf.encode();
        bindBlob(insert, 1, kdf);
        bindBlob(insert, 2, row.sealed);
        insert.bind(3, static_cast<int>(row.level));
        insert.bind(4, row.restoring ? 1 : 0);
        insert.bind(5, static_cast<std::int64_t>(row.restoreCount));
        insert.exec();
        return {};
    };
    PEGASUS_CO_CHECK(co_await services_.database.write(work));
    row_ = std::move(row);
    co_return Result<void>();
}

Task<crypto::Seed> SeedStore::open(SecretBytes password) {
    const auto guard = co_await mutex_.lock();
    co_return co_await openChecked(std::move(password));
}

Task<crypto::Seed> SeedStore::openChecked(SecretBytes password) {
    if (!row_) co_return fail(ErrorCode::NotFound, "there is no wallet: create or restore one");
    const auto now = services_.clock.steady();
    if (now < notBefore_)
        co_return fail(ErrorCode::LimitExceeded, "too many wrong passwords: try again in {} s",
                       std::chrono::ceil<std::chrono::seconds>(notBefore_ - now).count());
    if (password.size() > kMaxPasswordLength) co_return fail(ErrorCode::AuthenticationFailed, "wrong password");
    auto job = [password = std::move(password), kdf = row_->kdf] { return crypto::scrypt(password, kdf); };
    PEGASUS_CO_TRY(const SecretBytes key, co_await compute(services_.pool, std::move(job)));
    const auto plain = crypto::open(key, row_->sealed, crypto::asBytes(kPurpose));
    if (!plain && plain.error().code == ErrorCode::AuthenticationFailed) {
        noteWrongPassword();
        co_return fail(ErrorCode::AuthenticationFailed, "wrong password");
    }
    if (!plain) co_return fail(plain.error());
    wrong_ = 0;
    auto seed = crypto::Seed::parse(plain->text());
    if (!seed) co_return fail(ErrorCode::Corrupt, "what is stored as the wallet's seed is none");
    co_return std::move(*seed);
}

void SeedStore::noteWrongPassword() {
    ++wrong_;
    if (wrong_ < kFreeAttempts) return;
    const auto doublings = std::min(wrong_ - kFreeAttempts, 6U);
    notBefore_ = services_.clock.steady() + std::min<Duration>(std::chrono::seconds(1U << doublings), kLongestWait);
}

Task<void> SeedStore::changePassword(SecretBytes oldPassword, SecretBytes newPassword) {
    PEGASUS_CO_CHECK(checkPassword(newPassword));
    const auto guard = co_await mutex_.lock();
    PEGASUS_CO_TRY(auto seed, co_await openChecked(std::move(oldPassword)));
    Row present = *row_;
    PEGASUS_CO_TRY(auto row, co_await seal(std::move(seed), std::move(newPassword), std::move(present)));
    auto work = [kdf = row.kdf.encode(), sealed = row.sealed](Connection& c) -> Result<void> {
        SQLite::Statement update(c, "UPDATE wallet_seed SET kdf = ?, sealed = ?");
        bindBlob(update, 1, kdf);
        bindBlob(update, 2, sealed);
        update.exec();
        return {};
    };
    PEGASUS_CO_CHECK(co_await services_.database.write(std::move(work)));
    row_->kdf = row.kdf;
    row_->sealed = std::move(row.sealed);
    co_return Result<void>();
}

Task<void> SeedStore::finishRestore() {
    auto work = [](Connection& c) -> Result<void> {
        c.exec("UPDATE wallet_seed SET restoring = 0");
        return {};
    };
    PEGASUS_CO_CHECK(co_await services_.database.write(work));
    row_->restoring = false;
    co_return Result<void>();
}

}  // namespace pegasus::wallet
