// SPDX-License-Identifier: Apache-2.0
// Requests of the IRI API to and from JSON. An object with `command` and the members of the structs in codec.hpp; the
// texts and the order of the errors are IRI's.
#include <algorithm>
#include <array>
#include <limits>

#include "iri/codec.hpp"
#include "iri/json_reader.hpp"
#include "iri/json_writer.hpp"

namespace pegasus::iri {

namespace {

namespace json = boost::json;

template <class T>
using Decoded = Expected<T, ApiError>;

constexpr std::size_t kMaxWord = 64;
constexpr std::int64_t kMostAtOnce = 1000;  // hashes in one step of a reading
constexpr std::int64_t kMostInteger = std::numeric_limits<std::int32_t>::max();

/// IRI answers an ill-formed parameter as an exception.
Unexpected<ApiError> illFormed(std::string text) {
    return Unexpected<ApiError>(ApiError{500, std::move(text), {}});
}
Unexpected<ApiError> invalidInput(std::string_view name) {
    return illFormed(fmt::format("Invalid {} input", name));
}
Unexpected<ApiError> refused(std::string text) {
    return Unexpected<ApiError>(ApiError{400, std::move(text), {}});
}

/// The parameters of one request.
class Parameters {
public:
    Parameters(const json::object& object, const CodecLimits& limits)
        : object_(object), limits_(limits) {}

    [[nodiscard]] bool has(std::string_view name) const { return member(object_, name) != nullptr; }

    [[nodiscard]] Decoded<std::int64_t> integer(std::string_view name) const {
        const auto* value = member(object_, name);
        if (value == nullptr) return illFormed("Invalid parameters");
        if (const auto* number = value->if_int64(); number != nullptr) return *number;
        if (value->is_uint64()) return kMostInteger;
        const auto* fraction = value->if_double();
        if (fraction == nullptr) return invalidInput(name);
        // IRI's numbers are Java doubles, cut to an int.
        const auto most = static_cast<double>(kMostInteger);
        return static_cast<std::int64_t>(std::clamp(*fraction, -most, most));
    }
    /// Short and printable.
    [[nodiscard]] Decoded<std::string> word(std::string_view name) const {
        const auto* value = member(object_, name);
        const auto* text = value == nullptr ? nullptr : value->if_string();
        const auto printable = [](char c) { return c > ' ' && c <= '~'; };
        if (text == nullptr || text->size() > kMaxWord || !std::ranges::all_of(*text, printable)) return invalidInput(name);
        return std::string(text->data(), text->size());
    }
    [[nodiscard]] Decoded<bool> boolean(std::string_view name) const {
        const auto* value = member(object_, name);
        if (value == nullptr || !value->is_bool()) return invalidInput(name);
        return value->get_bool();
    }
    template <class T>
    [[nodiscard]] Decoded<T> trytes(std::string_view name) const {
        const auto* value = member(object_, name);
        if (value == nullptr) return illFormed("Invalid parameters");
        return parse<T>(*value, name);
    }
    template <class T>
    [[nodiscard]] Decoded<std::vector<T>> list(std::string_view name) const {
        return listOf<T>(name, [&](const json::value& v) { return parse<T>(v, name); });
    }
    /// Up to 27 trytes, padded; all 9s is no tag to ask for. Longer ones, up to a hash, are left out: nothing has them.
    [[nodiscard]] Decoded<std::vector<Tag>> tags(std::string_view name) const {
        auto all = listOf<std::optional<Tag>>(name, [&](const json::value& v) -> Decoded<std::optional<Tag>> {
            const auto* text = v.if_string();
            if (text == nullptr || text->size() > Hash::kTrytes) return invalidInput(name);
            if (text->size() > Tag::kTrytes && trinary::isTrytes(std::string_view(text->data(), text->size()))) return std::optional<Tag>();
            auto tag = Tag::parsePadded(std::string_view(text->data(), text->size()));
            if (!tag) return invalidInput(name);
            if (tag->isNull()) return illFormed("Invalid tag input");
            return std::optional(*tag);
        });
        if (!all) return Unexpected<ApiError>(std::move(all).error());
        std::vector<Tag> tags;
        for (const auto& tag : *all)
            if (tag) tags.push_back(*tag);
        return tags;
    }
    [[nodiscard]] Decoded<std::vector<std::string>> texts(std::string_view name) const {
        return listOf<std::string>(name, [&](const json::value& v) -> Decoded<std::string> {
            const auto* text = v.if_string();
            if (text == nullptr) return invalidInput(name);
            return std::string(text->data(), text->size());
        });
    }

private:
    template <class T>
    [[nodiscard]] Decoded<T> parse(const json::value& value, std::string_view name) const {
        const auto* text = value.if_string();
        if (text == nullptr) return invalidInput(name);
        auto parsed = T::parse(std::string_view(text->data(), text->size()));
        if (!parsed) return invalidInput(name);
        return *parsed;
    }
    template <class T, class Parse>
    [[nodiscard]] Decoded<std::vector<T>> listOf(std::string_view name, Parse parseOne) const {
        const auto* value = member(object_, name);
        if (value == nullptr) return illFormed("Invalid parameters");
        const auto* array = value->if_array();
        if (array == nullptr) return invalidInput(name);
        if (array->size() > limits_.listLength) return illFormed("Could not complete request");
        std::vector<T> result;
        result.reserve(array->size());
        for (const auto& item : *array) {
            auto parsed = parseOne(item);
            if (!parsed) return Unexpected<ApiError>(parsed.error());
            result.push_back(std::move(*parsed));
        }
        return result;
    }

