// SPDX-License-Identifier: Apache-2.0
// Tags of the market.
#include "market/tags.hpp"

#include <algorithm>

#include "market/json_text.hpp"

namespace pegasus::market {

namespace {

model::Tag cut(std::string trytes) {
    trytes.resize(model::Tag::kTrytes, '9');
    return *model::Tag::parse(trytes);
}

model::Tag asText(std::string_view text) { return cut(trinary::trytesFromAscii(text).value()); }

/// Letters as trytes themselves, everything else 9.
model::Tag raw(std::string_view word) {
    std::string trytes(word);
    for (char& c : trytes) {
        if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
        if (!(c >= 'A' && c <= 'Z')) c = '9';
    }
    return cut(trytes);
}

Result<void> checkWord(std::string_view word) {
    const auto printable = [](char c) { return c >= ' ' && c <= '~'; };
    if (word.size() > kMaxTagWord || !std::all_of(word.begin(), word.end(), printable))
        return fail(ErrorCode::InvalidArgument, "tag word of {} characters: expected at most {} of printable ASCII",
                    word.size(), kMaxTagWord);
    return {};
}

}  // namespace

Result<model::Tag> tagOf(std::string_view word) {
    PEGASUS_CHECK(checkWord(word));
    PEGASUS_TRY(const auto text, jsonQuoted(word));
    return asText(text);
}

Result<void> checkTagWord(std::string_view word) {
    PEGASUS_CHECK(checkWord(word));
    PEGASUS_TRY(const auto text, jsonQuoted(word));
    if (word.empty() || text.size() > model::Tag::kTrytes / 2)
        return fail(ErrorCode::InvalidArgument, "a tag word of {} characters, expected 1 to {}: a tag holds no more", word.size(),
                    model::Tag::kTrytes / 2 - 2);
    return {};
}

Result<std::vector<model::Tag>> spellingsOf(std::string_view word) {
    PEGASUS_CHECK(checkWord(word));
    std::vector<model::Tag> tags;
    for (const auto& text : {std::string(word), std::string(word) + "-payment"}) {
        PEGASUS_TRY(const auto quotes, jsonQuoted(text));
        for (const auto& tag : {asText(quotes), asText(text), raw(text)})
            if (tag != model::Tag() && std::find(tags.begin(), tags.end(), tag) == tags.end()) tags.push_back(tag);
    }
    return tags;
}

model::Tag paymentTag() { return asText("\"\""); }

}  // namespace pegasus::market
