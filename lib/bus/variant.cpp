// SPDX-License-Identifier: Apache-2.0
// Value to and from sdbus::Variant.
#include "bus/variant.hpp"

#include "bus/names.hpp"

namespace pegasus::bus {
namespace {

constexpr int kMaxDepth = 4;

Result<Dict> dictFrom(const Variants& variants, int depth);

Result<Dicts> dictsFrom(const std::vector<Variants>& variants, int depth) {
    if (variants.size() > kMaxPage)
        return fail(ErrorCode::InvalidArgument, "{} rows, at most {} are allowed", variants.size(),
                    kMaxPage);
    Dicts out;
    for (const auto& row : variants) {
        PEGASUS_TRY(auto dict, dictFrom(row, depth));
        out.push_back(std::move(dict));
    }
    return out;
}

Result<Value> numberFrom(const sdbus::Variant& variant, char type) {
    switch (type) {
        case 'y': return Value(std::uint64_t{variant.get<std::uint8_t>()});
        case 'n': return Value(std::int64_t{variant.get<std::int16_t>()});
        case 'q': return Value(std::uint64_t{variant.get<std::uint16_t>()});
        case 'i': return Value(std::int64_t{variant.get<std::int32_t>()});
        case 'u': return Value(std::uint64_t{variant.get<std::uint32_t>()});
        case 'x': return Value(variant.get<std::int64_t>());
        case 't': return Value(variant.get<std::uint64_t>());
        case 'd': return Value(variant.get<double>());
        case 'b': return Value(variant.get<bool>());
        default: return fail(ErrorCode::InvalidArgument, "type '{}' is not expected here", type);
    }
}

Result<Value> valueFrom(const sdbus::Variant& variant, int depth) {
    if (depth > kMaxDepth) return fail(ErrorCode::InvalidArgument, "values are nested too deeply");
    const std::string type = variant.peekValueType();
    if (type == "s") return Value(variant.get<std::string>());
    if (type == "o") return Value(std::string(variant.get<sdbus::ObjectPath>()));
    if (type == "g") return Value(std::string(variant.get<sdbus::Signature>()));
    if (type == "as") return Value(variant.get<std::vector<std::string>>());
    if (type == "ao") {
        const auto paths = variant.get<std::vector<sdbus::ObjectPath>>();
        return Value(Value::Strings(paths.begin(), paths.end()));
    }
    if (type == "a{sv}") {
        PEGASUS_TRY(auto dict, dictFrom(variant.get<Variants>(), depth + 1));
        return Value(std::move(dict));
    }
    if (type == "aa{sv}") {
        PEGASUS_TRY(auto dicts, dictsFrom(variant.get<std::vector<Variants>>(), depth + 1));
        return Value(std::move(dicts));
    }
    if (type.size() == 1) return numberFrom(variant, type[0]);
    return fail(ErrorCode::InvalidArgument, "type '{}' is not expected here", type);
}

Result<Dict> dictFrom(const Variants& variants, int depth) {
    if (variants.size() > kMaxPage)
        return fail(ErrorCode::InvalidArgument, "{} entries, at most {} are allowed", variants.size(),
                    kMaxPage);
    Dict out;
    for (const auto& [key, variant] : variants) {
        PEGASUS_TRY(auto value, valueFrom(variant, depth));
        out.emplace(key, std::move(value));
    }
    return out;
}

template <class F>
auto guarded(F read) -> decltype(read()) {
    try {
        return read();
    } catch (const sdbus::Error& error) {
        return fail(ErrorCode::InvalidArgument, "unreadable value: {}", error.getMessage());
    }
}

}  // namespace

sdbus::Variant toVariant(const Value& value) {
    return std::visit(
        [](const auto& v) {
            using T = std::decay_t<decltype(v)>;
            if constexpr (std::is_same_v<T, Dict> || std::is_same_v<T, Dicts>) {
                return sdbus::Variant(toVariants(v));
            } else {
                return sdbus::Variant(v);
            }
        },
        value.data());
}

Variants toVariants(const Dict& dict) {
    Variants out;
    for (const auto& [key, value] : dict) out.emplace(key, toVariant(value));
    return out;
}

std::vector<Variants> toVariants(const Dicts& dicts) {
    std::vector<Variants> out;
    for (const auto& dict : dicts) out.push_back(toVariants(dict));
    return out;
}

Result<Value> fromVariant(const sdbus::Variant& variant) {
    return guarded([&] { return valueFrom(variant, 0); });
}

Result<Dict> fromVariants(const Variants& variants) {
    return guarded([&] { return dictFrom(variants, 0); });
}

Result<Dicts> fromVariants(const std::vector<Variants>& variants) {
    return guarded([&] { return dictsFrom(variants, 0); });
}

}  // namespace pegasus::bus