    const json::object& object_;
    const CodecLimits& limits_;
};

#define IRI_TRY(decl, ...) \
    PEGASUS_IRI_TRY_IMPL_(PEGASUS_CONCAT(decoded_, __LINE__), decl, __VA_ARGS__)
#define PEGASUS_IRI_TRY_IMPL_(tmp, decl, ...)                          \
    auto tmp = (__VA_ARGS__);                                          \
    if (!tmp) return Unexpected<ApiError>(std::move(tmp).error()); \
    decl = std::move(*tmp)

template <class T>
Decoded<Request> plain(const Parameters&) {
    return Request(T());
}

Decoded<Request> tipsRequest(const Parameters& p) {
    GetTransactionsToApprove r;
    IRI_TRY(r.depth, p.integer("depth"));
    if (p.has("reference")) {
        IRI_TRY(r.reference, p.trytes<Hash>("reference"));
    }
    return Request(r);
}

Decoded<Request> attachRequest(const Parameters& p) {
    AttachToTangle r;
    IRI_TRY(r.trunkTransaction, p.trytes<Hash>("trunkTransaction"));
    IRI_TRY(r.branchTransaction, p.trytes<Hash>("branchTransaction"));
    IRI_TRY(r.minWeightMagnitude, p.integer("minWeightMagnitude"));
    IRI_TRY(r.trytes, p.list<TransactionTrytes>("trytes"));
    return Request(std::move(r));
}

/// Lists of transactions asked by hash-like values: the null hash is refused in them.
template <class T>
Decoded<void> optionalList(const Parameters& p, std::string_view name,
                           std::optional<std::vector<T>>& out) {
    if (!p.has(name)) return {};
    IRI_TRY(auto list, p.list<T>(name));
    for (const auto& item : list)
        if (item.isNull()) return invalidInput(name);
    out = std::move(list);
    return {};
}

Decoded<Request> decodeFind(const Parameters& p) {
    FindTransactions r;
    if (auto ok = optionalList(p, "bundles", r.bundles); !ok)
        return Unexpected<ApiError>(ok.error());
    if (auto ok = optionalList(p, "addresses", r.addresses); !ok)
        return Unexpected<ApiError>(ok.error());
    if (p.has("tags")) {
        IRI_TRY(r.tags, p.tags("tags"));
    }
    if (auto ok = optionalList(p, "approvees", r.approvees); !ok)
        return Unexpected<ApiError>(ok.error());
    if (!r.bundles && !r.addresses && !r.tags && !r.approvees)
        return illFormed("Invalid parameters");
    return Request(std::move(r));
}

/// What IRI does not have: reading on.
Decoded<void> decodeReadingOn(const Parameters& p, FindTransactions& r) {
    if (!p.has("after")) return {};
    IRI_TRY(r.after, p.word("after"));
    if (p.has("limit")) {
        IRI_TRY(r.limit, p.integer("limit"));
        if (r.limit < 1 || r.limit > kMostAtOnce) return invalidInput("limit");
    }
    if (p.has("valueOnly")) {
        IRI_TRY(r.valueOnly, p.boolean("valueOnly"));
    }
    return {};
}

/// IRI wraps what goes wrong here once more.
Decoded<Request> findRequest(const Parameters& p) {
    auto r = decodeFind(p);
    if (!r) return illFormed("com.iota.iri.service.ValidationException: " + r.error().text);
    if (const auto ours = decodeReadingOn(p, std::get<FindTransactions>(*r)); !ours) return refused(ours.error().text);
    return r;
}

template <class T, auto kMember>
Decoded<Request> listRequest(const Parameters& p, std::string_view name) {
    using Item = typename std::remove_reference_t<decltype(std::declval<T>().*kMember)>::value_type;
    T r;
    IRI_TRY(r.*kMember, p.list<Item>(name));
    return Request(std::move(r));
}

using Decode = Decoded<Request> (*)(const Parameters&);
struct Command {
    std::string_view name;
    Decode decode;
};

template <class T>
Decoded<Request> uris(const Parameters& p) {
    T r;
    IRI_TRY(r.uris, p.texts("uris"));
    return Request(std::move(r));
}

/// In the order of the alternatives of Request.
constexpr std::array<Command, std::variant_size_v<Request>> kCommands{{
    {"getNodeInfo", plain<GetNodeInfo>},
    {"getNodeAPIConfiguration", plain<GetNodeApiConfiguration>},
    {"getTransactionsToApprove", tipsRequest},
    {"attachToTangle", attachRequest},
    {"interruptAttachingToTangle", plain<InterruptAttachingToTangle>},
    {"storeTransactions",
     [](const Parameters& p) {
         auto r = listRequest<StoreTransactions, &StoreTransactions::trytes>(p, "trytes");
         if (!r) r.error().status = 400;  // of this command alone
         return r;
     }},
    {"broadcastTransactions",
     [](const Parameters& p) {
         return listRequest<BroadcastTransactions, &BroadcastTransactions::trytes>(p, "trytes");
     }},
    {"findTransactions", findRequest},
    {"getTrytes", [](const Parameters& p) { return listRequest<GetTrytes, &GetTrytes::hashes>(p, "hashes"); }},
    {"getBalances",
     [](const Parameters& p) -> Decoded<Request> {
         GetBalances r;
         IRI_TRY(r.addresses, p.list<Address>("addresses"));
         if (p.has("tips")) {
             IRI_TRY(r.tips, p.list<Hash>("tips"));
         }
         return Request(std::move(r));
     }},
    {"getInclusionStates",
     [](const Parameters& p) {
         return listRequest<GetInclusionStates, &GetInclusionStates::transactions>(p, "transactions");
     }},
    {"wereAddressesSpentFrom",
     [](const Parameters& p) {
         return listRequest<WereAddressesSpentFrom, &WereAddressesSpentFrom::addresses>(p, "addresses");
     }},
    {"checkConsistency",
     [](const Parameters& p) { return listRequest<CheckConsistency, &CheckConsistency::tails>(p, "tails"); }},
    {"getTipInfo",
     [](const Parameters& p) -> Decoded<Request> {
         GetTipInfo r;
         IRI_TRY(r.tailTransaction, p.trytes<Hash>("tailTransaction"));
         return Request(r);
     }},
    {"getMissingTransactions", plain<GetMissingTransactions>},
    {"getTips", plain<GetTips>},
    {"getNeighbors", plain<GetNeighbors>},
    {"addNeighbors", uris<AddNeighbors>},
    {"removeNeighbors", uris<RemoveNeighbors>},
    {"Faucet.request",
     [](const Parameters& p) -> Decoded<Request> {
         FaucetRequest r;
         IRI_TRY(r.address, p.trytes<Address>("address"));
         return Request(r);
     }},
}};

/// Writes the members of each kind of request after `command`.
struct RequestWriter {
    JsonWriter& json;

