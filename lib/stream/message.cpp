// SPDX-License-Identifier: Apache-2.0
// Signing, and building the bundle again.
#include "stream/message.hpp"

#include "model/bundle.hpp"
#include "model/text.hpp"

namespace pegasus::stream {
namespace {

Result<model::BundleDraft> draftOf(const Message& message) {
    model::BundlePlan plan;
    plan.outputs.push_back({message.address, model::Iotas(), message.tag, message.payload});
    plan.timestamp = message.timestamp;
    return model::buildBundle(plan);
}

}  // namespace

mam::ChannelState stateAt(std::uint64_t leaf, int security) {
    mam::ChannelState state;
    state.security = static_cast<crypto::SecurityLevel>(security);
    state.start = leaf;
    return state;
}

Result<Message> makeMessage(const mam::ChannelKeys& keys, const mam::ChannelState& state,
                            const mam::ChannelTrees& trees, std::string_view text, std::int64_t timestamp) {
    PEGASUS_TRY(const auto trytes, model::trytesFromText(text));
    PEGASUS_TRY(auto made, mam::createMessage(keys, state, trees, trytes));
    Message message;
    message.leaf = state.start;
    message.root = made.root;
    message.address = made.address;
    message.payload = std::move(made.payload);
    message.timestamp = timestamp;
    message.text = text;
    PEGASUS_TRY(const auto draft, draftOf(message));
    message.obsoleteTag = draft.transactions.front().obsoleteTag;
    message.bundle = draft.bundleHash;
    return message;
}

Result<std::vector<model::Transaction>> transactionsOf(const Message& message) {
    PEGASUS_TRY(auto draft, draftOf(message));
    if (draft.bundleHash != message.bundle || draft.transactions.front().obsoleteTag != message.obsoleteTag)
        return fail(ErrorCode::Corrupt, "message {} does not give its bundle {} again", message.leaf,
                    message.bundle.view());
    return std::move(draft.transactions);
}

}  // namespace pegasus::stream
