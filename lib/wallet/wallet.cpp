// SPDX-License-Identifier: Apache-2.0
// Wallet: the facade over its core.
#include "wallet/wallet.hpp"

#include <algorithm>
#include <utility>

#include "wallet/core.hpp"

namespace pegasus::wallet {
namespace {

using store::Connection;

constexpr std::size_t kMostEntries = 1000;
constexpr std::size_t kMostPurpose = 200;

Result<Transfer> found(Result<std::optional<rows::TransferRow>> row, std::string_view what) {
    if (!row) return fail(row.error());
    if (!*row) return fail(ErrorCode::NotFound, "no transfer {}", what);
    return std::move((**row).transfer);
}

}  // namespace

std::string_view nameOf(TransferState state) {
    switch (state) {
        case TransferState::Reserved: return "reserved";
        case TransferState::Pending: return "pending";
        case TransferState::Confirmed: return "confirmed";
        case TransferState::Conflicting: return "conflicting";
        case TransferState::Refused: return "refused";
    }
    return "unknown";
}

std::string_view nameOf(Direction direction) {
    switch (direction) {
        case Direction::Incoming: return "incoming";
        case Direction::Outgoing: return "outgoing";
        case Direction::Internal: return "internal";
    }
    return "unknown";
}

Wallet::Wallet(std::unique_ptr<Core> core) : core_(std::move(core)) {}
Wallet::~Wallet() = default;

Task<std::unique_ptr<Wallet>> Wallet::open(WalletServices services, WalletOptions options) {
    if (options.gapLimit == 0 || options.maxInputs == 0)
        co_return fail(ErrorCode::InvalidArgument, "the gap limit and the number of inputs must be at least 1");
    auto core = std::make_unique<Core>(services, options);
    PEGASUS_CO_CHECK(co_await core->load());
    co_return std::unique_ptr<Wallet>(new Wallet(std::move(core)));
}

void Wallet::start() { core_->start(*this); }

Task<void> Wallet::create(SecretBytes password) {
    auto seed = crypto::Seed::generate(core_->context.services.random);
    co_return co_await core_->adopt(std::move(seed), std::move(password), false);
}

Task<void> Wallet::restore(SecretBytes seedTrytes, SecretBytes password) {
    if (seedTrytes.size() != trinary::kHashTrytes)
        co_return fail(ErrorCode::InvalidArgument, "the seed has {} characters, expected {} trytes", seedTrytes.size(),
                       trinary::kHashTrytes);
    PEGASUS_CO_TRY(auto seed, crypto::Seed::parse(seedTrytes.text()));
    co_return co_await core_->adopt(std::move(seed), std::move(password), true);
}

Task<void> Wallet::unlock(SecretBytes password) { return core_->unlock(std::move(password)); }
void Wallet::lock() { core_->lock(); }

Task<void> Wallet::changePassword(SecretBytes oldPassword, SecretBytes newPassword) {
    return core_->seeds.changePassword(std::move(oldPassword), std::move(newPassword));
}

Task<SecretBytes> Wallet::exportSeed(SecretBytes password) {
    PEGASUS_CO_TRY(const auto seed, co_await core_->seeds.open(std::move(password)));
    co_return SecretBytes::fromText(seed.trytes());
}

Task<Address> Wallet::receiveAddress() { return core_->addresses.receive(); }

Task<Address> Wallet::newAddress(std::string label) {
    if (label.size() > kMostPurpose)
        co_return fail(ErrorCode::InvalidArgument, "the label has {} bytes, expected at most {}", label.size(),
                       kMostPurpose);
    std::string purpose(kReceivePurpose);
    if (!label.empty()) purpose += " " + label;
    co_return co_await core_->addresses.handOut(std::move(purpose), false);
}

Task<Address> Wallet::reserveAddress(std::string purpose) {
    if (purpose.empty() || purpose.size() > kMostPurpose)
        co_return fail(ErrorCode::InvalidArgument, "the purpose has {} bytes, expected 1 to {}", purpose.size(),
                       kMostPurpose);
    if (isReceivePurpose(purpose) || purpose == kRemainderPurpose || purpose == kRestoredPurpose)
        co_return fail(ErrorCode::InvalidArgument, "{} is a purpose of the wallet itself", purpose);
    co_return co_await core_->addresses.handOut(std::move(purpose), true);
}

Task<void> Wallet::holdAddress(Address address) { return core_->hold(address, true); }
Task<void> Wallet::releaseAddress(Address address) { return core_->hold(address, false); }
Task<std::vector<OwnAddress>> Wallet::addresses() { return core_->list(); }

void Wallet::setDoubt(std::string reason) { core_->context.doubt = std::move(reason); }

const Balance& Wallet::balance() const { return core_->balance; }

Task<Balance> Wallet::refreshBalance() {
    PEGASUS_CO_CHECK(co_await core_->pass());
    co_return core_->balance;
}

Task<TransferId> Wallet::send(SendRequest request) { return core_->spender.send(std::move(request)); }

Task<Transfer> Wallet::transfer(TransferId id) {
    auto work = [id](Connection& c) { return found(rows::byId(c, id), std::to_string(id)); };
    co_return co_await core_->context.services.database.read(work);
}

Task<Transfer> Wallet::transferByReference(std::string reference) {
    auto work = [reference = std::move(reference)](Connection& c) {
        return found(rows::byReference(c, reference), reference);
    };
    co_return co_await core_->context.services.database.read(std::move(work));
}

Task<HistoryPage> Wallet::history(std::size_t limit, std::optional<std::int64_t> cursor) {
    const auto count = std::clamp<std::size_t>(limit, 1, kMostEntries);
    auto work = [count, cursor](Connection& c) { return rows::history(c, count + 1, cursor); };
    HistoryPage page;
    PEGASUS_CO_TRY(page.entries, co_await core_->context.services.database.read(work));
    if (page.entries.size() > count) {
        page.entries.resize(count);
        page.next = page.entries.back().cursor;
    }
    co_return page;
}

Task<BundleDetails> Wallet::bundleDetails(Hash bundle) { return core_->details(bundle); }
WalletStatus Wallet::status() const { return core_->status(); }
Task<void> Wallet::poll() { return core_->pass(); }

}  // namespace pegasus::wallet