    template <class T>
    void operator()(const T&) const {}  // no parameters
    void operator()(const GetTransactionsToApprove& r) const {
        json.number("depth", r.depth);
        if (r.reference) json.text("reference", r.reference->view());
    }
    void operator()(const AttachToTangle& r) const {
        json.text("trunkTransaction", r.trunkTransaction.view());
        json.text("branchTransaction", r.branchTransaction.view());
        json.number("minWeightMagnitude", r.minWeightMagnitude);
        json.trytes("trytes", r.trytes);
    }
    void operator()(const StoreTransactions& r) const { json.trytes("trytes", r.trytes); }
    void operator()(const BroadcastTransactions& r) const { json.trytes("trytes", r.trytes); }
    void operator()(const FindTransactions& r) const {
        if (r.after) json.text("after", *r.after);
        if (r.limit > 0) json.number("limit", r.limit);
        if (r.valueOnly) json.boolean("valueOnly", true);
        if (r.bundles) json.trytes("bundles", *r.bundles);
        if (r.addresses) json.trytes("addresses", *r.addresses);
        if (r.tags) json.trytes("tags", *r.tags);
        if (r.approvees) json.trytes("approvees", *r.approvees);
    }
    void operator()(const GetTrytes& r) const { json.trytes("hashes", r.hashes); }
    void operator()(const GetBalances& r) const {
        json.trytes("addresses", r.addresses);
        if (!r.tips.empty()) json.trytes("tips", r.tips);
    }
    void operator()(const GetInclusionStates& r) const { json.trytes("transactions", r.transactions); }
    void operator()(const WereAddressesSpentFrom& r) const { json.trytes("addresses", r.addresses); }
    void operator()(const CheckConsistency& r) const { json.trytes("tails", r.tails); }
    void operator()(const GetTipInfo& r) const { json.text("tailTransaction", r.tailTransaction.view()); }
    void operator()(const AddNeighbors& r) const { json.texts("uris", r.uris, asText); }
    void operator()(const RemoveNeighbors& r) const { json.texts("uris", r.uris, asText); }
    void operator()(const FaucetRequest& r) const { json.text("address", r.address.view()); }

