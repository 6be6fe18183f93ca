// SPDX-License-Identifier: Apache-2.0
// The streams in memory and the tasks that move them. Private to this folder.
#pragma once

#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "keys/machine_vault.hpp"
#include "ledger/attacher.hpp"
#include "stream/leaf_probe.hpp"
#include "stream/message.hpp"
#include "stream/stream_service.hpp"
#include "stream/tables.hpp"

namespace pegasus::stream {

/// A message of the outbox, and when it was last given to the ledger.
struct Pending {
    tables::PendingMessage message;
    SteadyTime attached;
    bool perhapsSent = false;  ///< an earlier life may have sent it and not noted that
    [[nodiscard]] bool sent() const { return message.tail.has_value(); }
};

/// A commit whose outcome is not known: the samples are still ours unless the leaf was taken.
struct Doubt {
    std::uint64_t leaf = 0;
    std::vector<Sample> samples;
};

/// The samples of the next message, oldest first.
struct Selection {
    std::vector<Sample> samples;
    std::size_t fromQueue = 0;        ///< so many of them are in the database
    std::int64_t lastSequence = -1;   ///< of the newest of these
};

struct Stream {
    StreamInfo info;  ///< queued and pending are computed by infoOf()
    std::vector<std::uint8_t> secrets;  ///< seed and side key of the channel, sealed
    std::uint64_t nextLeaf = 0;
    std::uint64_t durable = 0;   ///< samples in the queue of the database
    std::vector<Sample> fresh;   ///< samples that are not in the database yet, newest last
    SteadyTime freshSince;       ///< none of them is older
    std::deque<Pending> pending;  ///< in the order of signing; those sent come first
    std::optional<mam::ChannelTrees> trees;  ///< of nextLeaf; made ahead
    std::map<std::string, bool> silent;      ///< quantities of which the last sample had no value
    SourceMemory source;
    std::optional<Doubt> doubt;
    std::uint64_t copies = 0;    ///< of the state, when the position was last proved
    bool proved = false;         ///< the ledger was asked where the channel stands, in this life
    AsyncMutex proving;
    std::optional<Spot> newest;  ///< of the last message, if it is of this channel and was sent in this life
    Spot next;                   ///< of the leaf that signs next
    AsyncMutex lock;  ///< held while samples or the leaf move between memory and database
    bool pumping = false;
    bool removed = false;
};
using StreamPtr = std::shared_ptr<Stream>;  // shared: a task under way outlives the removal

class Service final : public StreamService {
public:
    Service(StreamServices services, StreamLimits limits)
        : services_(services), limits_(limits), probe_(services.ledger, services.pool) {}

    Task<void> start() override;
    Task<void> add(StreamSpec spec) override;
    Task<void> pause(std::string id) override { return setPaused(std::move(id), true); }
    Task<void> resume(std::string id) override;
    Task<void> remove(std::string id) override;
    Task<void> setTerms(StreamSpec spec) override;
    [[nodiscard]] std::vector<StreamInfo> list() const override;
    [[nodiscard]] Result<StreamInfo> info(const std::string& id) const override;
    Task<Access> access(std::string id) override;
    Task<void> flush() override;
    Task<std::size_t> onWalletRestored() override;

private:
    // service.cpp
    [[nodiscard]] Result<StreamPtr> find(const std::string& id) const;
    Task<void> setPaused(std::string id, bool paused);
    Task<void> startChannel(StreamPtr stream);
    Task<void> startChannelLocked(StreamPtr stream);
    [[nodiscard]] Result<std::vector<std::uint8_t>> newSecrets(const std::string& id, std::uint64_t epoch);
    [[nodiscard]] Result<mam::ChannelKeys> keysOf(const Stream& stream) const;
    Task<mam::ChannelTrees> treesOf(StreamPtr stream);

    // sources.cpp
    void listen();
    void awaitReading(Stream& stream);
    void observe(Stream& stream, const std::vector<sensor::Reading>& readings);
    void tell(Stream& stream);
    void onSensorChanged(const std::string& sensor);
    [[nodiscard]] Source sourceOf(const Stream& stream) const;
    [[nodiscard]] StreamInfo infoOf(const Stream& stream) const;
    // position.cpp
    Task<void> prove(StreamPtr stream);
    Task<void> proveOnce(StreamPtr stream);
    Task<void> adopt(StreamPtr stream, std::uint64_t epoch, Position position);
    [[nodiscard]] bool needsAnchor(const Stream& stream) const;
    Task<void> lookForAnother(StreamPtr stream);
    Task<void> halt(StreamPtr stream, std::string reason);

    // publisher.cpp
    void onSampled(const std::string& sensor, const std::vector<sensor::Reading>& readings);
    void take(const StreamPtr& stream, const std::vector<sensor::Reading>& readings);
    void kick(const StreamPtr& stream);
    Async<void> pump(StreamPtr stream);
    Task<bool> step(StreamPtr stream);
    Task<void> sign(StreamPtr stream);
    Task<Message> makeNext(StreamPtr stream, const Selection& selection);
    Task<void> commit(StreamPtr stream, Message message, Selection selection, std::vector<Sample> taken);
    Task<void> send(StreamPtr stream);

    // flusher.cpp
    void hold(Stream& stream, Sample sample);
    void putBack(Stream& stream, std::vector<Sample> samples);
    void thinFresh(Stream& stream);
    void flushSoon();
    Async<void> flushWhenFull();
    Async<void> flushInTime();
    [[nodiscard]] std::optional<SteadyTime> flushDue() const;
    Task<void> resolve(StreamPtr stream);
    void note(const tables::MessageKey& message, tables::Note note);
    [[nodiscard]] tables::Notes takeNotes() { return std::exchange(notes_, {}); }
    void putBackNotes(tables::Notes notes);

    // confirmer.cpp
    Task<Published> attach(StreamPtr stream, std::uint64_t epoch, std::uint64_t leaf);
    Task<std::optional<model::Hash>> findAttached(const std::vector<model::Transaction>& transactions);
    void watchSoon();
    Async<void> watch();
    Async<void> check();
    Task<void> takeConfirmed();
    Task<void> nurse(StreamPtr stream);

    StreamServices services_;
    StreamLimits limits_;
    LeafProbe probe_;
    std::map<std::string, StreamPtr> streams_;
    std::set<std::string> adding_;  ///< ids on their way into the database
    Subscription sampled_;
    Subscription sensors_;
    Subscription milestones_;
    tables::Notes notes_;    ///< for the next transaction
    SteadyTime notesSince_;  ///< none of them is older
    bool flushing_ = false;
    bool flushingFull_ = false;
    bool watching_ = false;
    bool checking_ = false;
    std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);  // posted work asks it
};

}  // namespace pegasus::stream
