// SPDX-License-Identifier: Apache-2.0
// Transactions for the load program, made ahead.
#include "bench/load_material.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <fstream>

#include "model/text.hpp"
#include "pow/nonce_search.hpp"

namespace pegasus::bench {

namespace {

constexpr std::size_t kReadingBytes = 200;
constexpr std::size_t kListingBytes = 800;
constexpr std::size_t kMessagesOfAWriter =
    10;  // so that a tag stands for some 30 transactions, however many are stored
constexpr std::size_t kListingsOfATag = 30;
constexpr std::size_t kWidth = 20;  // bundles that do not know of each other
constexpr std::size_t kMostSamples = 100'000;
constexpr std::array<std::size_t, 3> kPercent{70, 20, 10};

Timestamp now() { return std::chrono::floor<Duration>(std::chrono::system_clock::now()); }

Result<std::vector<model::Transaction>> draft(std::vector<model::Output> outputs,
                                              std::int64_t seconds) {
    model::BundlePlan plan;
    plan.outputs = std::move(outputs);
    plan.timestamp = seconds;
    PEGASUS_TRY(auto made, model::buildBundle(plan));
    return std::move(made.transactions);
}

model::Output output(const model::Address& address, const model::Tag& tag,
                     std::string trytes = {}) {
    model::Output made;
    made.address = address;
    made.tag = tag;
    made.messageTrytes = std::move(trytes);
    return made;
}

}  // namespace

std::string RandomTrytes::make(std::size_t count) {
    std::string out(count, '9');
    std::uniform_int_distribution<std::size_t> letter(0, trinary::kAlphabet.size() - 1);
    for (auto& tryte : out) tryte = trinary::kAlphabet[letter(random_)];
    return out;
}

/// The last trit is zero, as of every address of value.
model::Address RandomTrytes::address() { return *model::Address::parse(make(80) + "9"); }

std::string readingText(std::uint64_t number, std::int64_t millis) {
    auto text = fmt::format(
        R"({{"data": {}.{:02}, "timestamp": {}, "unit": "Cel", "quantity": "temperature", "quality": "good", )"
        R"("number": {}, "note": ")",
        number % 40, number % 100, millis, number);
    return text.append(kReadingBytes - 2 - text.size(), '.') + R"("})";
}

Result<Writer> Writer::create(RandomTrytes& random) {
    PEGASUS_TRY(auto seed, crypto::Seed::parse(random.make(81)));
    PEGASUS_TRY(auto sideKey, mam::SideKey::parse(random.make(81)));
    PEGASUS_TRY(auto tag, model::Tag::parse(random.make(27)));
    PEGASUS_TRY(auto trees, mam::buildTrees(seed, mam::ChannelState{}));
    return Writer(mam::ChannelKeys{std::move(seed), std::move(sideKey)}, std::move(trees), tag);
}

Result<std::vector<model::Transaction>> Writer::next(std::string_view text, std::int64_t seconds) {
    PEGASUS_TRY(const auto trytes, model::trytesFromText(text));
    PEGASUS_TRY(auto message, mam::createMessage(keys_, state_, trees_, trytes));
    PEGASUS_TRY(trees_, mam::advanceTrees(keys_.seed, state_, std::move(trees_)));
    state_ = mam::advanced(state_);
    return draft({output(message.address, tag_, std::move(message.payload))}, seconds);
}

Result<std::vector<model::AttachedTransaction>> attach(std::vector<model::Transaction> transactions,
                                                       const Tips& tips, int minWeightMagnitude) {
    const auto search =
        [minWeightMagnitude](const model::TransactionTrytes& trytes) -> Result<model::Nonce> {
        PEGASUS_TRY(const auto found, pow::searchNonce(trytes.view(), minWeightMagnitude, {}));
        return model::Nonce::parse(found.nonce);
    };
    return model::attachBundle(std::move(transactions), tips.trunk, tips.branch, now(), search);
}

Result<void> writeSamples(const std::string& file, const std::vector<Sample>& samples) {
    std::ofstream out(file);
    for (const auto& s : samples)
        out << s.tail.view() << ' ' << s.bundle.view() << ' ' << s.address.view() << ' ' << s.tag.view() << '\n';
    if (!out.flush()) return fail(ErrorCode::NoSpace, "cannot write '{}'", file);
    return {};
}

