// SPDX-License-Identifier: Apache-2.0
// Stream specifications from options.
#include "daemon/objects/stream_terms.hpp"

namespace pegasus::daemon {
namespace {

constexpr std::size_t kMostName = 64;  // of a stream

Result<int> smallInteger(bus::Options& options, const std::string& key, int fallback) {
    PEGASUS_TRY(const auto value, options.integer(key, fallback));
    if (value < 0 || value > 1'000'000)
        return fail(ErrorCode::InvalidArgument, "option '{}' is {}, which is out of range", key, value);
    return static_cast<int>(value);
}

Result<model::Iotas> priceOf(std::uint64_t price) {
    if (price > static_cast<std::uint64_t>(model::kSupply))
        return fail(ErrorCode::InvalidArgument, "a price of {} i is more than the supply of {} i", price, model::kSupply);
    return model::Iotas(static_cast<std::int64_t>(price));
}

}  // namespace

Result<NewStream> newStream(std::string id, std::string sensor, bus::Dict dict, const GatewayTerms& gateway) {
    bus::Options options(std::move(dict));
    const bool placed = options.has("latitude") && options.has("longitude");
    NewStream out;
    auto& spec = out.spec;
    spec.id = std::move(id);
    spec.sensor = std::move(sensor);
    PEGASUS_TRY(spec.name, options.text("name"));
    if (spec.name.empty() && !gateway.name.empty()) {
        spec.name = gateway.name + " " + spec.id;
        if (spec.name.size() > kMostName)
            return fail(ErrorCode::InvalidArgument, "gateway.name and the id make a name of {} bytes, and {} fit: give a name",
                        spec.name.size(), kMostName);
    }
    if (options.has("quantity")) {
        PEGASUS_TRY(spec.quantity, options.text("quantity"));
    }
    PEGASUS_TRY(spec.description, options.text("description"));
    PEGASUS_TRY(spec.latitude, options.number("latitude", gateway.latitude.value_or(0)));
    PEGASUS_TRY(spec.longitude, options.number("longitude", gateway.longitude.value_or(0)));
    PEGASUS_TRY(const auto price, options.integer("price"));
    if (price < 0) return fail(ErrorCode::InvalidArgument, "a price of {} i is negative", price);
    PEGASUS_TRY(spec.price, priceOf(static_cast<std::uint64_t>(price)));
    PEGASUS_TRY(spec.batch, smallInteger(options, "batch", 1));
    PEGASUS_TRY(spec.security, smallInteger(options, "security", 2));
    PEGASUS_TRY(out.paused, options.flag("paused"));
    PEGASUS_CHECK(options.done());
    if (!placed && !(gateway.latitude && gateway.longitude))
        return fail(ErrorCode::InvalidArgument,
                    "where is it? give latitude and longitude, or set those of the gateway in the configuration");
    PEGASUS_CHECK(stream::validate(spec));
    return out;
}

Result<stream::StreamSpec> withTerms(stream::StreamSpec spec, std::uint64_t price, bus::Dict dict) {
    bus::Options options(std::move(dict));
    PEGASUS_TRY(spec.price, priceOf(price));
    PEGASUS_TRY(spec.name, options.text("name", spec.name));
    PEGASUS_TRY(spec.description, options.text("description", spec.description));
    PEGASUS_TRY(spec.latitude, options.number("latitude", spec.latitude));
    PEGASUS_TRY(spec.longitude, options.number("longitude", spec.longitude));
    PEGASUS_CHECK(options.done());
    PEGASUS_CHECK(stream::validate(spec));
    return spec;
}

}  // namespace pegasus::daemon
