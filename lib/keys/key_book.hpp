// SPDX-License-Identifier: Apache-2.0
// KeyBook: the durable record of which key indices exist, were handed out, and have signed.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/async.hpp"
#include "keys/signer.hpp"
#include "store/database.hpp"

namespace pegasus::keys {

/// It only ever rises, but for key_rows::takeBack() and KeyBook::doubtSpent().
enum class KeyState : std::uint8_t {
    Ready = 0,      ///< derived and stored, shown to nobody
    HandedOut = 1,  ///< given to somebody to pay to, or used as a remainder
    Signed = 2,     ///< reserved to sign one bundle: the signature may be out
    Spent = 3,      ///< that bundle is decided, or the ledger calls the address spent from
};

struct KeyEntry {
    KeyRef key;
    model::Address address;
    KeyState state = KeyState::Ready;
    std::string purpose;  ///< why it was handed out
    bool held = false;    ///< announced: may not sign until released
    std::optional<model::Hash> bundle;  ///< what it signs or has signed; Spent without one is hearsay
};

/// A key that has signed elsewhere. Without `proof` that is the word of a node, and can be doubted later.
struct SpentKey {
    crypto::KeyIndex index = 0;
    std::optional<model::Hash> proof;  ///< a bundle with a valid signature of the key
};

struct DerivedKey {
    KeyRef key;
    model::Address address;
};

/// The keys of one account (one seed) in one database. The rules it keeps:
/// - an index signs at most one bundle: reserving it again for the same bundle hash succeeds, for another it fails;
/// - what has signed, or was spent from according to the ledger, is never handed out, and what is held does not sign.
/// The database must contain keys::kSchema. Members on the loop thread; each is one durable transaction. The functions of
/// namespace key_rows below do the same inside a transaction of the caller, on the database thread.
class KeyBook {
public:
    KeyBook(store::Database& database, std::string account);

    /// One more than the highest index of the book; 0 if it is empty.
    Task<crypto::KeyIndex> nextIndex();
    /// Stores derived keys as Ready; those that are there already are left alone. Corrupt: an index is there with
    /// another address, so this is another seed.
    Task<void> add(std::vector<DerivedKey> keys);
    /// Stores keys with a given state (after a restore); a present row's state is raised, never lowered.
    Task<void> addAs(std::vector<DerivedKey> keys, KeyState state, std::string purpose);
    /// Hands out the Ready key of the lowest index. NotFound: there is none, derive and add() some.
    Task<KeyEntry> handOut(std::string purpose, bool held = false);
    Task<std::uint64_t> countReady();
    /// A held key is not reserved for signing. NotFound for unknown addresses; InvalidState to hold a key that has signed.
    Task<void> hold(model::Address address, bool held);
    /// Reserves keys to sign `bundle`, all or none; must be complete before a signature is made. InvalidState: held, or
    /// spent. AddressSpent: reserved for another bundle.
    Task<void> reserveForSigning(std::vector<crypto::KeyIndex> indices, model::Hash bundle);
    /// Ready, HandedOut or Signed become Spent.
    Task<void> markSpent(std::vector<SpentKey> keys);
    /// Spent becomes HandedOut where nothing proves it.
    Task<void> doubtSpent(std::vector<crypto::KeyIndex> indices);
    Task<std::optional<KeyEntry>> find(model::Address address);
    /// Those of `addresses` that are in the book, in no order.
    Task<std::vector<KeyEntry>> findMany(std::vector<model::Address> addresses);
    /// By index; all of them, or those of one state. Of a wallet of years many are Spent: ask for these by page().
    Task<std::vector<KeyEntry>> entries(std::optional<KeyState> state = std::nullopt);
    /// The first ones of one state from index `from` on.
    Task<std::vector<KeyEntry>> page(KeyState state, crypto::KeyIndex from, std::size_t limit);
    /// The highest index of any of `states`.
    Task<std::optional<crypto::KeyIndex>> lastIndex(std::vector<KeyState> states);

    [[nodiscard]] const std::string& account() const { return account_; }

private:
    store::Database& database_;
    std::string account_;
};

/// The same steps on a connection, to be combined with others in one transaction.
namespace key_rows {

[[nodiscard]] Result<void> reserveForSigning(store::Connection& connection, const std::string& account,
                                             const std::vector<crypto::KeyIndex>& indices, const model::Hash& bundle);
/// Ready to HandedOut for one index. InvalidState if it is not Ready.
[[nodiscard]] Result<void> handOut(store::Connection& connection, const std::string& account, crypto::KeyIndex index,
                                   const std::string& purpose, bool held);
[[nodiscard]] Result<void> markSpent(store::Connection& connection, const std::string& account,
                                     const std::vector<SpentKey>& keys);
/// Every key that signs `bundle` is HandedOut again. Only where nobody but this process has seen a signature for it: a key
/// that signs two bundles which others know can be forged.
[[nodiscard]] Result<void> takeBack(store::Connection& connection, const std::string& account, const model::Hash& bundle);
/// Every key that signs `bundle` becomes Spent.
[[nodiscard]] Result<void> markBundleSpent(store::Connection& connection, const std::string& account,
                                           const model::Hash& bundle);

}  // namespace key_rows

}  // namespace pegasus::keys