Result<std::vector<Sample>> readSamples(const std::string& file) {
    std::ifstream in(file);
    if (!in) return fail(ErrorCode::NotFound, "cannot read '{}'", file);
    std::vector<Sample> samples;
    std::string tail, bundle, address, tag;
    while (in >> tail >> bundle >> address >> tag) {
        Sample sample;
        PEGASUS_TRY(sample.tail, model::Hash::parse(tail));
        PEGASUS_TRY(sample.bundle, model::Hash::parse(bundle));
        PEGASUS_TRY(sample.address, model::Address::parse(address));
        PEGASUS_TRY(sample.tag, model::Tag::parse(tag));
        samples.push_back(sample);
    }
    if (samples.empty()) return fail(ErrorCode::Corrupt, "'{}' has no samples", file);
    return samples;
}

Result<Portion> Maker::make(std::size_t count, const Tips& tips) {
    Portion portion;
    tails_.clear();
    while (portion.transactions < count) {
        const auto kind = nextKind();
        PEGASUS_TRY(auto transactions, bundle(kind));
        PEGASUS_TRY(const auto attached,
                    attach(std::move(transactions), choose(tips), minWeightMagnitude_));
        auto& trytes = portion.bundles.emplace_back();
        for (const auto& one : attached) trytes.push_back(one.trytes);
        portion.transactions += attached.size();
        made_[kind] += attached.size();
        tails_.push_back(attached.front().hash);
        sample(attached.front());
    }
    return portion;
}

/// The kind that is most behind its share.
Maker::Kind Maker::nextKind() const {
    Kind best = Mam;
    for (const Kind kind : {Payment, Listing})
        if (made_[kind] * kPercent[best] < made_[best] * kPercent[kind]) best = kind;
    return best;
}

Result<std::vector<model::Transaction>> Maker::bundle(Kind kind) {
    const auto seconds = toSeconds(now());
    if (kind == Mam) return mam(seconds);
    return kind == Payment ? payment(seconds) : listing(seconds);
}

Result<std::vector<model::Transaction>> Maker::mam(std::int64_t seconds) {
    if (writers_.empty() || written_ == kMessagesOfAWriter) {
        PEGASUS_TRY(auto writer, Writer::create(trytes_));
        writers_.clear();
        writers_.push_back(std::move(writer));
        written_ = 0;
    }
    ++written_;
    return writers_.back().next(readingText(made_[Mam], seconds * 1000), seconds);
}

Result<std::vector<model::Transaction>> Maker::payment(std::int64_t seconds) {
    PEGASUS_TRY(const auto tag, model::Tag::parse(trytes_.make(27)));
    const auto input = trytes_.address();
    return draft(
        {output(trytes_.address(), tag), output(input, tag, trytes_.make(model::Fragment::kTrytes)),
         output(input, tag, trytes_.make(model::Fragment::kTrytes)),
         output(trytes_.address(), tag)},
        seconds);
}

Result<std::vector<model::Transaction>> Maker::listing(std::int64_t seconds) {
    std::string word = "LISTING";
    for (auto [number, i] = std::pair(firstListing_ + made_[Listing] / kListingsOfATag, 0); i < 4; ++i, number /= 27)
        word += trinary::kAlphabet[number % 27];
    PEGASUS_TRY(const auto tag, model::Tag::parsePadded(word));
    const auto text =
        R"({"name": "load", "description": ")" + trytes_.make(kListingBytes - 34) + R"("})";
    PEGASUS_TRY(auto trytes, model::trytesFromText(text));
    return draft({output(trytes_.address(), tag, std::move(trytes))}, seconds);
}

Tips Maker::choose(const Tips& tips) {
    if (tails_.size() < 2 * kWidth) return tips;
    const auto behind = std::uniform_int_distribution<std::size_t>(kWidth, 2 * kWidth - 1)(random_);
    return {tails_[tails_.size() - kWidth], tails_[tails_.size() - behind - 1]};
}

void Maker::sample(const model::AttachedTransaction& tail) {
    const auto& t = tail.transaction;
    const Sample made{tail.hash, t.bundle, t.address, t.tag};
    ++sampled_;
    if (samples_.size() < kMostSamples) {
        samples_.push_back(made);
    } else if (const auto at = std::uniform_int_distribution<std::uint64_t>(0, sampled_ - 1)(random_); at < kMostSamples) {
        samples_[at] = made;
    }
}

}  // namespace pegasus::bench
