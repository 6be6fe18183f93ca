// SPDX-License-Identifier: Apache-2.0
// Answers and errors of the IRI API to and from JSON: the members of the structs in codec.hpp, then `duration` (ms).
#include <charconv>

#include "iri/codec.hpp"
#include "iri/json_reader.hpp"
#include "iri/json_writer.hpp"

namespace pegasus::iri {

namespace json = boost::json;

namespace {

constexpr std::size_t kMaxTextLength = 300;

std::string_view asText(const std::string& s) { return s; }

struct AnswerWriter {
    JsonWriter& json;

    void operator()(const NodeInfo& a) const {
        json.text("appName", a.appName);
        json.text("appVersion", a.appVersion);
        json.number("jreAvailableProcessors", a.jreAvailableProcessors);
        json.number("jreFreeMemory", a.jreFreeMemory);
        json.text("jreVersion", a.jreVersion);
        json.number("jreMaxMemory", a.jreMaxMemory);
        json.number("jreTotalMemory", a.jreTotalMemory);
        json.text("latestMilestone", a.latestMilestone.view());
        json.number("latestMilestoneIndex", a.latestMilestoneIndex);
        json.text("latestSolidSubtangleMilestone", a.latestSolidSubtangleMilestone.view());
        json.number("latestSolidSubtangleMilestoneIndex", a.latestSolidSubtangleMilestoneIndex);
        json.number("milestoneStartIndex", a.milestoneStartIndex);
        json.number("lastSnapshottedMilestoneIndex", a.lastSnapshottedMilestoneIndex);
        json.number("neighbors", a.neighbors);
        json.number("packetsQueueSize", a.packetsQueueSize);
        json.number("time", a.time);
        json.number("tips", a.tips);
        json.number("transactionsToRequest", a.transactionsToRequest);
        json.texts("features", a.features, asText);
        json.text("coordinatorAddress", a.coordinatorAddress);
        json.number("dbSizeInBytes", a.dbSizeInBytes);
        if (a.isSynced) json.boolean("isSynced", *a.isSynced);
        if (a.isHealthy) json.boolean("isHealthy", *a.isHealthy);
        if (a.minWeightMagnitude != 0) json.number("minWeightMagnitude", a.minWeightMagnitude);
        if (a.transactionCount != 0) json.number("transactionCount", a.transactionCount);
    }
    void operator()(const NodeApiConfiguration& a) const {
        json.number("maxFindTransactions", a.maxFindTransactions);
        json.number("maxRequestsList", a.maxRequestsList);
        json.number("maxGetTrytes", a.maxGetTrytes);
        json.number("maxBodyLength", a.maxBodyLength);
        json.boolean("testNet", a.testNet);
        json.number("milestoneStartIndex", a.milestoneStartIndex);
    }
    void operator()(const TipsAnswer& a) const {
        json.text("trunkTransaction", a.trunkTransaction.view());
        json.text("branchTransaction", a.branchTransaction.view());
    }
    void operator()(const TrytesAnswer& a) const { json.trytes("trytes", a.trytes); }
    void operator()(const HashesAnswer& a) const {
        json.trytes("hashes", a.hashes);
        if (!a.cursor) return;
        json.text("cursor", *a.cursor);
        json.boolean("more", a.more);
        json.boolean("restarted", a.restarted);
    }
    void operator()(const BalancesAnswer& a) const {
        std::vector<std::string> amounts;
        for (const auto balance : a.balances) amounts.push_back(std::to_string(balance.count()));
        json.texts("balances", amounts, asText);
        json.trytes("references", a.references);
        json.number("milestoneIndex", a.milestoneIndex);
    }
    void operator()(const StatesAnswer& a) const { json.booleans("states", a.states); }
    void operator()(const ConsistencyAnswer& a) const {
        json.boolean("state", a.state);
        json.text("info", a.info);
    }
    void operator()(const TipInfoAnswer& a) const {
        json.boolean("confirmed", a.confirmed);
        json.boolean("conflicting", a.conflicting);
        json.boolean("shouldPromote", a.shouldPromote);
        json.boolean("shouldReattach", a.shouldReattach);
    }
    void operator()(const NeighborsAnswer&) const {
        json.texts("neighbors", std::vector<std::string>(), asText);
    }
    void operator()(const AddedNeighborsAnswer& a) const { json.number("addedNeighbors", a.addedNeighbors); }
    void operator()(const RemovedNeighborsAnswer& a) const {
        json.number("removedNeighbors", a.removedNeighbors);
    }
    void operator()(const FaucetAnswer& a) const {
        json.text("bundle", a.bundle.view());
        json.text("amount", std::to_string(a.amount.count()));
    }
    void operator()(const EmptyAnswer&) const {}
};

/// Collects the first thing that is wrong, so that a reader is a list of members.
class AnswerReader {
public:
    AnswerReader(const json::object& object, const CodecLimits& limits) : object_(object), limits_(limits) {}

