// SPDX-License-Identifier: Apache-2.0
// The service's ear on the sensors: whether good readings come to each stream, and who is told when that changes.
#include "stream/service.hpp"

namespace pegasus::stream {

void Service::listen() {
    sampled_ = services_.sampler.sampled.add(
        [this](const std::string& id, const std::vector<sensor::Reading>& readings) { onSampled(id, readings); });
    // Posted: a reload removes a sensor and adds it again, and only what comes of it counts.
    sensors_ = services_.sampler.changed.add([this](const std::string& id, bool) {
        services_.scheduler.post([this, id, alive = std::weak_ptr(alive_)] {
            if (!alive.expired()) onSensorChanged(id);
        });
    });
    for (const auto& [id, stream] : streams_) awaitReading(*stream);
}

void Service::awaitReading(Stream& stream) {
    stream.source.since = services_.clock.steady();
    stream.source.heard = false;
    // The sensor may have its turn tomorrow only.
    if (const auto last = services_.sampler.last(stream.info.spec.sensor); last && !stream.info.paused)
        remember(stream.source, stream.info.spec.quantity, *last, services_.clock.now(), services_.clock.steady());
    tell(stream);
}

void Service::observe(Stream& stream, const std::vector<sensor::Reading>& readings) {
    remember(stream.source, stream.info.spec.quantity, readings, services_.clock.now(), services_.clock.steady());
    tell(stream);
}

void Service::tell(Stream& stream) {
    const auto state = sourceOf(stream).state;
    if (std::exchange(stream.source.told, state) != state) sourceChanged.notify(stream.info.spec.id);
}

/// Its channels may be others now, even where readings come as before.
void Service::onSensorChanged(const std::string& sensor) {
    std::vector<StreamPtr> concerned;
    for (const auto& [id, stream] : streams_)
        if (stream->info.spec.sensor == sensor && !stream->removed) concerned.push_back(stream);
    for (const auto& stream : concerned) {
        stream->source.told = sourceOf(*stream).state;
        sourceChanged.notify(stream->info.spec.id);
    }
}

Source Service::sourceOf(const Stream& stream) const {
    const auto& spec = stream.info.spec;
    const auto sensor = services_.sampler.info(spec.sensor);
    auto source = judgeSource(spec.sensor, spec.quantity, sensor ? &*sensor : nullptr, stream.info.paused, stream.source,
                              services_.clock.steady());
    if (!stream.info.halted.empty()) {  // readings may come, but none is published
        source.state = SourceState::Silent;
        source.problem = stream.info.halted;
    }
    return source;
}

}  // namespace pegasus::stream
