// SPDX-License-Identifier: Apache-2.0
// Transactions for the load program, made ahead: MAM messages, bundles shaped like payments,
// listings. Pure.
#pragma once

#include <array>
#include <cstdint>
#include <random>
#include <string>
#include <vector>

#include "mam/channel.hpp"
#include "model/bundle.hpp"

namespace pegasus::bench {

/// Trytes that nobody has to guess.
class RandomTrytes {
  public:
    explicit RandomTrytes(std::uint64_t seed) : random_(seed) {}
    [[nodiscard]] std::string make(std::size_t count);
    [[nodiscard]] model::Address address();

  private:
    std::mt19937_64 random_;
};

/// A message as a stream writes it, 200 bytes of JSON.
[[nodiscard]] std::string readingText(std::uint64_t number, std::int64_t millis);

/// One MAM channel: restricted, security 2, trees of one leaf.
class Writer {
  public:
    [[nodiscard]] static Result<Writer> create(RandomTrytes& random);

    /// The next message, as the transactions of a finished bundle; moves on.
    [[nodiscard]] Result<std::vector<model::Transaction>> next(std::string_view text,
                                                               std::int64_t seconds);
    /// Of the next message.
    [[nodiscard]] const mam::Hash& root() const { return trees_.root(); }
    [[nodiscard]] mam::SideKey sideKey() const { return keys_.sideKey.clone(); }

  private:
    Writer(mam::ChannelKeys keys, mam::ChannelTrees trees, model::Tag tag)
        : keys_(std::move(keys)), trees_(std::move(trees)), tag_(tag) {}

    mam::ChannelKeys keys_;
    mam::ChannelState state_;
    mam::ChannelTrees trees_;
    model::Tag tag_;
};

struct Tips {
    model::Hash trunk;
    model::Hash branch;
};

/// Proof of work and links; tail first.
[[nodiscard]] Result<std::vector<model::AttachedTransaction>> attach(
    std::vector<model::Transaction> transactions, const Tips& tips, int minWeightMagnitude);

/// Whole bundles in an order in which each approves earlier ones.
struct Portion {
    std::vector<std::vector<model::TransactionTrytes>> bundles;
    std::size_t transactions = 0;
};

/// A bundle that queries can ask for.
struct Sample {
    model::Hash tail;
    model::Hash bundle;
    model::Address address;
    model::Tag tag;
};

/// One a line: tail, bundle, address and tag, with spaces between them. NoSpace: not written. NotFound, Corrupt: no such
/// file, or another one.
[[nodiscard]] Result<void> writeSamples(const std::string& file, const std::vector<Sample>& samples);
[[nodiscard]] Result<std::vector<Sample>> readSamples(const std::string& file);

/// Makes the mix: of the transactions, 70 % MAM, 20 % bundles like payments (an output, two of a
/// signature, a remainder; but without value, so without valid signatures), 10 % like listings.
class Maker {
  public:
    Maker(int minWeightMagnitude, std::uint64_t seed)
        : minWeightMagnitude_(minWeightMagnitude), trytes_(seed), random_(seed), firstListing_(random_()) {}

    /// `count` transactions or a few more. The first ones approve `tips`.
    [[nodiscard]] Result<Portion> make(std::size_t count, const Tips& tips);
    /// Some of the bundles that were made, each with the same probability.
    [[nodiscard]] const std::vector<Sample>& samples() const { return samples_; }
    /// Of what was made; something must have been.
    [[nodiscard]] const model::Hash& lastTail() const { return tails_.back(); }

  private:
    enum Kind : std::uint8_t { Mam, Payment, Listing };

    [[nodiscard]] Kind nextKind() const;
    [[nodiscard]] Result<std::vector<model::Transaction>> bundle(Kind kind);
    [[nodiscard]] Result<std::vector<model::Transaction>> mam(std::int64_t now);
    [[nodiscard]] Result<std::vector<model::Transaction>> payment(std::int64_t now);
    [[nodiscard]] Result<std::vector<model::Transaction>> listing(std::int64_t now);
    [[nodiscard]] Tips choose(const Tips& tips);
    void sample(const model::AttachedTransaction& tail);

    int minWeightMagnitude_;
    RandomTrytes trytes_;
    std::minstd_rand random_;
    std::size_t firstListing_;  ///< so that two runs do not share the tags of their listings
    std::vector<Writer> writers_;
    std::size_t written_ = 0;  ///< messages of the last writer
    std::array<std::size_t, 3> made_{};
    std::vector<model::Hash> tails_;  ///< of this portion
    std::vector<Sample> samples_;
    std::uint64_t sampled_ = 0;  ///< bundles that samples_ was chosen from
};

}  // namespace pegasus::bench
