// SPDX-License-Identifier: Apache-2.0
// StreamService: readings of sensors become MAM messages on the ledger, in order, each leaf signed once.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/defaults.hpp"
#include "base/observers.hpp"
#include "base/scheduler.hpp"
#include "base/secret.hpp"
#include "model/types.hpp"
#include "sensor/sampler.hpp"
#include "store/database.hpp"
#include "stream/source.hpp"

namespace pegasus::keys {
class MachineVault;
}
namespace pegasus::ledger {
class Attacher;
class Ledger;
}

namespace pegasus::stream {

/// What a stream is. Checked by validate().
struct StreamSpec {
    std::string id;           ///< unique; 1..64 of a-z 0-9 _ -, starting with a letter or digit
    std::string name;         ///< for people, 1..64 bytes UTF-8 without control characters; empty: the id
    std::string sensor;       ///< id of the sensor; it need not exist (yet)
    std::optional<std::string> quantity;  ///< only this one of the sensor's quantities; of a sensor that is there, it must have it
    std::string description;  ///< at most 256 bytes UTF-8
    double latitude = 0;      ///< degrees, -90..90
    double longitude = 0;     ///< degrees, -180..180
    model::Iotas price;       ///< for access, at least 0
    int batch = 1;            ///< samples in one message, 1..64
    int security = 2;         ///< of the channel's signatures, 1..3

    bool operator==(const StreamSpec&) const = default;
};

/// InvalidArgument says which field, what was got and what is expected.
[[nodiscard]] Result<void> validate(const StreamSpec& spec);

struct StreamInfo {
    StreamSpec spec;
    bool paused = false;
    Timestamp created;
    std::uint64_t published = 0;  ///< messages that reached the ledger, over all channels of the stream
    std::uint64_t confirmed = 0;  ///< of these, included by a milestone
    std::uint64_t queued = 0;     ///< samples waiting for a message
    std::uint64_t pending = 0;    ///< messages signed and not yet confirmed
    std::uint64_t omitted = 0;    ///< samples left out since the queue was full
    std::uint64_t epoch = 1;      ///< of the channel: each new one (README, "Keys") has a higher one
    std::optional<Timestamp> lastMessage;  ///< when one last reached the ledger
    std::string lastError;        ///< why publishing is held up at the moment; empty when it is not
    Source source;                ///< whether readings come
    std::string halted;           ///< why the stream was stopped until resume(): its keys are in use elsewhere; else empty
};

/// What a buyer needs. From the named message on, everything can be read; nothing before it.
struct Access {
    trinary::Hash root;         ///< of the next message to reach the ledger
    SecretBytes sideKey;        ///< 81 trytes
    std::uint64_t epoch = 1;
    std::uint64_t message = 0;  ///< index of that message in its channel
};

/// One message has reached the ledger.
struct Published {
    std::string stream;
    std::uint64_t message = 0;  ///< index in its channel
    model::Hash tail;
    model::Hash bundle;
    std::size_t samples = 0;
    trinary::Hash root;      ///< of the message
    std::string payload;     ///< the JSON text as signed; for the operator's own view (D-Bus, gated)
};

inline constexpr std::size_t kMaxStreams = defaults::kMostStreams;

/// Bounds of the work in hand; a test makes them small.
struct StreamLimits {
    std::size_t queuedSamples = 20'000;  ///< a stream; beyond it the queue is thinned (README, "Bounds")
    std::size_t freshSamples = 500;      ///< a stream; in memory while the database does not take them
    std::size_t heldSamples = 100;       ///< a stream; in memory before they are written without waiting any longer
    Duration flushInterval = defaults::kFlushInterval;  ///< a sample is in memory alone for at most so long (README, "What is promised")
    std::size_t pendingMessages = 200;   ///< a stream; no new message is signed beyond it
    std::size_t messageCharacters = 4000;  ///< JSON of one message, if it has more than one sample
    std::size_t messageSamples = 64;
};

struct StreamServices {
    Scheduler& scheduler;
    Pool& pool;
    const Clock& clock;
    Random& random;
    store::Database& database;  ///< with kSchema
    const keys::MachineVault& vault;
    ledger::Ledger& ledger;
    ledger::Attacher& attacher;
    sensor::Sampler& sampler;
    /// How often this state was found to be a copy of itself (store/lineage.hpp).
    std::uint64_t copies = 0;
    /// The ledger is part of this machine's state, so it was copied and put back with it and proves nothing then.
    bool ledgerInState = false;
};

/// Loop thread only. Does not own its services; must outlive its tasks (see Scheduler). Needs no wallet.
class StreamService {
public:
    [[nodiscard]] static std::unique_ptr<StreamService> create(StreamServices services, StreamLimits limits = {});
    virtual ~StreamService() = default;

    /// Loads the streams, subscribes to the sampler and takes up what a crash or a stop left undone. Once, before all else.
    virtual Task<void> start() = 0;

    /// Makes the stream with a seed and a side key of its own; durable when it returns. AlreadyExists, InvalidArgument,
    /// LimitExceeded, NoSpace.
    virtual Task<void> add(StreamSpec spec) = 0;
    /// No samples are taken while paused; what is queued and pending still goes out. Idempotent. NotFound.
    virtual Task<void> pause(std::string id) = 0;
    /// A stream that was halted goes on with a new channel.
    virtual Task<void> resume(std::string id) = 0;
    /// Forgets the stream, its keys and everything queued. NotFound.
    virtual Task<void> remove(std::string id) = 0;
    /// Changes what is only said about a stream (name, description, place, price). NotFound, InvalidArgument.
    virtual Task<void> setTerms(StreamSpec spec) = 0;

    /// Writes what is in memory alone, of all streams in one transaction. The service does so by itself in time, and when the
    /// program stops.
    virtual Task<void> flush() = 0;

    [[nodiscard]] virtual std::vector<StreamInfo> list() const = 0;
    [[nodiscard]] virtual Result<StreamInfo> info(const std::string& id) const = 0;
    /// For the market. NotFound; InvalidState: halted; the ledger's error while the channel's position is not proved.
    virtual Task<Access> access(std::string id) = 0;

    /// The wallet was restored, so this state may be an old copy: no present seed signs again. Every stream goes on with
    /// a new channel (seed, side key, epoch); messages already signed are still attached, and queued samples go
    /// into the new channel. Subscribers need access() again: see `changed`. Returns the number of streams.
    virtual Task<std::size_t> onWalletRestored() = 0;

    Observers<Published> published;
    /// A stream was added, removed, paused, resumed, has new terms or a new channel. Argument: its id.
    Observers<std::string> changed;
    /// Whether readings come has changed, or the sensor of the stream has. Argument: its id.
    Observers<std::string> sourceChanged;
};

}  // namespace pegasus::stream
