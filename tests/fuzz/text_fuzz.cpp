// SPDX-License-Identifier: Apache-2.0
// Text codecs: message text, addresses, amounts, base64, hex, packed trits. What decodes is encoded back.
#include <algorithm>

#include "base/amount.hpp"
#include "crypto/digest.hpp"
#include "fuzz/fuzz.hpp"
#include "fuzz/trytes_input.hpp"
#include "model/text.hpp"
#include "model/types.hpp"

using namespace pegasus;
using fuzz::require;

namespace {

void messages(std::string_view text, const std::string& trytes) {
    if (const auto decoded = model::textFromTrytes(trytes)) {
        auto again = *model::trytesFromText(*decoded);
        again.resize(std::max(again.size(), trytes.size()), '9');
        require(again.substr(0, trytes.size()) == trytes, "a decoded message is encoded back");
    }
    if (const auto encoded = model::trytesFromText(text)) {
        const auto decoded = model::textFromTrytes(*encoded);
        require(!decoded || *decoded == *model::escapeNonAscii(text).map([](std::string s) {
            while (s.ends_with('\0')) s.pop_back();
            return s;
        }), "an encoded text is decoded back");
    }
}

void numbers(std::string_view text) {
    if (const auto amount = parseAmount(text))
        for (const auto unit : {Unit::I, Unit::Ki, Unit::Pi})
            require(*parseAmount(formatAmount(*amount, unit)) == *amount, "an amount comes back");
    if (const auto address = model::parseAddress(text))
        require(*model::parseAddress(model::withChecksum(*address)) == *address, "an address comes back");
}

void bytes(std::string_view text) {
    if (const auto decoded = crypto::fromBase64(text)) require(crypto::toBase64(*decoded) == text, "base64 comes back");
    if (const auto decoded = crypto::fromHex(text)) require(crypto::toHex(*decoded).size() == text.size(), "hex comes back");
    const std::size_t trits = text.size() * trinary::kTritsPerByte;
    if (const auto unpacked = trinary::unpackTrits(crypto::asBytes(text), trits))
        require(std::ranges::equal(trinary::packTrits(*unpacked), crypto::asBytes(text)), "packed trits come back");
    (void)trinary::asciiFromTrytes(text);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto text = fuzz::textOf(data, size);
    messages(text, fuzz::trytesOf(data, size, size));
    numbers(text);
    bytes(text);
    return 0;
}
