// SPDX-License-Identifier: Apache-2.0
// Making, changing and removing streams; their keys.
#include "stream/service.hpp"

#include <algorithm>
#include <cmath>

#include "model/text.hpp"

namespace pegasus::stream {
namespace {

constexpr std::size_t kSecretTrytes = 81;

std::string sealContext(const std::string& id, std::uint64_t epoch) {
    return fmt::format("stream channel {} {}", id, epoch);
}

Result<void> checkText(std::string_view what, const std::string& text, std::size_t most) {
    if (text.size() > most)
        return fail(ErrorCode::InvalidArgument, "{} has {} bytes, expected at most {}", what, text.size(), most);
    const auto control = [](char c) { return (c >= 0 && c < ' ') || c == 0x7F; };
    if (std::ranges::any_of(text, control) || !model::escapeNonAscii(text))
        return fail(ErrorCode::InvalidArgument, "{} is not plain UTF-8 text on one line", what);
    return {};
}

Result<void> checkDegrees(std::string_view what, double value, double bound) {
    if (!std::isfinite(value) || std::abs(value) > bound)
        return fail(ErrorCode::InvalidArgument, "{} is {}, expected {} to {} degrees", what, value, -bound, bound);
    return {};
}

bool sameChannel(const StreamSpec& a, const StreamSpec& b) {
    return a.sensor == b.sensor && a.quantity == b.quantity && a.batch == b.batch && a.security == b.security;
}

}  // namespace

Result<void> validate(const StreamSpec& spec) {
    if (!sensor::isIdentifier(spec.id))
        return fail(ErrorCode::InvalidArgument,
                    "stream id '{}': expected 1 to 64 of a-z 0-9 _ -, starting with a letter or digit",
                    spec.id.substr(0, 80));
    if (!sensor::isIdentifier(spec.sensor))
        return fail(ErrorCode::InvalidArgument, "'{}' is no id of a sensor", spec.sensor.substr(0, 80));
    PEGASUS_CHECK(checkText("name", spec.name, 64));
    PEGASUS_CHECK(checkText("description", spec.description, 256));
    if (spec.quantity) PEGASUS_CHECK(checkText("quantity", *spec.quantity, 128));
    if (spec.quantity && spec.quantity->empty())
        return fail(ErrorCode::InvalidArgument, "quantity is empty; leave it out for all of the sensor's");
    PEGASUS_CHECK(checkDegrees("latitude", spec.latitude, 90));
    PEGASUS_CHECK(checkDegrees("longitude", spec.longitude, 180));
    if (spec.price.count() < 0 || spec.price.count() > model::kSupply)
        return fail(ErrorCode::InvalidArgument, "price is {} i, expected 0 to {}", spec.price.count(), model::kSupply);
    if (spec.batch < 1 || spec.batch > 64)
        return fail(ErrorCode::InvalidArgument, "batch is {}, expected 1 to 64", spec.batch);
    if (spec.security < 1 || spec.security > 3)
        return fail(ErrorCode::InvalidArgument, "security is {}, expected 1 to 3", spec.security);
    return {};
}

std::unique_ptr<StreamService> StreamService::create(StreamServices services, StreamLimits limits) {
    return std::make_unique<Service>(services, limits);
}

Task<void> Service::start() {
    auto load = [](store::Connection& c) { return tables::loadStreams(c); };
    PEGASUS_CO_TRY(auto stored, co_await services_.database.read(load));
    for (auto& one : stored) {
        auto stream = std::make_shared<Stream>();
        stream->durable = one.info.queued;
        stream->info = std::move(one.info);
        stream->secrets = std::move(one.secrets);
        stream->nextLeaf = one.nextLeaf;
        stream->copies = one.copies;
        const std::string id = stream->info.spec.id;
        auto loadPending = [id](store::Connection& c) { return tables::loadPending(c, id); };
        PEGASUS_CO_TRY(auto pending, co_await services_.database.read(loadPending));
        for (auto& message : pending) stream->pending.push_back({std::move(message), services_.clock.steady(), true});
        streams_.emplace(id, std::move(stream));
    }
    listen();
    milestones_ = services_.ledger.milestones.add(
        [this](const std::int64_t&) { services_.scheduler.spawn("stream confirmations", check()); });
    for (const auto& [id, stream] : streams_) kick(stream);
    watchSoon();
    co_return Result<void>();
}

Task<void> Service::add(StreamSpec spec) {
    if (spec.name.empty()) spec.name = spec.id;
    PEGASUS_CO_CHECK(validate(spec));
    if (streams_.contains(spec.id) || adding_.contains(spec.id))
        co_return fail(ErrorCode::AlreadyExists, "there is a stream '{}' already", spec.id);
    if (streams_.size() + adding_.size() >= kMaxStreams)
        co_return fail(ErrorCode::LimitExceeded, "there are {} streams, more are not supported", streams_.size());
    if (const auto sensor = services_.sampler.info(spec.sensor)) PEGASUS_CO_CHECK(checkQuantity(*sensor, spec.quantity));
    auto stream = std::make_shared<Stream>();
    stream->info.spec = spec;
    stream->info.created = services_.clock.now();
    PEGASUS_CO_TRY(stream->secrets, newSecrets(spec.id, stream->info.epoch));
    stream->copies = services_.copies;
    stream->proved = true;  // its keys are new
    adding_.insert(spec.id);
    auto insert = [row = tables::StoredStream{stream->info, stream->secrets, 0, stream->copies}](store::Connection& c) {
        return tables::insertStream(c, row);
    };
    const auto inserted = co_await services_.database.write(insert);
    adding_.erase(spec.id);
    PEGASUS_CO_CHECK(inserted);
    streams_.emplace(spec.id, stream);
    awaitReading(*stream);
    kick(stream);  // makes the trees of the first message
    changed.notify(spec.id);
    co_return Result<void>();
}

Task<void> Service::setPaused(std::string id, bool paused) {
    PEGASUS_CO_TRY(const auto stream, find(id));
    auto update = [id, paused](store::Connection& c) { return tables::setPaused(c, id, paused); };
    PEGASUS_CO_CHECK(co_await services_.database.write(update));
    if (std::exchange(stream->info.paused, paused) == paused) co_return Result<void>();
    if (!paused) awaitReading(*stream);
    else tell(*stream);
    changed.notify(id);
    co_return Result<void>();
}

Task<void> Service::resume(std::string id) {
    PEGASUS_CO_TRY(const auto stream, find(id));
    if (!stream->info.halted.empty()) {
        PEGASUS_CO_CHECK(co_await startChannel(stream));
        awaitReading(*stream);
    }
    co_return co_await setPaused(std::move(id), false);
}

Task<void> Service::remove(std::string id) {
    PEGASUS_CO_TRY(const auto stream, find(id));
    const auto guard = co_await stream->lock.lock();
    if (stream->removed) co_return fail(ErrorCode::NotFound, "there is no stream '{}'", id);
    stream->removed = true;  // before the deletion is queued: no later write may meet a new stream of this id
    auto drop = [id](store::Connection& c) { return tables::deleteStream(c, id); };
    const auto dropped = co_await services_.database.write(drop);
    if (!dropped) {
        stream->removed = false;
        kick(stream);
        co_return fail(dropped.error());
    }
    streams_.erase(id);
    std::erase_if(notes_, [&](const auto& entry) { return std::get<0>(entry.first) == id; });
    changed.notify(id);
    co_return Result<void>();
}

Task<void> Service::setTerms(StreamSpec spec) {
    if (spec.name.empty()) spec.name = spec.id;
    PEGASUS_CO_CHECK(validate(spec));
    PEGASUS_CO_TRY(const auto stream, find(spec.id));
    if (!sameChannel(spec, stream->info.spec))
        co_return fail(ErrorCode::InvalidArgument,
                       "stream '{}': sensor, quantity, batch and security are fixed; make a new stream", spec.id);
    auto update = [spec](store::Connection& c) { return tables::setTerms(c, spec); };
    PEGASUS_CO_CHECK(co_await services_.database.write(update));
    stream->info.spec = spec;
    changed.notify(spec.id);
    co_return Result<void>();
}

StreamInfo Service::infoOf(const Stream& stream) const {
    auto info = stream.info;
    info.queued = stream.durable + stream.fresh.size();
    info.pending = stream.pending.size();
    info.source = sourceOf(stream);
    if (!info.halted.empty()) info.lastError = info.halted;
    return info;
}

std::vector<StreamInfo> Service::list() const {
    std::vector<StreamInfo> infos;
    for (const auto& [id, stream] : streams_) infos.push_back(infoOf(*stream));
    return infos;
}

Result<StreamInfo> Service::info(const std::string& id) const {
    PEGASUS_TRY(const auto stream, find(id));
    return infoOf(*stream);
}

Task<Access> Service::access(std::string id) {
    PEGASUS_CO_TRY(const auto stream, find(id));
    if (!stream->info.halted.empty())
        co_return fail(ErrorCode::InvalidState, "stream '{}' is stopped: {}", id, stream->info.halted);
    PEGASUS_CO_CHECK(co_await prove(stream));
    const auto guard = co_await stream->lock.lock();
    if (stream->removed) co_return fail(ErrorCode::NotFound, "there is no stream '{}'", id);
    PEGASUS_CO_TRY(const auto keys, keysOf(*stream));
    Access access;
    access.epoch = stream->info.epoch;
    access.sideKey = SecretBytes::fromText(keys.sideKey.trytes());
    const auto unsent = std::ranges::find_if(stream->pending, [&](const Pending& p) {
        return !p.sent() && p.message.epoch == stream->info.epoch;
    });
    if (unsent != stream->pending.end()) {
        access.root = unsent->message.root;
        access.message = unsent->message.leaf;
    } else {
        access.message = stream->nextLeaf;
        PEGASUS_CO_TRY(const auto trees, co_await treesOf(stream));
        access.root = trees.root();
    }
    co_return access;
}

Task<std::size_t> Service::onWalletRestored() {
    std::vector<StreamPtr> all;
    for (const auto& [id, stream] : streams_) all.push_back(stream);
    for (const auto& stream : all) PEGASUS_CO_CHECK(co_await startChannel(stream));
    co_return all.size();
}

Task<void> Service::startChannel(StreamPtr stream) {
    const auto guard = co_await stream->lock.lock();
    if (stream->removed) co_return Result<void>();
    co_return co_await startChannelLocked(stream);
}

/// The epoch follows the time: an original, or another copy of this state, may have begun channels that nobody here knows of,
/// and readers go on to a higher epoch only.
Task<void> Service::startChannelLocked(StreamPtr stream) {
    PEGASUS_CO_CHECK(co_await resolve(stream));
    const std::string id = stream->info.spec.id;
    const auto now = static_cast<std::uint64_t>(std::max<std::int64_t>(0, toSeconds(services_.clock.now())));
    const auto epoch = std::max(stream->info.epoch + 1, now);
    PEGASUS_CO_TRY(auto secrets, newSecrets(id, epoch));
    auto update = [id, epoch, secrets, copies = services_.copies](store::Connection& c) {
        return tables::startChannel(c, id, epoch, secrets, copies);
    };
    PEGASUS_CO_CHECK(co_await services_.database.write(update));
    stream->info.epoch = epoch;
    stream->info.halted.clear();
    stream->secrets = std::move(secrets);
    stream->nextLeaf = 0;
    stream->trees.reset();
    stream->newest.reset();
    stream->next = {};
    stream->copies = services_.copies;
    stream->proved = true;
    kick(stream);
    changed.notify(id);
    co_return Result<void>();
}

Result<StreamPtr> Service::find(const std::string& id) const {
    const auto it = streams_.find(id);
    if (it == streams_.end() || it->second->removed) return fail(ErrorCode::NotFound, "there is no stream '{}'", id);
    return it->second;
}

Result<std::vector<std::uint8_t>> Service::newSecrets(const std::string& id, std::uint64_t epoch) {
    const auto seed = crypto::Seed::generate(services_.random);
    const auto sideKey = mam::SideKey::generate(services_.random);
    SecretBytes plain(2 * kSecretTrytes);
    std::ranges::copy(seed.trytes(), plain.bytes().begin());
    std::ranges::copy(sideKey.trytes(), plain.bytes().begin() + kSecretTrytes);
    const auto& sealed = std::as_const(plain);
    return services_.vault.seal(sealContext(id, epoch), sealed.bytes());
}

Result<mam::ChannelKeys> Service::keysOf(const Stream& stream) const {
    const auto context = sealContext(stream.info.spec.id, stream.info.epoch);
    PEGASUS_TRY(const auto plain, services_.vault.unseal(context, stream.secrets));
    if (plain.size() != 2 * kSecretTrytes)
        return fail(ErrorCode::Corrupt, "the keys of stream '{}' have a wrong length", stream.info.spec.id);
    PEGASUS_TRY(auto seed, crypto::Seed::parse(plain.text().substr(0, kSecretTrytes)));
    PEGASUS_TRY(auto sideKey, mam::SideKey::parse(plain.text().substr(kSecretTrytes)));
    return mam::ChannelKeys{std::move(seed), std::move(sideKey)};
}

/// Of the next leaf; lock held. Kept until that leaf signs.
Task<mam::ChannelTrees> Service::treesOf(StreamPtr stream) {
    if (stream->trees) co_return *stream->trees;
    PEGASUS_CO_TRY(auto keys, keysOf(*stream));
    auto build = [keys = std::move(keys), state = stateAt(stream->nextLeaf, stream->info.spec.security)] {
        return mam::buildTrees(keys.seed, state);
    };
    PEGASUS_CO_TRY(auto trees, co_await compute(services_.pool, std::move(build)));
    stream->trees = trees;
    co_return trees;
}

}  // namespace pegasus::stream
