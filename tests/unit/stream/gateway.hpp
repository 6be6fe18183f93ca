// SPDX-License-Identifier: Apache-2.0
// A gateway with one sensor on a fake ledger that outlives it, and a reader of its channels.
#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "keys/machine_vault.hpp"
#include "ledger/attacher.hpp"
#include "ledger/fake_ledger.hpp"
#include "mam/transport.hpp"
#include "model/text.hpp"
#include "stream/schema.hpp"
#include "stream/stream_service.hpp"
#include "support/fake_sensor.hpp"
#include "support/test_loop.hpp"

namespace pegasus::stream {

/// Follows the clock of the gateway that lives.
class SharedClock final : public Clock {
public:
    [[nodiscard]] Timestamp now() const override { return latest_->now(); }
    [[nodiscard]] SteadyTime steady() const override { return latest_->steady(); }
    void follow(const Clock& clock) { latest_ = &clock; }

private:
    const Clock* latest_ = nullptr;
};

/// What is left when a gateway dies.
struct World {
    SharedClock clock;
    test::TestLoop loop;
    ledger::FakeLedger ledger{loop, clock};
};

/// One life of the program. The sensor counts: its k-th sample has the value k.
class Gateway {
public:
    /// What the program knows of its state: see StreamServices.
    struct Origin {
        std::uint64_t copies = 0;
        bool ledgerInState = false;
        std::uint64_t seed = 42;
    };

    Gateway(World& world, const std::filesystem::path& folder, double firstValue = 1, StreamLimits limits = {},
            Origin origin = {0, false, 42})
        : world_(world), folder_(folder), random_(origin.seed), next_(firstValue) {
        world.clock.follow(loop.clock);
        vault_ = std::make_unique<keys::MachineVault>(
            keys::MachineVault::open(folder / "machine.key", random_).value());
        database = store::Database::open({.path = folder / "state.db"}, {kSchema, kQueueByStream, kProof}).value();
        streams = StreamService::create({loop, loop.pool, loop.clock, random_, *database, *vault_, world.ledger,
                                         attacher_, sampler, origin.copies, origin.ledgerInState},
                                        limits);
        sensor::SensorConfig config;
        config.id = "s";
        config.interval = 20s;
        source->channels = {{"count", "1", {}, {}}};
        source->answer = [this] {
            return sensor::ReadOutcome(std::vector<sensor::Reading>{{"count", "1", next_++, {}, {}, {}}});
        };
        EXPECT_TRUE(sampler.add(config, std::make_unique<test::FakeDriver>(source)));
    }
    ~Gateway() { loop.stop(); }
    Gateway(const Gateway&) = delete;
    Gateway& operator=(const Gateway&) = delete;

    void start() { ASSERT_TRUE(loop.run(streams->start())); }
    /// The first sample is taken when the loop next runs.
    void sample() { sampler.start(); }
    [[nodiscard]] static StreamSpec spec(std::string id = "a") {
        StreamSpec spec;
        spec.id = std::move(id);
        spec.sensor = "s";
        return spec;
    }
    [[nodiscard]] Result<void> add(StreamSpec wanted) { return loop.run(streams->add(std::move(wanted))); }
    [[nodiscard]] Access access(std::string id = "a") { return loop.run(streams->access(std::move(id))).value(); }
    [[nodiscard]] StreamInfo info(const std::string& id = "a") const { return streams->info(id).value(); }
    /// Lets n turns of the sensor pass; each time a milestone includes what is there.
    void turns(int n) {
        for (int i = 0; i < n; ++i) {
            loop.runFor(20s);
            world_.ledger.milestone();
            loop.settle();
        }
    }
    /// The state as a crash at this moment leaves it.
    void snapshot(const std::filesystem::path& to) const {
        for (const char* file : {"state.db", "state.db-wal", "machine.key"})
            if (std::filesystem::exists(folder_ / file))
                std::filesystem::copy_file(folder_ / file, to / file,
                                           std::filesystem::copy_options::overwrite_existing);
    }

    test::TestLoop loop;
    std::shared_ptr<test::FakeSource> source = std::make_shared<test::FakeSource>();
    sensor::Sampler sampler{loop, loop.clock, test::makeInlineReader};
    std::unique_ptr<store::Database> database;
    std::unique_ptr<StreamService> streams;

private:
    World& world_;
    std::filesystem::path folder_;
    test::FakeRandom random_;
    std::unique_ptr<keys::MachineVault> vault_;
    ledger::Attacher attacher_{world_.ledger, loop.pool, loop.clock};
    double next_;
};

/// The texts of all messages from a root on. Fails the test if a leaf was used twice.
inline std::vector<std::string> readChannel(World& world, trinary::Hash root, const std::string& sideKey) {
    std::vector<std::string> texts;
    const auto key = mam::SideKey::parse(sideKey).value();
    for (int i = 0; i < 3000; ++i) {
        ledger::TransactionQuery query;
        query.addresses = {mam::addressOf(root, mam::Mode::Restricted)};
        const auto hashes = world.loop.run(world.ledger.find(query)).value();
        const auto answer = world.loop.run(world.ledger.transactions(hashes)).value();
        std::vector<model::AttachedTransaction> found;
        for (const auto& one : answer) found.push_back(one.value());
        const auto collected = mam::collect(found, root, mam::Mode::Restricted, key);
        EXPECT_TRUE(collected.reusedIndexes.empty());
        EXPECT_EQ(collected.invalid, 0U);
        EXPECT_LE(collected.messages.size(), 1U);
        if (collected.messages.empty()) break;
        texts.push_back(model::textFromTrytes(collected.messages[0].message.message).value());
        root = collected.messages[0].message.nextRoot;
    }
    return texts;
}

/// The values of "data" in the order of the messages.
inline std::vector<int> valuesOf(const std::vector<std::string>& texts) {
    std::vector<int> values;
    for (const auto& text : texts)
        for (auto at = text.find("\"data\":"); at != std::string::npos; at = text.find("\"data\":", at + 1))
            values.push_back(std::atoi(text.c_str() + at + 7));
    return values;
}

inline std::vector<int> upTo(int n) {
    std::vector<int> values;
    for (int i = 1; i <= n; ++i) values.push_back(i);
    return values;
}

/// A gateway with streams, in a folder of its own.
class StreamServiceTest : public testing::Test {
protected:
    void begin(StreamLimits limits = {}) {
        gateway = std::make_unique<Gateway>(world, folder.path(), 1, limits);
        gateway->start();
    }
    Access beginWith(StreamSpec spec, StreamLimits limits = {}) {
        begin(limits);
        EXPECT_TRUE(gateway->add(spec));
        auto access = gateway->access(spec.id);
        gateway->sample();
        return access;
    }
    std::vector<std::string> read(const Access& access) {
        return readChannel(world, access.root, std::string(access.sideKey.text()));
    }

    World world;
    test::TempDir folder;
    std::unique_ptr<Gateway> gateway;
};

}  // namespace pegasus::stream
