// SPDX-License-Identifier: Apache-2.0
// Bundles: build, finalise, sign, validate. Rules: tangle.md section 2.
#pragma once

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "crypto/signature.hpp"
#include "model/transaction.hpp"

namespace pegasus::model {

/// An output: value (zero for a message) and a message, any number of trytes, spread over as many fragments as needed.
struct Output {
    Address address;
    Iotas value;
    Tag tag;
    std::string messageTrytes;  ///< only 9A-Z; empty is one empty fragment
};

/// An input: `security` transactions, the first with minus the whole balance.
struct Input {
    Address address;
    Iotas balance;
    crypto::SecurityLevel security = crypto::SecurityLevel::Two;
    Tag tag;
};

/// A finalised bundle without signatures and attachment: the essence is fixed, so the bundle hash is too.
struct BundleDraft {
    std::vector<Transaction> transactions;  ///< index order
    Hash bundleHash;
    /// Index of the first transaction of each input, in the order the inputs were given.
    std::vector<std::size_t> inputStarts;
};

struct BundlePlan {
    std::vector<Output> outputs;
    std::vector<Input> inputs;
    std::optional<Address> remainder;  ///< needed when inputs exceed outputs
    std::int64_t timestamp = 0;        ///< seconds
};

/// Lays out the transactions as the clients do (outputs, inputs, remainder), increments the obsolete tag of index 0 until
/// no 13 is in the normalised hash (M bug), sets the bundle hash. Fails if sums do not match.
[[nodiscard]] Result<BundleDraft> buildBundle(const BundlePlan& plan);
/// Same as buildBundle, without increment of the obsolete tag: for milestones, whose obsolete tag is their index.
[[nodiscard]] Result<BundleDraft> buildUnincremented(const BundlePlan& plan);

/// Finalises transactions whose essence fields are set: increments the obsolete tag of index 0 until no 13 is in the
/// normalised hash, then sets the bundle hash of all. Returns the number of increments beside them.
struct Finalized {
    std::vector<Transaction> transactions;
    std::uint64_t increments = 0;
};
[[nodiscard]] Result<Finalized> finalizeBundle(std::vector<Transaction> transactions);

/// Puts the fragments of one input's signature into its transactions.
[[nodiscard]] Result<void> putSignature(BundleDraft& draft, std::size_t inputIndex,
                                        std::span<const Fragment> fragments);

/// Nonce search of one transaction: trytes with a zero nonce in, the nonce out (pow::search bound to MWM and a token).
using NonceSearch = std::function<Result<Nonce>(const TransactionTrytes&)>;
/// An attachment step by step, for who searches elsewhere: put() a nonce for wanted() until it is done(). Pure.
class Attaching {
public:
    /// As attachBundle().
    Attaching(std::vector<Transaction> transactions, const Hash& trunk, const Hash& branch, Timestamp now);
    [[nodiscard]] bool done() const { return attached_.size() == transactions_.size(); }
    /// The next transaction, its nonce zero. Not when done().
    [[nodiscard]] TransactionTrytes wanted() const;
    void put(const Nonce& nonce);
    /// Index order (tail first). When done().
    [[nodiscard]] std::vector<AttachedTransaction> take() &&;

private:
    [[nodiscard]] Transaction& current() { return transactions_[transactions_.size() - 1 - attached_.size()]; }
    void prepare();

    std::vector<Transaction> transactions_;
    Hash trunk_;
    Hash branch_;
    Timestamp now_;
    std::vector<AttachedTransaction> attached_;  // head first
};

/// Attaches: from the head down, sets trunk, branch, tag (copied from the obsolete tag when empty), attachment
/// timestamps, nonce. Returns index order (tail first). Slow: for the pool.
[[nodiscard]] Result<std::vector<AttachedTransaction>> attachBundle(std::vector<Transaction> transactions,
                                                                    const Hash& trunk, const Hash& branch,
                                                                    Timestamp now, const NonceSearch& search);

/// Kerl over the essences.
[[nodiscard]] Hash bundleHash(std::span<const Transaction> transactions);

/// Validity of a whole bundle, given in index order: indexes, sum zero, value bounds, hash, signatures at their security
/// level (adjacent and unique to the input, so that IRI and Hornet agree). Not: attachment, links.
[[nodiscard]] Result<void> validateBundle(std::span<const Transaction> transactions);
/// The extra (strict) rules on links: trunk chain, branches equal the trunk of the head. Index order.
[[nodiscard]] Result<void> validateLinks(std::span<const AttachedTransaction> transactions);

/// The message of a bundle: all fragments from `first` of one output run (same address, not inputs) joined, trailing 9s kept.
[[nodiscard]] std::string messageTrytes(std::span<const Transaction> transactions);

}  // namespace pegasus::model
