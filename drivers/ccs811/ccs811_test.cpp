// SPDX-License-Identifier: Apache-2.0
// CCS811 on a modelled bus.
#include "support/chip_fixture.hpp"

namespace pegasus::drivers {
namespace {

using sensor::Quality;

class ModelCcs811 : public test::ModelledChip {
public:
    void reset() override {
        running_ = false;
        mode = 0;
    }
    std::uint8_t id = 0x81, error = 0, mode = 0;
    bool program = true;
    std::uint16_t eco2 = 420, tvoc = 3;
    test::Bytes environment;

    bool write(const test::Bytes& bytes, SteadyTime now) override {
        reg_ = bytes.at(0);
        if (reg_ == 0xFF && bytes == test::Bytes{0xFF, 0x11, 0xE5, 0x72, 0x8A}) {
            reset();
            boot_ = now + 20ms;
        }
        if (reg_ == 0xF4 && program) running_ = true;
        if (reg_ == 0x01 && bytes.size() == 2 && running_) {
            mode = bytes[1];
            next_ = now + period();
        }
        if (reg_ == 0x05) environment = test::Bytes(bytes.begin() + 1, bytes.end());
        return now >= boot_ || reg_ == 0xFF;
    }
    std::optional<test::Bytes> read(std::size_t, SteadyTime now) override {
        const bool ready = running_ && mode != 0 && now >= next_;
        const auto status = static_cast<std::uint8_t>((running_ ? 0x80 : 0) | (program ? 0x10 : 0) | (ready ? 0x08 : 0) | (error != 0 ? 1 : 0));
        if (reg_ == 0x00) return test::Bytes{status};
        if (reg_ == 0x20) return test::Bytes{id};
        if (reg_ == 0xE0) return test::Bytes{error};
        if (reg_ != 0x02) return test::Bytes{};
        if (ready) next_ = now + period();
        return test::Bytes{static_cast<std::uint8_t>(eco2 >> 8), static_cast<std::uint8_t>(eco2 & 0xFF), static_cast<std::uint8_t>(tvoc >> 8),
                           static_cast<std::uint8_t>(tvoc & 0xFF), status, error};
    }

private:
    [[nodiscard]] Duration period() const { return mode == 0x10 ? 1s : mode == 0x20 ? 10s : 60s; }
    std::uint8_t reg_ = 0;
    bool running_ = false;
    SteadyTime boot_;
    SteadyTime next_;
};

class Ccs811 : public test::ChipFixture {
protected:
    Probe old(std::map<std::string, Given> parameters = {}) {
        auto sensor = probe("ccs811", std::move(parameters));
        (void)sensor.turn();
        clock.advance(21min);
        return sensor;
    }
};

TEST_F(Ccs811, GivesBothAfterItsRunIn) {
    bus->put<ModelCcs811>(0x5A);
    auto sensor = probe("ccs811");
    EXPECT_EQ(sensor.read("tvoc").quality, Quality::Missing) << "nothing yet";
    clock.advance(2s);
    const auto young = sensor.read("tvoc");
    EXPECT_EQ(young.quality, Quality::Uncertain);
    EXPECT_TRUE(young.reason.starts_with("warming up"));
    clock.advance(20min);
    EXPECT_EQ(sensor.value("tvoc"), 3);
    clock.advance(1s);
    EXPECT_EQ(sensor.value("eco2"), 420);
}

TEST_F(Ccs811, IsSetUpAsConfigured) {
    auto& chip = bus->put<ModelCcs811>(0x5B);
    (void)old({{"address", "0x5b"}, {"measure-every", "10s"}, {"humidity", "48.5"}, {"temperature", "23.5"}});
    EXPECT_EQ(chip.mode, 0x20);
    EXPECT_EQ(chip.environment, (test::Bytes{0x61, 0x00, 0x61, 0x00})) << "the example of the data sheet: 48.5 % and 23.5 degrees";
    EXPECT_NE(refusal("ccs811", {{"measure-every", "60s"}}).find("longer than the interval"), std::string::npos);
}

TEST_F(Ccs811, ErrorsOfTheChipAreToldAndItBeginsAnew) {
    auto& chip = bus->put<ModelCcs811>(0x5A);
    auto sensor = old();
    chip.error = 0x20;
    EXPECT_EQ(sensor.read("tvoc").reason, "the chip reports the error 0x20");
    chip.error = 0;
    (void)sensor.turn();
    clock.advance(21min);
    EXPECT_EQ(sensor.value("tvoc"), 3);
    chip.reset();
    EXPECT_NE(sensor.read("tvoc").reason.find("was reset"), std::string::npos);
}

TEST_F(Ccs811, ValuesBeyondItsRangeAreBad) {
    auto& chip = bus->put<ModelCcs811>(0x5A);
    auto sensor = old();
    chip.eco2 = 0xFFFF;
    EXPECT_EQ(sensor.read("eco2").quality, Quality::Bad);
}

TEST_F(Ccs811, FaultsOfTheBusAndAnotherChipGiveNoValue) {
    auto& chip = bus->put<ModelCcs811>(0x5A);
    auto sensor = old();
    for (const auto& fault : {test::Faults{.silent = true}, test::Faults{.half = true}}) {
        bus->faults(0x5A) = fault;
        EXPECT_EQ(sensor.read("tvoc").quality, Quality::Missing);
    }
    bus->faults(0x5A) = {};
    bus->stuck = true;
    EXPECT_EQ(sensor.read("tvoc").reason, "i2c-1 is stuck");
    bus->stuck = false;
    chip.id = 0x80;
    EXPECT_NE(sensor.read("tvoc").reason.find("has the id 0x80"), std::string::npos);
    chip.id = 0x81;
    chip.program = false;
    EXPECT_NE(sensor.read("tvoc").reason.find("no program"), std::string::npos);
}

TEST_F(Ccs811, TwoOnOneBusAreToldApart) {
    bus->put<ModelCcs811>(0x5A).tvoc = 10;
    auto& other = bus->put<ModelCcs811>(0x5B);
    other.tvoc = 20;
    EXPECT_EQ(registry.find("ccs811")->scan({}).size(), 2U);
    EXPECT_EQ(other.mode, 0) << "a scan starts nothing";
    auto first = old();
    auto second = old({{"address", "0x5b"}});
    EXPECT_EQ(first.value("tvoc"), 10);
    EXPECT_EQ(second.value("tvoc"), 20);
}

}  // namespace
}  // namespace pegasus::drivers