    [[nodiscard]] const Error* error() const { return error_ ? &*error_ : nullptr; }
    [[nodiscard]] bool has(std::string_view name) const { return member(object_, name) != nullptr; }

    std::int64_t integer(std::string_view name) {
        const auto* value = member(object_, name);
        if (value != nullptr && value->is_int64()) return value->get_int64();
        return wrong<std::int64_t>(name, "an integer");
    }
    /// Zero if absent.
    std::int64_t count(std::string_view name) {
        if (!has(name)) return 0;
        return integer(name);
    }
    bool boolean(std::string_view name) {
        const auto* value = member(object_, name);
        if (value != nullptr && value->is_bool()) return value->get_bool();
        return wrong<bool>(name, "a boolean");
    }
    std::optional<bool> optionalBoolean(std::string_view name) {
        if (!has(name)) return std::nullopt;
        return boolean(name);
    }
    /// Cut, printable; empty if absent or no text.
    std::string text(std::string_view name) { return printable(textMember(object_, name), kMaxTextLength); }

    template <class T>
    T trytes(std::string_view name) {
        if (auto parsed = T::parse(textMember(object_, name))) return *parsed;
        return wrong<T>(name, "trytes");
    }
    template <class T>
    std::vector<T> trytesList(std::string_view name) {
        return list<T>(name, [&](const json::value& v) -> std::optional<T> {
            const auto* s = v.if_string();
            if (s == nullptr) return std::nullopt;
            auto parsed = T::parse(std::string_view(s->data(), s->size()));
            if (!parsed) return std::nullopt;
            return *parsed;
        });
    }
    std::vector<bool> booleans(std::string_view name) {
        return list<bool>(name, [](const json::value& v) -> std::optional<bool> {
            if (!v.is_bool()) return std::nullopt;
            return v.get_bool();
        });
    }
    std::vector<std::string> texts(std::string_view name) {
        return list<std::string>(name, [](const json::value& v) -> std::optional<std::string> {
            const auto* s = v.if_string();
            if (s == nullptr) return std::nullopt;
            return printable(std::string_view(s->data(), s->size()), kMaxTextLength);
        });
    }
    /// A decimal text, 0..supply.
    static std::optional<Iotas> amount(const json::value& value) {
        const auto* s = value.if_string();
        if (s == nullptr || s->empty() || (*s)[0] == '-') return std::nullopt;
        std::int64_t number = 0;
        const auto [end, code] = std::from_chars(s->data(), s->data() + s->size(), number);
        if (code != std::errc() || end != s->data() + s->size()) return std::nullopt;
        const auto iotas = Iotas::of(number);
        if (!iotas) return std::nullopt;
        return *iotas;
    }
    std::vector<Iotas> amounts(std::string_view name) { return list<Iotas>(name, amount); }
    Iotas oneAmount(std::string_view name) {
        const auto* value = member(object_, name);
        if (value != nullptr) {
            if (const auto parsed = amount(*value)) return *parsed;
        }
        return wrong<Iotas>(name, "an amount");
    }

private:
    template <class T>
    T wrong(std::string_view name, std::string_view expected) {
        if (!error_)
            error_ = Error{ErrorCode::Corrupt,
                           fmt::format("the member '{}' of the answer is not {}", name, expected)};
        return T();
    }
    template <class T, class Parse>
    std::vector<T> list(std::string_view name, Parse parse) {
        const auto* value = member(object_, name);
        const auto* array = value != nullptr ? value->if_array() : nullptr;
        if (array == nullptr) return wrong<std::vector<T>>(name, "a list");
        std::vector<T> result;
        if (array->size() > limits_.listLength) {
            if (!error_)
                error_ = Error{ErrorCode::LimitExceeded,
                               fmt::format("the list '{}' of the answer has {} entries, at most {} are taken", name,
                                           array->size(), limits_.listLength)};
            return result;
        }
        result.reserve(array->size());
        for (const auto& item : *array) {
            auto parsed = parse(item);
            if (!parsed) return wrong<std::vector<T>>(name, "a list of the right kind");
            result.push_back(std::move(*parsed));
        }
        return result;
    }

