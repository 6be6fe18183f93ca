// SPDX-License-Identifier: Apache-2.0
// MAM payloads: reading is total; a message made is read back; a changed one is refused, or the change was behind its end.
#include "fuzz/fuzz.hpp"
#include "fuzz/trytes_input.hpp"
#include "mam/channel.hpp"
#include "mam/pascal.hpp"

using namespace pegasus;
using fuzz::require;

namespace {

struct Channel {
    mam::ChannelKeys keys{*crypto::Seed::parse("FUZZ"), *mam::SideKey::parse("KEY")};
    mam::ChannelState state{.security = crypto::SecurityLevel::One, .count = 2, .nextCount = 2};
    mam::ChannelTrees trees = *mam::buildTrees(keys.seed, state);
};

void breakOne(const std::uint8_t* data, std::size_t size) {
    static const Channel channel;
    auto payload = mam::createMessage(channel.keys, channel.state, channel.trees, fuzz::trytesOf(data, size, size))->payload;
    const auto made = mam::decode(payload, channel.trees.root(), channel.keys.sideKey);
    require(made && made->message == fuzz::trytesOf(data, size, size), "a message is read back");
    auto& broken = payload[(data[0] * 256U + data[1]) % payload.size()];
    broken = trinary::kAlphabet[data[2] % trinary::kAlphabet.size()];
    const auto read = mam::decode(payload, channel.trees.root(), channel.keys.sideKey);
    require(!read || *read == *made, "a changed message is not read");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const auto key = mam::SideKey::none();
    const auto trytes = fuzz::trytesOf(data, size, size);
    require(!mam::decode(trytes, trinary::Hash(), key), "any payload is refused");
    require(!mam::decode(fuzz::textOf(data, size), trinary::Hash(), key), "so are any bytes");
    if (const auto number = mam::decodePascal(trinary::tritsFromTrytes(trytes)))
        require(number->used == mam::pascalLength(number->value), "a number is as long as its code");
    if (size >= 3) breakOne(data, size);
    return 0;
}
