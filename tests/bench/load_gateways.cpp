// SPDX-License-Identifier: Apache-2.0
// Gateways that publish at an interval, and buyers that follow one each and compare what they read.
#include "bench/load_gateways.hpp"

#include <fmt/format.h>

#include "mam/transport.hpp"
#include "model/text.hpp"

namespace pegasus::bench {

namespace {

constexpr double kCatchUpMs = 30'000;  // for buyers, after the last message

std::int64_t millisNow() {
    return toMillis(std::chrono::floor<Duration>(std::chrono::system_clock::now()));
}

Result<std::vector<std::unique_ptr<Writer>>> makeWriters(std::size_t count, std::uint64_t seed) {
    RandomTrytes random(seed);
    std::vector<std::unique_ptr<Writer>> writers;
    for (std::size_t i = 0; i < count; ++i) {
        PEGASUS_TRY(auto writer, Writer::create(random));
        writers.push_back(std::make_unique<Writer>(std::move(writer)));
    }
    return writers;
}

}  // namespace

Gateways::Gateways(Client& client, Scheduler& scheduler, Pool& pool, Report& report,
                   const Options& options)
    : client_(client),
      scheduler_(scheduler),
      pool_(pool),
      options_(options),
      publishers_(scheduler),
      buyers_(scheduler),
      published_(report.line("publish", "message")),
      tips_(report.line("publish_tips", "call")),
      broadcast_(report.line("publish_broadcast", "tx")),
      find_(report.line("buyer_find", "call")),
      trytes_(report.line("buyer_trytes", "call")),
      arrived_(report.line("publish_to_read", "message")) {}

Task<void> Gateways::run() {
    auto work = [count = options_.gateways, seed = options_.seed] {
        return makeWriters(count, seed);
    };
    auto writers = co_await compute(pool_, work);
    if (!writers) co_return fail(writers.error());
    for (auto& writer : *writers)
        gateways_.push_back(std::make_unique<Gateway>(std::move(*writer)));
    watch_ = Stopwatch();
    for (std::size_t i = 0; i < gateways_.size(); ++i) publishers_.start("gateway", publishing(i));
    for (std::size_t i = 0; i < options_.buyers; ++i) buyers_.start("buyer", following(i));
    co_await publishers_.wait();
    publishedMs_ = watch_.ms();
    // The sleep after a gateway's last message is not counted; what was late is.
    const auto seconds = std::max(lastPublishMs_ / 1000, static_cast<double>(options_.seconds));
    for (auto* line : {&published_, &tips_, &broadcast_}) line->seconds = seconds;
    co_await buyers_.wait();
    for (auto* line : {&find_, &trytes_, &arrived_}) line->seconds = watch_.ms() / 1000;
    tips_.things = tips_.latencies.count();
    find_.things = find_.latencies.count();
    trytes_.things = trytes_.latencies.count();
    co_return Result<void>();
}

/// False when the program stops.
Async<bool> Gateways::pause(double ms) {
    const auto duration =
        std::chrono::duration_cast<Duration>(std::chrono::duration<double, std::milli>(ms));
    const auto slept = co_await scheduler_.sleep(duration);
    co_return slept.has_value();
}

Async<void> Gateways::publishing(std::size_t index) {
    const auto interval = static_cast<double>(options_.interval);
    auto due = interval * static_cast<double>(index) / static_cast<double>(gateways_.size());
    for (;;) {
        // Behind its time it publishes at once, and what it missed is missing in the rate.
        const bool awake = co_await pause(std::max(0.0, due - watch_.ms()));
        if (!awake || over()) co_return;
        const Stopwatch watch;
        const auto done = co_await publish(*gateways_[index]);
        if (!done) {
            published_.failed(done.error());
            co_return;
        }
        ++published_.things;
        published_.latencies.add(watch.ms());
        lastPublishMs_ = watch_.ms();
        due = std::max(due + interval, watch_.ms());
    }
}

Task<void> Gateways::publish(Gateway& gateway) {
    const auto millis = millisNow();
    Sent sent{readingText(gateway.sent.size(), millis), {}};
    auto sign = [&gateway, text = sent.text, millis] {
        return gateway.writer.next(text, millis / 1000);
    };
    auto transactions = co_await compute(pool_, sign);
    if (!transactions) co_return fail(transactions.error());
    iri::GetTransactionsToApprove toApprove;
    toApprove.depth = 3;
    iri::Request asked(std::move(toApprove));
    const auto found = co_await client_.call<iri::TipsAnswer>(tips_, std::move(asked));
    if (!found) co_return fail(found.error());
    const Tips tips{found->trunkTransaction, found->branchTransaction};
    auto work = [bundle = std::move(*transactions), tips, mwm = static_cast<int>(options_.mwm)] {
        return attach(bundle, tips, mwm);
    };
    const auto attached = co_await compute(pool_, std::move(work));
    if (!attached) co_return fail(attached.error());
    iri::BroadcastTransactions request;
    for (const auto& one : *attached) request.trytes.push_back(one.trytes);
    iri::Request broadcast(std::move(request));
    const auto stored = co_await client_.call<iri::EmptyAnswer>(broadcast_, std::move(broadcast));
    if (!stored) co_return fail(stored.error());
    broadcast_.things += attached->size();
    gateway.sent.push_back(std::move(sent));
    co_return Result<void>();
}

Async<void> Gateways::following(std::size_t index) {
    const auto& gateway = *gateways_[index % gateways_.size()];
    auto root = gateway.firstRoot;
    // Buyers do not come all at once.
    const auto poll = static_cast<double>(options_.poll);
    if (const bool awake = co_await pause(poll * static_cast<double>(index) /
                                          static_cast<double>(options_.buyers));
        !awake)
        co_return;
    for (std::size_t read = 0;;) {
        const auto message = co_await look(gateway, root);
        if (message) {
            // The answer of the broadcast may be under way still when the message is read.
            const bool awaited = read < gateway.sent.size();
            if (awaited && gateway.sent[read].text != message->text)
                arrived_.failed({ErrorCode::Corrupt, "a buyer read another text"});
            if (awaited) arrived_.latencies.add(gateway.sent[read].since.ms());
            ++arrived_.things;
            ++read;
            root = message->nextRoot;
            continue;
        }
        if (publishers_.running() == 0 && read >= gateway.sent.size()) co_return;
        if (publishers_.running() == 0 && watch_.ms() > publishedMs_ + kCatchUpMs) {
            arrived_.failed({ErrorCode::Timeout, fmt::format("a buyer has {} of {} messages", read,
                                                             gateway.sent.size())});
            co_return;
        }
        if (const bool awake = co_await pause(poll); !awake) co_return;
    }
}

/// NotFound: there is no message at this root yet.
Task<Gateways::Read> Gateways::look(const Gateway& gateway, mam::Hash root) {
    iri::FindTransactions find;
    find.addresses = {{mam::addressOf(root, mam::Mode::Restricted)}};
    iri::Request findAny(std::move(find));
    auto hashes = co_await client_.call<iri::HashesAnswer>(find_, std::move(findAny));
    if (!hashes) co_return fail(hashes.error());
    if (hashes->hashes.empty()) co_return fail(ErrorCode::NotFound, "nothing yet");
    iri::GetTrytes get;
    get.hashes = std::move(hashes->hashes);
    iri::Request getAny(std::move(get));
    auto trytes = co_await client_.call<iri::TrytesAnswer>(trytes_, std::move(getAny));
    if (!trytes) co_return fail(trytes.error());
    auto work = [list = std::move(trytes->trytes), root, &gateway]() -> Result<Read> {
        std::vector<model::AttachedTransaction> transactions;
        for (const auto& one : list) {
            PEGASUS_TRY(auto transaction, model::AttachedTransaction::fromTrytes(one));
            transactions.push_back(std::move(transaction));
        }
        const auto collected =
            mam::collect(transactions, root, mam::Mode::Restricted, gateway.writer.sideKey());
        if (collected.messages.size() != 1) return fail(ErrorCode::NotFound, "not whole yet");
        PEGASUS_TRY(auto text, model::textFromTrytes(collected.messages[0].message.message));
        return Read{std::move(text), collected.messages[0].message.nextRoot};
    };
    co_return co_await compute(pool_, std::move(work));
}

}  // namespace pegasus::bench