    const json::object& object_;
    const CodecLimits& limits_;
    std::optional<Error> error_;
};

void read(AnswerReader& r, NodeInfo& a) {
    a.appName = r.text("appName");
    a.appVersion = r.text("appVersion");
    a.jreAvailableProcessors = r.count("jreAvailableProcessors");
    a.jreFreeMemory = r.count("jreFreeMemory");
    a.jreVersion = r.text("jreVersion");
    a.jreMaxMemory = r.count("jreMaxMemory");
    a.jreTotalMemory = r.count("jreTotalMemory");
    a.latestMilestone = r.trytes<Hash>("latestMilestone");
    a.latestMilestoneIndex = r.integer("latestMilestoneIndex");
    a.latestSolidSubtangleMilestone = r.trytes<Hash>("latestSolidSubtangleMilestone");
    a.latestSolidSubtangleMilestoneIndex = r.integer("latestSolidSubtangleMilestoneIndex");
    a.milestoneStartIndex = r.count("milestoneStartIndex");
    a.lastSnapshottedMilestoneIndex = r.count("lastSnapshottedMilestoneIndex");
    a.neighbors = r.count("neighbors");
    a.packetsQueueSize = r.count("packetsQueueSize");
    a.time = r.count("time");
    a.tips = r.count("tips");
    a.transactionsToRequest = r.count("transactionsToRequest");
    if (r.has("features")) a.features = r.texts("features");
    a.coordinatorAddress = r.text("coordinatorAddress");
    a.dbSizeInBytes = r.count("dbSizeInBytes");
    a.isSynced = r.optionalBoolean("isSynced");
    a.isHealthy = r.optionalBoolean("isHealthy");
    a.minWeightMagnitude = r.count("minWeightMagnitude");
    a.transactionCount = r.count("transactionCount");
}
void read(AnswerReader& r, NodeApiConfiguration& a) {
    a.maxFindTransactions = r.integer("maxFindTransactions");
    a.maxRequestsList = r.integer("maxRequestsList");
    a.maxGetTrytes = r.integer("maxGetTrytes");
    a.maxBodyLength = r.integer("maxBodyLength");
    a.testNet = r.optionalBoolean("testNet").value_or(false);
    a.milestoneStartIndex = r.count("milestoneStartIndex");
}
void read(AnswerReader& r, TipsAnswer& a) {
    a.trunkTransaction = r.trytes<Hash>("trunkTransaction");
    a.branchTransaction = r.trytes<Hash>("branchTransaction");
}
void read(AnswerReader& r, TrytesAnswer& a) { a.trytes = r.trytesList<TransactionTrytes>("trytes"); }
void read(AnswerReader& r, HashesAnswer& a) {
    a.hashes = r.trytesList<Hash>("hashes");
    if (!r.has("cursor")) return;
    a.cursor = r.text("cursor");
    a.more = r.optionalBoolean("more").value_or(false);
    a.restarted = r.optionalBoolean("restarted").value_or(false);
}
void read(AnswerReader& r, BalancesAnswer& a) {
    a.balances = r.amounts("balances");
    if (r.has("references")) a.references = r.trytesList<Hash>("references");
    a.milestoneIndex = r.integer("milestoneIndex");
}
void read(AnswerReader& r, StatesAnswer& a) { a.states = r.booleans("states"); }
void read(AnswerReader& r, ConsistencyAnswer& a) {
    a.state = r.boolean("state");
    a.info = r.text("info");
}
void read(AnswerReader& r, TipInfoAnswer& a) {
    a.confirmed = r.boolean("confirmed");
    a.conflicting = r.boolean("conflicting");
    a.shouldPromote = r.boolean("shouldPromote");
    a.shouldReattach = r.boolean("shouldReattach");
}
void read(AnswerReader&, NeighborsAnswer&) {}
void read(AnswerReader& r, AddedNeighborsAnswer& a) { a.addedNeighbors = r.integer("addedNeighbors"); }
void read(AnswerReader& r, RemovedNeighborsAnswer& a) { a.removedNeighbors = r.integer("removedNeighbors"); }
void read(AnswerReader& r, FaucetAnswer& a) {
    a.bundle = r.trytes<Hash>("bundle");
    a.amount = r.oneAmount("amount");
}
void read(AnswerReader&, EmptyAnswer&) {}

}  // namespace

std::string encodeAnswer(const Answer& answer, std::int64_t durationMs) {
    JsonWriter writer;
    std::visit(AnswerWriter{writer}, answer);
    writer.number("duration", durationMs);
    return writer.finish();
}

std::string encodeError(const ApiError& error, std::int64_t durationMs) {
    JsonWriter writer;
    writer.text(error.status == 500 ? "exception" : "error", error.text);
    if (!error.code.empty()) writer.text("code", error.code);
    writer.number("duration", durationMs);
    return writer.finish();
}

template <class T>
Result<T> decodeAnswer(std::string_view body, const CodecLimits& limits) {
    PEGASUS_TRY(const json::value value, parseJson(body, limits.bodyLength));
    const auto* object = value.if_object();
    if (object == nullptr) return fail(ErrorCode::Corrupt, "the answer is not a JSON object");
    AnswerReader reader(*object, limits);
    T answer;
    read(reader, answer);
    if (const auto* error = reader.error()) return fail(*error);
    return answer;
}

template Result<NodeInfo> decodeAnswer(std::string_view, const CodecLimits&);
template Result<NodeApiConfiguration> decodeAnswer(std::string_view, const CodecLimits&);
template Result<TipsAnswer> decodeAnswer(std::string_view, const CodecLimits&);
template Result<TrytesAnswer> decodeAnswer(std::string_view, const CodecLimits&);
template Result<HashesAnswer> decodeAnswer(std::string_view, const CodecLimits&);
template Result<BalancesAnswer> decodeAnswer(std::string_view, const CodecLimits&);
template Result<StatesAnswer> decodeAnswer(std::string_view, const CodecLimits&);
template Result<ConsistencyAnswer> decodeAnswer(std::string_view, const CodecLimits&);
template Result<TipInfoAnswer> decodeAnswer(std::string_view, const CodecLimits&);
template Result<NeighborsAnswer> decodeAnswer(std::string_view, const CodecLimits&);
template Result<AddedNeighborsAnswer> decodeAnswer(std::string_view, const CodecLimits&);
template Result<RemovedNeighborsAnswer> decodeAnswer(std::string_view, const CodecLimits&);
template Result<FaucetAnswer> decodeAnswer(std::string_view, const CodecLimits&);
template Result<EmptyAnswer> decodeAnswer(std::string_view, const CodecLimits&);

ApiError decodeError(int status, std::string_view body) {
    ApiError error{status, {}, {}};
    // An error answer is short; a long one is some proxy's page.
    const auto value = parseJson(body, 64 * 1024);
    if (!value || !value->is_object()) return error;
    const auto& object = value->get_object();
    auto text = textMember(object, "error");
    if (text.empty()) text = textMember(object, "exception");
    error.text = printable(text, kMaxTextLength);
    error.code = printable(textMember(object, "code"), 40);
    return error;
}

}  // namespace pegasus::iri