    static std::string_view asText(const std::string& s) { return s; }
};

}  // namespace

std::string_view commandName(const Request& request) { return kCommands[request.index()].name; }

Expected<Request, ApiError> decodeRequest(std::string_view body, const CodecLimits& limits,
                                              std::span<const std::string> limited) {
    if (body.size() > limits.bodyLength) return refused("Request too long");
    if (body.find_first_not_of(" \t\r\n") == std::string_view::npos)
        return refused("Invalid request payload: ''");
    const auto value = parseJson(body, limits.bodyLength);
    if (!value) return refused("Invalid JSON syntax: " + value.error().message);
    const auto* object = value->if_object();
    if (object == nullptr) return refused("Invalid JSON syntax: expected an object");

    const auto* name = member(*object, "command");
    if (name == nullptr || name->is_null())
        return refused("COMMAND parameter has not been specified in the request.");
    if (!name->is_string()) return illFormed("command is not a string");
    const auto command = textMember(*object, "command");
    if (std::find(limited.begin(), limited.end(), command) != limited.end())
        return Unexpected<ApiError>(
            ApiError{401, fmt::format("COMMAND {} is not available on this node", command), {}});
    const auto known = std::find_if(kCommands.begin(), kCommands.end(),
                                    [command](const Command& c) { return c.name == command; });
    if (known == kCommands.end())
        return refused(fmt::format("Command [{}] is unknown", printable(command, 100)));
    return known->decode(Parameters(*object, limits));
}

std::string encodeRequest(const Request& request) {
    JsonWriter writer;
    writer.text("command", commandName(request));
    std::visit(RequestWriter{writer}, request);
    return writer.finish();
}

}  // namespace pegasus::iri
